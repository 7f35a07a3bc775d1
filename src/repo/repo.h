/*
 * repo - the struct behind dver/repo.h, for the rooms above this one.
 */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/cancel.h"
#include "base/lock.h"
#include "dver/repo.h"
#include "store/local.h"

struct git;
struct config;
struct logins;

struct dver_repo {
	char *root;		/* absolute, real path; owned */
	char *meta;		/* root/.dver; owned */
	char *prefix;		/* of root in git's tree: "" or "a/b"; owned */
	struct git *git;	/* owned; NULL: no git here */
	struct config *config;	/* owned; all levels */
	int jobs;		/* threads to use, >= 1 */
	int jobs_asked;		/* as the caller said; <= 0: did not */
	bool nosync;		/* core.fsync = false */
	bool looks;		/* nothing is to be changed, see repo_look() */
	bool autostage;		/* core.autostage; false without git */
	mode_t mode_mask;	/* core.sharedRepository of git */
	char *cache;		/* the local store's folder; owned */
	void (*note)(void *data, enum dver_note_kind kind, const char *line);
	void *note_data;
	dver_ask_fn ask;	/* NULL: nobody is there */
	void *ask_data;
	struct logins *logins;	/* what was answered; owned */
	struct cancel cancel;
	/* What dver_repo_progress() reads: */
	_Atomic(const char *) what;
	_Atomic uint64_t files, files_total, bytes, bytes_total;
	struct store *store;	/* the local store once opened; owned */
	const char *tmp;	/* scratch of a command that changes things */
	bool remote_once;	/* reads ask no remote again that failed */
	bool remote_off;	/* reads ask none at all */
};

/*
 * As dver_repo_open(), to look around and nothing else: not even permissions
 * that sharing wants are given.
 */
int repo_look(struct dver_repo **out, const char *dir, struct dver_err *err);
/*
 * The nearest folder from the absolute `dir` upward that is a workspace, by
 * its .dver alone; owned by the caller.  NULL: there is none.
 */
char *repo_find_root(const char *dir);
/*
 * The workspace whose root is exactly `root`, whatever the environment says
 * of git: for reading.  DVER_ENOTFOUND: there is none any more.
 */
int repo_open_other(struct dver_repo **out, const char *root,
		    struct dver_err *err);
/*
 * The same with the git repository `dir`, whose working tree has its top at
 * `tree`: one that is not found from there.
 */
int repo_open_git(struct dver_repo **out, const char *root, const char *dir,
		  const char *tree, struct dver_err *err);
/* Answers of the person and of credential helpers (login.c). */
void logins_free(struct logins *l);
/* Tell a line to the person, if anybody listens. */
void repo_note(struct dver_repo *repo, enum dver_note_kind kind,
	       const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Start a phase: `what` is a constant; all counters become 0. */
void repo_phase(struct dver_repo *repo, const char *what);

/*
 * The local store, opened (and made) at the first call and registered with
 * this workspace; borrowed.  A linked git worktree shares the cache of the
 * main one; `cache.dir` says otherwise.
 */
int repo_store(struct dver_repo *repo, struct store **out,
	       struct dver_err *err);
/*
 * Replace a small file of the workspace atomically: the unfinished one lies
 * in repo->tmp where that is set, else in a folder of its own below .dver/tmp.
 * It keeps the permissions of the one that is there.
 */
int repo_replace(struct dver_repo *repo, const char *path, const void *data,
		 size_t len, struct dver_err *err);
/* The same of any file, with these permissions; not `exact`: umask applies. */
int repo_replace_mode(struct dver_repo *repo, const char *path,
		      const void *data, size_t len, mode_t mode, bool exact,
		      struct dver_err *err);
/* `.dver/lock`, exclusively: for everything that changes the workspace. */
int repo_lock(struct dver_repo *repo, struct lock **out,
	      struct dver_err *err);
/*
 * A target as the user typed it (relative to the current directory) as a
 * clean path relative to the root; "" is the root itself.  DVER_EINVAL when
 * it leaves the workspace, lies in .git or .dver, or passes through a
 * symlink (a last component that is one is fine).
 */
int repo_path(struct dver_repo *repo, struct buf *out, const char *target,
	      struct dver_err *err);
/* As repo_path(), but a target that is a pointer means its output. */
int repo_target(struct dver_repo *repo, struct buf *out, const char *target,
		struct dver_err *err);

#endif
