#include "cmd/report_md.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/markdown.h"
#include "cmd/out.h"
#include "cmd/report_plots.h"
#include "cmd/values.h"

/*
 * GitHub takes 65,536 characters, GitLab a million.  Eleven parts of this
 * size, heads and the notes on what was left out stay below that.
 */
#define PART_MAX 5500u
#define ROWS_MAX 60u

void report_md_init(struct report_md *m)
{
	struct report_part empty = { .text = BUF_BIG };

	*m = (struct report_md){
		.data = empty, .folders = empty, .moves = empty,
		.rows = empty,
		.params = empty, .metrics = empty, .plots = empty,
		.images = empty, .stages = empty,
		.runs = empty, .problems = empty, .head = BUF_BIG };
}

void report_md_release(struct report_md *m)
{
	buf_release(&m->data.text);
	buf_release(&m->folders.text);
	buf_release(&m->moves.text);
	buf_release(&m->rows.text);
	buf_release(&m->params.text);
	buf_release(&m->metrics.text);
	buf_release(&m->plots.text);
	buf_release(&m->images.text);
	buf_release(&m->stages.text);
	buf_release(&m->runs.text);
	buf_release(&m->problems.text);
	buf_release(&m->head);
}

int report_md_row(struct report_part *p, const struct buf *row)
{
	if (!buf_ok(row))
		return DVER_ENOMEM;
	if (p->left_out || p->rows == ROWS_MAX ||
	    p->text.len + row->len > PART_MAX) {
		p->left_out++;
		return 0;
	}
	buf_add(&p->text, row->data, row->len);
	p->rows++;
	return buf_ok(&p->text) ? 0 : DVER_ENOMEM;
}

static int on_ends(void *data, const struct dver_report_ends *e)
{
	struct report_md *m = data;
	struct buf *b = &m->head;

	markdown_code(b, e->rev);
	if (e->commit && strncmp(e->commit, e->rev, strlen(e->rev)) != 0)
		buf_addf(b, " (%.10s)", e->commit);
	if (!e->base) {
		buf_addstr(b, ": everything is new");
	} else {
		buf_addstr(b, " compared with ");
		if (strcmp(e->asked, e->base) != 0)
			markdown_code(b, e->asked);
		buf_addf(b, strcmp(e->asked, e->base) != 0
			 ? " (where they parted: %.10s)" : "%.10s", e->base);
	}
	buf_addstr(b, ".\n");
	return buf_ok(b) ? 0 : DVER_ENOMEM;
}

static void add_value(struct buf *b, const struct dver_value *v)
{
	AUTO_BUF struct buf text = BUF_BIG;

	values_text(&text, v, 5);
	if (v->kind == DVER_VALUE_NONE)
		buf_addc(b, '-');
	else if (v->kind == DVER_VALUE_TEXT && !text.len)
		buf_addstr(b, "(empty)");
	else
		markdown_code(b, text.data);
}

static int add_broken(struct report_md *m, const struct dver_value_change *c)
{
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "- ");
	markdown_code(&b, c->path);
	buf_addstr(&b, c->new_problem ? ": " : " (before): ");
	markdown_long(&b, c->new_problem ? c->new_problem : c->old_problem);
	buf_addc(&b, '\n');
	return report_md_row(&m->problems, &b);
}

static void add_change(struct buf *b, const struct dver_value_change *c)
{
	if (c->has_difference)
		values_signed(b, &c->difference, 5);
	else
		buf_addstr(b, c->old.kind == DVER_VALUE_NONE ? "new"
			      : c->now.kind == DVER_VALUE_NONE ? "removed"
			      : "");
	if (c->has_percent)
		buf_addf(b, fabs(c->percent) < 100 ? " (%+.1f%%)"
						   : " (%+.4g%%)", c->percent);
	buf_addstr(b, c->better > 0 ? " | better |" : c->better < 0
		      ? " | **worse** |" : " | |");
}

static int add_values(struct report_md *m, struct report_part *p,
		      const struct dver_value_change *c, bool metric)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (!c->name)
		return add_broken(m, c);
	buf_addstr(&b, "| ");
	markdown_code(&b, c->path);
	buf_addstr(&b, " | ");
	markdown_code(&b, c->name);
	buf_addstr(&b, " | ");
	add_value(&b, &c->old);
	buf_addstr(&b, " | ");
	add_value(&b, &c->now);
	buf_addstr(&b, metric ? " | " : " |");
	if (metric)
		add_change(&b, c);
	buf_addc(&b, '\n');
	return report_md_row(p, &b);
}

