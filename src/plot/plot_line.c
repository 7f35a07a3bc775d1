/*
 * plot_line - stretches of `width` points each; see plot_thin.h.
 */
#include <math.h>

#include "base/mem.h"
#include "plot/plot_thin_internal.h"

#define KEPT 4			/* points of a stretch */
#define SLOTS (KEPT + 1)	/* and a gap */

struct stretch {
	struct plot_point v[KEPT];	/* in their order, each but once */
	unsigned n;
	unsigned low, high;	/* which of them is the lowest, the highest */
	bool before, after;	/* gaps in front of them, behind them */
};

struct plot_line {
	struct stretch *v;	/* owned */
	size_t n, max;
	uint64_t width;		/* points that a stretch takes */
	uint64_t filled;	/* of the last one */
};

struct plot_line *plot_line_new(size_t max)
{
	struct plot_line *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->max = max / SLOTS;
	l->width = 2 * SLOTS;
	l->v = mem_array(l->max, sizeof(*l->v));
	if (!l->v) {
		free(l);
		return NULL;
	}
	return l;
}

void plot_line_free(struct plot_line *l)
{
	if (!l)
		return;
	free(l->v);
	free(l);
}

/* The first, the last, the lowest and the highest of a few. */
static void choose(struct stretch *s, const struct plot_point *v, unsigned n)
{
	unsigned low = 0, high = 0;

	for (unsigned i = 1; i < n; i++) {
		low = v[i].y < v[low].y ? i : low;
		high = v[i].y > v[high].y ? i : high;
	}
	s->n = 0;
	for (unsigned i = 0; i < n; i++) {
		if (i != 0 && i != n - 1 && i != low && i != high)
			continue;
		s->low = i == low ? s->n : s->low;
		s->high = i == high ? s->n : s->high;
		s->v[s->n++] = v[i];
	}
}

/* Most points are neither lower nor higher: only the last one changes. */
static bool is_between(const struct stretch *s, double y)
{
	return s->n > 0 && y >= s->v[s->low].y && y <= s->v[s->high].y;
}

static void set_last(struct stretch *s, struct plot_point p)
{
	unsigned last = s->n - 1;

	if (last == 0 || last == s->low || last == s->high)
		last = s->n++;
	s->v[last] = p;
}

static void join(struct stretch *to, const struct stretch *a,
		 const struct stretch *b)
{
	struct plot_point all[2 * KEPT];
	struct stretch both = { .n = 0 };

	memcpy(all, a->v, a->n * sizeof(*all));
	memcpy(all + a->n, b->v, b->n * sizeof(*all));
	both.before = a->n ? a->before : a->before || b->before;
	both.after = b->n ? b->after : a->after || b->before || b->after;
	if (a->n + b->n == 0)
		both.before = both.after = a->before || b->before;
	choose(&both, all, a->n + b->n);
	*to = both;
}

static void halve(struct plot_line *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i += 2)
		if (i + 1 < l->n)
			join(&l->v[n++], &l->v[i], &l->v[i + 1]);
		else
			l->v[n++] = l->v[i];
	/* One that had no other beside it is half full. */
	l->filled = l->n % 2 ? l->filled : l->filled + l->width;
	l->width *= 2;
	l->n = n;
}

static struct stretch *current(struct plot_line *l)
{
	if (l->n > 0 && l->filled < l->width)
		return &l->v[l->n - 1];
	if (l->n == l->max)
		halve(l);
	if (l->filled < l->width && l->n > 0)
		return &l->v[l->n - 1];
	l->filled = 0;
	l->v[l->n] = (struct stretch){ .n = 0 };
	return &l->v[l->n++];
}

void plot_line_add(struct plot_line *l, struct plot_point p)
{
	struct stretch *s = current(l);
	struct plot_point all[KEPT + 1];

	l->filled++;
	if (isnan(p.y)) {
		s->before |= s->n == 0;
		s->after = true;
		return;
	}
	s->after = false;
	if (is_between(s, p.y)) {
		set_last(s, p);
		return;
	}
	memcpy(all, s->v, s->n * sizeof(*all));
	all[s->n] = p;
	choose(s, all, s->n + 1);
}

void plot_line_cut(struct plot_line *l, double x)
{
	for (size_t i = 0; i < l->n; i++) {
		struct stretch *s = &l->v[i];
		struct plot_point left[KEPT];
		unsigned n = 0;

		for (unsigned k = 0; k < s->n; k++)
			if (s->v[k].x < x)
				left[n++] = s->v[k];
		choose(s, left, n);
	}
}

size_t plot_line_points(const struct plot_line *l, struct plot_point *out)
{
	bool gap = false;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct stretch *s = &l->v[i];

		gap |= s->before;
		if (s->n == 0)
			continue;
		if (gap && n > 0)
			out[n++] = (struct plot_point){ s->v[0].x,
							(double)NAN };
		for (unsigned k = 0; k < s->n; k++)
			out[n++] = s->v[k];
		gap = s->after;
	}
	return n;
}
