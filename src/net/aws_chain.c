/*
 * aws_chain - who is asked for keys, and in which order.  A profile may stand
 * on another one (source_profile), and that on a third.
 */
#include "base/err.h"
#include "base/mem.h"
#include "net/aws_sources.h"

#define CHAIN_MAX 8

static int from_settings(const struct aws_world *w, struct aws_keys *out,
			 struct dver_err *err)
{
	const struct aws_credentials_opts *o = w->opts;
	int r;

	if (!o->id && !o->secret)
		return 0;
	if (!o->id || !o->secret)
		return err_set(err, DVER_EAUTH, "'%s' is set but not '%s'",
			       o->id ? "access_key_id" : "secret_access_key",
			       o->id ? "secret_access_key" : "access_key_id");
	r = aws_keys_set(out, o->id, o->secret, o->token, 0, "the settings",
			 err);
	return r < 0 ? r : 1;
}

static int from_env(struct aws_keys *out, struct dver_err *err)
{
	const char *id = aws_env("AWS_ACCESS_KEY_ID");
	const char *secret = aws_env("AWS_SECRET_ACCESS_KEY");
	const char *token = aws_env("AWS_SESSION_TOKEN");
	int r;

	if (!token)
		token = aws_env("AWS_SECURITY_TOKEN");
	if (!id)
		return 0;
	if (!secret)
		return err_set(err, DVER_EAUTH, "AWS_ACCESS_KEY_ID is set but "
			       "not AWS_SECRET_ACCESS_KEY");
	r = aws_keys_set(out, id, secret, token, 0, "the environment", err);
	return r < 0 ? r : 1;
}

static int from_env_identity(const struct aws_world *w, struct aws_keys *out,
			     struct dver_err *err)
{
	struct aws_identity id = {
		aws_env("AWS_ROLE_ARN"), aws_env("AWS_ROLE_SESSION_NAME"),
		aws_env("AWS_WEB_IDENTITY_TOKEN_FILE"),
	};

	if (!id.token_file)
		return 0;
	if (!id.role)
		return err_set(err, DVER_EAUTH, "AWS_WEB_IDENTITY_TOKEN_FILE "
			       "is set but not AWS_ROLE_ARN");
	return aws_assume_with_token(w, &id, out, err);
}

static int keys_of_profile(const struct aws_world *w, const char *profile,
			   struct aws_keys *out, struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	const char *id = aws_profile_get(p, profile, "aws_access_key_id");
	const char *secret = aws_profile_get(p, profile,
					     "aws_secret_access_key");
	int r;

	if (!id && !secret)
		return 0;
	if (!id || !secret)
		return err_set(err, DVER_EAUTH, "profile '%s' has '%s' but "
			       "not '%s'", profile,
			       id ? "aws_access_key_id"
				  : "aws_secret_access_key",
			       id ? "aws_secret_access_key"
				  : "aws_access_key_id");
	r = aws_keys_set(out, id, secret,
			 aws_profile_get(p, profile, "aws_session_token"), 0,
			 "the profile", err);
	return r < 0 ? r : 1;
}

/* credential_source = Environment, EcsContainer or Ec2InstanceMetadata. */
static int from_named_source(const struct aws_world *w, const char *profile,
			     const char *source, struct aws_keys *out,
			     struct dver_err *err)
{
	int r;

	if (streq(source, "Environment"))
		r = from_env(out, err);
	else if (streq(source, "EcsContainer"))
		r = aws_from_container(w, out, err);
	else if (streq(source, "Ec2InstanceMetadata"))
		r = aws_from_instance(w, out, err);
	else
		return err_set(err, DVER_EINVAL, "'credential_source' of "
			       "profile '%s' takes Environment, EcsContainer "
			       "or Ec2InstanceMetadata, not '%s'", profile,
			       source);
	if (r == 0)
		return err_set(err, DVER_EAUTH, "profile '%s' takes its keys "
			       "from '%s', which has none", profile, source);
	return r;
}

static int from_profile(const struct aws_world *w, const char *profile,
			int depth, struct aws_keys *out,
			struct dver_err *err);

/* The keys that may assume the role of `profile`. */
static int keys_for_role(const struct aws_world *w, const char *profile,
			 int depth, struct aws_keys *out, struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	const char *from = aws_profile_get(p, profile, "source_profile");
	const char *source = aws_profile_get(p, profile, "credential_source");
	int r;

	if (source && !from)
		return from_named_source(w, profile, source, out, err);
	if (!from)
		return err_set(err, DVER_EINVAL, "profile '%s' has a "
			       "'role_arn' but neither 'source_profile' nor "
			       "'credential_source' nor "
			       "'web_identity_token_file'", profile);
	if (!aws_profile_exists(p, from))
		return err_set(err, DVER_ENOTFOUND, "there is no profile '%s', "
			       "the 'source_profile' of '%s'", from, profile);
	if (depth >= CHAIN_MAX)
		return err_set(err, DVER_EINVAL, "profile '%s' leads from "
			       "'source_profile' to 'source_profile' without "
			       "an end", profile);
	/* A profile that is its own source has the keys beside the role. */
	r = streq(from, profile) ? keys_of_profile(w, from, out, err)
				 : from_profile(w, from, depth + 1, out, err);
	if (r == 0)
		return err_set(err, DVER_EAUTH, "profile '%s' has no keys, "
			       "and is the 'source_profile' of '%s'", from,
			       profile);
	return r;
}

static int from_role(const struct aws_world *w, const char *profile,
		     int depth, struct aws_keys *out, struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	struct aws_identity id = {
		.role = aws_profile_get(p, profile, "role_arn"),
		.session = aws_profile_get(p, profile, "role_session_name"),
	};
	AUTO_AWS_KEYS struct aws_keys with = AWS_KEYS_INIT;
	int r;

	if (!id.role)
		return 0;
	r = aws_profile_trusted(p, profile, "web_identity_token_file",
				&id.token_file, err);
	if (r > 0)
		return aws_assume_with_token(w, &id, out, err);
	if (r == 0)
		r = keys_for_role(w, profile, depth, &with, err);
	return r < 0 ? r : aws_assume_role(w, profile, &with, out, err);
}

static int from_profile(const struct aws_world *w, const char *profile,
			int depth, struct aws_keys *out, struct dver_err *err)
{
	int r = from_role(w, profile, depth, out, err);

	if (r == 0)
		r = aws_from_sso(w, profile, out, err);
	if (r == 0)
		r = keys_of_profile(w, profile, out, err);
	return r == 0 ? aws_from_process(w, profile, out, err) : r;
}

static int nobody(const struct aws_world *w, struct dver_err *err)
{
	const char *name = aws_profiles_name(w->profiles);

	return err_set(err, DVER_EAUTH, "there are no credentials: not in "
		       "the settings (access_key_id), the environment "
		       "(AWS_ACCESS_KEY_ID), profile '%s' of ~/.aws, or this "
		       "machine's metadata; for public data set "
		       "allow_anonymous_login", name);
}

int aws_chain(const struct aws_world *w, struct aws_keys *out,
	      struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	int r = from_settings(w, out, err);

	if (r == 0 && !aws_profiles_is_set(p))
		r = from_env(out, err);
	if (r == 0)
		r = from_profile(w, aws_profiles_name(p), 0, out, err);
	if (r == 0 && !aws_profiles_is_set(p))
		r = from_env_identity(w, out, err);
	if (r == 0)
		r = aws_from_container(w, out, err);
	if (r == 0)
		r = aws_from_instance(w, out, err);
	return r == 0 ? nobody(w, err) : MIN(r, 0);
}
