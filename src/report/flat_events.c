/*
 * flat_events - the last scalar of each tag of a TensorBoard event file.
 *
 * Where a run was given up and began again at an earlier step, tags whose
 * last point is of the part that was given up count from there on anew.
 */
#include "report/flat.h"

#include "base/buf.h"
#include "base/cancel.h"
#include "base/err.h"
#include "base/hash.h"
#include "format/scalar.h"
#include "format/tfevents.h"

#define PIECE (1u << 20)	/* after which a signal is heard */

struct tag {
	char *name;		/* owned */
	int64_t step;
	double value;
	size_t run;		/* starts of a run before its last point */
};
/* A run began again. */
struct start {
	int64_t step;
	size_t run;
};
struct events {
	const char *path;
	struct hash *h;
	struct tag *v;		/* owned; in the order they came */
	size_t n, cap, last;
	struct keymap places;	/* hash of a name -> size_t in v */
	/*
	 * Of the starts those that no later one outdoes, by beginning no
	 * later: their steps rise.
	 */
	struct start *starts;	/* owned */
	size_t nstarts, starts_cap;
	size_t run;
};

static int on_start(struct events *e, int64_t step, struct dver_err *err)
{
	while (e->nstarts && e->starts[e->nstarts - 1].step >= step)
		e->nstarts--;
	if (!mem_grow(&e->starts, &e->starts_cap, e->nstarts + 1,
		      sizeof(*e->starts)))
		return err_nomem(err);
	e->starts[e->nstarts++] = (struct start){ step, ++e->run };
	return 0;
}

/* Is its last point of a part that was given up? */
static bool gone(const struct events *e, const struct tag *t)
{
	size_t first = 0, end = e->nstarts;

	/* The first start after it goes back the furthest. */
	while (first < end) {
		size_t mid = first + (end - first) / 2;

		if (e->starts[mid].run > t->run)
			end = mid;
		else
			first = mid + 1;
	}
	return first < e->nstarts && e->starts[first].step <= t->step;
}

static int new_tag(struct events *e, const char *name, struct dver_err *err)
{
	struct tag x = { .name = NULL };

	if (e->n == FLAT_TAGS_MAX)
		return err_set(err, DVER_EFORMAT, "%s: over %d tags", e->path,
			       FLAT_TAGS_MAX);
	if (!mem_grow(&e->v, &e->cap, e->n + 1, sizeof(x)))
		return err_nomem(err);
	x.name = strdup(name);
	if (!x.name)
		return err_nomem(err);
	e->v[e->n++] = x;
	return 0;
}

/* Its place becomes `last`. */
static int find(struct events *e, const char *name, struct dver_err *err)
{
	uint8_t key[HASH_SIZE];
	size_t *place;
	bool added;
	int r;

	/* Writers tell the tags in turn: the next one is the likeliest. */
	e->last = e->last + 1 < e->n ? e->last + 1 : 0;
	if (e->n && streq(e->v[e->last].name, name))
		return 0;
	r = hash_one(e->h, key, name, strlen(name), err);
	if (r < 0)
		return r;
	place = keymap_put(&e->places, key, &added);
	if (!place)
		return err_nomem(err);
	if (added) {
		*place = e->n;
		r = new_tag(e, name, err);
	}
	e->last = *place;
	return r;
}

static int on_value(void *data, const struct tfevents_value *v,
		    struct dver_err *err)
{
	struct events *e = data;
	struct tag *t;
	int r;

	if (!v->tag)
		return on_start(e, v->step, err);
	r = find(e, v->tag, err);
	if (r < 0)
		return r;
	t = &e->v[e->last];
	t->step = v->step;
	t->value = v->value;
	t->run = e->run;
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

static int feed(struct events *e, const char *text, size_t len,
		const struct cancel *cancel, struct dver_err *err)
{
	AUTO_TFEVENTS struct tfevents *t = NULL;
	int r = tfevents_new(&t, e->path, on_value, e, err);

	while (r == 0 && len) {
		size_t n = MIN(len, PIECE);

		r = cancel_check(cancel, err);
		if (r == 0)
			r = tfevents_feed(t, text, n, err);
		text += n;
		len -= n;
	}
	return r;
}

int flat_read_events(struct flat *f, const char *path, const char *text,
		     size_t len, const struct cancel *cancel,
		     struct dver_err *err)
{
	struct events e = { .path = path };
	int r = hash_new(&e.h, err);

	keymap_init(&e.places, HASH_SIZE, sizeof(size_t));
	if (r == 0)
		r = feed(&e, text, len, cancel, err);
	for (size_t i = 0; r == 0 && i < e.n; i++)
		if (!gone(&e, &e.v[i]))
			r = add(f, &e.v[i], err);
	for (size_t i = 0; i < e.n; i++)
		free(e.v[i].name);
	free(e.v);
	free(e.starts);
	keymap_release(&e.places);
	hash_free(e.h);
	return r;
}
