/*
 * checkout_walk - three trees at once: what is wanted, what is on the disk,
 * and what was last checked out.  The third tells a file that somebody made
 * or edited here from one that only is of another version.
 *
 * It goes over the trees twice: first to find what would be lost, and only
 * when nothing would, to change the workspace.
 */
#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/walk.h"
#include "workspace/checkout_internal.h"

#define TREE_MAX (1u << 30)

enum { WANT, DISK, WAS, SIDES };

struct side {
	struct buf bytes;
	struct tree_reader reader;
	struct tree_entry e;
	bool more;
};

struct level {
	struct side side[SIDES];
};

struct walker {
	struct checkout *c;
	bool apply;
	struct buf sub;
};

static int side_next(struct side *d, struct dver_err *err)
{
	int r = tree_next(&d->reader, &d->e, err);

	d->more = r > 0;
	return r < 0 ? r : 0;
}

static int side_open(struct side *d, struct checkout *c, const struct oid *id,
		     struct dver_err *err)
{
	int r;

	*d = (struct side){ .bytes = BUF_INIT(TREE_MAX) };
	if (!id)
		return 0;
	r = store_read(c->s->store, c->s->main_io, id, TREE_MAX, &d->bytes,
		       err);
	if (r == 0)
		r = tree_reader_init(&d->reader, d->bytes.data, d->bytes.len,
				     err);
	return r < 0 ? r : side_next(d, err);
}

static const struct oid *dir_id(const struct tree_entry *e)
{
	return e && e->kind == TREE_DIR ? &e->id : NULL;
}

static bool same(const struct tree_entry *a, const struct tree_entry *b)
{
	return a && b && a->kind == b->kind && oid_eq(&a->id, &b->id);
}

int checkout_conflict(struct checkout *c, const char *sub,
		      struct dver_err *err)
{
	c->nconflicts++;
	if (c->conflicts.n < 10 && !strvec_push(&c->conflicts, sub))
		return err_nomem(err);
	return 0;
}

int checkout_is_safe(struct checkout *c, enum tree_kind kind,
		     const struct oid *id, const struct tree_entry *was,
		     struct dver_err *err)
{
	int r = store_has(c->s->store, id, err);

	/* What was added here may be in the remote alone by now. */
	if (r == 0 && was && was->kind == kind && oid_eq(&was->id, id))
		r = reading_remote_has(c->rr, id, err);
	return r;
}

/* Edits of this output stay: is that one?  1, 0, < 0. */
static int stays(struct walker *w, const struct tree_entry *e[SIDES],
		 struct dver_err *err)
{
	struct checkout *c = w->c;
	int r;

	if (!c->keep_edits || !e[DISK])
		return 0;
	r = e[DISK]->kind == TREE_DIR ? 0 : checkout_is_safe(c, e[DISK]->kind,
					&e[DISK]->id, e[WAS], err);
	if (r != 0)
		return MIN(r, 0);
	if (!w->apply && c->nkept++ == 0 && !strvec_push(&c->kept, w->sub.data))
		return err_nomem(err);
	return 1;
}

static int walk(struct walker *w, const struct oid *ids[SIDES],
		struct dver_err *err);

static int walk_below(struct walker *w, const struct tree_entry *e[SIDES],
		      struct dver_err *err)
{
	const struct oid *ids[SIDES] = { dir_id(e[WANT]), dir_id(e[DISK]),
					 dir_id(e[WAS]) };

	return walk(w, ids, err);
}

/* The path on the disk, opened at its parent. */
static int open_parent(const struct walker *w, const char **name,
		       char **full, struct dver_err *err)
{
	AUTO_FREE char *dir = NULL;
	int fd;

	*full = path_join(w->c->path, w->sub.data);
	dir = *full ? path_dir(*full) : NULL;
	if (!dir)
		return err_nomem(err);
	*name = path_base(*full);
	fd = os_open_beneath(w->c->s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	return fd < 0 ? err_sys(err, "cannot open folder '%s'", dir) : fd;
}

/* Remove a file, or a folder if it is empty by now. */
static int remove_entry(const struct walker *w, bool dir, struct dver_err *err)
{
	AUTO_FREE char *full = NULL;
	AUTO_CLOSE int at = -1;
	const char *name;
	int fd = open_parent(w, &name, &full, err);

	if (fd < 0)
		return fd;
	at = fd;
	if (os_unlinkat(at, name, dir ? AT_REMOVEDIR : 0) == 0 ||
	    errno == ENOENT || (dir && errno == ENOTEMPTY))
		return 0;
	return err_sys(err, "cannot remove '%s'", full);
}

/* Names that a folder has, or < 0. */
static int64_t count_names(const struct walker *w, const char *path,
			   struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int64_t n = 0;
	int fd = os_open_beneath(w->c->s->root_fd, path,
				 O_RDONLY | O_DIRECTORY);
	int r = fd < 0 ? err_sys(err, "cannot open folder '%s'", path)
		       : dir_take(&d, fd, path, err);

	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		n++;
		r = 0;
	}
	return r < 0 ? r : n;
}

