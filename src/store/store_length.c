/*
 * store_length - how long an object is, from what locates it.
 */
#include "base/mem.h"
#include "store/loose.h"
#include "store/plain.h"
#include "store/recipe.h"
#include "store/store.h"

#define PLACES_MAX 16

static int add_up(void *data, const struct recipe_entry *e,
		  struct dver_err *err)
{
	uint64_t *sum = data;

	(void)err;
	*sum += e->length * e->repeat;
	return 0;
}

static int count(void *data, const void *bytes, size_t len,
		 struct dver_err *err)
{
	uint64_t *sum = data;

	(void)bytes;
	(void)err;
	*sum += len;
	return 0;
}

/* Where nothing is listed, only its bytes tell. */
static int plain_length(struct store *s, struct store_io *io,
			const struct oid *id, uint64_t *out,
			struct dver_err *err)
{
	int r = plain_has(s, id, out, err);

	if (r <= 0 || *out != UINT64_MAX)
		return r;
	*out = 0;
	r = plain_stream(s, io, id, count, out, err);
	return r < 0 ? r : 1;
}

int store_length(struct store *s, struct store_io *io, const struct oid *id,
		 uint64_t *out, struct dver_err *err)
{
	const char *root = store_local_root(s);
	struct fact v[PLACES_MAX];
	AUTO_CLOSE int fd = -1;
	int n;

	*out = 0;
	if (store_is_plain(s))
		return plain_length(s, io, id, out, err);
	if (root && loose_open(&fd, out, root, id, NULL) == 0)
		return 1;
	n = store_find_all(s, id, v, PLACES_MAX, err);
	for (int i = 0; i < n; i++) {
		if (v[i].kind == FACT_CHUNK) {
			*out = v[i].length;
			return 1;
		}
	}
	if (n > 0)
		n = store_each_chunk(s, io, id, add_up, out, err);
	else
		return n;
	return n < 0 ? n : 1;
}
