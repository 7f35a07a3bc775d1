/*
 * dver/ci.h - what a forge runs for each pull request: dver check as the gate,
 * dver report as the comment.
 */
#ifndef DVER_CI_H
#define DVER_CI_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/repo.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dver_forge { DVER_GITHUB, DVER_GITLAB };

/*
 * The text for the forge, in YAML, which the caller frees with dver_free().
 * Where dver's source comes from is for the person to fill in.  DVER_EINVAL:
 * there is no git.  DVER_EUNSUPPORTED: the workspace's folder has a name that
 * does not go into such a file.
 */
DVER_API int dver_ci_text(struct dver_repo *repo, enum dver_forge forge,
			  char **text, struct dver_err *err);

#define DVER_CI_GITHUB ".github/workflows/dver.yml"
/*
 * Write GitHub's as DVER_CI_GITHUB at the top of git's working tree: 1, or 0
 * when that is there already.  (GitLab has one file for all jobs, which is a
 * person's to edit.)  DVER_EEXISTS: there is another text and no `force`.
 * Nothing is written through a symlink.
 */
DVER_API int dver_ci_write(struct dver_repo *repo, bool force,
			   struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
