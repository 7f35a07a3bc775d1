/*
 * http_heads - read `heads`: the listing that a web server cannot give (see
 * dver-store(5)).
 */
#include <errno.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/rand.h"
#include "remotes/web.h"

#define FIRST "dver heads 1\n"
#define LAST_LEN (4 + 2 * HASH_SIZE + 1)	/* "sum HEX\n" */

void heads_release(struct heads_list *h)
{
	free(h->text);
	free(h->v);
	*h = (struct heads_list){ .v = NULL };
}

static int damaged(const char *name, struct dver_err *err)
{
	return err_set(err, DVER_ECORRUPT, "'%s' is damaged: push to the "
		       "remote to write it again", name);
}

static bool sum_is_right(const char *text, size_t len)
{
	uint8_t want[HASH_SIZE], sum[HASH_SIZE];
	const char *last = text + len - LAST_LEN;

	return strncmp(last, "sum ", 4) == 0 && text[len - 1] == '\n' &&
	       hex_decode(want, HASH_SIZE, last + 4) == 0 &&
	       hash_bytes(sum, text, len - LAST_LEN, NULL) == 0 &&
	       memcmp(sum, want, HASH_SIZE) == 0;
}

/* Relative, without "." and "..": it becomes part of a URL. */
static bool is_clean(const char *key)
{
	while (*key) {
		size_t n = strcspn(key, "/");

		if (!path_is_component(key, n))
			return false;
		key += n;
		if (*key == '/' && !*++key)
			return false;
	}
	return true;
}

/* "key size" of one line, cut in place. */
static bool cut_line(struct heads_entry *e, char *line)
{
	char *blank = strrchr(line, ' '), *end;

	if (!blank || blank == line || blank[1] < '0' || blank[1] > '9')
		return false;
	*blank = '\0';
	errno = 0;
	e->key = line;
	e->size = strtoull(blank + 1, &end, 10);
	return errno == 0 && *end == '\0' && is_clean(line);
}

int heads_parse(struct heads_list *out, const char *name, const char *text,
		size_t len, struct dver_err *err)
{
	AUTO_HEADS struct heads_list h = { .v = NULL };
	size_t cap = 0, head = strlen(FIRST);
	char *p, *end, *line;

	if (len >= 11 && memcmp(text, FIRST, 11) == 0 &&
	    (len < head || memcmp(text, FIRST, head) != 0))
		return err_set(err, DVER_EUNSUPPORTED, "'%s' has a format "
			       "that this dver does not know: use a newer one",
			       name);
	if (len < head + LAST_LEN || memcmp(text, FIRST, head) != 0 ||
	    memchr(text, '\0', len) || !sum_is_right(text, len))
		return damaged(name, err);
	h.text = str_ndup(text + head, len - head - LAST_LEN);
	if (!h.text)
		return err_nomem(err);
	for (line = h.text, end = line + strlen(line); line < end; line = p) {
		p = strchr(line, '\n');
		if (!p)
			return damaged(name, err);
		*p++ = '\0';
		if (!mem_grow(&h.v, &cap, h.n + 1, sizeof(*h.v)))
			return err_nomem(err);
		if (!cut_line(&h.v[h.n++], line))
			return damaged(name, err);
	}
	*out = h;
	h = (struct heads_list){ .v = NULL };
	return 0;
}
