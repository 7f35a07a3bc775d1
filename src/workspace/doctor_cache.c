/*
 * doctor_cache - the local store: is it one, may we use it, who else does?
 *
 * It is opened over its folder alone: nothing is made, swept or registered.
 */
#include "workspace/doctor.h"

#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"

#define MANY_INDEXES 64		/* the next add merges from 16 on */
#define SMALL_PACK (4u << 20)	/* bytes; gc makes few of many */
#define MANY_PACKS 64

static bool is_empty(const char *path)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	return dir_open(&d, AT_FDCWD, path, NULL) == 0 &&
	       dir_next(d, &e, NULL) == 0;
}

static void not_there(struct doctor *d)
{
	struct os_stat st;

	if (os_stat(d->cache, &st, false) == 0 && !S_ISDIR(st.mode)) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s' is no folder",
			   d->cache);
		doctor_do(d, "dver cache dir PATH names another");
	} else if (errno == EACCES) {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s' is where you may "
			   "not look", d->cache);
		doctor_do(d, "dver cache --local dir PATH names another");
	} else {
		doctor_say(d, DVER_VERDICT_OK, "'%s' is not there yet: the "
			   "first add or pull makes it", d->cache);
	}
}

static void not_ours(struct doctor *d, bool readable)
{
	AUTO_FREE char *word = doctor_word(d->cache);
	struct os_stat st = { .uid = 0 };

	(void)os_stat(d->cache, &st, false);
	doctor_say(d, readable ? DVER_VERDICT_WARNING : DVER_VERDICT_PROBLEM,
		   "'%s' belongs to user %u and you may not %s it%s", d->cache,
		   (unsigned)st.uid, readable ? "write to" : "read",
		   readable ? ": nothing can be added or pulled" : "");
	doctor_do(d, "its owner can share it: dver config cache.shared group "
		  "&& chmod -R g=u %s; or use another: dver cache --local "
		  "dir PATH", word ? word : "");
}

static int count_small(void *data, const struct transport_key *k,
		       struct dver_err *err)
{
	uint64_t *n = data;

	(void)err;
	*n += k->size < SMALL_PACK;
	return 0;
}

static void describe(struct doctor *d, struct store *s)
{
	struct transport *t = store_transport(s);
	size_t n = store_index_names(s)->n;
	uint64_t small = 0;

	if (n > MANY_INDEXES) {
		doctor_say(d, DVER_VERDICT_WARNING, "'%s' has %zu indexes, "
			   "each of which every look-up asks", d->cache, n);
		doctor_do(d, "the next dver add or checkout merges them, "
			  "unless the store is locked all the time");
	}
	(void)transport_list(t, "packs/", count_small, &small, NULL);
	(void)transport_list(t, "meta/", count_small, &small, NULL);
	if (small > MANY_PACKS) {
		doctor_say(d, DVER_VERDICT_NOTE, "'%s' has %llu packs of under "
			   "4 MB", d->cache, (unsigned long long)small);
		doctor_do(d, "dver gc -f makes few of them");
	}
	if (!doctor_quiet(d))
		return;
	doctor_say(d, DVER_VERDICT_OK, "'%s', a store of format 1 with %llu "
		   "entries in %zu index%s", d->cache,
		   (unsigned long long)store_count(s), n, n == 1 ? "" : "es");
}

static int open_store(struct doctor *d, struct store **out,
		      struct dver_err *err)
{
	struct store_opts opts = { .local = d->cache };
	struct transport *t = NULL;
	int r = transport_directory_open(&t, d->cache, TRANSPORT_READONLY, 0,
					 err);

	if (r == 0)
		r = store_open(out, &t, &opts, err);
	if (r == 0)
		r = store_refresh(*out, err);
	return r < 0 ? r : store_load_indexes(*out, err);
}

void doctor_cache(struct doctor *d)
{
	AUTO_STORE struct store *s = NULL;
	struct dver_err err;
	int r;

	if (!d->has_cache) {
		not_there(d);
		return;
	}
	if (access(d->cache, R_OK | X_OK) < 0) {
		not_ours(d, false);
		return;
	}
	if (is_empty(d->cache)) {
		doctor_say(d, DVER_VERDICT_OK, "'%s' is empty as yet",
			   d->cache);
		return;
	}
	r = open_store(d, &s, &err);
	if (r == 0 && !d->can_write) {
		not_ours(d, true);
	} else if (r == 0) {
		describe(d, s);
	} else {
		doctor_say(d, DVER_VERDICT_PROBLEM, "'%s': %s", d->cache,
			   err.msg);
		if (r == DVER_EUNSUPPORTED)
			doctor_do(d, "install the dver that wrote it, or a "
				  "newer one");
		else if (r == DVER_ENOTFOUND)
			doctor_do(d, "if it never was one: dver cache dir "
				  "PATH names another");
		else
			doctor_do(d, "dver fsck looks at everything and mends "
				  "what it can");
	}
}

struct users {
	struct doctor *d;
	uint64_t n, bad;
};

/* What gc would stumble over. */
static int one_user(void *data, const struct local_workspace *w,
		    struct dver_err *err)
{
	struct users *u = data;
	struct doctor *d = u->d;
	AUTO_FREE char *word = doctor_word(w->path);
	AUTO_FREE char *meta = str_printf("%s/.dver", w->path);
	const char *gone = NULL;
	int code = 0;

	(void)err;
	u->n++;
	if (!word || !meta)
		return DVER_ENOMEM;
	if (access(meta, X_OK) < 0) {
		code = errno;
		gone = w->path;
	}
	for (size_t i = 0; !gone && i < w->n; i++) {
		if (access(w->git[i].dir, X_OK) == 0)
			continue;
		code = errno;
		gone = w->git[i].dir;
	}
	if (!gone)
		return 0;
	u->bad++;
	doctor_say(d, DVER_VERDICT_WARNING, "the workspace '%s' uses this "
		   "store and '%s' %s: gc deletes nothing as long as it cannot "
		   "see what that needs", w->path, gone, code == ENOENT ||
		   code == ENOTDIR ? "is gone" : "is not yours to read");
	if (code == ENOENT || code == ENOTDIR)
		doctor_do(d, "if it is gone for good: dver gc --forget %s",
			  word);
	else
		doctor_do(d, "run dver gc as a user who may read it");
	return d->r;
}

void doctor_users(struct doctor *d)
{
	struct users u = { .d = d };
	struct dver_err err;

	if (!d->has_cache || access(d->cache, R_OK | X_OK) < 0)
		return;
	if (local_each_workspace(d->cache, one_user, &u, &err) < 0 &&
	    d->r == 0) {
		doctor_say(d, DVER_VERDICT_WARNING, "who uses this store "
			   "cannot be told: %s", err.msg);
		doctor_do(d, "dver gc deletes nothing until it can");
	} else if (!u.bad) {
		doctor_say(d, DVER_VERDICT_OK, "%llu workspace%s %s the "
			   "cache", (unsigned long long)u.n,
			   u.n == 1 ? "" : "s", u.n == 1 ? "uses" : "use");
	}
}
