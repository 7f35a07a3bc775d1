#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/os.h"
#include "cmd/cmd.h"
#include "dver/data.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "[REV:]PATH", OPT_REST, 0, "@revpaths", "a file in tracked data" },
	OPTS_END
};

static int write_out(void *data, const void *bytes, size_t len)
{
	int *failed = data;

	if (os_write_all(STDOUT_FILENO, bytes, len) == 0)
		return 0;
	*failed = errno;
	return 1;
}

static int cat(struct cmd_ctx *ctx, const void *data, char **words, int n,
	       struct dver_err *err)
{
	const char *rev, *path;
	int failed = 0;
	int r;

	(void)data;
	if (n != 1)
		return cmd_usage(err, "cat takes one file");
	cmd_split_rev(words[0], &rev, &path);
	if (!path)
		return cmd_usage(err, "cat takes one file");
	r = dver_cat(ctx->repo, rev, path, write_out, &failed, err);
	if (failed && failed != EPIPE)
		return err_set(err, DVER_EIO, "cannot write the output: %s",
			       strerror(failed));
	return failed ? 1 : r;
}

const struct cmd cmd_cat = {
	"cat", "data", "print a tracked file at any revision", opts,
	sizeof(struct args), cat, CMD_NEEDS_REPO
};
