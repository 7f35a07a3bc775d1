/*
 * copy - the order of things; what reads packs is in copy_packs.c, what a
 * frame is good for in copy_take.c, whole objects in copy_objects.c.
 */
#include "transfer/copy_internal.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/heads.h"
#include "store/local.h"
#include "store/plain.h"
#include "store/tidy.h"

#define TRIES 4
#define QUEUE 8
#define THREADS_MAX 16

bool copy_is_damage(int r)
{
	return r == DVER_EMISSING || r == DVER_ECORRUPT ||
	       r == DVER_EFORMAT || r == DVER_EUNSUPPORTED ||
	       r == DVER_ENOTFOUND;
}

void copy_missing(struct copy *c, const struct dver_err *why)
{
	pthread_mutex_lock(&c->mutex);
	if (c->stats->missing++ == 0)
		c->why = *why;
	pthread_mutex_unlock(&c->mutex);
}

void copy_planned(struct copy *c, uint64_t bytes)
{
	if (c->opts->dry_run) {
		c->stats->objects++;
		c->stats->bytes += bytes;
	}
	if (!c->opts->files_total)
		return;
	atomic_fetch_add(c->opts->files_total, 1);
	atomic_fetch_add(c->opts->bytes_total, bytes);
}

void copy_done(struct copy *c, uint64_t bytes)
{
	pthread_mutex_lock(&c->mutex);
	c->stats->objects++;
	c->stats->bytes += bytes;
	pthread_mutex_unlock(&c->mutex);
	if (!c->opts->files)
		return;
	atomic_fetch_add(c->opts->files, 1);
	atomic_fetch_add(c->opts->bytes, bytes);
}

/* What is there already must at least be as long as it should be. */
static int plain_lacks(struct copy *c, const struct oid *id, uint64_t size,
		       struct dver_err *err)
{
	const uint64_t *known = keymap_get(&c->there, id->id);
	uint64_t has = known ? *known : UINT64_MAX;
	char key[PLAIN_KEY_MAX];
	int r = known != NULL;

	if (!c->listed)
		r = plain_has(c->to, id, &has, err);
	if (r <= 0)
		return r < 0 ? r : 1;
	if (size == UINT64_MAX || has == UINT64_MAX || has == size)
		return 0;
	plain_key(key, id);
	return err_set(err, DVER_ECORRUPT, "'%s' in '%s' has %llu bytes, not "
		       "%llu: delete it there, and copy again", key,
		       store_transport(c->to)->url, (unsigned long long)has,
		       (unsigned long long)size);
}

int copy_lacks(struct copy *c, const struct oid *id, uint64_t size,
	       struct dver_err *err)
{
	struct fact f;
	int r;

	if (store_is_plain(c->to))
		return plain_lacks(c, id, size, err);
	r = store_find(c->to, id, true, &f, err);
	if (r <= 0)
		return r < 0 ? r : 1;
	return keymap_put(&c->relied, f.pack, NULL) ? 0 : err_nomem(err);
}

int copy_claim(struct copy *c, const struct oid *id, struct dver_err *err)
{
	bool added = false;
	void *slot;

	if (!store_is_plain(c->to))
		return writer_wants(c->w, id, err);
	pthread_mutex_lock(&c->mutex);
	slot = keymap_put(&c->claimed, id->id, &added);
	pthread_mutex_unlock(&c->mutex);
	return slot ? added : err_nomem(err);
}

static int open_writer(struct copy *c, struct dver_err *err)
{
	struct writer_opts wo = { .workers = c->threads,
				  .uploads = c->opts->requests,
				  .journal = c->journal, .stage = c->stage,
				  .reuse = true };
	int r = writer_open(&c->w, c->to, &wo, err);

	return r < 0 ? r : writer_rely(c->w, &c->relied, err);
}

int copy_wait(struct copy *c, int r, struct dver_err *err)
{
	int w = pool_wait(c->pool, r < 0 ? NULL : err);

	r = r < 0 ? r : w;
	w = c->puts ? pool_wait(c->puts, r < 0 ? NULL : err) : 0;
	return r < 0 ? r : w;
}

