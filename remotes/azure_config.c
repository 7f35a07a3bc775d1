/*
 * azure_config - settings first, then the environment as Azure's tools have
 * it.  What is as good as a password (a SAS token, an access token) goes only
 * to Azure's own hosts, or where the person alone sent it: an endpoint that is
 * committed could be anybody's.
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/url.h"
#include "remotes/azure.h"
#include "remotes/http_settings.h"

struct source {
	const char *value;
	bool committed;
};

/* The setting, or the environment variable. */
static struct source look(const struct transport_config *cfg, const char *key,
			  const char *variable)
{
	const struct transport_setting *s = transport_setting(cfg, key);
	const char *v;

	if (s)
		return (struct source){ s->value, s->committed };
	v = variable ? getenv(variable) : NULL;
	return (struct source){ v && *v ? v : NULL, false };
}

static int set(char **to, const char *value, size_t len, struct dver_err *err)
{
	free(*to);
	*to = str_ndup(value, len);
	return *to ? 0 : err_nomem(err);
}

/* azure://container/prefix */
static int cut_url(struct azure_config *c, const char *url,
		   struct dver_err *err)
{
	const char *p = strstr(url, "://") + 3;
	size_t n = strcspn(p, "/");
	const char *rest = p[n] ? p + n + 1 : p + n;
	size_t len = strlen(rest);

	if (n == 0)
		return err_set(err, DVER_EINVAL, "'%s' names no container: "
			       "write azure://CONTAINER/PREFIX", url);
	if (memchr(p, '@', n) || strpbrk(url, "?#"))
		return err_set(err, DVER_EINVAL, "'azure://' URLs are "
			       "azure://CONTAINER/PREFIX: the rest belongs "
			       "into settings");
	while (len && rest[len - 1] == '/')
		len--;
	c->container = str_ndup(p, n);
	c->prefix = len ? str_printf("%.*s/", (int)len, rest) : strdup("");
	c->url = str_printf("azure://%.*s%s%.*s", (int)n, p, len ? "/" : "",
			    (int)len, rest);
	return c->container && c->prefix && c->url ? 0 : err_nomem(err);
}

static int set_key(struct azure_config *c, const char *text,
		   struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(1000);

	if (base64_decode(&b, text) < 0 || b.len == 0)
		return err_set(err, DVER_EINVAL, "the account key is no "
			       "Base64: copy it whole");
	c->key_len = b.len;
	c->key = buf_detach(&b);
	return c->key ? 0 : err_nomem(err);
}

static int set_sas(struct azure_config *c, const char *text, size_t len,
		   struct dver_err *err)
{
	if (len && *text == '?') {
		text++;
		len--;
	}
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == '#')
			return err_set(err, DVER_EINVAL, "the SAS token has a "
				       "character that cannot be in one");
	return set(&c->sas, text, len, err);
}

static bool is_name(const char *pair, size_t n, const char *name)
{
	return strlen(name) == n && strncasecmp(pair, name, n) == 0;
}

/* What the parts of a connection string say together. */
struct connection {
	char *scheme, *suffix;	/* owned */
};

static int take_pair(struct azure_config *c, struct connection *x,
		     const char *pair, size_t len, struct dver_err *err)
{
	const char *eq = memchr(pair, '=', len);
	size_t n = eq ? (size_t)(eq - pair) : len;
	const char *value = eq ? eq + 1 : pair + len;
	size_t vlen = eq ? len - n - 1 : 0;
	AUTO_FREE char *key = NULL;

	if (is_name(pair, n, "AccountName"))
		return set(&c->account, value, vlen, err);
	if (is_name(pair, n, "BlobEndpoint"))
		return set(&c->endpoint, value, vlen, err);
	if (is_name(pair, n, "SharedAccessSignature"))
		return set_sas(c, value, vlen, err);
	if (is_name(pair, n, "DefaultEndpointsProtocol"))
		return set(&x->scheme, value, vlen, err);
	if (is_name(pair, n, "EndpointSuffix"))
		return set(&x->suffix, value, vlen, err);
	if (!is_name(pair, n, "AccountKey"))
		return 0;
	key = str_ndup(value, vlen);
	return key ? set_key(c, key, err) : err_nomem(err);
}

static int take_connection(struct azure_config *c, const char *text,
			   struct dver_err *err)
{
	struct connection x = { NULL, NULL };
	int r = 0;

	while (r == 0 && *text) {
		size_t n = strcspn(text, ";");

		r = take_pair(c, &x, text, n, err);
		text += n + (text[n] == ';');
	}
	if (r == 0 && !c->endpoint && c->account) {
		c->endpoint = str_printf("%s://%s.blob.%s",
					 x.scheme ? x.scheme : "https",
					 c->account, x.suffix ? x.suffix
					 : "core.windows.net");
		r = c->endpoint ? 0 : err_nomem(err);
	}
	free(x.scheme);
	free(x.suffix);
	return r;
}

/* Letters and digits only: it becomes a part of a host's name. */
static int check_account(const struct azure_config *c, struct dver_err *err)
{
	const char *p = c->account;

	while (p && isalnum((unsigned char)*p))
		p++;
	if (p && *p == '\0' && p > c->account)
		return 0;
	if (p)
		return err_set(err, DVER_EINVAL, "'%s' is no name of a storage "
			       "account", c->account);
	return err_set(err, DVER_EINVAL, "'%s' does not say which account: set "
		       "account_name or connection_string", c->url);
}

