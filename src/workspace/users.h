/*
 * users - the workspaces that use a local store, opened for reading.
 */
#ifndef WORKSPACE_USERS_H
#define WORKSPACE_USERS_H

#include "repo/repo.h"

struct user {
	struct dver_repo *repo;
	bool own;	/* the caller's; any other is fn's to free */
	bool git_only;	/* told already; this is about another git repository
			   that it was used with through GIT_DIR */
};
typedef int (*user_fn)(void *data, const struct user *u,
		       struct dver_err *err);
/*
 * Tell of each workspace that uses the store of `repo`, it among them.  One
 * that cannot be read is an error, which says that nothing was `done`
 * ("deleted").
 */
int users_each(struct dver_repo *repo, const char *done, user_fn fn,
	       void *data, struct dver_err *err);

#endif
