#include "repo/remote_url.h"

#include <ctype.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "repo/remote_keys.h"
#include "store/transport_config.h"

#define URL_MAX 8192

struct scheme {
	const char *name;
	unsigned mask;
	const char *port;	/* ":80", the default; or NULL */
};

static const struct scheme schemes[] = {
	{ "s3", SCHEME_S3, NULL },
	{ "azure", SCHEME_AZURE, NULL },
	{ "http", SCHEME_HTTP, ":80" },
	{ "https", SCHEME_HTTP, ":443" },
	{ "webdav", SCHEME_WEBDAV, ":80" },
	{ "webdavs", SCHEME_WEBDAV, ":443" },
	/* What ssh's own configuration says of a host has a say in both. */
	{ "ssh", SCHEME_SSH, NULL },
	{ "sftp", SCHEME_SSH, NULL },
};

/* A URL's pieces, borrowed from it. */
struct parts {
	const char *url;
	size_t scheme;		/* length */
	const char *host;	/* behind user@ */
	size_t host_len;	/* with a port */
	const char *user;	/* NULL: none; up to the colon */
	size_t user_len;
	const char *password;	/* NULL: none; up to the @ */
	size_t password_len;
	const char *path;	/* "" or "/..." */
};

static bool split(struct parts *p, const char *url)
{
	const char *end = strstr(url, "://");
	const char *at = NULL;
	const char *colon;

	*p = (struct parts){ .url = url };
	if (!end)
		return false;
	p->scheme = (size_t)(end - url);
	p->host = end + 3;
	p->path = p->host + strcspn(p->host, "/");
	for (const char *c = p->host; c < p->path; c++)
		if (*c == '@')
			at = c;
	if (at) {
		p->user = p->host;
		p->host = at + 1;
		colon = memchr(p->user, ':', (size_t)(at - p->user));
		p->user_len = (size_t)((colon ? colon : at) - p->user);
		if (colon) {
			p->password = colon + 1;
			p->password_len = (size_t)(at - p->password);
		}
	}
	p->host_len = (size_t)(p->path - p->host);
	return true;
}

/*
 * The colon of git's short form "[user@]host:path"; NULL: this is none.  A
 * path with a colon in its first part is written "./a:b".
 */
static const char *short_colon(const char *url)
{
	const char *in = *url == '[' ? strchr(url, ']') : url;
	const char *colon = in ? strchr(in, ':') : NULL;
	const char *slash = strchr(url, '/');

	if (!colon || colon == url || strstr(url, "://") ||
	    (slash && slash < colon))
		return NULL;
	return colon;
}

bool remote_url_is_path(const char *url)
{
	return str_starts(url, "file://") ||
	       (!strstr(url, "://") && !short_colon(url));
}

/* "host:a%b" is "ssh://host/~/a%25b". */
static char *long_form(const char *url)
{
	const char *colon = short_colon(url);
	AUTO_BUF struct buf b = BUF_INIT(URL_MAX);

	if (!colon)
		return strdup(url);
	buf_addf(&b, "ssh://%.*s%s", (int)(colon - url), url,
		 colon[1] == '/' ? "" : "/~/");
	for (const char *p = colon + 1; *p; p++)
		if (*p == '%')
			buf_addstr(&b, "%25");
		else
			buf_addc(&b, *p);
	return buf_detach(&b);
}

bool remote_url_has_password(const char *url)
{
	struct parts p;

	return split(&p, url) && p.password;
}

