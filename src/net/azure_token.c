#include "net/azure_token.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "format/json_read.h"
#include "net/url.h"

#define EARLY 300		/* seconds before its end that it is renewed */
#define LOGIN "https://login.microsoftonline.com"
#define METADATA "http://169.254.169.254"
#define SCOPE "https%3A%2F%2Fstorage.azure.com%2F.default"
#define RESOURCE "https%3A%2F%2Fstorage.azure.com%2F"

struct azure_token {
	struct azure_token_opts o;
	pthread_mutex_t mutex;
	char *token;		/* owned, under mutex */
	int64_t until;		/* under mutex */
};

int azure_token_new(struct azure_token **out,
		    const struct azure_token_opts *opts, struct dver_err *err)
{
	struct azure_token *t = calloc(1, sizeof(*t));

	if (!t)
		return err_nomem(err);
	t->o = *opts;
	pthread_mutex_init(&t->mutex, NULL);
	*out = t;
	return 0;
}

static void forget(struct azure_token *t)
{
	if (t->token)
		explicit_bzero(t->token, strlen(t->token));
	free(TAKE(t->token));
}

void azure_token_free(struct azure_token *t)
{
	if (!t)
		return;
	forget(t);
	pthread_mutex_destroy(&t->mutex);
	free(t);
}

void azure_token_drop(struct azure_token *t)
{
	pthread_mutex_lock(&t->mutex);
	forget(t);
	pthread_mutex_unlock(&t->mutex);
}

/* A setting, or the environment's. */
static const char *given(const struct azure_token *t, const char *setting,
			 const char *variable)
{
	const char *v = setting;

	if (!v && !t->o.no_environment)
		v = getenv(variable);
	return v && *v ? v : NULL;
}

static const char *text_of(const struct value *map, const char *key)
{
	const struct value *v = map ? value_get(map, key) : NULL;

	return v && v->type == VALUE_SCALAR ? v->text : NULL;
}

/* The token and its life out of an answer. */
static int take(struct azure_token *t, const char *what,
		const struct http_reply *reply, int64_t now,
		struct dver_err *err)
{
	struct value_doc doc = { .root = NULL };
	const char *token, *life, *words;
	int r;

	if (json_parse(&doc, "answer", reply->body.data, reply->body.len,
		       NULL) < 0)
		doc.root = NULL;
	token = text_of(doc.root, "access_token");
	life = text_of(doc.root, "expires_in");
	words = text_of(doc.root, "error_description");
	if (reply->status == 200 && token) {
		t->token = strdup(token);
		t->until = now + (life ? strtol(life, NULL, 10) : 600);
		r = t->token ? 0 : err_nomem(err);
	} else {
		AUTO_BUF struct buf b = BUF_INIT(1000);

		if (words)
			http_words(&b, words, strlen(words));
		r = err_set(err, reply->status / 100 == 4 ? DVER_EAUTH
							  : DVER_EREMOTE,
			    "%s: the answer is %d%s%s", what, reply->status,
			    b.len ? ": " : "", b.len ? b.data : "");
	}
	value_doc_release(&doc);
	return r;
}

static int ask(struct azure_token *t, const char *what, const char *url,
	       struct buf *body, const char *header, const char *value,
	       int64_t now, bool far, struct dver_err *err)
{
	struct http_opts opts = { .cancel = t->o.cancel, .max_requests = 1,
				  .connect_timeout = far ? 30 : 2,
				  .stall_timeout = 30,
				  .proxy = far ? NULL : "" };
	AUTO_HTTP struct http *h = NULL;
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_HTTP_REQUEST struct http_request rq = {
		.method = body ? "POST" : "GET", .url = url,
		.data = body ? body->data : NULL,
		.len = body ? body->len : 0,
	};
	int r = http_new(&h, &opts, err);

	http_reply_init(&reply);
	if (r == 0)
		r = http_header_add(&rq, header, value, err);
	if (r == 0)
		r = http_send(h, &rq, &reply, err);
	if (r < 0)
		return err_wrap(err, "%s", what);
	return take(t, what, &reply, now, err);
}

