/*
 * hook_text - the script that stands in git's folder of hooks.
 *
 * Its second line, "# dver hook 1 <hash>", has the hash of all that follows:
 * a script that somebody edited is told from one that is ours to replace.
 * Then comes a line "# workspace: DIR" for each workspace of the repository
 * that it serves ("." is the top).
 */
#ifndef REPO_HOOK_TEXT_H
#define REPO_HOOK_TEXT_H

#include "base/buf.h"
#include "base/vec.h"

struct dver_err;

enum hook_kind { HOOK_NONE, HOOK_OURS, HOOK_EDITED, HOOK_FOREIGN };

/* Of a script; workspaces of one that is ours are put into `dirs`. */
enum hook_kind hook_judge(const char *text, size_t len, struct strvec *dirs,
			  struct dver_err *err);
/* DVER_EUNSUPPORTED: a folder's name has a control character. */
int hook_text(struct buf *out, const char *name, const struct strvec *dirs,
	      struct dver_err *err);

#endif
