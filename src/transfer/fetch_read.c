/*
 * fetch_read - parts that lie near each other in a pack are one read.
 *
 * The main thread gathers parts into spans, one for each of a few packs;
 * threads that wait for the remote read them, threads that work decode, check
 * and deliver.  What is read and not yet delivered is bounded: both queues
 * are, and a span is the smaller the more requests there are at once.
 */
#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "transfer/fetch_internal.h"

#define GAP_MAX (64u << 10)	/* unwanted bytes that are read along */
#define PARTS_MAX 4096

struct span {
	struct pool_job job;	/* of a worker, once it was read */
	struct fetch *p;
	bool ran;
	struct part *v;		/* owned, by offset */
	size_t n, cap;
	uint64_t end;
	struct buf bytes;	/* from the first part's offset on */
	int r;			/* of the read, and why */
	struct dver_err why;
};

/* Its read; a struct of its own, because the span may be gone first. */
struct read_job {
	struct pool_job job;
	struct span *s;		/* owned until it is handed to a worker */
};

void part_release(struct part *p)
{
	free(TAKE(p->w.path));
}

/* Large blocks that come and go would leave the heap in pieces. */
static void take_buffer(struct span *s)
{
	struct fetch *p = s->p;

	pthread_mutex_lock(&p->mutex);
	if (p->nspare)
		s->bytes = p->spare[--p->nspare];
	pthread_mutex_unlock(&p->mutex);
	buf_clear(&s->bytes);
}

static void give_buffer(struct span *s)
{
	struct fetch *p = s->p;

	pthread_mutex_lock(&p->mutex);
	if (p->spare && s->bytes.cap && p->nspare < SPARES) {
		p->spare[p->nspare++] = s->bytes;
		buf_init(&s->bytes, SIZE_MAX / 4);
	}
	pthread_mutex_unlock(&p->mutex);
	buf_release(&s->bytes);
}

static void span_free(struct span *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct large *l = s->v[i].l;

		if (l && !s->ran) {
			large_abort(l);
			(void)large_let_go(l, 0, NULL);
		}
		part_release(&s->v[i]);
	}
	free(s->v);
	give_buffer(s);
	free(s);
}

void fetch_spans_release(struct fetch *p)
{
	for (int i = 0; i < SPANS_OPEN; i++)
		if (p->open[i])
			span_free(TAKE(p->open[i]));
	while (p->nspare)
		buf_release(&p->spare[--p->nspare]);
	free(TAKE(p->spare));
}

/* The frame, decoded and checked, in io->chunk. */
static int decode(struct fetch *p, int worker, const struct fact *f,
		  const void *frame, struct dver_err *err)
{
	struct store_io *io = p->io[worker];
	char hex[OID_HEX + 1];
	struct oid real;
	int r = codec_decode(store_io_codec(io), store_io_chunk(io),
			     f->length, frame, f->stored, err);

	if (r == 0)
		r = hash_one(store_io_hash(io), real.id, store_io_chunk(io),
			     f->length, err);
	if (r == 0 && !oid_eq(&real, &f->id))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    oid_hex(hex, &f->id),
			    store_transport(p->remote)->url);
	return r;
}

/* Another place of the object may be good where this one is not. */
static int elsewhere(struct fetch *p, int worker, const struct part *x,
		     struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);
	struct store_io *io = p->io[worker];
	int r = fetch_object(p, worker, &x->f.id, &bytes, err);

	if (r == 0 && x->l && bytes.len != x->f.length)
		r = err_set(err, DVER_ECORRUPT, "a recipe gives a chunk the "
			    "wrong length");
	if (r < 0)
		return r;
	if (x->l) {
		memcpy(store_io_chunk(io), bytes.data, bytes.len);
		return 0;
	}
	return writer_put(p->w, worker, io, x->f.place, &x->f.id, bytes.data,
			  bytes.len, err);
}

