/*
 * collector - section "collecting" of the protocol, on the store's own code: a
 * gc/ file condemns, the grace passes, everything is looked at anew, what
 * lives is copied, and only then packs are deleted.
 */
#include <stdio.h>

#include "base/le.h"
#include "base/os.h"
#include "store/local.h"
#include "store/mark.h"
#include "store/pack.h"
#include "store/store_internal.h"
#include "store/writer.h"
#include "tests/simulate/sim.h"

struct pack {
	uint64_t size;
	int64_t born;
	enum fact_place place;
	uint64_t live;		/* bytes of live frames */
	bool listed;		/* it is there */
};

struct collector {
	struct actor *a;
	struct store *s;
	struct store_io *io;
	struct mark live;
	struct keymap packs;	/* name -> struct pack */
	struct keymap ripe;	/* condemned a grace ago: name, no value */
};

struct born {
	const char *name;
	int64_t at;
};

static int on_index(void *data, const struct transport_key *k,
		    struct dver_err *err)
{
	struct born *b = data;

	(void)err;
	if (streq(k->key + strlen("index/"), b->name))
		b->at = k->mtime;
	return 0;
}

/* Roots that git has, and young ones of the indexes. */
static int mark_indexed(struct collector *c, struct listed *l,
			struct dver_err *err)
{
	struct born b = { l->name, 0 };
	struct index_tail tail;
	int r = transport_list(c->s->t, "index/", on_index, &b, err);

	if (r == 0)
		r = listed_open(l, err);
	if (r == 0)
		r = index_tail(l->file, &tail, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < tail.nroots; i++) {
		const struct index_root *x = &tail.roots[i];
		int64_t at = x->time ? (int64_t)x->time : b.at;

		if (c->a->w->now - at < ROOT_AGE)
			r = mark_root(&c->live, x->kind, &x->id, UINT64_MAX,
				      err);
	}
	index_tail_release(&tail);
	return r;
}

static int mark_live(struct collector *c, struct dver_err *err)
{
	const struct world *w = c->a->w;
	int r = 0;

	mark_release(&c->live);
	mark_init(&c->live, c->s, c->io, NULL);
	for (int i = 0; r == 0 && i < w->data->n; i++)
		if (w->claim[i].in_git)
			r = mark_root(&c->live, ROOT_TREE, &w->data->v[i].id,
				      0, err);
	for (size_t i = 0; r == 0 && i < c->s->n; i++)
		if (w->broken != REFS_ONLY)
			r = mark_indexed(c, &c->s->index[i], err);
	return r;
}

static int on_pack(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct collector *c = data;
	uint8_t name[RAND_NAME];
	struct pack *p;

	if (!fact_pack_of_key(k->key, name))
		return 0;
	p = keymap_put(&c->packs, name, NULL);
	if (!p)
		return err_nomem(err);
	p->size = k->size;
	p->born = k->mtime;
	p->place = k->key[0] == 'm' ? PLACE_META : PLACE_PACK;
	p->listed = true;
	return 0;
}

/* gc/ files of a grace ago. */
static int on_gc(void *data, const struct transport_key *k,
		 struct dver_err *err)
{
	struct collector *c = data;
	struct world *w = c->a->w;
	AUTO_FREE uint8_t *bytes = malloc(4096);
	size_t got;
	int r = bytes ? 0 : err_nomem(err);

	if (r < 0 || (w->broken != NO_GRACE && w->now - k->mtime < GRACE))
		return r;
	r = transport_get(w->mem, k->key, 0, bytes, 4096, &got, err);
	for (size_t i = 16; r == 0 && i + RAND_NAME + 32 <= got;
	     i += RAND_NAME)
		if (!keymap_put(&c->ripe, bytes + i, NULL))
			r = err_nomem(err);
	return r;
}

static int count_live(struct collector *c, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->s->n; i++) {
		struct index_file *file = c->s->index[i].file;

		for (uint64_t j = 0; r == 0 && j < index_count(file); j++) {
			struct pack *p;
			struct fact f;

			r = index_at(file, j, &f, err);
			p = r == 0 ? keymap_put(&c->packs, f.pack, NULL)
				   : NULL;
			if (r == 0 && !p)
				return err_nomem(err);
			if (p && mark_has(&c->live, &f.id))
				p->live += f.stored;
		}
	}
	return r;
}

/* Everything as it is now. */
static int look(struct collector *c, struct dver_err *err)
{
	struct transport *t = store_transport(c->s);
	int r;

	keymap_clear(&c->packs);
	keymap_clear(&c->ripe);
	r = transport_list(t, "packs/", on_pack, c, err);
	if (r == 0)
		r = transport_list(t, "meta/", on_pack, c, err);
	if (r == 0)
		r = transport_list(t, "gc/", on_gc, c, err);
	if (r == 0)
		r = store_refresh(c->s, err);
	if (r == 0)
		r = store_load_indexes(c->s, err);
	if (r == 0)
		r = mark_live(c, err);
	return r < 0 ? r : count_live(c, err);
}

/* Dead, under half alive or in no index: all have few live bytes. */
static bool is_victim(const struct collector *c, const uint8_t *name,
		      const struct pack *p)
{
	return p->listed && c->a->w->now - p->born > ROOT_AGE &&
	       p->live * 2 < p->size && !store_is_condemned(c->s, name);
}

