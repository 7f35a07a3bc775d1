/*
 * sftp_ops - what is done over an SFTP connection: files read and written
 * with many blocks in flight, folders listed, and the small requests.
 *
 * All return 0, or 1 when the server said no (*fail has its words), or < 0
 * with *err: DVER_ENET when the connection died (another one may do better),
 * DVER_ECANCEL, DVER_ENOMEM, DVER_EREMOTE for nonsense, DVER_EIO for a file
 * here.  Paths are as the server takes them.  Thread-safe.
 */
#ifndef NET_SFTP_OPS_H
#define NET_SFTP_OPS_H

#include "net/sftp_conn.h"

struct sftp_fail {
	uint32_t status;	/* SFTP_NO_SUCH_FILE, ... */
	char words[SFTP_WORDS];
};
/* The file, or the folder it should be in, is not there. */
bool sftp_is_absent(const struct sftp_fail *f);
/* No right to do it. */
bool sftp_is_denied(const struct sftp_fail *f);

int sftp_stat(struct sftp_conn *c, const char *path, struct sftp_attrs *out,
	      struct sftp_fail *fail, struct dver_err *err);
/* The same of a symlink itself. */
int sftp_lstat(struct sftp_conn *c, const char *path, struct sftp_attrs *out,
	       struct sftp_fail *fail, struct dver_err *err);
int sftp_remove(struct sftp_conn *c, const char *path, struct sftp_fail *fail,
		struct dver_err *err);
/* A name that is taken is a failure. */
int sftp_rename(struct sftp_conn *c, const char *from, const char *to,
		struct sftp_fail *fail, struct dver_err *err);
/*
 * rename(2): what has the name is replaced.  By a server that cannot do that
 * it is removed just before, so that for a moment there is none.
 */
int sftp_replace(struct sftp_conn *c, const char *from, const char *to,
		 struct sftp_fail *fail, struct dver_err *err);
/*
 * Make each folder of v, all at once.  One that is there, or cannot be made,
 * is no failure: what is to be put there shows it.  `mode` unless 0 is given
 * to them afterwards.
 */
int sftp_mkdirs(struct sftp_conn *c, const char *const *v, size_t n,
		uint32_t mode, struct dver_err *err);
/* Sync folders, where the server can open and sync one. */
int sftp_sync_dirs(struct sftp_conn *c, const char *const *v, size_t n,
		   struct dver_err *err);
/* Bytes and names that an ordinary user may still use there. */
int sftp_room(struct sftp_conn *c, const char *path, uint64_t *bytes,
	      uint64_t *names, struct sftp_fail *fail, struct dver_err *err);
/* Do it some time; nobody waits, and nobody learns whether it went well. */
void sftp_post_remove(struct sftp_conn *c, const char *path);
void sftp_post_mkdir(struct sftp_conn *c, const char *path);

/* Bytes [off, off + len); *got is less only at the file's end. */
int sftp_read(struct sftp_conn *c, const char *path, uint64_t off, void *out,
	      size_t len, size_t *got, struct sftp_fail *fail,
	      struct dver_err *err);

struct sftp_upload {
	const char *path;	/* is made; one that is there is a failure */
	const void *data;	/* NULL: from `fd` */
	int fd;
	uint64_t len;
	uint32_t mode;		/* of the file, less the server's umask */
	bool exact_mode;	/* whatever its umask says */
	bool sync;		/* durable when this returns, where the server
				   can (sftp_conn_extensions()) */
	const struct cancel *cancel;
	const char *name;	/* of what is read, for messages */
	const char *probe;	/* NULL, or look whether this is there */
	/* Filled in: */
	bool found;		/* `probe` is, with the same length: nothing
				   was written */
	int64_t mtime;		/* the new file's, or 0: the server's clock */
};
/* A file that could not be written is removed again. */
int sftp_write(struct sftp_conn *c, struct sftp_upload *up,
	       struct sftp_fail *fail, struct dver_err *err);

#endif
