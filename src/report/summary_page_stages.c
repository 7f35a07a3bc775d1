/*
 * summary_page_stages - stages that differ, and those that would run.
 */
#include "report/summary_page.h"

#include "plot/plot_text.h"
#include "report/page.h"

#define REASONS_MAX 20u

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

int page_stage(void *data, const struct dver_report_stage *s)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_STAGES];

	if (!page_more(g, PAGE_STAGES))
		return 0;
	buf_addstr(b, "<li>");
	page_text(b, s->name);
	page_status(b, s->status);
	buf_addstr(b, s->status == 'M' ? " changed" : "");
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
	return page_done(b);
}

static void put_reason(struct buf *b, const struct dver_reason *x)
{
	const char *after;

	buf_addstr(b, "<li>");
	buf_addstr(b, dver_reason_words(x, &after));
	if (after) {
		page_text(b, x->name);
		buf_addstr(b, after);
	}
	buf_addstr(b, "</li>\n");
}

int page_run(void *data, const struct dver_stage_event *e)
{
	struct summary_page *g = data;
	struct buf *b = &g->text[PAGE_RUNS];

	if (!page_more(g, PAGE_RUNS))
		return 0;
	buf_addstr(b, "<li>");
	page_text(b, e->stage);
	buf_addstr(b, e->text ? ": " : "");
	page_text(b, e->text ? e->text : "");
	buf_addstr(b, e->nreasons ? "<ul>\n" : "");
	for (size_t i = 0; i < e->nreasons && i < REASONS_MAX; i++)
		put_reason(b, &e->reasons[i]);
	if (e->nreasons > REASONS_MAX)
		buf_addf(b, "<li>and %zu more</li>\n",
			 e->nreasons - REASONS_MAX);
	buf_addstr(b, e->nreasons ? "</ul></li>\n" : "</li>\n");
	return page_done(b);
}