int copy_publish_slice(struct copy *c, struct dver_err *err)
{
	struct writer_stats st;
	int r = copy_wait(c, 0, err);

	if (r < 0 || !c->w)
		return r;
	r = writer_rely(c->w, &c->relied, err);
	if (r == 0)
		r = writer_commit_slice(&c->w, &st, &c->relied, err);
	if (r < 0)
		return r;
	c->published = c->published || st.packs;
	r = st.packs ? store_refresh(c->to, err) : 0;
	if (r == 0)
		r = store_load_indexes(c->to, err);
	return r < 0 ? r : open_writer(c, err);
}

int copy_slice(struct copy *c, struct dver_err *err)
{
	int r = cancel_check(c->opts->cancel, err);

	if (r < 0 || !c->w || writer_bytes(c->w) < c->opts->slice)
		return r;
	return copy_publish_slice(c, err);
}

static int note_there(void *data, const struct oid *id, uint64_t size,
		      struct dver_err *err)
{
	struct copy *c = data;
	uint64_t *slot = keymap_put(&c->there, id->id, NULL);

	if (!slot)
		return err_nomem(err);
	*slot = size;
	return 0;
}

/* Where nothing is listed for us, each object is asked for. */
static int list_there(struct copy *c, struct dver_err *err)
{
	struct dver_err why;
	int r = plain_each_object(c->to, note_there, c, &why);

	c->listed = r == 0;
	if (r == 0 || r == DVER_EUNSUPPORTED || r == DVER_EAUTH)
		return 0;
	return err_set(err, r, "%s", why.msg);
}

static int packed_to_packed(struct copy *c, struct dver_err *err)
{
	int r = copy_packs(c, COPY_META, err);

	if (r == 0)
		r = copy_packs(c, COPY_DATA, err);
	/* A recipe is looked at in the light of what is there. */
	if (r == 0)
		r = copy_publish_slice(c, err);
	return r < 0 ? r : copy_packs(c, COPY_RECIPES, err);
}

static int packed_to_plain(struct copy *c, struct dver_err *err)
{
	int r = copy_packs(c, COPY_PARTS, err);

	for (size_t i = 0; r == 0 && i < c->nroots; i++)
		if (!keymap_put(&c->also, c->roots[i].id.id, NULL))
			r = err_nomem(err);
	if (r == 0)
		r = copy_packs(c, COPY_META, err);
	if (r == 0)
		r = copy_cut_trees(c, err);
	if (r == 0)
		r = copy_packs(c, COPY_DATA, err);
	return r < 0 ? r : copy_cut_objects(c, err);
}

static int copy_all(struct copy *c, struct dver_err *err)
{
	int r;

	if (store_is_plain(c->from))
		r = copy_listed(c, err);
	else if (store_is_plain(c->to))
		r = packed_to_plain(c, err);
	else
		r = packed_to_packed(c, err);
	return copy_wait(c, r, err);
}

/* For readers that cannot list; where nobody can, without it nothing is. */
static int tell_heads(struct copy *c, struct dver_err *err)
{
	int r = heads_write(c->to, err);

	if (r == 0 || store_transport(c->to)->lists_by_heads)
		return r;
	log_at(1, "copy: %s", err->msg);
	return 0;
}

static int publish(struct copy *c, struct dver_err *err)
{
	struct writer_stats st;
	int r = 0;

	if (store_is_plain(c->to))
		r = transport_flush(store_transport(c->to), err);
	if (r == 0 && c->stats->missing == 0)
		r = copy_put_roots(c, err);
	if (r < 0 || store_is_plain(c->to))
		return r;
	r = writer_rely(c->w, &c->relied, err);
	if (r == 0)
		r = writer_commit(&c->w, &st, err);
	if (r < 0)
		return r;
	if (!c->published && !st.packs) {
		r = heads_current(c->to, err);
		if (r != 0)
			return MIN(r, 0);
	}
	/* This only makes later pushes cheaper. */
	(void)tidy_after_commit(c->to, c->stage, NULL);
	return tell_heads(c, err);
}

static void forget(struct copy *c)
{
	keymap_clear(&c->relied);
	keymap_clear(&c->there);
	keymap_clear(&c->parts);
	keymap_clear(&c->also);
	keymap_clear(&c->rooted);
	keymap_clear(&c->claimed);
	c->ntrees = c->nroots = 0;
	*c->stats = (struct transfer_stats){ 0 };
}

