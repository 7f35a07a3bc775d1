/*
 * glob - no recursion: after a mismatch the last star takes one byte more, or
 * else the last "**" one folder more.
 *
 * What an earlier star took can stay.  A component of the pattern is matched
 * by one component of the path, so a star is done with at the next slash; and
 * where the part before a "**" ends first, there is most left for what
 * follows.
 */
#include "format/glob.h"

#include <stddef.h>
#include <string.h>

size_t glob_literal(const char *pattern)
{
	return strcspn(pattern, "*?[\\");
}

/* Pairs of a first and a last byte; ASCII only. */
static const struct { const char *name, *ranges; } classes[] = {
	{ "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "blank", "  \t\t" },
	{ "cntrl", "\1\37\177\177" }, { "digit", "09" }, { "graph", "!~" },
	{ "lower", "az" }, { "print", " ~" }, { "punct", "!/:@[`{~" },
	{ "space", "  \t\n\r\r" }, { "upper", "AZ" },
	{ "xdigit", "09AFaf" },
};

/* The class called name[0..len): does it have c?  -1: there is none. */
static int class_has(const char *name, size_t len, unsigned char c)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const unsigned char *p =
			(const unsigned char *)classes[i].ranges;

		if (strlen(classes[i].name) != len ||
		    memcmp(classes[i].name, name, len) != 0)
			continue;
		for (; *p; p += 2)
			if (c >= p[0] && c <= p[1])
				return 1;
		return 0;
	}
	return -1;
}

/* A set that is read: where, and the byte that a range may begin with. */
struct set {
	const char *p;
	unsigned char before;	/* 0: none */
};

/* "[:name:]" at s->p, or a "[" like any other byte: 1, 0, -1: malformed. */
static int named_class(struct set *s, unsigned char c)
{
	const char *name = s->p + 2;
	const char *end = strchr(name, ']');

	if (!end)
		return -1;
	if (end == name || end[-1] != ':') {
		s->before = '[';
		s->p++;
		return c == '[';
	}
	s->before = 0;
	s->p = end + 1;
	return class_has(name, (size_t)(end - 1 - name), c);
}

/* One item of a set: is c in it?  1, 0, -1: malformed. */
static int item_has(struct set *s, unsigned char c)
{
	unsigned char first = s->before;
	bool range = *s->p == '-' && first && s->p[1] && s->p[1] != ']';

	if (!*s->p)
		return -1;
	if (s->p[0] == '[' && s->p[1] == ':')
		return named_class(s, c);
	s->p += range;
	s->p += *s->p == '\\';
	if (!*s->p)
		return -1;
	s->before = (unsigned char)*s->p++;
	if (!range)
		return c == s->before;
	range = c >= first && c <= s->before;
	s->before = 0;
	return range;
}

/* Is c in the set behind the "[" at *p, which moves on?  Malformed: no. */
static bool set_has(const char **p, unsigned char c)
{
	struct set s = { *p + 1, 0 };
	bool negated = *s.p == '!' || *s.p == '^';
	bool has = false;

	s.p += negated;
	do {
		int r = item_has(&s, c);

		if (r < 0)
			return false;
		has |= r > 0;
	} while (*s.p != ']');
	*p = s.p + 1;
	return has != negated && c != '/';
}

/* One byte of the path against what stands at *p, which moves on. */
static bool one(const char **p, char c)
{
	if (**p == c && c != '[' && c != '?' && c != '\\') {
		(*p)++;
		return true;
	}
	if (**p == '[')
		return set_has(p, (unsigned char)c);
	if (**p == '?') {
		(*p)++;
		return c != '/';
	}
	if (**p != '\\' || (*p)[1] != c)
		return false;
	*p += 2;
	return true;
}

/* Where to go on after a mismatch; p is NULL when there is none. */
struct retry {
	const char *p, *path;
};

struct match {
	const char *p, *path;
	struct retry star, deep;
};

/* Do the stars from m->p to `end` stand for folders? */
static bool is_deep(const struct match *m, const char *pattern,
		    const char *end)
{
	return end - m->p > 1 && (m->p == pattern || m->p[-1] == '/') &&
	       (!*end || *end == '/' || (end[0] == '\\' && end[1] == '/'));
}

/* "**" that ends before `end`: it takes as few folders as it can. */
static bool begin_deep(struct match *m, const char *end)
{
	if (*end != '/') {
		m->path = strchr(m->path, '/');
		if (!m->path)
			return false;
		m->path++;
		end++;
	}
	m->p = end + 1;
	m->deep = (struct retry){ m->p, m->path };
	m->star.p = NULL;
	return true;
}

/* The last star takes a byte more, and all up to what may follow it. */
static bool more_star(struct match *m)
{
	const char *path = m->star.path;
	char next = m->star.p ? *m->star.p : '\0';

	if (!m->star.p || !*path || *path == '/')
		return false;
	path++;
	if (next && next != '[' && next != '?' && next != '\\')
		while (*path && *path != next && *path != '/')
			path++;
	m->star.path = m->path = path;
	m->p = m->star.p;
	return true;
}

static bool more_deep(struct match *m)
{
	const char *slash = m->deep.p ? strchr(m->deep.path, '/') : NULL;

	if (!slash)
		return false;
	m->star.p = NULL;
	m->deep.path = m->path = slash + 1;
	m->p = m->deep.p;
	return true;
}

bool glob_match(const char *pattern, const char *path)
{
	struct match m = { .p = pattern, .path = path };

	for (;;) {
		if (*m.p == '*') {
			const char *end = m.p + 1;

			while (*end == '*')
				end++;
			if (!is_deep(&m, pattern, end)) {
				m.star = (struct retry){ end, m.path };
				m.p = end;
			} else if (!*end) {
				return true;
			} else if (!begin_deep(&m, end)) {
				return false;
			}
		} else if (!*m.p && !*m.path) {
			return true;
		} else if (*m.p && *m.path && one(&m.p, *m.path)) {
			if (*m.path++ == '/')
				m.star.p = NULL;
		} else if (!more_star(&m) && !more_deep(&m)) {
			return false;
		}
	}
}
