/*
 * dver/stage.h - write the stages of a pipeline: what dver.yaml says.
 *
 * The file is the person's: comments, order and style of all that is not
 * changed stay, and nothing is written that would not be read again.
 */
#ifndef DVER_STAGE_H
#define DVER_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/api.h"
#include "dver/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_repo;

enum dver_stage_kind {
	DVER_STAGE_DEP,
	DVER_STAGE_PARAMS,	/* "lr,train.seed", "conf.toml:lr", "p.json:" */
	DVER_STAGE_OUT,
	DVER_STAGE_METRIC,
	DVER_STAGE_PLOT
};

/* What a stage reads or makes; paths are seen from its `wdir`. */
struct dver_stage_item {
	enum dver_stage_kind kind;
	bool no_cache;		/* of what it makes: kept in git */
	bool persist;		/* not removed before the command runs */
	const char *text;	/* a path; or parameters */
};

struct dver_stage_new {
	const char *name;
	const char *const *cmd;	/* words of the command */
	size_t ncmd;
	const char *wdir;	/* where it runs; NULL: beside dver.yaml */
	const char *desc;	/* or NULL */
	const struct dver_stage_item *items;
	size_t nitems;
	bool always_changed;
	bool force;		/* replace one of the same name */
};

/*
 * Add a stage to the dver.yaml in the current directory, which is made if it
 * is not there, put what it makes into .gitignore and both into git's index
 * where core.autostage is on.  One word of a command is taken as it is; of
 * several, those with blanks in them are quoted for the shell.
 *
 * *file (may be NULL) is the dver.yaml's path from the root, to be freed with
 * dver_free().  DVER_EEXISTS: there is a stage of this name, and it is
 * another one; the very same is no failure.  DVER_EINVAL: a name, folder or
 * path that cannot be.  DVER_EUNSUPPORTED: the file is written in a way that
 * it cannot be added to safely.
 */
DVER_API int dver_stage_add(struct dver_repo *repo,
			    const struct dver_stage_new *stage, char **file,
			    struct dver_err *err);

struct dver_stage_change {
	const char *stage;	/* how it is named from the root */
	const char *file;	/* its dver.yaml, from the root */
	bool changed;		/* false: it was so already */
};
typedef int (*dver_stage_change_fn)(void *data,
				    const struct dver_stage_change *x);

/*
 * Freeze stages (`frozen: true`: they do not run, whatever changed), or let
 * them run again.  All are looked up before any is changed.  `fn` (may be
 * NULL) is called for each.  DVER_ENOTFOUND: no such stage.
 * DVER_EUNSUPPORTED: one that `foreach` or `matrix` makes.
 */
DVER_API int dver_stage_freeze(struct dver_repo *repo,
			       const char *const *stages, size_t n,
			       bool frozen, dver_stage_change_fn fn,
			       void *data, struct dver_err *err);

/*
 * Tracked data was moved from the path `from` to `to`, both seen from the
 * root: stages that read it, or something in it, read it there from now on.
 * What a template makes of a dependency is left, with a note.  dver_undo() of
 * the move takes it back.
 */
DVER_API int dver_stage_repoint(struct dver_repo *repo, const char *from,
				const char *to, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
