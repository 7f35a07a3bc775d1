#include "plot/plot_thin_internal.h"

#include <assert.h>
#include <math.h>

#include "base/err.h"
#include "base/mem.h"

struct plot_thin {
	bool cloud;
	size_t max;
	struct plot_point *v;	/* all, as long as they are no more than max */
	size_t n, cap;
	bool many;		/* they are in one of these */
	struct plot_line *line;
	struct plot_cloud *cells;
};

int plot_thin_new(struct plot_thin **out, bool cloud, size_t max,
		  struct dver_err *err)
{
	struct plot_thin *t = calloc(1, sizeof(*t));

	if (!t)
		return err_nomem(err);
	t->cloud = cloud;
	t->max = MAX(max, (size_t)PLOT_THIN_MIN);
	*out = t;
	return 0;
}

void plot_thin_free(struct plot_thin *t)
{
	if (!t)
		return;
	plot_line_free(t->line);
	plot_cloud_free(t->cells);
	free(t->v);
	free(t);
}

static void put(struct plot_thin *t, struct plot_point p)
{
	if (t->cloud)
		plot_cloud_add(t->cells, p);
	else
		plot_line_add(t->line, p);
}

static int become_many(struct plot_thin *t, struct dver_err *err)
{
	if (t->cloud)
		t->cells = plot_cloud_new(t->max, t->v, t->n);
	else
		t->line = plot_line_new(t->max);
	if (!t->line && !t->cells)
		return err_nomem(err);
	for (size_t i = 0; i < t->n; i++)
		put(t, t->v[i]);
	t->many = true;
	return 0;
}

int plot_thin_add(struct plot_thin *t, struct plot_point p,
		  struct dver_err *err)
{
	int r = 0;

	assert(isfinite(p.x));
	if (!isfinite(p.y)) {
		if (t->cloud)
			return 0;
		p.y = (double)NAN;
	}
	if (!t->many && t->n == t->max)
		r = become_many(t, err);
	if (r < 0)
		return r;
	if (t->many) {
		put(t, p);
		return 0;
	}
	if (!mem_grow(&t->v, &t->cap, t->n + 1, sizeof(*t->v)))
		return err_nomem(err);
	t->v[t->n++] = p;
	return 0;
}

bool plot_thin_many(const struct plot_thin *t)
{
	return t->many;
}

void plot_thin_cut(struct plot_thin *t, double x)
{
	size_t n = 0;

	if (t->many && t->cloud)
		plot_cloud_cut(t->cells, x);
	else if (t->many)
		plot_line_cut(t->line, x);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].x < x)
			t->v[n++] = t->v[i];
	t->n = n;
}

static void merge(struct plot_point *to, const struct plot_point *a, size_t n,
		  const struct plot_point *b, size_t m)
{
	while (n > 0 || m > 0) {
		bool from_a = n > 0 && (m == 0 || a->x <= b->x);

		*to++ = from_a ? *a++ : *b++;
		if (from_a)
			n--;
		else
			m--;
	}
}

/* By x, what is equal in its order; mostly it is sorted already. */
static void sort(struct plot_point *v, struct plot_point *spare, size_t n)
{
	size_t half = n / 2;

	if (n < 2)
		return;
	sort(v, spare, half);
	sort(v + half, spare, n - half);
	if (v[half - 1].x <= v[half].x)
		return;
	memcpy(spare, v, half * sizeof(*v));
	merge(v, spare, half, v + half, n - half);
}

int plot_thin_finish(struct plot_thin *t, struct plot_point **out, size_t *n,
		     struct dver_err *err)
{
	AUTO_FREE struct plot_point *v = NULL, *spare = NULL;

	if (t->many) {
		t->n = t->cloud ? plot_cloud_points(t->cells, t->v)
				: plot_line_points(t->line, t->v);
		assert(t->n <= t->max);
	}
	v = TAKE(t->v);
	*n = t->n;
	if (!t->cloud) {
		spare = mem_array(*n + 1, sizeof(*spare));
		if (!spare)
			return err_nomem(err);
		sort(v, spare, *n);
	}
	*out = TAKE(v);
	return 0;
}
