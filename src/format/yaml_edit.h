/*
 * yaml_edit - change one place of a YAML text; every other byte stays:
 * comments, order, quotes, line ends.
 *
 * A place is a path of keys from the root ("stages", "train", "frozen").
 * What comes out is parsed and compared before *text changes: apart from the
 * place it says what it said, or the edit is refused with DVER_EUNSUPPORTED
 * "name:line:col: ..." (mappings in brackets, aliases, "? key" and the like,
 * where it cannot be done safely).  A text that is no YAML is DVER_EFORMAT.
 * `name` is for messages.  After a failure *text is as it was.
 */
#ifndef FORMAT_YAML_EDIT_H
#define FORMAT_YAML_EDIT_H

#include "base/buf.h"

struct dver_err;

struct yaml_place {
	const char *const *keys;
	size_t n;		/* 1 at least */
};

/*
 * Give a key a scalar, `value` as it is to stand there ("true").  What its
 * value was goes, a comment behind it stays; a new key goes last.  The
 * mapping that it is in must be there.
 */
int yaml_edit_set(struct buf *text, const char *name, struct yaml_place at,
		  const char *value, struct dver_err *err);
/*
 * Put an entry in, last of its mapping, or in place of the one of that key.
 * `entry` is block style text, not indented: the key, which is the last of
 * the place, and all that belongs to it, "train:\n  cmd: x\n".  Mappings of
 * the path that are not there are made.
 */
int yaml_edit_put(struct buf *text, const char *name, struct yaml_place at,
		  const char *entry, struct dver_err *err);
/*
 * Take a key out, with its value.  DVER_ENOTFOUND: it is not there.  The last
 * key of a mapping cannot go.
 */
int yaml_edit_remove(struct buf *text, const char *name, struct yaml_place at,
		     struct dver_err *err);

#endif
