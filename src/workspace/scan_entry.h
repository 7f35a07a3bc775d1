/*
 * scan_entry - one file of the workspace: is it what it was, else what is it?
 */
#ifndef WORKSPACE_SCAN_ENTRY_H
#define WORKSPACE_SCAN_ENTRY_H

#include "workspace/scan.h"

/*
 * Fill `e` (its name is set) from the file e->name in the directory `dir`.
 * `old` (may be NULL) is what was known of it.  `path` names it in messages.
 * 1: differs from old, 0: the same, < 0.
 */
int scan_entry(struct scanner *s, int worker, int dir, const char *name,
	       const char *path, struct statidx_entry *e,
	       const struct statidx_entry *old, struct dver_err *err);
/* Fill the stat fields of `e`, and STAT_CLEAN where it holds. */
void scan_entry_stat(const struct scanner *s, struct statidx_entry *e,
		     const struct os_stat *st);

#endif
