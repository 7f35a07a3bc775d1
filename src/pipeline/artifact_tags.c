#include "pipeline/artifact_tags.h"

#include <string.h>

#include "base/err.h"
#include "repo/git_snapshot.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "v1.2.3", "v1.2.3-rc.1+x" */
static bool is_version(const char *s)
{
	if (*s++ != 'v')
		return false;
	for (int i = 0; i < 3; i++) {
		size_t n = strspn(s, DIGITS);

		if (n == 0 || (i < 2 && s[n] != '.'))
			return false;
		s += n + (i < 2);
	}
	return !*s || ((*s == '-' || *s == '+') && s[1] &&
		       !s[1 + strspn(s + 1, DIGITS LETTERS "-.+")]);
}

/* Numbers of any length. */
static int compare_numbers(const char *a, size_t na, const char *b, size_t nb)
{
	int d;

	for (; na > 1 && *a == '0'; na--)
		a++;
	for (; nb > 1 && *b == '0'; nb--)
		b++;
	d = na == nb ? memcmp(a, b, na) : na < nb ? -1 : 1;
	return (d > 0) - (d < 0);
}

/* One part between dots: numbers come before words. */
static int compare_parts(const char *a, size_t na, const char *b, size_t nb)
{
	bool x = strspn(a, DIGITS) >= na, y = strspn(b, DIGITS) >= nb;
	int d;

	if (x && y)
		return compare_numbers(a, na, b, nb);
	if (x != y)
		return x ? -1 : 1;
	d = memcmp(a, b, MIN(na, nb));
	return d ? d : (na > nb) - (na < nb);
}

/* What stands between a and its end, part by part. */
static int compare_rest(const char *a, const char *b)
{
	int d = 0;

	/* Before a release come those that lead to it. */
	if ((*a == '-') != (*b == '-'))
		return *a == '-' ? -1 : 1;
	while (d == 0 && (*a == '-' || *a == '.') && (*b == '-' || *b == '.')) {
		size_t na = strcspn(++a, ".+"), nb = strcspn(++b, ".+");

		d = compare_parts(a, na, b, nb);
		a += na;
		b += nb;
	}
	return d ? d : (*a == '.') - (*b == '.');
}

int artifact_version_compare(const char *a, const char *b)
{
	int d = 0;

	for (int i = 0; d == 0 && i < 3; i++) {
		size_t na = strspn(++a, DIGITS), nb = strspn(++b, DIGITS);

		d = compare_numbers(a, na, b, nb);
		a += na;
		b += nb;
	}
	return d ? d : compare_rest(a, b);
}

/* Cut "#12" off the end of a text. */
static uint64_t take_number(char *text)
{
	char *hash = strrchr(text, '#');
	uint64_t n = 0;

	if (!hash || !hash[1] || hash[1 + strspn(hash + 1, DIGITS)])
		return 0;
	for (const char *p = hash + 1; *p; p++)
		n = n > UINT64_MAX / 16 ? n : n * 10 + (uint64_t)(*p - '0');
	*hash = '\0';
	return n;
}

/* Take `text`, a copy of the tag, apart; false: it tells of no artifact. */
static bool split(struct artifact_tag *t, char *text)
{
	char *rest = text + strcspn(text, "@#");
	char mark = *rest;
	size_t len;

	if (!mark || rest == text)
		return false;
	*rest++ = '\0';
	t->artifact = text;
	t->number = take_number(rest);
	t->what = rest;
	if (mark == '@' && streq(rest, "deprecated")) {
		t->kind = ARTIFACT_DEPRECATED;
		return true;
	}
	if (mark == '@' && streq(rest, "created")) {
		t->kind = ARTIFACT_CREATED;
		return true;
	}
	len = strlen(rest);
	if (len && rest[len - 1] == '!') {
		t->cancels = true;
		rest[--len] = '\0';
	}
	t->kind = mark == '@' ? ARTIFACT_VERSION : ARTIFACT_STAGE;
	return mark == '@' ? is_version(rest)
			   : len && !rest[strspn(rest, DIGITS LETTERS "-_/")];
}

static int on_ref(void *data, enum git_ref_kind kind, const char *name,
		  const char *commit, struct dver_err *err)
{
	struct artifact_tags *out = data;
	struct artifact_tag t = { .tag = NULL };
	char *text;

	if (kind != GIT_REF_TAG)
		return 0;
	text = arena_strdup(&out->arena, name, strlen(name));
	t.tag = arena_strdup(&out->arena, name, strlen(name));
	t.commit = arena_strdup(&out->arena, commit, strlen(commit));
	if (!text || !t.tag || !t.commit ||
	    !mem_grow(&out->v, &out->cap, out->n + 1, sizeof(t)))
		return err_nomem(err);
	if (split(&t, text))
		out->v[out->n++] = t;
	return 0;
}

static int by_artifact(const void *a, const void *b)
{
	const struct artifact_tag *x = a, *y = b;
	int d = strcmp(x->artifact, y->artifact);

	return d ? d : strcmp(x->tag, y->tag);
}

int artifact_tags_read(struct artifact_tags *out, struct git *g,
		       struct dver_err *err)
{
	int r = git_each_ref(g, on_ref, out, err);

	if (r == 0 && out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_artifact);
	return r;
}

void artifact_tags_release(struct artifact_tags *t)
{
	free(t->v);
	arena_release(&t->arena);
}

const struct artifact_tag *artifact_tags_of(const struct artifact_tags *t,
					    const char *artifact, size_t *n)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(t->v[mid].artifact, artifact) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*n = 0; lo + *n < t->n; ++*n)
		if (!streq(t->v[lo + *n].artifact, artifact))
			break;
	return *n ? &t->v[lo] : NULL;
}