static int attempt(struct copy *c, struct dver_err *err)
{
	int r;

	forget(c);
	r = store_refresh(c->from, err);
	if (r == 0)
		r = store_load_indexes(c->from, err);
	if (r == 0)
		r = store_refresh(c->to, err);
	if (r == 0)
		r = store_load_indexes(c->to, err);
	/* First: what is below a root was there before it. */
	if (r == 0)
		r = copy_read_roots(c, err);
	if (r == 0)
		r = store_is_plain(c->to) ? list_there(c, err)
		    : c->opts->dry_run ? 0 : open_writer(c, err);
	if (r == 0)
		r = copy_all(c, err);
	if (r == 0 && !c->opts->dry_run)
		r = publish(c, err);
	writer_abort(TAKE(c->w));
	return r;
}

static int start(struct copy *c, struct dver_err *err)
{
	int r;

	c->threads = MIN(MAX(c->opts->requests, c->opts->jobs), THREADS_MAX);
	c->threads = MAX(c->threads, 1);
	c->io = mem_array((size_t)c->threads + 1, sizeof(*c->io));
	c->journal = str_printf("%s/journal", c->opts->folder);
	if (!c->io || !c->journal)
		return err_nomem(err);
	r = pool_new(&c->pool, c->threads, QUEUE, err);
	if (r == 0 && store_is_plain(c->to) && !store_is_plain(c->from))
		r = pool_new(&c->puts, c->threads, QUEUE, err);
	for (int i = 0; r == 0 && i <= c->threads; i++)
		r = store_io_new(&c->io[i], err);
	return r;
}

static void copy_init(struct copy *c)
{
	pthread_mutex_init(&c->mutex, NULL);
	keymap_init(&c->relied, RAND_NAME, 0);
	keymap_init(&c->there, HASH_SIZE, sizeof(uint64_t));
	keymap_init(&c->parts, HASH_SIZE, 0);
	keymap_init(&c->also, HASH_SIZE, 0);
	keymap_init(&c->rooted, HASH_SIZE, 0);
	keymap_init(&c->claimed, HASH_SIZE, 0);
}

static void copy_release(struct copy *c)
{
	pool_free(c->pool);
	pool_free(c->puts);
	for (int i = 0; c->io && i <= c->threads; i++)
		store_io_free(c->io[i]);
	free(c->io);
	free(c->journal);
	free(c->roots);
	free(c->trees);
	keymap_release(&c->relied);
	keymap_release(&c->there);
	keymap_release(&c->parts);
	keymap_release(&c->also);
	keymap_release(&c->rooted);
	keymap_release(&c->claimed);
	pthread_mutex_destroy(&c->mutex);
}

static uint64_t wire(struct store *s)
{
	struct transport *t = store_transport(s);

	return t->bytes_in + t->bytes_out;
}

int transfer_copy(struct store *from, struct store *to, const char *cache,
		  const struct transfer_opts *opts,
		  struct transfer_stats *stats, struct dver_err *err)
{
	struct copy c = { .from = from, .to = to, .opts = opts,
			  .stats = stats };
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	uint64_t missing;
	int r;

	copy_init(&c);
	*stats = (struct transfer_stats){ 0 };
	r = start(&c, err);
	if (r == 0)
		r = tmpdir_new(&tmp, cache, err);
	if (r == 0)
		c.stage = tmpdir_path(tmp);
	for (int i = 0; r == 0 && i < TRIES; i++) {
		r = attempt(&c, err);
		if (r != DVER_ECONFLICT || i + 1 == TRIES)
			break;
		r = 0;
	}
	missing = stats->missing;
	stats->requests = store_transport(from)->requests +
			  store_transport(to)->requests;
	stats->wire = wire(from) + wire(to);
	if (r == 0 && missing)
		r = err_set(err, DVER_EMISSING, "%llu object%s of '%s' "
			    "cannot be read: %s", (unsigned long long)missing,
			    missing == 1 ? "" : "s",
			    store_transport(from)->url, c.why.msg);
	copy_release(&c);
	return r;
}
