/*
 * lockfile_seen - a lock file on the disk, read again only when it is another.
 */
#ifndef REPO_LOCKFILE_SEEN_H
#define REPO_LOCKFILE_SEEN_H

#include "base/os.h"
#include "repo/lockfile.h"

struct lockfile_seen {
	char *path;		/* from the workspace's root; owned */
	bool known;		/* it was read, or written */
	bool others;		/* somebody else wrote it meanwhile */
	struct lockfile file;	/* empty: there is none */
	struct os_stat st;	/* of what was read; all 0: nothing */
	int fd;			/* of what was written, so that nobody gets
				   its inode number; -1; owned */
};
/* Copies the path; nothing is read yet. */
int lockfile_seen_new(struct lockfile_seen *x, const char *path,
		      struct dver_err *err);
void lockfile_seen_release(struct lockfile_seen *x);

/* Is the file on the disk still the one that was read? */
bool lockfile_seen_fresh(const struct lockfile_seen *x, const char *root);
/* Read it. */
int lockfile_seen_read(struct lockfile_seen *x, const char *root,
		       struct dver_err *err);
/*
 * For a change, under the workspace's lock: read it again but where it is for
 * sure what this process wrote last.
 */
int lockfile_seen_again(struct lockfile_seen *x, const char *root,
			struct dver_err *err);
/* `file` was written to the disk. */
void lockfile_seen_wrote(struct lockfile_seen *x, const char *root);
/* `file` was changed, but not written: nothing is known. */
void lockfile_seen_spoilt(struct lockfile_seen *x);
/* Close the descriptor: the next change reads it again. */
void lockfile_seen_rest(struct lockfile_seen *x);

#endif