/* Has the folder names that its tree has not, on any level?  1, 0, < 0. */
static int holds_ignored(const struct walker *w, const char *path,
			 const struct oid *id, struct dver_err *err)
{
	struct side d;
	int64_t names = count_names(w, path, err);
	int r = side_open(&d, w->c, id, err);

	if (names < 0)
		r = (int)names;
	while (r == 0 && d.more) {
		AUTO_FREE char *name = str_ndup(d.e.name, d.e.name_len);
		AUTO_FREE char *below = name ? path_join(path, name) : NULL;

		names--;
		if (!below)
			r = err_nomem(err);
		else if (d.e.kind == TREE_DIR)
			r = holds_ignored(w, below, &d.e.id, err);
		if (r == 0)
			r = side_next(&d, err);
	}
	buf_release(&d.bytes);
	return r ? r : names > 0;
}

/* Ignored files are in no tree, and go nowhere when their folder goes. */
static int check_ignored(const struct walker *w, const struct tree_entry *disk,
			 struct dver_err *err)
{
	AUTO_FREE char *full = path_join(w->c->path, w->sub.data);
	int r = full ? holds_ignored(w, full, &disk->id, err)
		     : err_nomem(err);

	return r <= 0 ? r : err_set(err, DVER_ECONFLICT, "'%s' is a folder "
				    "with ignored files in it, and a file is "
				    "to be in its place: move them away",
				    full);
}

/* What is on the disk must go, all of it, or there is a conflict. */
static int clear_away(struct walker *w, const struct tree_entry *e[SIDES],
		      struct dver_err *err)
{
	/* All of it is stored if that is asked for: then all of it goes. */
	const struct tree_entry *was = w->c->force ? e[DISK] : e[WAS];
	const struct tree_entry *gone[SIDES] = { NULL, e[DISK], was };
	AUTO_FREE char *full = NULL;
	AUTO_CLOSE int at = -1;
	const char *name;
	int r;

