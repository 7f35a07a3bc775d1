/*
 * scan - a job a directory.
 *
 * A node lists its names, stats its files (in pieces when there are many) and
 * has a child node for each folder.  `pending` counts what is not done; who
 * takes it to zero finishes the node: tree, stat block, and the news to the
 * parent.  When nothing in a directory differs from its block, the parent
 * keeps the entry it had and no tree is made.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/dverignore.h"
#include "workspace/scan_entry.h"
#include "workspace/scan_node.h"

#define PIECE 512	/* files a job */

static void node_free(struct node *d)
{
	/* Under the mutex: a neighbour that goes moves the link. */
	pthread_mutex_lock(&d->sc->mutex);
	if (d->link) {
		*d->link = d->next;
		if (d->next)
			d->next->link = d->link;
	}
	pthread_mutex_unlock(&d->sc->mutex);
	if (d->fd >= 0)
		(void)os_close(d->fd);
	node_forget_tracked(d);
	buf_release(&d->names);
	buf_release(&d->old_bytes);
	free(d->old);
	free(d->v);
	free(d->path);
	free(d);
}

static struct node *node_new(struct scan *sc, struct node *parent, size_t slot,
			     const char *path, const struct statidx_entry *was)
{
	struct node *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->sc = sc;
	d->parent = parent;
	d->slot = slot;
	d->fd = -1;
	buf_init(&d->names, SIZE_MAX / 4);
	buf_init(&d->old_bytes, SIZE_MAX / 4);
	d->path = strdup(path);
	if (was)
		d->was = *was;
	if (!d->path) {
		node_free(d);
		return NULL;
	}
	pthread_mutex_lock(&sc->mutex);
	d->next = sc->nodes;
	if (d->next)
		d->next->link = &d->next;
	d->link = &sc->nodes;
	sc->nodes = d;
	pthread_mutex_unlock(&sc->mutex);
	return d;
}

int node_by_name(const void *a, const void *b)
{
	const struct statidx_entry *x = a;
	const struct statidx_entry *y = b;

	return tree_name_cmp(x->name, x->name_len, y->name, y->name_len);
}

static int load_old(struct node *d, struct dver_err *err)
{
	int r = 0;

	if (d->sc->old && d->was.kind == TREE_DIR)
		r = statidx_block(d->sc->old, &d->was, &d->old_bytes, &d->old,
				  &d->nold, &d->old_cap, err);
	if (r <= 0)
		d->was.kind = 0;
	for (size_t i = 0; d->sc->distrust && i < d->nold; i++)
		d->old[i].flags &= (uint8_t)~STAT_STORED;
	return r < 0 ? r : 0;
}

const struct statidx_entry *node_old(const struct node *d,
				     const struct statidx_entry *e)
{
	return d->nold ? bsearch(e, d->old, d->nold, sizeof(*e),
				 node_by_name)
		       : NULL;
}

int scan_put_tree(struct scanner *s, int worker, struct oid *id,
		  const struct buf *b, struct dver_err *err)
{
	int r;

	if (s->writer)
		r = writer_put_tree(s->writer, worker, s->io[worker], id,
				    b->data, b->len, err);
	else
		r = hash_one(store_io_hash(s->io[worker]), id->id, b->data,
			     b->len, err);
	if (r < 0 || (s->writer && !s->keep_trees))
		return r;
	r = store_has(s->store, id, err);
	return r ? r : store_overlay(s->store, id, b->data, b->len, err);
}

static int put_tree(struct node *d, int worker, struct statidx_entry *me,
		    struct dver_err *err)
{
	struct scanner *s = d->sc->s;
	AUTO_BUF struct buf b = BUF_BIG;
	struct tree_writer tw;
	int r = 0;

	tree_writer_init(&tw, &b);
	tree_begin(&b);
	for (size_t i = 0; r == 0 && i < d->n; i++) {
		const struct statidx_entry *e = &d->v[i];
		bool dir = e->kind == TREE_DIR;
		struct tree_entry te = {
			.kind = e->kind, .name = e->name,
			.name_len = e->name_len, .id = e->id,
			.bytes = dir ? e->d.bytes : e->f.size,
			.files = dir ? e->d.files : 1,
		};

		r = tree_add(&tw, &te, err);
	}
	if (r == 0)
		r = buf_check(&b, err);
	if (r < 0)
		return r;
	me->d.bytes = tw.bytes;
	me->d.files = tw.files;
	return scan_put_tree(s, worker, &me->id, &b, err);
}

/* What a finished directory is to its parent. */
static int describe(struct node *d, int worker, struct statidx_entry *me,
		    struct dver_err *err)
{
	struct scanner *s = d->sc->s;
	bool same = !atomic_load(&d->changed) && d->n == d->nold &&
		    d->was.kind == TREE_DIR && !d->sc->rewrite;
	int r;

