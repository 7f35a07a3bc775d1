#include "plot/plot_ema.h"

#include <math.h>

#include "base/mem.h"

/* The average behind a point. */
struct state {
	double x;
	double last;
	double rest;	/* weight^n: what the division is to take out */
};

struct plot_ema {
	double weight;
	struct state now;
	double first;
	bool any, differ;
	struct state *kept;	/* owned: a ring, of which `next` is oldest */
	size_t n, next;
};

static const struct state none = { .rest = 1 };

struct plot_ema *plot_ema_new(double weight)
{
	struct plot_ema *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->weight = weight;
	e->now = none;
	e->kept = mem_array(PLOT_EMA_KEPT, sizeof(*e->kept));
	if (!e->kept) {
		plot_ema_free(e);
		return NULL;
	}
	return e;
}

void plot_ema_free(struct plot_ema *e)
{
	if (!e)
		return;
	free(e->kept);
	free(e);
}

double plot_ema_next(struct plot_ema *e, struct plot_point p)
{
	if (!isfinite(p.y))
		return p.y;
	e->differ |= e->any && (p.y < e->first || p.y > e->first);
	e->first = e->any ? e->first : p.y;
	e->any = true;
	e->now.x = p.x;
	e->now.last = e->weight * e->now.last + (1 - e->weight) * p.y;
	e->now.rest *= e->weight;
	e->kept[e->next] = e->now;
	e->next = (e->next + 1) % PLOT_EMA_KEPT;
	e->n = MIN(e->n + 1, (size_t)PLOT_EMA_KEPT);
	return e->now.last / (1 - e->now.rest);
}

void plot_ema_cut(struct plot_ema *e, double x)
{
	if (!e->any || e->now.x < x)
		return;
	e->now = none;
	while (e->n > 0) {
		size_t before = (e->next ? e->next : PLOT_EMA_KEPT) - 1;

		if (e->kept[before].x < x) {
			e->now = e->kept[before];
			return;
		}
		e->next = before;
		e->n--;
	}
}

bool plot_ema_constant(const struct plot_ema *e)
{
	return !e->differ;
}

double plot_ema_first(const struct plot_ema *e)
{
	return e->first;
}
