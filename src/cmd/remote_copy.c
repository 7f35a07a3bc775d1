#include "cmd/remote_copy.h"

#include "dver/remote.h"
#include "format/json.h"

static void tell_json(const struct dver_copy_stats *st, bool dry_run)
{
	struct json j;

	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_bool(&j, "dry_run", dry_run);
	json_number(&j, "objects", st->objects);
	json_number(&j, "bytes", st->bytes);
	json_number(&j, "wire_bytes", st->wire);
	json_number(&j, "requests", st->requests);
	json_number(&j, "missing", st->missing);
	json_number(&j, "runs", st->runs);
	json_end_object(&j);
	json_end(&j);
}

static void tell(const struct dver_copy_stats *st, bool dry_run)
{
	char size[OUT_SIZE], wire[OUT_SIZE];

	const char *would = dry_run ? "would have " : "";

	if (st->objects == 0 && st->missing == 0 && st->runs == 0) {
		(void)puts("nothing to do: everything is there");
		return;
	}
	(void)printf("%scopied %llu object%s, %s (%s on the wire, %llu "
		     "requests)\n", would,
		     (unsigned long long)st->objects, out_s(st->objects),
		     out_size(size, st->bytes), out_size(wire, st->wire),
		     (unsigned long long)st->requests);
	if (st->runs)
		(void)printf("%scopied %llu run%s of stages\n", would,
			     (unsigned long long)st->runs, out_s(st->runs));
}

int remote_copy(struct cmd_ctx *ctx, const char *from, const char *to,
		bool dry_run, struct dver_err *err)
{
	struct dver_copy_stats st;
	int r = dver_remote_copy(ctx->repo, from, to,
				 dry_run ? DVER_COPY_DRY_RUN : 0u, &st, err);

	if (r < 0 && r != DVER_EMISSING)
		return r;
	if (ctx->json)
		tell_json(&st, dry_run);
	else if (!ctx->quiet)
		tell(&st, dry_run);
	return r;
}
