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
	if (**p == '[')
		return set_has(p, (unsigned char)c);
	if (**p == '?') {
		(*p)++;
		return c != '/';
	}
	*p += **p == '\\';
	if (!**p || **p != c)
		return false;
	(*p)++;
	return true;
}

/* Do the stars from p to `end` stand for folders? */
static bool is_deep(const char *pattern, const char *p, const char *end)
{
	return end - p > 1 && (p == pattern || p[-1] == '/') &&
	       (!*end || *end == '/' || (end[0] == '\\' && end[1] == '/'));
}

/* Where to go on after a mismatch; p is NULL when there is none. */
struct retry {
	const char *p, *path;
};

/* "**" that ends before `end`: it takes as few folders as it can. */
static bool begin_deep(struct retry *deep, const char *end, const char *path)
{
	deep->p = end + 1 + (*end == '\\');
	deep->path = path;
	if (*end == '/')
		return true;
	deep->path = strchr(path, '/');
	if (!deep->path)
		return false;
	deep->path++;
	return true;
}

static bool go_on(struct retry *star, struct retry *deep, const char **p,
		  const char **path)
{
	if (star->p && *star->path && *star->path != '/') {
		*p = star->p;
		*path = ++star->path;
		return true;
	}
	star->p = NULL;
	deep->path = deep->p ? strchr(deep->path, '/') : NULL;
	if (!deep->path)
		return false;
	*p = deep->p;
	*path = ++deep->path;
	return true;
}

bool glob_match(const char *pattern, const char *path)
{
	struct retry star = { NULL, NULL };
	struct retry deep = { NULL, NULL };
	const char *p = pattern;

	for (;;) {
		const char *end = p + strspn(p, "*");

		if (is_deep(pattern, p, end)) {
			if (!*end)
				return true;
			if (!begin_deep(&deep, end, path))
				return false;
			star.p = NULL;
			p = deep.p;
			path = deep.path;
		} else if (end != p) {
			star = (struct retry){ end, path };
			p = end;
		} else if (!*p && !*path) {
			return true;
		} else if (*p && *path && one(&p, *path)) {
			if (*path++ == '/')
				star.p = NULL;
		} else if (!go_on(&star, &deep, &p, &path)) {
			return false;
		}
	}
}
