/*
 * plots_page - all plots as one HTML page that needs no network.
 *
 * It stands as still pictures, and its own scripts put Vega's charts in their
 * places (plots_live.h): without scripts, or where a spec does not draw, the
 * pictures stay.
 *
 * Every name goes through page_text(), and images stand in <img>, where
 * an SVG can neither run nor load anything.
 */
#include <math.h>

#include "base/base64.h"
#include "base/err.h"
#include "format/json.h"
#include "plot/plot_svg.h"
#include "plot/plot_text.h"
#include "report/page.h"
#include "report/plots.h"
#include "report/plots_live.h"
#include "report/plots_page.h"
#include "report/vega.h"
#include "report/vega_scripts.h"

#define TITLE_REVS 5	/* that a title names */

const char plots_page_style[] =
"nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;"
"margin:0 0 1rem;padding:0}\n"
"nav a{display:inline-block;padding:.25rem 0;overflow-wrap:anywhere}\n"
".charts{display:grid;gap:1rem;align-items:start;"
"grid-template-columns:repeat(auto-fill,minmax(min(100%,34rem),1fr))}\n"
"section.wide{grid-column:1/-1}\n"
".chart svg{display:block;width:100%;height:auto}\n"
".narrow{display:none}\n"
".images{display:flex;flex-wrap:wrap;gap:1rem}\n"
".values{overflow-x:auto}\n"
"@media (max-width:40rem){.broad{display:none}.narrow{display:block}}\n";

static void put_contents(struct buf *b, const struct dver_plots *p)
{
	if (p->n < 2)
		return;
	buf_addstr(b, "<nav aria-label=\"Plots\">\n<ul>\n");
	for (size_t i = 0; i < p->n; i++) {
		buf_addf(b, "<li><a href=\"#p%zu\">", i + 1);
		page_text(b, p->v[i].pub.id);
		buf_addstr(b, "</a></li>\n");
	}
	buf_addstr(b, "</ul>\n</nav>\n");
}

static void put_number(struct buf *b, bool any, double v)
{
	buf_addstr(b, "<td>");
	if (!isfinite(v))
		buf_addf(b, "%g", v);
	else if (any)
		plot_number(b, v);
	buf_addstr(b, "</td>");
}

static void put_row(struct buf *b, const struct plot_series *s)
{
	double lo = 0, hi = 0, last = 0;
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		double y = s->v[i].y;

		if (isnan(y))
			continue;
		lo = any ? fmin(lo, y) : y;
		hi = any ? fmax(hi, y) : y;
		last = y;
		any = true;
	}
	if (!isfinite(s->odd.last))
		last = s->odd.last;
	buf_addstr(b, "<tr><th scope=\"row\">");
	page_text(b, s->name);
	buf_addstr(b, "</th>");
	put_number(b, any, lo);
	put_number(b, any, hi);
	put_number(b, any || !isfinite(last), last);
	buf_addstr(b, "<td>");
	plot_count(b, s->total);
	buf_addstr(b, "</td></tr>\n");
}

