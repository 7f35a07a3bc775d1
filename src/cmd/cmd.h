/*
 * cmd - what a command is, and what it works with.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cmd/opt.h"
#include "cmd/out.h"
#include "dver/repo.h"

struct cmd_ctx {
	struct dver_repo *repo;	/* NULL unless the command needs one */
	bool json, quiet;
	int verbose;
	int dashes;		/* words before "--"; -1: there was none */
};

enum { CMD_NEEDS_REPO = 1, CMD_WANTS_REPO = 2, CMD_PROGRESS = 4,
       CMD_HIDDEN = 8,
       CMD_STOPS = 16,		/* it asks cmd_interrupted() itself */
       CMD_TAIL = 32 };		/* after "add" comes somebody's command */

/* Exit codes beyond 0 and 1. */
#define CMD_USAGE 2
#define CMD_DIFFERS 1

struct cmd {
	const char *name;
	const char *group;	/* data, exchange, pipelines, care */
	const char *summary;
	const struct opt *opts;
	size_t args_size;
	/*
	 * Run with parsed options and the words left.  Returns the exit code,
	 * or < 0 with err; DVER_EINVAL with usage() is exit 2.
	 */
	int (*run)(struct cmd_ctx *ctx, const void *args, char **words, int n,
		   struct dver_err *err);
	unsigned flags;
};

/* One a line, so that two who add one do not clash. */
extern const struct cmd
	cmd_add,
	cmd_artifacts,
	cmd_cache,
	cmd_cat,
	cmd_check,
	cmd_check_ignore,
	cmd_checkout,
	cmd_completion,
	cmd_config,
	cmd_dag,
	cmd_diff,
	cmd_doctor,
	cmd_drop,
	cmd_du,
	cmd_export,
	cmd_fetch,
	cmd_freeze,
	cmd_fsck,
	cmd_gc,
	cmd_help,
	cmd_hook,
	cmd_install,
	cmd_init,
	cmd_log,
	cmd_ls,
	cmd_merge_driver,
	cmd_metrics,
	cmd_mv,
	cmd_params,
	cmd_plots,
	cmd_pull,
	cmd_push,
	cmd_remote,
	cmd_report,
	cmd_repro,
	cmd_resolve,
	cmd_rm,
	cmd_stage,
	cmd_status,
	cmd_undo,
	cmd_unfreeze,
	cmd_unprotect,
	cmd_version,
	cmd_dump_options,
	cmd_dump_words;

/* All commands, in the order of help; NULL ends. */
extern const struct cmd *const commands[];
const struct cmd *cmd_find(const char *name);
/* Options that every command takes. */
extern const struct opt cmd_global_opts[];
void cmd_print_help(const struct cmd *c);
/* Has the person asked to stop? */
bool cmd_interrupted(void);
/* A wrong call: err, and the exit code that says so. */
int cmd_usage(struct dver_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define AT(field) offsetof(struct args, field)
#define OPTS_END { 0, NULL, OPT_END, 0, NULL, NULL }

/*
 * How many of the first words, at most `max`, are revisions: those before
 * "--", or those that are no files and that git knows.
 */
int cmd_revisions(const struct cmd_ctx *ctx, char **words, int n, int max,
		  const char **rev);
/* "REV:PATH" -> both; without a colon rev is NULL.  Writes into `word`. */
void cmd_split_rev(char *word, const char **rev, const char **path);

#endif
