/*
 * summary_page - dver_report() as one HTML page: no scripts, no network.
 *
 * Every name and text goes through page_text().  Parts are gathered while the
 * report is told, since a headline stands above them.
 */
#include "report/summary.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "report/page.h"
#include "report/plot_svg.h"
#include "report/plot_text.h"
#include "report/plots.h"

#define ROWS_MAX 1000u

enum part { DATA, ROWS, PARAMS, METRICS, IMAGES, PLOTS, STAGES, RUNS,
	    PROBLEMS, PARTS };

static const struct { const char *title, *open, *close; } parts[PARTS] = {
	[DATA] = { "Data", "<table><thead><tr><th>Output</th><th>Added</th>"
		   "<th>Changed</th><th>Removed</th><th>Moved</th><th>Bytes "
		   "before</th><th>Bytes now</th></tr></thead><tbody>\n",
		   "</tbody></table>\n" },
	[ROWS] = { "Rows and lines", "", "" },
	[PARAMS] = { "Parameters", "<table><thead><tr><th>File</th>"
		     "<th>Parameter</th><th>Old</th><th>New</th></tr></thead>"
		     "<tbody>\n", "</tbody></table>\n" },
	[METRICS] = { "Metrics", "<table><thead><tr><th>File</th>"
		      "<th>Metric</th><th>Old</th><th>New</th><th>Change</th>"
		      "<th></th></tr></thead><tbody>\n",
		      "</tbody></table>\n" },
	[IMAGES] = { "Images", "<div class=\"sheet\">\n", "</div>\n" },
	[PLOTS] = { "Plots", "", "" },
	[STAGES] = { "Pipeline", "<ul>\n", "</ul>\n" },
	[RUNS] = { "Would run", "<ul>\n", "</ul>\n" },
	[PROBLEMS] = { "Not compared", "<ul>\n", "</ul>\n" },
};

static const char style[] =
"section{margin:0 0 1rem;overflow-x:auto}\n"
"ul{margin:0;padding-left:1.25rem}\n"
"li,p{overflow-wrap:anywhere}\n"
"pre{font-size:.875rem;overflow-x:auto;margin:.25rem 0 .75rem}\n"
"svg{display:block;max-width:100%;height:auto}\n"
"h3{font-size:1rem;margin:.75rem 0 .25rem;overflow-wrap:anywhere}\n"
".sheet{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,"
"minmax(min(100%,28rem),1fr))}\n"
"figcaption{font-weight:600;overflow-wrap:anywhere;margin-bottom:.25rem}\n"
".pair{display:grid;grid-template-columns:1fr 1fr;gap:.5rem}\n"
".side{min-width:0}\n"
".side p{margin:0 0 .25rem;font-size:.8125rem}\n"
".side span{opacity:.75;margin-left:.5em}\n"
".side img{max-height:20rem;border:1px solid #8884}\n"
".none{opacity:.6}\n";

struct gathered {
	struct buf head, text[PARTS];
	uint64_t n[PARTS];
	uint64_t not_shown;	/* images */
};

/* May one more line be shown?  All are counted. */
static bool more(struct gathered *g, enum part p)
{
	return g->n[p]++ < ROWS_MAX;
}

static int done(const struct buf *b)
{
	return buf_ok(b) ? 0 : DVER_ENOMEM;
}

static void cell(struct buf *b, const char *text)
{
	buf_addstr(b, "<td>");
	page_text(b, text);
	buf_addstr(b, "</td>");
}

static void count(struct buf *b, uint64_t n)
{
	buf_addstr(b, "<td>");
	plot_count(b, n);
	buf_addstr(b, "</td>");
}

static int on_ends(void *data, const struct dver_report_ends *e)
{
	struct gathered *g = data;
	struct buf *b = &g->head;

	buf_addstr(b, "<p>");
	page_text(b, e->rev);
	if (e->commit)
		buf_addf(b, " (%.10s)", e->commit);
	if (e->base) {
		buf_addstr(b, " compared with ");
		if (!streq(e->asked, e->base)) {
			page_text(b, e->asked);
			buf_addstr(b, ", where they parted: ");
		}
		buf_addf(b, "%.10s</p>\n", e->base);
	} else {
		buf_addstr(b, ": everything is new</p>\n");
	}
	return done(b);
}

static int problem(struct gathered *g, const char *name, const char *text)
{
	struct buf *b = &g->text[PROBLEMS];

	if (!more(g, PROBLEMS))
		return 0;
	buf_addstr(b, "<li class=\"problem\">");
	page_text(b, name);
	buf_addstr(b, *name ? ": " : "");
	page_text(b, text);
	buf_addstr(b, "</li>\n");
	return done(b);
}

static int on_problem(void *data, const char *text)
{
	return problem(data, "", text);
}

static void folder(struct buf *b, const struct dver_report_folder *f)
{
	buf_addstr(b, "<tr>");
	cell(b, f->path);
	count(b, f->added);
	count(b, f->modified);
	count(b, f->deleted);
	count(b, f->moved);
	buf_addstr(b, "<td></td><td></td></tr>\n");
}

