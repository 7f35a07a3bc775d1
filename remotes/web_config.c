/*
 * web_config - settings of an HTTP or WebDAV remote: DVC's names.
 */
#include "base/buf.h"
#include "base/err.h"
#include "net/url.h"
#include "remotes/http_settings.h"
#include "remotes/web.h"

/* What is read from settings and URL; strings owned where said. */
struct web_config {
	const struct transport_config *cfg;
	struct url url;
	struct web *w;		/* has user and password */
	struct http_opts http;
	const char *custom;	/* name of the header that has the password */
	const char *token;
};

static int bad_value(const struct web_config *c, const char *key,
		     const char *takes, struct dver_err *err)
{
	const struct transport_setting *s = transport_setting(c->cfg, key);

	return err_set(err, DVER_EINVAL, "'remote.%s.%s' in '%s' takes %s, "
		       "not '%s'", c->cfg->name, key, s->file, takes,
		       s->value);
}

/* "user:password@" of the URL, decoded. */
static int take_userinfo(struct web_config *c, struct dver_err *err)
{
	const struct url_part *info = &c->url.userinfo;
	const char *colon = memchr(info->at, ':', info->len);
	size_t len = colon ? (size_t)(colon - info->at) : info->len;
	AUTO_BUF struct buf user = BUF_PATH;
	AUTO_BUF struct buf password = BUF_PATH;
	int r = 0;

	if (info->len == 0)
		return 0;
	r = url_unescape(&user, info->at, len, err);
	if (r == 0 && colon)
		r = url_unescape(&password, colon + 1, info->len - len - 1,
				 err);
	if (r < 0)
		return r;
	c->w->user = buf_detach(&user);
	if (colon)
		c->w->password = buf_detach(&password);
	return c->w->user ? 0 : err_nomem(err);
}

static int take_string(char **to, const struct web_config *c, const char *key,
		       struct dver_err *err)
{
	const char *value = transport_setting_str(c->cfg, key);

	if (!value)
		return 0;
	free(*to);
	*to = strdup(value);
	return *to ? 0 : err_nomem(err);
}

/* For a header of one's own; else it is a password like any other. */
static int ask_header(struct web_config *c, struct dver_err *err)
{
	AUTO_FREE char *prompt = str_printf("Value of '%s' for '%s': ",
					    c->custom, c->w->t.url);

	if (!prompt)
		return err_nomem(err);
	return c->cfg->ask(c->cfg->ask_data, prompt, &c->w->password, err);
}

static int ask_login(struct web_config *c, struct dver_err *err)
{
	static const struct http_reply none;
	int r = web_login(c->w, 0, &none, err);

	return r < 0 ? r : 0;
}

/* ask_password: now, and not when the server wants it. */
static int ask_password(struct web_config *c, struct dver_err *err)
{
	bool wanted;
	int r = transport_setting_bool(c->cfg, "ask_password", false, &wanted,
				       err);

	if (r < 0 || !wanted || c->w->password || c->token)
		return r;
	if (c->custom && c->cfg->ask)
		return ask_header(c, err);
	if (!c->custom && c->cfg->login)
		r = ask_login(c, err);
	if (r < 0 || c->w->password)
		return r;
	return err_set(err, DVER_EAUTH, "remote '%s' has ask_password, but "
		       "there is nobody to ask: set its password, or let "
		       "git's credential helper know it", c->cfg->name);
}

static int take_credentials(struct web_config *c, struct dver_err *err)
{
	const char *auth = transport_setting_str(c->cfg, "auth");
	int r = take_userinfo(c, err);

	if (r == 0)
		r = take_string(&c->w->user, c, "user", err);
	if (r == 0)
		r = take_string(&c->w->password, c, "password", err);
	c->token = transport_setting_str(c->cfg, "token");
	c->custom = transport_setting_str(c->cfg, "custom_auth_header");
	if (r < 0 || !auth)
		return r;
	c->http.digest = streq(auth, "digest");
	if (!streq(auth, "basic") && !streq(auth, "custom") &&
	    !c->http.digest)
		return bad_value(c, "auth", "basic, digest or custom", err);
	if (!streq(auth, "custom"))
		c->custom = NULL;
	else if (!c->custom)
		return err_set(err, DVER_EINVAL, "remote '%s' has auth = "
			       "custom, but no custom_auth_header",
			       c->cfg->name);
	return 0;
}

static int take_settings(struct web_config *c, struct dver_err *err)
{
	int r = http_settings(&c->http, c->cfg, err);

	c->http.cert = transport_setting_str(c->cfg, "cert_path");
	c->http.key = transport_setting_str(c->cfg, "key_path");
	if (r == 0 && c->http.key && !c->http.cert)
		return err_set(err, DVER_EINVAL, "remote '%s' has a key_path, "
			       "but no cert_path", c->cfg->name);
	return r;
}

