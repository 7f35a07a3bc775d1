/*
 * bring - make outputs be on the disk what they should be: the engine of
 * checkout, rm, drop and undo.
 *
 * Everything is compared first, and nothing is touched while a file would be
 * lost whose bytes are stored nowhere.  Files that nobody added stay.
 */
#ifndef WORKSPACE_BRING_H
#define WORKSPACE_BRING_H

#include "workspace/session.h"

struct checkout;

struct bring_item {
	const char *path;		/* of the output; borrowed */
	struct scanned want;		/* kind 0: nothing */
	const struct strvec *parts;	/* only these, borrowed; NULL: all */
	const struct strvec *without;	/* and not these, borrowed, or NULL */
	const struct strvec *apart;	/* other outputs in it, or NULL */
	/* Files that are here are of a version that goes: besides the parts
	   they follow, whoever brought them. */
	bool follow;
	bool keep_edits;		/* they stay and are no conflict */
	/* What came of it: */
	struct scanned before, now;	/* on the disk */
	uint64_t written;		/* bytes */
	bool failed;			/* nothing of it could be made */
	const struct strvec *missing;	/* files whose bytes are not here */
	uint64_t nkept;			/* edits that stay, */
	const char *kept;		/* and one of them: a path in it */
};

struct bring {
	struct session *ss;
	struct scanner *s;
	bool force;	/* what is in the way is stored (the scanner stores) */
	bool relink;	/* make every file anew */
	/* Edits of files that are the same in what was and in what is wanted
	   stay, where the two differ elsewhere. */
	bool gentle;
	bool strict;	/* a tree that cannot be read is an error */
	bool recorded;	/* begin() had the record say what is to come */
	struct bring_item *v;
	size_t n;
	/* Nothing would be lost and nothing has changed yet. */
	int (*begin)(struct bring *b, struct dver_err *err);
	/* After item i. */
	int (*done)(struct bring *b, size_t i, struct dver_err *err);
	void *data;
	/* the engine's own: */
	struct checkout **checkouts;
	struct scan **scans;
	struct filescan *files;
	struct tmpdir *tmp;
	struct reading_remote rr;
	struct dver_err why_missing;
	uint64_t nmissing;
};

/*
 * DVER_ECONFLICT names a file that would be lost.  DVER_EMISSING: bytes are
 * not in the local store; everything else was done.  done() was called for
 * what was done, also after a failure.
 */
int bring_run(struct bring *b, struct dver_err *err);
/* Also saves the stat index of what was made. */
void bring_release(struct bring *b);
/*
 * Say which folders that were to go are there still, because of files that
 * nobody added.
 */
void bring_note_left(struct bring *b);
/*
 * Store the trees of what was on the disk (not its files), so that undo finds
 * them: for begin().
 */
int bring_keep_trees(struct bring *b, struct dver_err *err);

#endif
