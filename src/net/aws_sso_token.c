#include "net/aws_sso_token.h"

#include <stdio.h>
#include <time.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"
#include "format/json.h"
#include "format/json_read.h"

#define CACHE_BYTES (1u << 20)
#define EARLY 60	/* seconds before its end a token is exchanged */

/* The file, and what a new token says instead. */
struct login {
	char *path;		/* owned */
	struct value_doc doc;
	struct value_doc fresh;	/* of the answer; root NULL: none */
};

static void login_release(struct login *l)
{
	free(l->path);
	value_doc_release(&l->doc);
	value_doc_release(&l->fresh);
}
#define AUTO_LOGIN __attribute__((cleanup(login_release)))

int aws_sso_log_in(const struct aws_sso *s, const char *why,
		   struct dver_err *err)
{
	return err_set(err, DVER_EAUTH, "%s: run 'aws sso login --profile %s'",
		       why, s->profile);
}

static const char *text_of(const struct value_doc *doc, const char *key)
{
	const struct value *v = doc->root ? value_get(doc->root, key) : NULL;

	return v && v->type == VALUE_SCALAR && v->quoted && v->len ? v->text
								   : NULL;
}

static int64_t time_of(const struct value_doc *doc, const char *key)
{
	const char *text = text_of(doc, key);
	int64_t t;

	return text && aws_time(text, &t) == 0 ? t : 0;
}

static int load(struct login *l, const struct aws_sso *s,
		struct dver_err *err)
{
	const char *home = aws_env("HOME");
	AUTO_FREE char *text = NULL;
	uint8_t sum[HASH_SHA1_SIZE];
	char hex[2 * HASH_SHA1_SIZE + 1];
	size_t len;
	int r = hash_sha1(sum, s->cached_as, strlen(s->cached_as), err);

	if (r < 0)
		return r;
	hex_encode(hex, sum, sizeof(sum));
	l->path = str_printf("%s/.aws/sso/cache/%s.json", home ? home : "",
			     hex);
	if (!l->path)
		return err_nomem(err);
	r = os_slurp(&text, &len, l->path, CACHE_BYTES, err);
	if (r == DVER_ENOTFOUND)
		return aws_sso_log_in(s, "nobody has logged in by SSO here",
				      err);
	if (r == 0)
		r = json_parse(&l->doc, l->path, text, len, err);
	if (r == 0 && (!text_of(&l->doc, "accessToken") ||
		       !time_of(&l->doc, "expiresAt")))
		r = aws_sso_log_in(s, "the login by SSO that is kept here "
				   "makes no sense", err);
	return r;
}

/* {"clientId": ..., "refreshToken": ...} in memory that is the caller's. */
static int write_body(const struct login *l, char **out, struct dver_err *err)
{
	static const char *const keys[] = { "clientId", "clientSecret",
					    "refreshToken" };
	size_t len;
	FILE *f = open_memstream(out, &len);
	struct json j;

	if (!f)
		return err_nomem(err);
	json_begin(&j, f);
	json_object(&j, NULL);
	json_string(&j, "grantType", "refresh_token");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_string(&j, keys[i], text_of(&l->doc, keys[i]));
	json_end_object(&j);
	json_end(&j);
	return fclose(f) == 0 ? 0 : err_nomem(err);
}

/* May it be exchanged, as far as we can see? */
static bool can_refresh(const struct login *l)
{
	return text_of(&l->doc, "refreshToken") &&
	       text_of(&l->doc, "clientId") &&
	       text_of(&l->doc, "clientSecret") &&
	       time_of(&l->doc, "registrationExpiresAt") > time(NULL);
}

static int ask(const struct aws_world *w, const struct aws_sso *s,
	       struct login *l, struct dver_err *err)
{
	static const char what[] = "cannot renew the login by SSO";
	const char *base = aws_endpoint(w->profiles, "sso_oidc");
	AUTO_HTTP_REQUEST struct http_request rq = { 0 };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *body = NULL;
	AUTO_FREE char *url = NULL;
	struct aws_ask a = { .what = what, .method = "POST", .far = true };
	int r = write_body(l, &body, err);

