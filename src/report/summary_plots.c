/*
 * summary_plots - plots that differ, by what defines them or by their files.
 *
 * What each chart is made of is written down for both sides, as a text of its
 * definition and the ids of its files, and only charts whose texts differ are
 * read.  Against the disk files are told apart by what is in them.
 */
#include "report/summary.h"

#include <stdio.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "format/image.h"
#include "report/plots_run.h"

#define READ_MAX ((size_t)1 << 30)

struct made {
	char *id;		/* owned */
	struct buf of;
};
struct side {
	struct report *rep;
	struct view view;
	struct plots_defs defs;
	struct made *v;		/* owned; by id once sorted */
	size_t n, cap;
	struct keymap ids;	/* REPORT_KEY bytes -> place in v */
	bool broken;		/* nobody knows which plots there are */
	bool contents;		/* files by what is in them, not by git's ids */
};

static void side_close(struct side *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].id);
		buf_release(&x->v[i].of);
	}
	free(x->v);
	keymap_release(&x->ids);
	plots_defs_release(&x->defs);
	view_release(&x->view);
}

static int made_of(struct side *x, const char *id, struct buf **out,
		   struct dver_err *err)
{
	uint8_t key[REPORT_KEY];
	size_t *at;
	bool added;
	int r = report_key(key, NULL, 0, id, strlen(id), err);

	if (r < 0)
		return r;
	at = keymap_put(&x->ids, key, &added);
	if (!at)
		return err_nomem(err);
	if (added) {
		if (!mem_grow(&x->v, &x->cap, x->n + 1, sizeof(*x->v)))
			return err_nomem(err);
		*at = x->n++;
		x->v[*at] = (struct made){ strdup(id), BUF_BIG };
		if (!x->v[*at].id)
			return err_nomem(err);
	}
	*out = &x->v[*at].of;
	return 0;
}

static int hash_some(void *data, const void *bytes, size_t len,
		     struct dver_err *err)
{
	return hash_update(data, bytes, len, err);
}

/* Its content's id where that must be known, else any that says the same. */
static int id_of(uint8_t id[HASH_SIZE], struct side *x,
		 const struct item *item, struct dver_err *err)
{
	AUTO_HASH struct hash *h = NULL;
	struct dver_err why;
	int r;

	memcpy(id, item->id, HASH_SIZE);
	if (!x->contents || item->where == ITEM_STORE)
		return 0;
	r = hash_new(&h, err);
	if (r == 0)
		r = hash_init(h, err);
	if (r < 0)
		return DVER_ENOMEM;
	r = view_feed(&x->view, item, READ_MAX, hash_some, h, &why);
	if (r == 0)
		return hash_final(h, id, err);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		*err = why;
	return r;
}

static int put_item(struct buf *b, struct side *x, const struct item *item,
		    struct dver_err *err)
{
	uint8_t id[HASH_SIZE];
	int r;

	buf_addstr(b, item->path);
	buf_addc(b, '\0');
	if (item->where == ITEM_NOWHERE)
		return 0;
	r = id_of(id, x, item, err);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return r;
	/* What cannot be read differs from all that can. */
	buf_addf(b, "%d %d ", x->contents ? 0 : (int)item->where, r);
	buf_add(b, id, sizeof(id));
	return 0;
}

static void put_word(struct buf *b, const char *s)
{
	buf_addstr(b, s ? s : "");
	buf_addc(b, s ? '\1' : '\2');
}

static void put_def(struct buf *b, const struct plots_def *def,
		    const struct plots_source *s)
{
	put_word(b, def->template_name);
	put_word(b, def->title);
	put_word(b, def->x_label);
	put_word(b, def->y_label);
	put_word(b, s->x);
	put_word(b, s->x_path);
	for (size_t i = 0; i < s->ny; i++)
		put_word(b, s->y[i]);
	buf_addf(b, "%d%d", def->no_header, s->split);
}

