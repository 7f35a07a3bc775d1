/*
 * ssh_words - what ssh(1) said before it gave up, and what that means.
 *
 * One thread per struct ssh_said.
 */
#ifndef NET_SSH_WORDS_H
#define NET_SSH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;

/* The last of what came on its standard error. */
struct ssh_said {
	char text[2048];	/* not NUL-terminated */
	size_t len;
};
void ssh_said_add(struct ssh_said *s, const void *data, size_t len);
/* What there is to read from `fd` at this moment; 0 at its end, else 1. */
int ssh_said_read(struct ssh_said *s, int fd);
/* The same until its end, or for `ms` milliseconds. */
void ssh_said_rest(struct ssh_said *s, int fd, int ms);

/*
 * Say in *err why there is no connection to `peer` ("user@host"), in words
 * that tell what to check, with ssh's own.  `status` is ssh's exit status (-1:
 * not known).  *again (may be NULL): it may work in a moment.  Returns
 * DVER_ENET, DVER_EAUTH, DVER_EREMOTE or DVER_ECHILD.
 */
int ssh_explain(struct dver_err *err, const struct ssh_said *s,
		const char *peer, int status, bool *again);

#endif
