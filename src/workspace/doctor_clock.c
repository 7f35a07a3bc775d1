/*
 * doctor_clock - time stamps and locks of the file systems, and what an fsync
 * costs: all tried.
 */
#include "workspace/doctor.h"

#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/stamps.h"

#define STEP_LIMIT_MS 60
#define MULTIGRAIN_NS 200000	/* no timer ticks that often */

static bool tries_in_work(struct doctor *d, struct probe *p)
{
	struct dver_err err;
	int r = d->meta ? probe_open(p, d->meta, true, &err)
			: probe_open(p, d->here, false, &err);

	/* That one may not write was told where it matters. */
	if (r < 0 && access(d->meta ? d->meta : d->here, W_OK) == 0)
		doctor_say(d, DVER_VERDICT_PROBLEM, "%s", err.msg);
	return r == 0;
}

void doctor_clock(struct doctor *d)
{
	AUTO_PROBE struct probe p = { .tmp = NULL };
	const char *fs = d->fs_work.name;
	struct stamps st = { .fine = false };
	int64_t step;
	bool fine;

	if (!tries_in_work(d, &p))
		return;
	/* One stamp may fall on a whole second. */
	fine = (stamps_read(p.path, &st) && st.fine) ||
	       (stamps_read(p.path, &st) && st.fine);
	step = stamps_step(p.path, STEP_LIMIT_MS);
	if (!fine) {
		doctor_say(d, DVER_VERDICT_NOTE, "%s stamps files by whole "
			   "seconds: those that were changed less than two "
			   "seconds before an add are read again by the next "
			   "command", fs);
	} else if (step > 0 && step < MULTIGRAIN_NS) {
		doctor_say(d, DVER_VERDICT_OK, "%s has multigrain time stamps "
			   "in nanoseconds", fs);
	} else if (step > 0) {
		doctor_say(d, DVER_VERDICT_OK, "%s has time stamps in "
			   "nanoseconds, of a clock that steps by %lld ms", fs,
			   (long long)((step + 500000) / 1000000));
	} else {
		doctor_say(d, DVER_VERDICT_OK, "%s has time stamps in "
			   "nanoseconds", fs);
	}
}

/*
 * The lock is real when a second one is refused.  Returns false if something
 * is wrong, which was told.
 */
static bool lock_twice(struct doctor *d, const char *dir, const struct fs *fs)
{
	AUTO_FREE char *path = path_join(dir, "try");
	AUTO_LOCK struct lock *first = NULL;
	AUTO_LOCK struct lock *second = NULL;
	struct dver_err err = { 0 };
	int r = path ? lock_take(&first, path, LOCK_EXCLUSIVE, 0, NULL, NULL,
				 NULL, &err) : err_nomem(&err);

	if (r == 0) {
		r = lock_take(&second, path, LOCK_EXCLUSIVE, 0, NULL, NULL,
			      NULL, &err);
		if (r == DVER_ELOCKED)
			return true;
	}
	if (r == 0)
		doctor_say(d, DVER_VERDICT_PROBLEM, "locks do not work on %s "
			   "(%s): two were given for one file", fs->where,
			   fs->name);
	else
		doctor_say(d, DVER_VERDICT_PROBLEM, "locks do not work on %s "
			   "(%s): %s", fs->where, fs->name, err.msg);
	doctor_do(d, fs == &d->fs_cache && d->fs_cache.dev != d->fs_work.dev
		  ? "dver cache --local dir PATH on a file system with locks"
		  : "use a file system with locks, or mount this one with "
		    "them (NFS: without nolock; Lustre: with flock)");
	return false;
}

/* Locks that other machines do not see. */
static bool only_here(struct doctor *d, const struct fs *fs)
{
	static const char *const options[] = { "nolock", "local_lock=all",
					       "local_lock=posix",
					       "localflock" };

	for (size_t i = 0; fs->network && i < ARRAY_SIZE(options); i++) {
		if (!fs_has_option(fs, options[i]))
			continue;
		doctor_say(d, DVER_VERDICT_WARNING, "%s (%s) is mounted with "
			   "%s: a lock holds on this machine alone", fs->where,
			   fs->name, options[i]);
		doctor_do(d, "use it from one machine at a time, or mount it "
			  "with real locks");
		return true;
	}
	return false;
}

void doctor_locks(struct doctor *d)
{
	AUTO_PROBE struct probe work = { .tmp = NULL };
	AUTO_PROBE struct probe cache = { .tmp = NULL };
	bool two = d->can_write && d->fs_cache.dev != d->fs_work.dev;
	bool ok;

	if (!tries_in_work(d, &work))
		return;
	ok = lock_twice(d, work.path, &d->fs_work);
	if (two && probe_open(&cache, d->cache, true, NULL) == 0)
		ok = lock_twice(d, cache.path, &d->fs_cache) && ok;
	if (!ok || only_here(d, &d->fs_work) ||
	    (two && only_here(d, &d->fs_cache)))
		return;
	doctor_say(d, DVER_VERDICT_OK, "locks work on %s%s%s%s",
		   d->fs_work.name, two ? " and " : "",
		   two ? d->fs_cache.name : "", d->fs_work.network ||
		   d->fs_cache.network ? "; whether other machines see them "
		   "cannot be tried from here" : "");
}

#define SYNCS 5
#define SYNC_SLOW_US 50000

static int64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of a few; < 0: it cannot be tried. */
static int64_t sync_cost(const char *dir)
{
	AUTO_FREE char *path = path_join(dir, "sync");
	AUTO_CLOSE int fd = path ? os_open(path, O_RDWR | O_CREAT, 0600) : -1;
	int64_t us[SYNCS];

	for (int i = 0; i < SYNCS; i++) {
		int64_t start = now_us();

		if (fd < 0 ||
		    os_pwrite_all(fd, "x", 1, (uint64_t)i * 4096) < 0 ||
		    os_fsync(fd) < 0)
			return -1;
		us[i] = now_us() - start;
	}
	qsort(us, SYNCS, sizeof(*us), by_size);
	return us[SYNCS / 2];
}

void doctor_speed(struct doctor *d)
{
	AUTO_PROBE struct probe p = { .tmp = NULL };
	const char *dir = d->can_write ? d->cache : d->meta;
	int64_t us;

	if (probe_open(&p, dir ? dir : d->here, dir != NULL, NULL) < 0)
		return;
	us = sync_cost(p.path);
	if (us < 0)
		return;
	if (us < SYNC_SLOW_US) {
		doctor_say(d, DVER_VERDICT_OK, "an fsync takes %.1f ms",
			   (double)us / 1000);
		return;
	}
	doctor_say(d, DVER_VERDICT_NOTE, "an fsync takes %.0f ms, and a small "
		   "add waits for up to six", (double)us / 1000);
	doctor_do(d, "a cache on a faster disk (dver cache --local dir PATH); "
		  "where a crash may cost the last minutes: dver config "
		  "--local core.fsync false");
}
