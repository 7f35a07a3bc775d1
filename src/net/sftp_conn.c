/*
 * sftp_conn - requests: each has a slot, whose number is its id, until its
 * answer came or the connection died.  Which of the two is the reader's to
 * say, so that it never writes to memory that its owner has left.
 */
#include "net/sftp_conn_internal.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "base/mem.h"

#define BLOCK_OLD (32u << 10)	/* what every server takes */
#define BLOCK_MAX (255u << 10)
#define PACKET_ROOM 1024	/* of a packet, for all but the data */
#define SLOTS_MAX 65536
#define GOODBYE 5		/* seconds */
#define HANG_UP 2000		/* ms */

int64_t sftp_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void sftp_req_init(struct sftp_req *rq)
{
	*rq = (struct sftp_req){ .body = BUF_INIT(SFTP_PACKET_MAX) };
}

void sftp_req_release(struct sftp_req *rq)
{
	buf_release(&rq->body);
}

int sftp_batch_new(struct sftp_batch **out, struct sftp_conn *c,
		   struct dver_err *err)
{
	struct sftp_batch *b = calloc(1, sizeof(*b));

	if (!b)
		return err_nomem(err);
	b->c = c;
	b->last = &b->first;
	pthread_cond_init(&b->answered, NULL);
	*out = b;
	return 0;
}

void sftp_batch_free(struct sftp_batch *b)
{
	if (!b)
		return;
	while (sftp_next(b))
		;
	pthread_cond_destroy(&b->answered);
	free(b);
}

struct sftp_conn *sftp_batch_conn(const struct sftp_batch *b)
{
	return b->c;
}

unsigned sftp_flying(const struct sftp_batch *b)
{
	return b->flying;
}

/* A slot for rq and its id; the mutex is held. */
static int take_slot(struct sftp_conn *c, struct sftp_req *rq, uint32_t *id)
{
	struct sftp_slot *s;
	uint32_t i = c->free_slot;

	if (i == c->nslots) {
		if (c->nslots == SLOTS_MAX ||
		    !mem_grow(&c->slots, &c->cap, c->nslots + 1, sizeof(*s)))
			return -1;
		c->nslots++;
		c->slots[i] = (struct sftp_slot){
			.next_free = (uint32_t)c->nslots };
	}
	s = &c->slots[i];
	c->free_slot = s->next_free;
	s->used = true;
	s->rq = rq;
	s->slow = rq && rq->slow;
	s->round++;
	c->slow += s->slow;
	if (c->flying++ == 0)
		atomic_store(&c->moved, sftp_now());
	*id = i | (uint32_t)s->round << 16;
	return 0;
}

void sftp_settle(struct sftp_conn *c, uint32_t index)
{
	struct sftp_slot *s = &c->slots[index];
	struct sftp_req *rq = TAKE(s->rq);

	s->used = false;
	s->next_free = c->free_slot;
	c->free_slot = index;
	c->slow -= s->slow;
	if (--c->flying == 0)
		pthread_cond_broadcast(&c->idle);
	if (!rq)
		return;
	rq->next = NULL;
	*rq->batch->last = rq;
	rq->batch->last = &rq->next;
	rq->batch->ready++;
	if (rq->batch->waits && rq->batch->ready >= rq->batch->wake)
		pthread_cond_signal(&rq->batch->answered);
}

/* A failure shows soon: the reader finds the socket shut. */
static void send_all(struct sftp_conn *c, struct buf *packet,
		     const void *tail, size_t len)
{
	union { const void *from; void *to; } u = { tail };
	struct iovec iov[2] = { { packet->data, packet->len },
				{ u.to, len } };
	struct msghdr m = { .msg_iov = iov, .msg_iovlen = 2 };

	pthread_mutex_lock(&c->out_mutex);
	while (iov[0].iov_len + iov[1].iov_len > 0) {
		ssize_t n = sendmsg(c->p.io, &m, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			(void)shutdown(c->p.io, SHUT_RDWR);
			break;
		}
		atomic_store(&c->moved, sftp_now());
		atomic_fetch_add(&c->bytes, (uint64_t)n);
		for (int i = 0; i < 2; i++) {
			size_t k = MIN((size_t)n, iov[i].iov_len);

			iov[i].iov_base = (char *)iov[i].iov_base + k;
			iov[i].iov_len -= k;
			n -= (ssize_t)k;
		}
	}
	pthread_mutex_unlock(&c->out_mutex);
}