static int on_param(void *data, const struct dver_value_change *c)
{
	struct report_md *m = data;

	return add_values(m, &m->params, c, false);
}

static int on_metric(void *data, const struct dver_value_change *c)
{
	struct report_md *m = data;

	m->better += c->better > 0;
	m->worse += c->better < 0;
	return add_values(m, &m->metrics, c, true);
}

static int on_images(void *data, uint64_t n)
{
	struct report_md *m = data;

	m->nimages = n;
	return 0;
}

static int on_problem(void *data, const char *text)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "- ");
	markdown_long(&b, text);
	buf_addc(&b, '\n');
	return report_md_row(&m->problems, &b);
}

struct dver_report_calls report_md_calls(struct report_md *m)
{
	return (struct dver_report_calls){
		.ends = on_ends, .output = report_md_output,
		.rows = report_md_rows, .param = on_param,
		.metric = on_metric, .plots = report_md_plots,
		.images = on_images, .image = report_md_image,
		.stage = report_md_stage,
		.run = report_md_run,
		.problem = on_problem, .data = m };
}

static uint64_t all(const struct report_part *p)
{
	return p->rows + p->left_out;
}

static void put_part(const struct report_part *p, const char *title,
		     const char *head)
{
	if (!all(p))
		return;
	(void)printf("\n%s%s%s", title, *title ? "\n\n" : "", head);
	(void)fwrite(p->text.data, 1, p->text.len, stdout);
	if (p->left_out)
		(void)printf("\n%llu more %s left out.\n",
			     (unsigned long long)p->left_out,
			     p->left_out == 1 ? "was" : "were");
}

static void put_count(bool *first, uint64_t n, const char *what)
{
	if (!n)
		return;
	(void)printf("%s%llu %s%s", *first ? "" : ", ", (unsigned long long)n,
		     what, out_s(n));
	*first = false;
}

static void put_headline(const struct report_md *m)
{
	bool first = true;

	(void)printf("### Data report: ");
	put_count(&first, m->outputs, "output");
	put_count(&first, all(&m->params), "parameter");
	put_count(&first, all(&m->metrics), "metric");
	if (m->better || m->worse)
		(void)printf(" (%llu better, %llu worse)",
			     (unsigned long long)m->better,
			     (unsigned long long)m->worse);
	put_count(&first, m->nplots, "plot");
	put_count(&first, m->nimages, "image");
	put_count(&first, all(&m->stages), "stage");
	(void)printf(first ? "nothing changed" : " changed");
	if (all(&m->runs))
		(void)printf(", %llu stage%s would run",
			     (unsigned long long)all(&m->runs),
			     out_s(all(&m->runs)));
	(void)printf("\n\n%s", m->head.data);
}

int report_md_put(const struct report_md *m)
{
	/* Not all that differ are told. */
	struct report_part images = m->images;

	if (!buf_ok(&m->head))
		return DVER_ENOMEM;
	put_headline(m);
	put_part(&m->data, "#### Data", "| Output | Added | Changed | Removed "
		 "| Moved | Size |\n| --- | ---: | ---: | ---: | ---: | --- "
		 "|\n");
	put_part(&m->folders, "", "| Folder | Added | Changed | Removed | "
		 "Moved |\n| --- | ---: | ---: | ---: | ---: |\n");
	put_part(&m->moves, "Moved:", "");
	put_part(&m->rows, "Rows and lines:", "");
	put_part(&m->params, "#### Parameters", "| File | Parameter | Old | "
		 "New |\n| --- | --- | --- | --- |\n");
	put_part(&m->metrics, "#### Metrics", "| File | Metric | Old | New | "
		 "Change | |\n| --- | --- | ---: | ---: | ---: | --- |\n");
	put_part(&m->plots, "#### Plots", "| Plot | Series | Last | Lowest | "
		 "Highest | |\n| --- | --- | ---: | ---: | ---: | --- |\n");
	images.left_out = m->nimages - images.rows;
	put_part(&images, "#### Images", "| Image | Size | Pixels |\n"
		 "| --- | --- | --- |\n");
	put_part(&m->stages, "#### Pipeline", "");
	put_part(&m->runs, "#### Would run", "");
	put_part(&m->problems, "#### Not compared", "");
	return 0;
}
