#include "net/ssh_url.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/sftp_packet.h"

/* Letters, digits, other languages' in UTF-8, and `more`. */
static bool has_only(const char *s, const char *more)
{
	unsigned char before = 0;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		bool control = before == 0xc2 && c < 0xa0;

		before = c;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || (c >= 0x80 && !control) ||
		    strchr(more, c))
			continue;
		return false;
	}
	return true;
}

bool ssh_url_user_ok(const char *user)
{
	/* A domain's user may be "DOMAIN\user" or "user@domain". */
	return *user && *user != '-' && has_only(user, "._-+@\\") &&
	       !str_ends(user, "\\");
}

bool ssh_url_host_ok(const char *host)
{
	return *host && *host != '-' && has_only(host, "._-:%");
}

static int hex_of(char c)
{
	const char *digits = "0123456789abcdef";
	const char *p = c ? strchr(digits, c | (c >= 'A' ? 0x20 : 0)) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* %XX decoded; owned; NULL: out of memory. */
static char *decode(const char *s, size_t len)
{
	char *out = str_ndup(s, len);
	char *to = out;

	for (size_t i = 0; out && i < len; i++) {
		int hi = s[i] == '%' && i + 2 < len ? hex_of(s[i + 1]) : -1;
		int lo = hi >= 0 ? hex_of(s[i + 2]) : -1;

		if (lo >= 0 && hi + lo > 0) {
			*to++ = (char)(hi * 16 + lo);
			i += 2;
		} else {
			*to++ = s[i];
		}
	}
	if (out)
		*to = '\0';
	return out;
}

static bool has_controls(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

static int no_sense(const char *url, const char *why, struct dver_err *err)
{
	char shown[200];
	const char *at = strstr(url, "://");

	at = at ? at + 3 : url;
	/* Without the user, behind whom a password may be. */
	if (memchr(at, '@', strcspn(at, "/")))
		url = at + strcspn(at, "@") + 1;
	sftp_clean(shown, sizeof(shown), url, strlen(url));
	return err_set(err, DVER_EINVAL, "'%s' is no place for ssh: %s", shown,
		       why);
}

/* "[::1]:22" or "host:22" */
static int cut_host(struct ssh_url *u, const char *url, const char *at,
		    size_t len, struct dver_err *err)
{
	const char *end = at + len;
	const char *close = *at == '[' ? memchr(at, ']', len) : NULL;
	const char *colon = close ? close + 1 : memchr(at, ':', len);
	const char *stop = close ? close : colon ? colon : end;
	unsigned long port = 0;

	if (close && colon < end && *colon != ':')
		return no_sense(url, "its host makes no sense", err);
	u->host = decode(at + (close != NULL),
			 (size_t)(stop - at) - (close != NULL));
	if (!u->host)
		return err_nomem(err);
	for (const char *p = colon ? colon + 1 : end; p < end; p++) {
		port = port * 10 + (unsigned long)(*p - '0');
		if (*p < '0' || *p > '9' || port > 65535)
			return no_sense(url, "its port is none", err);
	}
	u->port = (unsigned)port;
	return 0;
}

static int cut_user(struct ssh_url *u, const char *url, const char *at,
		    const char *end, struct dver_err *err)
{
	if (at == end)
		return 0;
	/* The last @ starts the host; what a user has must be escaped. */
	if (memchr(at, ':', (size_t)(end - at)))
		return no_sense(url, "a password has no place in a URL: set "
				"the remote's option 'password' with --local",
				err);
	u->user = decode(at, (size_t)(end - at));
	return u->user ? 0 : err_nomem(err);
}

/* "~/x" is "x": SFTP starts in the home.  "" is there, too. */
static int take_path(struct ssh_url *u, const char *url, const char *path,
		     struct dver_err *err)
{
	size_t len = strlen(path);

	if (*path == '~' && path[1] && path[1] != '/')
		return no_sense(url, "write out the path of another user's "
				"home", err);
	if (*path == '~') {
		path += path[1] ? 2 : 1;
		len = strlen(path);
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	u->path = len ? decode(path, len) : strdup(".");
	return u->path ? 0 : err_nomem(err);
}

static int check(const struct ssh_url *u, const char *url,
		 struct dver_err *err)
{
	if (u->user && !ssh_url_user_ok(u->user))
		return no_sense(url, "its user's name makes no sense", err);
	if (!ssh_url_host_ok(u->host))
		return no_sense(url, "its host's name makes no sense", err);
	if (has_controls(u->path))
		return no_sense(url, "its path has control characters", err);
	if (*u->path == '-')
		return no_sense(url, "its path begins with '-': write './-'",
				err);
	if (strlen(u->path) > SFTP_PATH_MAX / 2)
		return no_sense(url, "its path is too long", err);
	return 0;
}

/* The colon behind "[user@]host"; NULL: it is another form. */
static const char *colon_of(const char *url)
{
	const char *p = url + strcspn(url, "@:/");

	p = *p == '@' ? p + 1 : url;
	if (*p == '[') {
		p += strcspn(p, "]/");
		if (*p != ']')
			return NULL;
	}
	p += strcspn(p, ":/");
	return *p == ':' && p > url && strncmp(p, "://", 3) ? p : NULL;
}

bool ssh_url_is_short(const char *url)
{
	return colon_of(url) != NULL;
}

static int parse(struct ssh_url *u, const char *url, struct dver_err *err)
{
	const char *colon = colon_of(url);
	const char *at = colon ? url : strstr(url, "://");
	const char *user_end, *end, *path;
	int r;

	if (!at)
		return no_sense(url, "it does not start with ssh://", err);
	at += colon ? 0 : 3;
	end = colon ? colon : at + strcspn(at, "/");
	path = colon ? colon + 1 : end;
	if (*path == '/' && path[1] == '~' && !colon)
		path++;
	if (*path == '\0')
		return no_sense(url, "it has no path", err);
	user_end = memrchr(at, '@', (size_t)(end - at));
	r = cut_user(u, url, at, user_end ? user_end : at, err);
	at = user_end ? user_end + 1 : at;
	if (r == 0)
		r = cut_host(u, url, at, (size_t)(end - at), err);
	if (r == 0)
		r = take_path(u, url, path, err);
	return r < 0 ? r : check(u, url, err);
}

int ssh_url_parse(struct ssh_url *out, const char *url, struct dver_err *err)
{
	int r;

	*out = (struct ssh_url){ 0 };
	r = parse(out, url, err);
	if (r < 0)
		ssh_url_release(out);
	return r;
}

void ssh_url_release(struct ssh_url *u)
{
	free(TAKE(u->user));
	free(TAKE(u->host));
	free(TAKE(u->path));
}
