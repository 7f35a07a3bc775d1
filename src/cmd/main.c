/*
 * main - global options, one command, one exit code.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/askpass.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/path.h"
#include "cmd/ask.h"
#include "cmd/askpass.h"
#include "cmd/cmd.h"
#include "cmd/hold.h"
#include "cmd/progress.h"
#include "cmd/say.h"
#include "cmd/unknown.h"

const struct cmd *const commands[] = {
	&cmd_init,
	&cmd_add,
	&cmd_status,
	&cmd_diff,
	&cmd_log,
	&cmd_du,
	&cmd_checkout,
	&cmd_rm,
	&cmd_mv,
	&cmd_undo,
	&cmd_resolve,
	&cmd_ls,
	&cmd_cat,
	&cmd_export,
	&cmd_push,
	&cmd_pull,
	&cmd_fetch,
	&cmd_check,
	&cmd_drop,
	&cmd_remote,
	&cmd_repro,
	&cmd_stage,
	&cmd_freeze,
	&cmd_unfreeze,
	&cmd_dag,
	&cmd_artifacts,
	&cmd_metrics,
	&cmd_params,
	&cmd_plots,
	&cmd_report,
	&cmd_unprotect,
	&cmd_gc,
	&cmd_fsck,
	&cmd_check_ignore,
	&cmd_install,
	&cmd_doctor,
	&cmd_cache,
	&cmd_config,
	&cmd_completion,
	&cmd_help,
	&cmd_version,
	&cmd_hook,
	&cmd_merge_driver,
	&cmd_dump_options,
	&cmd_dump_words,
	NULL,
};

/* Options that every command takes; they may stand before it too. */
struct globals {
	const char *dir, *progress;
	long jobs;
	bool quiet, json, help, version;
	unsigned char verbose;	/* how many -v */
};
#define G(field) offsetof(struct globals, field)

const struct opt cmd_global_opts[] = {
	{ 'C', NULL, OPT_STR, G(dir), "DIR", "work in DIR" },
	{ 'h', "help", OPT_FLAG, G(help), NULL, "show this" },
	{ 'j', "jobs", OPT_POSINT, G(jobs), "N", "use N threads" },
	{ 0, "json", OPT_FLAG, G(json), NULL, "report as JSON" },
	{ 0, "progress", OPT_STR, G(progress), "HOW", "auto, plain or none" },
	{ 'q', "quiet", OPT_FLAG, G(quiet), NULL, "say only what is wrong" },
	{ 'v', "verbose", OPT_COUNT, G(verbose), NULL,
	  "say more, twice: each request" },
	OPTS_END
};
static const struct opt first_opts[] = {
	{ 0, "version", OPT_FLAG, G(version), NULL, "show the version" },
	OPTS_END
};

static struct dver_repo *running;	/* for the signal handler */
static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t polite;	/* the command looks itself */

/* The first stops cleanly, the second at once. */
static void on_interrupt(int sig)
{
	if (running && !interrupted)
		dver_repo_cancel(running);
	if ((!running && !polite) || interrupted)
		_exit(128 + sig);
	interrupted = 1;
}

bool cmd_interrupted(void)
{
	return interrupted;
}

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

int cmd_usage(struct dver_err *err, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	(void)err_set(err, DVER_EINVAL, "%s", line);
	return CMD_USAGE;
}

void cmd_split_rev(char *word, const char **rev, const char **path)
{
	char *colon = word ? strchr(word, ':') : NULL;

	*rev = NULL;
	*path = word;
	/* A file whose name has a colon goes before a revision. */
	if (!colon || colon == word || access(word, F_OK) == 0)
		return;
	*colon = '\0';
	*rev = word;
	*path = colon[1] ? colon + 1 : NULL;
}

int cmd_revisions(const struct cmd_ctx *ctx, char **words, int n, int max,
		  const char **rev)
{
	int limit = ctx->dashes >= 0 ? ctx->dashes : n;
	int found = 0;

	while (found < max && found < limit &&
	       (ctx->dashes >= 0 ||
		(access(words[found], F_OK) != 0 &&
		 dver_is_revision(ctx->repo, words[found])))) {
		rev[found] = words[found];
		found++;
	}
	return found;
}

static void on_note(void *data, enum dver_note_kind kind, const char *line)
{
	const struct cmd_ctx *ctx = data;

	if (ctx->quiet)
		return;
	if (kind == DVER_NOTE_WARNING)
		say_warning("%s", line);
	else
		say("%s", line);
}

static void on_log(void *data, int level, const char *line)
{
	(void)data;
	(void)level;
	say("%s", line);
}

static const char *hint_for(const struct cmd *c, int code)
{
	if (code == DVER_EMISSING && (c == &cmd_checkout || c == &cmd_diff))
		return "dver pull fetches what is missing";
	if (c == &cmd_check && code == DVER_EAUTH)
		return "nothing was checked: that reads the remote; jobs for "
		       "forks get no secrets, so check where they are";
	if (c == &cmd_check && (code == DVER_ENET || code == DVER_EREMOTE))
		return "nothing was checked: that reads the remote";
	if (code == DVER_ELOCKED)
		return "wait for it, or end that process";
	if (code == DVER_ECORRUPT)
		return "dver fsck looks at everything and mends what it can";
	return NULL;
}

