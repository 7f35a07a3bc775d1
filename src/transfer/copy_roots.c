/*
 * copy_roots - what pushes recorded at one remote is recorded at the other:
 * a collector counts on it, and to some it tells what is whole.
 */
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/plain.h"
#include "transfer/copy_internal.h"

#define YOUNG (14 * 86400)	/* no need to record it again */

static int add(struct copy *c, enum root_kind kind, const struct oid *id,
	       struct dver_err *err)
{
	bool added = false;

	if (!keymap_put(&c->rooted, id->id, &added))
		return err_nomem(err);
	if (!added)
		return 0;
	if (!mem_grow(&c->roots, &c->roots_cap, c->nroots + 1,
		      sizeof(*c->roots)))
		return err_nomem(err);
	c->roots[c->nroots++] = (struct index_root){ kind, *id, 0 };
	return 0;
}

static int on_root(void *data, const struct index_root *root,
		   struct dver_err *err)
{
	return add(data, root->kind, &root->id, err);
}

static int on_plain_root(void *data, enum root_kind kind,
			 const struct oid *id, struct dver_err *err)
{
	return add(data, kind, id, err);
}

int copy_read_roots(struct copy *c, struct dver_err *err)
{
	return store_is_plain(c->from)
	       ? plain_each_root(c->from, on_plain_root, c, err)
	       : store_each_root(c->from, on_root, c, err);
}

static int on_young(void *data, const struct index_root *root,
		    struct dver_err *err)
{
	if ((int64_t)root->time < (int64_t)time(NULL) - YOUNG)
		return 0;
	return keymap_put(data, root->id.id, NULL) ? 0 : err_nomem(err);
}

static int on_recorded(void *data, enum root_kind kind, const struct oid *id,
		       struct dver_err *err)
{
	(void)kind;
	return keymap_put(data, id->id, NULL) ? 0 : err_nomem(err);
}

int copy_put_roots(struct copy *c, struct dver_err *err)
{
	bool plain = store_is_plain(c->to);
	AUTO_KEYMAP struct keymap known;
	bool any = false;
	int r;

	keymap_init(&known, HASH_SIZE, 0);
	r = plain ? plain_each_root(c->to, on_recorded, &known, err)
		  : store_each_root(c->to, on_young, &known, err);
	for (size_t i = 0; r == 0 && i < c->nroots; i++) {
		const struct index_root *root = &c->roots[i];

		if (keymap_get(&known, root->id.id))
			continue;
		any = true;
		r = plain ? plain_put_root(c->to, root->kind, &root->id, err)
			  : writer_add_root(c->w, root->kind, &root->id, err);
	}
	if (r < 0 || !any)
		return r;
	c->published = true;
	return plain ? transport_flush(store_transport(c->to), err) : 0;
}
