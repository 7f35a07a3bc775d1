/*
 * report_md_stages - the part of the report in Markdown that is about stages.
 */
#include <string.h>

#include "cmd/markdown.h"
#include "cmd/out.h"
#include "cmd/reasons.h"
#include "cmd/report_md.h"

#define LINES 10u		/* of a stage */

static void add_parts(struct buf *b, const struct dver_report_stage *s)
{
	for (size_t i = 0; i < s->nparts && i < LINES; i++) {
		buf_addf(b, "  - %s %s ", s->parts[i].sign == '+'
			 ? "added" : "removed", s->parts[i].kind);
		markdown_code(b, s->parts[i].text);
		buf_addc(b, '\n');
	}
	if (s->nparts > LINES)
		buf_addf(b, "  - and %zu more\n", s->nparts - LINES + s->more);
}

static void add_side(struct buf *b, const struct dver_report_result *x,
		     bool old)
{
	const char *text = old ? x->old : x->now;
	char size[OUT_SIZE];

	if (!x->sized)
		markdown_code(b, text);
	else
		buf_addstr(b, out_size(size, old ? x->old_size : x->new_size));
}

/* "input `data.csv`: 1.2 MB to 1.3 MB"; ids tell what sizes do not. */
static void add_result(struct buf *b, const struct dver_report_result *x)
{
	char old[OUT_SIZE], now[OUT_SIZE];

	buf_addf(b, "  - %s%s", x->kind, *x->name ? " " : "");
	if (*x->name)
		markdown_code(b, x->name);
	buf_addstr(b, x->status == 'A' ? " new: " : x->status == 'D'
		       ? " gone, was " : ": ");
	if (x->status != 'A')
		add_side(b, x, true);
	if (x->status == 'M' && x->sized &&
	    strcmp(out_size(old, x->old_size),
		   out_size(now, x->new_size)) == 0) {
		buf_addf(b, ", %.10s to %.10s", x->old, x->now);
	} else if (x->status != 'D') {
		buf_addstr(b, x->status == 'M' ? " to " : "");
		add_side(b, x, false);
	}
	buf_addc(b, '\n');
}

/* What is told as a part of the definition is not told again. */
static bool is_told(const struct dver_report_stage *s,
		    const struct dver_report_result *x)
{
	for (size_t i = 0; i < s->nparts; i++)
		if (strcmp(s->parts[i].kind, x->kind) == 0 &&
		    (!*x->name || strcmp(s->parts[i].text, x->name) == 0))
			return true;
	return false;
}

static void add_results(struct buf *b, const struct dver_report_stage *s)
{
	uint64_t more = s->more_results;
	unsigned shown = 0;

	/* Of first and of removed results the outputs are told above. */
	for (size_t i = 0; s->lock == 'M' && i < s->nresults; i++) {
		if (is_told(s, &s->results[i]))
			continue;
		if (shown++ < LINES)
			add_result(b, &s->results[i]);
		else
			more++;
	}
	if (more)
		buf_addf(b, "  - and %llu more\n", (unsigned long long)more);
}

int report_md_stage(void *data, const struct dver_report_stage *s)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "- ");
	markdown_code(&b, s->name);
	buf_addstr(&b, s->status == 'A' ? " **new**" : s->status == 'D'
		       ? " **removed**" : s->status == 'M' ? " changed" : "");
	if (s->lock)
		buf_addf(&b, "%s %s", s->status == '=' ? "" : ",",
			 s->lock == 'A' ? "first results" : s->lock == 'D'
			 ? "results removed" : "new results");
	buf_addc(&b, '\n');
	add_parts(&b, s);
	add_results(&b, s);
	return report_md_row(&m->stages, &b);
}

static void add_reason(struct buf *b, const struct dver_reason *x)
{
	const char *after;

	buf_addstr(b, dver_reason_words(x, &after));
	if (!after)
		return;
	markdown_code(b, x->name);
	buf_addstr(b, after);
}

int report_md_run(void *data, const struct dver_stage_event *e)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "- ");
	markdown_code(&b, e->stage);
	buf_addstr(&b, e->nreasons || e->text ? ": " : "");
	if (e->text)
		markdown_code(&b, e->text);
	for (size_t i = 0; i < e->nreasons && i < 3; i++) {
		buf_addstr(&b, i || e->text ? "; " : "");
		add_reason(&b, &e->reasons[i]);
	}
	if (e->nreasons > 3)
		buf_addf(&b, "; and %zu more", e->nreasons - 3);
	buf_addc(&b, '\n');
	return report_md_row(&m->runs, &b);
}
