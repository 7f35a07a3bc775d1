#include "report/plots_run.h"

#include "base/err.h"
#include "base/path.h"
#include "format/tfevents.h"
#include "report/plots_join.h"

/* The bytes of its folder; of what is no event file, of all of it. */
static size_t key(const char *path)
{
	const char *base = path_base(path);

	if (!tfevents_name(base))
		return strlen(path);
	return base > path ? (size_t)(base - path) - 1 : 0;
}

static int by_run(const void *a, const void *b)
{
	const char *x = ((const struct item *)a)->path;
	const char *y = ((const struct item *)b)->path;
	size_t n = key(x), m = key(y);
	int r = strncmp(x, y, MIN(n, m));

	if (r == 0)
		r = (n > m) - (n < m);
	return r ? r : strcmp(x, y);
}

void plots_sort(struct item *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof(*v), by_run);
}

int plots_group(struct plots_group *out, const struct plots_source *s,
		const struct item *v, size_t n, struct dver_err *err)
{
	const char *path = v->path;
	size_t len = key(path);

	*out = (struct plots_group){ .v = v, .n = 1,
		.run = tfevents_name(path_base(path)) &&
		       !streq(path, s->path) };
	while (out->run && out->n < n && key(v[out->n].path) == len &&
	       strncmp(path, v[out->n].path, len) == 0 &&
	       tfevents_name(path_base(v[out->n].path)))
		out->n++;
	out->path = !out->run ? strdup(path) : len ? strndup(path, len)
						   : strdup(".");
	return out->path ? 0 : err_nomem(err);
}

char *plots_chart_id(const struct plots_def *def, const struct plots_source *s,
		     const char *path)
{
	const char *rest = path + strlen(s->path);

	/* A folder has a plot for each of its files. */
	if (def->named)
		return strdup(def->id);
	return str_printf("%s%s%s", def->id,
			  *rest && !*s->path && *def->id ? "/" : "", rest);
}

static int feed(void *data, const void *bytes, size_t len,
		struct dver_err *err)
{
	return plot_data_feed(data, bytes, len, err);
}

static int feed_file(const struct plots_rev *at, struct plot_data *d,
		     const struct item *item, struct dver_err *err)
{
	int r = plot_data_next(d, item->path, err);

	return r < 0 ? r : view_feed(at->view, item,
				     plots_max(at->p, item), feed, d, err);
}

int plots_feed_run(const struct plots_rev *at, struct plots_chart *c,
		   const struct plots_group *g, const struct plot_want *want,
		   struct dver_err *err)
{
	AUTO_PLOT_DATA struct plot_data *d = NULL;
	struct plot_want with = *want;
	struct dver_err why;
	bool any = false;
	int r;

	with.run = true;
	r = plot_data_new(&d, &c->chart, g->path, &with, err);
	for (size_t i = 0; r == 0 && i < g->n; i++) {
		r = feed_file(at, d, &g->v[i], &why);
		any |= r == 0;
		if (r == DVER_ENOMEM || r == DVER_ECANCEL ||
		    (r < 0 && !any && i + 1 == g->n))
			return err_set(err, r, "%s", why.msg);
		if (r < 0)
			r = plots_problem(at, c, g->v[i].path, r, why.msg,
					  err);
	}
	return r < 0 ? r : plot_data_finish(d, err);
}
