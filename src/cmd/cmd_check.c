#include "cmd/moves.h"

static const struct opt opts[] = {
	MOVE_OPTS,
	{ 0, "RANGE", OPT_REST, 0, "@revs",
	  "A..B or a revision; HEAD if none" },
	OPTS_END
};

static int check(struct cmd_ctx *ctx, const void *data, char **words, int n,
		 struct dver_err *err)
{
	const struct move_args *a = data;
	struct missing m = { .ctx = ctx, .only_remote = true };
	struct dver_exchange_opts o = move_opts(a, &m);
	struct dver_exchange_stats st;
	struct json j;
	int r;

	if (n > 1)
		return cmd_usage(err, "check takes one range");
	r = dver_check(ctx->repo, n ? words[0] : NULL, &o, &st, err);
	if (r < 0 && r != DVER_EMISSING) {
		missing_release(&m);
		return r;
	}
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
		json_bool(&j, "complete", r == 0);
		json_number(&j, "missing", st.missing);
		json_number(&j, "requests", st.requests);
		missing_tell(&m, &j);
		json_end_object(&j);
		json_end(&j);
	} else if (r == 0 && !ctx->quiet) {
		(void)printf("the remote has all of it (%llu requests)\n",
			     (unsigned long long)st.requests);
	} else {
		missing_tell(&m, &j);
	}
	missing_release(&m);
	return r;
}

const struct cmd cmd_check = {
	"check", "exchange", "prove that a remote has all data of commits",
	opts, sizeof(struct move_args), check, CMD_NEEDS_REPO | CMD_PROGRESS
};
