/*
 * summary_page - dver_report() as one HTML page that needs no network.
 *
 * Every name and text goes through page_text().  Parts are gathered while the
 * report is told, since a headline stands above them.  Scripts draw its charts
 * anew where there are any (plots_live.h); nothing else on it needs them.
 */
#include "report/summary_page.h"

#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_text.h"
#include "report/page.h"
#include "report/plots_live.h"
#include "report/plots_page.h"

static const struct {
	const char *title;
	const char *one;	/* what it is made of, as the headline says */
	const char *open, *close;
} parts[PAGE_PARTS] = {
	[PAGE_DATA] = { "Data", "output", "<table><thead><tr><th>Output</th>"
		"<th>Added</th><th>Changed</th><th>Removed</th><th>Moved</th>"
		"<th>Bytes before</th><th>Bytes now</th></tr></thead><tbody>"
		"\n", "</tbody></table>\n" },
	[PAGE_ROWS] = { "Rows and lines", NULL, "", "" },
	[PAGE_PARAMS] = { "Parameters", "parameter", "<table><thead><tr>"
		"<th>File</th><th class=\"name\">Parameter</th><th>Old</th>"
		"<th>New</th></tr></thead><tbody>\n", "</tbody></table>\n" },
	[PAGE_METRICS] = { "Metrics", "metric", "<table><thead><tr><th>File"
		"</th><th class=\"name\">Metric</th><th>Old</th><th>New</th>"
		"<th>Change</th><th></th></tr></thead><tbody>\n",
		"</tbody></table>\n" },
	[PAGE_IMAGES] = { "Images", "image", "<div class=\"sheet\">\n",
		"</div>\n" },
	[PAGE_PLOTS] = { "Plots", "plot", "", "" },
	[PAGE_STAGES] = { "Pipeline", "stage", "<ul>\n", "</ul>\n" },
	[PAGE_RUNS] = { "Would run", NULL, "<ul>\n", "</ul>\n" },
	[PAGE_PROBLEMS] = { "Not compared", NULL, "<ul>\n", "</ul>\n" },
};

static const char style[] =
"body{max-width:76rem;--soft:#59636e;--line:#d1d9e0;--good:#1a7f37;"
"--bad:#b3261e}\n"
".part{margin:0 0 1rem;padding:1rem;overflow-x:auto}\n"
".part.plots{overflow-x:visible}\n"
".lead{font-size:1.05rem;margin:0 0 .25rem}\n"
".ends{color:var(--soft);font-size:.875rem;margin:0 0 1.25rem}\n"
"ul{margin:0;padding-left:1.25rem}\n"
"li,p,figcaption{overflow-wrap:anywhere}\n"
"li,.part p{font-size:.875rem}.part p{margin:.25rem 0}\n"
".part>:last-child,.part li p{margin-bottom:0}\n"
"table{width:100%}\n"
"th,td{padding:.25rem 1rem .25rem 0;vertical-align:top;"
"border-top:1px solid var(--line)}\n"
"th:last-child,td:last-child{padding-right:0}\n"
"thead th{font-weight:600;color:var(--soft);border-top:0;"
"white-space:nowrap}\n"
"tbody th{font-weight:normal;min-width:8rem}\n"
".name{text-align:left;overflow-wrap:anywhere;min-width:5rem}\n"
".folder th{padding-left:1rem}.folder th,.folder td{color:var(--soft)}\n"
"pre{font-size:.8125rem;overflow-x:auto;margin:.25rem 0 .75rem}\n"
"ins,del{text-decoration:none}\n"
"ins,.good,.status.new{color:var(--good)}\n"
"del,.bad,.status.removed{color:var(--bad)}\n"
".status{font-size:.75rem;font-weight:normal;border:1px solid;"
"border-radius:1em;padding:0 .5em;margin-left:.5em;white-space:nowrap}\n"
"h3{font-size:.875rem;margin:.75rem 0 0;overflow-wrap:anywhere}\n"
".sheet{display:grid;gap:1.25rem 1.5rem;align-items:start;"
"grid-template-columns:repeat(auto-fill,minmax(min(100%,28rem),1fr))}\n"
".sheet figcaption{font-weight:600;margin-bottom:.25rem}\n"
".pair{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}\n"
".side{min-width:0}\n"
".side p{margin:0 0 .25rem;font-size:.8125rem}\n"
".side span{color:var(--soft);margin-left:.5em;display:inline-block}\n"
".side img{max-height:16rem;border:1px solid var(--line);"
"border-radius:3px}\n"
".none{color:var(--soft)}\n"
".plots>.charts>section{padding:.75rem}\n"
".plots h2 ~ .charts h2{font-size:.9375rem}\n"
"@media (prefers-color-scheme:dark){body{--soft:#9198a1;--line:#3d444d;"
"--good:#56d364;--bad:#ff8b81}}\n"
"@media (max-width:40rem){.part{padding:.75rem .5rem}"
"tbody th{min-width:6rem}}\n";

