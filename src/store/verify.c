/*
 * verify - a pack a job: read whole, its frames decoded and hashed.  Frames
 * that no index names are dead and not looked at.
 */
#include "store/verify.h"

#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/codec.h"
#include "store/loose.h"
#include "store/pack.h"
#include "store/recipe.h"
#include "store/store_internal.h"

#define PLACES 16

struct run {
	struct verify *v;
	pthread_mutex_t mutex;		/* around v->damage */
	struct strvec packs, loose;	/* keys */
	struct keymap sizes;		/* pack name -> u64 */
	struct keymap used;		/* packs that an index names rightly */
};

struct key_job {
	struct pool_job job;
	struct run *run;
	const char *key;
};

static int report(struct run *run, const struct oid *id, const struct fact *f,
		  const char *key, const char *problem, struct dver_err *err)
{
	struct verify_damage d = { id, f, key, problem };
	int r;

	pthread_mutex_lock(&run->mutex);
	r = run->v->damage(run->v->data, &d, err);
	pthread_mutex_unlock(&run->mutex);
	return r;
}

static void counted(const struct verify *v, uint64_t bytes)
{
	atomic_fetch_add(v->objects, 1);
	atomic_fetch_add(v->bytes, bytes);
}

/* Does any index name this frame? */
static int is_alive(struct store *s, const struct fact *f,
		    struct dver_err *err)
{
	struct fact all[PLACES];
	int n = store_find_all(s, &f->id, all, PLACES, err);

	for (int i = 0; i < n; i++)
		if (memcmp(all[i].pack, f->pack, sizeof(f->pack)) == 0 &&
		    all[i].offset == f->offset)
			return 1;
	return MIN(n, 0);
}

/*
 * A recipe has no checksum of its own: what it makes of its chunks has.  A
 * changed length breaks the sum, a changed id names what is not there.
 */
static const char *judge_recipe(struct store *s, const void *data,
				uint64_t len)
{
	struct recipe_reader rr;
	struct recipe_entry e;
	int r = recipe_reader_init(&rr, data, len, NULL);

	while (r == 0 && (r = recipe_next(&rr, &e, NULL)) > 0)
		r = store_has(s, &e.id, NULL) > 0 ? 0 : DVER_EMISSING;
	return r == 0 ? NULL : r == DVER_EMISSING
		       ? "its recipe names chunks that are not there"
		       : "its recipe cannot be read";
}

/* NULL: the frame is what it says. */
static const char *judge(struct store *s, struct store_io *io,
			 const struct fact *f, const char *frame)
{
	struct oid real;

	if (codec_decode(store_io_codec(io), store_io_chunk(io), f->length,
			 frame, f->stored, NULL) < 0)
		return "its frame cannot be decoded";
	if (f->kind == FACT_CHUNK)
		return hash_one(store_io_hash(io), real.id,
				store_io_chunk(io), f->length, NULL) == 0 &&
				       oid_eq(&real, &f->id)
			       ? NULL : "its bytes do not match its id";
	return judge_recipe(s, store_io_chunk(io), f->length);
}

static int check_frame(struct run *run, struct store_io *io,
		       const char *key, const struct fact *f,
		       const char *pack, struct dver_err *err)
{
	const char *problem;
	int r = is_alive(run->v->s, f, err);

	if (r <= 0)
		return r;
	problem = judge(run->v->s, io, f, pack + f->offset);
	counted(run->v, f->length);
	return problem ? report(run, &f->id, f, key, problem, err) : 0;
}

/*
 * Without its footer a pack is of no use when an index is lost: its objects
 * want another place.  One that nothing names any more is left to gc.
 */
static int bad_footer(struct run *run, const char *key,
		      const uint8_t name[RAND_NAME], struct dver_err *err)
{
	struct store *s = run->v->s;
	int r = 0;

	if (!keymap_get(&run->used, name))
		return 0;
	for (size_t i = 0; i < s->n; i++)
		for (uint64_t j = 0; s->index[i].file && r == 0 &&
		     j < index_count(s->index[i].file); j++) {
			struct fact f;

			r = index_at(s->index[i].file, j, &f, err);
			if (r < 0 || f.place == PLACE_LOOSE ||
			    memcmp(f.pack, name, RAND_NAME) != 0)
				continue;
			r = is_alive(s, &f, err);
			if (r > 0)
				r = report(run, &f.id, &f, key,
					   "its pack's footer is damaged",
					   err);
		}
	return r;
}

static int check_pack(struct run *run, struct store_io *io, const char *key,
		      struct dver_err *err)
{
	AUTO_FREE struct fact *facts = NULL;
	AUTO_FREE char *data = malloc(PACK_MAX + 1);
	uint8_t name[RAND_NAME];
	size_t got, n = 0, cap = 0;
	uint64_t len;
	int r;

