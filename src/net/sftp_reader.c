/*
 * sftp_reader - the thread that takes a connection's answers.
 *
 * It is the only one that reads, so it never waits for one that writes; it
 * also watches the clock.  Whatever ends the connection ends it here: then
 * every request in flight is given back without an answer.
 */
#include "net/sftp_conn_internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/os.h"

#define TICK 250		/* ms */
#define SLOW_FACTOR 10		/* a sync may take so many times as long */
#define CANCEL_GRACE 5000	/* ms for what is in flight to be answered */
#define LAST_WORDS 500		/* ms */

static int protocol_error(struct sftp_conn *c, const char *what)
{
	return err_set(&c->err, DVER_EREMOTE, "'%s' sent what is no SFTP: %s",
		       c->peer, what);
}

/* Put the answer into its request, which only the reader sees now. */
static int fill(struct sftp_conn *c, struct sftp_req *rq, enum sftp_type type,
		const uint8_t *body, size_t len)
{
	struct sftp_in in;
	const char *data;
	size_t n;

	if (type == SFTP_STATUS) {
		if (sftp_status(body, len, &rq->status, rq->words) < 0)
			return protocol_error(c, "a status that is cut off");
	} else if (type != rq->want) {
		return protocol_error(c, "an answer of another kind");
	} else if (type == SFTP_DATA) {
		sftp_in_init(&in, body, len);
		data = sftp_str(&in, &n);
		if (in.bad || n > rq->out_len)
			return protocol_error(c, "data of a wrong length");
		memcpy(rq->out, data, n);
		rq->got = n;
	} else {
		buf_add(&rq->body, body, len);
	}
	rq->type = type;
	return 0;
}

static int take_packet(struct sftp_conn *c, const uint8_t *p, size_t len)
{
	struct sftp_req *rq = NULL;
	struct sftp_in in;
	enum sftp_type type;
	uint32_t id, index;
	bool asked;
	int r = 0;

	sftp_in_init(&in, p, len);
	type = (enum sftp_type)sftp_u8(&in);
	id = sftp_u32(&in);
	index = id & 0xffff;
	pthread_mutex_lock(&c->mutex);
	asked = index < c->nslots && c->slots[index].used &&
		c->slots[index].round == id >> 16;
	if (asked)
		rq = c->slots[index].rq;
	pthread_mutex_unlock(&c->mutex);
	if (!asked)
		return protocol_error(c, "an answer that nobody asked for");
	if (rq)
		r = fill(c, rq, type, in.p, (size_t)(in.end - in.p));
	if (r < 0)
		return r;
	pthread_mutex_lock(&c->mutex);
	sftp_settle(c, index);
	pthread_mutex_unlock(&c->mutex);
	return 0;
}

int sftp_take_packets(struct sftp_conn *c)
{
	while (c->end - c->start >= 4) {
		const uint8_t *p = c->in + c->start;
		size_t len;
		int r;

		if (sftp_length(p, &len) < 0)
			return protocol_error(c, "a packet of a wrong length");
		if (c->end - c->start < 4 + len)
			break;
		r = take_packet(c, p + 4, len);
		if (r < 0)
			return r;
		c->start += 4 + len;
	}
	if (c->start == c->end) {
		c->start = c->end = 0;
	} else if (c->start > SFTP_IN_SIZE - SFTP_PACKET_MAX - 4) {
		/* The rest of this one would not fit. */
		memmove(c->in, c->in + c->start, c->end - c->start);
		c->end -= c->start;
		c->start = 0;
	}
	return 0;
}

/* The other side is gone: ssh says why, if it has had the time. */
static int hung_up(struct sftp_conn *c)
{
	struct dver_err err;

	if (c->err_open)
		ssh_said_rest(&c->said, c->p.err, LAST_WORDS);
	(void)ssh_explain(&err, &c->said, c->peer, -1, NULL);
	/* It was alive: it is the connection that failed, nothing else. */
	return err_set(&c->err, DVER_ENET, "%s", err.msg);
}

static int read_some(struct sftp_conn *c)
{
	ssize_t n = os_read(c->p.io, c->in + c->end, SFTP_IN_SIZE - c->end);

	if (n <= 0)
		return hung_up(c);
	c->end += (size_t)n;
	atomic_store(&c->moved, sftp_now());
	atomic_fetch_add(&c->bytes, (uint64_t)n);
	return sftp_take_packets(c);
}

/* Is it time to give up? */
static int look_at_clock(struct sftp_conn *c)
{
	int64_t now = sftp_now(), idle;
	bool waiting;
	int limit;

	pthread_mutex_lock(&c->mutex);
	waiting = c->flying > 0;
	limit = c->slow ? c->stall * SLOW_FACTOR : c->stall;
	pthread_mutex_unlock(&c->mutex);
	if (!waiting)
		return 0;
	if (cancel_is_set(c->cancel)) {
		if (!c->cancelled)
			c->cancelled = now;
		if (now - c->cancelled > CANCEL_GRACE)
			return err_set(&c->err, DVER_ECANCEL, "interrupted");
	}
	idle = now - atomic_load(&c->moved);
	if (idle <= (int64_t)limit * 1000)
		return 0;
	return err_set(&c->err, DVER_ENET, "'%s' has not answered for %d "
		       "seconds", c->peer, (int)(idle / 1000));
}

static int step(struct sftp_conn *c)
{
	struct pollfd p[2] = {
		{ c->p.io, POLLIN, 0 },
		{ c->err_open ? c->p.err : -1, POLLIN, 0 },
	};
	int r = 0;

	if (poll(p, 2, TICK) < 0 && errno != EINTR)
		return err_sys(&c->err, "cannot poll ssh");
	if (p[1].revents)
		c->err_open = ssh_said_read(&c->said, c->p.err);
	if (p[0].revents)
		r = read_some(c);
	return r < 0 ? r : look_at_clock(c);
}

void *sftp_reader_main(void *conn)
{
	struct sftp_conn *c = conn;

	while (step(c) == 0)
		;
	/* Whoever sends learns that it is in vain. */
	(void)shutdown(c->p.io, SHUT_RDWR);
	pthread_mutex_lock(&c->mutex);
	c->dead = true;
	for (uint32_t i = 0; i < c->nslots; i++)
		if (c->slots[i].used)
			sftp_settle(c, i);
	pthread_cond_broadcast(&c->idle);
	pthread_mutex_unlock(&c->mutex);
	return NULL;
}
