/*
 * dver/workspace.h - the data on this disk: add, status, checkout, rm, mv,
 * undo, diff.
 *
 * A target is an output, a pointer file, a folder, or a path inside tracked
 * data.  No targets (n == 0) means all outputs of the workspace.
 */
#ifndef DVER_WORKSPACE_H
#define DVER_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What happened to one output. */
struct dver_change {
	const char *path;	/* of the output */
	const char *pointer;	/* of its pointer file */
	const char *from;	/* dver_move(): where it was */
	bool directory;
	bool moved;		/* the pointer was written */
	bool differs;		/* checkout: it is not what was asked for:
				   edits, or files that nobody added, stay */
	uint64_t added, modified, deleted;	/* files */
	uint64_t files, bytes;	/* of the output, all together */
	uint64_t new_bytes;	/* that were not stored before (add), or that
				   were written (checkout) */
	/* add, unless core.windowsNames allows them: names that were not
	   tracked before and that Windows cannot hold, and a few of them,
	   as paths from the workspace's root, sorted. */
	uint64_t windows_names;
	const char *const *windows_first;
	size_t windows_shown;
};
typedef int (*dver_change_fn)(void *data, const struct dver_change *change);

struct dver_add_opts {
	bool update;		/* all outputs that changed; no targets.  Those
				   that are only behind are left out. */
	bool force;		/* also over a pointer that moved (behind), and
				   targets that .dverignore ignores */
	bool allow_deletes;	/* also when over half of a folder vanished */
};
/*
 * Store files and folders and write their pointers.  A path inside a tracked
 * folder updates that folder and needs nothing else of it.  Nothing is
 * written unless all targets can be; `opts` may be NULL.
 */
DVER_API int dver_add(struct dver_repo *repo, const char *const *targets,
		      size_t n, const struct dver_add_opts *opts,
		      dver_change_fn fn, void *data, struct dver_err *err);

enum dver_state {
	DVER_CLEAN,
	DVER_CHANGED,		/* the data was edited: dver add */
	DVER_BEHIND,		/* the pointer moved, or is gone: checkout */
	DVER_CONFLICT,		/* and a file that it changes was edited */
	DVER_NOT_HERE,		/* never fetched or gone: checkout or pull */
	DVER_BROKEN		/* the pointer cannot be read */
};

struct dver_status {
	const char *path;
	const char *pointer;	/* or the lock file of its pipeline */
	const char *stage;	/* that makes it; NULL: it has a pointer */
	bool directory;
	enum dver_state state;
	const char *problem;	/* DVER_BROKEN: what is wrong */
	uint64_t added, modified, deleted;	/* files */
	uint64_t absent;	/* files of it that are not here */
	bool stored;		/* DVER_NOT_HERE, a file: the local store has
				   it, so that checkout is enough */
	uint64_t files, bytes;	/* as the pointer has it */
	/* With a remote: what a push would send. */
	uint64_t push_files, push_bytes;
};

struct dver_status_opts {
	bool all;		/* report clean outputs too */
	const char *remote;	/* "" the default one, NULL: do not ask */
};
DVER_API int dver_status(struct dver_repo *repo, const char *const *targets,
			 size_t n, const struct dver_status_opts *opts,
			 int (*fn)(void *data, const struct dver_status *st),
			 void *data, struct dver_err *err);

/* A file whose bytes are nowhere that was asked. */
struct dver_missing {
	const char *output;
	const char *path;	/* "" when the whole output is unknown */
	const char *id;		/* SHA-256 of the file or tree */
	uint64_t size;
	const char *commit;	/* that recorded it; NULL: the disk */
};

struct dver_checkout_opts {
	bool force;		/* store what it overwrites, then overwrite */
	bool relink;		/* make every file anew by the link order */
	const char *rev;	/* data of this revision; pointers stay */
	/* Called for each file that is missing; may be NULL. */
	int (*missing)(void *data, const struct dver_missing *m);
	void *data;		/* of missing() */
};
/*
 * Make the workspace match the pointers.  Files that nobody added stay.
 * Without targets (or with the root), edits of what did not move stay, too,
 * and outputs whose pointer went with a switch of branches are removed.
 * DVER_ECONFLICT: a file has changes that are stored nowhere.  DVER_EMISSING:
 * objects are not in the local store; everything else was checked out.
 */
DVER_API int dver_checkout(struct dver_repo *repo, const char *const *targets,
			   size_t n, const struct dver_checkout_opts *opts,
			   dver_change_fn fn, void *data,
			   struct dver_err *err);

struct dver_remove_opts {
	bool cached;	/* stop tracking; the data stays */
	bool force;	/* store what is stored nowhere, then remove it */
};
/*
 * Stop tracking outputs, and remove their data, pointers and .gitignore
 * lines; of a path inside a tracked folder the files, and a new version of
 * the folder is recorded.  Only bytes that are stored are deleted
 * (DVER_ECONFLICT), files that nobody added stay.  n must not be 0.
 */
DVER_API int dver_remove(struct dver_repo *repo, const char *const *targets,
			 size_t n, const struct dver_remove_opts *opts,
			 dver_change_fn fn, void *data, struct dver_err *err);

/*
 * Rename tracked data: an output, or a path inside one, to a new name or into
 * the folder `to`.  Data, pointer, .gitignore lines and what is known of the
 * workspace move; edits of the data move with it and stay edits.  Data that
 * is not here is only renamed in the pointers.  DVER_EEXISTS: there is such a
 * name.  DVER_ECONFLICT: a pointer moved since its data was checked out.
 */
DVER_API int dver_move(struct dver_repo *repo, const char *const *from,
		       size_t n, const char *to, dver_change_fn fn,
		       void *data, struct dver_err *err);

/*
 * Make the files of targets that are links into the local store, and
 * therefore read-only, files of their own.  *files and *bytes (each may be
 * NULL) tell how many.
 */
DVER_API int dver_unprotect(struct dver_repo *repo,
			    const char *const *targets, size_t n,
			    uint64_t *files, uint64_t *bytes,
			    struct dver_err *err);

/* A command that can be taken back. */
struct dver_undo_entry {
	uint64_t number;
	int64_t time;		/* seconds since 1970 */
	const char *command;	/* "add data model" */
};
/*
 * Take back the last add, checkout, rm, mv or drop; the next call takes back
 * the one before.  Pointers get what they held, the disk what lay on it
 * (after an add it stays as it is).  DVER_ECONFLICT: a pointer or data was
 * changed since; with `force` data in the way is stored first and pointers
 * are put back all the same.  DVER_ENOTFOUND: nothing to take back.  `fn`
 * hears what was taken back.
 */
DVER_API int dver_undo(struct dver_repo *repo, bool force,
		       int (*fn)(void *data, const struct dver_undo_entry *e),
		       void *data, struct dver_err *err);
/* What could be taken back, the latest first. */
DVER_API int dver_undo_each(struct dver_repo *repo,
			    int (*fn)(void *data,
				      const struct dver_undo_entry *e),
			    void *data, struct dver_err *err);

struct dver_diff_entry {
	char status;		/* 'A', 'D', 'M', 'R'; 'T': its kind */
	const char *output;	/* the output it lies in */
	const char *path;
	const char *from;	/* 'R': the path before, else NULL */
	bool directory;
	uint64_t old_size, new_size;
};
/*
 * What differs between revisions `a` (NULL: HEAD) and `b` (NULL: the files on
 * the disk); by output, then by path.
 */
DVER_API int dver_diff(struct dver_repo *repo, const char *a, const char *b,
		       const char *const *targets, size_t n,
		       int (*fn)(void *data, const struct dver_diff_entry *e),
		       void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