int sftp_send(struct sftp_batch *b, struct sftp_req *rq, enum sftp_type want,
	      struct buf *packet, const void *tail, size_t len,
	      struct dver_err *err)
{
	struct sftp_conn *c = b->c;
	int r = buf_check(packet, err);
	bool dead;
	uint32_t id = 0;

	if (r < 0)
		return r;
	rq->batch = b;
	rq->want = want;
	rq->type = 0;
	rq->status = 0;
	rq->got = 0;
	rq->words[0] = '\0';
	buf_clear(&rq->body);
	pthread_mutex_lock(&c->mutex);
	dead = c->dead;
	if (dead) {
		rq->next = NULL;
		*b->last = rq;
		b->last = &rq->next;
		b->ready++;
	} else {
		r = take_slot(c, rq, &id);
	}
	pthread_mutex_unlock(&c->mutex);
	if (r < 0)
		return err_nomem(err);
	b->flying++;
	if (dead)
		return 0;
	sftp_set_id(packet, id);
	send_all(c, packet, tail, len);
	return 0;
}

struct sftp_req *sftp_next(struct sftp_batch *b)
{
	return sftp_next_of(b, 1);
}

struct sftp_req *sftp_next_of(struct sftp_batch *b, unsigned many)
{
	struct sftp_req *rq;

	if (b->flying == 0)
		return NULL;
	pthread_mutex_lock(&b->c->mutex);
	b->wake = b->first ? 1 : MAX(MIN(many, b->flying), 1u);
	b->waits = true;
	while (b->ready < b->wake)
		pthread_cond_wait(&b->answered, &b->c->mutex);
	b->waits = false;
	b->ready--;
	rq = b->first;
	b->first = rq->next;
	if (!b->first)
		b->last = &b->first;
	pthread_mutex_unlock(&b->c->mutex);
	b->flying--;
	return rq;
}

void sftp_post(struct sftp_conn *c, struct buf *packet)
{
	uint32_t id = 0;
	bool sent;

	pthread_mutex_lock(&c->mutex);
	sent = !c->dead && buf_ok(packet) && take_slot(c, NULL, &id) == 0;
	pthread_mutex_unlock(&c->mutex);
	if (!sent)
		return;
	sftp_set_id(packet, id);
	send_all(c, packet, NULL, 0);
}

bool sftp_conn_is_dead(struct sftp_conn *c)
{
	return atomic_load(&c->dead);
}

int sftp_conn_why(struct sftp_conn *c, struct dver_err *err)
{
	int r;

	pthread_mutex_lock(&c->mutex);
	assert(c->dead);
	r = err_set(err, c->err.code, "%s", c->err.msg);
	pthread_mutex_unlock(&c->mutex);
	return r;
}

uint64_t sftp_conn_bytes(struct sftp_conn *c)
{
	return atomic_load(&c->bytes);
}

unsigned sftp_conn_extensions(const struct sftp_conn *c)
{
	return c->extensions;
}

size_t sftp_conn_block(const struct sftp_conn *c)
{
	return c->block;
}

int sftp_conn_pace_up(struct sftp_conn *c, size_t len, struct dver_err *err)
{
	return sftp_pace_up(c->pace, len, c->cancel, err);
}

int sftp_conn_pace_down(struct sftp_conn *c, size_t len, struct dver_err *err)
{
	return sftp_pace_down(c->pace, len, c->cancel, err);
}

static void at_most(size_t *block, uint64_t limit)
{
	/* 0: the server does not say. */
	if (limit && limit < *block)
		*block = MAX((size_t)limit, (size_t)PACKET_ROOM);
}

