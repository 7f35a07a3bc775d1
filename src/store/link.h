/*
 * link - how a file gets from the store into the workspace and back.
 */
#ifndef STORE_LINK_H
#define STORE_LINK_H

#include "store/store.h"

enum link_type { LINK_REFLINK, LINK_COPY, LINK_HARDLINK, LINK_SYMLINK };

/* The configured order, tried from the left; always ends in a copy. */
struct link_order {
	enum link_type type[4];
	int n;
};
/* "reflink,copy" -> order.  DVER_EINVAL names the unknown word. */
int link_order_parse(struct link_order *out, const char *text,
		     struct dver_err *err);
/* Does the order share bytes on this file system (cache vs workspace)? */
int link_shares(bool *shares, const struct link_order *order,
		const char *cache_root, const char *workspace,
		struct dver_err *err);
const char *link_name(enum link_type t);

/*
 * Make the file `name` in the open directory `dir` hold object `id` (`size`
 * bytes, executable or not).  Written under a temporary name, checked against
 * its id, then renamed over whatever was there.  Loose objects are linked by
 * `order`; packed ones are written.  Holes stay holes.  *used tells how.
 * Several threads at once, each with its own io.
 */
int link_checkout(struct store *s, struct store_io *io, int dir,
		  const char *name, const struct oid *id, uint64_t size,
		  bool exec, const struct link_order *order,
		  enum link_type *used, const struct cancel *cancel,
		  struct dver_err *err);

#endif
