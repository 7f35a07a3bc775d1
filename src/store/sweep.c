#include "store/sweep.h"

#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/local.h"
#include "store/pack.h"
#include "store/store_internal.h"
#include "store/tidy.h"
#include "store/writer.h"

#define SMALL (4u << 20)	/* packs under this are combined, */
#define SMALL_MAX 64		/* when there are more of them than this */
#define GC_MAGIC "dvergc01"
#define GC_HEAD 16

enum fate { STAYS, REWRITTEN, DIES };

struct pack_use {
	uint64_t size;
	uint64_t live;		/* bytes of live frames */
	uint64_t objects, dead;	/* frames */
	enum fact_place place;
	enum fate fate;
};

struct sweeping {
	const struct sweep *sw;
	struct store *s;
	struct sweep_stats *st;
	struct keymap packs;		/* name -> struct pack_use */
	struct strvec dead_loose;	/* keys */
	struct keymap dead_prefix;	/* first 16 bytes of their ids */
	struct strvec dead_packs;	/* keys, also of packs in no index */
};

static bool is_live(const struct sweeping *x, const struct oid *id)
{
	return x->sw->live(x->sw->data, id);
}

static int count_fact(struct sweeping *x, const struct fact *f,
		      struct dver_err *err)
{
	struct pack_use *use;

	if (f->place == PLACE_LOOSE)
		return 0;
	use = keymap_put(&x->packs, f->pack, NULL);
	if (!use)
		return err_nomem(err);
	use->size = f->pack_size;
	use->place = f->place;
	use->objects++;
	if (is_live(x, &f->id))
		use->live += f->stored + PACK_ENTRY;
	else
		use->dead++;
	return 0;
}

typedef int (*fact_fn)(struct sweeping *x, const struct fact *f,
		       struct dver_err *err);

static int each_fact(struct sweeping *x, fact_fn fn, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->s->n; i++) {
		struct index_file *file = x->s->index[i].file;

		for (uint64_t j = 0; r == 0 && j < index_count(file); j++) {
			struct fact f;

			r = index_at(file, j, &f, err);
			if (r == 0)
				r = fn(x, &f, err);
		}
		if (r == 0)
			r = cancel_check(x->sw->cancel, err);
	}
	return r;
}

/* Each pack's fate.  What small packs have besides objects is not dead. */
static void judge(struct sweeping *x)
{
	uint64_t small = 0;
	size_t pos = 0;
	void *value;

	while (keymap_next(&x->packs, &pos, &value)) {
		const struct pack_use *use = value;

		small += use->live && use->size < SMALL;
	}
	pos = 0;
	while (keymap_next(&x->packs, &pos, &value)) {
		struct pack_use *use = value;

		if (use->live == 0)
			use->fate = DIES;
		else if ((use->dead && use->live * 2 < use->size) ||
			 (small > SMALL_MAX && use->size < SMALL))
			use->fate = REWRITTEN;
	}
}

static int add_up(struct sweeping *x, struct dver_err *err)
{
	struct sweep_stats *st = x->st;
	const void *name;
	size_t pos = 0;
	void *value;

	while ((name = keymap_next(&x->packs, &pos, &value))) {
		const struct pack_use *use = value;
		struct fact f = { .place = use->place };
		uint64_t dead = use->size - MIN(use->live, use->size);
		char key[FACT_KEY_MAX];

		st->objects += use->dead;
		st->packs_deleted += use->fate == DIES;
		st->packs_rewritten += use->fate == REWRITTEN;
		if (use->fate == STAYS) {
			st->kept += use->dead ? dead : 0;
			continue;
		}
		st->freed += dead;
		memcpy(f.pack, name, sizeof(f.pack));
		fact_key(key, &f);
		if (!strvec_push(&x->dead_packs, key))
			return err_nomem(err);
	}
	return 0;
}

static bool loose_id(const char *key, struct oid *id)
{
	char hex[OID_HEX + 1];

	if (strlen(key) != 7 + OID_HEX || key[8] != '/')
		return false;
	memcpy(hex, key + 6, 2);
	memcpy(hex + 2, key + 9, OID_HEX - 1);
	return oid_parse(id, hex) == 0;
}