bool page_more(struct summary_page *g, enum page_part p)
{
	return g->n[p]++ < PAGE_ROWS_MAX;
}

int page_done(const struct buf *b)
{
	return buf_ok(b) ? 0 : DVER_ENOMEM;
}

void page_cell(struct buf *b, const char *text)
{
	buf_addstr(b, "<td>");
	page_text(b, text);
	buf_addstr(b, "</td>");
}

void page_count(struct buf *b, uint64_t n)
{
	buf_addstr(b, "<td>");
	plot_count(b, n);
	buf_addstr(b, "</td>");
}

void page_status(struct buf *b, char status)
{
	buf_addstr(b, status == 'A' ? " <span class=\"status new\">new</span>"
		      : status == 'D'
		      ? " <span class=\"status removed\">removed</span>" : "");
}

int page_problem(struct summary_page *g, const char *name, const char *text)
{
	struct buf *b = &g->text[PAGE_PROBLEMS];

	if (!page_more(g, PAGE_PROBLEMS))
		return 0;
	buf_addstr(b, "<li class=\"problem\">");
	page_text(b, name);
	buf_addstr(b, *name ? ": " : "");
	page_text(b, text);
	buf_addstr(b, "</li>\n");
	return page_done(b);
}

static int on_problem(void *data, const char *text)
{
	return page_problem(data, "", text);
}

static int on_ends(void *data, const struct dver_report_ends *e)
{
	struct summary_page *g = data;
	struct buf *b = &g->ends;

	buf_addstr(b, "<p class=\"ends\">");
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
	return page_done(b);
}

static void add_count(struct buf *b, bool *any, uint64_t n, const char *one)
{
	if (!n)
		return;
	buf_addf(b, "%s%llu %s%s", *any ? ", " : "", (unsigned long long)n,
		 one, n == 1 ? "" : "s");
	*any = true;
}

/* What changed, and between which commits. */
static void put_headline(struct buf *b, const struct summary_page *g)
{
	uint64_t runs = g->n[PAGE_RUNS];
	bool any = false;

	buf_addstr(b, "<p class=\"lead\">");
	for (int i = 0; i < PAGE_PARTS; i++) {
		if (parts[i].one)
			add_count(b, &any, g->n[i], parts[i].one);
		if (i == PAGE_METRICS && (g->better || g->worse))
			buf_addf(b, " (%llu better, %llu worse)",
				 (unsigned long long)g->better,
				 (unsigned long long)g->worse);
	}
	buf_addstr(b, any ? " changed" : "Nothing changed");
	if (runs)
		buf_addf(b, ", %llu stage%s would run",
			 (unsigned long long)runs, runs == 1 ? "" : "s");
	buf_addstr(b, "</p>\n");
	buf_add(b, g->ends.data, g->ends.len);
}

