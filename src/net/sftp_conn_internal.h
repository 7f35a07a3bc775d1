/*
 * sftp_conn_internal - the struct behind sftp_conn.h: sftp_conn.c has the
 * requests, sftp_reader.c the answers, sftp_hello.c the greeting.
 */
#ifndef NET_SFTP_CONN_INTERNAL_H
#define NET_SFTP_CONN_INTERNAL_H

#include <pthread.h>

#include "base/err.h"
#include "net/sftp_conn.h"
#include "net/ssh_words.h"

#define SFTP_IN_SIZE (512u << 10)	/* two packets and more */

/* A place for one request; its number is the low half of the request's id. */
struct sftp_slot {
	struct sftp_req *rq;	/* NULL: nobody waits for the answer */
	uint16_t round;		/* high half: an old answer is not taken */
	bool used, slow;
	uint32_t next_free;
};

struct sftp_conn {
	struct proc p;
	char *peer;		/* owned */
	int stall;
	const struct cancel *cancel;
	struct sftp_pace *pace;
	unsigned extensions;
	size_t block;

	pthread_t reader;
	bool started;
	pthread_mutex_t mutex;
	struct sftp_slot *slots; /* under mutex, as all that follows */
	size_t nslots, cap;
	uint32_t free_slot;	/* first of the list, nslots: none */
	unsigned flying, slow;
	struct dver_err err;	/* why it is dead */
	pthread_cond_t idle;	/* nothing is in flight, or dead */

	/*
	 * One packet at a time goes out.  Held while send(2) blocks: the
	 * reader, which needs it never, sees to it that this ends.
	 */
	pthread_mutex_t out_mutex;
	_Atomic int64_t moved;	/* when a byte last did, in ms */
	_Atomic uint64_t bytes;	/* both ways */
	atomic_bool dead;	/* set under mutex, for ever */

	struct ssh_said said;	/* the reader's, as all that follows */
	bool err_open;
	int64_t cancelled;	/* since when, in ms; 0: it is not */
	uint8_t *in;		/* SFTP_IN_SIZE bytes */
	size_t start, end;	/* what is in there */
};

struct sftp_batch {
	struct sftp_conn *c;
	pthread_cond_t answered;
	struct sftp_req *first, **last;	/* under c->mutex, with those above */
	unsigned ready;		/* how many these are */
	unsigned wake;		/* the owner sleeps until there are so many */
	bool waits;
	unsigned flying;	/* the owner's: sent and not taken back */
};

int64_t sftp_now(void);		/* milliseconds of the steady clock */
/* The request of an id is over; c->mutex is held. */
void sftp_settle(struct sftp_conn *c, uint32_t index);
/* Take what came, c->in from start to end; < 0: it is no SFTP (c->err). */
int sftp_take_packets(struct sftp_conn *c);
void *sftp_reader_main(void *conn);
/* INIT and VERSION; fills extensions. */
int sftp_hello(struct proc *p, const struct sftp_conn_opts *opts,
	       unsigned *extensions, bool *again, struct dver_err *err);

#endif