static int add_source(struct side *x, const struct plots_def *def,
		      const struct plots_source *s, struct dver_err *err)
{
	static const struct item like = { .path = NULL };
	size_t first = x->view.n, end, other;
	int r = view_add_path(&x->view, s->path, &like, false, err);

	end = x->view.n;
	if (r == 0 && s->x_path)
		r = view_add_path(&x->view, s->x_path, &like, false, err);
	other = x->view.n;
	plots_sort(x->view.v + first, end - first);
	for (size_t k = first, n; r == 0 && k < end; k += n) {
		AUTO_PLOTS_GROUP struct plots_group g = { .path = NULL };
		AUTO_FREE char *id = NULL;
		struct buf *b = NULL;

		r = plots_group(&g, s, &x->view.v[k], end - k, err);
		if (r < 0)
			return r;
		n = g.n;
		id = plots_chart_id(def, s, g.path);
		r = id ? made_of(x, id, &b, err) : err_nomem(err);
		if (r < 0)
			return r;
		put_def(b, def, s);
		for (size_t i = k; r == 0 && i < k + n; i++)
			r = put_item(b, x, &x->view.v[i], err);
		for (size_t i = end; r == 0 && i < other; i++)
			r = put_item(b, x, &x->view.v[i], err);
		if (r == 0)
			r = buf_check(b, err);
	}
	return r;
}

static int by_item(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->path,
		      ((const struct item *)b)->path);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct made *)a)->id,
		      ((const struct made *)b)->id);
}

static int side_open(struct side *x, struct summary *s, struct report *rep,
		     const char *commit, struct dver_err *err)
{
	int r = view_begin(&x->view, rep, commit, err);

	x->contents = !*s->commit;
	/* It is told where stages are. */
	x->broken = r == 0 && x->view.plan->problem;
	if (x->broken)
		return 0;
	if (r == 0)
		r = plots_defs_read(&x->defs, x->view.plan, err);
	for (size_t i = 0; r == 0 && i < x->defs.n; i++)
		for (size_t k = 0; r == 0 && k < x->defs.v[i].n; k++)
			r = add_source(x, &x->defs.v[i], &x->defs.v[i].v[k],
				       err);
	if (r == 0 && x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_id);
	return r;
}

struct changed {
	struct strvec ids;
	char *status;		/* owned; one each */
	size_t cap;
};

static int note(struct changed *c, const char *id, char status,
		struct dver_err *err)
{
	if (!mem_grow(&c->status, &c->cap, c->ids.n + 1, 1) ||
	    !strvec_push(&c->ids, id))
		return err_nomem(err);
	c->status[c->ids.n - 1] = status;
	return 0;
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int find_changed(struct changed *c, const struct side *x,
			const struct side *y, struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < x->n || j < y->n)) {
		int k = i == x->n ? 1 : j == y->n ? -1
			: strcmp(x->v[i].id, y->v[j].id);

		if (k || !same(&x->v[i].of, &y->v[j].of))
			r = note(c, k <= 0 ? x->v[i].id : y->v[j].id,
				 k < 0 ? 'D' : k > 0 ? 'A' : 'M', err);
		i += k <= 0;
		j += k >= 0;
	}
	return r;
}

/*
 * Images among the files of a side that no store has; those of outputs were
 * noted as such.
 */
static int own_images(struct side *x, const struct outputs *tracked,
		      struct item **out, size_t *n, struct dver_err *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < x->view.n; i++) {
		const struct item *item = &x->view.v[i];

		if ((item->where != ITEM_GIT && item->where != ITEM_DISK) ||
		    !image_is_name(item->path) ||
		    outputs_holding(tracked, item->path))
			continue;
		if (!mem_grow(out, &cap, *n + 1, sizeof(**out)))
			return err_nomem(err);
		(*out)[(*n)++] = *item;
	}
	if (*n)
		qsort(*out, *n, sizeof(**out), by_item);
	return 0;
}

