/*
 * view_tracked - metrics that git does not keep: the pointer beside them or
 * the lock file of the stage that makes them has their id.  Of the workspace
 * those that are not on the disk: what is recorded is what belongs there.
 */
#include "base/err.h"
#include "base/path.h"
#include "repo/pointer.h"
#include "report/view.h"
#include "report/tracked.h"
#include "store/walk.h"

/* 1 and the text, with the id of it in git; 0: there is no such file. */
static int read_text(struct view *s, const char *path, size_t max,
		     struct git_entry *e, char **text, size_t *len,
		     struct dver_err *err)
{
	struct source disk = source_workspace(s->rep->repo);
	int r;

	*e = (struct git_entry){ .kind = GIT_ENTRY_NONE };
	if (!s->snap)
		return disk.read(disk.data, path, max, text, len, err);
	r = git_snapshot_find(s->snap, path, e, err);
	if (r < 0 || e->kind != GIT_ENTRY_FILE)
		return r;
	r = git_blob_text(s->rep->repo->git, e->id, path, max, text, len,
			  err);
	return r < 0 ? r : 1;
}

/* An output, and what of it is wanted. */
struct want {
	struct view *s;
	const char *path;	/* that was asked for */
	const char *sub;	/* the part of the output */
	const struct item *like;
};

static int on_entry(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	const struct want *w = data;
	AUTO_FREE char *full = path_join(w->path, path);

	if (!full)
		return err_nomem(err);
	if ((e->kind != TREE_FILE && e->kind != TREE_EXEC) ||
	    !w->s->rep->is_name(full))
		return 0;
	return view_add(w->s, full, w->like, ITEM_STORE, e->id.id,
			sizeof(e->id.id), err) ? 0 : DVER_ENOMEM;
}

/* Files in a folder of the store. */
static int add_folder(const struct want *w, const struct oid *tree,
		      struct dver_err *err)
{
	struct report *rep = w->s->rep;
	struct walk_found f;
	struct want copy = *w;
	int r = report_store(rep, err);

	if (r == 0)
		r = walk_find(rep->store, rep->io, tree, w->sub, &f, err);
	if (r <= 0)
		return r < 0 ? r : err_set(err, DVER_ENOTFOUND,
					   "there is no '%s'", w->path);
	if (f.kind == TREE_DIR)
		return walk_tree(rep->store, rep->io, &f.id, on_entry, &copy,
				 err);
	return view_add(w->s, w->path, w->like, ITEM_STORE, f.id.id,
			sizeof(f.id.id), err) ? 0 : DVER_ENOMEM;
}

/* 1: it is told, one way or the other. */
static int add_output(const struct want *w, bool tree, const struct oid *id,
		      struct dver_err *err)
{
	struct view *s = w->s;
	struct dver_err why;
	int r;

	if (!tree && *w->sub)
		return 0;
	if (!tree)
		return view_add(s, w->path, w->like, ITEM_STORE, id->id,
				sizeof(id->id), err) ? 1 : DVER_ENOMEM;
	r = add_folder(w, id, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	reading_failed(s->rep->repo, s->rep->store, r);
	if (r == DVER_EMISSING)
		(void)view_not_here(w->path, &why);
	if (r < 0 && view_add_problem(s, w->path, r, "%s", why.msg) < 0)
		return DVER_ENOMEM;
	return 1;
}

/* The pointer of `out`, a path or a folder above it. */
static int try_pointer(const struct want *w, const char *out,
		       struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s%s", out, POINTER_SUFFIX);
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_FREE char *text = NULL;
	struct git_entry e;
	struct dver_err why;
	size_t len = 0;
	int r;

	if (!path)
		return err_nomem(err);
	r = read_text(w->s, path, POINTER_MAX, &e, &text, &len, &why);
	if (r > 0)
		r = pointer_parse(&p, path, text, len, &why);
	else if (r == 0)
		return 0;
	if (r == 0)
		return add_output(w, p.kind == ROOT_TREE, &p.id, err);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	return view_add_problem(w->s, w->path, r, "%s", why.msg) < 0
	       ? DVER_ENOMEM : 1;
}

/* What a lock file knows; NULL: there is none. */
static int lock_of(struct view *s, const char *dir, const struct tracked **out,
		   struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, LOCKFILE_NAME);
	AUTO_FREE char *text = NULL;
	uint8_t key[REPORT_KEY];
	struct tracked *t = NULL;
	struct git_entry e = { .kind = GIT_ENTRY_NONE };
	struct tracked **slot;
	size_t len = 0;
	int r = path ? 0 : err_nomem(err);

	*out = NULL;
	if (r == 0 && s->snap)
		r = git_snapshot_find(s->snap, path, &e, err);
	if (r < 0 || (s->snap && e.kind != GIT_ENTRY_FILE))
		return r;
	r = report_key(key, e.id, sizeof(e.id), path, strlen(path), err);
	if (r < 0)
		return r;
	slot = keymap_get(&s->rep->locks, key);
	if (slot) {
		*out = *slot;
		return 0;
	}
	r = read_text(s, path, LOCKFILE_MAX, &e, &text, &len, err);
	if (r > 0)
		r = tracked_read(&t, path, text, len, err);
	if (r < 0 || !t)
		return r;
	slot = keymap_put(&s->rep->locks, key, NULL);
	if (!slot) {
		tracked_free(t);
		return err_nomem(err);
	}
	*out = *slot = t;
	return 0;
}

static int try_lock(struct want *w, const char *dir, struct dver_err *err)
{
	const struct tracked *t;
	const struct tracked_out *o;
	struct dver_err why;
	int r = lock_of(w->s, dir, &t, &why);

	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0 || (t && t->problem))
		return view_add_problem(w->s, w->path, r < 0 ? r : DVER_EFORMAT,
					"%s", r < 0 ? why.msg : t->problem) < 0
		       ? DVER_ENOMEM : 1;
	o = t ? tracked_holding(t, w->path) : NULL;
	/* What the store was not given is in git, or nowhere. */
	if (!o || o->no_cache)
		return 0;
	w->sub = w->path + strlen(o->path);
	w->sub += *w->sub == '/';
	return add_output(w, o->tree, &o->id, err);
}

int view_add_tracked(struct view *s, const char *path,
		     const struct item *like, struct dver_err *err)
{
	struct want w = { .s = s, .path = path, .like = like };
	AUTO_FREE char *at = strdup(path);
	int r = at ? 0 : err_nomem(err);

	while (r == 0) {
		char *slash = strrchr(at, '/');

		w.sub = path + strlen(at);
		w.sub += *w.sub == '/';
		r = try_pointer(&w, at, err);
		if (!slash)
			break;
		*slash = '\0';
	}
	for (size_t i = 0; r == 0 && i < s->plan->dirs.n; i++)
		r = try_lock(&w, s->plan->dirs.v[i], err);
	return r;
}