static int on_loose(void *data, const struct transport_key *k,
		    struct dver_err *err)
{
	struct sweeping *x = data;
	struct oid id;

	if (!loose_id(k->key, &id) || is_live(x, &id))
		return 0;
	x->st->objects++;
	x->st->loose_deleted++;
	x->st->freed += k->size;
	if (!strvec_push(&x->dead_loose, k->key) ||
	    !keymap_put(&x->dead_prefix, id.id, NULL))
		return err_nomem(err);
	return 0;
}

/* A pack that no index names was left by a writer that was killed. */
static int on_pack(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct sweeping *x = data;
	uint8_t name[RAND_NAME];

	if (!fact_pack_of_key(k->key, name) || keymap_get(&x->packs, name))
		return 0;
	x->st->packs_deleted++;
	x->st->freed += k->size;
	return strvec_push(&x->dead_packs, k->key) ? 0 : err_nomem(err);
}

static int look(struct sweeping *x, struct dver_err *err)
{
	struct transport *t = x->s->t;
	int r = store_refresh(x->s, err);

	if (r == 0)
		r = store_load_indexes(x->s, err);
	if (r == 0)
		r = each_fact(x, count_fact, err);
	if (r < 0)
		return r;
	judge(x);
	r = add_up(x, err);
	if (r == 0)
		r = transport_list(t, "loose/", on_loose, x, err);
	if (r == 0)
		r = transport_list(t, "packs/", on_pack, x, err);
	return r < 0 ? r : transport_list(t, "meta/", on_pack, x, err);
}

/* The gc/ file: who relied on anything of before looks again. */
static int condemn(struct sweeping *x, char name[RAND_NAME_HEX],
		   struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct transport_src src = { .len = 0 };
	AUTO_FREE char *key = NULL;
	uint8_t sum[HASH_SIZE], pack[RAND_NAME];
	uint32_t n = 0;
	int r = rand_name(name, err);

	for (size_t i = 0; i < x->dead_packs.n; i++)
		n += fact_pack_of_key(x->dead_packs.v[i], pack);
	buf_add(&b, GC_MAGIC, 8);
	buf_add_le32(&b, n);
	buf_add_le32(&b, 0);
	for (size_t i = 0; i < x->dead_packs.n; i++)
		if (fact_pack_of_key(x->dead_packs.v[i], pack))
			buf_add(&b, pack, sizeof(pack));
	if (r == 0)
		r = buf_check(&b, err);
	if (r == 0)
		r = hash_bytes(sum, b.data, b.len, err);
	buf_add(&b, sum, sizeof(sum));
	key = str_printf("gc/%s", name);
	if (r < 0 || !key || !buf_ok(&b))
		return r < 0 ? r : err_nomem(err);
	src.data = b.data;
	src.len = b.len;
	r = transport_put(x->s->t, key, &src, err);
	return r < 0 ? r : transport_flush(x->s->t, err);
}

struct copying {
	struct fact *v;
	size_t n, cap;
};

static int by_place(const void *a, const void *b)
{
	const struct fact *x = a;
	const struct fact *y = b;
	int c = memcmp(x->pack, y->pack, sizeof(x->pack));

	return c ? c : x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int gather_live(struct sweeping *x, struct copying *c,
		       struct dver_err *err)
{
	for (size_t i = 0; i < x->s->n; i++) {
		struct index_file *file = x->s->index[i].file;

		for (uint64_t j = 0; j < index_count(file); j++) {
			const struct pack_use *use;
			struct fact f;
			int r = index_at(file, j, &f, err);

			if (r < 0)
				return r;
			use = f.place == PLACE_LOOSE
			      ? NULL : keymap_get(&x->packs, f.pack);
			if (!use || use->fate != REWRITTEN ||
			    !is_live(x, &f.id))
				continue;
			if (!mem_grow(&c->v, &c->cap, c->n + 1, sizeof(f)))
				return err_nomem(err);
			c->v[c->n++] = f;
		}
	}
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_place);
	return 0;
}