static int on_output(void *data, const struct dver_report_output *o)
{
	struct gathered *g = data;
	struct buf *b = &g->text[DATA];
	bool known = !o->problem || o->added || o->deleted;

	if (o->problem && problem(g, o->path, o->problem) < 0)
		return DVER_ENOMEM;
	if (!more(g, DATA))
		return 0;
	buf_addstr(b, "<tr><th scope=\"row\">");
	page_text(b, o->path);
	buf_addstr(b, o->directory ? "/" : "");
	if (o->other) {
		buf_addstr(b, o->status == 'A' ? " was " : " is now ");
		page_text(b, o->other);
	} else {
		buf_addstr(b, o->status == 'A' ? " (new)" : o->status == 'D'
			      ? " (removed)" : "");
	}
	buf_addstr(b, "</th>");
	if (known) {
		count(b, o->added);
		count(b, o->modified);
		count(b, o->deleted);
		count(b, o->moved);
	} else {
		buf_addstr(b, "<td>?</td><td>?</td><td>?</td><td>?</td>");
	}
	count(b, o->old_bytes);
	count(b, o->new_bytes);
	buf_addstr(b, "</tr>\n");
	for (size_t i = 0; o->nfolders > 1 && i < o->nfolders; i++)
		folder(b, &o->folders[i]);
	return done(b);
}

static int on_rows(void *data, const struct dver_report_rows *x)
{
	struct gathered *g = data;
	struct buf *b = &g->text[ROWS];

	if (x->problem)
		return problem(g, x->path, x->problem);
	if (!more(g, ROWS))
		return 0;
	buf_addstr(b, "<h3>");
	page_text(b, x->path);
	buf_addf(b, "</h3><p>%llu added, %llu removed, %llu changed</p><pre>",
		 (unsigned long long)x->added, (unsigned long long)x->deleted,
		 (unsigned long long)x->changed);
	for (size_t i = 0; i < x->nshown; i++) {
		buf_addc(b, x->shown[i].sign);
		page_text(b, x->shown[i].text);
		buf_addc(b, '\n');
	}
	buf_addstr(b, "</pre>\n");
	return done(b);
}

static int value(struct gathered *g, enum part p,
		 const struct dver_value_change *c)
{
	struct buf *b = &g->text[p];

	if (!c->name)
		return problem(g, c->path, c->new_problem ? c->new_problem
							  : c->old_problem);
	if (!more(g, p))
		return 0;
	buf_addstr(b, "<tr><th scope=\"row\">");
	page_text(b, c->path);
	buf_addstr(b, "</th>");
	cell(b, c->name);
	cell(b, c->old.kind == DVER_VALUE_NONE ? "-" : c->old.text);
	cell(b, c->now.kind == DVER_VALUE_NONE ? "-" : c->now.text);
	if (p == METRICS) {
		cell(b, c->has_difference ? c->difference.text : "");
		cell(b, c->better > 0 ? "better" : c->better < 0 ? "worse"
								 : "");
	}
	buf_addstr(b, "</tr>\n");
	return done(b);
}

static int on_param(void *data, const struct dver_value_change *c)
{
	return value(data, PARAMS, c);
}

static int on_metric(void *data, const struct dver_value_change *c)
{
	return value(data, METRICS, c);
}

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

static int on_image(void *data, const struct dver_report_image *x)
{
	struct gathered *g = data;
	struct buf *b = &g->text[IMAGES];

	g->n[IMAGES]++;
	if (!x->shown) {
		g->not_shown++;
		return 0;
	}
	buf_addstr(b, "<figure><figcaption>");
	page_text(b, x->path);
	buf_addstr(b, x->status == 'A' ? " (new)" : x->status == 'D'
		      ? " (removed)" : "");
	buf_addstr(b, "</figcaption>\n<div class=\"pair\">\n");
	picture(b, x, &x->old, "before");
	picture(b, x, &x->now, "now");
	buf_addstr(b, "</div></figure>\n");
	return done(b);
}

static int chart(struct gathered *g, const struct plots_chart *c)
{
	static const struct plot_svg_opts size = { 600, 340 };
	struct buf *b = &g->text[PLOTS];
	struct plot p = c->chart;
	int r = 0;

	/* It stands above already. */
	if (p.title && streq(p.title, c->pub.id))
		p.title = NULL;
	buf_addstr(b, "<h3>");
	page_text(b, c->pub.id);
	buf_addstr(b, "</h3>\n");
	if (c->pub.kind == DVER_PLOT_IMAGES)
		buf_addstr(b, "<p>an image</p>\n");
	else if (c->pub.nseries)
		r = plot_svg(b, &p, &size, NULL);
	for (size_t i = 0; i < c->pub.nproblems; i++) {
		buf_addstr(b, "<p class=\"problem\">");
		page_text(b, c->pub.problems[i].rev);
		buf_addstr(b, ": ");
		page_text(b, c->pub.problems[i].message);
		buf_addstr(b, "</p>\n");
	}
	return r < 0 ? r : done(b);
}

