/*
 * ssh_command - the command line that reaches a host, as git would make it.
 *
 * Which ssh is run is the user's own business and is said where git reads it:
 * GIT_SSH_COMMAND, core.sshCommand of git's configuration, GIT_SSH, and else
 * "ssh".  Nothing that dver's own configuration says is ever run.
 */
#ifndef NET_SSH_COMMAND_H
#define NET_SSH_COMMAND_H

#include "base/vec.h"

struct dver_err;

struct ssh_login {		/* strings are checked (ssh_url.h) */
	const char *host, *user; /* user NULL: ssh knows */
	unsigned port;		/* 0: ssh knows */
	const char *keyfile;	/* NULL: ssh knows */
	bool no_agent;
	bool gss_auth;
	int connect;		/* seconds until it answers */
	int timeout;		/* seconds of silence */
	bool batch;		/* ask nobody for anything */
	bool ask_once;		/* no second try for a secret */
};

enum ssh_kind { SSH_OPEN, SSH_PLINK, SSH_SIMPLE };

/*
 * Append the program, and whatever the user's setting adds.  A setting
 * without shell syntax is split at blanks; one with it goes through sh, as
 * git's does.
 */
int ssh_command_program(struct strvec *argv, enum ssh_kind *kind,
			struct dver_err *err);
/*
 * Append the options of a login, host included.  DVER_EUNSUPPORTED: this kind
 * of ssh has no option for something that was asked for.
 */
int ssh_command_login(struct strvec *argv, enum ssh_kind kind,
		      const struct ssh_login *l, struct dver_err *err);

#endif
