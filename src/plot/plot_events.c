/*
 * plot_events - scalars of TensorBoard's event files into series.
 */
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/timestamp.h"
#include "plot/plot_data_internal.h"

enum { STEP, WALL_TIME, RELATIVE };

static int x_of(const struct plot_data *d, int *out, struct dver_err *err)
{
	static const char *const names[] = { "step", "wall_time", "relative" };

	*out = STEP;
	for (int i = 0; d->want->x && i < 3; i++)
		if (streq(d->want->x, names[i])) {
			*out = i;
			return 0;
		}
	return !d->want->x ? 0
	     : err_set(err, DVER_EFORMAT, "%s: no column '%s' for the x axis; "
		       "there is step, wall_time, relative", d->path,
		       d->want->x);
}

static double x_value(struct plot_data *d, int kind,
		      const struct tfevents_value *v)
{
	if (isnan(d->start))
		d->start = v->wall_time;
	return kind == STEP ? (double)v->step
	     : kind == WALL_TIME ? v->wall_time : v->wall_time - d->start;
}

static bool is_time(double x)
{
	return x >= TIMESTAMP_MIN && x <= TIMESTAMP_MAX;
}

static int sink(struct plot_data *d, const char *tag, struct plot_sink **out,
		struct dver_err *err)
{
	int r;

	*out = NULL;
	for (size_t i = 0; i < d->n; i++)
		if (streq(d->v[i].column, tag)) {
			*out = &d->v[i];
			return 0;
		}
	if (d->want->n_y > 0)
		return 0;
	r = plot_sink_add(d, tag, 0, err);
	if (r == 0)
		*out = &d->v[d->n - 1];
	return r;
}

int plot_event(void *data, const struct tfevents_value *v,
	       struct dver_err *err)
{
	struct plot_data *d = data;
	struct plot_cell x = { .kind = PLOT_NUMBER };
	struct plot_cell y = { .kind = PLOT_GAP, .number = v->value };
	struct plot_sink *s = NULL;
	char text[32] = "";
	double at = 0;
	int kind, r = x_of(d, &kind, err), has_x;

	for (size_t i = 0; r == 0 && !v->tag && i < d->n; i++)
		if (kind == STEP && d->to->x_kind != PLOT_X_LABELS)
			plot_sink_cut(&d->v[i], (double)v->step);
	if (r < 0 || !v->tag)
		return r;
	r = sink(d, v->tag, &s, err);
	if (r < 0 || !s)
		return r;
	/* What the next file of a run goes over again it had given up. */
	if (s->seen && s->file != d->file && kind == STEP &&
	    d->to->x_kind != PLOT_X_LABELS)
		plot_sink_cut(s, (double)v->step);
	s->file = d->file;
	s->seen = true;
	x.number = x_value(d, kind, v);
	x.kind = kind == WALL_TIME ? PLOT_TIME : PLOT_NUMBER;
	if (!isfinite(x.number) || (kind == WALL_TIME && !is_time(x.number)))
		return 0;
	if (d->to->x_kind == PLOT_X_LABELS ||
	    (x.kind == PLOT_TIME) != (d->to->x_kind == PLOT_X_TIMES))
		x.len = (size_t)snprintf(text, sizeof(text), "%.15g",
					 x.number);
	x.text = text;
	if (isfinite(v->value))
		y.kind = PLOT_NUMBER;
	y.odd = y.kind == PLOT_GAP;
	has_x = plot_row_x(d, &x, 0, &at, err);
	return has_x < 0 ? has_x
			 : plot_row_y(d, s, has_x, at, &y, 0, err);
}
