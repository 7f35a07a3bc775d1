/*
 * sftp_folder_internal - the struct behind sftp_folder.h: sftp_folder.c reads
 * and lists, sftp_publish.c writes, sftp_flush.c syncs and sweeps.
 */
#ifndef NET_SFTP_FOLDER_INTERNAL_H
#define NET_SFTP_FOLDER_INTERNAL_H

#include <pthread.h>

#include "base/err.h"
#include "base/vec.h"
#include "net/sftp_folder.h"

#define SFTP_TMP "tmp"

struct sftp_folder {
	char *path, *place;	/* owned */
	struct sftp_sessions *sessions;
	const struct cancel *cancel;
	bool nosync;
	mode_t mode_mask;
	pthread_mutex_t mutex;
	struct keymap known;	/* folders that were made or asked for: hashes
				   of their paths; under mutex, as what
				   follows */
	struct strvec dirty;	/* folders to sync */
	int64_t now;		/* by the server's clock; 0: not known */
	bool swept;
};

/* The path on the server of a name in the folder. */
int sftp_folder_path(struct buf *out, const struct sftp_folder *f,
		     const char *name, struct dver_err *err);
/* The server said no: put that into words.  `verb`: "read", ... */
int sftp_folder_no(struct sftp_folder *f, const char *verb, const char *name,
		   const struct sftp_fail *fail, struct dver_err *err);

#endif
