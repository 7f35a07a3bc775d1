/*
 * summary_page_plots - images side by side, and charts of both revisions.
 */
#include "report/summary_page.h"

#include "base/base64.h"
#include "base/mem.h"
#include "plot/plot_text.h"
#include "report/page.h"
#include "report/plots.h"
#include "report/plots_page.h"

static void picture(struct buf *b, const struct dver_report_image *x,
		    const struct dver_report_picture *p, const char *when)
{
	buf_addf(b, "<div class=\"side\"><p>%s", when);
	if (p->width)
		buf_addf(b, " <span>%u \u00d7 %u</span>", (unsigned)p->width,
			 (unsigned)p->height);
	if (p->sized) {
		buf_addstr(b, " <span>");
		plot_count(b, p->size);
		buf_addstr(b, " bytes</span>");
	}
	buf_addstr(b, "</p>");
	if (p->bytes) {
		buf_addstr(b, "<img alt=\"");
		page_text(b, x->path);
		buf_addf(b, ", %s\" src=\"data:%s;base64,", when, p->type);
		base64_encode(b, p->bytes, (size_t)p->size);
		buf_addstr(b, "\">");
	} else if (p->there) {
		buf_addstr(b, "<p class=\"problem\">not shown: ");
		page_text(b, p->problem ? p->problem : "");
		buf_addstr(b, "</p>");
	} else {
		buf_addstr(b, "<p class=\"none\">none</p>");
	}
	buf_addstr(b, "</div>\n");
}

int page_images(void *data, uint64_t n)
{
	struct summary_page *g = data;

	g->n[PAGE_IMAGES] = n;
	return 0;
}

int page_image(void *data, const struct dver_report_image *x)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_IMAGES];

	if (!x->shown)
		return 0;
	g->shown++;
	buf_addstr(b, "<figure><figcaption>");
	page_text(b, x->path);
	page_status(b, x->status);
	buf_addstr(b, "</figcaption>\n<div class=\"pair\">\n");
	picture(b, x, &x->old, "before");
	picture(b, x, &x->now, "now");
	buf_addstr(b, "</div></figure>\n");
	return page_done(b);
}

static bool is_read(const struct dver_plots *p, const char *id)
{
	for (size_t i = 0; i < p->n; i++)
		if (streq(p->v[i].pub.id, id))
			return true;
	return false;
}

/* Those beyond what is read, by their names. */
static void put_others(struct summary_page *g,
		       const struct dver_report_plots *x)
{
	struct buf *b = &g->text[PAGE_PLOTS];
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++) {
		if (is_read(x->plots, x->ids[i]))
			continue;
		if (n++ == 0)
			buf_addstr(b, "<p>Not drawn:</p>\n<ul>\n");
		if (n > PAGE_ROWS_MAX)
			continue;
		buf_addstr(b, "<li>");
		page_text(b, x->ids[i]);
		page_status(b, x->status[i]);
		buf_addstr(b, "</li>\n");
	}
	buf_addstr(b, n ? "</ul>\n" : "");
	if (n > PAGE_ROWS_MAX)
		buf_addf(b, "<p>%zu more were left out.</p>\n",
			 n - PAGE_ROWS_MAX);
}

int page_plots(void *data, const struct dver_report_plots *x)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_PLOTS];
	unsigned how = PLOTS_PAGE_TWO |
		       (dver_plots_vega() ? PLOTS_PAGE_LIVE : 0);
	struct dver_err err;
	bool any = false;
	int r = 0;

	g->n[PAGE_PLOTS] = x->n;
	buf_addstr(b, "<div class=\"charts\">\n");
	for (size_t i = 0; r == 0 && i < x->plots->n; i++) {
		const struct dver_plot *p = &x->plots->v[i].pub;

		/* These stand above, before and now. */
		if (p->kind == DVER_PLOT_IMAGES)
			continue;
		r = plots_page_plot(b, x->plots, i, how, &err);
		any |= p->nseries > 0;
	}
	buf_addstr(b, "</div>\n");
	g->live = any && how & PLOTS_PAGE_LIVE;
	if (g->live)
		plots_page_revs(b, x->plots);
	put_others(g, x);
	return r < 0 ? DVER_ENOMEM : page_done(b);
}
