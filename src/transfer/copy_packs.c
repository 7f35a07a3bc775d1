/*
 * copy_packs - which packs hold what is lacking, and these frames out of them:
 * a pack a job, neighbours by one read.
 *
 * A scan of the indexes finds the packs; in which order frames lie in one, its
 * footer says.  Of the places of an object only the one that store_find()
 * takes for the best is counted and read, so that it is copied once.
 */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/pack.h"
#include "transfer/copy_internal.h"

#define TAIL (64u << 10)	/* read of a pack's end, at first */
#define GAP (64u << 10)		/* less between two frames is read along */
#define RANGE (2u << 20)	/* of one read, but for one larger frame */

/* A pack with something to copy. */
struct task {
	uint32_t size;
	enum fact_place place;
};

struct scan {
	struct copy *c;
	enum copy_pass pass;
	struct keymap packs;	/* name -> struct task */
};

struct pack_job {
	struct pool_job job;
	struct copy *c;
	enum copy_pass pass;
	struct fact pack;	/* its name, size and place */
};

static bool in_pass(enum copy_pass pass, const struct fact *f)
{
	bool chunk = f->kind == FACT_CHUNK;

	switch (pass) {
	case COPY_META:
		return chunk && f->place == PLACE_META;
	case COPY_DATA:
		return chunk && f->place == PLACE_PACK;
	case COPY_PARTS:
	case COPY_RECIPES:
		return !chunk;
	}
	return false;
}

int copy_is_best(struct copy *c, const struct fact *f, struct dver_err *err)
{
	struct fact best;
	int r = store_find(c->from, &f->id, false, &best, err);

	if (r <= 0)
		return r;
	return best.kind == f->kind && best.offset == f->offset &&
	       memcmp(best.pack, f->pack, RAND_NAME) == 0;
}

/* To plain: is this chunk no object of its own? */
static bool only_part(const struct copy *c, const struct oid *id)
{
	return keymap_get(&c->parts, id->id) && !keymap_get(&c->also, id->id);
}

/*
 * Is the frame wanted in this pass?  1, 0, < 0.  Trees are read, also those
 * that are there, when their small files might be taken for chunks.
 */
static int wanted(struct copy *c, enum copy_pass pass, const struct fact *f,
		  struct dver_err *err)
{
	bool plain = store_is_plain(c->to);

	if (pass == COPY_PARTS)
		return 1;
	if (plain && only_part(c, &f->id))
		return 0;
	if (plain && pass == COPY_META && c->parts.n)
		return 1;
	return copy_lacks(c, &f->id, plain ? f->length : UINT64_MAX, err);
}

static int on_fact(void *data, const struct fact *f, struct dver_err *err)
{
	struct scan *s = data;
	struct task *t;
	int r;

	if (!in_pass(s->pass, f))
		return 0;
	r = copy_is_best(s->c, f, err);
	if (r > 0)
		r = wanted(s->c, s->pass, f, err);
	if (r <= 0)
		return r;
	t = keymap_put(&s->packs, f->pack, NULL);
	if (!t)
		return err_nomem(err);
	*t = (struct task){ f->pack_size, f->place };
	r = s->pass == COPY_PARTS ? 0
	    : copy_lacks(s->c, &f->id, UINT64_MAX, err);
	if (r > 0)
		copy_planned(s->c, f->length);
	return MIN(r, 0);
}

/* The last `len` bytes of a pack. */
static int read_end(struct copy *c, const struct fact *pack, struct buf *out,
		    size_t len, struct dver_err *err)
{
	struct fact f = *pack;

	f.stored = (uint32_t)len;
	f.offset = pack->pack_size - len;
	return store_read_frame(c->from, &f, out, err);
}

static int read_footer(struct copy *c, const struct fact *pack,
		       struct fact **facts, size_t *n, struct dver_err *err)
{
	AUTO_BUF struct buf end = BUF_INIT(PACK_MAX + TAIL);
	size_t cap = 0;
	uint64_t len;
	int r;

	if (pack->pack_size < PACK_HEAD + PACK_TRAILER)
		return err_set(err, DVER_ECORRUPT, "a pack in '%s' is too "
			       "short", store_transport(c->from)->url);
	r = read_end(c, pack, &end, MIN(pack->pack_size, TAIL), err);
	if (r == 0)
		r = pack_footer_length(&len, (uint8_t *)end.data + end.len -
				       PACK_TRAILER, pack->pack_size, err);
	if (r == 0 && len > end.len)
		r = read_end(c, pack, &end, (size_t)len, err);
	if (r < 0)
		return r;
	return pack_footer_parse(facts, n, &cap, pack->pack, pack->place,
				 pack->pack_size, end.data + end.len - len,
				 (size_t)len, err);
}

