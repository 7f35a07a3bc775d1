/*
 * pipeline - all stages of a workspace, from its dver.yaml files.
 *
 * The grammar is that of DVC's dvc.yaml (https://dvc.org/doc/user-guide/
 * project-structure/dvcyaml-files).  One thread a pipeline.
 */
#ifndef PIPELINE_PIPELINE_H
#define PIPELINE_PIPELINE_H

#include "base/mem.h"
#include "format/value.h"
#include "pipeline/stage.h"
#include "repo/repo.h"

#define PIPELINE_FILE "dver.yaml"
#define PIPELINE_FILE_MAX (64u << 20)	/* bytes */
#define PIPELINE_STAGES_MAX 100000	/* foreach and matrix multiply */

/* A dver.yaml, and what it has beside stages; NULL where it has none. */
struct pipeline_file {
	const char *path;	/* relative to the root */
	const char *dir;	/* of it; "" is the root */
	const struct value *params, *metrics, *plots, *artifacts, *datasets;
	struct stage *v;	/* in the order of the file */
	size_t n;
};

/* A file of variables that was read, and what of it was wanted. */
struct pipeline_vars {
	const char *path;
	bool whole;
	struct strvec keys;	/* unless `whole`; owned */
};

struct pipeline_name;

struct pipeline {
	struct stage *v;	/* by file, then in its order */
	size_t n;
	struct pipeline_file *files;	/* by path */
	size_t nfiles;
	struct pipeline_vars *vars;	/* each file once; owned */
	size_t nvars;
	struct pipeline_name *names;	/* what can be found, sorted */
	size_t nnames;
	struct arena arena;	/* has it all */
	struct value_doc *docs;	/* that the above points into; owned */
	size_t ndocs, docs_cap, files_cap;
};

/*
 * Load every dver.yaml: those of git's index, and others that neither git nor
 * .dverignore ignores.  Not looked into: outputs, .git, .dver, and other
 * workspaces and repositories below this one.  No file at all is an empty
 * pipeline.  DVER_EFORMAT and DVER_EINVAL name "file:line:col".
 */
int pipeline_load(struct pipeline **out, struct dver_repo *repo,
		  struct dver_err *err);
/*
 * Only those of git's index and the root's, which costs no walk of a
 * workspace that may have a million files.  Without git as pipeline_load().
 */
int pipeline_load_known(struct pipeline **out, struct dver_repo *repo,
			struct dver_err *err);
/* From files that lie elsewhere: those of a commit. */
struct source;
int pipeline_load_from(struct pipeline **out, const struct source *src,
		       struct dver_err *err);
/*
 * The same as it would be if the file `path`, which need not be there, had
 * this text.
 */
int pipeline_load_with(struct pipeline **out, struct dver_repo *repo,
		       const char *path, const char *text, size_t len,
		       struct dver_err *err);
void pipeline_free(struct pipeline *p);
static inline void pipeline_freep(struct pipeline **p) { pipeline_free(*p); }
#define AUTO_PIPELINE __attribute__((cleanup(pipeline_freep)))

/*
 * The stages that `name` means, seen from the folder `dir` (relative to the
 * root, "" is the root): a stage or a group of the dver.yaml there or else of
 * the root's ("train", "train@small"), of another file ("sub/dver.yaml:train",
 * "sub:train"), or all of a file ("sub/dver.yaml").  They stand side by side:
 * the first of *n; NULL: there are none.
 */
const struct stage *pipeline_find(const struct pipeline *p, const char *dir,
				  const char *name, size_t *n);

#endif
