#include "cmd/rev_args.h"

#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/date.h"

bool rev_args_any(const struct rev_args *a)
{
	return a->branches || a->tags || a->commits || a->revs.n || a->since ||
	       a->until;
}

int rev_words(const struct cmd_ctx *ctx, char **words, int n, int max,
	      const char **rev)
{
	int found = cmd_revisions(ctx, words, n, max, rev);

	/* Where there are dashes all before them are revisions. */
	while (ctx->dashes < 0 && found < max && found < n &&
	       strcmp(words[found], "workspace") == 0 &&
	       access(words[found], F_OK) != 0) {
		rev[found] = words[found];
		found++;
		found += cmd_revisions(ctx, words + found, n - found,
				       max - found, rev + found);
	}
	return found;
}

int rev_pair(const struct cmd_ctx *ctx, char **words, int n,
	     const char *rev[2], struct dver_err *err)
{
	const char *more;
	int used = rev_words(ctx, words, n, 2, rev);
	char *dots = used ? strstr(words[0], "..") : NULL;

	/* A range is both; what comes after it is one too many. */
	if (dots && used == 2)
		used = 1;
	if ((dots || used == 2) && ctx->dashes < 0 && used < n &&
	    rev_words(ctx, words + used, n - used, 1, &more) == 1)
		return err_set(err, DVER_EINVAL, "'%s' is a revision: diff "
			       "takes two, show takes more", more);
	if (dots) {
		*dots = '\0';
		rev[1] = dots[2] == '.' ? dots + 3 : dots + 2;
	}
	return used;
}

int rev_typo(const struct cmd_ctx *ctx, const char *word,
	     struct dver_err *err)
{
	if (strcmp(word, "HEAD") == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no commit yet: "
			       "HEAD is nothing");
	return err_set(err, DVER_ENOTFOUND, "'%s' is neither a revision nor a "
		       "file%s", word, dver_is_shallow(ctx->repo)
		       ? " (this is a shallow clone: git fetch --unshallow "
			 "brings what it lacks)" : "");
}

int rev_args_get(const struct cmd_ctx *ctx, const struct rev_args *a,
		 char **words, int n, const char ***revs,
		 struct dver_values_opts *o, struct dver_err *err)
{
	const char **v = mem_array((size_t)n + a->revs.n + 1, sizeof(*v));
	int used, r = 0;

	*revs = v;
	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < a->revs.n; i++)
		v[i] = a->revs.v[i];
	used = rev_words(ctx, words, n, n, v + a->revs.n);
	o->revs = v;
	o->nrevs = a->revs.n + (size_t)used;
	o->flags |= (a->branches ? DVER_VALUES_BRANCHES : 0u) |
		    (a->tags ? DVER_VALUES_TAGS : 0u) |
		    (a->commits ? DVER_VALUES_COMMITS : 0u);
	if (a->since)
		r = date_parse(&o->since, a->since, false, err);
	if (r == 0 && a->until)
		r = date_parse(&o->until, a->until, true, err);
	return r < 0 ? r : used;
}
