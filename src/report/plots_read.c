/*
 * plots_read - the files of a plot at a revision, into its chart.
 */
#include <strings.h>

#include "base/err.h"
#include "base/path.h"
#include "report/plots_join.h"
#include "report/plots_run.h"

const char *plots_image_type(const char *path)
{
	static const struct { const char *end, *type; } types[] = {
		{ ".png", "image/png" }, { ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" }, { ".gif", "image/gif" },
		{ ".svg", "image/svg+xml" },
	};
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i].end);

		if (len > n && strcasecmp(path + len - n, types[i].end) == 0)
			return types[i].type;
	}
	return NULL;
}

static char *keep(struct dver_plots *p, const char *s)
{
	return s ? arena_strdup(&p->arena, s, strlen(s)) : NULL;
}

int plots_problem(const struct plots_rev *at, struct plots_chart *c,
		  const char *path, int code, const char *message,
		  struct dver_err *err)
{
	struct dver_plot_problem *x;

	if (!mem_grow(&c->problems, &c->problems_cap, c->nproblems + 1,
		      sizeof(*c->problems)))
		return err_nomem(err);
	x = &c->problems[c->nproblems];
	*x = (struct dver_plot_problem){
		.rev = keep(at->p, at->rev->name), .path = keep(at->p, path),
		.message = keep(at->p, message), .code = code };
	if (!x->rev || !x->path || !x->message)
		return err_nomem(err);
	c->nproblems++;
	return 0;
}

/* What cannot be read is told; lack of memory and a stop end it all. */
static int trouble(const struct plots_rev *at, struct plots_chart *c,
		   const char *path, int r, const struct dver_err *why,
		   struct dver_err *err)
{
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why->msg);
	return plots_problem(at, c, path, r, why->msg, err);
}

static int copy(char **to, const char *a, const char *b, const char *c,
		struct dver_err *err)
{
	const char *s = a ? a : b ? b : c;

	*to = s ? strdup(s) : NULL;
	return s && !*to ? err_nomem(err) : 0;
}

/* How the chart looks, unless there is something in it. */
static int style(const struct plots_rev *at, struct plots_chart *c,
		 const struct plots_def *def, const char **why,
		 struct dver_err *err)
{
	struct dver_plots *p = at->p;
	const struct dver_plots_opts *o = p->opts;
	const char *name = p->template_name ? p->template_name
			   : def->template_name ? def->template_name
						: "linear";
	const char *x = o->x_label ? o->x_label : def->x_label;
	const char *y = o->y_label ? o->y_label : def->y_label;
	int r;

	if (c->chart.n)
		return 1;
	plot_release(&c->chart);
	c->pub.template_name = keep(p, name);
	if (!c->pub.template_name)
		return err_nomem(err);
	r = plots_template(at, c, c->pub.template_name, why, err);
	if (r < 0)
		return r;
	/* Bars lie: what is called x goes from left to right there, too. */
	if (r > 0 && c->chart.kind == PLOT_BAR) {
		const char *swap = x;

		x = y;
		y = swap;
	}
	if (c->chart.kind == PLOT_LINE && !c->smooth)
		c->chart.smooth = o->smooth;
	if (copy(&c->chart.title, o->title, def->title, c->pub.id, err) < 0 ||
	    copy(&c->chart.x_label, x, NULL, NULL, err) < 0 ||
	    copy(&c->chart.y_label, y, NULL, NULL, err) < 0)
		return DVER_ENOMEM;
	return r;
}

/* What the series that came last are of. */
static int name_series(const struct plots_rev *at, struct plots_chart *c,
		       size_t before, const char *path, struct dver_err *err)
{
	const char *rev = keep(at->p, at->rev->name);
	const char *commit = keep(at->p, at->rev->commit);

	path = keep(at->p, path);
	if (!rev || !path || (at->rev->commit && !commit) ||
	    !mem_grow(&c->series, &c->series_cap, c->chart.n + 1,
		      sizeof(*c->series)))
		return err_nomem(err);
	for (size_t i = before; i < c->chart.n; i++)
		c->series[i] = (struct dver_plot_series){
			.rev = rev, .commit = commit, .path = path };
	return 0;
}

static bool is_now(const struct plots_rev *at, const char *commit)
{
	const char *now = at->rev->commit;

	return commit && now ? streq(commit, now) : commit == now;
}

/* Only counted, as are all revisions that come after it. */
static int leave_out(const struct plots_rev *at, struct plots_chart *c)
{
	while (c->chart.n && is_now(at, c->series[c->chart.n - 1].commit))
		plot_truncate(&c->chart, c->chart.n - 1);
	if (!c->left_first)
		c->left_first = at->rev;
	c->left += c->left_last != at->rev;
	c->left_last = at->rev;
	return 0;
}

