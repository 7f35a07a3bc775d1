/*
 * runs_take - the runs that a remote knows, into the local store.
 *
 * Anyone who may push there may have written them: an entry that is not what
 * its name says is left out, and one counts only for a stage whose commands,
 * inputs, parameters and outputs are its own (repo/runfile.h).
 */
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "repo/runfile.h"
#include "transfer/bundle.h"
#include "workspace/exchange_internal.h"

#define NAMED 5		/* bad entries that are told one by one */

void exchange_bad_bundle(struct exchange *x, const char *why)
{
	repo_note(x->repo, DVER_NOTE_WARNING, "%s: the runs in it are left "
		  "out; delete it there, and 'dver push --run-cache' by who "
		  "has them sends them again", why);
}

void exchange_count_wire(struct dver_exchange_stats *stats,
			 const struct transport *t, uint64_t requests,
			 uint64_t wire)
{
	stats->requests += t->requests - requests;
	stats->wire += t->bytes_in + t->bytes_out - wire;
}

struct taking {
	struct exchange *x;
	struct dver_exchange_stats *stats;
	struct keymap seen;		/* values, of a dry run */
	size_t bad;
};

static void take_bad(void *data, const char *why)
{
	exchange_bad_bundle(((struct taking *)data)->x, why);
}

static int bad_entry(struct taking *t, const char *why)
{
	if (t->bad++ < NAMED)
		repo_note(t->x->repo, DVER_NOTE_WARNING, "%s: it is left out",
			  why);
	return 0;
}

static int take_entry(struct taking *t, const struct run_id *id,
		      const struct bundle_entry *e, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };
	AUTO_FREE char *name = NULL;
	char key[OID_HEX + 1], value[OID_HEX + 1];
	struct dver_err why;
	bool added = true;
	int r;

	name = str_printf("run %.10s/%.10s of remote '%s'",
			  oid_hex(key, &id->key), oid_hex(value, &id->value),
			  t->x->at.name);
	if (!name)
		return err_nomem(err);
	r = runfile_parse(&run, name, id, e->text, e->len, &why);
	if (r == DVER_EFORMAT || r == DVER_ECORRUPT)
		return bad_entry(t, why.msg);
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	if (!keymap_put(&t->seen, id->value.id, &added))
		return err_nomem(err);
	t->stats->runs += added;
	return t->x->opts->dry_run
	       ? 0 : runfile_write(t->x->repo->cache, id, e->text, e->len,
				   err);
}

static int on_entry(void *data, const struct bundle_entry *e,
		    struct dver_err *err)
{
	struct taking *t = data;
	struct run_id id = { e->key, e->value };
	AUTO_FREE char *path = runfile_path(t->x->repo->cache, &id);
	int r = cancel_check(&t->x->repo->cancel, err);

	if (!path)
		return err_nomem(err);
	return r < 0 || access(path, F_OK) == 0 ? r
						: take_entry(t, &id, e, err);
}

int exchange_take_runs(struct exchange *x, struct dver_exchange_stats *stats,
		       struct dver_err *err)
{
	struct transport *at = store_transport(x->remote);
	uint64_t requests = at->requests, wire = at->bytes_in + at->bytes_out;
	struct taking t = { .x = x, .stats = stats };
	int r;

	keymap_init(&t.seen, HASH_SIZE, 0);
	r = bundles_each(x->remote, x->folder, on_entry, take_bad, &t, err);
	if (r == 0 && t.bad > NAMED)
		repo_note(x->repo, DVER_NOTE_WARNING, "%zu more runs of remote "
			  "'%s' are left out", t.bad - NAMED, x->at.name);
	exchange_count_wire(stats, at, requests, wire);
	keymap_release(&t.seen);
	return r;
}
