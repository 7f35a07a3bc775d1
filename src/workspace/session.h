/*
 * session - what a command on the workspace works with: the record, the
 * outputs, and the targets that the user named.
 */
#ifndef WORKSPACE_SESSION_H
#define WORKSPACE_SESSION_H

#include "repo/outputs.h"
#include "repo/remotes.h"
#include "workspace/record.h"
#include "workspace/scan.h"

/* A target: an output, or a part of it (`sub` is not empty). */
struct target {
	struct output *output;
	char *sub;		/* owned; "" is the whole output */
};

struct session {
	struct dver_repo *repo;
	struct lock *lock;	/* of the workspace; NULL: only reading */
	struct lock *cache_lock; /* shared, against gc; NULL: no right to */
	struct tmpdir *tmp;	/* scratch; NULL: only reading */
	char *record_path;	/* owned */
	struct record record;
	struct outputs outputs;
	struct target *targets;	/* by output, then by sub; none in another */
	size_t n, cap;
};

/* SESSION_RECORD: to write what is known of some paths; no output is loaded. */
enum session_mode { SESSION_READ, SESSION_WRITE, SESSION_RECORD };

/*
 * Load record and outputs.  Names that are typed may have a pointer that git
 * does not know yet, so they are looked at too.
 */
int session_open(struct session *s, struct dver_repo *repo,
		 enum session_mode mode, const char *const *typed, size_t n,
		 struct dver_err *err);
void session_close(struct session *s);
#define AUTO_SESSION __attribute__((cleanup(session_close)))

/*
 * Keep gc away from the cache for a while; *out stays NULL where there is no
 * store yet, or no right to lock it: reading goes on all the same.
 */
int session_lock_reader(struct dver_repo *repo, struct lock **out,
			struct dver_err *err);

/* Add a target. */
int session_target(struct session *s, struct output *o, const char *sub,
		   struct dver_err *err);
/*
 * Resolve what was typed; nothing typed is every output.  Something that is
 * not tracked is DVER_ENOTFOUND.  Outputs with a problem are errors when they
 * are named, else they are left in.
 */
int session_targets(struct session *s, const char *const *typed, size_t n,
		    struct dver_err *err);
/* Sort targets and drop those that lie in another. */
void session_sort(struct session *s);
/* All targets of the output at v[i]: how many from there on. */
size_t session_group(const struct session *s, size_t i);
/*
 * Merge the local store's small indexes when there are many; the caller holds
 * none of its locks.  Nothing depends on it.
 */
void session_tidy(struct dver_repo *repo);
int session_save(struct session *s, struct dver_err *err);

/* Is the disk, the record or a pointer the same thing? */
bool scanned_is_pointer(const struct scanned *d, const struct pointer *p);
bool scanned_is_recorded(const struct scanned *d, const struct recorded *r);
bool pointer_is_recorded(const struct pointer *p, const struct recorded *r);
/*
 * Did the pointer move since the data that is here was added, checked out or
 * chosen in its stead?  Yes also where nothing is recorded, or where a command
 * did not end: then nobody knows whose the data is.
 */
bool pointer_moved(const struct pointer *p, const struct recorded *r);
/* A pointer or record as a scan would have found it; NULL or none: kind 0. */
struct scanned scanned_of_pointer(const struct pointer *p);
struct scanned scanned_of_recorded(const struct recorded *e);
void recorded_set(struct recorded *r, const struct scanned *d);

/* Count the tree of a folder, if it is one, among those of a scan. */
void scan_base_add(struct scan_base *b, const struct scanned *tree);
/* The trees that know an output: its pointer's, and the recorded one. */
struct scan_base session_base(const struct session *s, const char *path);

/* Reads of the local store fall back to the default remote, if there is one. */
struct reading_remote {
	struct dver_repo *repo;
	struct remote at;	/* owned */
	struct store *store;	/* owned once opened */
};
void reading_begin(struct reading_remote *rr, struct dver_repo *repo,
		   struct store *local);
void reading_end(struct reading_remote *rr, struct store *local);
void reading_release(struct reading_remote *rr);	/* reading_end() does */
/*
 * A read failed with this code: where that says that the remote does not
 * answer it is not asked again by this store, and by none of the repository
 * with repo->remote_once.
 */
void reading_failed(struct dver_repo *repo, struct store *local, int code);
/* Has the default remote the object?  No remote, or none that answers: 0. */
int reading_remote_has(struct reading_remote *rr, const struct oid *id,
		       struct dver_err *err);

#endif
