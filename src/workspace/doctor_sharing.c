/*
 * doctor_sharing - may everybody who is meant to use the cache really use it,
 * and nobody else?
 *
 * The first levels of the cache and a part of the rest are looked at: what
 * went wrong once (a root's run, a copy without its modes) went wrong for more
 * than one file.
 */
#include "workspace/doctor.h"

#include <dirent.h>
#include <stdio.h>

#include "base/dir.h"
#include "base/mem.h"
#include "base/path.h"

#define ENTRIES_MAX 5000
#define DEPTH_MAX 3

struct looking {
	struct doctor *d;
	mode_t mask;		/* rw bits that others are to have; 0: none */
	uint32_t uid, gid;	/* of the cache's folder */
	uint64_t seen;
	uint64_t narrow, unreadable, foreign, group;
	char *first;		/* of what was narrow or unreadable; owned */
};

static void note(struct looking *l, uint64_t *count, const char *path)
{
	++*count;
	if (!l->first)
		l->first = strdup(path);
}

/* Has it the bits that sharing wants?  Data is read-only for everybody. */
static bool is_wide(const struct looking *l, const struct os_stat *st)
{
	mode_t want = l->mask;

	if (S_ISDIR(st->mode))
		want |= (want & 0444) >> 2 | S_ISGID;
	else if (!(st->mode & 0200))
		want &= ~(mode_t)0222;
	return (st->mode & want) == want;
}

static void look_at(struct looking *l, const char *path,
		    const struct os_stat *st)
{
	l->seen++;
	l->foreign += st->uid != l->uid;
	if (l->mask && !is_wide(l, st))
		note(l, &l->narrow, path);
	if (l->mask && st->gid != l->gid)
		note(l, &l->group, path);
	if (!S_ISLNK(st->mode) &&
	    access(path, S_ISDIR(st->mode) ? R_OK | X_OK : R_OK) < 0)
		note(l, &l->unreadable, path);
}

static void look_below(struct looking *l, const char *path, int depth)
{
	AUTO_DIR struct dir *dir = NULL;
	struct dir_entry e;

	if (dir_open(&dir, AT_FDCWD, path, NULL) < 0)
		return;
	while (l->seen < ENTRIES_MAX && dir_next(dir, &e, NULL) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);
		struct os_stat st;

		/* Scratch is nobody else's business. */
		if ((depth == 0 && streq(e.name, "tmp")) || !full ||
		    os_stat(full, &st, true) < 0)
			continue;
		look_at(l, full, &st);
		if (S_ISDIR(st.mode) && depth + 1 < DEPTH_MAX)
			look_below(l, full, depth + 1);
	}
}

/* What chmod(1) is to do: a class gets what the owner has, or reading alone. */
static const char *change_of(mode_t mask)
{
	bool g = mask & 040, gw = mask & 020, o = mask & 04, ow = mask & 02;

	if (ow)
		return "g=u,o=u";
	if (gw)
		return o ? "g=u,o+rX" : "g=u";
	return g && o ? "go+rX" : o ? "o+rX" : "g+rX";
}

static void tell_shared(struct looking *l, const char *word)
{
	struct doctor *d = l->d;

	if (l->narrow) {
		doctor_say(d, DVER_VERDICT_WARNING, "the cache is shared, but "
			   "%llu of %llu entries are not open to those who "
			   "share it: '%s'", (unsigned long long)l->narrow,
			   (unsigned long long)l->seen, l->first);
		doctor_do(d, "chmod -R %s %s && find %s -type d -exec chmod "
			  "g+s {} + (as their owner)", change_of(l->mask), word,
			  word);
	}
	if (l->group) {
		doctor_say(d, DVER_VERDICT_WARNING, "the cache is shared, but "
			   "%llu of %llu entries belong to another group than "
			   "its folder: '%s'", (unsigned long long)l->group,
			   (unsigned long long)l->seen, l->first);
		doctor_do(d, "chgrp -R %u %s (as their owner)",
			  (unsigned)l->gid, word);
	}
}

static void tell_private(struct looking *l, const struct os_stat *st,
			 const char *word)
{
	struct doctor *d = l->d;

	if (l->foreign) {
		doctor_say(d, DVER_VERDICT_WARNING, "several users write to "
			   "the cache, but it is not shared: %llu of %llu "
			   "entries are not its owner's",
			   (unsigned long long)l->foreign,
			   (unsigned long long)l->seen);
		doctor_do(d, "dver config cache.shared group && chmod -R g=u "
			  "%s", word);
	}
	if (st->mode & 0002) {
		doctor_say(d, DVER_VERDICT_WARNING, "everybody on this "
			   "machine may write to the cache '%s'", d->cache);
		doctor_do(d, "chmod o-w %s", word);
	}
}

void doctor_sharing(struct doctor *d)
{
	struct looking l = { .d = d };
	AUTO_FREE char *word = doctor_word(d->cache);
	struct os_stat st;

	if (!d->has_cache || !word || os_stat(d->cache, &st, false) < 0 ||
	    access(d->cache, R_OK | X_OK) < 0)
		return;
	l.mask = d->repo ? d->repo->mode_mask & 066 : 0;
	l.uid = st.uid;
	l.gid = st.gid;
	look_at(&l, d->cache, &st);
	look_below(&l, d->cache, 0);
	if (l.unreadable) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "you may not read %llu of "
			   "%llu entries of the cache: '%s'",
			   (unsigned long long)l.unreadable,
			   (unsigned long long)l.seen, l.first);
		doctor_do(d, "chmod -R g+rX %s (as their owner)", word);
	}
	if (l.mask)
		tell_shared(&l, word);
	else
		tell_private(&l, &st, word);
	if (doctor_quiet(d))
		doctor_say(d, DVER_VERDICT_OK, "%s",
			   l.mask ? "the cache is shared, and open to those "
				    "who share it"
				  : "the cache is used by one user");
	free(l.first);
}
