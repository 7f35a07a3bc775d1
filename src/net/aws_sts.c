/*
 * aws_sts - roles: AssumeRole and AssumeRoleWithWebIdentity of the Security
 * Token Service (API version 2011-06-15), form in, XML out.
 */
#include <stdio.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "format/xml.h"
#include "net/aws_sources.h"
#include "net/url.h"

#define FORM_BYTES (1u << 21)

struct answer {
	char *id, *secret, *token, *end;	/* owned */
	char *code, *message;
};

static void answer_release(struct answer *a)
{
	struct aws_keys k = { a->id, a->secret, a->token, 0, "" };

	aws_keys_release(&k);
	free(a->end);
	free(a->code);
	free(a->message);
}
#define AUTO_ANSWER __attribute__((cleanup(answer_release)))

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	struct answer *a = data;
	const struct {
		const char *path;
		char **to;
	} wanted[] = {
		{ "/Credentials/AccessKeyId", &a->id },
		{ "/Credentials/SecretAccessKey", &a->secret },
		{ "/Credentials/SessionToken", &a->token },
		{ "/Credentials/Expiration", &a->end },
		{ "Error/Code", &a->code },
		{ "Error/Message", &a->message },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (*wanted[i].to || !str_ends(node->path, wanted[i].path))
			continue;
		*wanted[i].to = str_ndup(node->text, node->len);
		if (!*wanted[i].to)
			return err_nomem(err);
	}
	return 0;
}

static int refused(const char *what, const struct http_reply *reply,
		   const struct answer *a, struct dver_err *err)
{
	AUTO_FREE char *words = NULL;

	if (!a->code)
		return aws_refused(what, reply, NULL, err);
	words = str_printf("%s%s%s", a->code,
			   a->message && *a->message ? ": " : "",
			   a->message ? a->message : "");
	return words ? aws_refused(what, reply, words, err) : err_nomem(err);
}

static int take_answer(const char *what, const struct http_reply *reply,
		       struct aws_keys *out, struct dver_err *err)
{
	AUTO_ANSWER struct answer a = { 0 };
	struct dver_err why;
	int64_t end = 0;
	int r = xml_parse(what, reply->body.data, reply->body.len, NULL,
			  on_end, &a, &why);

	if (reply->status / 100 != 2)
		return refused(what, reply, &a, err);
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	if (!a.id || !a.secret || !a.token)
		return err_set(err, DVER_EREMOTE, "%s: there are no "
			       "credentials in the answer", what);
	if (a.end && aws_time(a.end, &end) < 0)
		return err_set(err, DVER_EREMOTE, "%s: '%.40s' is no time",
			       what, a.end);
	r = aws_keys_set(out, a.id, a.secret, a.token, end, "an assumed role",
			 err);
	return r < 0 ? r : 1;
}

/* Only what a name of a host can hold: a region may come from anywhere. */
static int check_region(const char *region, struct dver_err *err)
{
	for (const char *p = region; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		      *p == '-'))
			return err_set(err, DVER_EINVAL, "'%.60s' is no region",
				       region);
	return 0;
}

static char *sts_url(const struct aws_world *w, const char *region)
{
	const char *url = aws_endpoint(w->profiles, "sts");

	if (url)
		return strdup(url);
	return str_printf("https://sts.%s%samazonaws.com%s/", region,
			  *region ? "." : "",
			  str_starts(region, "cn-") ? ".cn" : "");
}

static int send_form(const struct aws_world *w, const char *what,
		     const struct aws_key *key, const char *form,
		     struct http_reply *reply, struct dver_err *err)
{
	const char *region = aws_region(w->profiles);
	struct aws_scope scope = { key, region ? region : "us-east-1", "sts",
				   time(NULL) };
	AUTO_FREE char *url = sts_url(w, region ? region : "");
	struct aws_ask ask = { .what = what, .method = "POST", .url = url,
			       .body = form, .far = true };
	AUTO_HTTP_REQUEST struct http_request rq = { .url = url,
						     .method = "POST" };
	char payload[AWS_HASH_HEX];
	int r = check_region(scope.region, err);

