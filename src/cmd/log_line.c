/*
 * log_line - a history as one line of characters.
 */
#include <math.h>

#include "base/mem.h"
#include "cmd/log.h"

#define WIDTH_MAX 500
#define HEIGHTS 8

enum { GAP = -1, DOT = -2, BROKEN = -3, UNSET = -4 };

struct scale {
	double low, high;
	bool any;
};

static bool number_of(const struct dver_moment *m, double *out)
{
	if (m->kind != DVER_MOMENT_VALUE)
		return false;
	*out = m->value.kind == DVER_VALUE_BOOL ? *m->value.text == 't'
						: m->value.number;
	return (m->value.kind == DVER_VALUE_BOOL ||
		m->value.kind == DVER_VALUE_INT ||
		m->value.kind == DVER_VALUE_FLOAT) && isfinite(*out);
}

static void widen(struct scale *s, const struct dver_moment *m)
{
	double x;

	if (!number_of(m, &x))
		return;
	s->low = s->any ? fmin(s->low, x) : x;
	s->high = s->any ? fmax(s->high, x) : x;
	s->any = true;
}

/* Which of the heights, or GAP, DOT, BROKEN. */
static int height(const struct scale *s, const struct dver_moment *m)
{
	double x;

	if (m->kind == DVER_MOMENT_NOTHING)
		return GAP;
	if (m->kind == DVER_MOMENT_PROBLEM)
		return BROKEN;
	if (!number_of(m, &x))
		return DOT;
	/* Halves, since the difference of two doubles may be too large. */
	x = (x / 2 - s->low / 2) / (s->high / 2 - s->low / 2);
	return (int)lround(x * (HEIGHTS - 1));
}

/* Of two in one place the later one, but the ends of the scale stay. */
static int prefer(int old, int new)
{
	bool end = old == 0 || old == HEIGHTS - 1;

	return end && new != 0 && new != HEIGHTS - 1 ? old : new;
}

static void put(struct buf *out, int h, bool utf8)
{
	static const char *const blocks[HEIGHTS] = {
		"\u2581", "\u2582", "\u2583", "\u2584",
		"\u2585", "\u2586", "\u2587", "\u2588"
	};
	static const char ascii[HEIGHTS + 1] = "_.-=+*#@";

	if (h >= 0 && utf8)
		buf_addstr(out, blocks[h]);
	else if (h >= 0)
		buf_addc(out, ascii[h]);
	else
		buf_addstr(out, h == GAP ? " " : h == BROKEN ? "x"
				: utf8 ? "\u00b7" : "?");
}

/* Stretches from `first` on, on `columns` places for `all` commits. */
static void place(int *cells, const struct scale *s,
		  const struct dver_value_history *h, size_t first,
		  uint64_t columns, uint64_t all)
{
	uint64_t at = 0;

	for (size_t i = first; i < h->nline; i++) {
		int now = height(s, &h->line[i].moment);
		uint64_t end = at + h->line[i].commits;
		uint64_t to = (end - 1) * columns / all;

		for (uint64_t k = at * columns / all; k <= to; k++)
			cells[k] = cells[k] == UNSET ? now
						     : prefer(cells[k], now);
		at = end;
	}
}

void log_line(struct buf *out, const struct dver_value_history *h,
	      unsigned width, bool utf8)
{
	int cells[WIDTH_MAX];
	struct scale s = { .any = false };
	uint64_t all = 0, columns;
	size_t first = 0;

	/* What was before it began is no gap. */
	while (first < h->nline &&
	       h->line[first].moment.kind == DVER_MOMENT_NOTHING)
		first++;
	for (size_t i = first; i < h->nline; i++) {
		widen(&s, &h->line[i].moment);
		all += h->line[i].commits;
	}
	columns = MIN(all, MIN(width, (uint64_t)WIDTH_MAX));
	if (!s.any || !(s.low < s.high) || !columns)
		return;
	for (size_t i = 0; i < WIDTH_MAX; i++)
		cells[i] = UNSET;
	place(cells, &s, h, first, columns, all);
	for (uint64_t i = 0; i < columns; i++)
		put(out, cells[i], utf8);
}
