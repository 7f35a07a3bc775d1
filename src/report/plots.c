/*
 * plots - dver_plots_load(): revision by revision, plot by plot.
 */
#include "report/plots.h"

#include <stdio.h>

#include "base/err.h"
#include "base/path.h"
#include "plot/plot_data.h"

#define FULL_REVS 8	/* revisions that have DVER_PLOTS_POINTS */

bool plots_is_name(const char *path)
{
	return plot_data_name(path) || plots_image_type(path);
}

static void chart_release(struct plots_chart *c)
{
	plot_release(&c->chart);
	free(c->series);
	free(c->images);
	free(c->problems);
}

void dver_plots_free(struct dver_plots *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		chart_release(&p->v[i]);
	free(p->v);
	keymap_release(&p->ids);
	strvec_release(&p->revs);
	arena_release(&p->arena);
	free(p);
}

int plots_chart(struct dver_plots *p, const char *id, struct plots_chart **out,
		struct dver_err *err)
{
	uint8_t key[REPORT_KEY];
	struct plots_chart *c;
	bool added;
	size_t *at;
	int r = report_key(key, NULL, 0, id, strlen(id), err);

	if (r < 0)
		return r;
	at = keymap_get(&p->ids, key);
	if (at) {
		*out = &p->v[*at];
		return 0;
	}
	if (p->n == DVER_PLOTS_MAX)
		return err_set(err, DVER_EINVAL, "there are more than %d "
			       "plots: name those to show", DVER_PLOTS_MAX);
	at = keymap_put(&p->ids, key, &added);
	if (!at || !mem_grow(&p->v, &p->cap, p->n + 1, sizeof(*p->v)))
		return err_nomem(err);
	*at = p->n;
	c = &p->v[p->n++];
	*c = (struct plots_chart){ .pub = { .template_name = "linear" } };
	plot_init(&c->chart, PLOT_LINE);
	c->pub.id = arena_strdup(&p->arena, id, strlen(id));
	*out = c;
	return c->pub.id ? 0 : err_nomem(err);
}

/* One file of a folder, or a part of what is declared. */
static int read_part(const struct plots_rev *at, const struct plots_def *def,
		     const struct plots_source *s, const char *path,
		     struct dver_err *err)
{
	struct plots_source part = *s;
	struct plots_def one = *def;

	part.path = path;
	one.v = &part;
	one.n = 1;
	one.named = one.done = false;
	one.id = path;
	return plots_read_def(at, &one, err);
}

/* A plot of several files is not meant by one of them. */
static bool lies_in(const struct plots_def *def, const char *path)
{
	for (size_t k = 0; k < def->n; k++)
		if (path_inside(def->v[k].path, path) &&
		    !(def->named && streq(def->v[k].path, path)))
			return true;
	return false;
}

/* 1: some declared plot is this, lies in it or holds it. */
static int read_declared(const struct plots_rev *at,
			 struct plots_defs *defs, const char *word,
			 const char *path, struct dver_err *err)
{
	bool any = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < defs->n; i++) {
		if (!streq(defs->v[i].id, word) &&
		    !streq(defs->v[i].id, path) && !lies_in(&defs->v[i], path))
			continue;
		any = true;
		r = plots_read_def(at, &defs->v[i], err);
	}
	for (size_t i = 0; r == 0 && !any && i < defs->n; i++) {
		const struct plots_def *def = &defs->v[i];

		if (def->named || !path_inside(path, def->v[0].path))
			continue;
		any = true;
		r = read_part(at, def, &def->v[0], path, err);
	}
	return r < 0 ? r : any;
}

static int read_target(const struct plots_rev *at, struct plots_defs *defs,
		       const char *word, const char *path,
		       struct dver_err *err)
{
	struct plots_def *def;
	int r = read_declared(at, defs, word, path, err);

	if (r != 0)
		return MIN(r, 0);
	def = plots_defs_add_file(defs, path, err);
	return def ? plots_read_def(at, def, err) : DVER_ENOMEM;
}

/* What is wrong with the dver.yaml files themselves. */
static int tell_broken(const struct plots_rev *at, int code,
		       const char *message, struct dver_err *err)
{
	struct plots_chart *c;
	int r = plots_chart(at->p, PIPELINE_FILE, &c, err);

	return r < 0 ? r : plots_problem(at, c, PIPELINE_FILE, code, message,
					 err);
}