	if (!url)
		return err_nomem(err);
	if (r == 0)
		r = http_header_add(&rq, "Content-Type",
				    "application/x-www-form-urlencoded", err);
	if (r == 0 && key)
		r = aws_hash(payload, form, strlen(form), err);
	if (r == 0 && key)
		r = aws_sign(&rq, &scope, payload, false, err);
	return r < 0 ? r : aws_ask(w, &ask, &rq, reply, err);
}

static void field(struct buf *form, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(form, "&%s=", name);
	url_escape(form, value, "");
}

static int begin_form(struct buf *form, const char *action, const char *role,
		      const char *session, struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	char fresh[RAND_NAME_HEX + 5];
	int r = rand_name(name, err);

	(void)snprintf(fresh, sizeof(fresh), "dver-%.16s", name);
	buf_addf(form, "Action=%s&Version=2011-06-15", action);
	field(form, "RoleArn", role);
	field(form, "RoleSessionName", session ? session : fresh);
	return r;
}

static int ask_code(const struct aws_world *w, const char *what,
		    const char *serial, char **code, struct dver_err *err)
{
	AUTO_FREE char *prompt = str_printf("one-time password of '%s': ",
					    serial);

	if (!prompt)
		return err_nomem(err);
	if (!w->opts->ask)
		return err_set(err, DVER_EAUTH, "%s: it wants a one-time "
			       "password of '%s', and nobody is here to be "
			       "asked", what, serial);
	return w->opts->ask(w->opts->ask_data, prompt, code, err);
}

static int role_form(const struct aws_world *w, const char *profile,
		     const char *what, struct buf *form, struct dver_err *err)
{
	const struct aws_profiles *p = w->profiles;
	const char *serial = aws_profile_get(p, profile, "mfa_serial");
	AUTO_FREE char *code = NULL;
	int r = begin_form(form, "AssumeRole",
			   aws_profile_get(p, profile, "role_arn"),
			   aws_profile_get(p, profile, "role_session_name"),
			   err);

	field(form, "DurationSeconds",
	      aws_profile_get(p, profile, "duration_seconds"));
	field(form, "ExternalId", aws_profile_get(p, profile, "external_id"));
	if (r == 0 && serial)
		r = ask_code(w, what, serial, &code, err);
	if (r < 0)
		return r;
	field(form, "SerialNumber", serial);
	field(form, "TokenCode", code);
	return buf_check(form, err);
}

int aws_assume_role(const struct aws_world *w, const char *profile,
		    const struct aws_keys *with, struct aws_keys *out,
		    struct dver_err *err)
{
	struct aws_key key = aws_keys_key(with);
	AUTO_BUF struct buf form = BUF_INIT(FORM_BYTES);
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *what = NULL;
	int r;

	http_reply_init(&reply);
	what = str_printf("cannot assume role '%s' of profile '%s'",
			  aws_profile_get(w->profiles, profile, "role_arn"),
			  profile);
	if (!what)
		return err_nomem(err);
	r = role_form(w, profile, what, &form, err);
	if (r == 0)
		r = send_form(w, what, &key, form.data, &reply, err);
	return r < 0 ? r : take_answer(what, &reply, out, err);
}

int aws_assume_with_token(const struct aws_world *w,
			  const struct aws_identity *id, struct aws_keys *out,
			  struct dver_err *err)
{
	AUTO_BUF struct buf form = BUF_INIT(FORM_BYTES);
	AUTO_BUF struct buf token = BUF_INIT(FORM_BYTES);
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *what = NULL;
	int r;

	http_reply_init(&reply);
	what = str_printf("cannot assume role '%s' by web identity", id->role);
	if (!what)
		return err_nomem(err);
	r = aws_read_token(&token, id->token_file, err);
	if (r == 0)
		r = begin_form(&form, "AssumeRoleWithWebIdentity", id->role,
			       id->session, err);
	field(&form, "WebIdentityToken", token.data);
	explicit_bzero(token.data, token.len);
	if (r == 0)
		r = buf_check(&form, err);
	if (r == 0)
		r = send_form(w, what, NULL, form.data, &reply, err);
	return r < 0 ? r : take_answer(what, &reply, out, err);
}
