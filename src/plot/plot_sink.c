/*
 * plot_sink - the points of a series as they come: smoothed, thinned, or
 * counted in the cells of a matrix.
 */
#include <math.h>

#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_data_internal.h"
#include "plot/plot_ema.h"

static bool smooths(const struct plot_data *d)
{
	return d->want->smooth > 0 && d->to->kind == PLOT_LINE;
}

int plot_sink_add(struct plot_data *d, const char *column, size_t index,
		  struct dver_err *err)
{
	size_t points = d->want->points ? d->want->points : PLOT_POINTS;
	struct plot_sink *s;
	int r = 0;

	if (d->to->n + d->n >= PLOT_SERIES_MAX)
		return err_set(err, DVER_EINVAL, "%s: more than %d series in "
			       "a chart; name those to show", d->path,
			       PLOT_SERIES_MAX);
	if (!mem_grow(&d->v, &d->cap, d->n + 1, sizeof(*d->v)))
		return err_nomem(err);
	s = &d->v[d->n];
	*s = (struct plot_sink){ .index = index, .column = strdup(column) };
	d->n++;
	keymap_init(&s->pairs, sizeof(uint64_t), sizeof(struct plot_pair));
	if (smooths(d)) {
		s->ema = plot_ema_new(d->want->smooth);
		r = s->ema ? plot_thin_new(&s->raw, false, points, err)
			   : err_nomem(err);
	}
	if (!s->column)
		return err_nomem(err);
	return r < 0 ? r : plot_thin_new(&s->thin, d->to->kind == PLOT_SCATTER,
					 points, err);
}

void plot_sink_release(struct plot_sink *s)
{
	free(s->column);
	free(s->no_y.first);
	plot_thin_free(s->thin);
	plot_thin_free(s->raw);
	plot_ema_free(s->ema);
	keymap_release(&s->pairs);
}

int plot_sink_point(struct plot_sink *s, struct plot_point p,
		    struct dver_err *err)
{
	int r;

	if (s->ema) {
		r = plot_thin_add(s->raw, p, err);
		if (r < 0)
			return r;
		p.y = plot_ema_next(s->ema, p);
	}
	return plot_thin_add(s->thin, p, err);
}

void plot_sink_count(struct plot_sink *s, double x,
		     const struct plot_cell *cell)
{
	struct plot_odd *o = &s->odd;

	if (cell->kind != PLOT_NUMBER && !cell->odd)
		return;
	if (!o->values || x >= s->last_x) {
		s->last_x = x;
		o->last = cell->number;
	}
	o->values++;
	if (!cell->odd)
		return;
	s->odd_x = o->odd ? fmin(s->odd_x, x) : x;
	o->odd++;
}

/* Of a run that began again before it went wrong nothing is odd. */
static void cut_odd(struct plot_sink *s, double x)
{
	struct plot_odd *o = &s->odd;

	if (o->odd && s->odd_x >= x) {
		o->values -= o->odd;
		o->odd = 0;
	}
	if (o->values && s->last_x >= x) {
		s->last_x = x;
		o->last = 0;
	}
}

void plot_sink_cut(struct plot_sink *s, double x)
{
	cut_odd(s, x);
	plot_thin_cut(s->thin, x);
	if (!s->ema)
		return;
	plot_thin_cut(s->raw, x);
	plot_ema_cut(s->ema, x);
}

static char *series_name(const struct plot_data *d, const struct plot_sink *s)
{
	if (!d->want->name)
		return strdup(s->column);
	if (d->n == 1)
		return strdup(d->want->name);
	return str_printf("%s: %s", d->want->name, s->column);
}

/* Of values that are all the same nothing is smoothed but what rounding did. */
static int finish_smooth(struct plot_sink *s, struct plot_series *out,
			 struct dver_err *err)
{
	int r = plot_thin_finish(s->raw, &out->raw, &out->n_raw, err);

	for (size_t i = 0; r == 0 && plot_ema_constant(s->ema) && i < out->n;
	     i++)
		if (!isnan(out->v[i].y))
			out->v[i].y = plot_ema_first(s->ema);
	return r;
}

int plot_sink_finish(struct plot_data *d, struct plot_sink *s,
		     struct dver_err *err)
{
	AUTO_PLOT_SERIES struct plot_series out = {
		.name = series_name(d, s), .column = strdup(s->column),
		.total = s->total, .thinned = plot_thin_many(s->thin),
		.odd = s->odd
	};
	int r = !out.name || !out.column ? err_nomem(err)
		: d->to->kind == PLOT_MATRIX ? plot_pairs_finish(s, &out, err)
		: plot_thin_finish(s->thin, &out.v, &out.n, err);

	if (r == 0 && s->ema)
		r = finish_smooth(s, &out, err);
	return r < 0 ? r : plot_add(d->to, &out, err);
}
