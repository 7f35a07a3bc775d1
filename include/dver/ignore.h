/*
 * dver/ignore.h - what .dverignore files say of a path: check-ignore.
 *
 * Their syntax is that of gitignore(5); dver-ignore(5) has the rest.
 */
#ifndef DVER_IGNORE_H
#define DVER_IGNORE_H

#include <stdbool.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_ignored {
	bool ignored;		/* dver_add() passes it over */
	bool tracked;		/* a pattern ignores it, but it is tracked:
				   so it is not passed over */
	const char *file;	/* the .dverignore of the pattern that decided,
				   relative to the workspace; NULL: no pattern
				   matches.  Borrowed until the next call. */
	unsigned line;		/* in file, from 1 */
	const char *pattern;	/* as it stands there; one that begins with
				   "!" says that the path is not ignored */
};

/*
 * Outputs, trees and patterns are read once, when they are needed, and stay
 * as they were read.  One thread.
 */
struct dver_ignore;
DVER_API int dver_ignore_open(struct dver_ignore **out,
			      struct dver_repo *repo, struct dver_err *err);
DVER_API void dver_ignore_free(struct dver_ignore *ig);
/*
 * `path` is relative to the current folder and need not exist: then one that
 * ends in a slash is a folder.  DVER_EINVAL: it is outside of the workspace,
 * or behind a symlink.
 */
DVER_API int dver_ignore_check(struct dver_ignore *ig, const char *path,
			       struct dver_ignored *out,
			       struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
