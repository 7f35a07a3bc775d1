/*
 * afile - replace a file's content atomically and durably.
 *
 * Readers of `path` see the old content or the new, never a mix, and once
 * afile_commit() has returned 0 the new content survives a power cut.
 * Not thread-safe: one thread per struct afile, any number of them open.
 */
#ifndef BASE_AFILE_H
#define BASE_AFILE_H

#include <stddef.h>
#include <sys/types.h>

struct afile;
struct dver_err;

enum {
	AFILE_NOSYNC = 1,	/* a cache: no fsync, may be lost */
	AFILE_EXACT = 2		/* this mode, whatever the umask */
};

/*
 * Start replacing `path`.  On success the caller owns *out.  Of `mode` the
 * umask takes away, as of what open(2) makes.
 */
int afile_open(struct afile **out, const char *path, mode_t mode,
	       unsigned flags, struct dver_err *err);
/* Append, buffered.  After a failure only afile_discard() makes sense. */
int afile_write(struct afile *af, const void *data, size_t len,
		struct dver_err *err);
/*
 * Publish and free *af, whether this succeeds or not; *af becomes NULL.  A
 * failure leaves the old content, unless only the last directory sync failed.
 */
int afile_commit(struct afile **af, struct dver_err *err);
/* Forget the new content.  Cannot fail; NULL is fine. */
void afile_discard(struct afile *af);
/* All at once. */
int afile_replace(const char *path, const void *data, size_t len, mode_t mode,
		  unsigned flags, struct dver_err *err);
/*
 * The same, with the unfinished file in the folder `tmp` of the same file
 * system (beside `path` if it is of another), so that nothing is left there
 * when we are killed.
 */
int afile_replace_via(const char *tmp, const char *path, const void *data,
		      size_t len, mode_t mode, unsigned flags,
		      struct dver_err *err);

static inline void afile_discardp(struct afile **af) { afile_discard(*af); }
#define AUTO_AFILE __attribute__((cleanup(afile_discardp)))

#endif
