#include "cmd/cmd.h"

struct args { bool unused; };

static const struct opt opts[] = { OPTS_END };

/* One option a line: what completions and the lint of the pages read. */
static int dump(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	(void)ctx;
	(void)data;
	(void)words;
	(void)n;
	(void)err;
	for (size_t i = 0; commands[i]; i++) {
		const struct cmd *c = commands[i];

		if (c->flags & CMD_HIDDEN)
			continue;
		(void)printf("command\t%s\t%s\n", c->name, c->summary);
		for (const struct opt *o = c->opts; o->type != OPT_END; o++)
			if (o->type != OPT_REST)
				(void)printf("option\t%s\t%c\t%s\t%s\t%s\n",
					     c->name,
					     o->letter ? o->letter : '-',
					     o->name ? o->name : "-",
					     o->arg ? o->arg : "-", o->help);
	}
	return 0;
}

const struct cmd cmd_dump_options = {
	"dump-options", "care", "list all options", opts,
	sizeof(struct args), dump, CMD_HIDDEN
};