	if (e[DISK]->kind != TREE_DIR) {
		r = w->apply ? 1 : checkout_is_safe(w->c, e[DISK]->kind,
						    &e[DISK]->id, e[WAS], err);
		if (r == 0)
			return checkout_conflict(w->c, w->sub.data, err);
		return r < 0 || !w->apply ? MIN(r, 0)
					  : remove_entry(w, false, err);
	}
	/* Files that nobody added are in the way here. */
	if (!w->apply && !same(e[DISK], was))
		return checkout_conflict(w->c, w->sub.data, err);
	r = w->apply ? 0 : check_ignored(w, e[DISK], err);
	if (r == 0)
		r = walk_below(w, gone, err);
	if (r < 0 || !w->apply)
		return r;
	r = open_parent(w, &name, &full, err);
	if (r < 0)
		return r;
	at = r;
	if (os_unlinkat(at, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(err, "cannot remove folder '%s'", full);
	return 0;
}

static int want_file(struct walker *w, const struct tree_entry *e[SIDES],
		     struct dver_err *err)
{
	bool dir = dir_id(e[DISK]) != NULL;
	int r = 0;

	if (same(e[WANT], e[DISK]) && !w->c->relink)
		return 0;
	r = stays(w, e, err);
	if (r != 0)
		return MIN(r, 0);
	if (dir)
		r = clear_away(w, e, err);
	else if (e[DISK] && !w->apply && !same(e[WANT], e[DISK]))
		r = clear_away(w, e, err);
	if (r < 0 || !w->apply)
		return r;
	return checkout_submit(w->c, w->sub.data, e[WANT], err);
}

/* Is one of the parts that are asked for in the wanted folder?  1, 0, < 0. */
static int holds_part(const struct walker *w, const struct oid *id,
		      struct dver_err *err)
{
	const struct strvec *parts = w->c->parts;
	const char *sub = w->sub.data;
	struct walk_found f;
	int r = 0;

	if (!parts || checkout_wants(w->c, sub) == 1)
		return 1;
	for (size_t i = 0; r == 0 && i < parts->n; i++)
		if (path_inside(parts->v[i], sub))
			r = walk_find(w->c->s->store, w->c->s->main_io, id,
				      parts->v[i] + w->sub.len + (*sub != '\0'),
				      &f, err);
	return r;
}

static int want_dir(struct walker *w, const struct tree_entry *e[SIDES],
		    struct dver_err *err)
{
	int r;

	if (dir_id(e[DISK])) {
		if (same(e[WANT], e[DISK]) && !w->c->relink)
			return 0;
		return walk_below(w, e, err);
	}
	/* A part that is to go needs no folder, nor a file's place. */
	r = holds_part(w, &e[WANT]->id, err);
	if (r <= 0)
		return r;
	r = stays(w, e, err);
	if (r != 0)
		return MIN(r, 0);
	r = e[DISK] ? clear_away(w, e, err) : 0;
	if (r < 0 || !w->apply)
		return r;
	return materialize(w->c, w->sub.data, &e[WANT]->id, err);
}

/* Not wanted: what was checked out goes, what somebody made here stays. */
static int want_nothing(struct walker *w, const struct tree_entry *e[SIDES],
			struct dver_err *err)
{
	int r;

	/* Nor has anybody added a file in the place of a folder. */
	if (!e[WAS] || (dir_id(e[WAS]) && !dir_id(e[DISK])))
		return 0;
	r = e[DISK]->kind == TREE_DIR ? 0 : stays(w, e, err);
	if (r != 0)
		return MIN(r, 0);
	if (e[DISK]->kind != TREE_DIR)
		return clear_away(w, e, err);
	r = walk_below(w, e, err);
	return r < 0 || !w->apply ? r : remove_entry(w, true, err);
}

/* Edited here, and of the same version before and after: it stays. */
static bool is_edit(const struct walker *w,
		    const struct tree_entry *e[SIDES])
{
	return w->c->gentle && e[DISK] && same(e[WANT], e[WAS]) &&
	       !(dir_id(e[WANT]) && dir_id(e[DISK]));
}

static int decide(struct walker *w, const struct tree_entry *e[SIDES],
		  struct dver_err *err)
{
	bool apart = checkout_is_apart(w->c, w->sub.data);
	int wanted = apart ? 0 : checkout_wants(w->c, w->sub.data);
	int r = e[WANT] ? checkout_name(w->c, "", e[WANT], err) : 0;

	if (wanted == 0 && w->c->follow && e[DISK] && !apart)
		wanted = dir_id(e[DISK]) ? 2 : 1;
	if (r < 0 || wanted == 0)
		return r;
	if (!e[WANT])
		return e[DISK] && (wanted == 1 || w->c->follow)
			       ? want_nothing(w, e, err) : 0;
	if (is_edit(w, e))
		return 0;
	if (e[WANT]->kind == TREE_DIR)
		return want_dir(w, e, err);
	return wanted == 1 ? want_file(w, e, err) : 0;
}

/* The smallest name that any side is at. */
static const struct tree_entry *first_name(struct level *l)
{
	const struct tree_entry *min = NULL;

	for (int i = 0; i < SIDES; i++) {
		const struct tree_entry *e = &l->side[i].e;

		if (l->side[i].more &&
		    (!min || tree_name_cmp(e->name, e->name_len, min->name,
					   min->name_len) < 0))
			min = e;
	}
	return min;
}

static int step(struct walker *w, struct level *l,
		const struct tree_entry *min, struct dver_err *err)
{
	const struct tree_entry *e[SIDES] = { NULL, NULL, NULL };
	size_t back = w->sub.len;
	int r;

	for (int i = 0; i < SIDES; i++)
		if (l->side[i].more &&
		    tree_name_cmp(l->side[i].e.name, l->side[i].e.name_len,
				  min->name, min->name_len) == 0)
			e[i] = &l->side[i].e;
	if (back)
		buf_addc(&w->sub, '/');
	buf_add(&w->sub, min->name, min->name_len);
	r = buf_check(&w->sub, err);
	if (r == 0)
		r = decide(w, e, err);
	buf_truncate(&w->sub, back);
	for (int i = 0; r == 0 && i < SIDES; i++)
		if (e[i])
			r = side_next(&l->side[i], err);
	return r;
}

static int walk(struct walker *w, const struct oid *ids[SIDES],
		struct dver_err *err)
{
	struct level *l = calloc(1, sizeof(*l));
	const struct tree_entry *min;
	int r = l ? cancel_check(&w->c->ss->repo->cancel, err)
		  : err_nomem(err);

	for (int i = 0; r == 0 && i < SIDES; i++)
		r = side_open(&l->side[i], w->c, ids[i], err);
	while (r == 0 && (min = first_name(l)))
		r = step(w, l, min, err);
	for (int i = 0; l && i < SIDES; i++)
		buf_release(&l->side[i].bytes);
	free(l);
	return r;
}

/* The roots, as entries of a folder that holds the output alone. */
static struct tree_entry root_entry(const struct scanned *d)
{
	return (struct tree_entry){ .kind = d->kind, .id = d->id,
				    .bytes = d->bytes, .files = d->files,
				    .name = "", .name_len = 0 };
}

int checkout_walk(struct checkout *c, bool apply, struct dver_err *err)
{
	struct tree_entry want = root_entry(&c->want);
	struct tree_entry disk = root_entry(&c->disk);
	struct tree_entry was = root_entry(&c->was);
	const struct tree_entry *e[SIDES] = {
		&want, c->disk.kind ? &disk : NULL,
		c->was.kind ? &was : NULL,
	};
	struct walker w = { c, apply, BUF_PATH };
	int r = 0;

	/* Nothing of it is here or asked for. */
	if (c->parts && c->parts->n == 0 && !e[DISK])
		return 0;
	if (want.kind == TREE_DIR)
		r = want_dir(&w, e, err);
	else if (want.kind)
		r = want_file(&w, e, err);
	else if (e[DISK])
		r = want_nothing(&w, (const struct tree_entry *[SIDES]){
				 NULL, e[DISK], e[WAS] }, err);
	buf_release(&w.sub);
	return r;
}
