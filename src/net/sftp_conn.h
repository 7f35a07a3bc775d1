/*
 * sftp_conn - one SFTP session over a program that was started: many requests
 * of many threads in flight.
 *
 * A thread of the connection's own reads the answers and gives each to the
 * request with its id, so that nobody who sends can block who receives.  Who
 * sends, and how many requests are in flight, is the callers' business: a
 * batch is one caller's requests, sent in a row and taken back as they are
 * answered.
 *
 * Nothing hangs: when no byte has moved for `stall` seconds although an answer
 * is due, the connection dies, and with it all its requests.  A dead one stays
 * dead.
 *
 * Thread-safe, but a batch and its requests are one thread's.
 */
#ifndef NET_SFTP_CONN_H
#define NET_SFTP_CONN_H

#include "base/cancel.h"
#include "base/proc.h"
#include "net/sftp_pace.h"
#include "net/sftp_packet.h"

struct sftp_conn;
struct sftp_batch;

struct sftp_conn_opts {
	const char *peer;	/* for messages: "user@host"; borrowed */
	int stall;		/* seconds */
	int login;		/* seconds until the server has greeted */
	const struct cancel *cancel;
	struct sftp_pace *pace;	/* of all connections; NULL: no limit */
	/* While it logs in: called when `ask_fd` (-1: none) can be read. */
	int ask_fd;
	int (*asked)(void *data, struct dver_err *err);
	void *data;
};

/*
 * Greet and start.  *p becomes the connection's on success; else it is the
 * caller's still.  *again: another try may help.
 */
int sftp_conn_open(struct sftp_conn **out, struct proc *p,
		   const struct sftp_conn_opts *opts, bool *again,
		   struct dver_err *err);
/*
 * Hang up, when what was posted has been answered, or after a few seconds.
 * No batch may use it any more.  NULL is fine.
 */
void sftp_conn_close(struct sftp_conn *c);
bool sftp_conn_is_dead(struct sftp_conn *c);
/* Why it died: fills *err, returns its code (DVER_ENET, ...). */
int sftp_conn_why(struct sftp_conn *c, struct dver_err *err);
/* Bytes that went over it so far, both ways. */
uint64_t sftp_conn_bytes(struct sftp_conn *c);
unsigned sftp_conn_extensions(const struct sftp_conn *c);
/* Wait until so many bytes may go up, or be asked for. */
int sftp_conn_pace_up(struct sftp_conn *c, size_t len, struct dver_err *err);
int sftp_conn_pace_down(struct sftp_conn *c, size_t len, struct dver_err *err);
/* The most bytes that one READ or WRITE moves. */
size_t sftp_conn_block(const struct sftp_conn *c);

/* A request in flight, and then its answer. */
struct sftp_req {
	void *out;		/* READ: where the bytes go, */
	size_t out_len;		/* at most so many */
	uint64_t off;		/* the caller's to use */
	bool slow;		/* may take long: a sync of much data */
	/* The answer: */
	enum sftp_type type;	/* 0: there is none, the connection died */
	uint32_t status;	/* when type is SFTP_STATUS */
	size_t got;		/* bytes at `out` */
	char words[SFTP_WORDS];	/* the server's, with a status */
	struct buf body;	/* of all other types, behind the id */
	/* the connection's own: */
	struct sftp_batch *batch;
	struct sftp_req *next;
	enum sftp_type want;
};
void sftp_req_init(struct sftp_req *rq);
void sftp_req_release(struct sftp_req *rq);
#define AUTO_SFTP_REQ __attribute__((cleanup(sftp_req_release)))

int sftp_batch_new(struct sftp_batch **out, struct sftp_conn *c,
		   struct dver_err *err);
/* Waits for what is in flight.  NULL is fine. */
void sftp_batch_free(struct sftp_batch *b);
static inline void sftp_batch_freep(struct sftp_batch **b)
{
	sftp_batch_free(*b);
}
#define AUTO_SFTP_BATCH __attribute__((cleanup(sftp_batch_freep)))
struct sftp_conn *sftp_batch_conn(const struct sftp_batch *b);

/*
 * Send a packet (ended, with any id) and `len` bytes behind it.  `want` is the
 * type of the answer that is hoped for.  < 0: it could not be made and is not
 * in flight.  That the connection is dead shows in the answer.
 */
int sftp_send(struct sftp_batch *b, struct sftp_req *rq, enum sftp_type want,
	      struct buf *packet, const void *tail, size_t len,
	      struct dver_err *err);
/* The next request that is answered; NULL: none is in flight. */
struct sftp_req *sftp_next(struct sftp_batch *b);
/*
 * The same; but if it has to wait, then for `many` answers (or all there will
 * be): to be woken for each one costs more than the answer is worth.
 */
struct sftp_req *sftp_next_of(struct sftp_batch *b, unsigned many);
unsigned sftp_flying(const struct sftp_batch *b);	/* not taken back */
/* Send what nobody waits for. */
void sftp_post(struct sftp_conn *c, struct buf *packet);

#endif
