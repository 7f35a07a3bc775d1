#include "cmd/cmd.h"
#include "dver/cache.h"
#include "format/json.h"

struct args { const char *remote; bool no_restore; };

static const struct opt opts[] = {
	{ 'r', "remote", OPT_STR, AT(remote), "NAME",
	  "check this remote, not the local store" },
	{ 0, "no-restore", OPT_FLAG, AT(no_restore), NULL, "mend nothing" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
};

static int tell(void *data, const struct dver_damage *d)
{
	struct telling *t = data;

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "id", d->id);
		json_string(&t->j, "key", d->key);
		json_string(&t->j, "problem", d->problem);
		json_string(&t->j, "path", d->path);
		json_string(&t->j, "commit", d->commit);
		json_bool(&t->j, "restored", d->restored);
		json_end_object(&t->j);
		return 0;
	}
	(void)printf("%s: ", d->restored ? "restored" : "damaged");
	if (d->path)
		out_path(stdout, d->path);
	else
		(void)fputs(*d->id ? d->id : d->key, stdout);
	if (d->commit)
		(void)printf(" of commit %.10s", d->commit);
	(void)printf(": %s\n", d->problem);
	return 0;
}

static int fsck(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	struct dver_fsck_opts o = { a->remote, a->no_restore };
	struct dver_fsck_stats st = { 0 };
	struct telling t = { .ctx = ctx };
	char size[OUT_SIZE];
	int r;

	(void)words;
	if (n)
		return cmd_usage(err, "fsck takes no paths");
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "damage");
	}
	r = dver_fsck(ctx->repo, &o, tell, &t, &st, err);
	if (r < 0 && r != DVER_ECORRUPT)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_number(&t.j, "objects", st.objects);
		json_number(&t.j, "bytes", st.bytes);
		json_number(&t.j, "damaged", st.damaged);
		json_number(&t.j, "missing", st.missing);
		json_number(&t.j, "restored", st.restored);
		json_end_object(&t.j);
		json_end(&t.j);
	} else if (!ctx->quiet) {
		(void)printf("%llu objects, %s: %llu damaged, %llu missing, "
			     "%llu restored\n", (unsigned long long)st.objects,
			     out_size(size, st.bytes),
			     (unsigned long long)st.damaged,
			     (unsigned long long)st.missing,
			     (unsigned long long)st.restored);
	}
	return r;
}

const struct cmd cmd_fsck = {
	"fsck", "care", "check every stored object and mend what can be", opts,
	sizeof(struct args), fsck, CMD_NEEDS_REPO | CMD_PROGRESS
};