static int set_endpoint(struct azure_config *c,
			const struct transport_config *cfg,
			struct dver_err *err)
{
	struct source at = look(cfg, "endpointurl", NULL);
	bool tls;
	size_t len;
	struct url u;
	int r = transport_setting_bool(cfg, "use_ssl", true, &tls, err);

	if (r < 0)
		return r;
	if (at.value && !c->endpoint)
		c->endpoint = str_printf("%s%s", strstr(at.value, "://") ? ""
					 : tls ? "https://" : "http://",
					 at.value);
	else if (!c->endpoint)
		c->endpoint = str_printf("%s://%s.blob.core.windows.net",
					 tls ? "https" : "http", c->account);
	if (!c->endpoint)
		return err_nomem(err);
	for (len = strlen(c->endpoint); len && c->endpoint[len - 1] == '/';)
		c->endpoint[--len] = '\0';
	r = url_cut(&u, c->endpoint, err);
	if (r == 0 && ((!url_part_is(&u.scheme, "https") &&
			!url_part_is(&u.scheme, "http")) || u.userinfo.len ||
		       u.query.len))
		r = err_set(err, DVER_EINVAL, "'%s' is no endpoint of a blob "
			    "service", c->endpoint);
	return r;
}

static bool is_azures(const struct azure_config *c)
{
	static const char *const hosts[] = {
		".blob.core.windows.net", ".blob.core.chinacloudapi.cn",
		".blob.core.usgovcloudapi.net",
	};
	struct dver_err err;
	struct url u;
	AUTO_FREE char *host = NULL;

	if (url_cut(&u, c->endpoint, &err) < 0 ||
	    !url_part_is(&u.scheme, "https"))
		return false;
	host = url_part_dup(&u.host);
	for (size_t i = 0; host && i < ARRAY_SIZE(hosts); i++)
		if (str_ends(host, hosts[i]))
			return true;
	return false;
}

static int set_http(struct azure *a, const struct transport_config *cfg,
		    struct http_opts *o, struct dver_err *err)
{
	int r = http_settings(o, cfg, err);

	a->c.jobs = MAX(cfg->jobs, 1);
	/* Azure's own name for it. */
	return r < 0 ? r : http_setting_seconds(&o->connect_timeout, cfg,
						"connection_timeout", err);
}

static int set_token(struct azure *a, const struct transport_config *cfg,
		     struct dver_err *err)
{
	struct azure_token_opts o = {
		.tenant = transport_setting_str(cfg, "tenant_id"),
		.client = transport_setting_str(cfg, "client_id"),
		.secret = transport_setting_str(cfg, "client_secret"),
		.cancel = cfg->cancel,
	};
	int r = transport_setting_bool(cfg, "exclude_environment_credential",
				       false, &o.no_environment, err);

	if (r == 0)
		r = transport_setting_bool(cfg,
				"exclude_managed_identity_credential", false,
				&o.no_managed, err);
	return r < 0 ? r : azure_token_new(&a->token, &o, err);
}

/* Account, key and SAS token: the strongest source that has one. */
static int set_account(struct azure_config *c,
		       const struct transport_config *cfg,
		       struct dver_err *err)
{
	struct source conn = look(cfg, "connection_string",
					"AZURE_STORAGE_CONNECTION_STRING");
	struct source name = look(cfg, "account_name",
				  "AZURE_STORAGE_ACCOUNT");
	struct source key = look(cfg, "account_key", "AZURE_STORAGE_KEY");
	struct source sas = look(cfg, "sas_token",
				 "AZURE_STORAGE_SAS_TOKEN");
	/* The environment's is of another account than one that is named. */
	bool named = transport_setting(cfg, "account_name") != NULL;
	int r = 0;

	if (conn.value &&
	    (transport_setting(cfg, "connection_string") || !named))
		r = take_connection(c, conn.value, err);
	if (r == 0 && !c->account && name.value)
		r = set(&c->account, name.value, strlen(name.value), err);
	if (r == 0 && !c->key && !c->sas && key.value)
		r = set_key(c, key.value, err);
	if (r == 0 && !c->key && !c->sas && sas.value)
		r = set_sas(c, sas.value, strlen(sas.value), err);
	return r;
}

int azure_configure(struct azure *a, const struct transport_config *cfg,
		    struct http_opts *o, struct dver_err *err)
{
	struct azure_config *c = &a->c;
	int r = cut_url(c, cfg->url, err);

	if (r == 0)
		r = set_account(c, cfg, err);
	if (r == 0)
		r = transport_setting_bool(cfg, "allow_anonymous_login", false,
					   &c->anonymous, err);
	if (r == 0 && (c->account || c->key || !c->endpoint))
		r = check_account(c, err);
	if (r == 0)
		r = set_endpoint(c, cfg, err);
	if (r == 0)
		r = set_token(a, cfg, err);
	if (r == 0)
		r = set_http(a, cfg, o, err);
	if (r == 0 && !c->anonymous && !c->key && !is_azures(c) &&
	    (look(cfg, "endpointurl", NULL).committed ||
	     look(cfg, "connection_string", NULL).committed))
		r = err_set(err, DVER_EAUTH, "'%s' is not one of Azure's hosts "
			    "and is committed: no token is sent there; set it "
			    "in config.local", c->endpoint);
	return r;
}

void azure_config_release(struct azure_config *c)
{
	if (c->key)
		explicit_bzero(c->key, c->key_len);
	if (c->sas)
		explicit_bzero(c->sas, strlen(c->sas));
	free(c->container);
	free(c->prefix);
	free(c->url);
	free(c->endpoint);
	free(c->account);
	free(c->key);
	free(c->sas);
}