	if (!data)
		return err_nomem(err);
	if (!fact_pack_of_key(key, name))
		return 0;	/* not ours */
	r = transport_get(run->v->s->t, key, 0, data, PACK_MAX + 1, &got, err);
	if (r < 0)
		return report(run, NULL, NULL, key, "it cannot be read", err);
	if (got < PACK_HEAD + PACK_TRAILER || got > PACK_MAX ||
	    pack_footer_length(&len, (uint8_t *)data + got - PACK_TRAILER,
			       got, NULL) < 0 ||
	    pack_footer_parse(&facts, &n, &cap, name,
			      key[0] == 'm' ? PLACE_META : PLACE_PACK, got,
			      data + got - len, (size_t)len, NULL) < 0)
		return bad_footer(run, key, name, err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = check_frame(run, io, key, &facts[i], data, err);
		if (r == 0)
			r = cancel_check(run->v->cancel, err);
	}
	return r;
}

static int check_loose(struct run *run, const char *key, struct dver_err *err)
{
	struct dver_err why;
	char hex[OID_HEX + 1];
	struct oid id;
	uint64_t size;
	int fd;
	int r;

	if (strlen(key) != 7 + OID_HEX || key[8] != '/')
		return 0;
	memcpy(hex, key + 6, 2);
	memcpy(hex + 2, key + 9, OID_HEX - 1);
	if (oid_parse(&id, hex) < 0)
		return 0;
	r = loose_verify(run->v->s->local, &id, run->v->cancel, &why);
	if (r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (loose_open(&fd, &size, run->v->s->local, &id, NULL) == 0) {
		(void)os_close(fd);
		counted(run->v, size);
	}
	return r < 0 ? report(run, &id, NULL, key,
			      "its bytes do not match its id", err) : 0;
}

static int key_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct key_job *j = (struct key_job *)job;

	if (str_starts(j->key, "loose/"))
		return check_loose(j->run, j->key, err);
	return check_pack(j->run, j->run->v->io[worker], j->key, err);
}

static void key_release(struct pool_job *job)
{
	free(job);
}

static int submit_all(struct run *run, const struct strvec *keys,
		      struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < keys->n; i++) {
		struct key_job *j = calloc(1, sizeof(*j));

		if (!j)
			return err_nomem(err);
		j->job.run = key_run;
		j->job.release = key_release;
		j->run = run;
		j->key = keys->v[i];
		r = pool_submit(run->v->pool, &j->job, err);
	}
	return r;
}

static int on_key(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	struct run *run = data;
	uint8_t name[RAND_NAME];
	uint64_t *slot;

	if (str_starts(k->key, "loose/"))
		return run->v->s->local && !strvec_push(&run->loose, k->key)
			       ? err_nomem(err) : 0;
	if (!fact_pack_of_key(k->key, name))
		return 0;
	slot = keymap_put(&run->sizes, name, NULL);
	if (!slot || !strvec_push(&run->packs, k->key))
		return err_nomem(err);
	*slot = k->size;
	return 0;
}

/* Facts whose pack is gone or of another size. */
static int check_facts(struct run *run, struct listed *l,
		       struct dver_err *err)
{
	char key[FACT_KEY_MAX];
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < index_count(l->file); i++) {
		const uint64_t *size;
		struct fact f;

		r = index_at(l->file, i, &f, err);
		if (r < 0 || f.place == PLACE_LOOSE)
			continue;
		size = keymap_get(&run->sizes, f.pack);
		if (size && *size == f.pack_size) {
			if (!keymap_put(&run->used, f.pack, NULL))
				return err_nomem(err);
			continue;
		}
		fact_key(key, &f);
		r = report(run, &f.id, &f, key,
			   size ? "its pack is cut off" : "its pack is gone",
			   err);
	}
	return r;
}

static int check_indexes(struct run *run, struct dver_err *err)
{
	struct store *s = run->v->s;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct dver_err why;
		AUTO_FREE char *key = str_printf("index/%s", s->index[i].name);

		if (!key)
			return err_nomem(err);
		if (listed_open(&s->index[i], &why) < 0 ||
		    index_verify(s->index[i].file, &why) < 0)
			r = report(run, NULL, NULL, key, why.msg, err);
		else
			r = check_facts(run, &s->index[i], err);
	}
	return r;
}

int store_verify(struct verify *v, struct dver_err *err)
{
	struct run run = { .v = v };
	int r, w;

	if (store_is_plain(v->s))
		return plain_verify(v, err);
	pthread_mutex_init(&run.mutex, NULL);
	keymap_init(&run.sizes, RAND_NAME, sizeof(uint64_t));
	keymap_init(&run.used, RAND_NAME, 0);
	r = store_refresh(v->s, err);
	if (r == 0)
		r = transport_list(v->s->t, "packs/", on_key, &run, err);
	if (r == 0)
		r = transport_list(v->s->t, "meta/", on_key, &run, err);
	if (r == 0 && v->s->local)
		r = transport_list(v->s->t, "loose/", on_key, &run, err);
	if (r == 0)
		r = check_indexes(&run, err);
	if (r == 0)
		r = store_load_indexes(v->s, err);
	if (r == 0)
		r = submit_all(&run, &run.packs, err);
	if (r == 0)
		r = submit_all(&run, &run.loose, err);
	w = pool_wait(v->pool, r < 0 ? NULL : err);
	strvec_release(&run.packs);
	strvec_release(&run.loose);
	keymap_release(&run.used);
	keymap_release(&run.sizes);
	pthread_mutex_destroy(&run.mutex);
	return r < 0 ? r : w;
}
