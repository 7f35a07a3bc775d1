/*
 * expand - the items of a foreach or a matrix, and what they are called.
 */
#ifndef PIPELINE_EXPAND_H
#define PIPELINE_EXPAND_H

#include "pipeline/reader.h"

struct item {
	const char *name;		/* what stands behind "@" */
	const struct value *item;	/* of ${item} */
	const struct value *key;	/* of ${key}; or NULL */
};
struct items {
	struct item *v;		/* owned; no name twice */
	size_t n;
};
void items_release(struct items *items);
#define AUTO_ITEMS __attribute__((cleanup(items_release)))

/*
 * `data` is resolved.  A list of plain values: each is its own name; a list
 * with others: names are 0, 1, ...; a mapping: its keys are, and are ${key}
 * too.  More than `room` are refused, and two that differ but have one name.
 */
int expand_foreach(struct items *out, const struct reader *rd,
		   const struct value *data, size_t room,
		   struct dver_err *err);
/*
 * A mapping of lists: every combination, the first key changing slowest.
 * "a-b0" names one: values joined, "key" and its place for what is not plain;
 * the same is ${key}.
 */
int expand_matrix(struct items *out, const struct reader *rd,
		  const struct value *data, size_t room,
		  struct dver_err *err);

#endif
