/*
 * summary_page_data - outputs, rows of their files, parameters and metrics.
 */
#include "report/summary_page.h"

#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "plot/plot_text.h"
#include "report/page.h"

static void folder(struct buf *b, const struct dver_report_folder *f)
{
	buf_addstr(b, "<tr class=\"folder\"><th scope=\"row\">");
	page_text(b, f->path);
	buf_addstr(b, "</th>");
	page_count(b, f->added);
	page_count(b, f->modified);
	page_count(b, f->deleted);
	page_count(b, f->moved);
	buf_addstr(b, "<td></td><td></td></tr>\n");
}

int page_output(void *data, const struct dver_report_output *o)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_DATA];
	bool known = !o->problem || o->added || o->deleted;

	if (o->problem && page_problem(g, o->path, o->problem) < 0)
		return DVER_ENOMEM;
	if (!page_more(g, PAGE_DATA))
		return 0;
	buf_addstr(b, "<tr><th scope=\"row\">");
	page_text(b, o->path);
	buf_addstr(b, o->directory ? "/" : "");
	if (o->other) {
		buf_addstr(b, o->status == 'A' ? " was " : " is now ");
		page_text(b, o->other);
	} else {
		page_status(b, o->status);
	}
	buf_addstr(b, "</th>");
	if (known) {
		page_count(b, o->added);
		page_count(b, o->modified);
		page_count(b, o->deleted);
		page_count(b, o->moved);
	} else {
		buf_addstr(b, "<td>?</td><td>?</td><td>?</td><td>?</td>");
	}
	page_count(b, o->old_bytes);
	page_count(b, o->new_bytes);
	buf_addstr(b, "</tr>\n");
	for (size_t i = 0; o->nfolders > 1 && i < o->nfolders; i++)
		folder(b, &o->folders[i]);
	return page_done(b);
}

int page_rows(void *data, const struct dver_report_rows *x)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_ROWS];

	if (x->problem)
		return page_problem(g, x->path, x->problem);
	if (!page_more(g, PAGE_ROWS))
		return 0;
	buf_addstr(b, "<h3>");
	page_text(b, x->path);
	buf_addf(b, "</h3><p>%llu added, %llu removed, %llu changed</p><pre>",
		 (unsigned long long)x->added, (unsigned long long)x->deleted,
		 (unsigned long long)x->changed);
	for (size_t i = 0; i < x->nshown; i++) {
		bool minus = x->shown[i].sign == '-';

		buf_addf(b, "<%s>%c", minus ? "del" : "ins",
			 x->shown[i].sign);
		page_text(b, x->shown[i].text);
		buf_addf(b, "</%s>\n", minus ? "del" : "ins");
	}
	buf_addstr(b, "</pre>\n");
	return page_done(b);
}

/* In as many digits as tell what it is about. */
static void put_change(struct buf *b, const struct dver_value_change *c)
{
	buf_addstr(b, "<td>");
	if (c->has_difference && c->difference.kind == DVER_VALUE_FLOAT) {
		buf_addf(b, "%+.5g", c->difference.number);
	} else if (c->has_difference) {
		buf_addstr(b, *c->difference.text == '-' ? "" : "+");
		page_text(b, c->difference.text);
	}
	if (c->has_difference && c->has_percent)
		buf_addf(b, fabs(c->percent) < 100 ? " (%+.1f%%)"
						   : " (%+.4g%%)", c->percent);
	buf_addstr(b, "</td>");
}

static bool is_number(const struct dver_value *v)
{
	return v->kind == DVER_VALUE_FLOAT && isfinite(v->number);
}

/* Digits before the point are never rounded away. */
static void put_rounded(char *out, size_t size, double x, int digits)
{
	if (fabs(x) >= 1e5 && fabs(x) < 1e15)
		(void)snprintf(out, size, "%.0f", x);
	else
		(void)snprintf(out, size, "%.*g", digits, x);
}

/* In so many digits that it does not look like the other one. */
static void put_metric(struct buf *b, const struct dver_value *v,
		       const struct dver_value *other)
{
	char text[32], its[32] = "";
	int digits = 5;

	if (!is_number(v)) {
		page_cell(b, v->kind == DVER_VALUE_NONE ? "-" : v->text);
		return;
	}
	do {
		put_rounded(text, sizeof(text), v->number, digits);
		if (is_number(other))
			put_rounded(its, sizeof(its), other->number, digits);
	} while (streq(text, its) && ++digits <= 17);
	page_cell(b, streq(text, its) ? v->text : text);
}

static void put_values(struct buf *b, enum page_part p,
		       const struct dver_value_change *c)
{
	if (p == PAGE_METRICS) {
		put_metric(b, &c->old, &c->now);
		put_metric(b, &c->now, &c->old);
		return;
	}
	page_cell(b, c->old.kind == DVER_VALUE_NONE ? "-" : c->old.text);
	page_cell(b, c->now.kind == DVER_VALUE_NONE ? "-" : c->now.text);
}

static int value(struct summary_page *g, enum page_part p,
		 const struct dver_value_change *c)
{
	struct buf *b = &g->text[p];

	if (!c->name)
		return page_problem(g, c->path, c->new_problem ? c->new_problem
							  : c->old_problem);
	if (p == PAGE_METRICS) {
		g->better += c->better > 0;
		g->worse += c->better < 0;
	}
	if (!page_more(g, p))
		return 0;
	buf_addstr(b, "<tr><th scope=\"row\">");
	page_text(b, c->path);
	buf_addstr(b, "</th>");
	buf_addstr(b, "<td class=\"name\">");
	page_text(b, c->name);
	buf_addstr(b, "</td>");
	put_values(b, p, c);
	if (p == PAGE_METRICS) {
		put_change(b, c);
		buf_addstr(b, c->better > 0 ? "<td class=\"good\">better</td>"
			      : c->better < 0
			      ? "<td class=\"bad\">worse</td>" : "<td></td>");
	}
	buf_addstr(b, "</tr>\n");
	return page_done(b);
}

int page_param(void *data, const struct dver_value_change *c)
{
	return value(data, PAGE_PARAMS, c);
}

int page_metric(void *data, const struct dver_value_change *c)
{
	return value(data, PAGE_METRICS, c);
}
