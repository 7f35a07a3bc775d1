/*
 * disk - what is at the paths that stages name: looked at once for all of
 * them, and again after a command ran.  A symlink is what it leads to, where
 * that is in the workspace.  One thread.
 */
#ifndef PIPELINE_DISK_H
#define PIPELINE_DISK_H

#include "base/vec.h"
#include "pipeline/stage.h"
#include "repo/lockfile.h"
#include "repo/repo.h"
#include "workspace/scan.h"

struct disk {
	struct dver_repo *repo;
	struct strvec paths;	/* sorted, each once */
	struct scanned *v;	/* owned; of each path */
	char **problem;		/* owned; why it cannot be looked at; NULL */
	struct os_stat *st;	/* owned; of single files, before the look */
};
/* Look at everything that these stages read and make. */
int disk_look(struct disk *d, struct dver_repo *repo,
	      const struct stage *const *stages, size_t n,
	      struct dver_err *err);
void disk_release(struct disk *d);
/* What was there; nothing for a path that no stage names. */
const struct scanned *disk_at(const struct disk *d, const char *path);
/* Why the path cannot be looked at; NULL: it was. */
const char *disk_problem(const struct disk *d, const char *path);
/* Let `path` be taken for what it was recorded as. */
void disk_assume(struct disk *d, const char *path, const struct scanned *at);
/* All of it again. */
int disk_again(struct disk *d, struct dver_err *err);
/*
 * A command ran: look again at its outputs and all that overlaps them.  Of
 * outputs that `made` has (NULL: none are known) the ids are known.
 */
int disk_ran(struct disk *d, const struct stage *s,
	     const struct locked_stage *made, struct dver_err *err);
/* Look again at what it makes: somebody may have edited it meanwhile. */
int disk_outputs(struct disk *d, const struct stage *s, struct dver_err *err);
/* Look again at what it reads: *changed is the first that is not as before. */
int disk_inputs(struct disk *d, const struct stage *s, const char **changed,
		struct dver_err *err);

#endif
