/*
 * writer_publish - packs first, uploaded while others are still filled where
 * the writer has threads for it; then the index that names them, then the
 * check that none of them is condemned.
 */
#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/heads.h"
#include "store/journal.h"
#include "store/writer_internal.h"

struct upload {
	struct pool_job job;
	struct writer *w;
	size_t i;		/* in w->done */
};

/* It is in the store: what w->done[i] says from now on. */
static int is_put(struct writer *w, size_t i, uint64_t bytes,
		  struct dver_err *err)
{
	struct done_pack *d = &w->done[i];

	free(TAKE(d->path));
	w->stored += bytes;
	return keymap_put(&w->relied, d->facts[0].pack, NULL)
		       ? 0 : err_nomem(err);
}

static int put_pack(struct writer *w, const char *path, const struct fact *f,
		    struct dver_err *err)
{
	struct transport_src src = { .path = path, .len = f->pack_size,
				     .consume = true };
	AUTO_BUF struct buf footer = BUF_BIG;
	char key[FACT_KEY_MAX];
	int r = w->journal ? journal_footer(&footer, path, f->pack_size, err)
			   : 0;

	fact_key(key, f);
	if (r == 0)
		r = transport_put(store_transport(w->s), key, &src, err);
	/* A note that cannot be made is no failure of the upload. */
	if (r == 0 && w->journal)
		(void)journal_note(w->journal, w->stage, f, &footer, NULL);
	if (r == 0)
		(void)os_unlink(path);
	return r;
}

static int upload_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct upload *u = (struct upload *)job;
	struct writer *w = u->w;
	const char *path;
	struct fact f;
	int r;

	(void)worker;
	if (atomic_load(&w->given_up))
		return 0;
	pthread_mutex_lock(&w->mutex);
	path = w->done[u->i].path;
	f = w->done[u->i].facts[0];
	pthread_mutex_unlock(&w->mutex);
	r = put_pack(w, path, &f, err);
	if (r < 0)
		return r;
	pthread_mutex_lock(&w->mutex);
	r = is_put(w, u->i, f.pack_size, err);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

static void upload_release(struct pool_job *job)
{
	free(job);
}

static int upload(struct writer *w, size_t i, struct dver_err *err)
{
	struct upload *u = calloc(1, sizeof(*u));

	if (!u)
		return err_nomem(err);
	u->job.run = upload_run;
	u->job.release = upload_release;
	u->w = w;
	u->i = i;
	return pool_submit(w->uploads, &u->job, err);
}

static int add_done(struct writer *w, const struct done_pack *d, size_t *i,
		    struct dver_err *err)
{
	bool ok;

	pthread_mutex_lock(&w->mutex);
	ok = mem_grow(&w->done, &w->done_cap, w->ndone + 1, sizeof(*d));
	if (ok) {
		*i = w->ndone++;
		w->done[*i] = *d;
	}
	pthread_mutex_unlock(&w->mutex);
	return ok ? 0 : err_nomem(err);
}

int writer_finish_pack(struct writer *w, struct pack_out **p,
		       enum fact_place place, struct dver_err *err)
{
	struct done_pack d = { .place = place };
	size_t i;
	int r = pack_out_finish(p, &d.facts, &d.n, &d.path, err);

	if (r < 0)
		return r;
	r = add_done(w, &d, &i, err);
	if (r == 0)
		return w->uploads ? upload(w, i, err) : 0;
	(void)os_unlink(d.path);
	free(d.path);
	free(d.facts);
	return r;
}

/* Is the pack of a note still there as it was put? */
static int on_key(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	struct fact *f = data;
	char key[FACT_KEY_MAX];

	(void)err;
	fact_key(key, f);
	if (streq(k->key, key) && k->size == f->pack_size)
		f->stored = 1;
	return 0;
}

static int adopt(void *data, struct fact **facts, size_t n,
		 struct dver_err *err)
{
	struct writer *w = data;
	struct fact seen = (*facts)[0];
	struct done_pack d = { .facts = *facts, .n = n, .place = seen.place };
	char key[FACT_KEY_MAX];
	size_t i;
	int r;

	fact_key(key, &seen);
	seen.stored = 0;
	r = transport_list(store_transport(w->s), key, on_key, &seen, err);
	if (r == 0 && (!seen.stored || store_is_condemned(w->s, seen.pack))) {
		journal_forget(w->journal, &seen);
		return 0;
	}
	for (size_t k = 0; r >= 0 && k < n; k++)
		r = writer_claim(w, &(*facts)[k].id, err);
	if (r >= 0)
		r = add_done(w, &d, &i, err);
	if (r < 0)
		return r;
	*facts = NULL;
	return is_put(w, i, 0, err);
}

