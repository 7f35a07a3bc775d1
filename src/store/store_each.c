/*
 * store_each - all that the indexes of a store say, for who copies it.
 *
 * A merged index is listed beside those that it replaces for a while: what an
 * earlier one of the list has is passed over.
 */
#include <string.h>

#include "base/err.h"
#include "store/store_internal.h"

#define PLACES 16

/* Does an index before the i-th say the same? */
static int was_told(struct store *s, size_t i, const struct fact *f,
		    struct dver_err *err)
{
	struct fact all[PLACES];

	for (size_t j = 0; j < i; j++) {
		int n = index_find(s->index[j].file, &f->id, all, PLACES, err);

		if (n < 0)
			return n;
		for (int k = 0; k < n; k++)
			if (all[k].offset == f->offset &&
			    memcmp(all[k].pack, f->pack, RAND_NAME) == 0)
				return 1;
	}
	return 0;
}

int store_each_fact(struct store *s,
		    int (*fn)(void *data, const struct fact *f,
			      struct dver_err *err),
		    void *data, struct dver_err *err)
{
	int r = store_load_indexes(s, err);

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct index_file *file = s->index[i].file;

		for (uint64_t j = 0; r == 0 && j < index_count(file); j++) {
			struct fact f;

			r = index_at(file, j, &f, err);
			if (r < 0 || f.place == PLACE_LOOSE)
				continue;
			r = was_told(s, i, &f, err);
			r = r > 0 ? 0 : r < 0 ? r : fn(data, &f, err);
		}
	}
	return r;
}

static int each_of(struct listed *l,
		   int (*fn)(void *data, const struct index_root *root,
			     struct dver_err *err),
		   void *data, struct dver_err *err)
{
	struct index_tail tail;
	int r = index_tail(l->file, &tail, err);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < tail.nroots; i++) {
		struct index_root root = tail.roots[i];

		root.time = root.time ? root.time : (uint64_t)l->born;
		r = fn(data, &root, err);
	}
	index_tail_release(&tail);
	return r;
}

int store_each_root(struct store *s,
		    int (*fn)(void *data, const struct index_root *root,
			      struct dver_err *err),
		    void *data, struct dver_err *err)
{
	int r = store_load_indexes(s, err);

	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = each_of(&s->index[i], fn, data, err);
	return r;
}
