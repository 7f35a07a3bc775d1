#include "report/view.h"

#include <stdarg.h>

#include "base/err.h"
#include "base/path.h"
#include "format/values.h"

void view_release(struct view *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].path);
		free(s->v[i].problem);
	}
	free(s->v);
	git_snapshot_free(s->snap);
	*s = (struct view){ .rep = NULL };
}

struct item *view_add(struct view *s, const char *path,
		      const struct item *like, enum item_where where,
		      const uint8_t *id, size_t len, struct dver_err *err)
{
	char *copy = strdup(path);
	struct item *x;

	if (!copy || !mem_grow(&s->v, &s->cap, s->n + 1, sizeof(*s->v))) {
		free(copy);
		(void)err_nomem(err);
		return NULL;
	}
	x = &s->v[s->n++];
	*x = (struct item){ .path = copy, .where = where, .keys = like->keys,
			    .better = like->better };
	if (len)
		memcpy(x->id, id, len);
	return x;
}

int view_add_problem(struct view *s, const char *path, int code,
		     const char *fmt, ...)
{
	static const struct item none = { .path = NULL };
	struct item *x = view_add(s, path, &none, ITEM_NOWHERE, NULL, 0, NULL);
	AUTO_BUF struct buf b = BUF_BIG;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	if (!x || !buf_ok(&b))
		return DVER_ENOMEM;
	x->code = code;
	x->problem = buf_detach(&b);
	return x->problem ? 0 : DVER_ENOMEM;
}

int view_not_here(const char *path, struct dver_err *err)
{
	return err_set(err, DVER_EMISSING, "'%s' is not in the local store, "
		       "nor in a remote that could be asked: dver fetch "
		       "brings it", path);
}

struct listing {
	struct view *s;
	const struct item *like;
};

/* Of a folder the files whose names say what they are. */
static int on_entry(void *data, const char *path, const struct git_entry *e,
		    struct dver_err *err)
{
	const struct listing *l = data;

	if (e->kind != GIT_ENTRY_FILE || !l->s->rep->is_name(path))
		return 0;
	return view_add(l->s, path, l->like, ITEM_GIT, e->id, sizeof(e->id),
			err) ? 0 : DVER_ENOMEM;
}

/* Files at `path` in git: 1, 0, < 0. */
static int add_git(struct view *s, const char *path, const struct item *like,
		   struct dver_err *err)
{
	struct listing l = { s, like };
	struct git_entry e;
	int r = git_snapshot_find(s->snap, path, &e, err);

	if (r < 0 || e.kind == GIT_ENTRY_NONE)
		return r;
	if (e.kind == GIT_ENTRY_OTHER)
		r = view_add_problem(s, path, DVER_EFORMAT, "'%s' is a "
				     "symlink or a submodule in git", path);
	else if (e.kind == GIT_ENTRY_DIR)
		r = git_snapshot_below(s->snap, path, on_entry, &l, err);
	else if (!view_add(s, path, like, ITEM_GIT, e.id, sizeof(e.id), err))
		r = DVER_ENOMEM;
	return r < 0 ? r : 1;
}

int view_add_path(struct view *s, const char *path, const struct item *like,
		  bool maybe, struct dver_err *err)
{
	int r = s->snap ? add_git(s, path, like, err)
			: view_add_disk(s, path, like, err);

	if (r == 0 && *path)
		r = view_add_tracked(s, path, like, err);
	if (r == 0 && !maybe)
		r = view_add_problem(s, path, DVER_ENOTFOUND, "there is no "
				     "'%s'%s", *path ? path : ".",
				     s->snap ? " in this commit" : "");
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	return MIN(r, 0);
}

static int add_planned(struct view *s, const struct plan_file *f,
		       bool whole, struct dver_err *err)
{
	struct item like = { .better = f->better };

	like.keys = whole || f->whole ? NULL : &f->keys;
	return view_add_path(s, f->path, &like, f->maybe && !whole, err);
}

/* What is planned in there, or else what is there. */
static int add_target(struct view *s, const char *target,
		      struct dver_err *err)
{
	struct item like = { .path = NULL };
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->plan->n; i++) {
		const struct plan_file *f = &s->plan->v[i];

		if (path_inside(f->path, target)) {
			any = true;
			r = add_planned(s, f, streq(f->path, target), err);
		} else if (path_inside(target, f->path)) {
			like.better = f->better;
		}
	}
	if (r < 0 || any)
		return r;
	return view_add_path(s, target, &like, false, err);
}

static int by_path(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	int c = strcmp(x->path, y->path);

	/* Of two the one of which more was said comes first. */
	return c ? c : (!!y->better - !!x->better);
}

static void sort(struct view *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_path);
	for (size_t i = 0; i < s->n; i++) {
		if (kept && streq(s->v[kept - 1].path, s->v[i].path)) {
			free(s->v[i].path);
			free(s->v[i].problem);
		} else {
			s->v[kept++] = s->v[i];
		}
	}
	s->n = kept;
}