static void put_more(struct buf *b, const struct summary_page *g, int i)
{
	uint64_t left = g->n[PAGE_IMAGES] - g->shown;

	if (i == PAGE_IMAGES && left)
		buf_addf(b, "<p>%llu more image%s not shown.</p>\n",
			 (unsigned long long)left,
			 left == 1 ? " is" : "s are");
	if (i != PAGE_PLOTS && i != PAGE_IMAGES && g->n[i] > PAGE_ROWS_MAX)
		buf_addf(b, "<p>%llu more were left out.</p>\n",
			 (unsigned long long)g->n[i] - PAGE_ROWS_MAX);
}

static int put_head(struct buf *b, const struct summary_page *g,
		    const struct page_script *v, size_t n,
		    struct dver_err *err)
{
	AUTO_BUF struct buf all = BUF_BIG;
	int r;

	if (g->n[PAGE_PLOTS])
		buf_addstr(&all, plots_page_style);
	buf_addstr(&all, n ? plots_live_style : "");
	buf_addstr(&all, style);
	r = buf_check(&all, err);
	if (r < 0)
		return r;
	if (n)
		return page_begin_scripts(b, "Data report", all.data, v, n,
					  err);
	page_begin(b, "Data report", all.data);
	return 0;
}

/* Written as it is, since images make it long. */
static int write_some(struct buf *b, dver_plots_write fn, void *data,
		      struct dver_err *err)
{
	int r = buf_check(b, err);

	if (r == 0 && b->len)
		r = fn(data, b->data, b->len);
	buf_clear(b);
	return r;
}

static int put_part(struct buf *b, struct summary_page *g, int i,
		    dver_plots_write fn, void *data, struct dver_err *err)
{
	int r;

	if (!g->n[i])
		return 0;
	buf_addf(b, "<section class=\"part%s\">\n<h2>%s</h2>\n%s",
		 i == PAGE_PLOTS ? " plots" : "", parts[i].title,
		 parts[i].open);
	r = write_some(b, fn, data, err);
	if (r == 0)
		r = write_some(&g->text[i], fn, data, err);
	buf_addstr(b, parts[i].close);
	put_more(b, g, i);
	buf_addstr(b, "</section>\n");
	return r;
}

static int put(struct summary_page *g, dver_plots_write fn, void *data,
	       struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct page_script scripts[PLOTS_LIVE_SCRIPTS];
	size_t n = g->live ? plots_live_scripts(scripts) : 0;
	int r = put_head(&b, g, scripts, n, err);

	put_headline(&b, g);
	buf_addstr(&b, "<main>\n");
	for (int i = 0; r == 0 && i < PAGE_PARTS; i++)
		r = put_part(&b, g, i, fn, data, err);
	buf_addstr(&b, "</main>\n");
	if (n) {
		plots_page_licences(&b);
		page_scripts(&b, scripts, n);
	}
	page_end(&b);
	return r < 0 ? r : write_some(&b, fn, data, err);
}

int dver_report_page(struct dver_repo *repo,
		     const struct dver_report_opts *opts, dver_plots_write fn,
		     void *data, struct dver_err *err)
{
	struct summary_page g = { .ends = BUF_BIG };
	const struct dver_report_calls calls = {
		.ends = on_ends, .output = page_output, .rows = page_rows,
		.param = page_param, .metric = page_metric,
		.plots = page_plots, .images = page_images,
		.image = page_image, .stage = page_stage, .run = page_run,
		.problem = on_problem, .data = &g };
	int r;

	for (int i = 0; i < PAGE_PARTS; i++)
		g.text[i] = (struct buf)BUF_BIG;
	err->code = 0;
	r = dver_report(repo, opts, &calls, err);
	/* What callbacks return has no words. */
	if (r == DVER_ENOMEM && !err->code)
		(void)err_nomem(err);
	if (r == 0)
		r = put(&g, fn, data, err);
	buf_release(&g.ends);
	for (int i = 0; i < PAGE_PARTS; i++)
		buf_release(&g.text[i]);
	return r;
}