static int report_error(const struct cmd *c, const struct dver_err *err,
			bool usage)
{
	const char *hint = hint_for(c, err->code);

	(void)fflush(stdout);
	if (err->code == DVER_ECANCEL && interrupted) {
		say("interrupted");
		return 130;
	}
	say_error("%s", err->msg);
	if (usage)
		say_hint("dver %s -h", c->name);
	else if (hint)
		say_hint("%s", hint);
	return usage ? CMD_USAGE : 1;
}

/* Output that did not arrive is a failure. */
static int close_stdout(int code, bool passed)
{
	if (passed && fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno != EPIPE)
		say_error("cannot write the output: %s", strerror(errno));
	return 1;
}

static int progress_of(const struct globals *g, enum progress_mode *out,
		       struct dver_err *err)
{
	*out = g->quiet ? PROGRESS_NONE : PROGRESS_AUTO;
	if (!g->progress || strcmp(g->progress, "auto") == 0)
		return 0;
	if (strcmp(g->progress, "plain") == 0)
		*out = PROGRESS_PLAIN;
	else if (strcmp(g->progress, "none") == 0)
		*out = PROGRESS_NONE;
	else
		return cmd_usage(err, "--progress takes auto, plain or none");
	return 0;
}

static int run(const struct cmd *c, const struct globals *g, const void *args,
	       char **words, const struct opt_words *w, struct dver_err *err)
{
	struct cmd_ctx ctx = { .json = g->json, .quiet = g->quiet,
			       .verbose = g->verbose > 0, .dashes = w->dashes };
	struct dver_repo_opts ro = { (int)g->jobs, on_note, &ctx };
	struct progress *progress = NULL;
	enum progress_mode mode;
	int r = progress_of(g, &mode, err);

	if (r == 0 && (c->flags & (CMD_NEEDS_REPO | CMD_WANTS_REPO)))
		r = dver_repo_open(&ctx.repo, NULL, &ro, err);
	if (r == DVER_ENOTFOUND && (c->flags & CMD_WANTS_REPO))
		r = 0;
	if (r != 0)
		return r;
	running = ctx.repo;
	if (ctx.repo)
		dver_repo_set_ask(ctx.repo, ask_terminal, &progress);
	polite = (c->flags & CMD_STOPS) != 0;
	if (c->flags & CMD_PROGRESS)
		progress = progress_start(ctx.repo, mode);
	r = c->run(&ctx, args, words, w->n, err);
	progress_stop(progress);
	running = NULL;
	polite = 0;
	dver_repo_free(ctx.repo);
	return r;
}

static int run_command(const struct cmd *c, struct globals *g, int argc,
		       char **argv)
{
	AUTO_FREE void *args = calloc(1, c->args_size + 1);
	struct dver_err err = { 0 };
	struct hold hold = { -1, -1 };
	struct opt_words w = {
		.tail = c->flags & CMD_TAIL ? "add" : NULL
	};
	bool failed;
	int r;

	if (!args) {
		(void)err_nomem(&err);
		return report_error(c, &err, false);
	}
	r = opt_parse(c->opts, cmd_global_opts, args, g, argc, argv, &w, &err);
	if (r < 0)
		return report_error(c, &err, true);
	if (g->help) {
		cmd_print_help(c);
		return close_stdout(0, true);
	}
	if (g->dir && chdir(g->dir) < 0) {
		(void)err_sys(&err, "cannot enter '%s'", g->dir);
		return report_error(c, &err, false);
	}
	log_set(on_log, NULL, g->verbose);
	argv[w.n] = NULL;
	/* What cat prints is no document. */
	if (g->json && c != &cmd_cat)
		hold_begin(&hold);
	r = run(c, g, args, argv, &w, &err);
	failed = r < 0 || (r == CMD_USAGE && err.code);
	if (failed)
		r = report_error(c, &err, r == CMD_USAGE);
	return close_stdout(r, hold_end(&hold, failed));
}

/* Options before the command: they end at the first word. */
static int leading(struct globals *g, int argc, char **argv, int *used)
{
	struct opt_words words = { .tail = NULL };
	struct dver_err err;
	int i = 1;

	while (i < argc && argv[i][0] == '-') {
		int take = 1;

		if (strcmp(argv[i], "-C") == 0 || strcmp(argv[i], "-j") == 0 ||
		    strcmp(argv[i], "--jobs") == 0 ||
		    strcmp(argv[i], "--progress") == 0)
			take = 2;
		i += take;
	}
	i = MIN(i, argc);
	*used = i;
	if (opt_parse(cmd_global_opts, first_opts, g, g, i - 1, argv + 1,
		      &words, &err) == 0)
		return 0;
	say_error("%s", err.msg);
	say_hint("dver help");
	return CMD_USAGE;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_interrupt };
	struct globals g = { .dir = NULL };
	const struct cmd *c;
	int used;

	if (argc > 0 && strcmp(path_base(argv[0]), ASKPASS_NAME) == 0)
		return cmd_askpass(argc, argv);
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (leading(&g, argc, argv, &used) != 0)
		return CMD_USAGE;
	if (g.version)
		return run_command(&cmd_version, &g, 0, argv + argc);
	if (used == argc) {
		bool asked = g.help;

		g.help = false;
		if (asked)
			return run_command(&cmd_help, &g, 0, argv + argc);
		(void)run_command(&cmd_help, &g, 0, argv + argc);
		return CMD_USAGE;
	}
	c = cmd_find(argv[used]);
	if (!c)
		return unknown_command(argv[used]);
	return run_command(c, &g, argc - used - 1, argv + used + 1);
}
