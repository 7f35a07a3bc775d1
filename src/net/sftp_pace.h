/*
 * sftp_pace - so many bytes a second over all connections of a remote.
 *
 * Thread-safe.
 */
#ifndef NET_SFTP_PACE_H
#define NET_SFTP_PACE_H

#include <pthread.h>

#include "base/cancel.h"
#include "net/http_pace.h"

struct sftp_pace {
	pthread_mutex_t mutex;
	struct http_rate up, down;	/* under mutex */
};
/* 0: as fast as it goes. */
void sftp_pace_init(struct sftp_pace *p, uint64_t per_second);
void sftp_pace_release(struct sftp_pace *p);
/* Wait until `bytes` may go up or come down; p may be NULL. */
int sftp_pace_up(struct sftp_pace *p, uint64_t bytes,
		 const struct cancel *cancel, struct dver_err *err);
int sftp_pace_down(struct sftp_pace *p, uint64_t bytes,
		   const struct cancel *cancel, struct dver_err *err);

#endif
