/*
 * aws_sso - a person who ran `aws sso login`: the token that it left in
 * ~/.aws/sso/cache is changed for keys of an account's role.
 */
#include "base/err.h"
#include "base/mem.h"
#include "format/json_read.h"
#include "net/aws_sso_token.h"
#include "net/url.h"

static int missing(const struct aws_sso *s, const char *key,
		   struct dver_err *err)
{
	return err_set(err, DVER_EAUTH, "profile '%s' logs in by SSO, but '%s' "
		       "is missing; 'aws configure sso' writes it",
		       s->profile, key);
}

static int read_profile(const struct aws_world *w, struct aws_sso *s,
			struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	const char *session = aws_profile_get(p, s->profile, "sso_session");
	AUTO_FREE char *section = NULL;

	s->url = aws_profile_get(p, s->profile, "sso_start_url");
	s->region = aws_profile_get(p, s->profile, "sso_region");
	s->cached_as = s->url;
	if (session) {
		section = str_printf("sso-session %s", session);
		if (!section)
			return err_nomem(err);
		s->url = aws_profile_other(p, section, "sso_start_url", "");
		s->region = aws_profile_other(p, section, "sso_region", "");
		s->cached_as = session;
	}
	if (!s->url)
		return missing(s, "sso_start_url", err);
	if (!s->region)
		return missing(s, "sso_region", err);
	for (const char *c = s->region; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c))
			return err_set(err, DVER_EINVAL, "'%.60s' is no "
				       "region", s->region);
	return 0;
}

static int take_answer(const char *what, const struct http_reply *reply,
		       struct aws_keys *out, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *v, *id, *secret, *token, *end;
	uint64_t ms = 0;
	int r = json_parse(&doc, what, reply->body.data, reply->body.len, err);

	if (r < 0)
		return r;
	v = value_get(doc.root, "roleCredentials");
	id = v ? value_get(v, "accessKeyId") : NULL;
	secret = v ? value_get(v, "secretAccessKey") : NULL;
	token = v ? value_get(v, "sessionToken") : NULL;
	end = v ? value_get(v, "expiration") : NULL;
	if (!id || !id->text || !secret || !secret->text || !token ||
	    !token->text || (end && !value_u64(end, &ms)))
		return err_set(err, DVER_EREMOTE, "%s: there are no "
			       "credentials in the answer", what);
	r = aws_keys_set(out, id->text, secret->text, token->text,
			 (int64_t)(ms / 1000), "SSO", err);
	return r < 0 ? r : 1;
}

static int get_keys(const struct aws_world *w, const struct aws_sso *s,
		    const char *token, struct aws_keys *out,
		    struct dver_err *err)
{
	const char *base = aws_endpoint(w->profiles, "sso");
	AUTO_HTTP_REQUEST struct http_request rq = { 0 };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_BUF struct buf url = BUF_INIT(10000);
	AUTO_FREE char *what = NULL;
	struct aws_ask ask = { .method = "GET", .far = true };
	int r;

	http_reply_init(&reply);
	what = str_printf("cannot get credentials of role '%s' by SSO",
			  s->role);
	if (!what)
		return err_nomem(err);
	if (base)
		buf_addstr(&url, base);
	else
		buf_addf(&url, "https://portal.sso.%s.amazonaws.com%s",
			 s->region, str_starts(s->region, "cn-") ? ".cn" : "");
	buf_addstr(&url, "/federation/credentials?account_id=");
	url_escape(&url, s->account, "");
	buf_addstr(&url, "&role_name=");
	url_escape(&url, s->role, "");
	r = buf_check(&url, err);
	if (r == 0)
		r = http_header_add(&rq, "x-amz-sso_bearer_token", token, err);
	ask.what = what;
	ask.url = url.data;
	if (r == 0)
		r = aws_ask(w, &ask, &rq, &reply, err);
	if (r < 0)
		return r;
	if (reply.status == 401)
		return aws_sso_log_in(s, "the login by SSO is over", err);
	return reply.status == 200 ? take_answer(what, &reply, out, err)
				   : aws_refused(what, &reply, NULL, err);
}

int aws_from_sso(const struct aws_world *w, const char *profile,
		 struct aws_keys *out, struct dver_err *err)
{
	struct aws_sso s = { .profile = profile };
	AUTO_FREE char *token = NULL;
	int r;

	s.account = aws_profile_get(w->profiles, profile, "sso_account_id");
	s.role = aws_profile_get(w->profiles, profile, "sso_role_name");
	if (!s.account && !s.role)
		return 0;
	if (!s.account)
		return missing(&s, "sso_account_id", err);
	if (!s.role)
		return missing(&s, "sso_role_name", err);
	r = read_profile(w, &s, err);
	if (r == 0)
		r = aws_sso_token(w, &s, &token, err);
	if (r == 0)
		r = get_keys(w, &s, token, out, err);
	if (token)
		explicit_bzero(token, strlen(token));
	return r;
}
