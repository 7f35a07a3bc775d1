#include "cmd/complete.h"

struct args { bool unused; };

static const struct opt opts[] = { OPTS_END };

/* What completions offer for the last of the words that were typed. */
static int dump(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	(void)ctx;
	(void)data;
	if (n == 0)
		return cmd_usage(err, "use: dump-words -- WORD...");
	complete(words, n);
	return 0;
}

const struct cmd cmd_dump_words = {
	"dump-words", "care", "list what completions offer", opts,
	sizeof(struct args), dump, CMD_HIDDEN
};
