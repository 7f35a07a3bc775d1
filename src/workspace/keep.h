/*
 * keep - store trees that are only known in memory (of a scan that stores
 * nothing, of a merge): the trees, not the files in them.
 */
#ifndef WORKSPACE_KEEP_H
#define WORKSPACE_KEEP_H

#include "workspace/scan.h"

struct keep {
	struct scanner *s;
	struct tmpdir *stage;	/* owned; made when it is first needed */
	struct writer *writer;	/* owned */
};

/* The tree and all trees below it that are not stored yet. */
int keep_tree(struct keep *k, const struct oid *id, struct dver_err *err);
/* Publish them durably; nothing to do is fine. */
int keep_commit(struct keep *k, struct dver_err *err);
void keep_release(struct keep *k);
#define AUTO_KEEP __attribute__((cleanup(keep_release)))

#endif
