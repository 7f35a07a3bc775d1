/*
 * lock - advisory locks on files: OFD locks (fcntl(2) F_OFD_SETLK), which a
 * killed process loses.  The holder's host, boot id and pid are written into
 * the file of an exclusive lock, for the message of those who wait.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdbool.h>

struct dver_err;
struct lock;
struct cancel;

enum lock_mode { LOCK_SHARED, LOCK_EXCLUSIVE };

/*
 * Take the lock on `path`, made if need be.  Waits up to `timeout_ms` (0: do
 * not wait); `on_wait`, if given, is called once with a line that says for
 * whom.  DVER_ELOCKED names the holder.
 */
int lock_take(struct lock **out, const char *path, enum lock_mode mode,
	      int timeout_ms, void (*on_wait)(void *, const char *), void *data,
	      const struct cancel *cancel, struct dver_err *err);
/*
 * Is the file that is locked still the one at `path`?  Where others may remove
 * it, the lock is worth nothing otherwise.
 */
bool lock_is_at(const struct lock *l, const char *path);
/*
 * Is the lock on `path` held by somebody?  Nothing is made, written or held.
 * 1 and who holds it, as far as the file says; 0: it is free or there is no
 * such file; < 0: that cannot be told.
 */
struct lock_holder {
	bool shared;		/* one or more of them, who do not say */
	bool known;
	bool here;		/* on this machine, since it was started */
	long pid;
	char host[128];
};
int lock_look(const char *path, struct lock_holder *out,
	      struct dver_err *err);
/*
 * For a child that is to inherit the lock: held until lock_release(), or, if
 * this process dies before, until the child ends.  Borrowed.
 */
int lock_fd(const struct lock *l);
/* Release, for children that inherited it too; the file stays. */
void lock_release(struct lock *l);
static inline void lock_releasep(struct lock **l) { lock_release(*l); }
#define AUTO_LOCK __attribute__((cleanup(lock_releasep)))

#endif