/* The header that carries a token or a password of one's own. */
static int add_header(struct web *w, const struct web_config *c,
		      struct dver_err *err)
{
	AUTO_HTTP_REQUEST struct http_request rq = { .headers = STRVEC_INIT };
	AUTO_FREE char *bearer = NULL;
	int r;

	if (c->custom && !w->password)
		return err_set(err, DVER_EINVAL, "remote '%s' has a "
			       "custom_auth_header, but no password for it",
			       c->cfg->name);
	if (c->custom) {
		r = http_header_add(&rq, c->custom, w->password, err);
	} else {
		bearer = str_printf("Bearer %s", c->token);
		r = !bearer ? err_nomem(err)
		    : http_header_add(&rq, "Authorization", bearer, err);
	}
	w->headers = rq.headers;
	rq.headers = (struct strvec)STRVEC_INIT;
	return r;
}

static int use_credentials(struct web *w, struct web_config *c,
			   struct dver_err *err)
{
	int r;

	w->opts = c->http;
	r = ask_password(c, err);
	w->credentials = c->custom || c->token || w->password;
	if (r == 0 && (c->custom || c->token))
		return add_header(w, c, err);
	w->opts.user = w->user;
	w->opts.password = w->password;
	/* With a user alone, the password is looked up. */
	w->opts.netrc = !w->password;
	return r;
}

/* Bytes that a person types into a URL, but that none may have. */
static void tidy_path(struct buf *out, const struct url_part *path)
{
	for (size_t i = 0; i < path->len; i++) {
		char one[2] = { path->at[i], '\0' };

		url_escape(out, one, "/%!$&'()*+,;=:@");
	}
	while (out->len > 0 && out->data[out->len - 1] == '/')
		buf_truncate(out, out->len - 1);
}

/* w->base and w->t.url: both without secrets. */
static int set_base(struct web *w, struct web_config *c, const char *scheme,
		    struct dver_err *err)
{
	AUTO_BUF struct buf place = BUF_PATH;
	AUTO_BUF struct buf path = BUF_PATH;
	int r;

	if (c->url.query.len > 0 || c->url.fragment.len > 0)
		return err_set(err, DVER_EINVAL, "the URL of remote '%s' has a "
			       "'?' or '#': write %%3F or %%23 if that is part "
			       "of a name", c->cfg->name);
	buf_add(&place, c->url.host.at, c->url.host.len);
	if (c->url.port.len > 0) {
		buf_addc(&place, ':');
		buf_add(&place, c->url.port.at, c->url.port.len);
	}
	tidy_path(&path, &c->url.path);
	r = buf_check(&place, err);
	if (r == 0)
		r = buf_check(&path, err);
	if (r < 0)
		return r;
	w->base = str_printf("%s://%s%s/", scheme, place.data, path.data);
	w->t.url = str_printf("%.*s://%s%s", (int)c->url.scheme.len,
			      c->url.scheme.at, place.data, path.data);
	return w->base && w->t.url ? 0 : err_nomem(err);
}

/* Blanks and the like in the path are tidied; the rest must be a URL. */
static int cut_url(struct web_config *c, char **text, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_PATH;

	for (const char *p = c->cfg->url; *p; p++)
		if (*p == ' ')
			buf_addstr(&b, "%20");
		else
			buf_addc(&b, (unsigned char)*p);
	*text = buf_detach(&b);
	return *text ? url_cut(&c->url, *text, err) : err_nomem(err);
}

int web_open(struct web *w, const struct transport_config *cfg,
	     const char *scheme, struct dver_err *err)
{
	struct web_config c = { .cfg = cfg, .w = w };
	AUTO_FREE char *url = NULL;
	int r = cut_url(&c, &url, err);

	w->cfg = cfg;
	w->t.read_only = cfg->flags & TRANSPORT_READONLY;
	w->writes = cfg->flags & TRANSPORT_CREATE;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->changed, NULL);
	if (r == 0)
		r = set_base(w, &c, scheme, err);
	if (r == 0)
		r = take_credentials(&c, err);
	if (r == 0)
		r = take_settings(&c, err);
	if (r == 0)
		r = use_credentials(w, &c, err);
	/* A login that was asked for has made one. */
	if (r == 0 && !w->http)
		r = http_new(&w->http, &w->opts, err);
	return r;
}

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void web_close(struct web *w)
{
	http_free(w->http);
	http_free(w->before);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->mutex);
	strvec_release(&w->headers);
	free(w->user);
	wipe(w->password);
	free(w->base);
	free((void *)(uintptr_t)w->t.url);
	free(w);
}
