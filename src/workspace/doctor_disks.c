/*
 * doctor_disks - file systems: where workspace and cache lie, and how much
 * room there is.
 */
#include "workspace/doctor.h"

#include <sys/statvfs.h>

#include "base/mem.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define BYTES_LEAST (64 * MIB)	/* two packs */
#define BYTES_FEW GIB
#define BYTES_SHARE (10 * GIB)	/* under this, 5 % free is few */
#define INODES_LEAST 1000
#define INODES_FEW 100000	/* under this, 5 % free is few */

static void tell_network(struct doctor *d, const struct fs *fs,
			 const char *what)
{
	doctor_say(d, DVER_VERDICT_NOTE, "the %s lies on %s (%s), which other "
		   "machines share: what reads many small files is slow",
		   what, fs->name, fs->where);
	if (fs == &d->fs_cache)
		doctor_do(d, "dver cache --local dir PATH on a disk of this "
			  "machine is faster, if others need not share it");
}

void doctor_disks(struct doctor *d)
{
	const struct fs *w = &d->fs_work, *c = &d->fs_cache;

	if (w->network)
		tell_network(d, w, d->root ? "workspace" : "folder");
	if (d->cache && w->dev != c->dev) {
		doctor_say(d, DVER_VERDICT_NOTE, "the workspace lies on %s "
			   "(%s) and the cache on %s (%s): hard links and "
			   "clones cannot go from one to the other", w->name,
			   w->where, c->name, c->where);
		doctor_do(d, "dver cache --local dir PATH on the file system "
			  "of the workspace; or dver config --local cache.type "
			  "symlink");
		if (c->network)
			tell_network(d, c, "cache");
	} else if (!w->network) {
		doctor_say(d, DVER_VERDICT_OK, "%s on %s (%s)", d->cache
			   ? "workspace and cache" : "this folder", w->name,
			   w->where);
	}
}

/* Is so little left that the next add may fail, or only rather little? */
static enum dver_verdict judge(uint64_t left, uint64_t all, uint64_t least,
			       uint64_t few, uint64_t share)
{
	if (left < least)
		return DVER_VERDICT_PROBLEM;
	if (left < few || (left < share && left < all / 20))
		return DVER_VERDICT_WARNING;
	return DVER_VERDICT_OK;
}

static void advise(struct doctor *d, bool cache)
{
	doctor_do(d, "%s", cache ? "dver gc -f frees what nothing uses, dver "
				   "drop what a remote holds"
				 : "make room there");
}

static void tell_inodes(struct doctor *d, const struct statvfs *v,
			const struct fs *fs, bool cache)
{
	enum dver_verdict verdict;

	/* Many file systems make them as they need them and say 0. */
	if (v->f_files == 0)
		return;
	verdict = judge(v->f_favail, v->f_files, INODES_LEAST, INODES_LEAST,
			INODES_FEW);
	if (verdict == DVER_VERDICT_OK)
		return;
	doctor_say(d, verdict, "only %llu inodes of %llu are free on %s (%s)",
		   (unsigned long long)v->f_favail,
		   (unsigned long long)v->f_files, fs->where, fs->name);
	if (cache)
		doctor_do(d, "fewer loose files need fewer: dver config "
			  "--unset cache.looseAbove; or ");
	advise(d, cache);
}

static void look_at(struct doctor *d, const char *path, const struct fs *fs,
		    bool cache)
{
	char left[DOCTOR_SIZE], all[DOCTOR_SIZE];
	enum dver_verdict verdict;
	struct statvfs v;
	uint64_t bytes, total;

	if (statvfs(path, &v) < 0)
		return;
	if (v.f_flag & ST_RDONLY) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s' is mounted "
			   "read-only", fs->where);
		doctor_do(d, "mount -o remount,rw, if it should not be");
		return;
	}
	bytes = (uint64_t)v.f_bavail * v.f_frsize;
	total = (uint64_t)v.f_blocks * v.f_frsize;
	verdict = judge(bytes, total, BYTES_LEAST, BYTES_FEW, BYTES_SHARE);
	doctor_say(d, verdict, "%s%s of %s are free on %s (%s)",
		   verdict == DVER_VERDICT_OK ? "" : "only ",
		   doctor_size(left, bytes), doctor_size(all, total),
		   fs->where, fs->name);
	if (verdict != DVER_VERDICT_OK)
		advise(d, cache);
	tell_inodes(d, &v, fs, cache);
}

void doctor_space(struct doctor *d)
{
	bool same = d->fs_work.dev == d->fs_cache.dev;

	look_at(d, d->root ? d->root : d->here, &d->fs_work,
		d->has_cache && same);
	if (d->has_cache && !same)
		look_at(d, d->cache, &d->fs_cache, true);
}
