/*
 * flat_events - the last scalar of each tag of a TensorBoard event file.
 *
 * Where a run was given up and began again at an earlier step, tags whose
 * last point is of the part that was given up count from there on anew.
 */
#include "report/flat.h"

#include "base/buf.h"
#include "base/err.h"
#include "format/scalar.h"
#include "format/tfevents.h"

struct tag {
	char *name;	/* owned */
	int64_t step;
	double value;
	bool gone;
};
struct events {
	const char *path;
	struct tag *v;	/* owned; in the order they came */
	size_t n, cap, last;
};

static struct tag *find(struct events *e, const char *name)
{
	/* Writers tell the tags in turn: the next one is the likeliest. */
	for (size_t i = 0; i < e->n; i++) {
		size_t at = (e->last + 1 + i) % e->n;

		if (streq(e->v[at].name, name)) {
			e->last = at;
			return &e->v[at];
		}
	}
	return NULL;
}

static int on_value(void *data, const struct tfevents_value *v,
		    struct dver_err *err)
{
	struct events *e = data;
	struct tag *t = v->tag ? find(e, v->tag) : NULL;

	for (size_t i = 0; !v->tag && i < e->n; i++)
		e->v[i].gone |= e->v[i].step >= v->step;
	if (!v->tag)
		return 0;
	if (!t) {
		struct tag x = { .name = strdup(v->tag) };

		if (e->n == FLAT_TAGS_MAX) {
			free(x.name);
			return err_set(err, DVER_EFORMAT, "%s: over %d tags",
				       e->path, FLAT_TAGS_MAX);
		}
		if (!x.name ||
		    !mem_grow(&e->v, &e->cap, e->n + 1, sizeof(x))) {
			free(x.name);
			return err_nomem(err);
		}
		e->last = e->n++;
		t = &e->v[e->last];
		*t = x;
	}
	t->step = v->step;
	t->value = v->value;
	t->gone = false;
	return 0;
}

static int add(struct flat *f, const struct tag *t, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;

	scalar_put_float(&b, t->value);
	return buf_ok(&b) ? flat_add(f, t->name, (struct dver_value){
					     DVER_VALUE_FLOAT, b.data,
					     t->value }, err)
			  : err_nomem(err);
}

int flat_read_events(struct flat *f, const char *path, const char *text,
		     size_t len, struct dver_err *err)
{
	AUTO_TFEVENTS struct tfevents *t = NULL;
	struct events e = { .path = path };
	int r = tfevents_new(&t, path, on_value, &e, err);

	if (r == 0)
		r = tfevents_feed(t, text, len, err);
	for (size_t i = 0; r == 0 && i < e.n; i++)
		if (!e.v[i].gone)
			r = add(f, &e.v[i], err);
	for (size_t i = 0; i < e.n; i++)
		free(e.v[i].name);
	free(e.v);
	return r;
}
