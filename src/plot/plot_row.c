/*
 * plot_row - what stands in a row becomes points.
 */
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/decimal.h"
#include "format/timestamp.h"
#include "plot/plot_data_internal.h"
#include "plot/plot_xs.h"

#define QUOTED 60	/* bytes of text that a message quotes */

static bool one_of(const char *text, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == len &&
		    strncasecmp(text, *words, len) == 0)
			return true;
	return false;
}

static struct plot_cell number(const char *text, size_t len, double x)
{
	return (struct plot_cell){ .kind = isfinite(x) ? PLOT_NUMBER
						       : PLOT_GAP,
				   .odd = !isfinite(x), .number = x,
				   .text = text, .len = len };
}

struct plot_cell plot_cell_text(const char *text, size_t len)
{
	static const char *const nans[] = { "nan", ".nan", NULL };
	static const char *const infs[] = { "inf", "infinity", ".inf", NULL };
	static const char *const gaps[] = {
		"null", "none", "na", "n/a", NULL
	};
	struct plot_cell c = { .kind = PLOT_WORD };
	size_t sign;
	double x;

	while (len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (decimal_parse(&x, text, len))
		return number(text, len, x);
	c.text = text;
	c.len = len;
	sign = len > 0 && (*text == '-' || *text == '+');
	if (one_of(text + sign, len - sign, nans))
		return number(text, len, (double)NAN);
	if (one_of(text + sign, len - sign, infs))
		return number(text, len, sign && *text == '-' ? -HUGE_VAL
							      : HUGE_VAL);
	if (len == 0 || one_of(text + sign, len - sign, gaps))
		c.kind = PLOT_GAP;
	return c;
}

struct plot_cell plot_cell_value(const struct value *v)
{
	struct plot_cell c = { .kind = PLOT_GAP };

	if (!v)
		return c;
	c.kind = PLOT_WORD;
	c.text = v->type == VALUE_SCALAR ? v->text
	       : v->type == VALUE_MAP ? "{...}" : "[...]";
	c.len = v->type == VALUE_SCALAR ? v->len : strlen(c.text);
	if (v->type != VALUE_SCALAR)
		return c;
	switch (value_scalar(v)) {
	case SCALAR_NULL:
		c.kind = PLOT_GAP;
		break;
	case SCALAR_INT:
	case SCALAR_FLOAT:
		return number(v->text, v->len, scalar_double(v->text, v->len));
	case SCALAR_STRING:
		/* Numbers are strings in what some programs write. */
		return plot_cell_text(v->text, v->len);
	case SCALAR_BOOL:
		break;
	}
	return c;
}

static int not_a(const struct plot_data *d, struct plot_note *note,
		 uint64_t line, const char *column,
		 const struct plot_cell *cell, const char *what,
		 struct dver_err *err)
{
	bool whole = cell->len <= QUOTED;
	struct dver_err why;

