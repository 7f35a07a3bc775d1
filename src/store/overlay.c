/*
 * overlay - objects that are only compared and never stored, and those that
 * another store has.
 */
#include "base/err.h"
#include "store/store_internal.h"

int store_overlay(struct store *s, const struct oid *id, const void *data,
		  size_t len, struct dver_err *err)
{
	struct buf copy = BUF_BIG;
	struct buf *slot;
	bool added;

	buf_add(&copy, data, len);
	if (!buf_ok(&copy))
		return err_nomem(err);
	pthread_mutex_lock(&s->overlay_mutex);
	slot = keymap_put(&s->overlay, id->id, &added);
	if (slot && added)
		*slot = copy;
	pthread_mutex_unlock(&s->overlay_mutex);
	if (!slot || !added)
		buf_release(&copy);
	return slot ? 0 : err_nomem(err);
}

bool overlay_get(struct store *s, const struct oid *id, const char **data,
		 size_t *len)
{
	const struct buf *b;

	pthread_mutex_lock(&s->overlay_mutex);
	b = keymap_get(&s->overlay, id->id);
	if (b) {
		*data = b->data;
		*len = b->len;
	}
	pthread_mutex_unlock(&s->overlay_mutex);
	return b != NULL;
}

void store_set_fallback(struct store *s, store_fallback_fn open, void *data)
{
	s->open_fallback = open;
	s->fallback_data = data;
	s->fallback = NULL;
}

void store_overlay_clear(struct store *s)
{
	size_t pos = 0;
	void *value;

	while (keymap_next(&s->overlay, &pos, &value))
		buf_release(value);
	keymap_clear(&s->overlay);
}

void overlay_release(struct store *s)
{
	store_overlay_clear(s);
	keymap_release(&s->overlay);
	pthread_mutex_destroy(&s->overlay_mutex);
}