char *remote_url_redact(const char *url)
{
	const char *end = url + strlen(url);
	struct parts p;

	if (!split(&p, url))
		return strdup(url);
	/* What stands behind a "?" of a web address may be signed. */
	if (strncasecmp(url, "http", 4) == 0 ||
	    strncasecmp(url, "webdav", 6) == 0)
		end = p.host + strcspn(p.host, "?");
	return str_printf("%.*s%s%.*s%s",
			  (int)((p.password ? p.password : p.host) - url), url,
			  p.password ? "***@" : "", (int)(end - p.host),
			  p.host, *end ? "?***" : "");
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* %40 is "@"; NULL: out of memory. */
static char *decode(const char *s, size_t len)
{
	AUTO_BUF struct buf b = BUF_INIT(URL_MAX);

	for (size_t i = 0; i < len; i++) {
		int hi = s[i] == '%' && i + 2 < len ? hex_value(s[i + 1]) : -1;
		int lo = hi >= 0 ? hex_value(s[i + 2]) : -1;

		buf_addc(&b, lo >= 0 ? hi * 16 + lo : (unsigned char)s[i]);
		i += lo >= 0 ? 2 : 0;
	}
	return buf_detach(&b);
}

static int refuse(const char *url, const char *why, struct dver_err *err)
{
	AUTO_FREE char *shown = remote_url_redact(url);

	return err_set(err, DVER_EINVAL, "'%s' is no URL of a remote: %s",
		       shown ? shown : "it", why);
}

static void add_lower(struct buf *b, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_addc(b, tolower((unsigned char)s[i]));
}

/* Bytes that RFC 3986 knows in a path stay, "%" too: it escapes already. */
static void add_web_path(struct buf *b, const char *path)
{
	const char *fine = "/-._~!$&'()*+,;=:@%";

	for (; *path; path++) {
		if (isalnum((unsigned char)*path) || strchr(fine, *path))
			buf_addc(b, *path);
		else
			buf_addf(b, "%%%02X", (unsigned char)*path);
	}
}

static int check_parts(const struct parts *p, unsigned scheme,
		       struct dver_err *err)
{
	bool web = (scheme & (SCHEME_HTTP | SCHEME_WEBDAV)) != 0;

	for (const char *c = p->url; *c; c++)
		if (iscntrl((unsigned char)*c))
			return refuse(p->url, "it has control characters",
				      err);
	if (p->host_len == 0)
		return refuse(p->url, web || scheme == SCHEME_SSH
			      ? "it names no host" : "it names no bucket",
			      err);
	if (*p->host == '-')
		return refuse(p->url, "no host starts with '-'", err);
	if (p->password && !web && scheme != SCHEME_SSH)
		return refuse(p->url, "there is no place for a password in "
			      "it", err);
	if (web && strpbrk(p->host, "?#"))
		return refuse(p->url, "it must not have a '?' or '#' (a name "
			      "that has one writes %3F or %23)", err);
	return 0;
}

static const struct scheme *scheme_of(const struct parts *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strlen(schemes[i].name) == p->scheme &&
		    strncasecmp(schemes[i].name, p->url, p->scheme) == 0)
			return &schemes[i];
	return NULL;
}

static int put_together(struct remote_url *out, const struct parts *p,
			const struct scheme *s, struct dver_err *err)
{
	bool web = (s->mask & (SCHEME_HTTP | SCHEME_WEBDAV)) != 0;
	bool host = web || s->mask == SCHEME_SSH;
	AUTO_BUF struct buf b = BUF_INIT(URL_MAX);

	buf_addf(&b, "%s://", s->name);
	if (web)
		add_lower(&b, p->host, p->host_len);
	else if (!host && p->user)
		buf_addf(&b, "%.*s@", (int)p->user_len, p->user);
	if (!web)
		buf_add(&b, p->host, p->host_len);
	if (s->port && buf_ok(&b) && str_ends(b.data, s->port))
		buf_truncate(&b, b.len - strlen(s->port));
	if (web)
		add_web_path(&b, p->path);
	else
		buf_addstr(&b, p->path);
	while (buf_ok(&b) && b.data[b.len - 1] == '/')
		buf_truncate(&b, b.len - 1);
	if (host && p->user)
		out->user = decode(p->user, p->user_len);
	if (host && p->password)
		out->password = decode(p->password, p->password_len);
	out->scheme = s->mask;
	out->url = buf_detach(&b);
	if (out->url && (!host || ((!p->user || out->user) &&
				   (!p->password || out->password))))
		return 0;
	return refuse(p->url, "it is too long", err);
}

int remote_url_parse(struct remote_url *out, const char *url,
		     struct dver_err *err)
{
	AUTO_FREE char *whole = long_form(url);
	const struct scheme *s;
	struct parts p;
	int r;

	*out = (struct remote_url){ .scheme = SCHEME_FOLDER };
	if (*url == '\0')
		return err_set(err, DVER_EINVAL, "the URL is empty");
	if (remote_url_is_path(url)) {
		out->url = TAKE(whole);
		return out->url ? 0 : err_nomem(err);
	}
	if (!whole)
		return refuse(url, "it is too long", err);
	(void)split(&p, whole);
	s = scheme_of(&p);
	r = check_parts(&p, s ? s->mask : SCHEME_SSH, err);
	if (r == 0 && s)
		r = put_together(out, &p, s, err);
	if (r == 0 && s && transport_knows(out->url))
		return 0;
	remote_url_release(out);
	return r < 0 ? r
	       : err_set(err, DVER_EUNSUPPORTED, "'%.*s://' remotes are not "
			 "known to this version: dver-remote(7) lists those "
			 "that are", (int)p.scheme, whole);
}

void remote_url_release(struct remote_url *u)
{
	if (u->password)
		explicit_bzero(u->password, strlen(u->password));
	free(u->url);
	free(u->user);
	free(u->password);
	*u = (struct remote_url){ .scheme = 0 };
}