/* Has the chart no room because of what other revisions have? */
static bool is_full(const struct plots_rev *at, const struct plots_chart *c)
{
	return c->left ||
	       (c->chart.n >= PLOT_SERIES_MAX &&
		!is_now(at, c->series[c->chart.n - 1].commit)) ||
	       (c->nimages >= PLOT_SERIES_MAX &&
		!is_now(at, c->images[c->nimages - 1].commit));
}

/* What is left out of a file that is drawn. */
struct telling {
	const struct plots_rev *at;
	struct plots_chart *c;
	const char *path;
};

static int tell(void *data, const char *text, struct dver_err *err)
{
	const struct telling *t = data;

	return plots_problem(t->at, t->c, t->path, DVER_EFORMAT, text, err);
}

/* `x`: where the column of x is, or NULL: in this file. */
static int read_chart(const struct plots_rev *at, struct plots_chart *c,
		      const struct item *x, const struct plots_group *g,
		      const struct plot_want *want, struct dver_err *err)
{
	struct telling telling = { at, c, g->path };
	struct plot_want with = *want;
	size_t before = c->chart.n;
	struct dver_err why;
	int r;

	with.tell = tell;
	with.tell_data = &telling;
	r = x ? plots_join(at, &c->chart, x, g->v, &with, &why)
	    : g->run ? plots_feed_run(at, c, g, &with, &why)
		     : plots_feed(at, &c->chart, g->v, &with, &why);

	/* Several series of a revision may be more than there is room for. */
	if (r == DVER_EINVAL && before && !is_now(at, c->series[0].commit))
		return leave_out(at, c);
	if (r < 0)
		return trouble(at, c, g->path, r, &why, err);
	for (size_t i = before; r == 0 && c->smooth && i < c->chart.n; i++)
		r = plots_smooth(&c->chart.v[i], err);
	return r < 0 ? r : name_series(at, c, before, g->path, err);
}

/*
 * What a series is called before its column: by its revision, where there are
 * several, and by its file, where there are.
 */
static int series_name(char **out, const struct plots_rev *at,
		       const struct plots_def *def,
		       const struct plots_source *s,
		       const struct plots_group *g,
		       struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (at->p->many)
		buf_addstr(&b, at->rev->name);
	if (def->n > 1)
		buf_addf(&b, "%s%s", b.len ? ": " : "", path_base(g->path));
	if (s->split)
		buf_addf(&b, ": %s", s->y[0]);
	if (b.len == 0)
		return buf_check(&b, err);
	*out = buf_detach(&b);
	return *out ? 0 : err_nomem(err);
}

/* Columns and names, as the command, else the definition has them. */
static int add_chart(const struct plots_rev *at, struct plots_chart *c,
		     const struct plots_def *def,
		     const struct plots_source *s, const struct item *x,
		     const struct plots_group *g, struct dver_err *err)
{
	const struct dver_plots_opts *o = at->p->opts;
	const char *why = NULL;
	AUTO_FREE char *name = NULL;
	struct plot_want want = {
		.x = o->x ? o->x : s->x, .y = o->ny ? o->y : s->y,
		.n_y = o->ny ? o->ny : s->ny, .points = at->p->points,
		.no_header = def->no_header ||
			     (o->flags & DVER_PLOTS_NO_HEADER) };
	const char *const bar[] = { want.x };
	int r = style(at, c, def, &why, err);

	if (r < 0)
		return r;
	x = o->x || !x || streq(x->path, g->path) ? NULL : x;
	want.smooth = c->chart.smooth;
	if (c->smooth)
		want.points = PLOTS_SMOOTH_POINTS;
	if (r > 0 && c->chart.kind == PLOT_BAR) {
		if (!want.x || want.n_y != 1)
			why = "bars need two columns: x, the numbers, and y, "
			      "their names";
		if (x)
			why = "x of bars is in another file than y: put both "
			      "columns into one file";
		want.x = want.n_y ? want.y[0] : NULL;
		want.y = bar;
		want.n_y = 1;
	}
	if (r > 0 && c->chart.kind == PLOT_MATRIX &&
	    (!want.x || want.n_y != 1))
		why = "a confusion matrix needs two columns, x and y";
	if (x && !streq(x->path, s->x_path))
		why = "x is to be in a file, not in a folder";
	if (def->problem)
		why = def->problem;
	if (why)
		return plots_problem(at, c, g->path, DVER_EUNSUPPORTED,
				     why, err);
	r = series_name(&name, at, def, s, g, err);
	want.name = name;
	return r < 0 ? r : read_chart(at, c, x, g, &want, err);
}

