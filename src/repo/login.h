/*
 * login - user names and passwords that no setting says: from the person's
 * git credential helper (gitcredentials(7)), else by asking.
 *
 * The helper is found by git in the person's own settings, never by those of
 * the repository at hand.  It is asked by protocol, host and path, so what it
 * knows goes nowhere else.
 */
#ifndef REPO_LOGIN_H
#define REPO_LOGIN_H

#include "repo/remotes.h"

/* Let r->cfg ask; `r` stays where it is. */
int login_attach(struct remote *r, struct dver_repo *repo,
		 struct dver_err *err);

#endif
