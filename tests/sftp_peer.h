/*
 * sftp_peer - a thread that plays an SFTP server, for tests of what real ones
 * do not do: answer slowly, out of order, wrongly or never.
 */
#ifndef TESTS_SFTP_PEER_H
#define TESTS_SFTP_PEER_H

#include <pthread.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/os.h"
#include "net/sftp_ops.h"

struct request {
	enum sftp_type type;
	uint32_t id;
	struct sftp_in in;	/* behind the id */
};

struct peer {
	int fd;			/* its end, until it hangs up */
	pthread_t thread;
	bool impatient;		/* wait a second for it, and not minutes */
	const char *greeting;	/* instead of VERSION */
	size_t greeting_len;
	/* Append packets to `out`; false hangs up. */
	bool (*answer)(struct peer *p, struct request *rq, struct buf *out);
	int count;		/* the script's to use, as all that follows */
	struct buf kept;
	char path[200];
};

static inline void add_status(struct buf *out, uint32_t id, uint32_t code)
{
	AUTO_BUF struct buf b = BUF_PATH;

	sftp_begin(&b, SFTP_STATUS, id);
	sftp_add_u32(&b, code);
	sftp_add_str(&b, "so it is");
	sftp_add_str(&b, "en");
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

static inline void add_string(struct buf *out, enum sftp_type type,
			      uint32_t id, const void *data, size_t len)
{
	AUTO_BUF struct buf b = BUF_BIG;

	sftp_begin(&b, type, id);
	sftp_add_bytes(&b, data, len);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

/* A name with a mode, or without attributes when that is 0. */
static inline void add_name(struct buf *out, uint32_t id, const char *name,
			    size_t len, uint32_t mode)
{
	AUTO_BUF struct buf b = BUF_BIG;

	sftp_begin(&b, SFTP_NAME, id);
	sftp_add_u32(&b, 1);
	sftp_add_bytes(&b, name, len);
	sftp_add_str(&b, "");
	sftp_add_u32(&b, mode ? SFTP_HAS_MODE | SFTP_HAS_SIZE : 0);
	if (mode) {
		sftp_add_u64(&b, 5);
		sftp_add_u32(&b, mode);
	}
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

static inline void add_attrs(struct buf *out, uint32_t id, uint32_t mode,
			     uint64_t size)
{
	AUTO_BUF struct buf b = BUF_PATH;

	sftp_begin(&b, SFTP_ATTRS, id);
	sftp_add_u32(&b, SFTP_HAS_SIZE | SFTP_HAS_MODE);
	sftp_add_u64(&b, size);
	sftp_add_u32(&b, mode);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

/* What an honest server says of a file of 100,000 bytes 0, 1, 2, ... */
#define FILE_SIZE 100000

static inline void add_data(struct buf *out, struct request *rq, size_t most)
{
	AUTO_FREE uint8_t *data = malloc(FILE_SIZE);
	uint64_t off;
	size_t len;

	(void)sftp_str(&rq->in, &len);
	off = sftp_u64(&rq->in);
	len = sftp_u32(&rq->in);
	len = MIN(len, most);
	assert_non_null(data);
	for (size_t i = 0; i < FILE_SIZE; i++)
		data[i] = (uint8_t)i;
	if (off >= FILE_SIZE)
		add_status(out, rq->id, SFTP_EOF);
	else
		add_string(out, SFTP_DATA, rq->id, data + off,
			   MIN(len, FILE_SIZE - (size_t)off));
}

static inline bool honest(struct peer *p, struct request *rq, struct buf *out)
{
	(void)p;
	if (rq->type == SFTP_OPEN || rq->type == SFTP_OPENDIR)
		add_string(out, SFTP_HANDLE, rq->id, "h", 1);
	else if (rq->type == SFTP_READ)
		add_data(out, rq, SIZE_MAX);
	else if (rq->type == SFTP_FSTAT)
		add_attrs(out, rq->id, 0100644, FILE_SIZE);
	else
		add_status(out, rq->id, SFTP_OK);
	return true;
}

static inline bool take_request(struct peer *p, struct request *rq,
				struct buf *b)
{
	uint8_t head[4];
	size_t len;

	if (os_read_full(p->fd, head, 4) != 4 || sftp_length(head, &len) < 0)
		return false;
	buf_clear(b);
	assert_true(buf_reserve(b, len));
	if (os_read_full(p->fd, b->data, len) != (ssize_t)len)
		return false;
	sftp_in_init(&rq->in, b->data, len);
	rq->type = (enum sftp_type)sftp_u8(&rq->in);
	rq->id = sftp_u32(&rq->in);
	return true;
}

static inline void *play(void *arg)
{
	static const uint8_t version[] = { 0, 0, 0, 5, 2, 0, 0, 0, 3 };
	struct peer *p = arg;
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf out = BUF_BIG;
	struct request rq;
	bool more = take_request(p, &rq, &b);

	if (p->greeting)
		buf_add(&out, p->greeting, p->greeting_len);
	else
		buf_add(&out, version, sizeof(version));
	while (more) {
		if (out.len && send(p->fd, out.data, out.len,
				    MSG_NOSIGNAL) < 0)
			break;
		buf_clear(&out);
		more = p->answer && take_request(p, &rq, &b) &&
		       p->answer(p, &rq, &out);
	}
	if (out.len)
		(void)send(p->fd, out.data, out.len, MSG_NOSIGNAL);
	/* A silent one stays on the line. */
	if (!p->answer)
		while (take_request(p, &rq, &b))
			;
	(void)shutdown(p->fd, SHUT_RDWR);
	return NULL;
}

static inline int meet(struct peer *p, struct sftp_conn **c,
		       struct dver_err *err)
{
	int patience = p->impatient ? 1 : 300;
	struct sftp_conn_opts o = { .peer = "peer", .stall = patience,
				    .login = patience, .ask_fd = -1 };
	struct proc proc = PROC_INIT;
	bool again;
	int fd[2];
	int r;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    fd), 0);
	proc.io = fd[0];
	p->fd = fd[1];
	assert_int_equal(pthread_create(&p->thread, NULL, play, p), 0);
	r = sftp_conn_open(c, &proc, &o, &again, err);
	(void)proc_end(&proc, 0);
	return r;
}

static inline void part(struct peer *p, struct sftp_conn *c)
{
	sftp_conn_close(c);
	assert_int_equal(pthread_join(p->thread, NULL), 0);
	(void)close(p->fd);
}

#endif
