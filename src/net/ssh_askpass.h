/*
 * ssh_askpass - answer what ssh asks, without a secret on a command line, in
 * the environment or in a file.
 *
 * ssh runs the program that SSH_ASKPASS names with its question as argument
 * and reads the answer from it.  That program is dver itself, by a link named
 * ASKPASS_NAME in a folder that is only ours; it finds a socket beside that
 * link, hands the question over and prints the answer (base/askpass.h).
 *
 * A question is answered with the secret only when it is known to come from
 * the login that the secret is for: a jump host on the way, or a server that
 * words its question as ssh would, does not get it.  Whatever else is asked
 * (is this host key right?) goes to the person, if there is one.
 *
 * One thread.
 */
#ifndef NET_SSH_ASKPASS_H
#define NET_SSH_ASKPASS_H

#include <stdbool.h>

#include "base/vec.h"

struct dver_err;
struct ssh_askpass;

/* Which secret answers a question? */
enum ssh_secret { SSH_PASSWORD, SSH_PASSPHRASE, SSH_NO_SECRET };

struct ssh_secrets {
	const char *known[2];	/* borrowed; NULL: not known */
	bool ask_for[2];	/* a person has to be there who knows it */
	/* Names of the login in ssh's questions: "user@host". */
	struct strvec logins;
	/* Ask the person, unseen and seen; NULL: nobody is there. */
	int (*ask)(void *data, const char *prompt, char **answer,
		   struct dver_err *err);
	int (*confirm)(void *data, const char *prompt, char **answer,
		       struct dver_err *err);
	void *data;
	/* What was asked and said, for the next login. */
	struct strvec prompts, answers;
};
/* Is there anything that ssh has to be given? */
bool ssh_secrets_any(const struct ssh_secrets *s);
/* What is owned is wiped and freed. */
void ssh_secrets_release(struct ssh_secrets *s);

/*
 * Borrows *s, which keeps what a person says.  `quiet`: ask the person nothing
 * new.
 */
int ssh_askpass_new(struct ssh_askpass **out, struct ssh_secrets *s,
		    bool quiet, struct dver_err *err);
void ssh_askpass_free(struct ssh_askpass *a);	/* NULL is fine */
static inline void ssh_askpass_freep(struct ssh_askpass **a)
{
	ssh_askpass_free(*a);
}
#define AUTO_SSH_ASKPASS __attribute__((cleanup(ssh_askpass_freep)))
/* What ssh's environment needs, NULL at the end; borrowed. */
const char *const *ssh_askpass_env(const struct ssh_askpass *a);
/* Becomes readable when there is a question. */
int ssh_askpass_fd(const struct ssh_askpass *a);
/* Answer it; `askpass` is a struct ssh_askpass.  < 0: the login is off. */
int ssh_askpass_serve(void *askpass, struct dver_err *err);
enum ssh_secret ssh_askpass_wants(const char *prompt,
				  const struct strvec *logins);

#endif
