/*
 * scope - the variables that templates may use.
 *
 * They come from params.yaml, from `vars`, and from the item of a foreach or a
 * matrix.  What is added later may add keys, inside mappings too, but not
 * change one.  One thread.
 */
#ifndef PIPELINE_SCOPE_H
#define PIPELINE_SCOPE_H

#include "pipeline/reader.h"

struct scope_var {
	const struct value *key, *value;
	const char *source;	/* for messages: "params.yaml" */
};

struct scope {
	const struct scope *up;	/* has what is not here; or NULL */
	struct scope_var *v;	/* sorted by key; owned unless cap is 0 */
	size_t n, cap;
};

void scope_release(struct scope *sc);
#define AUTO_SCOPE __attribute__((cleanup(scope_release)))

/* The variable of exactly this name, here or further up; or NULL. */
const struct scope_var *scope_get(const struct scope *sc, const char *key,
				  size_t len);
/*
 * Add what a mapping has, or (`only`) one key of it; rd->file is where the
 * mapping stands.  DVER_EFORMAT: something has that name already.
 */
int scope_add(struct scope *sc, const struct reader *rd,
	      const struct value *map, const struct value *only,
	      const char *source, struct dver_err *err);

#endif