/* 1: some are condemned, *key says by what. */
static int condemn(struct collector *c, char **key, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct transport_src src = { .len = 0 };
	char name[RAND_NAME_HEX];
	uint8_t sum[HASH_SIZE];
	const void *pack;
	void *value;
	uint32_t n = 0;
	size_t pos = 0;
	int r = rand_name(name, err);

	buf_add(&b, "dvergc01\0\0\0\0\0\0\0\0", 16);
	while ((pack = keymap_next(&c->packs, &pos, &value))) {
		if (!is_victim(c, pack, value) || n >= 200)
			continue;
		buf_add(&b, pack, RAND_NAME);
		n++;
	}
	if (r < 0 || n == 0)
		return r;
	le32_put((uint8_t *)b.data + 8, n);
	r = hash_bytes(sum, b.data, b.len, err);
	buf_add(&b, sum, sizeof(sum));
	*key = str_printf("gc/%s", name);
	src.data = b.data;
	src.len = b.len;
	if (r == 0)
		r = transport_put(store_transport(c->s), *key, &src, err);
	world_trace(c->a, "condemns %u packs", n);
	return r < 0 ? r : 1;
}

/* The frame of a live object from wherever it still is. */
static int copy_one(struct collector *c, struct writer *w,
		    const struct oid *id, struct dver_err *err)
{
	AUTO_BUF struct buf frame = BUF_BIG;
	struct fact all[16];
	struct fact f;
	int n = store_find(c->s, id, true, &f, err);
	int r = n;

	if (n != 0)		/* in a pack that stays */
		return n < 0 ? n : MIN(writer_wants(w, id, err), 0);
	n = store_find_all(c->s, id, all, 16, err);
	for (int i = 0; i < n; i++) {
		r = store_read_frame(c->s, &all[i], &frame, err);
		if (r == 0)
			r = writer_wants(w, id, err);
		if (r > 0)
			r = writer_put_frame(w, 0, &all[i], frame.data,
					     frame.len, err);
		if (r != DVER_ENOTFOUND)
			return MIN(r, 0);
	}
	return n < 0 ? n : err_set(err, DVER_EMISSING, "a live object is "
				   "nowhere");
}

static int copy_live(struct collector *c, struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	AUTO_WRITER struct writer *w = NULL;
	struct writer_opts wo = { .workers = 1, .reuse = true };
	struct writer_stats st;
	const void *id;
	size_t pos = 0;
	int r = tmpdir_new(&tmp, c->a->w->data->root, err);

	if (r < 0)
		return r;
	wo.stage = tmpdir_path(tmp);
	r = writer_open(&w, c->s, &wo, err);
	while (r == 0 && (id = keymap_next(&c->live.ids, &pos, NULL))) {
		struct oid one;

		memcpy(one.id, id, sizeof(one.id));
		r = copy_one(c, w, &one, err);
	}
	if (r == 0)
		r = writer_commit(&w, &st, err);
	if (r == 0)
		world_trace(c->a, "copied %d objects", (int)st.objects);
	return r;
}

static int delete_ripe(struct collector *c, struct dver_err *err)
{
	const void *name;
	size_t pos = 0;
	int r = 0;

	while (r == 0 && (name = keymap_next(&c->ripe, &pos, NULL))) {
		const struct pack *p = keymap_get(&c->packs, name);
		struct fact f = { .place = p ? p->place : PLACE_PACK };
		char key[FACT_KEY_MAX];

		if (!p || !p->listed)
			continue;
		memcpy(f.pack, name, sizeof(f.pack));
		fact_key(key, &f);
		r = transport_del(store_transport(c->s), key, err);
	}
	return r;
}

/* From step 3 on; a conflict begins it again. */
static int finish(struct collector *c, struct dver_err *err)
{
	int r = DVER_ECONFLICT;

	for (int i = 0; r == DVER_ECONFLICT && i < 5; i++) {
		r = c->a->w->broken == NO_RELIST && i == 0 ? 0 : look(c, err);
		if (r == 0)
			r = copy_live(c, err);
	}
	return r < 0 ? r : delete_ripe(c, err);
}

/* What was condemned before the first look counts as ripe by now. */
static int ripen(struct collector *c, struct dver_err *err)
{
	return transport_list(store_transport(c->s), "gc/", on_gc, c, err);
}

static int collect(struct collector *c, struct dver_err *err)
{
	struct world *w = c->a->w;
	AUTO_FREE char *key = NULL;
	int r = look(c, err);

	if (r == 0)
		r = condemn(c, &key, err);
	if (r < 0)
		return r;
	if (w->broken != NO_GRACE)
		actor_sleep(c->a, GRACE + HOUR);
	r = w->broken == NO_RELIST ? ripen(c, err) : 0;
	if (r == 0)
		r = finish(c, err);
	if (r == 0 && key && w->broken == TAKEN_BACK)
		r = transport_del(store_transport(c->s), key, err);
	return r;
}

static int with_store(struct actor *a, struct dver_err *err)
{
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	struct collector c = { .a = a };
	int r = actor_store(a, &s, err);

	if (r == 0)
		r = store_io_new(&io, err);
	if (r < 0)
		return r;
	c.s = s;
	c.io = io;
	mark_init(&c.live, s, io, NULL);
	keymap_init(&c.packs, RAND_NAME, sizeof(struct pack));
	keymap_init(&c.ripe, RAND_NAME, 0);
	r = collect(&c, err);
	mark_release(&c.live);
	keymap_release(&c.packs);
	keymap_release(&c.ripe);
	return r;
}

void collector_run(struct actor *a)
{
	for (int i = 0; i < 3; i++) {
		struct dver_err err = { 0 };
		int r;

		actor_sleep(a, rng_below(&a->rng, 10 * DAY));
		if (rng_chance(&a->rng, (uint32_t)a->w->deaths))
			a->dies_in = (int)rng_below(&a->rng, 400);
		r = with_store(a, &err);
		world_trace(a, "collection: %s", r ? err.msg : "done");
		actor_restart(a);
	}
}