int view_begin(struct view *s, struct report *rep, const char *commit,
	       struct dver_err *err)
{
	int r = cancel_check(&rep->repo->cancel, err);

	*s = (struct view){ .rep = rep };
	if (r == 0 && commit)
		r = git_snapshot_open(&s->snap, rep->repo->git, commit, err);
	return r < 0 ? r : plan_for(&s->plan, rep, s->snap, err);
}

int view_open(struct view *s, struct report *rep, const char *commit,
	      struct dver_err *err)
{
	int r = view_begin(s, rep, commit, err);

	if (r == 0 && !rep->targets.n && s->plan->problem)
		r = view_add_problem(s, PIPELINE_FILE, s->plan->code, "%s",
				     s->plan->problem);
	for (size_t i = 0; r == 0 && i < rep->targets.n; i++)
		r = add_target(s, rep->targets.v[i], err);
	for (size_t i = 0; r == 0 && !rep->targets.n && i < s->plan->n; i++)
		r = add_planned(s, &s->plan->v[i], false, err);
	sort(s);
	return r;
}

static bool same_keys(const struct strvec *a, const struct strvec *b)
{
	if (!a || !b || a->n != b->n)
		return a == b;
	for (size_t i = 0; i < a->n; i++)
		if (!streq(a->v[i], b->v[i]))
			return false;
	return true;
}

bool item_same(const struct item *a, const struct item *b)
{
	return a->where == b->where &&
	       (a->where == ITEM_GIT || a->where == ITEM_STORE) &&
	       memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
	       same_keys(a->keys, b->keys);
}

static void put_name(struct buf *b, const char *name)
{
	buf_add_varint(b, strlen(name));
	buf_addstr(b, name);
}

/* The path and the keys: what one blob is read as may depend on these. */
static int key_of(uint8_t key[REPORT_KEY], const struct item *item,
		  struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addc(&b, (int)item->where);
	put_name(&b, item->path);
	put_name(&b, item->where == ITEM_NOWHERE ? item->problem : "");
	/* No keys are all there are, an empty list of them is none. */
	buf_addc(&b, item->keys != NULL);
	for (size_t i = 0; item->keys && i < item->keys->n; i++)
		put_name(&b, item->keys->v[i]);
	return buf_ok(&b) ? report_key(key, item->id, sizeof(item->id),
				       b.data, b.len, err)
			  : err_nomem(err);
}

static int load(struct view *s, const struct item *item, char **text,
		size_t *len, struct dver_err *err)
{
	struct report *rep = s->rep;
	AUTO_BUF struct buf b = BUF_INIT(VALUES_SIZE_MAX);
	struct oid id;
	int r;

	if (item->where == ITEM_DISK)
		return view_read_disk(s, item->path, text, len, err);
	if (item->where == ITEM_GIT)
		return git_blob_text(rep->repo->git, item->id, item->path,
				     VALUES_SIZE_MAX, text, len, err);
	memcpy(id.id, item->id, sizeof(id.id));
	r = report_store(rep, err);
	if (r == 0)
		r = store_read(rep->store, rep->io, &id, VALUES_SIZE_MAX, &b,
			       err);
	reading_failed(rep->repo, rep->store, r);
	if (r == DVER_EMISSING)
		return view_not_here(item->path, err);
	if (r < 0)
		return r;
	*len = b.len;
	*text = buf_detach(&b);
	return *text ? 0 : err_nomem(err);
}

static int parse(struct flat **out, struct view *s, const struct item *item,
		 struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	struct dver_err why;
	size_t len = 0;
	int r;

	if (item->where == ITEM_NOWHERE)
		return flat_problem(out, item->code, item->problem, err);
	r = load(s, item, &text, &len, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0)
		return flat_problem(out, r, why.msg, err);
	return flat_read(out, s->rep->what, item->path, item->keys, text, len,
			 &s->rep->repo->cancel, err);
}

int view_read(struct view *s, const struct item *item,
	      const struct flat **out, struct dver_err *err)
{
	struct report *rep = s->rep;
	AUTO_FLAT struct flat *f = NULL;
	uint8_t key[REPORT_KEY];
	struct flat **slot;
	int r = key_of(key, item, err);

	slot = r == 0 ? keymap_get(&rep->flats, key) : NULL;
	if (r < 0 || slot) {
		*out = slot ? *slot : NULL;
		return r;
	}
	r = cancel_check(&rep->repo->cancel, err);
	if (r == 0)
		r = parse(&f, s, item, err);
	if (r < 0)
		return r;
	slot = keymap_put(&rep->flats, key, NULL);
	if (!slot)
		return err_nomem(err);
	rep->bytes += flat_bytes(f);
	*slot = TAKE(f);
	*out = *slot;
	return 0;
}
