/*
 * value_merge - what a reader of YAML does to a mapping once it has all of it.
 */
#ifndef FORMAT_VALUE_MERGE_H
#define FORMAT_VALUE_MERGE_H

#include "format/value.h"

#define MERGE_KEYS_MAX 1000

/*
 * Does a key come twice?  1 with *where the later one, 0, or < 0: out of
 * memory.  In n log n.
 */
int value_twice(const struct value *map, const struct value **where);
/*
 * Carry out the key "<<" (http://yaml.org/type/merge.html): keys of the
 * mappings it brings go first, the mapping's own values and those of earlier
 * ones in a list count.  1 with *where what is no mapping, or too large.
 */
int value_merge(struct arena *arena, struct value *map,
		const struct value **where);

#endif
