#include "plot/plot.h"

#include <math.h>

#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_text.h"

void plot_init(struct plot *p, enum plot_kind kind)
{
	*p = (struct plot){ .kind = kind };
	if (kind == PLOT_BAR || kind == PLOT_MATRIX)
		p->x_kind = PLOT_X_LABELS;
}

void plot_series_release(struct plot_series *s)
{
	free(s->name);
	free(s->column);
	free(s->v);
	free(s->weight);
	free(s->raw);
	*s = (struct plot_series){ .name = NULL };
}

void plot_truncate(struct plot *p, size_t n)
{
	while (p->n > n)
		plot_series_release(&p->v[--p->n]);
}

void plot_forget(struct plot *p, size_t n, bool open)
{
	while (p->labels.n > n)
		free(p->labels.v[--p->labels.n]);
	if (p->labels.v)
		p->labels.v[p->labels.n] = NULL;
	if (open)
		p->x_kind = PLOT_X_OPEN;
}

void plot_release(struct plot *p)
{
	plot_truncate(p, 0);
	free(p->v);
	free(p->title);
	free(p->x_label);
	free(p->y_label);
	free(p->x_column);
	strvec_release(&p->labels);
	plot_init(p, p->kind);
}

static bool is_label(const struct plot *p, size_t i, const char *text,
		     size_t len)
{
	return strncmp(p->labels.v[i], text, len) == 0 &&
	       p->labels.v[i][len] == '\0';
}

int plot_label(struct plot *p, const char *text, size_t len, size_t near,
	       size_t *out, struct dver_err *err)
{
	size_t n = p->labels.n;

	for (size_t k = 1; k <= n; k++)
		if (is_label(p, (near + k) % n, text, len)) {
			*out = (near + k) % n;
			return 0;
		}
	if (n == PLOT_LABELS_MAX)
		return err_set(err, DVER_EFORMAT, "more than %d different "
			       "labels for the x axis", PLOT_LABELS_MAX);
	*out = n;
	return strvec_pushn(&p->labels, text, len) ? 0 : err_nomem(err);
}

struct plot_look plot_look(size_t i)
{
	/* The first eight have colours of their own, but marks as well. */
	return (struct plot_look){
		.colour = (uint8_t)(i % PLOT_COLOURS),
		.dash = (uint8_t)(i / PLOT_COLOURS % PLOT_DASHES),
		.mark = (uint8_t)((i + i / PLOT_COLOURS) % PLOT_MARKS) };
}

int plot_add(struct plot *p, struct plot_series *s, struct dver_err *err)
{
	if (p->n == PLOT_SERIES_MAX)
		return err_set(err, DVER_EINVAL, "more than %d series in a "
			       "chart", PLOT_SERIES_MAX);
	if (!mem_grow(&p->v, &p->cap, p->n + 1, sizeof(*p->v)))
		return err_nomem(err);
	s->look = plot_look(p->n);
	p->v[p->n++] = *s;
	*s = (struct plot_series){ .name = NULL };
	return 0;
}

static void note(struct buf *out, uint64_t shown, uint64_t all,
		 const char *what)
{
	plot_count(out, shown);
	buf_addstr(out, " of ");
	plot_count(out, all);
	buf_addf(out, " %s", what);
}

void plot_note_points(struct buf *out, const struct plot *p)
{
	uint64_t shown = 0, all = 0;
	bool thinned = false;

	for (size_t i = 0; i < p->n; i++) {
		shown += p->v[i].n;
		all += p->v[i].total;
		thinned |= p->v[i].thinned;
	}
	if (p->smooth > 0)
		buf_addf(out, "smoothed %.6g%s", p->smooth,
			 thinned ? ", " : "");
	if (thinned)
		note(out, shown, all, "points");
}

void plot_note_labels(struct buf *out, const struct plot *p)
{
	size_t max = p->kind == PLOT_MATRIX ? PLOT_MATRIX_MAX : PLOT_BARS_MAX;

	if (p->labels.n > max)
		note(out, max, p->labels.n, "labels");
}

void plot_note_odd(struct buf *out, const struct plot *p)
{
	uint64_t odd = 0, all = 0;

	for (size_t i = 0; i < p->n; i++) {
		odd += p->v[i].odd.odd;
		all += p->v[i].odd.values;
	}
	if (odd)
		note(out, odd, all, "values not finite");
}

bool plot_bar(const struct plot_series *s, size_t label, double *out)
{
	for (size_t i = s->n; i > 0; i--)
		if ((size_t)s->v[i - 1].x == label &&
		    !isnan(s->v[i - 1].y)) {
			*out = s->v[i - 1].y;
			return true;
		}
	return false;
}

void plot_normalize(struct plot *p)
{
	/* The points of a row stand together. */
	for (size_t i = 0; i < p->n; i++) {
		struct plot_series *s = &p->v[i];
		size_t end;

		for (size_t k = 0; k < s->n; k = end) {
			double all = 0;

			for (end = k; end < s->n && !(s->v[end].y > s->v[k].y);
			     end++)
				all += s->weight[end];
			for (size_t j = k; j < end; j++)
				s->weight[j] /= all;
		}
	}
}

void plot_weight(struct buf *out, double weight)
{
	if (weight < 1)
		buf_addf(out, "%.2f", weight);
	else
		plot_number_short(out, weight);
}

double plot_jitter(const struct plot *p, size_t i, bool x)
{
	/* The fractions of multiples of these are spread evenly. */
	double at = (double)i * (x ? 0.7548776662466927 : 0.5698402909980532);

	return p->jitter ? 2 * (at - floor(at)) - 1 : 0;
}

static void widen(struct plot_range *r, double at, bool first)
{
	r->lo = first ? at : fmin(r->lo, at);
	r->hi = first ? at : fmax(r->hi, at);
}

static bool cover(const struct plot_point *v, size_t n, bool any,
		  struct plot_range *x, struct plot_range *y)
{
	for (size_t i = 0; i < n; i++) {
		if (isnan(v[i].y))
			continue;
		widen(x, v[i].x, !any);
		widen(y, v[i].y, !any);
		any = true;
	}
	return any;
}

bool plot_ranges(const struct plot *p, bool raw, struct plot_range *x,
		 struct plot_range *y)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		any = cover(p->v[i].v, p->v[i].n, any, x, y);
		if (raw)
			any = cover(p->v[i].raw, p->v[i].n_raw, any, x, y);
	}
	return any;
}
