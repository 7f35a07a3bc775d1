/*
 * report_md_data - the part of the report in Markdown that is about outputs.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/markdown.h"
#include "cmd/out.h"
#include "cmd/report_md.h"

#define MOVES_SHOWN 10u		/* of an output */
#define FOLDERS_SHOWN 10u	/* the same */

static void add_counts(struct buf *b, uint64_t added, uint64_t modified,
		       uint64_t deleted, uint64_t moved)
{
	buf_addf(b, " | %llu | %llu | %llu | %llu |",
		 (unsigned long long)added, (unsigned long long)modified,
		 (unsigned long long)deleted, (unsigned long long)moved);
}

static int add_folder(struct report_md *m, const struct dver_report_folder *f,
		      uint64_t others)
{
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "| ");
	if (others)
		buf_addf(&b, "%llu other%s", (unsigned long long)others,
			 out_s(others));
	else
		markdown_code(&b, f->path);
	add_counts(&b, f->added, f->modified, f->deleted, f->moved);
	buf_addc(&b, '\n');
	return report_md_row(&m->folders, &b);
}

static uint64_t total(const struct dver_report_folder *f)
{
	return f->added + f->modified + f->deleted + f->moved;
}

/* Is this one of those with the most changes? */
static bool is_shown(const struct dver_report_output *o, size_t at)
{
	size_t before = 0;

	for (size_t i = 0; i < o->nfolders; i++)
		before += total(&o->folders[i]) > total(&o->folders[at]) ||
			  (total(&o->folders[i]) == total(&o->folders[at]) &&
			   i < at);
	return before < FOLDERS_SHOWN;
}

static int add_folders(struct report_md *m, const struct dver_report_output *o)
{
	struct dver_report_folder rest = o->rest;
	uint64_t others = o->nrest;
	int r = 0;

	/* The output's own line has said it all. */
	if (o->nfolders == 1 && !o->nrest &&
	    strcmp(o->folders[0].path, o->path) == 0)
		return 0;
	for (size_t i = 0; r == 0 && i < o->nfolders; i++) {
		const struct dver_report_folder *f = &o->folders[i];

		if (is_shown(o, i)) {
			r = add_folder(m, f, 0);
			continue;
		}
		rest.added += f->added;
		rest.modified += f->modified;
		rest.deleted += f->deleted;
		rest.moved += f->moved;
		others++;
	}
	return r == 0 && others ? add_folder(m, &rest, others) : r;
}

static int add_moves(struct report_md *m, const struct dver_report_output *o)
{
	size_t shown = MIN(o->nmoves, (size_t)MOVES_SHOWN);
	int r = 0;

	for (size_t i = 0; r == 0 && i < shown; i++) {
		AUTO_BUF struct buf b = BUF_BIG;

		buf_addstr(&b, "- ");
		markdown_code(&b, o->moves[i].from);
		buf_addstr(&b, " to ");
		markdown_code(&b, o->moves[i].to);
		buf_addc(&b, '\n');
		r = report_md_row(&m->moves, &b);
	}
	m->moves.left_out += o->moved - shown;
	return r;
}

static void add_sizes(struct buf *b, const struct dver_report_output *o)
{
	char old[OUT_SIZE], now[OUT_SIZE];

	out_size(old, o->old_bytes);
	out_size(now, o->new_bytes);
	/* A pointer that cannot be read does not say. */
	if (o->problem && !o->old_files)
		(void)snprintf(old, sizeof(old), "?");
	if (o->problem && !o->new_files)
		(void)snprintf(now, sizeof(now), "?");
	if (o->status == 'A' || strcmp(old, now) == 0)
		buf_addf(b, " %s |", now);
	else if (o->status == 'D')
		buf_addf(b, " was %s |", old);
	else
		buf_addf(b, " %s to %s |", old, now);
}

int report_md_output(void *data, const struct dver_report_output *o)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf name = BUF_BIG;
	int r;

	m->outputs++;
	buf_addf(&name, "%s%s", o->path, o->directory ? "/" : "");
	buf_addstr(&b, "| ");
	markdown_code(&b, name.data);
	if (o->other) {
		buf_addstr(&b, o->status == 'A' ? " was " : " is now ");
		markdown_code(&b, o->other);
	} else {
		buf_addstr(&b, o->status == 'A' ? " **new**"
			       : o->status == 'D' ? " **removed**" : "");
	}
	if (o->problem && !o->added && !o->deleted)
		buf_addstr(&b, " | ? | ? | ? | ? |");
	else
		add_counts(&b, o->added, o->modified, o->deleted, o->moved);
	add_sizes(&b, o);
	buf_addc(&b, '\n');
	r = report_md_row(&m->data, &b);
	if (r == 0 && o->problem) {
		buf_clear(&b);
		buf_addstr(&b, "- ");
		markdown_code(&b, name.data);
		buf_addstr(&b, ": ");
		markdown_long(&b, o->problem);
		buf_addc(&b, '\n');
		r = report_md_row(&m->problems, &b);
	}
	if (r == 0)
		r = add_folders(m, o);
	return r < 0 ? r : add_moves(m, o);
}

int report_md_rows(void *data, const struct dver_report_rows *x)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addstr(&b, "- ");
	markdown_code(&b, x->path);
	if (x->problem) {
		buf_addstr(&b, ": ");
		markdown_long(&b, x->problem);
		buf_addc(&b, '\n');
		return report_md_row(&m->problems, &b);
	}
	if (!x->added && !x->deleted && !x->changed)
		buf_addstr(&b, ": the same in another order");
	else
		buf_addf(&b, ": %llu added, %llu removed, %llu changed",
			 (unsigned long long)x->added,
			 (unsigned long long)x->deleted,
			 (unsigned long long)x->changed);
	buf_addstr(&b, x->nshown ? "\n\n  ```diff\n" : "\n");
	for (size_t i = 0; i < x->nshown; i++) {
		buf_addf(&b, "  %c", x->shown[i].sign);
		markdown_line(&b, x->shown[i].text);
		buf_addc(&b, '\n');
	}
	buf_addstr(&b, x->nshown ? "  ```\n\n" : "");
	return report_md_row(&m->rows, &b);
}
