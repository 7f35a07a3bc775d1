/*
 * aws_profile - what the environment and the files ~/.aws/config and
 * ~/.aws/credentials say to all of AWS's tools.
 *
 * Source: "Configuration and credential file settings" in the user guide of
 * the AWS CLI, "Shared config and credentials files" in the reference of AWS's
 * SDKs.  Where the two disagree it is as the CLI does it.
 *
 * Read once; after that thread-safe, all answers are borrowed from it.
 */
#ifndef NET_AWS_PROFILE_H
#define NET_AWS_PROFILE_H

#include <stdbool.h>

struct dver_err;
struct aws_profiles;

struct aws_files {
	/*
	 * NULL: $AWS_CONFIG_FILE and $AWS_SHARED_CREDENTIALS_FILE, else the
	 * two in ~/.aws.  Those need not be there, these must.
	 */
	const char *config, *credentials;
	/* A committed setting named them: no command is run for them. */
	bool config_committed, credentials_committed;
	const char *profile;	/* NULL: $AWS_PROFILE, or "default" */
};
/* DVER_EFORMAT, DVER_ENOTFOUND (a file or the profile that was named). */
int aws_profiles_new(struct aws_profiles **out, const struct aws_files *files,
		     struct dver_err *err);
void aws_profiles_free(struct aws_profiles *p);	/* NULL is fine */
static inline void aws_profiles_freep(struct aws_profiles **p)
{
	aws_profiles_free(*p);
}
#define AUTO_AWS_PROFILES __attribute__((cleanup(aws_profiles_freep)))

/* The profile in use, and whether a setting (not the environment) named it. */
const char *aws_profiles_name(const struct aws_profiles *p);
bool aws_profiles_is_set(const struct aws_profiles *p);
bool aws_profile_exists(const struct aws_profiles *p, const char *profile);
/* NULL: not there, or empty.  The credentials file comes first. */
const char *aws_profile_get(const struct aws_profiles *p, const char *profile,
			    const char *key);
/* Of a block: aws_profile_sub(p, "default", "s3", "addressing_style"). */
const char *aws_profile_sub(const struct aws_profiles *p, const char *profile,
			    const char *key, const char *sub);
/* Of other sections: "sso-session NAME", "services NAME". */
const char *aws_profile_other(const struct aws_profiles *p,
			      const char *section, const char *key,
			      const char *sub);
/*
 * As aws_profile_get() for a key that runs a command or sends away what a
 * file holds: 1, 0 (not there), DVER_EAUTH when it is there and whoever can
 * push could have written it or put it in place.
 */
int aws_profile_trusted(const struct aws_profiles *p, const char *profile,
			const char *key, const char **value,
			struct dver_err *err);

/* An environment variable, NULL: not there or empty. */
const char *aws_env(const char *name);
/* NULL: nobody says. */
const char *aws_region(const struct aws_profiles *p);
/* Of a service ("s3", "sts", "sso"); NULL: AWS's own. */
const char *aws_endpoint(const struct aws_profiles *p, const char *service);
const char *aws_ca_bundle(const struct aws_profiles *p);

#endif
