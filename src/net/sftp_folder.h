/*
 * sftp_folder - a folder on a server, in which files appear whole or not at
 * all and stay as they are.
 *
 * A file is written to tmp/ there, synced and closed, and then gets its name
 * by a rename that fails when the name is taken (SFTP's own does; OpenSSH's
 * server makes it a link(2)).  Everything that is done can be done twice: when
 * a connection dies, it is done again over the next one.
 *
 * Errors name the place and the file, with the server's words and what to
 * check: DVER_ENOTFOUND, DVER_EAUTH (no right to), DVER_EEXISTS, DVER_ENET,
 * DVER_EREMOTE, DVER_EIO (here).  Thread-safe.
 */
#ifndef NET_SFTP_FOLDER_H
#define NET_SFTP_FOLDER_H

#include <sys/types.h>

#include "net/sftp_list.h"
#include "net/sftp_sessions.h"

struct sftp_folder;

struct sftp_folder_opts {
	const char *path;	/* of the folder on the server */
	const char *place;	/* for messages: its URL */
	bool nosync;
	mode_t mode_mask;	/* bits to add to what is made; 0: the server's
				   umask says all */
	struct sftp_sessions_opts sessions;
};

/* Nothing is sent yet.  Copies the strings. */
int sftp_folder_new(struct sftp_folder **out,
		    const struct sftp_folder_opts *opts, struct dver_err *err);
void sftp_folder_free(struct sftp_folder *f);	/* NULL is fine */

/* Bytes [off, off + len); *got is less only at the end. */
int sftp_folder_get(struct sftp_folder *f, const char *name, uint64_t off,
		    void *out, size_t len, size_t *got, struct dver_err *err);

struct sftp_source {
	const void *data;	/* NULL: the file `path` */
	const char *path;
	uint64_t len;
};
/*
 * A new file, with the folders it needs.  One of that name and length is taken
 * for it (a put that was repeated); of another length it is DVER_EEXISTS.
 */
int sftp_folder_put(struct sftp_folder *f, const char *name,
		    const struct sftp_source *src, struct dver_err *err);
/* Whether there was one or not. */
int sftp_folder_replace(struct sftp_folder *f, const char *name,
			const void *data, size_t len, struct dver_err *err);
/* One that is not there is fine. */
int sftp_folder_remove(struct sftp_folder *f, const char *name,
		       struct dver_err *err);
/*
 * All files whose path starts with `prefix`, but those in tmp/; non-zero of
 * fn() stops, and is returned.
 */
int sftp_folder_list(struct sftp_folder *f, const char *prefix,
		     int (*fn)(void *data, const struct sftp_listed *l,
			       struct dver_err *err),
		     void *data, struct dver_err *err);
/*
 * The names of all that was put survive a power cut, where the server can do
 * that.  Also sweeps up what killed writers left in tmp/.
 */
int sftp_folder_flush(struct sftp_folder *f, struct dver_err *err);

#endif
