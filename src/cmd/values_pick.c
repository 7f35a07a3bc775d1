#include "cmd/values_pick.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "dver/timeline.h"

struct picking {
	struct picks *p;
	const char *word;
	bool failed;
};

void picks_release(struct picks *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].path);
		free(p->v[i].name);
	}
	free(p->v);
	*p = (struct picks){ .v = NULL };
}

bool picks_has(const struct picks *p, const char *path, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (streq(p->v[i].name, name) &&
		    (!p->v[i].path || streq(p->v[i].path, path)))
			return true;
	return p->n == 0;
}

/* Is the name the word, or does it end with this, behind a dot? */
static bool is_named(const char *name, const char *word)
{
	size_t n = strlen(name), len = strlen(word);

	return len && n >= len && streq(name + n - len, word) &&
	       (n == len || name[n - len - 1] == '.');
}

static int on_meaning(void *data, const struct dver_meaning *m)
{
	struct picking *x = data;
	struct picks *p = x->p;
	bool any = is_named(m->name, x->word), here = false;
	struct pick pick = { NULL, NULL };

	for (const char *c = strchr(x->word, ':'); c; c = strchr(c + 1, ':'))
		here |= is_named(m->name, c + 1);
	/* A file alone means all that is in it. */
	if (!any && !here)
		return 0;
	pick.name = strdup(m->name);
	pick.path = any ? NULL : strdup(m->path);
	if (!pick.name || (!any && !pick.path) ||
	    !mem_grow(&p->v, &p->cap, p->n + 1, sizeof(pick))) {
		free(pick.name);
		free(pick.path);
		x->failed = true;
		return DVER_ENOMEM;
	}
	p->v[p->n++] = pick;
	return 0;
}

/* 1: it is a name, 0. */
static int take(struct picks *p, const struct cmd_ctx *ctx,
		enum dver_values what, const char *word,
		const char *const *revs, size_t nrevs, struct dver_err *err)
{
	unsigned kind = what == DVER_METRICS ? DVER_MEANS_METRIC
					     : DVER_MEANS_PARAM;
	struct picking x = { .p = p, .word = word };
	size_t before = p->n;
	int r = dver_meanings(ctx->repo, word, kind | DVER_MEANS_NOW, NULL,
			      on_meaning, &x, err);

	for (size_t i = 0; r == 0 && p->n == before && i < nrevs; i++)
		if (revs[i] && *revs[i] && !strstr(revs[i], "..") &&
		    dver_is_revision(ctx->repo, revs[i]))
			r = dver_meanings(ctx->repo, word,
					  kind | DVER_MEANS_NOW, revs[i],
					  on_meaning, &x, err);
	if (r == 0 && p->n == before)
		r = dver_meanings(ctx->repo, word, kind, NULL, on_meaning, &x,
				  err);
	if (x.failed)
		return err_nomem(err);
	return r < 0 ? r : p->n > before;
}

int picks_take(struct picks *p, const struct cmd_ctx *ctx,
	       enum dver_values what, char **words, int n,
	       const char *const *revs, size_t nrevs, struct dver_err *err)
{
	int files = 0;

	for (int i = 0; i < n; i++) {
		int r = 0;

		/* What comes after the dashes is a file. */
		if (ctx->dashes < 0 && access(words[i], F_OK) != 0)
			r = take(p, ctx, what, words[i], revs, nrevs, err);
		if (r < 0)
			return r;
		if (r == 0)
			words[files++] = words[i];
	}
	return files;
}
