/*
 * rev_args - which revisions `metrics`, `params` and `plots` show.
 */
#ifndef CMD_REV_ARGS_H
#define CMD_REV_ARGS_H

#include "cmd/cmd.h"
#include "dver/metrics.h"

struct rev_args {
	bool branches, tags, commits;
	struct opt_list revs;
	const char *since, *until;
};

/* `at` is the offset of a struct rev_args. */
#define REV_OPTS(at) \
	{ 'a', "all-branches", OPT_FLAG, \
	  (at) + offsetof(struct rev_args, branches), NULL, \
	  "show: of every branch" }, \
	{ 'T', "all-tags", OPT_FLAG, \
	  (at) + offsetof(struct rev_args, tags), NULL, \
	  "show: of every tag" }, \
	{ 'A', "all-commits", OPT_FLAG, \
	  (at) + offsetof(struct rev_args, commits), NULL, \
	  "show: of every commit" }, \
	{ 0, "rev", OPT_LIST, (at) + offsetof(struct rev_args, revs), "REV", \
	  "show: of this revision or range A..B" }, \
	{ 0, "since", OPT_STR, (at) + offsetof(struct rev_args, since), \
	  "TIME", "show: of commits since then" }, \
	{ 0, "until", OPT_STR, (at) + offsetof(struct rev_args, until), \
	  "TIME", "show: of commits until then" }

/* As cmd_revisions() finds them, and the word "workspace", if no file is. */
int rev_words(const struct cmd_ctx *ctx, char **words, int n, int max,
	      const char **rev);
/*
 * Those of `diff`: at most two, or "A..B", which is taken apart.  How many of
 * the words they are; < 0: there are more.
 */
int rev_pair(const struct cmd_ctx *ctx, char **words, int n,
	     const char *rev[2], struct dver_err *err);
/* A word that is nothing: an error. */
int rev_typo(const struct cmd_ctx *ctx, const char *word,
	     struct dver_err *err);
/* Is anything asked for? */
bool rev_args_any(const struct rev_args *a);
/*
 * What is asked for, with the revisions that the first of the words are;
 * returns how many of these.  The caller frees *revs, also after an error.
 */
int rev_args_get(const struct cmd_ctx *ctx, const struct rev_args *a,
		 char **words, int n, const char ***revs,
		 struct dver_values_opts *o, struct dver_err *err);

#endif