/* Does the file differ?  1, 0, < 0.  What cannot be read does. */
static int differs(struct side *x, const struct item *a, struct side *y,
		   const struct item *b, struct dver_err *err)
{
	uint8_t was[HASH_SIZE], is[HASH_SIZE];
	int r = id_of(was, x, a, err);

	if (r == 0)
		r = id_of(is, y, b, err);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return r;
	return r < 0 || memcmp(was, is, sizeof(is)) != 0;
}

static int note_images(struct summary *s, struct side *x, struct side *y,
		       struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs tracked = OUTPUTS_INIT;
	AUTO_FREE struct item *a = NULL;
	AUTO_FREE struct item *b = NULL;
	size_t na = 0, nb = 0, i = 0, j = 0;
	struct summary_image *added;
	int r = *s->commit ? outputs_at(&tracked, s->repo, s->commit, err)
			   : outputs_load(&tracked, s->repo, NULL, err);

	if (r == 0)
		r = own_images(x, &tracked, &a, &na, err);
	if (r == 0)
		r = own_images(y, &tracked, &b, &nb, err);
	while (r >= 0 && (i < na || j < nb)) {
		int k = i == na ? 1 : j == nb ? -1
			: strcmp(a[i].path, b[j].path);
		const char *path = k <= 0 ? a[i].path : b[j].path;

		r = k ? 1 : differs(x, &a[i], y, &b[j], err);
		if (r > 0 && summary_image_note(s, path, k <= 0 ? &a[i] : NULL,
						k >= 0 ? &b[j] : NULL,
						&added) < 0)
			r = err_nomem(err);
		/* A file may be of several plots. */
		while (i < na && streq(a[i].path, path))
			i++;
		while (j < nb && streq(b[j].path, path))
			j++;
	}
	return MIN(r, 0);
}

/* Read the first of them, and tell them all. */
static int tell_changed(struct summary *s, const struct changed *c,
			struct dver_err *err)
{
	AUTO_STRVEC struct strvec only = STRVEC_INIT;
	char base[11];
	const char *revs[2];
	struct dver_plots_opts o = { .at = { .revs = revs } };
	struct dver_report_plots told = {
		.ids = (const char *const *)c->ids.v, .status = c->status,
		.n = c->ids.n, .base = *s->base ? s->base : NULL };
	struct dver_plots *p = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->ids.n && i < SUMMARY_PLOTS; i++)
		if (!strvec_push(&only, c->ids.v[i]))
			r = err_nomem(err);
	(void)snprintf(base, sizeof(base), "%.10s", s->base);
	if (*s->base)
		revs[o.at.nrevs++] = base;
	revs[o.at.nrevs++] = s->o->workspace ? "workspace"
			     : s->o->rev ? s->o->rev : "HEAD";
	if (r == 0)
		r = plots_load_only(&p, s->repo, &only, &o, err);
	told.plots = p;
	if (r == 0)
		r = s->calls->plots(s->calls->data, &told);
	dver_plots_free(p);
	return r;
}

int summary_plots(struct summary *s, struct dver_err *err)
{
	struct side x = { .n = 0 }, y = { .n = 0 };
	struct changed c = { .ids = STRVEC_INIT };
	struct report rep;
	int r = report_open(&rep, s->repo, DVER_METRICS, 0, NULL, 0, err);

	rep.is_name = plots_is_name;
	keymap_init(&x.ids, REPORT_KEY, sizeof(size_t));
	keymap_init(&y.ids, REPORT_KEY, sizeof(size_t));
	if (r == 0 && *s->base)
		r = side_open(&x, s, &rep, s->base, err);
	if (r == 0)
		r = side_open(&y, s, &rep, *s->commit ? s->commit : NULL, err);
	if (r == 0 && !x.broken && !y.broken)
		r = find_changed(&c, &x, &y, err);
	if (r == 0 && !x.broken && !y.broken && s->calls->image)
		r = note_images(s, &x, &y, err);
	side_close(&x);
	side_close(&y);
	report_release(&rep);
	if (r == 0 && c.ids.n && s->calls->plots)
		r = tell_changed(s, &c, err);
	strvec_release(&c.ids);
	free(c.status);
	return r;
}
