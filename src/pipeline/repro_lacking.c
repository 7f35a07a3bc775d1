/*
 * repro_lacking - tracked data that is not on this disk.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/exchange.h"
#include "pipeline/repro_internal.h"
#include "workspace/session.h"

/* An output that is not here is what was recorded of it. */
static int assume(struct repro *x, const struct outputs *o,
		  struct dver_err *err)
{
	(void)err;
	for (size_t i = 0; i < x->disk.paths.n; i++) {
		const char *path = x->disk.paths.v[i];
		const struct output *out = outputs_find(o, path);
		struct scanned at;

		if (x->disk.v[i].kind || !out || out->problem)
			continue;
		at = scanned_of_pointer(&out->pointer);
		disk_assume(&x->disk, path, &at);
	}
	return 0;
}

static int pull(struct repro *x, const struct outputs *o, struct dver_err *err)
{
	AUTO_STRVEC struct strvec targets = STRVEC_INIT;
	struct dver_exchange_stats stats;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->disk.paths.n; i++) {
		const char *path = x->disk.paths.v[i];
		struct output *first;
		char *full;

		if (x->disk.v[i].kind || (!outputs_holding(o, path) &&
					  !outputs_below(o, path, &first)))
			continue;
		full = path_join(x->repo->root, path);
		if (!full || !strvec_take(&targets, &full)) {
			free(full);
			r = err_nomem(err);
		}
	}
	if (r < 0 || targets.n == 0)
		return r;
	r = dver_pull(x->repo, (const char *const *)targets.v, targets.n, NULL,
		      NULL, NULL, NULL, &stats, err);
	/* What is nowhere may be made. */
	if (r == 0 || r == DVER_EMISSING)
		r = disk_again(&x->disk, err);
	return r;
}

int repro_lacking(struct repro *x, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	int r;

	if (!x->opts->pull && !x->opts->allow_missing)
		return 0;
	r = session_open(&ss, x->repo, SESSION_READ, NULL, 0, err);
	if (r == 0 && x->opts->pull)
		r = pull(x, &ss.outputs, err);
	return r < 0 || !x->opts->allow_missing
	       ? r : assume(x, &ss.outputs, err);
}