static int take_small(struct span *s, int worker, struct part *x,
		      const void *frame, struct dver_err *err)
{
	struct fetch *p = s->p;
	struct dver_err why = { 0 };
	int r = frame ? decode(p, worker, &x->f, frame, &why) : DVER_ECORRUPT;

	if (r == 0) {
		r = writer_wants(p->w, &x->f.id, &why);
		if (r > 0)
			r = writer_put_frame(p->w, worker, &x->f, frame,
					     x->f.stored, &why);
	} else if (r == DVER_ECORRUPT || r == DVER_EUNSUPPORTED) {
		r = elsewhere(p, worker, x, &why);
	}
	return fetch_settle(p, &x->w, r, &why, err);
}

static int take_large(struct span *s, int worker, struct part *x,
		      const void *frame, struct dver_err *err)
{
	struct fetch *p = s->p;
	struct dver_err why = { 0 };
	int r = DVER_ECORRUPT;

	if (x->local) {
		AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);

		r = store_read(p->local, p->io[worker], &x->f.id, CHUNK_MAX,
			       &bytes, &why);
		if (r == 0 && bytes.len == x->f.length)
			memcpy(store_io_chunk(p->io[worker]), bytes.data,
			       bytes.len);
		else if (r == 0)
			r = DVER_ECORRUPT;
	} else if (frame) {
		r = decode(p, worker, &x->f, frame, &why);
	}
	if (r == DVER_ECORRUPT || r == DVER_EMISSING ||
	    r == DVER_EUNSUPPORTED) {
		frame = NULL;
		r = elsewhere(p, worker, x, &why);
	}
	if (r >= 0)
		r = large_take(x, worker, store_io_chunk(p->io[worker]),
			       frame, &why);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT || r == DVER_ENOTFOUND)
		large_fail(x->l, &why);
	else if (r < 0)
		return err_set(err, r, "%s", why.msg);
	return 0;
}

/* The i-th part's frame in what was read; NULL: it is not there. */
static const void *frame_of(const struct span *s, size_t i)
{
	uint64_t off = s->v[i].f.offset - s->v[0].f.offset;

	if (s->r < 0 || off + s->v[i].f.stored > s->bytes.len)
		return NULL;
	return s->bytes.data + off;
}

static int span_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct span *s = (struct span *)job;
	int r = 0;

	s->ran = true;
	for (size_t i = 0; i < s->n; i++) {
		struct part *x = &s->v[i];
		const void *frame = x->local ? NULL : frame_of(s, i);
		int one;

		if (r == 0)
			r = cancel_check(s->p->opts->cancel, err);
		if (r == 0)
			r = x->l ? take_large(s, worker, x, frame, err)
				 : take_small(s, worker, x, frame, err);
		if (!x->l)
			continue;
		if (r < 0)
			large_abort(x->l);
		one = large_let_go(x->l, worker, r < 0 ? NULL : err);
		r = r < 0 ? r : one;
	}
	return r;
}

static void span_release(struct pool_job *job)
{
	span_free((struct span *)job);
}

static int give_to_worker(struct span *s, struct dver_err *err)
{
	s->job.run = span_run;
	s->job.release = span_release;
	return pool_submit(s->p->pool, &s->job, err);
}

static int read_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct read_job *j = (struct read_job *)job;
	struct span *s = j->s;
	const struct fact *first = &s->v[0].f;
	size_t len = (size_t)(s->end - first->offset);
	char key[FACT_KEY_MAX];
	int r = cancel_check(s->p->opts->cancel, err);

	(void)worker;
	if (r < 0)
		return r;
	take_buffer(s);
	if (!buf_reserve(&s->bytes, MAX(len, (size_t)s->p->span_max)))
		return err_nomem(err);
	fact_key(key, first);
	s->r = transport_get(store_transport(s->p->remote), key,
			     first->offset, s->bytes.data, len, &s->bytes.len,
			     &s->why);
	if (s->r == DVER_ENET || s->r == DVER_EAUTH || s->r == DVER_EREMOTE ||
	    s->r == DVER_ECANCEL)
		return err_set(err, s->r, "%s", s->why.msg);
	return give_to_worker(TAKE(j->s), err);
}