	if (same && (!s->writer || (d->was.flags & STAT_STORED))) {
		/* A tree that was never stored must be readable too. */
		*me = d->was;
		r = d->was.flags & STAT_STORED ? 0 : put_tree(d, worker, me,
							      err);
		return MIN(r, 0);
	}
	atomic_store(&d->changed, true);
	*me = (struct statidx_entry){ .kind = TREE_DIR };
	if (s->writer)
		me->flags = STAT_STORED;
	r = node_check_names(d, worker, err);
	if (r == 0)
		r = put_tree(d, worker, me, err);
	if (r >= 0 && !s->writer && d->was.kind == TREE_DIR &&
	    oid_eq(&d->was.id, &me->id))
		me->flags = d->was.flags;
	return r < 0 ? r : statidx_out_block(d->sc->out, d->v, d->n, me, err);
}

static int node_done(struct node *d, int worker, struct dver_err *err);

/* Entries of folders that turned out to be passed over go. */
static void close_holes(struct node *d)
{
	size_t kept = 0;

	if (!atomic_load(&d->holes))
		return;
	for (size_t i = 0; i < d->n; i++)
		if (!(d->v[i].flags & STAT_HOLE))
			d->v[kept++] = d->v[i];
	d->n = kept;
}

/* Nothing but ignored names in it, and no tree has it: nor has its parent. */
static int only_ignored(struct node *d, int worker, struct dver_err *err)
{
	int r;

	if (d->n || !atomic_load(&d->passed) || !d->parent)
		return 0;
	r = node_tracks(d->parent, worker, &d->parent->v[d->slot], err);
	return r < 0 ? r : !r;
}

static int finish_root(struct node *d, const struct statidx_entry *me)
{
	d->sc->root = *me;
	d->sc->changed = atomic_load(&d->changed);
	node_free(d);
	return 0;
}

static int finish(struct node *d, int worker, struct dver_err *err)
{
	struct node *up = d->parent;
	struct statidx_entry me = { .kind = TREE_DIR, .flags = STAT_HOLE };
	struct statidx_entry *e;
	bool hole;
	int r;

	close_holes(d);
	r = only_ignored(d, worker, err);
	hole = r > 0;
	if (hole) {
		atomic_store(&up->holes, true);
		atomic_store(&up->passed, true);
	} else if (r == 0) {
		r = describe(d, worker, &me, err);
	}
	if (r < 0)
		return r;
	atomic_fetch_add(&d->sc->live, me.d.len);
	if (!up)
		return finish_root(d, &me);
	/* Name and kind stay: others may be reading them. */
	e = &up->v[d->slot];
	e->flags = me.flags;
	e->mode = me.mode;
	e->id = me.id;
	e->d = me.d;
	if (!hole && atomic_load(&d->changed))
		atomic_store(&up->changed, true);
	node_free(d);
	return node_done(up, worker, err);
}

/* One thing less to wait for; the last one finishes the node. */
static int node_done(struct node *d, int worker, struct dver_err *err)
{
	if (atomic_fetch_sub(&d->pending, 1) > 1)
		return 0;
	if (d->fd >= 0)
		(void)os_close(d->fd);
	d->fd = -1;
	return finish(d, worker, err);
}

/* Entries [from, to) that are no directories. */
static int scan_range(struct node *d, int worker, size_t from, size_t to,
		      struct dver_err *err)
{
	int r = 0;

	for (size_t i = from; r >= 0 && i < to; i++) {
		struct statidx_entry *e = &d->v[i];
		const struct statidx_entry *old;

		if (e->kind == TREE_DIR)
			continue;
		old = node_old(d, e);
		if (old && old->kind == TREE_DIR)
			old = NULL;
		r = scan_entry(d->sc->s, worker, d->fd, e->name, d->path, e,
			       old, err);
		if (r > 0)
			atomic_store(&d->changed, true);
	}
	return r < 0 ? r : 0;
}

struct piece {
	struct pool_job job;
	struct node *node;
	size_t from, to;
};

static int piece_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct piece *p = (struct piece *)job;
	int r = scan_range(p->node, worker, p->from, p->to, err);

	return r < 0 ? r : node_done(p->node, worker, err);
}

static void piece_release(struct pool_job *job)
{
	free(job);
}

static int split_files(struct node *d, struct dver_err *err)
{
	for (size_t from = 0; from < d->n; from += PIECE) {
		struct piece *p = calloc(1, sizeof(*p));

		if (!p)
			return err_nomem(err);
		p->job.run = piece_run;
		p->job.release = piece_release;
		p->node = d;
		p->from = from;
		p->to = MIN(from + PIECE, d->n);
		atomic_fetch_add(&d->pending, 1);
		pool_submit_nested(d->sc->s->pool, &p->job);
	}
	return 0;
}

static int node_run(struct pool_job *job, int worker, struct dver_err *err);

static int start_child(struct node *d, size_t i, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(d->path, d->v[i].name);
	const struct statidx_entry *was = node_old(d, &d->v[i]);
	struct node *child;

	if (was && was->kind != TREE_DIR)
		was = NULL;
	child = path ? node_new(d->sc, d, i, path, was) : NULL;
	if (!child)
		return err_nomem(err);
	child->rules = d->rules;
	child->ignored = d->ignored || (d->v[i].flags & STAT_IGNORED);
	child->job.run = node_run;
	atomic_fetch_add(&d->pending, 1);
	pool_submit_nested(d->sc->s->pool, &child->job);
	return 0;
}

