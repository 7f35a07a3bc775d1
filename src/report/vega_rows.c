/*
 * vega_rows - the points of a chart as rows of data.
 */
#include <math.h>

#include "base/path.h"
#include "plot/plot_text.h"
#include "report/vega_internal.h"

static void put_number(struct buf *out, double v)
{
	if (isfinite(v))
		plot_number(out, v);
	else
		buf_addstr(out, "null");
}

static void put_key(struct buf *out, const char *key)
{
	vega_string(out, key);
	buf_addc(out, ':');
}

static void put_word(struct buf *out, const struct plot *p, double place)
{
	vega_string(out, p->labels.v[(size_t)place]);
}

static void put_point(struct buf *out, const struct vega *v,
		      const struct plot_series *s, size_t i)
{
	const struct plot *p = &v->c->chart;
	bool bar = p->kind == PLOT_BAR;

	put_key(out, bar ? v->y : v->x);
	if (p->x_kind == PLOT_X_LABELS)
		put_word(out, p, s->v[i].x);
	else if (p->x_kind == PLOT_X_TIMES)
		put_number(out, round(s->v[i].x * 1e3));	/* ms */
	else
		put_number(out, s->v[i].x);
	buf_addc(out, ',');
	put_key(out, bar ? v->x : v->y);
	if (p->kind == PLOT_MATRIX)
		put_word(out, p, s->v[i].y);
	else
		put_number(out, s->v[i].y);
	if (!s->weight)
		return;
	buf_addstr(out, v->c->shares ? ",\"share\":" : ",\"count\":");
	put_number(out, s->weight[i]);
}

/* What all rows of a series end with. */
static void put_end(struct buf *out, const struct vega *v, size_t series)
{
	const struct plots_chart *c = v->c;
	AUTO_BUF struct buf kind = BUF_BIG;

	buf_addstr(out, ",\"rev\":");
	vega_string(out, c->series[series].rev);
	buf_addstr(out, ",\"filename\":");
	vega_string(out, path_base(c->series[series].path));
	buf_addstr(out, ",\"field\":");
	vega_string(out, c->chart.v[series].column);
	if (v->by && streq(v->by, "filename::field")) {
		vega_kind(&kind, v, series);
		buf_addstr(out, ",\"filename::field\":");
		vega_string(out, kind.data);
		out->failed |= kind.failed;
	}
	buf_addc(out, '}');
}

/* Of bars the last one of each name counts. */
static bool is_drawn(const struct plot *p, const struct plot_series *s,
		     size_t i)
{
	if (p->kind != PLOT_BAR)
		return true;
	if (isnan(s->v[i].y))
		return false;
	for (size_t k = i + 1; k < s->n; k++)
		if ((size_t)s->v[k].x == (size_t)s->v[i].x &&
		    !isnan(s->v[k].y))
			return false;
	return true;
}

void vega_rows(struct buf *out, const struct vega *v)
{
	const struct plot *p = &v->c->chart;
	bool first = true;

	buf_addc(out, '[');
	for (size_t i = 0; i < p->n; i++) {
		AUTO_BUF struct buf end = BUF_BIG;

		put_end(&end, v, i);
		for (size_t k = 0; k < p->v[i].n; k++) {
			if (!is_drawn(p, &p->v[i], k))
				continue;
			buf_addstr(out, first ? "\n{" : ",\n{");
			put_point(out, v, &p->v[i], k);
			buf_add(out, end.data, end.len);
			first = false;
		}
		out->failed |= end.failed;
	}
	buf_addc(out, ']');
}
