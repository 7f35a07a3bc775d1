/*
 * materialize - new folders, a job each.
 *
 * A folder is filled under a temporary name and then renamed to where it
 * belongs, so it appears with all its files or not at all, at the price of
 * one rename a folder instead of one a file.  Its folders follow as jobs of
 * their own.  A folder with very many files is filled in pieces.
 */
#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/tree.h"
#include "workspace/checkout_internal.h"
#include "workspace/scan_entry.h"

#define TREE_MAX (1u << 30)
#define PIECE 512

struct folder {
	struct pool_job job;
	struct checkout *c;
	struct folder *parent;		/* NULL: the first of the making */
	size_t slot;			/* in parent->v */
	char *sub;			/* path in the output; owned */
	struct oid id;
	struct buf bytes;		/* the tree */
	struct tree_entry *e;		/* owned; borrow from bytes */
	struct statidx_entry *v;	/* owned; what was made of each */
	size_t n;
	uint64_t total_bytes, total_files;
	int fd;				/* of the folder while it is filled */
	char tmp[32];
	_Atomic int pending;
	struct folder *next, **link;	/* in c->folders */
};

static void folder_free(struct folder *f)
{
	/* Under the mutex: a neighbour that goes moves the link. */
	pthread_mutex_lock(&f->c->mutex);
	if (f->link) {
		*f->link = f->next;
		if (f->next)
			f->next->link = f->link;
	}
	pthread_mutex_unlock(&f->c->mutex);
	if (f->fd >= 0)
		(void)os_close(f->fd);
	buf_release(&f->bytes);
	free(f->sub);
	free(f->e);
	free(f->v);
	free(f);
}

static struct folder *folder_new(struct checkout *c, struct folder *parent,
				 size_t slot, const char *sub,
				 const struct oid *id)
{
	struct folder *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->c = c;
	f->parent = parent;
	f->slot = slot;
	f->id = *id;
	f->fd = -1;
	buf_init(&f->bytes, TREE_MAX);
	f->sub = strdup(sub);
	if (!f->sub) {
		folder_free(f);
		return NULL;
	}
	pthread_mutex_lock(&c->mutex);
	f->next = c->folders;
	if (f->next)
		f->next->link = &f->next;
	f->link = &c->folders;
	c->folders = f;
	pthread_mutex_unlock(&c->mutex);
	return f;
}

void materialize_cleanup(struct checkout *c)
{
	while (c->folders)
		folder_free(c->folders);
}

static int parse(struct folder *f, struct dver_err *err)
{
	struct tree_reader tr;
	struct tree_entry e;
	size_t cap = 0;
	int r = tree_reader_init(&tr, f->bytes.data, f->bytes.len, err);

	while (r == 0 && (r = tree_next(&tr, &e, err)) > 0) {
		if (!mem_grow(&f->e, &cap, f->n + 1, sizeof(e)))
			return err_nomem(err);
		f->e[f->n++] = e;
		f->total_bytes += e.bytes;
		f->total_files += e.files;
		r = checkout_name(f->c, f->sub, &e, err);
	}
	f->v = r < 0 ? NULL : mem_array(f->n + 1, sizeof(*f->v));
	return r < 0 ? r : f->v ? 0 : err_nomem(err);
}

