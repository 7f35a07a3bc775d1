/*
 * summary_images - images that differ: which are read, and what is in them.
 *
 * However many differ, only so many are kept in mind, and of these two (both
 * sides of one) are in memory at a time.
 */
#include "base/err.h"
#include "base/mem.h"
#include "format/image.h"
#include "report/report.h"
#include "report/summary.h"

int summary_image_note(struct summary *s, const char *path,
		       const struct item *old, const struct item *now,
		       struct summary_image **out)
{
	struct summary_images *to = old && now ? &s->changed : &s->lone;
	static const struct item nowhere = { .where = ITEM_NOWHERE };
	struct summary_image *x;
	char *copy;

	to->all++;
	if (to->n == DVER_REPORT_IMAGES_LISTED)
		return 0;
	copy = strdup(path);
	if (!copy || !mem_grow(&to->v, &to->cap, to->n + 1, sizeof(*to->v))) {
		free(copy);
		return DVER_ENOMEM;
	}
	x = &to->v[to->n++];
	*x = (struct summary_image){
		.path = copy, .status = !old ? 'A' : !now ? 'D' : 'M',
		.old = old ? *old : nowhere, .now = now ? *now : nowhere };
	*out = x;
	return 1;
}

static void release(struct summary_images *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->v[i].path);
	free(x->v);
}

void summary_images_release(struct summary *s)
{
	release(&s->changed);
	release(&s->lone);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct summary_image *)a)->path,
		      ((const struct summary_image *)b)->path);
}

struct reading {
	struct summary *s;
	struct report rep;
	struct view view;	/* of no revision: items say where they are */
	size_t left;		/* bytes, of all images together */
	struct buf old, now;
};

static int gather(void *data, const void *bytes, size_t len,
		  struct dver_err *err)
{
	struct buf *b = data;

	buf_add(b, bytes, len);
	return buf_check(b, err);
}

static int too_large(const struct dver_report_picture *p, size_t left,
		     struct dver_err *err)
{
	if (p->size > DVER_REPORT_IMAGE)
		return err_set(err, DVER_EFORMAT, "it is larger than %u MiB",
			       DVER_REPORT_IMAGE >> 20);
	if (p->size > left)
		return err_set(err, DVER_EFORMAT, "images that are shown "
			       "already are near %u MiB together",
			       DVER_REPORT_IMAGE_BYTES >> 20);
	return 0;
}

static int load(struct reading *x, struct item *item, bool old,
		struct buf *b, struct dver_report_picture *p,
		struct dver_err *err)
{
	struct image_info info;
	int r = too_large(p, x->left, err);

	if (r == 0)
		r = view_feed(&x->view, item, DVER_REPORT_IMAGE, gather, b,
			      err);
	if (r == DVER_EMISSING)
		return err_set(err, r, "%s is not in the local store, nor in "
			       "a remote that could be asked: dver fetch%s "
			       "brings it", old ? "what it was before" : "it",
			       old ? " --all-commits" : "");
	if (r < 0)
		return r;
	p->sized = true;
	p->size = b->len;
	r = too_large(p, x->left, err);
	if (r < 0)
		return r;
	if (!image_read(&info, b->data, b->len))
		return err_set(err, DVER_EFORMAT, "it is no PNG, JPEG, GIF, "
			       "SVG or WebP");
	x->left -= b->len;
	p->type = info.type;
	p->width = info.width;
	p->height = info.height;
	p->bytes = b->data;
	return 0;
}

/* < 0 is what ends the report; all else is told of the image. */
static int read_side(struct reading *x, const struct summary_image *i,
		     bool old, struct dver_report_picture *p,
		     struct dver_err *why, struct dver_err *err)
{
	struct buf *b = old ? &x->old : &x->now;
	struct item item = old ? i->old : i->now;
	int r;

	p->there = item.where != ITEM_NOWHERE;
	p->sized = p->there && i->sized;
	p->size = old ? i->old_size : i->new_size;
	if (!p->there || !i->shown)
		return 0;
	item.path = i->path;
	buf_clear(b);
	r = load(x, &item, old, b, p, why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why->msg);
	p->problem = r < 0 ? why->msg : NULL;
	p->code = r;
	return 0;
}

static int tell_image(struct reading *x, const struct summary_image *i,
		      struct dver_err *err)
{
	const struct dver_report_calls *calls = x->s->calls;
	struct dver_report_image told = { .path = i->path,
					  .status = i->status,
					  .shown = i->shown };
	struct dver_err was, is;
	int r = cancel_check(&x->s->repo->cancel, err);

	if (r == 0)
		r = read_side(x, i, true, &told.old, &was, err);
	if (r == 0)
		r = read_side(x, i, false, &told.now, &is, err);
	return r < 0 ? r : calls->image(calls->data, &told);
}

static size_t choose(struct summary_images *x, size_t room)
{
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_path);
	for (size_t i = 0; i < x->n && room; i++, room--)
		x->v[i].shown = true;
	return room;
}

/* Of both lists as one those that are shown, or those that are not. */
static int tell_some(struct reading *x, bool shown, struct dver_err *err)
{
	struct summary_images *a = &x->s->changed, *b = &x->s->lone;
	/* Changed ones first, where not all can be listed. */
	size_t nb = MIN(b->n, DVER_REPORT_IMAGES_LISTED - a->n);
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n || j < nb)) {
		bool first = j == nb ||
			     (i < a->n && by_path(&a->v[i], &b->v[j]) <= 0);
		const struct summary_image *image = first ? &a->v[i++]
							  : &b->v[j++];

		if (image->shown == shown)
			r = tell_image(x, image, err);
	}
	return r;
}

int summary_images(struct summary *s, struct dver_err *err)
{
	struct reading x = { .s = s, .left = DVER_REPORT_IMAGE_BYTES,
			     .view = { .rep = NULL },
			     .old = BUF_INIT(DVER_REPORT_IMAGE + 1),
			     .now = BUF_INIT(DVER_REPORT_IMAGE + 1) };
	int want = s->o->images ? s->o->images : DVER_REPORT_IMAGES;
	int r;

	if (!s->changed.all && !s->lone.all)
		return 0;
	r = report_open(&x.rep, s->repo, DVER_METRICS, 0, NULL, 0, err);
	x.view.rep = &x.rep;
	(void)choose(&s->lone, choose(&s->changed,
				      want < 0 ? 0 : (size_t)want));
	if (r == 0 && s->calls->images)
		r = s->calls->images(s->calls->data,
				     s->changed.all + s->lone.all);
	if (r == 0)
		r = tell_some(&x, true, err);
	if (r == 0)
		r = tell_some(&x, false, err);
	buf_release(&x.old);
	buf_release(&x.now);
	report_release(&x.rep);
	return r;
}
