/*
 * lockfile_side - one side of a text with conflict markers, line by line.
 */
#include <string.h>

#include "repo/lockfile_merge.h"

/* How many of `c` stand at the line's start, if seven or more and a blank. */
static size_t marker(const char *line, size_t len, char c)
{
	size_t n = 0;

	while (n < len && line[n] == c)
		n++;
	return n >= 7 && (n == len || line[n] == ' ' || line[n] == '\r')
	       ? n : 0;
}

bool lockfile_side(struct buf *out, struct lock_text t, enum dver_side side)
{
	enum { BOTH, OURS, BASE, THEIRS } in = BOTH;
	const char *p = t.text, *end = p + t.len;
	size_t size = 0;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl : end) - p);
		size_t n;

		if ((n = marker(p, len, '<'))) {
			if (in != BOTH)
				return false;
			in = OURS;
			size = n;
		} else if (in == OURS && marker(p, len, '|') == size) {
			in = BASE;
		} else if ((in == OURS || in == BASE) &&
			   marker(p, len, '=') == size) {
			in = THEIRS;
		} else if (in == THEIRS && marker(p, len, '>') == size) {
			in = BOTH;
		} else if (in == BOTH ||
			   in == (side == DVER_OURS ? OURS : THEIRS)) {
			buf_add(out, p, len + (nl ? 1 : 0));
		}
		p = nl ? nl + 1 : end;
	}
	return in == BOTH;
}