static int read_rev(struct plots_rev *at, const char *const *words,
		    struct dver_err *err)
{
	AUTO_PLOTS_DEFS struct plots_defs defs = { .v = NULL };
	const struct report *rep = at->view->rep;
	const struct plan *plan = at->view->plan;
	struct dver_err why;
	int r = plots_defs_read(&defs, plan, &why);

	at->defs = &defs;
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r < 0 || (plan->problem && !rep->targets.n && !at->p->only))
		r = tell_broken(at, r < 0 ? r : plan->code,
				r < 0 ? why.msg : plan->problem, err);
	for (size_t i = 0; r == 0 && i < rep->targets.n; i++)
		r = read_target(at, &defs, words[i], rep->targets.v[i], err);
	for (size_t i = 0; r == 0 && !rep->targets.n && i < defs.n; i++)
		r = plots_read_def(at, &defs.v[i], err);
	return r;
}

/* For how many revisions a chart has no room. */
static int tell_left(struct dver_plots *p, struct plots_chart *c,
		     struct dver_err *err)
{
	const struct plots_rev at = { p, c->left_first, NULL, NULL };
	char text[160], more[64] = "is";

	if (!c->left)
		return 0;
	if (c->left > 1)
		(void)snprintf(more, sizeof(more), "and %zu more revisions "
			       "are", c->left - 1);
	(void)snprintf(text, sizeof(text), "this %s left out: a chart has "
		       "room for %d series", more, PLOT_SERIES_MAX);
	return plots_problem(&at, c, c->pub.id, DVER_EINVAL, text, err);
}

/*
 * Revisions may say differently which column is y.  Then a name that is a
 * revision's alone would not tell of what the series is.
 */
static int tell_columns(struct plots_chart *c, struct dver_err *err)
{
	struct plot_series *v = c->chart.v;
	bool differ = false;

	for (size_t i = 1; i < c->chart.n; i++)
		differ |= !streq(v[i].column, v[0].column);
	for (size_t i = 0; differ && i < c->chart.n; i++) {
		char *name;

		if (!streq(v[i].name, c->series[i].rev))
			continue;
		name = str_printf("%s: %s", v[i].name, v[i].column);
		if (!name)
			return err_nomem(err);
		free(v[i].name);
		v[i].name = name;
	}
	return 0;
}

/* What is told outside. */
static int publish(struct plots_chart *c, struct dver_err *err)
{
	struct dver_plot *x = &c->pub;
	int r = tell_columns(c, err);

	if (r == 0)
		r = plots_finish(c, err);
	for (size_t i = 0; i < c->chart.n; i++) {
		c->series[i].name = c->chart.v[i].name;
		c->series[i].column = c->chart.v[i].column;
		c->series[i].n = c->chart.v[i].n;
		c->series[i].total = c->chart.v[i].total;
		c->series[i].nraw = c->chart.v[i].n_raw;
		c->series[i].values = c->chart.v[i].odd.values;
		c->series[i].odd = c->chart.v[i].odd.odd;
		c->series[i].last = c->chart.v[i].odd.last;
	}
	x->own = c->text;
	x->title = c->chart.title;
	x->smooth = c->chart.smooth;
	x->x_time = c->chart.x_kind == PLOT_X_TIMES;
	x->x_label = c->chart.x_label;
	x->y_label = c->chart.y_label;
	x->labels = (const char *const *)c->chart.labels.v;
	x->nlabels = c->chart.labels.n;
	x->series = c->series;
	x->nseries = c->chart.n;
	x->images = c->images;
	x->nimages = c->nimages;
	x->problems = c->problems;
	x->nproblems = c->nproblems;
	return r;
}

static int load(struct dver_plots *p, struct report *rep,
		const char *const *words, struct dver_err *err)
{
	AUTO_REVS struct revs revs = { .v = NULL };
	int r = revs_find(&revs, rep->repo, &p->opts->at, err);

	p->many = revs.n > 1;
	p->points = DVER_PLOTS_POINTS;
	/* A chart of many lines needs less of each, and memory is bounded. */
	if (revs.n > FULL_REVS)
		p->points = p->points * FULL_REVS /
			    MIN(revs.n, (size_t)PLOT_SERIES_MAX);
	for (size_t i = 0; r == 0 && i < revs.n; i++) {
		AUTO_VIEW struct view view = { .rep = NULL };
		struct plots_rev at = { p, &revs.v[i], &view, NULL };

		r = view_begin(&view, rep, revs.v[i].commit, err);
		if (r == 0)
			r = read_rev(&at, words, err);
	}
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = tell_left(p, &p->v[i], err);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = publish(&p->v[i], err);
	if (r == 0)
		r = plots_look(p, &revs, err);
	p->opts = NULL;
	p->only = NULL;
	return r;
}

