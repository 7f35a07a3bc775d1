/*
 * checkout_internal - what the parts of a checkout share.
 */
#ifndef WORKSPACE_CHECKOUT_INTERNAL_H
#define WORKSPACE_CHECKOUT_INTERNAL_H

#include <pthread.h>

#include "dver/workspace.h"
#include "workspace/counts.h"
#include "workspace/session.h"

/* One output that is being checked out. */
struct checkout {
	struct session *ss;
	struct scanner *s;
	struct reading_remote *rr;	/* asked whether it has what is lost */
	bool relink;			/* make every file anew */
	bool gentle;			/* edits of what did not move stay */
	const char *path;		/* of the output */
	struct scanned want;		/* what it is to be; kind 0: nothing */
	struct scanned disk;		/* what is there */
	struct scanned was;		/* what the record says; kind 0: none */
	const struct strvec *parts;	/* only these; NULL: everything */
	const struct strvec *without;	/* and not these; NULL: none */
	const struct strvec *apart;	/* what are others' */
	bool follow, keep_edits, force;	/* as in bring.h */
	char *tmp;			/* on the output's file system; owned */
	int tmp_fd;			/* owned */
	_Atomic unsigned next_tmp;
	struct statidx_out *index;	/* of a whole new folder, else NULL */
	struct statidx_entry root;	/* its root, once made */
	_Atomic uint64_t live;
	_Atomic uint64_t written;	/* bytes */
	struct folder *folders;		/* under mutex: all that live */
	pthread_mutex_t mutex;		/* of what follows */
	struct strvec missing;		/* paths in the output */
	struct dver_err why_missing;
	struct strvec conflicts;	/* paths in the output */
	uint64_t nconflicts;
	struct strvec kept;		/* one path in the output, of */
	uint64_t nkept;			/* edits that stay */
};

/* Is `sub` asked for?  1: it and all below, 2: something below, 0. */
int checkout_wants(const struct checkout *c, const char *sub);
/* Does it belong to another output? */
bool checkout_is_apart(const struct checkout *c, const char *sub);
/* Note a file whose bytes are not here; 0. */
int checkout_missing(struct checkout *c, const char *sub,
		     const struct dver_err *why, struct dver_err *err);
/*
 * Make the entry `e` (no directory) under the name `name` in `dir`, where
 * nothing of that name may be; `sub` is its path in the output.  1: made, 0:
 * its bytes are missing, < 0.  *st (may be NULL) is its stat.
 */
int checkout_make(struct checkout *c, int worker, int dir, const char *name,
		  const char *sub, const struct tree_entry *e,
		  struct os_stat *st, uint8_t *flags, struct dver_err *err);
/*
 * Trees come from others: a name that git or dver would take for its own
 * folder never becomes a file here.
 */
int checkout_name(const struct checkout *c, const char *sub,
		  const struct tree_entry *e, struct dver_err *err);
/* The name of a temporary file or folder in c->tmp. */
void checkout_tmp_name(struct checkout *c, char out[32]);
/* Remember the file so that the scan that follows need not read it. */
int checkout_wrote(struct checkout *c, const struct os_stat *st,
		   const struct oid *id, struct dver_err *err);

/*
 * Submit the making of a new folder with everything (that is asked for) of
 * the tree `id`; `sub` is "" for the output itself.
 */
int materialize(struct checkout *c, const char *sub, const struct oid *id,
		struct dver_err *err);

/* After a failure: free what no job took to its end. */
void materialize_cleanup(struct checkout *c);

/*
 * Compare trees and either only look for conflicts (`apply` false), or change
 * the workspace; writes are submitted to the pool.
 */
int checkout_walk(struct checkout *c, bool apply, struct dver_err *err);
/* Is what is on the disk (of the recorded `was`) kept somewhere else too? */
int checkout_is_safe(struct checkout *c, enum tree_kind kind,
		     const struct oid *id, const struct tree_entry *was,
		     struct dver_err *err);
/* Submit the writing of one file over whatever is at `sub`. */
int checkout_submit(struct checkout *c, const char *sub,
		    const struct tree_entry *e, struct dver_err *err);
int checkout_conflict(struct checkout *c, const char *sub,
		      struct dver_err *err);

#endif
