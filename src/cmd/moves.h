/*
 * moves - what push, fetch, pull and check have in common.
 */
#ifndef CMD_MOVES_H
#define CMD_MOVES_H

#include "cmd/missing.h"
#include "dver/exchange.h"
#include "format/json.h"

struct move_args {
	const char *remote;
	bool all_branches, all_tags, all_commits, dry_run, run_cache;
	bool force;		/* pull */
};
#define MAT(field) offsetof(struct move_args, field)

#define MOVE_OPTS \
	{ 'r', "remote", OPT_STR, MAT(remote), "NAME", \
	  "this remote, not the default one" }, \
	{ 'a', "all-branches", OPT_FLAG, MAT(all_branches), NULL, \
	  "data of the tips of all branches" }, \
	{ 'T', "all-tags", OPT_FLAG, MAT(all_tags), NULL, \
	  "data of all tags" }, \
	{ 'A', "all-commits", OPT_FLAG, MAT(all_commits), NULL, \
	  "data of all commits" }

#define RUN_CACHE_OPT \
	{ 0, "run-cache", OPT_FLAG, MAT(run_cache), NULL, \
	  "what is known of runs of stages, too" }

#define DRY_RUN_OPT \
	{ 'n', "dry-run", OPT_FLAG, MAT(dry_run), NULL, \
	  "only say what would be done" }

struct dver_exchange_opts move_opts(const struct move_args *a,
				    struct missing *m);
/* Run push or fetch and report; `verb` says what it did. */
typedef int (*move_fn)(struct dver_repo *, const char *const *, size_t,
		       const struct dver_exchange_opts *,
		       struct dver_exchange_stats *, struct dver_err *);
int move_run(struct cmd_ctx *ctx, const struct move_args *a, char **words,
	     int n, const char *verb, move_fn fn, struct dver_err *err);
/* The line or the JSON members that say what was moved. */
void move_report(const struct cmd_ctx *ctx, struct json *j, const char *verb,
		 bool dry_run, const struct dver_exchange_stats *st);

#endif
