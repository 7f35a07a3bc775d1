/*
 * ssh - an SFTP session with a host, through the user's own ssh(1): its
 * configuration, jump hosts, agent, keys and known hosts are what counts.
 */
#ifndef NET_SSH_H
#define NET_SSH_H

#include "net/sftp_conn.h"
#include "net/ssh_askpass.h"
#include "net/ssh_command.h"

struct ssh_target {
	struct ssh_login login;	/* `batch` and `ask_once` are set here */
	struct ssh_secrets secrets;
	const struct cancel *cancel;
	struct sftp_pace *pace;	/* NULL: no limit */
};

/*
 * Log in.  `extra`: there is a session already, and nobody is to be asked for
 * anything.  *again: another try may help.  DVER_ECHILD: there is no ssh.
 * One thread at a time for a target.
 */
int ssh_open(struct sftp_conn **out, struct ssh_target *t, bool extra,
	     bool *again, struct dver_err *err);

#endif
