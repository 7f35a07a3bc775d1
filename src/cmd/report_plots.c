/*
 * report_plots - a few numbers of each series, before and now.
 *
 * Points are thinned so that the lowest, the highest and the last of a series
 * are among them (dver/plots.h): what is told here is true of all rows.
 */
#include "cmd/report_plots.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/markdown.h"
#include "cmd/report_md.h"
#include "cmd/value_json.h"

#define NUMBER 32
#define SPARK 12		/* characters */
#define HEIGHTS 8

struct numbers {
	bool any, ended;	/* ended: there is a last one */
	double last, low, high;
};

static struct numbers numbers_of(const struct dver_plots *p, size_t plot,
				 size_t series)
{
	const struct dver_plot *x = dver_plots_get(p, plot);
	const struct dver_plot_series *s = &x->series[series];
	struct numbers n = { .any = false };

	for (size_t i = 0; i < s->n; i++) {
		double at, y;

		dver_plots_point(p, plot, series, i, &at, &y);
		if (!isfinite(y))
			continue;
		n.low = n.any ? fmin(n.low, y) : y;
		n.high = n.any ? fmax(n.high, y) : y;
		n.last = y;
		n.any = true;
	}
	n.ended = n.any;
	/* A run that went wrong ends as it did, whatever was before. */
	if (s->odd && !isfinite(s->last)) {
		n.last = s->last;
		n.ended = true;
	}
	return n;
}

static const char *number(char out[NUMBER], double x)
{
	(void)snprintf(out, NUMBER, "%.5g", x);
	return out;
}

/* How a line goes: the mean of each twelfth of its points. */
static void add_spark(struct buf *b, const struct dver_plots *p, size_t plot,
		      size_t series, const struct numbers *n)
{
	static const char *const blocks[HEIGHTS] = {
		"\u2581", "\u2582", "\u2583", "\u2584",
		"\u2585", "\u2586", "\u2587", "\u2588"
	};
	size_t all = dver_plots_get(p, plot)->series[series].n;
	size_t columns = MIN(all, (size_t)SPARK);

	if (!n->any || !(n->low < n->high) || columns < 2)
		return;
	for (size_t c = 0; c < columns; c++) {
		size_t end = (c + 1) * all / columns, k = 0;
		double sum = 0;

		for (size_t i = c * all / columns; i < end; i++) {
			double x, y;

			dver_plots_point(p, plot, series, i, &x, &y);
			if (!isfinite(y))
				continue;
			/* Halves, since a difference may be too large. */
			sum += (y / 2 - n->low / 2) /
			       (n->high / 2 - n->low / 2);
			k++;
		}
		buf_addstr(b, k ? blocks[lround(sum / (double)k *
						(HEIGHTS - 1))] : " ");
	}
}

static bool is_old(const struct dver_report_plots *x,
		   const struct dver_plot_series *s)
{
	return s->commit && x->base && strcmp(s->commit, x->base) == 0;
}

/* The same column of the same file, on the other side; SIZE_MAX: none. */
static size_t other(const struct dver_report_plots *x,
		    const struct dver_plot *p, size_t series)
{
	const struct dver_plot_series *s = &p->series[series];

	for (size_t i = 0; i < p->nseries; i++)
		if (is_old(x, &p->series[i]) != is_old(x, s) &&
		    strcmp(p->series[i].path, s->path) == 0 &&
		    strcmp(p->series[i].column, s->column) == 0)
			return i;
	return SIZE_MAX;
}

static char status_of(const struct dver_report_plots *x, const char *id)
{
	for (size_t i = 0; i < x->n; i++)
		if (strcmp(x->ids[i], id) == 0)
			return x->status[i];
	return 'M';
}

static bool is_read(const struct dver_report_plots *x, const char *id)
{
	for (size_t i = 0; i < dver_plots_count(x->plots); i++)
		if (strcmp(dver_plots_get(x->plots, i)->id, id) == 0)
			return true;
	return false;
}

static void add_name(struct buf *b, const char *id, char status)
{
	buf_addstr(b, "| ");
	markdown_code(b, id);
	buf_addstr(b, status == 'A' ? " **new** | " : status == 'D'
		      ? " **removed** | " : " | ");
}

/* "0.5 to 0.4", or the one that there is. */
static void add_pair(struct buf *b, bool old, double was, bool now, double is)
{
	char a[NUMBER], c[NUMBER];

	number(a, was);
	number(c, is);
	if (old && now && strcmp(a, c) != 0)
		buf_addf(b, "%s to %s | ", a, c);
	else if (old || now)
		buf_addf(b, "%s | ", now ? c : a);
	else
		buf_addstr(b, "- | ");
}