	if (note->rows) {
		note->rows++;
		return 0;
	}
	(void)err_set(&why, DVER_EFORMAT, "%s:%llu: '%.*s%s' in column '%s' is "
		       "no %s", d->path, (unsigned long long)line,
		       (int)(whole ? cell->len : QUOTED), cell->text,
		       whole ? "" : "...", column, what);
	return plot_note(note, &why, err);
}

static int label(struct plot_data *d, const struct plot_cell *cell,
		 uint64_t line, double *x, struct dver_err *err)
{
	int r = plot_label(d->to, cell->text, cell->len, d->near, &d->near,
			   err);

	*x = (double)d->near;
	if (r == DVER_EFORMAT)
		(void)err_wrap(err, "%s:%llu", d->path,
			       (unsigned long long)line);
	return r < 0 ? r : 1;
}

/* The first one says what x is, and all others are to be the same. */
static int x_at(struct plot_data *d, const struct plot_cell *cell,
		uint64_t line, double *x, struct dver_err *err)
{
	struct plot_cell time = *cell;

	if (cell->kind == PLOT_WORD && d->to->x_kind != PLOT_X_NUMBERS &&
	    timestamp_parse(&time.number, cell->text, cell->len))
		time.kind = PLOT_TIME;
	if (d->to->x_kind == PLOT_X_OPEN)
		d->to->x_kind = time.kind == PLOT_WORD ? PLOT_X_LABELS
			      : time.kind == PLOT_TIME ? PLOT_X_TIMES
						       : PLOT_X_NUMBERS;
	if (d->to->x_kind == PLOT_X_LABELS)
		return label(d, cell, line, x, err);
	*x = time.number;
	if (d->to->x_kind == PLOT_X_TIMES && time.kind != PLOT_TIME)
		return not_a(d, &d->no_x, line, d->want->x ? d->want->x
			     : "step", cell, "date, as those before it are",
			     err);
	if (d->to->x_kind == PLOT_X_NUMBERS && time.kind != PLOT_NUMBER)
		return not_a(d, &d->no_x, line, d->want->x, cell,
			     "number, as those before it are", err);
	return 1;
}

static int own_x(struct plot_data *d, const struct plot_cell *cell,
		 uint64_t line, double *x, struct dver_err *err)
{
	struct plot_cell row = { .kind = PLOT_NUMBER };
	char text[24];

	if (!cell) {
		row.number = (double)d->row;
		row.text = text;
		row.len = 0;
		if (d->to->x_kind > PLOT_X_NUMBERS)
			row.len = (size_t)snprintf(text, sizeof(text), "%llu",
						   (unsigned long long)d->row);
		cell = &row;
	}
	if (d->to->x_kind == PLOT_X_LABELS)
		return cell->len == 0 ? 0 : label(d, cell, line, x, err);
	return cell->kind == PLOT_GAP ? 0 : x_at(d, cell, line, x, err);
}

const char *plot_x_column(const struct plot_data *d)
{
	return d->want->given ? NULL : d->want->x;
}

int plot_row_x(struct plot_data *d, const struct plot_cell *cell,
	       uint64_t line, double *x, struct dver_err *err)
{
	const struct plot_want *want = d->want;
	int r = want->given ? plot_xs_next(want->given, x, err)
			    : own_x(d, cell, line, x, err), added = 0;

	d->row++;
	d->any_x |= r > 0;
	if (want->given && r > 0 && isnan(*x))
		r = 0;
	if (want->collect && r >= 0)
		added = plot_xs_add(want->collect, r ? *x : (double)NAN, err);
	return added < 0 ? added : r;
}

static int pair(struct plot_data *d, struct plot_sink *s, double x,
		const struct plot_cell *cell, uint64_t line,
		struct dver_err *err)
{
	double y;
	int r = cell->len ? label(d, cell, line, &y, err) : 0;

	return r <= 0 ? r : plot_pair_add(s, (size_t)x, (size_t)y, err);
}

int plot_row_y(struct plot_data *d, struct plot_sink *s, bool has_x, double x,
	       const struct plot_cell *cell, uint64_t line,
	       struct dver_err *err)
{
	struct plot_point p = { x, (double)NAN };

	s->total++;
	if (d->to->kind == PLOT_MATRIX)
		return has_x ? pair(d, s, x, cell, line, err) : 0;
	if (cell->kind == PLOT_WORD) {
		int r = not_a(d, &s->no_y, line, s->column, cell, "number",
			      err);

		if (r < 0)
			return r;
	}
	s->any |= cell->kind != PLOT_WORD;
	if (!has_x)
		return 0;
	plot_sink_count(s, x, cell);
	if (cell->kind == PLOT_NUMBER)
		p.y = cell->number;
	return plot_sink_point(s, p, err);
}

int plot_no_column(const struct plot_data *d, const char *column,
		   const struct buf *list, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s: no column '%s'; there is%s",
		       d->path, column, list->len ? list->data + 1 : " none");
}
