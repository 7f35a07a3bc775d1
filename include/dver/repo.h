/*
 * dver/repo.h - a workspace that dver knows: open it, make one, watch it work.
 *
 * A struct dver_repo belongs to one thread; dver_repo_cancel() and
 * dver_repo_progress() alone may be called from others (the former from a
 * signal handler too).  Paths that functions take are relative to the current
 * directory or absolute; paths that they report are relative to the root of
 * the workspace.  Strings handed to callbacks are borrowed until the callback
 * returns; a callback that returns non-zero stops the call, which returns
 * that value.
 */
#ifndef DVER_REPO_H
#define DVER_REPO_H

#include <stdbool.h>
#include <stdint.h>

#include "dver/api.h"
#include "dver/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_repo;

enum dver_note_kind {
	DVER_NOTE_INFO,
	DVER_NOTE_WAIT,		/* waiting for somebody's lock */
	DVER_NOTE_WARNING
};

struct dver_repo_opts {
	int jobs;	/* threads; 0: as many as suit the machine */
	/* A line for people, from the calling thread; may be NULL. */
	void (*note)(void *data, enum dver_note_kind kind, const char *line);
	void *data;
};

/*
 * Open the workspace that `dir` (NULL: the current directory) lies in: the
 * nearest folder upward with a `.dver`.  DVER_ENOTFOUND: there is none; the
 * search ends at the top of the git working tree.  `opts` may be NULL.
 */
DVER_API int dver_repo_open(struct dver_repo **out, const char *dir,
			    const struct dver_repo_opts *opts,
			    struct dver_err *err);
DVER_API void dver_repo_free(struct dver_repo *repo);	/* NULL is fine */
/* Is the word a revision, or a range of them, that git knows? */
DVER_API bool dver_is_revision(struct dver_repo *repo, const char *word);
/* Does git have only the newest commits here? */
DVER_API bool dver_is_shallow(const struct dver_repo *repo);
/* The absolute path of the workspace's root; borrowed. */
DVER_API const char *dver_repo_root(const struct dver_repo *repo);

/* Is the workspace in a git repository?  Else it has no history. */
DVER_API bool dver_repo_has_git(const struct dver_repo *repo);

enum {
	DVER_INIT_NO_GIT = 1,	/* a workspace without git */
	DVER_INIT_SUBDIR = 2	/* in a folder below the top of git's tree */
};
/*
 * Make `dir` (NULL: here) a workspace: `.dver/` with its config and
 * .gitignore, staged in git unless core.autostage is off.  1: made, 0: it was
 * one already.  DVER_EEXISTS: a `.dvc` folder stands there.  DVER_ENOTFOUND:
 * no git and no DVER_INIT_NO_GIT.  DVER_EINVAL: below the top of git's tree
 * and no DVER_INIT_SUBDIR.
 */
DVER_API int dver_repo_init(const char *dir, unsigned flags,
			    struct dver_err *err);

/*
 * Ask the person a question, such as "Password for 'me' at 'https://host': ".
 * *answer is allocated with malloc() and freed by the library.  `secret`: it
 * must not be seen.  DVER_EAUTH: nobody is there.
 */
typedef int (*dver_ask_fn)(void *data, const char *prompt, bool secret,
			   char **answer, struct dver_err *err);
/*
 * Who is asked for passwords that no file, variable or credential helper
 * knows; without, nobody is.  Called by one thread at a time, not always by
 * that of the call.
 */
DVER_API void dver_repo_set_ask(struct dver_repo *repo, dver_ask_fn ask,
				void *data);

/* Stop what runs as soon as the state on disk allows (DVER_ECANCEL). */
DVER_API void dver_repo_cancel(struct dver_repo *repo);

/* How far the running call is; a total of 0 is not known (yet). */
struct dver_progress {
	const char *what;	/* "scanning", "sending", ...; a constant */
	uint64_t files, files_total;
	uint64_t bytes, bytes_total;
};
DVER_API void dver_repo_progress(const struct dver_repo *repo,
				 struct dver_progress *out);

/* The version of the library, as "0.1.0"; a constant. */
DVER_API const char *dver_version(void);
/* Free a string that a function of this library handed over. */
DVER_API void dver_free(void *p);

#ifdef __cplusplus
}
#endif

#endif
