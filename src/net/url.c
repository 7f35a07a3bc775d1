/*
 * url - no normalisation anywhere: what was signed is what is sent.
 */
#include "net/url.h"

#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static struct url_part part(const char *at, const char *end)
{
	return (struct url_part){ at, (size_t)(end - at) };
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int no_url(const char *url, const char *why, struct dver_err *err)
{
	AUTO_BUF struct buf shown = BUF_INIT(65536);

	url_show(&shown, url);
	return err_set(err, DVER_EINVAL, "'%.300s' is no URL: %s", shown.data,
		       why);
}

/* "user:password@host:port" */
static bool cut_authority(struct url *u, const char *at, const char *end)
{
	const char *p = memrchr(at, '@', (size_t)(end - at));

	u->userinfo = p ? part(at, p) : part(at, at);
	at = p ? p + 1 : at;
	p = *at == '[' ? memchr(at, ']', (size_t)(end - at)) : at;
	p = p ? memchr(p, ':', (size_t)(end - p)) : NULL;
	u->host = part(at, p ? p : end);
	u->port = p ? part(p + 1, end) : part(end, end);
	for (size_t i = 0; i < u->port.len; i++)
		if (!is_digit(u->port.at[i]))
			return false;
	return u->host.len > 0 && u->port.len <= 5;
}

int url_cut(struct url *u, const char *url, struct dver_err *err)
{
	const char *p = strstr(url, "://"), *end, *stop;

	for (const char *c = url; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return no_url(url, "it has blanks or control "
				      "characters", err);
	for (const char *c = url; p && c < p; c++)
		if (!is_alnum(*c) && !strchr("+-.", *c))
			p = NULL;
	if (!p || p == url)
		return no_url(url, "it does not start with 'scheme://'", err);
	u->scheme = part(url, p);
	p += 3;
	end = p + strcspn(p, "/?#");
	if (!cut_authority(u, p, end))
		return no_url(url, "its host or port makes no sense", err);
	stop = end + strcspn(end, "?#");
	u->path = part(end, stop);
	end = stop + strcspn(stop, "#");
	u->query = *stop == '?' ? part(stop + 1, end) : part(end, end);
	stop = end + strlen(end);
	u->fragment = *end == '#' ? part(end + 1, stop) : part(end, end);
	return 0;
}

char *url_part_dup(const struct url_part *p)
{
	return str_ndup(p->at, p->len);
}

bool url_part_is(const struct url_part *p, const char *s)
{
	return strlen(s) == p->len && strncasecmp(p->at, s, p->len) == 0;
}

/* The port as text; the scheme's own where none is given. */
static struct url_part port_of(const struct url *u)
{
	struct url_part p = u->port;

	if (p.len == 0 && url_part_is(&u->scheme, "http"))
		p = (struct url_part){ "80", 2 };
	if (p.len == 0 && url_part_is(&u->scheme, "https"))
		p = (struct url_part){ "443", 3 };
	return p;
}

static bool same(const struct url_part *a, const struct url_part *b)
{
	return a->len == b->len && strncasecmp(a->at, b->at, a->len) == 0;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	struct url_part pa = port_of(a), pb = port_of(b);

	return same(&a->scheme, &b->scheme) && same(&a->host, &b->host) &&
	       same(&pa, &pb);
}

static bool has_scheme(const char *ref)
{
	const char *p = ref;

	while (is_alnum(*p) || *p == '+' || *p == '-' || *p == '.')
		p++;
	return p > ref && *p == ':';
}

/* Append a path that starts with a slash, without "." and "..". */
static void add_clean_path(struct buf *out, const char *p, const char *end)
{
	size_t start = out->len;

	while (p < end) {
		const char *slash = memchr(p + 1, '/', (size_t)(end - p - 1));
		const char *stop = slash ? slash : end;
		struct url_part name = part(p + 1, stop);
		bool up = url_part_is(&name, "..");

		if (up) {
			const char *last = memrchr(out->data + start, '/',
						   out->len - start);

			buf_truncate(out, last ? (size_t)(last - out->data)
						: start);
		}
		if (!up && !url_part_is(&name, "."))
			buf_add(out, p, (size_t)(stop - p));
		else if (!slash)
			buf_addc(out, '/');
		p = stop;
	}
}

int url_resolve(struct buf *out, const char *base, const char *ref,
		struct dver_err *err)
{
	const char *end = ref + strcspn(ref, "#");
	const char *query = ref + strcspn(ref, "?#");
	AUTO_BUF struct buf path = BUF_INIT(65536);
	const char *slash;
	struct url u;
	int r = url_cut(&u, base, err);

	if (r < 0)
		return r;
	if (has_scheme(ref)) {
		buf_add(out, ref, (size_t)(end - ref));
		return buf_check(out, err);
	}
	buf_add(out, base, u.scheme.len + 1);
	if (str_starts(ref, "//")) {
		buf_add(out, ref, (size_t)(end - ref));
		return buf_check(out, err);
	}
	buf_addstr(out, "//");
	buf_add(out, u.userinfo.at, (size_t)(u.path.at - u.userinfo.at));
	slash = memrchr(u.path.at, '/', u.path.len);
	if (query == ref)
		buf_add(&path, u.path.at, u.path.len);
	else if (*ref != '/' && slash)
		buf_add(&path, u.path.at, (size_t)(slash + 1 - u.path.at));
	else if (*ref != '/')
		buf_addc(&path, '/');
	buf_add(&path, ref, (size_t)(query - ref));
	add_clean_path(out, path.data, path.data + path.len);
	if (query == ref && *query != '?' && u.query.len > 0) {
		buf_addc(out, '?');
		buf_add(out, u.query.at, u.query.len);
	}
	buf_add(out, query, (size_t)(end - query));
	r = buf_check(&path, err);
	return r < 0 ? r : buf_check(out, err);
}

void url_escape(struct buf *out, const char *s, const char *keep)
{
	for (; *s; s++)
		if (is_alnum(*s) || strchr("-._~", *s) || strchr(keep, *s))
			buf_addc(out, (unsigned char)*s);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int url_unescape(struct buf *out, const char *s, size_t len,
		 struct dver_err *err)
{
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)s[i];

		if (c == '%') {
			int hi = i + 2 < len ? hex_value(s[i + 1]) : -1;
			int lo = hi >= 0 ? hex_value(s[i + 2]) : -1;

			c = lo < 0 ? 0 : hi * 16 + lo;
			i += 2;
		}
		if (c == 0)
			return err_set(err, DVER_EFORMAT, "'%.*s' has a "
				       "broken escape", (int)MIN(len, 200), s);
		buf_addc(out, c);
	}
	return buf_check(out, err);
}

#define WORD_MAX 20	/* a longer one is a token, not "uploads" */

/* "a=1&b" as "a=...&b" */
static void show_query(struct buf *out, const char *p, const char *end)
{
	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		const char *stop = amp ? amp : end;
		const char *eq = memchr(p, '=', (size_t)(stop - p));

		if (eq || stop - p <= WORD_MAX)
			buf_add(out, p, (size_t)((eq ? eq : stop) - p));
		else
			buf_addstr(out, "...");
		if (eq && eq + 1 < stop)
			buf_addstr(out, "=...");
		else if (eq)
			buf_addc(out, '=');
		if (amp)
			buf_addc(out, '&');
		p = stop + 1;
	}
}

void url_show(struct buf *out, const char *url)
{
	const char *p = strstr(url, "://");
	const char *stop, *at, *end = url + strcspn(url, "#");

	p = p && p < end ? p + 3 : url;
	buf_add(out, url, (size_t)(p - url));
	stop = p + strcspn(p, "/?#");
	at = memrchr(p, '@', (size_t)(stop - p));
	p = at ? at + 1 : p;
	stop = p + strcspn(p, "?#");
	buf_add(out, p, (size_t)(stop - p));
	if (*stop != '?')
		return;
	buf_addc(out, '?');
	show_query(out, stop + 1, end);
}
