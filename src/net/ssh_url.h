/*
 * ssh_url - where an ssh:// URL leads: user, host, port, path.
 *
 * What is in it may end up on ssh's command line, and from there, by way of
 * somebody's ssh_config, in a shell; and it may have been committed by anybody.
 * So hosts and users have no characters that an option, a shell or a terminal
 * would act upon.
 */
#ifndef NET_SSH_URL_H
#define NET_SSH_URL_H

#include <stdbool.h>

struct dver_err;

struct ssh_url {
	char *user;	/* owned, as all of them; NULL: none is given */
	char *host;	/* a name of ssh_config(5) will do; "::1" without [] */
	unsigned port;	/* 0: none is given */
	char *path;	/* as the server takes it; relative: to the home */
};

/*
 * "ssh://[user@]host[:port]/path", also with sftp://, or git's short form
 * "[user@]host:path".  "/~/path" is below the home.  %XX is decoded, but not a
 * % alone.  DVER_EINVAL says what makes no sense; a password is refused.
 */
int ssh_url_parse(struct ssh_url *out, const char *url, struct dver_err *err);
void ssh_url_release(struct ssh_url *u);
#define AUTO_SSH_URL __attribute__((cleanup(ssh_url_release)))
/*
 * Is this the short form?  As with git: a colon before any slash, so "./a:b"
 * is a path.
 */
bool ssh_url_is_short(const char *url);
/* Can this be a user's or a host's name?  See above. */
bool ssh_url_user_ok(const char *user);
bool ssh_url_host_ok(const char *host);

#endif
