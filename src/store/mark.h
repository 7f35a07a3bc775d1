/*
 * mark - the ids of everything that objects consist of: trees, files, chunks,
 * recipes.  One thread.
 */
#ifndef STORE_MARK_H
#define STORE_MARK_H

#include "base/cancel.h"
#include "store/index.h"
#include "store/store.h"
#include "store/tree.h"

struct mark {
	struct store *s;		/* borrowed, as the two that follow */
	struct store_io *io;
	const struct cancel *cancel;
	/*
	 * Is this entry to be marked?  1 (a tree: and what is below it), 0, or
	 * 2: of a tree only what is below.  NULL: all are.
	 */
	int (*wants)(void *data, const char *path, const struct tree_entry *e,
		     struct dver_err *err);
	void *data;
	bool by_path;	/* wants() looks at paths: no tree is seen for good */
	/* mark's own: */
	struct keymap ids;		/* what was marked */
	struct keymap entered;		/* trees that were walked */
	struct keymap cut;		/* objects whose chunks were marked */
	uint64_t files, bytes;		/* marked so far */
};

void mark_init(struct mark *m, struct store *s, struct store_io *io,
	       const struct cancel *cancel);
void mark_release(struct mark *m);
/*
 * Mark an object and what is below it.  A tree that the store has not is
 * passed over, and looked for again the next time it is met.
 */
int mark_root(struct mark *m, enum root_kind kind, const struct oid *id,
	      uint64_t size, struct dver_err *err);
/*
 * Mark the chunks of every object that is cut and that is not in `except`:
 * other versions share chunks with it.
 */
int mark_other_recipes(struct mark *m, const struct mark *except,
		       struct dver_err *err);
bool mark_has(const struct mark *m, const struct oid *id);

#endif