int writer_adopt_journal(struct writer *w, struct dver_err *err)
{
	return journal_each(w->journal, adopt, w, err);
}

static int finish_all(struct writer *w, struct dver_err *err)
{
	int r = 0;

	for (int i = 0; r == 0 && i < 2 * w->workers; i++)
		if (w->open[i])
			r = writer_finish_pack(w, &w->open[i],
					       i % 2 ? PLACE_META : PLACE_PACK,
					       err);
	if (r == 0 && w->uploads)
		r = pool_wait(w->uploads, err);
	return r;
}

static int publish_packs(struct writer *w, struct writer_stats *st,
			 struct dver_err *err)
{
	int r = finish_all(w, err);

	for (size_t i = 0; r == 0 && i < w->ndone; i++) {
		struct done_pack *d = &w->done[i];
		uint64_t size = d->facts[0].pack_size;

		st->objects += d->n;
		st->packs++;
		if (!d->path)
			continue;
		r = put_pack(w, d->path, &d->facts[0], err);
		if (r == 0)
			r = is_put(w, i, size, err);
	}
	st->stored += w->stored;
	return r < 0 ? r : transport_flush(store_transport(w->s), err);
}

/* They are in an index now. */
static void forget_journal(const struct writer *w)
{
	for (size_t i = 0; w->journal && i < w->ndone; i++)
		journal_forget(w->journal, &w->done[i].facts[0]);
}

static int publish_index(struct writer *w, struct writer_stats *st,
			 struct dver_err *err)
{
	size_t all = (size_t)st->objects + w->loose.nnotes;
	AUTO_FREE struct fact *facts = mem_array(all, sizeof(*facts));
	struct index_content c = { .facts = facts, .roots = w->roots,
				   .nroots = w->nroots };
	struct transport_src src = { .consume = true };
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *key = NULL;
	char name[INDEX_NAME_MAX];
	struct index_name parsed;
	int r;

	if (!facts)
		return err_nomem(err);
	for (size_t i = 0; i < w->ndone; i++) {
		memcpy(facts + c.nfacts, w->done[i].facts,
		       w->done[i].n * sizeof(*facts));
		c.nfacts += w->done[i].n;
	}
	for (size_t i = 0; i < w->loose.nnotes; i++)
		facts[c.nfacts++] = w->loose.notes[i];
	loose_set_names(&w->loose, &c);
	r = index_write(name, w->stage, 0, &c, err);
	if (r < 0)
		return r;
	path = str_printf("%s/%s", w->stage, name);
	key = str_printf("index/%s", name);
	if (!path || !key)
		return err_nomem(err);
	if (index_name_parse(&parsed, name) == 0)
		src.len = (size_t)parsed.bytes;
	st->stored += src.len;
	src.path = path;
	store_keep_index(w->s, path, name);
	r = transport_put(store_transport(w->s), key, &src, err);
	if (r < 0)
		(void)os_unlink(path);
	if (r == 0)
		r = heads_note(w->s, name, err);
	return r < 0 ? r : transport_flush(store_transport(w->s), err);
}

static int copy_keys(struct keymap *to, const struct keymap *from,
		     struct dver_err *err)
{
	const void *key;
	size_t pos = 0;

	while ((key = keymap_next(from, &pos, NULL)))
		if (!keymap_put(to, key, NULL))
			return err_nomem(err);
	return 0;
}

int writer_rely(struct writer *w, const struct keymap *packs,
		struct dver_err *err)
{
	return copy_keys(&w->relied, packs, err);
}

int writer_commit(struct writer **wp, struct writer_stats *stats,
		  struct dver_err *err)
{
	return writer_commit_slice(wp, stats, NULL, err);
}

int writer_commit_slice(struct writer **wp, struct writer_stats *stats,
			struct keymap *relied, struct dver_err *err)
{
	AUTO_WRITER struct writer *w = TAKE(*wp);
	int r;

	*stats = (struct writer_stats){ .bytes = atomic_load(&w->bytes) };
	r = publish_packs(w, stats, err);
	if (r == 0 && w->loose.n)
		r = loose_set_publish(&w->loose, store_local_root(w->s),
				      store_nosync(w->s), stats, err);
	if (r == 0 && (w->ndone || w->nroots || w->loose.nnotes))
		r = publish_index(w, stats, err);
	if (r == 0)
		forget_journal(w);
	if (r == 0 && relied)
		r = copy_keys(relied, &w->relied, err);
	if (r == 0)
		r = store_recheck_condemned(w->s, &w->relied, err);
	if (r > 0)
		r = err_set(err, DVER_ECONFLICT, "a pack in '%s' was condemned "
			    "while it was relied on: run the command again",
			    store_transport(w->s)->url);
	return r;
}