/* The folder under its temporary name. */
static int begin(struct folder *f, struct dver_err *err)
{
	AUTO_FREE char *path = NULL;

	checkout_tmp_name(f->c, f->tmp);
	path = path_join(f->c->tmp, f->tmp);
	if (!path)
		return err_nomem(err);
	if (os_mkdir(path, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", path);
	f->fd = os_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return f->fd < 0 ? err_sys(err, "cannot open '%s'", path) : 0;
}

static int sub_path(const struct folder *f, const struct tree_entry *e,
		    struct buf *out, struct dver_err *err)
{
	buf_setstr(out, f->sub);
	if (out->len)
		buf_addc(out, '/');
	buf_add(out, e->name, e->name_len);
	return buf_check(out, err);
}

static int fill_one(struct folder *f, int worker, size_t i, struct buf *sub,
		    struct dver_err *err)
{
	const struct tree_entry *e = &f->e[i];
	struct statidx_entry *x = &f->v[i];
	struct checkout *c = f->c;
	struct os_stat st;
	const char *name;
	int r = sub_path(f, e, sub, err);

	if (r < 0 || e->kind == TREE_DIR || checkout_wants(c, sub->data) != 1)
		return r;
	name = path_base(sub->data);
	x->flags = STAT_STORED;
	r = checkout_make(c, worker, f->fd, name, sub->data, e, &st,
			  &x->flags, err);
	if (r <= 0)
		return r;
	if (!c->index)
		return checkout_wrote(c, &st, &e->id, err);
	x->name = e->name;
	x->name_len = (uint16_t)e->name_len;
	x->kind = (uint8_t)e->kind;
	x->id = e->id;
	/* The size in a tree is the file's, not that of a link to it. */
	if (S_ISLNK(st.mode) && e->kind != TREE_SYMLINK)
		st.size = e->bytes;
	scan_entry_stat(c->s, x, &st);
	/*
	 * We wrote it ourselves: the next look at it, a tick later, would see
	 * another size, inode or time if anybody else did too.
	 */
	x->flags |= STAT_CLEAN;
	return 0;
}

static int fill_range(struct folder *f, int worker, size_t from, size_t to,
		      struct dver_err *err)
{
	AUTO_BUF struct buf sub = BUF_PATH;
	int r = 0;

	for (size_t i = from; r == 0 && i < to; i++)
		r = fill_one(f, worker, i, &sub, err);
	return r;
}

/* Where the folder belongs, which must not be behind a symlink. */
static int move_in(struct folder *f, struct dver_err *err)
{
	struct checkout *c = f->c;
	AUTO_FREE char *from = path_join(c->tmp, f->tmp);
	AUTO_FREE char *path = path_join(c->path, f->sub);
	AUTO_FREE char *dir = path ? path_dir(path) : NULL;
	AUTO_CLOSE int at = -1;

	if (!from || !dir)
		return err_nomem(err);
	(void)os_close(f->fd);
	f->fd = -1;
	at = os_open_beneath(c->s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	if (at < 0)
		return err_sys(err, "cannot open folder '%s'", dir);
	if (os_renameat(AT_FDCWD, from, at, path_base(path)) < 0)
		return err_sys(err, "cannot make folder '%s'", path);
	return 0;
}

static int folder_done(struct folder *f, struct dver_err *err);

static int finish(struct folder *f, struct dver_err *err)
{
	struct statidx_entry me = { .kind = TREE_DIR, .flags = STAT_STORED,
				    .id = f->id };
	struct folder *up = f->parent;
	int r = 0;

	if (f->c->index) {
		r = statidx_out_block(f->c->index, f->v, f->n, &me, err);
		me.d.bytes = f->total_bytes;
		me.d.files = f->total_files;
		atomic_fetch_add(&f->c->live, me.d.len);
	}
	if (r == 0 && up) {
		me.name = up->e[f->slot].name;
		me.name_len = (uint16_t)up->e[f->slot].name_len;
		up->v[f->slot] = me;
	} else if (r == 0) {
		f->c->root = me;
	}
	folder_free(f);
	return r == 0 && up ? folder_done(up, err) : r;
}

static int folder_done(struct folder *f, struct dver_err *err)
{
	return atomic_fetch_sub(&f->pending, 1) > 1 ? 0 : finish(f, err);
}

static int folder_run(struct pool_job *job, int worker, struct dver_err *err);

/* The files are there: show the folder, then go on with its folders. */
static int filled(struct folder *f, struct dver_err *err)
{
	AUTO_BUF struct buf sub = BUF_PATH;
	int r = move_in(f, err);

	atomic_store(&f->pending, 1);
	for (size_t i = f->n; r == 0 && i-- > 0;) {
		struct folder *child;

		if (f->e[i].kind != TREE_DIR)
			continue;
		r = sub_path(f, &f->e[i], &sub, err);
		if (r < 0 || checkout_wants(f->c, sub.data) == 0)
			continue;
		child = folder_new(f->c, f, i, sub.data, &f->e[i].id);
		if (!child)
			return err_nomem(err);
		child->job.run = folder_run;
		atomic_fetch_add(&f->pending, 1);
		pool_submit_nested(f->c->s->pool, &child->job);
	}
	return r < 0 ? r : folder_done(f, err);
}

struct piece {
	struct pool_job job;
	struct folder *folder;
	size_t from, to;
};

static int piece_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct piece *p = (struct piece *)job;
	struct folder *f = p->folder;
	int r = fill_range(f, worker, p->from, p->to, err);

	if (r < 0 || atomic_fetch_sub(&f->pending, 1) > 1)
		return r;
	return filled(f, err);
}

static void piece_release(struct pool_job *job)
{
	free(job);
}

static int split(struct folder *f, struct dver_err *err)
{
	size_t pieces = (f->n + PIECE - 1) / PIECE;

	atomic_store(&f->pending, (int)pieces);
	for (size_t i = 0; i < pieces; i++) {
		struct piece *p = calloc(1, sizeof(*p));

		if (!p)
			return err_nomem(err);
		p->job.run = piece_run;
		p->job.release = piece_release;
		p->folder = f;
		p->from = i * PIECE;
		p->to = MIN(p->from + PIECE, f->n);
		pool_submit_nested(f->c->s->pool, &p->job);
	}
	return 0;
}

static int folder_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct folder *f = (struct folder *)job;
	struct scanner *s = f->c->s;
	struct dver_err why = { 0 };
	struct folder *up = f->parent;
	int r = cancel_check(&s->repo->cancel, err);

	if (r < 0)
		return r;
	r = store_read(s->store, s->io[worker], &f->id, TREE_MAX, &f->bytes,
		       &why);
	if (r == DVER_EMISSING) {
		r = checkout_missing(f->c, f->sub, &why, err);
		folder_free(f);
		return r == 0 && up ? folder_done(up, err) : r;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	r = parse(f, err);
	if (r == 0)
		r = begin(f, err);
	if (r < 0)
		return r;
	if (f->n > 2 * PIECE)
		return split(f, err);
	r = fill_range(f, worker, 0, f->n, err);
	return r < 0 ? r : filled(f, err);
}

int materialize(struct checkout *c, const char *sub, const struct oid *id,
		struct dver_err *err)
{
	struct folder *f = folder_new(c, NULL, 0, sub, id);

	if (!f)
		return err_nomem(err);
	f->job.run = folder_run;
	return pool_submit(c->s->pool, &f->job, err);
}