/* ".dver/plots/NAME.json": data may not lie there, templates do. */
static bool is_own(const struct dver_repo *repo, const char *path,
		   struct buf *name)
{
	AUTO_FREE char *dir = str_printf("%s/plots/", path_base(repo->meta));

	if (!dir || !str_starts(path, dir) || !str_ends(path, ".json") ||
	    strlen(path) < strlen(dir) + 6 || strchr(path + strlen(dir), '/'))
		return false;
	buf_add(name, path + strlen(dir), strlen(path) - strlen(dir) - 5);
	return true;
}

/* A path is seen from here until now. */
static int set_template(struct dver_plots *p, struct dver_repo *repo,
			struct dver_err *err)
{
	const char *name = p->opts->template_name;
	AUTO_BUF struct buf b = BUF_PATH;
	int r = 0;

	if (!name)
		return 0;
	if (!plots_template_path(name))
		buf_addstr(&b, name);
	else if (!is_own(repo, name, &b))
		r = repo_path(repo, &b, name, err);
	if (r < 0)
		return r;
	p->template_name = arena_strdup(&p->arena, b.data, b.len);
	return p->template_name ? 0 : err_nomem(err);
}

static int set_project(struct dver_plots *p, const struct dver_repo *repo,
		       struct dver_err *err)
{
	const char *name = path_base(repo->root);

	p->project = arena_strdup(&p->arena, name, strlen(name));
	return p->project ? 0 : err_nomem(err);
}

static void freep(struct dver_plots **p) { dver_plots_free(*p); }

static int load_some(struct dver_plots **out, struct dver_repo *repo,
		     const char *const *targets, size_t n,
		     const struct strvec *only,
		     const struct dver_plots_opts *opts, struct dver_err *err)
{
	static const struct dver_plots_opts none = { .flags = 0 };
	__attribute__((cleanup(freep))) struct dver_plots *p =
		calloc(1, sizeof(*p));
	AUTO_REPORT struct report rep = { .repo = NULL };
	int r;

	if (!p)
		return err_nomem(err);
	keymap_init(&p->ids, REPORT_KEY, sizeof(size_t));
	p->opts = opts ? opts : &none;
	p->only = only;
	if (!(p->opts->smooth >= 0 && p->opts->smooth < 1))
		return err_set(err, DVER_EINVAL, "lines are smoothed by a "
			       "number from 0 to below 1, not %g",
			       p->opts->smooth);
	r = report_open(&rep, repo, DVER_METRICS, 0, targets, n, err);
	rep.is_name = plots_is_name;
	if (r == 0)
		r = set_project(p, repo, err);
	if (r == 0)
		r = set_template(p, repo, err);
	if (r == 0)
		r = load(p, &rep, targets, err);
	if (r == 0)
		*out = TAKE(p);
	return r;
}

int dver_plots_load(struct dver_plots **out, struct dver_repo *repo,
		    const char *const *targets, size_t n,
		    const struct dver_plots_opts *opts, struct dver_err *err)
{
	return load_some(out, repo, targets, n, NULL, opts, err);
}

int plots_load_only(struct dver_plots **out, struct dver_repo *repo,
		    const struct strvec *ids,
		    const struct dver_plots_opts *opts, struct dver_err *err)
{
	return load_some(out, repo, NULL, 0, ids, opts, err);
}

size_t dver_plots_count(const struct dver_plots *p)
{
	return p->n;
}

const struct dver_plot *dver_plots_get(const struct dver_plots *p, size_t i)
{
	return &p->v[i].pub;
}

double dver_plots_weight(const struct dver_plots *p, size_t plot,
			 size_t series, size_t point)
{
	const struct plot_series *s = &p->v[plot].chart.v[series];

	return s->weight ? s->weight[point] : 1;
}

void dver_plots_point(const struct dver_plots *p, size_t plot, size_t series,
		      size_t point, double *x, double *y)
{
	struct plot_point at = p->v[plot].chart.v[series].v[point];

	*x = at.x;
	*y = at.y;
}

void dver_plots_raw(const struct dver_plots *p, size_t plot, size_t series,
		    size_t point, double *x, double *y)
{
	struct plot_point at = p->v[plot].chart.v[series].raw[point];

	*x = at.x;
	*y = at.y;
}