	http_reply_init(&reply);
	url = base ? str_printf("%s/token", base)
		   : str_printf("https://oidc.%s.amazonaws.com%s/token",
				s->region,
				str_starts(s->region, "cn-") ? ".cn" : "");
	if (!url)
		return err_nomem(err);
	a.url = url;
	a.body = body;
	if (r == 0)
		r = http_header_add(&rq, "Content-Type", "application/json",
				    err);
	if (r == 0)
		r = aws_ask(w, &a, &rq, &reply, err);
	if (body)
		explicit_bzero(body, strlen(body));
	if (r < 0)
		return r;
	if (reply.status != 200)
		return aws_refused(what, &reply, NULL, err);
	return json_parse(&l->fresh, what, reply.body.data, reply.body.len,
			  err);
}

/* All that the file had, with the new token in it. */
static int write_file(const struct login *l, int64_t end,
		      struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	const struct value *old = l->doc.root;
	time_t t = (time_t)end;
	char when[32];
	struct tm tm;
	struct json j;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int r;

	if (!f)
		return err_nomem(err);
	if (!gmtime_r(&t, &tm) ||
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		*when = '\0';
	json_begin(&j, f);
	json_object(&j, NULL);
	for (size_t i = 0; i < old->n; i++) {
		const char *key = value_key(old, i)->text;
		const char *v = text_of(&l->fresh, key);

		if (streq(key, "expiresAt"))
			v = when;
		else if (!v)
			v = text_of(&l->doc, key);
		if (v)
			json_string(&j, key, v);
	}
	json_end_object(&j);
	json_end(&j);
	if (fclose(f) != 0)
		return err_nomem(err);
	r = afile_replace(l->path, text, len, 0600, AFILE_NOSYNC, err);
	explicit_bzero(text, len);
	return r;
}

/* The token is over, or nearly: get another one if that can be done. */
static int refresh(const struct aws_world *w, const struct aws_sso *s,
		   struct login *l, struct dver_err *err)
{
	const struct value *v;
	struct dver_err why;
	uint64_t seconds = 0;
	int r = ask(w, s, l, &why);

	if (r == DVER_ECANCEL || r == DVER_ENOMEM)
		return err_set(err, r, "%s", why.msg);
	v = r < 0 ? NULL : value_get(l->fresh.root, "expiresIn");
	if (r == 0 && (!v || !value_u64(v, &seconds) ||
		       !text_of(&l->fresh, "accessToken")))
		r = err_set(&why, DVER_EREMOTE, "no token is in the answer");
	if (r < 0) {
		log_at(1, "aws: %s", why.msg);
		return aws_sso_log_in(s, "the login by SSO has expired", err);
	}
	/* Whoever cannot write it down asks again next time. */
	if (write_file(l, (int64_t)time(NULL) + (int64_t)(seconds & INT32_MAX),
		       &why) < 0)
		log_at(1, "aws: %s", why.msg);
	return 0;
}

int aws_sso_token(const struct aws_world *w, const struct aws_sso *s,
		  char **out, struct dver_err *err)
{
	AUTO_LOGIN struct login l = { .doc = { ARENA_INIT, NULL },
				      .fresh = { ARENA_INIT, NULL } };
	int64_t now = (int64_t)time(NULL);
	const char *token;
	int64_t end;
	int r = load(&l, s, err);

	if (r < 0)
		return r;
	end = time_of(&l.doc, "expiresAt");
	if (end - EARLY <= now && can_refresh(&l))
		r = refresh(w, s, &l, err);
	else if (end <= now)
		r = aws_sso_log_in(s, "the login by SSO has expired", err);
	/* One that is good for a little while is better than none. */
	if (r == DVER_EAUTH && end > now)
		r = 0;
	if (r < 0)
		return r;
	token = text_of(&l.fresh, "accessToken");
	*out = strdup(token ? token : text_of(&l.doc, "accessToken"));
	return *out ? 0 : err_nomem(err);
}
