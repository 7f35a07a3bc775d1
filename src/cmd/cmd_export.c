#include <inttypes.h>

#include "cmd/cmd.h"
#include "dver/data.h"
#include "format/json.h"

struct args { bool force; };

static const struct opt opts[] = {
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "replace files there that differ" },
	{ 0, "[REV[:PATH]] DEST", OPT_REST, 0, NULL,
	  "what, and a folder or the URL of a remote" },
	OPTS_END
};

static void tell(const struct cmd_ctx *ctx, const struct dver_export_stats *s)
{
	char size[OUT_SIZE];
	struct json j;

	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_number(&j, "files", s->files);
		json_number(&j, "bytes", s->bytes);
		json_number(&j, "unchanged", s->unchanged);
		json_number(&j, "links_left_out", s->links);
		json_number(&j, "wire_bytes", s->wire);
		json_number(&j, "requests", s->requests);
		json_end_object(&j);
		json_end(&j);
		return;
	}
	if (ctx->quiet)
		return;
	(void)printf("exported %" PRIu64 " file%s, %s", s->files,
		     out_s(s->files), out_size(size, s->bytes));
	if (s->unchanged)
		(void)printf("; %" PRIu64 " there already", s->unchanged);
	if (s->links)
		(void)printf("; %" PRIu64 " symlink%s left out", s->links,
			     out_s(s->links));
	(void)putchar('\n');
}

static int export(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	struct dver_export_stats stats;
	const char *rev = NULL, *path = NULL;
	int r;

	if (n < 1 || n > 2)
		return cmd_usage(err, "use: export [REV[:PATH]] DEST");
	/* What is no revision is a path, as it is on the disk. */
	if (n == 2) {
		cmd_split_rev(words[0], &rev, &path);
		if (!rev && dver_is_revision(ctx->repo, path)) {
			rev = path;
			path = NULL;
		}
	}
	r = dver_export(ctx->repo, rev, path, words[n - 1],
			a->force ? DVER_EXPORT_FORCE : 0u, &stats, err);
	if (r == 0)
		tell(ctx, &stats);
	return r;
}

const struct cmd cmd_export = {
	"export", "data", "write tracked data as plain files somewhere", opts,
	sizeof(struct args), export, CMD_NEEDS_REPO | CMD_PROGRESS
};