static int node_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct node *d = (struct node *)job;
	int r = cancel_check(&d->sc->s->repo->cancel, err);

	atomic_store(&d->pending, 1);
	if (r == 0)
		r = node_list(d, err);
	if (r == 0)
		r = load_old(d, err);
	if (r == 0)
		r = node_entries(d, worker, err);
	for (size_t i = d->n; r == 0 && i-- > 0;)
		if (d->v[i].kind == TREE_DIR)
			r = start_child(d, i, err);
	if (r == 0 && d->n > 2 * PIECE)
		r = split_files(d, err);
	else if (r == 0)
		r = scan_range(d, worker, 0, d->n, err);
	return r < 0 ? r : node_done(d, worker, err);
}

int scan_index_path(const struct scanner *s, struct buf *out, const char *path,
		    struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];
	int r = hash_bytes(sum, path, strlen(path), err);

	hex_encode(hex, sum, sizeof(sum));
	buf_setstr(out, s->index_dir);
	buf_addf(out, "/%.32s", hex);
	return r < 0 ? r : buf_check(out, err);
}

void scan_free(struct scan *sc)
{
	if (!sc)
		return;
	/* After a failure: what no job took to its end. */
	while (sc->nodes)
		node_free(sc->nodes);
	pthread_mutex_destroy(&sc->mutex);
	rules_set_free(sc->set);
	winnames_release(&sc->winnames);
	statidx_out_discard(sc->out);
	statidx_close(sc->old);
	free(sc->index_path);
	free(sc);
}

uint64_t scan_files_here(const struct scan *sc)
{
	return sc->root.d.files;
}

bool scan_only_ignored(const struct scan *sc)
{
	return sc->root.d.files == 0 && atomic_load(&sc->passed);
}

const struct winnames *scan_winnames(const struct scan *sc)
{
	return &sc->winnames;
}

static int scan_new(struct scan **out, struct scanner *s, const char *path,
		    const struct scan_base *base, struct dver_err *err)
{
	AUTO_BUF struct buf index = BUF_PATH;
	struct scan *sc = calloc(1, sizeof(*sc));
	int r = sc ? scan_index_path(s, &index, path, err) : err_nomem(err);

	if (r < 0) {
		free(sc);
		return r;
	}
	*out = sc;
	sc->s = s;
	if (base)
		sc->base = *base;
	pthread_mutex_init(&sc->mutex, NULL);
	sc->index_path = buf_detach(&index);
	if (!sc->index_path)
		return err_nomem(err);
	r = rules_set_new(&sc->set, s->repo->cache, err);
	if (r == 0)
		r = statidx_open(&sc->old, sc->index_path, err);
	if (r > 0) {
		sc->stores = s->writer != NULL;
		sc->rewrite = statidx_is_stale(sc->old);
		sc->distrust = statidx_stamp(sc->old) != s->stamp;
	}
	return r < 0 ? r : statidx_out_new(&sc->out, sc->index_path,
					   sc->rewrite ? NULL : sc->old, err);
}

static int run_from(struct scan *sc, const char *path,
		    const struct statidx_entry *was, struct dver_err *err)
{
	struct node *root = node_new(sc, NULL, 0, path, was);
	int r;

	if (!root)
		return err_nomem(err);
	root->ignored = sc->base.ignored;
	r = scanner_rules(sc->s, path, &root->rules, err);
	root->job.run = node_run;
	if (r == 0)
		r = pool_submit(sc->s->pool, &root->job, err);
	return r < 0 ? r : pool_wait(sc->s->pool, err);
}

int scan_directory(struct scan **out, struct scanner *s, const char *path,
		   const struct scan_base *base, struct scanned *result,
		   struct dver_err *err)
{
	uint64_t before = s->writer ? writer_bytes(s->writer) : 0;
	struct statidx_entry was = { .kind = 0 };
	struct scan *sc = NULL;
	int r = scan_new(&sc, s, path, base, err);

	if (r == 0 && sc->old) {
		was = *statidx_root(sc->old);
		if (sc->distrust)
			was.flags &= (uint8_t)~STAT_STORED;
	}
	if (r == 0)
		r = run_from(sc, path, &was, err);
	if (r < 0) {
		scan_free(sc);
		return r;
	}
	*result = (struct scanned){
		.kind = TREE_DIR, .id = sc->root.id,
		.bytes = sc->root.d.bytes, .files = sc->root.d.files,
		.new_bytes = s->writer ? writer_bytes(s->writer) - before : 0,
	};
	*out = sc;
	return 0;
}

/*
 * Blocks that were not written anew still say STAT_STORED of the store as it
 * was: until a scan that stores has looked, so does the stamp.
 */
void scan_save(struct scan *sc)
{
	uint64_t stamp;

	if (!sc || (!sc->changed && sc->old && !sc->distrust))
		return;
	stamp = sc->distrust && !sc->stores ? statidx_stamp(sc->old)
					       : sc->s->stamp;
	(void)statidx_out_commit(&sc->out, &sc->root, stamp,
				 atomic_load(&sc->live), NULL);
}
