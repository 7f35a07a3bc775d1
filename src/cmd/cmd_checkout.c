#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cmd/changes.h"
#include "cmd/missing.h"

struct args { bool force, relink; };

static const struct opt opts[] = {
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "store what is in the way, then replace it" },
	{ 0, "relink", OPT_FLAG, AT(relink), NULL,
	  "make every file anew by cache.type" },
	{ 0, "[REV --] PATH", OPT_REST, 0, "@targets @revs",
	  "outputs or parts; all if none" },
	OPTS_END
};

static int checkout(struct cmd_ctx *ctx, const void *data, char **words,
		    int n, struct dver_err *err)
{
	const struct args *a = data;
	struct missing m = { .ctx = ctx };
	struct dver_checkout_opts o = { .force = a->force,
					.relink = a->relink,
					.missing = missing_add, .data = &m };
	int dashes = ctx->dashes;
	struct changes c;
	int skip = 0;
	int r;

	if (dashes > 1)
		return cmd_usage(err, "one revision may stand before '--'");
	if (dashes == 1) {
		o.rev = words[0];
		skip = 1;
	}
	changes_begin(&c, ctx);
	r = dver_checkout(ctx->repo, (const char *const *)(words + skip),
			  (size_t)(n - skip), &o, changes_add, &c, err);
	if (r == DVER_ENOTFOUND && n == 1 && dashes < 0 &&
	    access(words[0], F_OK) != 0)
		return err_set(err, r, "'%s' is no tracked path; if it is a "
			       "branch, that is git's to switch: git switch "
			       "%s, then dver checkout", words[0], words[0]);
	if (r == 0 || r == DVER_EMISSING) {
		changes_close(&c);
		if (ctx->json)
			missing_tell(&m, &c.j);
		changes_end(&c);
	}
	missing_release(&m);
	if (r < 0)
		return r;
	if (!ctx->json && !ctx->quiet && c.touched == 0)
		(void)puts(c.differing
			   ? "nothing to do: what was edited or added since "
			     "stays, dver status tells it"
			   : "everything is as its pointers say");
	return 0;
}

const struct cmd cmd_checkout = {
	"checkout", "data", "make files match their pointers", opts,
	sizeof(struct args), checkout, CMD_NEEDS_REPO | CMD_PROGRESS
};
