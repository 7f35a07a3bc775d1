#include <signal.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "cmd/cmd.h"
#include "cmd/unknown.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "COMMAND", OPT_REST, 0, "@commands", "its manual page" },
	OPTS_END
};

static void print_opt(const struct opt *o)
{
	char left[40];
	char letter[8] = "    ";

	if (o->letter)
		(void)snprintf(letter, sizeof(letter), "-%c%s", o->letter,
			       o->name ? ", " : "");
	(void)snprintf(left, sizeof(left), "%s%s%s%s%s", letter,
		       o->name ? "--" : "", o->name ? o->name : "",
		       o->arg ? " " : "", o->arg ? o->arg : "");
	(void)printf("  %-26s %s\n", left, o->help);
}

static void print_short(const struct cmd *c)
{
	const struct opt *rest = NULL;

	for (const struct opt *o = c->opts; o->type != OPT_END; o++)
		if (o->type == OPT_REST)
			rest = o;
	(void)printf("usage: dver %s [options]%s%s\n%s.\n", c->name,
		     rest ? " " : "", rest ? rest->name : "", c->summary);
	for (const struct opt *o = c->opts; o->type != OPT_END; o++)
		if (o->type != OPT_REST)
			print_opt(o);
	if (rest)
		(void)printf("  %-26s %s\n", rest->name, rest->help);
	(void)printf("every command: -C DIR, -q, -v, -j N, --json, "
		     "--progress auto|plain|none\n");
}

void cmd_print_help(const struct cmd *c)
{
	print_short(c);
	(void)printf("the whole manual: dver help %s\n", c->name);
}

static void overview(void)
{
	static const char *const groups[][2] = {
		{ "data", "data" }, { "exchange", "exchange" },
		{ "pipelines", "pipelines" }, { "care", "care" },
	};

	(void)printf("usage: dver [-C DIR] COMMAND [options] [targets]\n");
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		(void)printf("\n%s\n", groups[g][1]);
		for (size_t i = 0; commands[i]; i++)
			if (!(commands[i]->flags & CMD_HIDDEN) &&
			    strcmp(commands[i]->group, groups[g][0]) == 0)
				(void)printf("  %-10s %s\n", commands[i]->name,
					     commands[i]->summary);
	}
	(void)printf("\ndver COMMAND -h is short, dver help COMMAND the "
		     "manual page.\n");
}

/* man finds its pages by itself, also beside a dver that PATH has. */
static bool is_installed(const char *page)
{
	const char *argv[] = { "man", "-w", page, NULL };
	AUTO_BUF struct buf where = BUF_INIT(65536);
	struct dver_err err;

	return proc_ask(argv, NULL, NULL, NULL, 0, &where, &err) == 0;
}

static int help(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct cmd *c;
	char page[64];

	(void)data;
	if (n == 0) {
		overview();
		return 0;
	}
	if (n > 1)
		return cmd_usage(err, "help takes one command");
	c = cmd_find(words[0]);
	if (!c)
		return unknown_command(words[0]);
	(void)snprintf(page, sizeof(page), "dver-%s", c->name);
	/* With --json stdout is held back here. */
	if (!ctx->json && is_installed(page)) {
		(void)fflush(stdout);
		(void)signal(SIGPIPE, SIG_DFL);
		(void)execlp("man", "man", page, (char *)NULL);
	}
	print_short(c);
	(void)printf("the whole manual, man %s, is not installed: "
		     "it is man/%s.1 of the sources\n", page, page);
	return 0;
}

const struct cmd cmd_help = {
	"help", "care", "list the commands, or show a manual page", opts,
	sizeof(struct args), help, 0
};