static void read_release(struct pool_job *job)
{
	struct read_job *j = (struct read_job *)job;

	if (j->s)
		span_free(j->s);
	free(j);
}

static int start(struct fetch *p, struct span *s, struct dver_err *err)
{
	struct read_job *j;

	if (s->v[0].local)
		return give_to_worker(s, err);
	j = calloc(1, sizeof(*j));
	if (!j) {
		span_free(s);
		return err_nomem(err);
	}
	j->job.run = read_run;
	j->job.release = read_release;
	j->s = s;
	return pool_submit(p->reads, &j->job, err);
}

static void close_gap(struct fetch *p, int i)
{
	for (; i + 1 < SPANS_OPEN; i++)
		p->open[i] = p->open[i + 1];
	p->open[SPANS_OPEN - 1] = NULL;
}

int fetch_flush(struct fetch *p, struct dver_err *err)
{
	int r = 0;

	while (r == 0 && p->open[0]) {
		struct span *s = p->open[0];

		close_gap(p, 0);
		r = start(p, s, err);
	}
	return r;
}

int fetch_wait(struct fetch *p, struct dver_err *err)
{
	int r = fetch_flush(p, err);
	int reads = pool_wait(p->reads, r < 0 ? NULL : err);
	int works;

	r = r < 0 ? r : reads;
	works = pool_wait(p->pool, r < 0 ? NULL : err);
	return r < 0 ? r : works;
}

static bool is_same_pack(const struct span *s, const struct part *x)
{
	return s->v[0].local == x->local &&
	       (x->local || memcmp(s->v[0].f.pack, x->f.pack,
				   sizeof(x->f.pack)) == 0);
}

static bool fits(const struct fetch *p, const struct span *s,
		 const struct part *x)
{
	const struct fact *f = &x->f;

	if (s->n == PARTS_MAX)
		return false;
	if (x->local)
		return s->end + f->length <= p->span_max;
	return f->offset >= s->end && f->offset <= s->end + GAP_MAX &&
	       f->offset + f->stored <= s->v[0].f.offset + p->span_max;
}

static int append(struct span *s, struct part *x, struct dver_err *err)
{
	if (!mem_grow(&s->v, &s->cap, s->n + 1, sizeof(*s->v)))
		return err_nomem(err);
	s->v[s->n++] = *x;
	s->end = x->local ? s->end + x->f.length : x->f.offset + x->f.stored;
	return 0;
}

/* The part is lost with the run: it was not handed on. */
static int give_up(struct part *x, int r)
{
	if (x->l) {
		large_abort(x->l);
		(void)large_let_go(x->l, 0, NULL);
	}
	part_release(x);
	return r;
}

static int open_span(struct fetch *p, struct part *x, struct dver_err *err)
{
	struct span *s = calloc(1, sizeof(*s));
	int i = 0;

	if (!s)
		return give_up(x, err_nomem(err));
	s->p = p;
	buf_init(&s->bytes, SIZE_MAX / 4);
	if (append(s, x, err) < 0) {
		free(s);
		return give_up(x, DVER_ENOMEM);
	}
	while (p->open[i])
		i++;
	p->open[i] = s;
	return 0;
}

int fetch_part(struct fetch *p, struct part *x, struct dver_err *err)
{
	int i = 0;

	while (i < SPANS_OPEN && p->open[i] && !is_same_pack(p->open[i], x))
		i++;
	if (i < SPANS_OPEN && p->open[i] && fits(p, p->open[i], x)) {
		int r = append(p->open[i], x, err);

		return r < 0 ? give_up(x, r) : 0;
	}
	/* The one of this pack, or the oldest, goes to make room. */
	if (i == SPANS_OPEN)
		i = 0;
	if (p->open[i]) {
		struct span *s = p->open[i];
		int r;

		close_gap(p, i);
		r = start(p, s, err);
		if (r < 0)
			return give_up(x, r);
	}
	return open_span(p, x, err);
}
