/*
 * sftp_sessions - as many SFTP connections with one host as there is work for.
 *
 * The first is opened when it is needed, another when each has several users
 * and there may be more.  One that dies is replaced, after a pause that grows
 * and is random, and what was done over it is done once more.  When no
 * connection can be had, all say so from then on: a wrong password is not
 * tried by sixty-four threads.
 *
 * Thread-safe.
 */
#ifndef NET_SFTP_SESSIONS_H
#define NET_SFTP_SESSIONS_H

#include "net/sftp_conn.h"

struct sftp_sessions;

struct sftp_sessions_opts {
	/*
	 * Open one; never called twice at a time.  `extra`: it is not the
	 * only one, so nobody is to be asked, and a failure does not matter.
	 * *again: another try may help.
	 */
	int (*open)(void *data, struct sftp_conn **out, bool extra,
		    bool *again, struct dver_err *err);
	void *data;
	int max;		/* connections */
	const struct cancel *cancel;
};

int sftp_sessions_new(struct sftp_sessions **out,
		      const struct sftp_sessions_opts *opts,
		      struct dver_err *err);
void sftp_sessions_free(struct sftp_sessions *s);	/* NULL is fine */

/*
 * Do something over a connection; once more over another while it returns
 * DVER_ENET because the first one died (`try` counts from 0).  Returns what
 * fn() returned last, or why there is no connection.
 */
typedef int (*sftp_session_fn)(void *data, struct sftp_conn *c, int try,
			       struct dver_err *err);
int sftp_sessions_do(struct sftp_sessions *s, sftp_session_fn fn, void *data,
		     struct dver_err *err);

#endif
