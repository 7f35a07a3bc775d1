/*
 * report_images - images that differ, as a table and as a list of objects.
 */
#include "cmd/report_images.h"

#include "base/mem.h"
#include "cmd/markdown.h"
#include "cmd/out.h"
#include "cmd/report_md.h"

static void add_size(struct buf *b, const struct dver_report_picture *p)
{
	char text[OUT_SIZE];

	buf_addstr(b, p->sized ? out_size(text, p->size) : "?");
}

static void add_pixels(struct buf *b, const struct dver_report_picture *p)
{
	if (p->width)
		buf_addf(b, "%u\u00d7%u", (unsigned)p->width,
			 (unsigned)p->height);
	else
		buf_addc(b, '?');
}

typedef void (*add_fn)(struct buf *b, const struct dver_report_picture *p);

/* "a to b"; of what has one side, or says the same of both, once. */
static void add_pair(struct buf *b, const struct dver_report_image *x,
		     add_fn add)
{
	AUTO_BUF struct buf old = BUF_BIG;
	AUTO_BUF struct buf now = BUF_BIG;

	if (x->old.there)
		add(&old, &x->old);
	if (x->now.there)
		add(&now, &x->now);
	if (x->old.there && x->now.there && !streq(old.data, now.data))
		buf_addf(b, "%s to %s", old.data, now.data);
	else
		buf_addstr(b, x->now.there ? now.data : old.data);
	b->failed |= old.failed || now.failed;
}

static int add_problem(struct report_md *m, const struct dver_report_image *x,
		       const struct dver_report_picture *p, bool before)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (!p->problem)
		return 0;
	buf_addstr(&b, "- ");
	markdown_code(&b, x->path);
	buf_addstr(&b, before ? " (before): " : ": ");
	markdown_long(&b, p->problem);
	buf_addc(&b, '\n');
	return report_md_row(&m->problems, &b);
}

int report_md_image(void *data, const struct dver_report_image *x)
{
	struct report_md *m = data;
	AUTO_BUF struct buf b = BUF_BIG;
	int r = add_problem(m, x, &x->old, true);

	if (r == 0)
		r = add_problem(m, x, &x->now, false);
	if (r < 0)
		return r;
	buf_addstr(&b, "| ");
	markdown_code(&b, x->path);
	buf_addstr(&b, x->status == 'A' ? " **new** | " : x->status == 'D'
		       ? " **removed** | " : " | ");
	add_pair(&b, x, add_size);
	buf_addstr(&b, " | ");
	if (x->shown)
		add_pair(&b, x, add_pixels);
	else
		buf_addstr(&b, "not read");
	buf_addstr(&b, " |\n");
	return report_md_row(&m->images, &b);
}

static void put_picture(struct json *j, const char *key,
			const struct dver_report_picture *p)
{
	if (!p->there) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	if (p->sized)
		json_number(j, "size", p->size);
	if (p->type)
		json_string(j, "type", p->type);
	if (p->width) {
		json_number(j, "width", p->width);
		json_number(j, "height", p->height);
	}
	if (p->problem) {
		json_string(j, "problem", p->problem);
		json_bool(j, "missing", p->code == DVER_EMISSING);
	}
	json_end_object(j);
}

void report_image_json(struct json *j, const struct dver_report_image *x)
{
	json_object(j, NULL);
	json_string(j, "path", x->path);
	json_string(j, "status", x->status == 'A' ? "new"
		    : x->status == 'D' ? "removed" : "changed");
	json_bool(j, "shown", x->shown);
	put_picture(j, "old", &x->old);
	put_picture(j, "new", &x->now);
	json_end_object(j);
}