static int on_plots(void *data, const struct dver_report_plots *x)
{
	struct gathered *g = data;
	int r = 0;

	g->n[PLOTS] = x->n;
	for (size_t i = 0; r == 0 && i < x->plots->n; i++)
		r = chart(g, &x->plots->v[i]);
	if (x->n > x->plots->n)
		buf_addf(&g->text[PLOTS], "<p>%zu more are not drawn.</p>\n",
			 x->n - x->plots->n);
	return r;
}

static void result(struct buf *b, const struct dver_report_result *x)
{
	buf_addf(b, "<li>%s ", x->kind);
	page_text(b, x->name);
	buf_addstr(b, ": ");
	if (x->sized) {
		plot_count(b, x->old_size);
		buf_addstr(b, " to ");
		plot_count(b, x->new_size);
		buf_addstr(b, " bytes");
	} else {
		page_text(b, x->old ? x->old : "-");
		buf_addstr(b, " to ");
		page_text(b, x->now ? x->now : "-");
	}
	buf_addstr(b, "</li>\n");
}

static int on_stage(void *data, const struct dver_report_stage *s)
{
	struct gathered *g = data;
	struct buf *b = &g->text[STAGES];

	if (!more(g, STAGES))
		return 0;
	buf_addstr(b, "<li>");
	page_text(b, s->name);
	buf_addstr(b, s->status == 'A' ? " (new)" : s->status == 'D'
		      ? " (removed)" : s->status == 'M' ? " changed" : "");
	buf_addstr(b, s->lock == 'A' ? ", first results" : s->lock == 'D'
		      ? ", results removed" : s->lock ? ", new results" : "");
	buf_addstr(b, "<ul>\n");
	for (size_t i = 0; i < s->nparts; i++) {
		buf_addf(b, "<li>%c %s ", s->parts[i].sign, s->parts[i].kind);
		page_text(b, s->parts[i].text);
		buf_addstr(b, "</li>\n");
	}
	for (size_t i = 0; s->lock == 'M' && i < s->nresults; i++)
		result(b, &s->results[i]);
	buf_addstr(b, "</ul></li>\n");
	return done(b);
}

static int on_run(void *data, const struct dver_stage_event *e)
{
	struct gathered *g = data;
	struct buf *b = &g->text[RUNS];

	if (!more(g, RUNS))
		return 0;
	buf_addstr(b, "<li>");
	page_text(b, e->stage);
	buf_addstr(b, e->text ? ": " : "");
	page_text(b, e->text ? e->text : "");
	buf_addstr(b, "</li>\n");
	return done(b);
}

static int put(struct gathered *g, dver_plots_write fn, void *data,
	       struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	bool any = false;
	int r;

	page_begin(&b, "Data report", style);
	buf_add(&b, g->head.data, g->head.len);
	for (int i = 0; i < PARTS; i++) {
		if (!g->n[i])
			continue;
		any = true;
		buf_addf(&b, "<section>\n<h2>%s</h2>\n%s", parts[i].title,
			 parts[i].open);
		buf_add(&b, g->text[i].data, g->text[i].len);
		buf_addstr(&b, parts[i].close);
		if (i == IMAGES && g->not_shown)
			buf_addf(&b, "<p>%llu more image%s not shown.</p>\n",
				 (unsigned long long)g->not_shown,
				 g->not_shown == 1 ? " is" : "s are");
		if (i != PLOTS && i != IMAGES && g->n[i] > ROWS_MAX)
			buf_addf(&b, "<p>%llu more were left out.</p>\n",
				 (unsigned long long)g->n[i] - ROWS_MAX);
		buf_addstr(&b, "</section>\n");
	}
	buf_addstr(&b, any ? "" : "<p>Nothing changed.</p>\n");
	page_end(&b);
	r = buf_check(&b, err);
	return r < 0 ? r : fn(data, b.data, b.len);
}

int dver_report_page(struct dver_repo *repo,
		     const struct dver_report_opts *opts, dver_plots_write fn,
		     void *data, struct dver_err *err)
{
	struct gathered g = { .head = BUF_BIG };
	const struct dver_report_calls calls = {
		.ends = on_ends, .output = on_output, .rows = on_rows,
		.param = on_param, .metric = on_metric, .plots = on_plots,
		.image = on_image, .stage = on_stage, .run = on_run,
		.problem = on_problem,
		.data = &g };
	int r;

	for (int i = 0; i < PARTS; i++)
		g.text[i] = (struct buf)BUF_BIG;
	err->code = 0;
	r = dver_report(repo, opts, &calls, err);
	/* What callbacks return has no words. */
	if (r == DVER_ENOMEM && !err->code)
		(void)err_nomem(err);
	if (r == 0)
		r = put(&g, fn, data, err);
	buf_release(&g.head);
	for (int i = 0; i < PARTS; i++)
		buf_release(&g.text[i]);
	return r;
}