/* A series of what is now with the one that it was, or one that is gone. */
static int add_series(struct report_md *m, const struct dver_report_plots *x,
		      size_t plot, size_t series)
{
	const struct dver_plot *p = dver_plots_get(x->plots, plot);
	bool gone = is_old(x, &p->series[series]);
	size_t pair = other(x, p, series);
	size_t old = gone ? series : pair, now = gone ? SIZE_MAX : series;
	struct numbers a = { .any = false }, b = { .any = false };
	AUTO_BUF struct buf row = BUF_BIG;

	/* It was told with what it became. */
	if (gone && pair != SIZE_MAX)
		return 0;
	if (old != SIZE_MAX)
		a = numbers_of(x->plots, plot, old);
	if (now != SIZE_MAX)
		b = numbers_of(x->plots, plot, now);
	add_name(&row, p->id, status_of(x, p->id));
	markdown_code(&row, p->series[series].column);
	buf_addstr(&row, gone ? " gone" : old == SIZE_MAX &&
		   status_of(x, p->id) == 'M' ? " new" : "");
	if (!gone && p->series[series].odd)
		buf_addf(&row, " (**%llu of %llu values not finite**)",
			 (unsigned long long)p->series[series].odd,
			 (unsigned long long)p->series[series].values);
	buf_addstr(&row, " | ");
	add_pair(&row, a.ended, a.last, b.ended, b.last);
	add_pair(&row, a.any, a.low, b.any, b.low);
	add_pair(&row, a.any, a.high, b.any, b.high);
	if (p->kind == DVER_PLOT_LINES && now != SIZE_MAX)
		add_spark(&row, x->plots, plot, now, &b);
	buf_addstr(&row, " |\n");
	return report_md_row(&m->plots, &row);
}

static int add_plain(struct report_md *m, const char *id, char status,
		     const char *what)
{
	AUTO_BUF struct buf row = BUF_BIG;

	add_name(&row, id, status);
	buf_addf(&row, "%s | - | - | - | |\n", what);
	return report_md_row(&m->plots, &row);
}

static int add_problems(struct report_md *m, const struct dver_plot *p)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->nproblems; i++) {
		AUTO_BUF struct buf b = BUF_BIG;

		/* A plot that is new or gone is told of as such. */
		if (p->problems[i].code == DVER_ENOTFOUND)
			continue;
		buf_addstr(&b, "- plot ");
		markdown_code(&b, p->id);
		buf_addstr(&b, ", ");
		markdown_code(&b, p->problems[i].rev);
		buf_addstr(&b, ": ");
		markdown_long(&b, p->problems[i].message);
		buf_addc(&b, '\n');
		r = report_md_row(&m->problems, &b);
	}
	return r;
}

int report_md_plots(void *data, const struct dver_report_plots *x)
{
	struct report_md *m = data;
	int r = 0;

	m->nplots = x->n;
	for (size_t i = 0; r == 0 && i < dver_plots_count(x->plots); i++) {
		const struct dver_plot *p = dver_plots_get(x->plots, i);
		bool numbers = p->kind == DVER_PLOT_LINES ||
			       p->kind == DVER_PLOT_POINTS;

		for (size_t k = 0; r == 0 && numbers && k < p->nseries; k++)
			r = add_series(m, x, i, k);
		if (r == 0 && (!numbers || !p->nseries))
			r = add_plain(m, p->id, status_of(x, p->id),
				      p->kind == DVER_PLOT_IMAGES ? "image"
				      : p->kind == DVER_PLOT_BARS ? "bars"
				      : p->kind == DVER_PLOT_MATRIX ? "matrix"
				      : "");
		if (r == 0)
			r = add_problems(m, p);
	}
	for (size_t i = 0; r == 0 && i < x->n; i++)
		if (!is_read(x, x->ids[i]))
			r = add_plain(m, x->ids[i], x->status[i], "not read");
	return r;
}

static void put_double(struct json *j, const char *key, double x)
{
	char text[NUMBER];

	(void)snprintf(text, sizeof(text), "%.17g", x);
	json_token(j, key, text);
}

static void put_numbers(struct json *j, const struct numbers *n)
{
	if (n->ended && isfinite(n->last))
		put_double(j, "last", n->last);
	else if (n->ended)
		value_json_float(j, "last", n->last);
	if (!n->any)
		return;
	put_double(j, "lowest", n->low);
	put_double(j, "highest", n->high);
}

static void put_series(struct json *j, const struct dver_report_plots *x,
		       size_t plot)
{
	const struct dver_plot *p = dver_plots_get(x->plots, plot);

	json_array(j, "series");
	for (size_t i = 0; i < p->nseries; i++) {
		const struct dver_plot_series *s = &p->series[i];
		struct numbers n = numbers_of(x->plots, plot, i);

		json_object(j, NULL);
		json_string(j, "side", is_old(x, s) ? "old" : "new");
		json_string(j, "path", s->path);
		json_string(j, "column", s->column);
		json_number(j, "rows", s->total);
		json_number(j, "not_finite", s->odd);
		if (p->kind == DVER_PLOT_LINES || p->kind == DVER_PLOT_POINTS)
			put_numbers(j, &n);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "problems");
	for (size_t i = 0; i < p->nproblems; i++)
		json_string(j, NULL, p->problems[i].message);
	json_end_array(j);
}

void report_plots_json(struct json *j, const struct dver_report_plots *x)
{
	for (size_t i = 0; i < x->n; i++) {
		bool read = false;

		json_object(j, NULL);
		json_string(j, "id", x->ids[i]);
		json_string(j, "status", x->status[i] == 'A' ? "new"
			    : x->status[i] == 'D' ? "removed" : "changed");
		for (size_t k = 0; !read && k < dver_plots_count(x->plots);
		     k++) {
			const struct dver_plot *p = dver_plots_get(x->plots,
								   k);

			read = strcmp(p->id, x->ids[i]) == 0;
			if (!read)
				continue;
			json_string(j, "template", p->template_name);
			put_series(j, x, k);
		}
		json_bool(j, "read", read);
		json_end_object(j);
	}
}
