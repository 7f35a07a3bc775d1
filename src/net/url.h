/*
 * url - URLs as text (RFC 3986): cut, escape, show without secrets.
 *
 * Thread-safe: all functions touch their arguments only.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct dver_err;

/* A URL's parts, borrowed from it. */
struct url_part {
	const char *at;
	size_t len;
};
struct url {
	struct url_part scheme;		/* "https" */
	struct url_part userinfo;	/* "user:password", without the @ */
	struct url_part host;		/* "[::1]", without the port */
	struct url_part port;		/* "8080", len 0: the scheme's own */
	struct url_part path;		/* "/a/b", len 0: none */
	struct url_part query;		/* without the ? */
	struct url_part fragment;	/* without the # */
};
/*
 * DVER_EINVAL: no "scheme://host", a port that is none, or bytes that are no
 * part of a URL (control characters, blanks).
 */
int url_cut(struct url *u, const char *url, struct dver_err *err);
/* The part as a string that the caller owns; NULL: out of memory. */
char *url_part_dup(const struct url_part *p);
bool url_part_is(const struct url_part *p, const char *s); /* any case */
/* Same scheme, host and port? */
bool url_same_origin(const struct url *a, const struct url *b);

/*
 * Append what `ref` means on the page `base` (section 5.2): "https://h/x",
 * "//h/x", "/x", "x", "?x", with "." and ".." taken out.  Without fragment.
 */
int url_resolve(struct buf *out, const char *base, const char *ref,
		struct dver_err *err);

/* Append s percent-encoded, all but letters, digits, - . _ ~ and `keep`. */
void url_escape(struct buf *out, const char *s, const char *keep);
/* Append s decoded; DVER_EFORMAT for a broken escape or a NUL. */
int url_unescape(struct buf *out, const char *s, size_t len,
		 struct dver_err *err);
/*
 * Append a URL as it may be shown: without userinfo and fragment, with "..."
 * for the values of its query.
 */
void url_show(struct buf *out, const char *url);

#endif
