/*
 * discover - find the dver.yaml files of a workspace.
 */
#ifndef PIPELINE_DISCOVER_H
#define PIPELINE_DISCOVER_H

#include "repo/repo.h"

struct strvec;

/*
 * With `known`, where there is git, only those of its index and the root's: no
 * folder is listed.
 *
 * Call `load` for each, once, in no order that means anything; it adds the
 * outputs that the file makes to `outs`, and these are not entered.  What it
 * returns but 0 ends the search.
 */
typedef int (*discover_fn)(void *data, const char *path, struct strvec *outs,
		       struct dver_err *err);
int discover_files(struct dver_repo *repo, const char *base, bool known,
		   discover_fn load, void *data, struct dver_err *err);

#endif