static int gather(void *data, const void *bytes, size_t len,
		  struct dver_err *err)
{
	struct buf *b = data;

	buf_add(b, bytes, len);
	return buf_check(b, err);
}

static int add_image(const struct plots_rev *at, struct plots_chart *c,
		     const struct item *item, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(DVER_PLOTS_IMAGE + 1);
	struct dver_plots *p = at->p;
	struct dver_plot_image x = { .type = plots_image_type(item->path) };
	struct dver_err why;
	int r = view_feed(at->view, item, DVER_PLOTS_IMAGE, gather, &b, &why);

	c->pub.kind = DVER_PLOT_IMAGES;
	if (r == 0 && b.len > DVER_PLOTS_IMAGES - p->image_bytes)
		r = err_set(&why, DVER_EFORMAT, "'%s': the images are larger "
			    "than %u MiB in all: name those to show",
			    item->path, DVER_PLOTS_IMAGES >> 20);
	if (r < 0)
		return trouble(at, c, item->path, r, &why, err);
	x.rev = keep(p, at->rev->name);
	x.commit = keep(p, at->rev->commit);
	x.path = keep(p, item->path);
	x.bytes = arena_strdup(&p->arena, b.data, b.len);
	x.len = b.len;
	if (!x.rev || !x.path || !x.bytes || (at->rev->commit && !x.commit) ||
	    !mem_grow(&c->images, &c->images_cap, c->nimages + 1, sizeof(x)))
		return err_nomem(err);
	c->images[c->nimages++] = x;
	p->image_bytes += x.len;
	return 0;
}

static bool is_of(const struct plots_rev *at, const char *commit,
		  const char *path, const struct plots_group *g)
{
	return streq(path, g->path) && is_now(at, commit);
}

/* Was the file read by what holds it, or is to be read for itself? */
static bool is_told(const struct plots_rev *at, const struct plots_chart *c,
		    const struct plots_source *s, const struct plots_group *g)
{
	for (size_t i = 0; i < c->chart.n; i++)
		if (is_of(at, c->series[i].commit, c->series[i].path, g))
			return true;
	for (size_t i = 0; i < c->nimages; i++)
		if (is_of(at, c->images[i].commit, c->images[i].path, g))
			return true;
	if (streq(s->path, g->path))
		return false;
	for (size_t i = 0; i < at->defs->n; i++)
		if (!at->defs->v[i].named &&
		    streq(at->defs->v[i].id, g->path))
			return true;
	return false;
}

static int add_item(const struct plots_rev *at, const struct plots_def *def,
		    const struct plots_source *s, const struct item *x,
		    const struct plots_group *g, struct dver_err *err)
{
	AUTO_FREE char *id = plots_chart_id(def, s, g->path);
	struct plots_chart *c;
	int r;

	if (id && at->p->only && !strvec_has(at->p->only, id))
		return 0;
	r = id ? plots_chart(at->p, id, &c, err) : err_nomem(err);
	if (r < 0)
		return r;
	if (!def->named && is_told(at, c, s, g))
		return 0;
	if (is_full(at, c))
		return leave_out(at, c);
	return plots_image_type(g->path) && !g->run
	       ? add_image(at, c, g->v, err)
	       : add_chart(at, c, def, s, x, g, err);
}

/* One source: a file, or those of a folder. */
static int read_source(const struct plots_rev *at, const struct plots_def *def,
		       const struct plots_source *s, struct dver_err *err)
{
	static const struct item like = { .path = NULL };
	struct view *view = at->view;
	size_t first = view->n, end;
	int r = view_add_path(view, s->path, &like, false, err);

	end = view->n;
	if (r == 0)
		plots_sort(view->v + first, end - first);
	if (r == 0 && s->x_path)
		r = view_add_path(view, s->x_path, &like, false, err);
	for (size_t k = first, n; r == 0 && k < end; k += n) {
		AUTO_PLOTS_GROUP struct plots_group g = { .path = NULL };

		r = plots_group(&g, s, &view->v[k], end - k, err);
		n = g.n;
		if (r == 0)
			r = add_item(at, def, s,
				     s->x_path ? &view->v[end] : NULL, &g,
				     err);
	}
	return r;
}

int plots_read_def(const struct plots_rev *at, struct plots_def *def,
		   struct dver_err *err)
{
	bool done = def->done;
	int r = 0;

	def->done = true;
	/* Of what cannot be drawn at all one file is enough to say so. */
	for (size_t i = 0; r == 0 && !done && i < (def->problem ? 1 : def->n);
	     i++)
		r = read_source(at, def, &def->v[i], err);
	return r;
}