/* Plain HTTP only to this machine: a secret goes there. */
static int login_url(const char *tenant, char **out, struct dver_err *err)
{
	const char *host = getenv("AZURE_AUTHORITY_HOST");
	AUTO_BUF struct buf b = BUF_INIT(4096);
	struct url u;

	if (!host || !*host)
		host = LOGIN;
	if (!strstr(host, "://"))
		buf_addstr(&b, "https://");
	buf_addstr(&b, host);
	if (!buf_ok(&b) || url_cut(&u, b.data, err) < 0 ||
	    (!url_part_is(&u.scheme, "https") &&
	     !url_part_is(&u.host, "localhost") &&
	     !url_part_is(&u.host, "127.0.0.1")))
		return err_set(err, DVER_EINVAL, "AZURE_AUTHORITY_HOST '%s' "
			       "is no https:// URL", host);
	while (b.len && b.data[b.len - 1] == '/')
		buf_truncate(&b, b.len - 1);
	buf_addc(&b, '/');
	url_escape(&b, tenant, "");
	buf_addstr(&b, "/oauth2/v2.0/token");
	*out = buf_detach(&b);
	return *out ? 0 : err_nomem(err);
}

static int from_principal(struct azure_token *t, const char *tenant,
			  const char *client, const char *secret,
			  const char *assertion, int64_t now,
			  struct dver_err *err)
{
	AUTO_BUF struct buf body = BUF_INIT(65536);
	AUTO_FREE char *url = NULL;
	int r = login_url(tenant, &url, err);

	buf_addstr(&body, "grant_type=client_credentials&scope=" SCOPE
		   "&client_id=");
	url_escape(&body, client, "");
	if (secret) {
		buf_addstr(&body, "&client_secret=");
		url_escape(&body, secret, "");
	} else {
		buf_addstr(&body, "&client_assertion_type=urn%3Aietf%3Aparams"
			   "%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
			   "&client_assertion=");
		url_escape(&body, assertion, "");
	}
	if (r == 0)
		r = buf_check(&body, err);
	if (r == 0)
		r = ask(t, "cannot log in to Azure as the service principal",
			url, &body, "Content-Type",
			"application/x-www-form-urlencoded", now, true, err);
	if (body.len)
		explicit_bzero(body.data, body.len);
	return r;
}

static int from_managed(struct azure_token *t, const char *client, int64_t now,
			struct dver_err *err)
{
	const char *endpoint = getenv("IDENTITY_ENDPOINT");
	const char *header = getenv("IDENTITY_HEADER");
	const char *host = getenv("AZURE_POD_IDENTITY_AUTHORITY_HOST");
	AUTO_BUF struct buf url = BUF_INIT(4096);
	bool service = endpoint && header;
	int r;

	if (service)
		buf_addf(&url, "%s?api-version=2019-08-01", endpoint);
	else
		buf_addf(&url, "%s/metadata/identity/oauth2/token?"
			 "api-version=2018-02-01",
			 host && *host ? host : METADATA);
	buf_addstr(&url, "&resource=" RESOURCE);
	if (client) {
		buf_addstr(&url, "&client_id=");
		url_escape(&url, client, "");
	}
	r = buf_check(&url, err);
	return r < 0 ? r : ask(t, "cannot get a token of the machine's "
			       "managed identity", url.data, NULL,
			       service ? "X-IDENTITY-HEADER" : "Metadata",
			       service ? header : "true", now, false, err);
}

static int renew(struct azure_token *t, int64_t now, struct dver_err *err)
{
	const char *tenant = given(t, t->o.tenant, "AZURE_TENANT_ID");
	const char *client = given(t, t->o.client, "AZURE_CLIENT_ID");
	const char *secret = given(t, t->o.secret, "AZURE_CLIENT_SECRET");
	const char *file = given(t, NULL, "AZURE_FEDERATED_TOKEN_FILE");
	AUTO_FREE char *assertion = NULL;
	size_t len;
	int r = 0;

	if (tenant && client && secret)
		return from_principal(t, tenant, client, secret, NULL, now,
				      err);
	if (tenant && client && file) {
		r = os_slurp(&assertion, &len, file, 65536, err);
		if (r < 0)
			return r;
		assertion[strcspn(assertion, "\r\n")] = '\0';
		return from_principal(t, tenant, client, NULL, assertion, now,
				      err);
	}
	if (!t->o.no_managed)
		return from_managed(t, client, now, err);
	return err_set(err, DVER_EAUTH, "no credentials for Azure: set "
		       "account_key, sas_token, connection_string, or "
		       "tenant_id, client_id and client_secret");
}

int azure_token_get(struct azure_token *t, struct buf *value, int64_t now,
		    struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&t->mutex);
	if (!t->token || t->until - EARLY <= now) {
		forget(t);
		r = renew(t, now, err);
	}
	if (r == 0)
		buf_addf(value, "Bearer %s", t->token);
	pthread_mutex_unlock(&t->mutex);
	return r < 0 ? r : buf_check(value, err);
}