/* What a picture says, for those who do not see it. */
static void put_values(struct buf *b, const struct plot *p)
{
	buf_addstr(b, "<details>\n<summary>Values</summary>\n<div class="
		   "\"values\"><table>\n<thead><tr><th scope=\"col\">Series"
		   "</th><th scope=\"col\">Lowest</th><th scope=\"col\">"
		   "Highest</th><th scope=\"col\">Last</th><th scope=\"col\">"
		   "Rows</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->n; i++)
		put_row(b, &p->v[i]);
	buf_addstr(b, "</tbody>\n</table></div>\n</details>\n");
}

/* Of two pictures the reader's screen shows one. */
static int put_pictures(struct buf *b, const struct plots_chart *c,
			struct dver_err *err)
{
	static const struct plot_svg_opts broad = { 600, 340 };
	static const struct plot_svg_opts narrow = { 360, 300 };
	struct plot p = c->chart;
	int r;

	/* It stands above already. */
	if (p.title && streq(p.title, c->pub.id))
		p.title = NULL;
	buf_addstr(b, "<div class=\"still\">\n<div class=\"broad\">\n");
	r = plot_svg(b, &p, &broad, err);
	buf_addstr(b, "</div>\n<div class=\"narrow\">\n");
	if (r == 0)
		r = plot_svg(b, &p, &narrow, err);
	buf_addstr(b, "</div>\n</div>\n");
	return r;
}

static void put_note(struct buf *b, const struct plot *p)
{
	AUTO_BUF struct buf note = BUF_BIG, odd = BUF_BIG;

	plot_note_points(&note, p);
	plot_note_odd(&odd, p);
	if (note.len && odd.len)
		buf_addstr(&note, ", ");
	buf_add(&note, odd.data, odd.len);
	if (note.len) {
		buf_addstr(b, "<p class=\"note\">");
		page_text(b, note.data);
		buf_addstr(b, "</p>\n");
	}
	b->failed |= note.failed | odd.failed;
}

/* Nothing in it ends the script, or seems to begin one. */
static void put_json(struct buf *b, const struct buf *json)
{
	for (size_t i = 0; i < json->len; i++)
		if (json->data[i] == '<')
			buf_addstr(b, "\\u003c");
		else
			buf_addc(b, json->data[i]);
	b->failed |= json->failed;
}

/* What Vega does not know how to draw stays a picture. */
static int put_spec(struct buf *b, const struct dver_plots *p, size_t i,
		    struct dver_err *err)
{
	AUTO_BUF struct buf spec = BUF_BIG;
	int r = vega_spec(&spec, p, i, err);

	if (r < 0)
		return r == DVER_ENOMEM ? r : 0;
	buf_addstr(b, "<script type=\"application/json\">");
	put_json(b, &spec);
	buf_addstr(b, "</script>\n");
	put_note(b, &p->v[i].chart);
	return buf_check(&spec, err);
}

static int put_chart(struct buf *b, const struct dver_plots *p, size_t i,
		     bool live, struct dver_err *err)
{
	static const char *const kinds[] = {
		[PLOT_LINE] = "lines", [PLOT_SCATTER] = "points",
		[PLOT_BAR] = "bars", [PLOT_MATRIX] = "matrix" };
	const struct plots_chart *c = &p->v[i];
	int r;

	buf_addf(b, "<div class=\"chart\" data-kind=\"%s\">\n",
		 kinds[c->chart.kind]);
	r = put_pictures(b, c, err);
	if (r == 0 && live && c->chart.n)
		r = put_spec(b, p, i, err);
	buf_addstr(b, "</div>\n");
	if (c->chart.n && c->chart.kind != PLOT_MATRIX)
		put_values(b, &c->chart);
	return r;
}

static void put_images(struct buf *b, const struct dver_plot *x)
{
	buf_addstr(b, "<div class=\"images\">\n");
	for (size_t i = 0; i < x->nimages; i++) {
		const struct dver_plot_image *m = &x->images[i];

		buf_addstr(b, "<figure data-rev=\"");
		page_text(b, m->rev);
		buf_addstr(b, "\"><figcaption>");
		page_text(b, m->rev);
		buf_addstr(b, "</figcaption><img alt=\"");
		page_text(b, m->path);
		buf_addstr(b, " (");
		page_text(b, m->rev);
		buf_addf(b, ")\" src=\"data:%s;base64,", m->type);
		base64_encode(b, m->bytes, m->len);
		buf_addstr(b, "\"></figure>\n");
	}
	buf_addstr(b, "</div>\n");
}

int plots_page_plot(struct buf *b, const struct dver_plots *p, size_t i,
		    unsigned how, struct dver_err *err)
{
	const struct dver_plot *x = &p->v[i].pub;
	bool images = x->kind == DVER_PLOT_IMAGES;
	int r = 0;

	buf_addf(b, "<section id=\"p%zu\" aria-labelledby=\"h%zu\"%s>\n"
		 "<h2 id=\"h%zu\">", i + 1, i + 1,
		 images && x->nimages > 1 ? " class=\"wide\"" : "", i + 1);
	page_text(b, x->id);
	buf_addstr(b, "</h2>\n");
	if (images)
		put_images(b, x);
	else if (x->nseries || !x->nproblems)
		r = put_chart(b, p, i, how & PLOTS_PAGE_LIVE, err);
	for (size_t k = 0; k < x->nproblems; k++) {
		if (how & PLOTS_PAGE_TWO &&
		    x->problems[k].code == DVER_ENOTFOUND)
			continue;
		buf_addstr(b, "<p class=\"problem\">");
		page_text(b, x->problems[k].rev);
		buf_addstr(b, ": ");
		page_text(b, x->problems[k].message);
		buf_addstr(b, "</p>\n");
	}
	buf_addstr(b, "</section>\n");
	return r < 0 ? r : buf_check(b, err);
}

void plots_page_licences(struct buf *b)
{
	size_t len;
	const char *text = vega_scripts_licences(&len);

	buf_addstr(b, "<!--\n");
	buf_add(b, text, len);
	buf_addstr(b, "-->\n");
}

/* "digits: plots of v1, v2" */
static void put_title(struct buf *b, const struct dver_plots *p)
{
	buf_addstr(b, p->project);
	buf_addstr(b, *p->project ? ": plots" : "Plots");
	if (p->revs.n > TITLE_REVS)
		buf_addf(b, " of %zu revisions", p->revs.n);
	for (size_t i = 0; p->revs.n <= TITLE_REVS && i < p->revs.n; i++) {
		buf_addstr(b, i ? ", " : " of ");
		buf_addstr(b, p->revs.v[i]);
	}
}

static int put_head(struct buf *b, const struct dver_plots *p,
		    const struct page_script *v, size_t n,
		    struct dver_err *err)
{
	AUTO_BUF struct buf all = BUF_BIG, title = BUF_BIG;
	int r;

	put_title(&title, p);
	r = buf_check(&title, err);
	if (r < 0)
		return r;
	buf_addstr(&all, plots_page_style);
	buf_addstr(&all, n ? plots_live_style : "");
	r = buf_check(&all, err);
	if (r < 0)
		return r;
	if (n)
		return page_begin_scripts(b, title.data, all.data, v, n,
					  err);
	page_begin(b, title.data, all.data);
	return 0;
}

void plots_page_revs(struct buf *b, const struct dver_plots *p)
{
	AUTO_BUF struct buf list = BUF_BIG;

	buf_addc(&list, '[');
	for (size_t i = 0; i < p->revs.n; i++) {
		const char *rev = p->revs.v[i];

		buf_addstr(&list, i ? "," : "");
		json_put_string(&list, rev, strlen(rev));
	}
	buf_addc(&list, ']');
	buf_addstr(b, "<script type=\"application/json\" id=\"revs\">");
	put_json(b, &list);
	buf_addstr(b, "</script>\n");
}

int dver_plots_draw_page(const struct dver_plots *p, dver_plots_write fn,
			 void *data, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct page_script scripts[PLOTS_LIVE_SCRIPTS];
	size_t n = plots_live_scripts(scripts);
	int r = put_head(&b, p, scripts, n, err);

	if (!n)
		buf_addstr(&b, "<!-- Built without Vega. -->\n");
	put_contents(&b, p);
	buf_addstr(&b, "<main class=\"charts\">\n");
	for (size_t i = 0; r == 0 && i < p->n; i++) {
		r = plots_page_plot(&b, p, i, n ? PLOTS_PAGE_LIVE : 0, err);
		if (r == 0)
			r = fn(data, b.data, b.len);
		buf_clear(&b);
	}
	buf_addstr(&b, "</main>\n");
	if (n) {
		plots_page_revs(&b, p);
		plots_page_licences(&b);
		page_scripts(&b, scripts, n);
	}
	page_end(&b);
	if (r == 0)
		r = buf_check(&b, err);
	return r < 0 ? r : fn(data, b.data, b.len);
}
