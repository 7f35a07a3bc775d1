/*
 * doctor_leftovers - locks that are held, by whom, and what runs that were
 * killed left behind.  Nothing is swept: only whether it would be is found
 * out, the way a sweep does.
 */
#include "workspace/doctor.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"

#define YOUNG 60		/* seconds: it may get its lock yet */
#define DEPTH_MAX 64

/* Who waits for this lock waits for somebody who is gone? */
static void held(struct doctor *d, const char *path,
		 const struct lock_holder *h)
{
	AUTO_FREE char *word = doctor_word(path);

	if (h->shared) {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s' is shared by commands "
			   "that are at work: gc waits for them", path);
	} else if (h->known && h->here && kill((pid_t)h->pid, 0) < 0 &&
	    errno == ESRCH) {
		doctor_say(d, DVER_VERDICT_WARNING, "'%s' is locked by process "
			   "%ld, which is gone: a child of it still holds the "
			   "lock, or the file server has not noticed", path,
			   h->pid);
		doctor_do(d, "fuser -v %s names the process", word ? word
								   : "");
	} else if (h->known) {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s' is locked by process "
			   "%ld on %s: commands wait for it", path, h->pid,
			   h->host);
		doctor_do(d, "wait for it, or end that process");
	} else {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s' is locked: commands "
			   "wait for it", path);
		doctor_do(d, "fuser -v %s names the process", word ? word
								   : "");
	}
}

/* 1: somebody holds it. */
static int look_at_lock(struct doctor *d, const char *dir)
{
	AUTO_FREE char *path = path_join(dir, "lock");
	struct lock_holder h;
	struct dver_err err;
	int r = path ? lock_look(path, &h, &err) : 0;

	if (r > 0)
		held(d, path, &h);
	/* Where locks do not work at all, the check of locks says so. */
	return r > 0;
}

struct litter { uint64_t n, bytes, used; };

static uint64_t bytes_below(const char *path, int depth)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	uint64_t sum = 0;

	if (depth > DEPTH_MAX || dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return 0;
	while (dir_next(d, &e, NULL) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);
		struct os_stat st;

		if (!full || os_stat(full, &st, true) < 0)
			continue;
		sum += S_ISDIR(st.mode) ? bytes_below(full, depth + 1)
					: st.blocks * 512;
	}
	return sum;
}

static bool is_young(const struct os_stat *st)
{
	return st->mtime_ns / 1000000000 + YOUNG > (int64_t)time(NULL);
}

/* A folder of scratch is somebody's as long as its lock is held. */
static void scratch(struct litter *l, const char *path)
{
	AUTO_FREE char *lock = path_join(path, "lock");
	struct lock_holder h;
	struct os_stat st;
	int r;

	if (!lock || os_stat(path, &st, true) < 0)
		return;
	r = S_ISDIR(st.mode) ? lock_look(lock, &h, NULL) : 0;
	if (r > 0) {
		l->used++;
	} else if ((S_ISDIR(st.mode) && r == 0) || !is_young(&st)) {
		l->n++;
		l->bytes += S_ISDIR(st.mode) ? bytes_below(path, 0)
					     : st.blocks * 512;
	}
}

/* Entries of a folder whose name starts or ends so; "" is every one. */
static void each(struct litter *l, const char *dir, const char *sub,
		 const char *start, const char *end)
{
	AUTO_FREE char *path = path_join(dir, sub);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	if (!path || dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);

		if (full && str_starts(e.name, start) && str_ends(e.name, end))
			scratch(l, full);
	}
}

static void tell(struct doctor *d, const struct litter *l, const char *where,
		 const char *advice)
{
	char size[DOCTOR_SIZE];

	doctor_say(d, DVER_VERDICT_NOTE, "%llu left-over%s (%s) in '%s', of "
		   "runs that were killed", (unsigned long long)l->n,
		   l->n == 1 ? "" : "s", doctor_size(size, l->bytes), where);
	doctor_do(d, "%s", advice);
}

/* libgit2 locks a file of settings by a file; 1: one was left behind. */
static int settings_lock(struct doctor *d, const char *name)
{
	AUTO_FREE char *path = path_join(d->meta, name);
	AUTO_FREE char *word = NULL;
	struct os_stat st;

	if (!path || os_stat(path, &st, true) < 0 || is_young(&st))
		return 0;
	word = doctor_word(path);
	doctor_say(d, DVER_VERDICT_WARNING, "'%s' has been there for a while: "
		   "a command that was killed left it, and no setting can be "
		   "changed", path);
	doctor_do(d, "rm %s, if no dver is at work", word ? word : "");
	return 1;
}

void doctor_leftovers(struct doctor *d)
{
	struct litter work = { 0 }, cache = { 0 };
	int locked = look_at_lock(d, d->meta) +
		     settings_lock(d, "config.lock") +
		     settings_lock(d, "config.local.lock");

	each(&work, d->meta, "tmp", "", "");
	each(&work, d->meta, "index", "", ".tmp");
	each(&work, d->meta, "index", "clock-", "");
	each(&work, d->meta, "", "probe-", "");
	if (work.n)
		tell(d, &work, d->meta, "the next dver add or checkout removes "
		     "them");
	if (d->has_cache) {
		locked += look_at_lock(d, d->cache);
		each(&cache, d->cache, "tmp", "", "");
		each(&cache, d->cache, "", "probe-", "");
	}
	if (cache.n)
		tell(d, &cache, d->cache, "dver cache removes them");
	if (work.used + cache.used)
		doctor_say(d, DVER_VERDICT_NOTE, "%llu folder%s of scratch "
			   "belong%s to commands that are at work",
			   (unsigned long long)(work.used + cache.used),
			   work.used + cache.used == 1 ? "" : "s",
			   work.used + cache.used == 1 ? "s" : "");
	if (!locked && work.n + work.used + cache.n + cache.used == 0)
		doctor_say(d, DVER_VERDICT_OK, "no lock is held, nothing was "
			   "left behind");
}
