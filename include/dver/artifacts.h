/*
 * dver/artifacts.h - what dver.yaml gives a name, such as models, and its
 * versions.
 *
 * Versions are tags of git, in the convention of GTO
 * (https://github.com/iterative/gto), which DVC reads, too: name@v1.2.3 is a
 * version (of https://semver.org), name#prod or name#prod#2 puts the version
 * of its commit into a stage, the highest number last; "!" behind the version
 * or stage takes that back, name@deprecated says that it is used no more.
 * For an artifact of sub/dver.yaml they begin with "sub=".
 */
#ifndef DVER_ARTIFACTS_H
#define DVER_ARTIFACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "dver/api.h"
#include "dver/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct dver_repo;

struct dver_artifact_version {
	const char *version;	/* "v1.2.3" */
	const char *tag, *commit; /* full id */
};
struct dver_artifact_stage {
	const char *stage;	/* "prod" */
	const char *tag, *commit;
	const char *version;	/* newest of that commit; or NULL */
};
/* Valid during the call that has it. */
struct dver_artifact {
	const char *name;	/* "model", "sub:model" of sub/dver.yaml */
	const char *file;	/* the dver.yaml, from the root */
	const char *path;	/* from the root */
	const char *type, *desc; /* or NULL */
	const char *const *labels;
	size_t nlabels;
	const char *meta;	/* as YAML has it on one line; or NULL */
	bool deprecated;
	const struct dver_artifact_version *versions;	/* newest first */
	size_t nversions;
	const struct dver_artifact_stage *stages;	/* by name */
	size_t nstages;
};
/*
 * Each artifact of the workspace's dver.yaml files that is called one of
 * names[0..n), with its folder or without; with n 0 all.  What `fn` returns
 * but 0 ends it.  DVER_ENOTFOUND: there is none of a name.
 */
DVER_API int dver_artifacts_each(struct dver_repo *repo,
				 const char *const *names, size_t n,
				 int (*fn)(void *data,
					   const struct dver_artifact *a),
				 void *data, struct dver_err *err);

#ifdef __cplusplus
}
#endif

#endif
