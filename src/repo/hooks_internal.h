/*
 * hooks_internal - what is in git's folder of hooks, for the files that
 * install, remove and look at them.
 */
#ifndef REPO_HOOKS_INTERNAL_H
#define REPO_HOOKS_INTERNAL_H

#include "repo/hook_text.h"
#include "repo/repo.h"

#define HOOK_MAX (4u << 20)
#define HOOKS 5
extern const char *const hook_names[HOOKS];

/* One hook: what is there now. */
struct hook {
	const char *name;
	char *path, *before, *legacy;	/* owned */
	enum hook_kind kind;
	struct strvec dirs;		/* of ours */
	bool has_before;
	mode_t mode;			/* of what is there; 0: nothing */
};
int hook_load(struct hook *h, const char *folder, const char *name,
	      struct dver_err *err);
void hook_release(struct hook *h);
#define AUTO_HOOK __attribute__((cleanup(hook_release)))
bool hook_is_there(const char *path);

/* The folder, absolute; owned by the caller. */
int hooks_folder(struct dver_repo *repo, char **out, struct dver_err *err);
/* Is it in this repository or its working tree?  1, 0, < 0. */
int hooks_folder_is_own(struct dver_repo *repo, const char *folder,
			struct dver_err *err);

#endif
