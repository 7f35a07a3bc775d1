#include "cmd/cmd.h"
#include "dver/workspace.h"
#include "format/json.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs or parts; all if none" },
	OPTS_END
};

static int unprotect(struct cmd_ctx *ctx, const void *data, char **words,
		     int n, struct dver_err *err)
{
	uint64_t files, bytes;
	char size[OUT_SIZE];
	struct json j;
	int r = dver_unprotect(ctx->repo, (const char *const *)words,
			       (size_t)n, &files, &bytes, err);

	(void)data;
	if (r < 0)
		return r;
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_number(&j, "files", files);
		json_number(&j, "bytes", bytes);
		json_end_object(&j);
		json_end(&j);
	} else if (!ctx->quiet && files == 0) {
		(void)puts("nothing is linked: everything can be written");
	} else if (!ctx->quiet) {
		(void)printf("%llu file%s, %s: copied, and writable now\n",
			     (unsigned long long)files, out_s(files),
			     out_size(size, bytes));
	}
	return 0;
}

const struct cmd cmd_unprotect = {
	"unprotect", "care", "make linked files writable copies", opts,
	sizeof(struct args), unprotect, CMD_NEEDS_REPO | CMD_PROGRESS
};
