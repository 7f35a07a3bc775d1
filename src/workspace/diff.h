/*
 * diff - dver_diff() for reports: output by output, and what cannot be read is
 * told in its place.
 */
#ifndef WORKSPACE_DIFF_H
#define WORKSPACE_DIFF_H

#include "dver/workspace.h"
#include "store/oid.h"

/* An output that differs, after its entries. */
struct diff_output {
	const char *path;
	bool was, is;		/* it is on this side */
	bool directory;		/* now, or before if it is gone */
	uint64_t old_files, new_files, old_bytes, new_bytes;
	const char *problem;	/* why no entry was told; or NULL */
	int code;
};
struct diff_calls {
	/* `old` and `now` have no meaning on a side that has no such file. */
	int (*entry)(void *data, const struct dver_diff_entry *e,
		     const struct oid *old, const struct oid *now);
	/*
	 * NULL: the first output that cannot be read ends it all.  Callbacks
	 * may fail with DVER_ENOMEM and DVER_ECANCEL only, then.
	 */
	int (*output)(void *data, const struct diff_output *o);
	void *data;
	bool all_new;		/* there is no `a`: all is new */
};
int diff_revisions(struct dver_repo *repo, const char *a, const char *b,
		   const char *const *targets, size_t n,
		   const struct diff_calls *calls, struct dver_err *err);

#endif