static int copy_frames(struct sweeping *x, const struct copying *c,
		       struct writer *w, struct dver_err *err)
{
	AUTO_BUF struct buf frame = BUF_BIG;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < c->n; i++) {
		const struct fact *f = &c->v[i];

		r = writer_wants(w, &f->id, err);
		if (r <= 0)
			continue;
		r = store_read_frame(x->s, f, &frame, err);
		if (r == 0)
			r = writer_put_frame(w, 0, f, frame.data, frame.len,
					     err);
		if (r >= 0)
			r = cancel_check(x->sw->cancel, err);
	}
	return MIN(r, 0);
}

static int rewrite(struct sweeping *x, struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	AUTO_WRITER struct writer *w = NULL;
	struct writer_opts wo = { .workers = 1 };
	struct copying c = { .v = NULL };
	struct writer_stats st;
	int r;

	if (x->st->packs_rewritten == 0)
		return 0;
	r = tmpdir_new(&tmp, x->s->local, err);
	if (r < 0)
		return r;
	wo.stage = tmpdir_path(tmp);
	r = writer_open(&w, x->s, &wo, err);
	if (r == 0)
		r = gather_live(x, &c, err);
	if (r == 0)
		r = copy_frames(x, &c, w, err);
	if (r == 0)
		r = writer_commit(&w, &st, err);
	free(c.v);
	if (r == 0)
		r = store_refresh(x->s, err);
	return r < 0 ? r : store_load_indexes(x->s, err);
}

static bool keep_fact(void *data, const struct fact *f)
{
	const struct sweeping *x = data;
	const struct pack_use *use;

	if (f->place == PLACE_LOOSE) {
		struct oid prefix = { { 0 } };

		memcpy(prefix.id, f->pack, sizeof(f->pack));
		return !keymap_get(&x->dead_prefix, prefix.id);
	}
	use = keymap_get(&x->packs, f->pack);
	return !use || (use->fate == STAYS && is_live(x, &f->id));
}

static int delete_keys(struct sweeping *x, const struct strvec *keys,
		       struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < keys->n; i++)
		r = transport_del(x->s->t, keys->v[i], err);
	return r;
}

/* Files of earlier runs: nobody holds what they condemned any more. */
static int delete_old_gc(struct sweeping *x, const char *name,
			 struct dver_err *err)
{
	AUTO_STRVEC struct strvec old = STRVEC_INIT;

	for (size_t i = 0; i < x->s->gc_names.n; i++)
		if (!str_ends(x->s->gc_names.v[i], name) &&
		    !strvec_push(&old, x->s->gc_names.v[i]))
			return err_nomem(err);
	return delete_keys(x, &old, err);
}

static int apply(struct sweeping *x, struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r;

	if (x->dead_packs.n == 0 && x->dead_loose.n == 0 &&
	    x->st->objects == 0)
		return 0;
	r = condemn(x, name, err);
	if (r == 0)
		r = rewrite(x, err);
	if (r == 0)
		r = store_load_indexes(x->s, err);
	if (r == 0 && x->s->n)
		r = tidy_merge_all(x->s, keep_fact, x, err);
	if (r == 0)
		r = delete_keys(x, &x->dead_packs, err);
	if (r == 0)
		r = delete_keys(x, &x->dead_loose, err);
	if (r == 0)
		r = store_refresh(x->s, err);
	if (r == 0)
		r = delete_old_gc(x, name, err);
	return r < 0 ? r : store_refresh(x->s, err);
}

int store_sweep(const struct sweep *sw, struct sweep_stats *stats,
		struct dver_err *err)
{
	struct sweeping x = { .sw = sw, .s = sw->s, .st = stats };
	int r;

	*stats = (struct sweep_stats){ 0 };
	keymap_init(&x.packs, RAND_NAME, sizeof(struct pack_use));
	keymap_init(&x.dead_prefix, RAND_NAME, 0);
	r = look(&x, err);
	if (r == 0 && !sw->dry_run)
		r = apply(&x, err);
	keymap_release(&x.packs);
	keymap_release(&x.dead_prefix);
	strvec_release(&x.dead_packs);
	strvec_release(&x.dead_loose);
	return r;
}