/* Only what an index names here, what is wanted, and nobody else's. */
static int choose(struct pack_job *j, const struct fact *f,
		  struct dver_err *err)
{
	struct copy *c = j->c;
	int r;

	if (!in_pass(j->pass, f))
		return 0;
	r = copy_is_best(c, f, err);
	if (r > 0 && store_is_plain(c->to))
		r = wanted(c, j->pass, f, err);
	if (r <= 0 || j->pass == COPY_PARTS)
		return r;
	return c->opts->dry_run ? 1 : copy_claim(c, &f->id, err);
}

static int keep_chosen(struct pack_job *j, struct fact *facts, size_t *n,
		       struct dver_err *err)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < *n; i++) {
		r = choose(j, &facts[i], err);
		if (r > 0)
			facts[kept++] = facts[i];
	}
	*n = kept;
	return MIN(r, 0);
}

/* How many of the facts one read brings. */
static size_t together(const struct fact *f, size_t n, uint64_t *len)
{
	uint64_t end = f->offset + f->stored;
	size_t i = 1;

	while (i < n && f[i].offset >= end && f[i].offset - end <= GAP &&
	       f[i].offset + f[i].stored - f->offset <= RANGE) {
		end = f[i].offset + f[i].stored;
		i++;
	}
	*len = end - f->offset;
	return i;
}

static int take_range(struct pack_job *j, int worker, const struct fact *f,
		      size_t n, uint64_t len, struct buf *bytes,
		      struct dver_err *err)
{
	struct fact range = *f;
	struct dver_err why;
	int r;

	range.stored = (uint32_t)len;
	r = store_read_frame(j->c->from, &range, bytes, &why);
	if (r < 0 && !copy_is_damage(r))
		return err_set(err, r, "%s", why.msg);
	/* Without its bytes, each is looked for elsewhere. */
	for (size_t i = 0, bad = r < 0; i < n; i++) {
		const char *frame = bytes->data + (f[i].offset - f->offset);

		r = copy_take(j->c, j->pass, worker, &f[i],
			      bad ? NULL : frame, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int pack_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct pack_job *j = (struct pack_job *)job;
	AUTO_BUF struct buf bytes = BUF_INIT(2 * RANGE);
	AUTO_FREE struct fact *facts = NULL;
	struct dver_err why;
	size_t n = 0;
	int r = read_footer(j->c, &j->pack, &facts, &n, &why);

	if (copy_is_damage(r)) {
		if (j->pass != COPY_PARTS)
			copy_missing(j->c, &why);
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	r = keep_chosen(j, facts, &n, err);
	for (size_t i = 0, k; r == 0 && i < n; i += k) {
		uint64_t len;

		k = together(facts + i, n - i, &len);
		r = cancel_check(j->c->opts->cancel, err);
		if (r == 0)
			r = take_range(j, worker, facts + i, k, len, &bytes,
				       err);
	}
	return r;
}

static void pack_release(struct pool_job *job)
{
	free(job);
}

static int submit(struct scan *s, const uint8_t *name, const struct task *t,
		  struct dver_err *err)
{
	struct pack_job *j;
	int r = copy_slice(s->c, err);

	if (r < 0)
		return r;
	j = calloc(1, sizeof(*j));
	if (!j)
		return err_nomem(err);
	j->job.run = pack_run;
	j->job.release = pack_release;
	j->c = s->c;
	j->pass = s->pass;
	j->pack = (struct fact){ .pack_size = t->size, .place = t->place };
	memcpy(j->pack.pack, name, RAND_NAME);
	return pool_submit(s->c->pool, &j->job, err);
}

/* Are packs read?  A dry run does so to find out what is wanted. */
static bool is_read(const struct copy *c, enum copy_pass pass)
{
	return !c->opts->dry_run || pass == COPY_PARTS ||
	       (pass == COPY_META && store_is_plain(c->to));
}

int copy_packs(struct copy *c, enum copy_pass pass, struct dver_err *err)
{
	struct scan s = { .c = c, .pass = pass };
	const void *name;
	void *task;
	size_t pos = 0;
	int r;

	keymap_init(&s.packs, RAND_NAME, sizeof(struct task));
	r = store_each_fact(c->from, on_fact, &s, err);
	while (r == 0 && is_read(c, pass) &&
	       (name = keymap_next(&s.packs, &pos, &task)))
		r = submit(&s, name, task, err);
	r = copy_wait(c, r, err);
	keymap_release(&s.packs);
	return r;
}
