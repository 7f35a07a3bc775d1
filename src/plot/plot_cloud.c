/*
 * plot_cloud - cells of a grid in an open hash; see plot_thin.h.
 */
#include <math.h>

#include "base/mem.h"
#include "plot/plot_thin_internal.h"

#define FAR 4e18	/* cells that a number of 64 bits can count */

struct plot_cloud {
	struct plot_point *v;	/* owned, one of each cell, as they came */
	size_t n, max;
	size_t *slots;		/* owned: place in v plus 1, 0: free */
	size_t mask;
	double x0, y0;		/* where the grid begins */
	double dx, dy;		/* a cell */
	bool wide;		/* grow dx next */
};

static double cell_size(double lo, double hi, size_t max)
{
	double d = (hi / 2 - lo / 2) / sqrt((double)max);

	return d > 0 && isfinite(d) ? d : 1;
}

struct plot_cloud *plot_cloud_new(size_t max, const struct plot_point *v,
				  size_t n)
{
	struct plot_cloud *c = calloc(1, sizeof(*c));
	double x1 = v[0].x, y1 = v[0].y;
	size_t slots = 16;

	if (!c)
		return NULL;
	c->x0 = x1;
	c->y0 = y1;
	for (size_t i = 1; i < n; i++) {
		c->x0 = fmin(c->x0, v[i].x);
		c->y0 = fmin(c->y0, v[i].y);
		x1 = fmax(x1, v[i].x);
		y1 = fmax(y1, v[i].y);
	}
	/* Small ones, a sixteenth of what would do for points all over. */
	c->dx = cell_size(c->x0, x1, max) / 2;
	c->dy = cell_size(c->y0, y1, max) / 2;
	c->max = max;
	while (slots < 2 * max)
		slots *= 2;
	c->mask = slots - 1;
	c->v = mem_array(max, sizeof(*c->v));
	c->slots = mem_array(slots, sizeof(*c->slots));
	if (!c->v || !c->slots) {
		plot_cloud_free(c);
		return NULL;
	}
	return c;
}

void plot_cloud_free(struct plot_cloud *c)
{
	if (!c)
		return;
	free(c->v);
	free(c->slots);
	free(c);
}

static int64_t cell(double at, double from, double size)
{
	double k = floor(at / size - from / size);

	return (int64_t)fmax(-FAR, fmin(k, FAR));
}

/* Where in the slots this point's cell is, or would be. */
static size_t *slot(struct plot_cloud *c, struct plot_point p)
{
	int64_t x = cell(p.x, c->x0, c->dx), y = cell(p.y, c->y0, c->dy);
	uint64_t h = (uint64_t)x * 0x9e3779b97f4a7c15u ^
		     (uint64_t)y * 0xc2b2ae3d27d4eb4fu;
	size_t i = (size_t)(h ^ h >> 29);

	for (;; i++) {
		size_t *s = &c->slots[i & c->mask];
		struct plot_point q;

		if (*s == 0)
			return s;
		q = c->v[*s - 1];
		if (cell(q.x, c->x0, c->dx) == x &&
		    cell(q.y, c->y0, c->dy) == y)
			return s;
	}
}

/* Put the points that are there into the slots again; doubles go. */
static void again(struct plot_cloud *c)
{
	size_t n = c->n;

	memset(c->slots, 0, (c->mask + 1) * sizeof(*c->slots));
	c->n = 0;
	for (size_t i = 0; i < n; i++) {
		struct plot_point p = c->v[i];
		size_t *s = slot(c, p);

		if (*s)
			continue;
		c->v[c->n++] = p;
		*s = c->n;
	}
}

static void grow_cells(struct plot_cloud *c)
{
	if (c->wide)
		c->dx *= 2;
	else
		c->dy *= 2;
	c->wide = !c->wide;
	again(c);
}

void plot_cloud_add(struct plot_cloud *c, struct plot_point p)
{
	size_t *s = slot(c, p);

	if (*s)
		return;
	while (c->n == c->max)
		grow_cells(c);
	s = slot(c, p);
	if (*s)
		return;
	c->v[c->n++] = p;
	*s = c->n;
}

void plot_cloud_cut(struct plot_cloud *c, double x)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].x < x)
			c->v[n++] = c->v[i];
	c->n = n;
	again(c);
}

size_t plot_cloud_points(const struct plot_cloud *c, struct plot_point *out)
{
	memcpy(out, c->v, c->n * sizeof(*out));
	return c->n;
}