/* limits@openssh.com: how large a block may be. */
static int ask_limits(struct sftp_conn *c, struct dver_err *err)
{
	AUTO_SFTP_BATCH struct sftp_batch *b = NULL;
	AUTO_SFTP_REQ struct sftp_req rq;
	AUTO_BUF struct buf packet = BUF_PATH;
	struct sftp_in in;
	uint64_t longest;
	int r;

	sftp_req_init(&rq);
	r = sftp_batch_new(&b, c, err);
	if (r < 0)
		return r;
	sftp_begin(&packet, SFTP_EXTENDED, 0);
	sftp_add_str(&packet, "limits@openssh.com");
	sftp_end(&packet, 0);
	r = sftp_send(b, &rq, SFTP_EXTENDED_REPLY, &packet, NULL, 0, err);
	if (r < 0)
		return r;
	(void)sftp_next(b);
	if (rq.type == 0)
		return sftp_conn_why(c, err);
	if (rq.type != SFTP_EXTENDED_REPLY)
		return 0;
	sftp_in_init(&in, rq.body.data, rq.body.len);
	longest = sftp_u64(&in);
	c->block = BLOCK_MAX;
	at_most(&c->block, longest > PACKET_ROOM ? longest - PACKET_ROOM : 0);
	at_most(&c->block, sftp_u64(&in));
	at_most(&c->block, sftp_u64(&in));
	if (in.bad || longest == 0)
		c->block = BLOCK_OLD;
	return 0;
}

static void conn_free(struct sftp_conn *c)
{
	pthread_mutex_destroy(&c->mutex);
	pthread_mutex_destroy(&c->out_mutex);
	pthread_cond_destroy(&c->idle);
	free(c->slots);
	free(c->peer);
	free(c->in);
	free(c);
}

/* Let what was posted be answered: a server that reads an end stops there. */
static void wait_idle(struct sftp_conn *c)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += GOODBYE;
	pthread_mutex_lock(&c->mutex);
	while (c->flying && !c->dead &&
	       pthread_cond_timedwait(&c->idle, &c->mutex, &until) == 0)
		;
	pthread_mutex_unlock(&c->mutex);
}

void sftp_conn_close(struct sftp_conn *c)
{
	if (!c)
		return;
	if (c->started) {
		wait_idle(c);
		(void)shutdown(c->p.io, SHUT_RDWR);
		pthread_join(c->reader, NULL);
	}
	(void)proc_end(&c->p, HANG_UP);
	conn_free(c);
}

/* No signal is for the reader. */
static int start_reader(struct sftp_conn *c, struct dver_err *err)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&c->reader, NULL, sftp_reader_main, c);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	c->started = r == 0;
	if (r == 0)
		return 0;
	errno = r;
	return err_sys(err, "cannot start a thread");
}

int sftp_conn_open(struct sftp_conn **out, struct proc *p,
		   const struct sftp_conn_opts *opts, bool *again,
		   struct dver_err *err)
{
	struct sftp_conn *c = calloc(1, sizeof(*c));
	int r;

	*again = false;
	if (!c)
		return err_nomem(err);
	c->p = (struct proc)PROC_INIT;
	pthread_mutex_init(&c->mutex, NULL);
	pthread_mutex_init(&c->out_mutex, NULL);
	pthread_cond_init(&c->idle, NULL);
	c->peer = strdup(opts->peer);
	c->in = malloc(SFTP_IN_SIZE);
	c->stall = opts->stall;
	c->cancel = opts->cancel;
	c->pace = opts->pace;
	c->block = BLOCK_OLD;
	r = c->peer && c->in ? 0 : err_nomem(err);
	if (r == 0)
		r = sftp_hello(p, opts, &c->extensions, again, err);
	if (r < 0) {
		conn_free(c);
		return r;
	}
	c->p = *p;
	*p = (struct proc)PROC_INIT;
	c->err_open = c->p.err >= 0;
	r = start_reader(c, err);
	if (r == 0 && (c->extensions & SFTP_LIMITS))
		r = ask_limits(c, err);
	if (r < 0) {
		*again = r == DVER_ENET;
		sftp_conn_close(c);
		return r;
	}
	*out = c;
	return 0;
}
