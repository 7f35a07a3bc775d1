/*
 * aws_sources - the places that credentials come from, one file each;
 * aws_credentials.c asks them in their order.
 *
 * Each returns 1 and fills *out, 0 when it has nothing to say, or < 0: it
 * should have had something and did not.
 */
#ifndef NET_AWS_SOURCES_H
#define NET_AWS_SOURCES_H

#include "net/aws_credentials.h"
#include "net/aws_keys.h"
#include "net/aws_profile.h"

/* What all of them share; borrowed. */
struct aws_world {
	const struct aws_profiles *profiles;
	const struct aws_credentials_opts *opts;
};

/* All of them in their order: 0, or < 0 (DVER_EAUTH: nobody has any). */
int aws_chain(const struct aws_world *w, struct aws_keys *out,
	      struct dver_err *err);

/* A role with a web identity's token: AssumeRoleWithWebIdentity. */
struct aws_identity {
	const char *role, *session, *token_file;
};
int aws_assume_with_token(const struct aws_world *w,
			  const struct aws_identity *id, struct aws_keys *out,
			  struct dver_err *err);
/* The role of a profile, with keys that may assume it: AssumeRole. */
int aws_assume_role(const struct aws_world *w, const char *profile,
		    const struct aws_keys *with, struct aws_keys *out,
		    struct dver_err *err);
/* sso_account_id, sso_role_name and a token that `aws sso login` left. */
int aws_from_sso(const struct aws_world *w, const char *profile,
		 struct aws_keys *out, struct dver_err *err);
/* credential_process = command, run without a shell. */
int aws_from_process(const struct aws_world *w, const char *profile,
		     struct aws_keys *out, struct dver_err *err);
/* ECS, EKS: an URL in the environment. */
int aws_from_container(const struct aws_world *w, struct aws_keys *out,
		       struct dver_err *err);
/* EC2: the instance's role, version 2 of its metadata service. */
int aws_from_instance(const struct aws_world *w, struct aws_keys *out,
		      struct dver_err *err);

/*
 * What the sources have in common: one request to a small service, with tries
 * if `far`, else at once or not at all and through no proxy (the metadata
 * services of this machine).
 */
struct aws_ask {
	const char *what;	/* "cannot assume role 'x'" */
	const char *method, *url;
	const char *body;	/* NULL: none */
	bool far;
	long timeout;		/* seconds to connect; 0: the engine's */
};
int aws_ask(const struct aws_world *w, const struct aws_ask *a,
	    struct http_request *rq, struct http_reply *reply,
	    struct dver_err *err);
/* The words of an error in JSON or plain text; DVER_EAUTH or DVER_EREMOTE. */
int aws_refused(const char *what, const struct http_reply *reply,
		const char *words, struct dver_err *err);
/* Append the file without the blanks around its text. */
int aws_read_token(struct buf *out, const char *path, struct dver_err *err);

#endif
