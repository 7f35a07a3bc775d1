/* actors - who pushes and who reads. */
#include <stdio.h>

#include "store/local.h"
#include "store/walk.h"
#include "tests/simulate/sim.h"
#include "transfer/transfer.h"

#define JOBS 1

static int push_once(struct actor *a, const struct version *v,
		     struct dver_err *err)
{
	AUTO_STORE struct store *local = NULL;
	AUTO_STORE struct store *remote = NULL;
	struct transfer_root root = { .kind = ROOT_TREE, .id = v->id,
				      .size = v->size, .label = v->label };
	struct transfer_opts opts = { .jobs = JOBS, .requests = 1,
				      .folder = a->folder,
				      .slice = 1u << 30 };
	struct transfer_stats stats;
	int r = data_source(&local, a->w->data, err);

	/* Some push in small slices. */
	if (rng_chance(&a->rng, 25))
		opts.slice = 2000;
	if (r == 0)
		r = actor_store(a, &remote, err);
	return r < 0 ? r : transfer_push(local, remote, &root, 1, &opts,
					 &stats, err);
}

/*
 * What store.md promises for a push that came to its end: the record of the
 * root is young, be it this push's or one that it found.
 */
static void claim(struct actor *a, int version, int64_t start)
{
	struct claim *c = &a->w->claim[version];
	int64_t until = a->index_put >= start ? a->index_put + ROOT_AGE
					      : start + ROOT_AGE / 2;

	c->until = MAX(c->until, until);
}

int pusher_push(struct actor *a, int version, struct dver_err *err)
{
	int64_t start = a->w->now;
	int r;

	a->first_gc = 0;
	if (rng_chance(&a->rng, (uint32_t)a->w->deaths))
		a->dies_in = (int)rng_below(&a->rng, 25);
	r = push_once(a, &a->w->data->v[version], err);
	if (r == 0)
		claim(a, version, start);
	world_trace(a, "push of %d: %s", version, r ? err->msg : "done");
	return r;
}

/* A branch has it now, if it can still count on the data. */
static void to_git(struct actor *a, int version)
{
	struct claim *c = &a->w->claim[version];

	actor_sleep(a, rng_below(&a->rng, HOUR));
	if (a->w->now >= c->until)
		return;
	c->in_git = true;
	world_trace(a, "%d is in git", version);
}

/* Somebody deletes a branch; what it had may go once its record is old. */
static void from_git(struct actor *a)
{
	int version = (int)rng_below(&a->rng, (uint32_t)a->w->data->n);

	if (a->w->claim[version].in_git)
		world_trace(a, "%d leaves git", version);
	a->w->claim[version].in_git = false;
}

void pusher_run(struct actor *a)
{
	int n = 2 + (int)rng_below(&a->rng, 4);
	int version = (int)rng_below(&a->rng, (uint32_t)a->w->data->n);

	while (n-- > 0) {
		struct dver_err err = { 0 };
		int r = pusher_push(a, version, &err);

		if (r < 0 && !a->dead && r != DVER_ECONFLICT)
			world_violated(a->w, "push of %d: %s", version,
				       err.msg);
		if (r < 0) {
			actor_restart(a);
			continue;	/* the same command again */
		}
		actor_restart(a);
		if (rng_chance(&a->rng, 70))
			to_git(a, version);
		if (rng_chance(&a->rng, 30))
			from_git(a);
		if (rng_chance(&a->rng, 20))
			actor_sleep(a, rng_below(&a->rng, 40 * DAY));
		version = rng_chance(&a->rng, 30)
			  ? (int)rng_below(&a->rng, (uint32_t)a->w->data->n)
			  : (version + 2) % a->w->data->n;
	}
}

struct verify {
	struct store *s;
	struct store_io *io;
};

static int no_sink(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	(void)data;
	(void)bytes;
	(void)len;
	(void)err;
	return 0;
}

static int verify_entry(void *data, const char *path,
			const struct tree_entry *e, struct dver_err *err)
{
	struct verify *v = data;
	int r;

	if (e->kind == TREE_DIR)
		return WALK_ON;
	r = store_stream(v->s, v->io, &e->id, no_sink, NULL, NULL, err);
	return r < 0 ? err_wrap(err, "'%s'", path) : WALK_ON;
}

int reader_verify(struct store *s, const struct oid *root,
		  struct dver_err *err)
{
	AUTO_STORE_IO struct store_io *io = NULL;
	struct verify v = { .s = s };
	int r = store_io_new(&io, err);

	v.io = io;
	if (r == 0)
		r = store_load_indexes(s, err);
	return r < 0 ? r : walk_tree(s, io, root, verify_entry, &v, err);
}

/*
 * All of a version out of the place; what has gone since the listing is looked
 * for in a new one, once.  A reader that takes longer than the grace may fail.
 */
static int read_version(struct actor *a, const struct version *v,
			struct dver_err *err)
{
	AUTO_STORE struct store *s = NULL;
	int r = actor_store(a, &s, err);

	if (r == 0)
		r = reader_verify(s, &v->id, err);
	if (r == 0)
		return 0;
	world_trace(a, "%s: lists again", err->msg);
	r = store_refresh(s, err);
	return r < 0 ? r : reader_verify(s, &v->id, err);
}

/* The same through fetch, into a store of its own. */
static int fetch_version(struct actor *a, const struct version *v,
			 struct dver_err *err)
{
	AUTO_FREE char *root = str_printf("%s/cache", a->folder);
	AUTO_STORE struct store *local = NULL;
	AUTO_STORE struct store *remote = NULL;
	struct transfer_root r0 = { .kind = ROOT_TREE, .id = v->id,
				    .size = v->size, .label = v->label };
	struct transfer_opts opts = { .jobs = JOBS, .requests = 1,
				      .folder = a->folder,
				      .loose_above = 1u << 30,
				      .slice = 1u << 30 };
	struct transfer_stats stats;
	int r = local_open(&local, root, true, true, 0, err);

	if (r == 0)
		r = actor_store(a, &remote, err);
	if (r == 0)
		r = transfer_fetch(local, remote, &r0, 1, &opts, &stats, err);
	return r < 0 ? r : reader_verify(local, &v->id, err);
}

void reader_run(struct actor *a)
{
	struct world *w = a->w;

	for (int i = 0; i < 4; i++) {
		int version = (int)rng_below(&a->rng, (uint32_t)w->data->n);
		struct dver_err err = { 0 };
		int r;

		actor_sleep(a, rng_below(&a->rng, 15 * DAY));
		if (!world_protects(w, version))
			continue;
		r = i == 0 ? fetch_version(a, &w->data->v[version], &err) : -1;
		/* the same command again */
		if (i == 0 && r < 0)
			r = fetch_version(a, &w->data->v[version], &err);
		if (i > 0)
			r = read_version(a, &w->data->v[version], &err);
		world_trace(a, "read of %d: %s", version, r ? err.msg : "ok");
		if (r < 0 && world_protects(w, version) &&
		    w->now - a->listed < GRACE - w->stale)
			world_violated(w, "reading version %d: %s", version,
				       err.msg);
	}
}

void *actor_main(struct actor *a)
{
	switch (a->role) {
	case PUSHER:
		pusher_run(a);
		break;
	case READER:
		reader_run(a);
		break;
	case COLLECTOR:
		collector_run(a);
		break;
	}
	return NULL;
}
