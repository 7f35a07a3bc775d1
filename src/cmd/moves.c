#include "cmd/moves.h"

struct dver_exchange_opts move_opts(const struct move_args *a,
				    struct missing *m)
{
	m->remote = a->remote;
	return (struct dver_exchange_opts){
		.remote = a->remote, .all_branches = a->all_branches,
		.all_tags = a->all_tags, .all_commits = a->all_commits,
		.dry_run = a->dry_run, .run_cache = a->run_cache,
		.missing = missing_add, .data = m,
	};
}

void move_report(const struct cmd_ctx *ctx, struct json *j, const char *verb,
		 bool dry_run, const struct dver_exchange_stats *st)
{
	const char *would = dry_run ? "would have " : "";
	char size[OUT_SIZE], wire[OUT_SIZE];

	if (ctx->json) {
		json_bool(j, "dry_run", dry_run);
		json_number(j, "files", st->files);
		json_number(j, "bytes", st->bytes);
		json_number(j, "objects", st->objects);
		json_number(j, "wire_bytes", st->wire);
		json_number(j, "requests", st->requests);
		json_number(j, "missing", st->missing);
		json_number(j, "runs", st->runs);
		return;
	}
	if (ctx->quiet)
		return;
	if (st->files == 0 && st->objects == 0 && st->runs == 0)
		(void)puts("nothing to do: everything is there");
	if (st->files || st->objects)
		(void)printf("%s%s %llu file%s, %s (%s on the wire, %llu "
			     "requests)\n", would, verb,
			     (unsigned long long)st->files, out_s(st->files),
			     out_size(size, st->bytes),
			     out_size(wire, st->wire),
			     (unsigned long long)st->requests);
	if (st->runs)
		(void)printf("%s%s %llu run%s of stages\n", would, verb,
			     (unsigned long long)st->runs, out_s(st->runs));
}

int move_run(struct cmd_ctx *ctx, const struct move_args *a, char **words,
	     int n, const char *verb, move_fn fn, struct dver_err *err)
{
	struct missing m = { .ctx = ctx };
	struct dver_exchange_opts o = move_opts(a, &m);
	struct dver_exchange_stats st;
	struct json j;
	int r = fn(ctx->repo, (const char *const *)words, (size_t)n, &o, &st,
		   err);

	if (r < 0 && r != DVER_EMISSING) {
		missing_release(&m);
		return r;
	}
	if (ctx->json) {
		json_begin(&j, stdout);
		json_object(&j, NULL);
	}
	move_report(ctx, &j, verb, a->dry_run, &st);
	missing_tell(&m, &j);
	missing_release(&m);
	if (ctx->json) {
		json_end_object(&j);
		json_end(&j);
	}
	return r;
}
