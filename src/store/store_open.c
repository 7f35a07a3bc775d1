/*
 * store_open - the `store` key, and what is listed in index/ and gc/.
 *
 * A local index is mapped whole (indexes never change); a remote one is read
 * by ranges until store_load_indexes() brings it here.
 */
#include <errno.h>
#include <sys/mman.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/store_internal.h"

#define STORE_KEY "store"
#define STORE_TEXT \
	"dver store 1\n" \
	"hash sha256\n" \
	"chunker gear-1 65536 262144 1048576\n" \
	"requires\n"
#define PLAIN_TEXT \
	"dver store 1\n" \
	"hash sha256\n" \
	"layout plain\n" \
	"requires plain\n"
#define STORE_TEXT_MAX 2048
#define GC_MAGIC "dvergc01"
#define GC_HEAD 16
#define GC_MAX (64u << 20)

static void listed_close(struct listed *l)
{
	index_close(l->file);
	if (l->has_tail)
		index_tail_release(&l->tail);
	if (l->map)
		(void)munmap(l->map, (size_t)l->size);
	free(l->name);
	*l = (struct listed){ .name = NULL };
}

static void close_all(struct listed *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		listed_close(&v[i]);
	free(v);
}

static void drop_listings(struct store *s)
{
	close_all(TAKE(s->index), s->n);
	s->n = 0;
	strvec_release(&s->index_names);
	strvec_release(&s->gc_names);
	keymap_clear(&s->condemned);
	s->listed = false;
}

int store_drop_gone(struct store *s, struct dver_err *err)
{
	size_t kept = 0;
	bool ok = true;

	strvec_clear(&s->index_names);
	for (size_t i = 0; i < s->n; i++) {
		struct listed *l = &s->index[i];

		if (l->gone) {
			listed_close(l);
			continue;
		}
		ok = ok && strvec_push(&s->index_names, l->name);
		/* A file that is read by ranges knows where `l` is. */
		if (!l->map) {
			index_close(l->file);
			l->file = NULL;
		}
		s->index[kept++] = *l;
	}
	s->n = kept;
	strvec_sort(&s->index_names);
	return ok ? 0 : err_nomem(err);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	drop_listings(s);
	strvec_release(&s->published);
	strvec_release(&s->published_runs);
	keymap_release(&s->condemned);
	keymap_release(&s->learned);
	overlay_release(s);
	buf_release(&s->tail);
	pthread_mutex_destroy(&s->tail_mutex);
	transport_close(s->t);
	plain_free(s->plain);
	free(s->index_cache);
	free(s->local);
	free(s);
}

struct transport *store_transport(struct store *s)
{
	return s->t;
}

const char *store_local_root(const struct store *s)
{
	return s->local;
}

bool store_nosync(const struct store *s)
{
	return s->nosync;
}

static bool is_text(const char *text, size_t len, const char *want)
{
	return len == strlen(want) && memcmp(text, want, len) == 0;
}

/* The `store` key: exactly what this version writes, or it is another's. */
static int check_format(struct store *s, bool create, struct dver_err *err)
{
	const char *ours = s->plain ? PLAIN_TEXT : STORE_TEXT;
	struct transport_src src = { .data = ours, .len = strlen(ours) };
	char text[STORE_TEXT_MAX];
	size_t got;
	int r = transport_get(s->t, STORE_KEY, 0, text, sizeof(text), &got,
			      err);

	if (r == DVER_ENOTFOUND && create) {
		if (s->plain)
			plain_is_fresh(s->plain);
		r = transport_put(s->t, STORE_KEY, &src, err);
		return r < 0 ? r : transport_flush(s->t, err);
	}
	if (r == DVER_ENOTFOUND)
		return err_set(err, r, "'%s' holds no dver store", s->t->url);
	if (r < 0)
		return r;
	if (is_text(text, got, ours))
		return 0;
	if (is_text(text, got, STORE_TEXT) || is_text(text, got, PLAIN_TEXT))
		return err_set(err, DVER_EINVAL, "the store '%s' has the "
			       "layout %s: set the remote's option layout to "
			       "that", s->t->url,
			       s->plain ? "packed" : "plain");
	if (got > 11 && memcmp(text, STORE_TEXT, 11) == 0)
		return err_set(err, DVER_EUNSUPPORTED,
			       "the store '%s' has a format or requires a "
			       "feature that this dver does not know: use a "
			       "newer one", s->t->url);
	return err_set(err, DVER_ECORRUPT, "the file 'store' in '%s' is not "
		       "that of a dver store", s->t->url);
}

/* Where it is noted that a remote's `store` key was good. */
static char *note_path(const struct store *s)
{
	return s->index_cache ? str_printf("%s/../store", s->index_cache)
			      : NULL;
}

static bool was_good(const struct store *s)
{
	AUTO_FREE char *path = note_path(s);
	AUTO_FREE char *text = NULL;
	size_t len;

	return path && os_slurp(&text, &len, path, STORE_TEXT_MAX, NULL) == 0 &&
	       streq(text, STORE_TEXT);
}

static void note_good(const struct store *s)
{
	AUTO_FREE char *path = note_path(s);

	if (path && os_mkdirs(s->index_cache, 0777) == 0)
		(void)afile_replace(path, STORE_TEXT, strlen(STORE_TEXT), 0666,
				    AFILE_NOSYNC, NULL);
}

/*
 * The key never changes, so a look at the listings may believe what was seen
 * here before; whoever goes on from there reads it (store_check).
 */
static int check_once(struct store *s, struct dver_err *err)
{
	int r;

	/* A plain one has no listing that would tell. */
	s->assumed = !s->plain && was_good(s);
	if (s->assumed)
		return 0;
	r = check_format(s, s->create, err);
	if (r == 0 && !s->plain)
		note_good(s);
	return r;
}

static char *copy_or_null(const char *s, bool *ok)
{
	char *copy = s ? strdup(s) : NULL;

	*ok = *ok && (!s || copy);
	return copy;
}

int store_open(struct store **out, struct transport **t,
	       const struct store_opts *opts, struct dver_err *err)
{
	AUTO_TRANSPORT struct transport *taken = TAKE(*t);
	AUTO_STORE struct store *s = NULL;
	struct store *made = calloc(1, sizeof(*made));
	bool ok = true;
	int r;

	if (!made)
		return err_nomem(err);
	keymap_init(&made->condemned, RAND_NAME, 0);
	keymap_init(&made->learned, HASH_SIZE, sizeof(struct fact));
	keymap_init(&made->overlay, HASH_SIZE, sizeof(struct buf));
	pthread_mutex_init(&made->overlay_mutex, NULL);
	pthread_mutex_init(&made->tail_mutex, NULL);
	buf_init(&made->tail, SIZE_MAX / 4);
	s = made;
	s->t = TAKE(taken);
	s->local = copy_or_null(opts->local, &ok);
	s->index_cache = copy_or_null(opts->index_cache, &ok);
	s->nosync = opts->nosync;
	s->mode_mask = opts->mode_mask;
	if (!ok)
		return err_nomem(err);
	s->create = opts->create;
	r = opts->plain ? plain_new(&s->plain, err) : 0;
	if (r == 0)
		r = check_once(s, err);
	if (r < 0)
		return r;
	*out = TAKE(s);
	return 0;
}

static int note_index(void *data, const struct transport_key *k,
		      struct dver_err *err)
{
	struct store *s = data;
	const char *name = k->key + strlen("index/");
	struct index_name parsed;
	struct listed *grown;

	/* Names that this version does not know are not its business. */
	if (index_name_parse(&parsed, name) < 0)
		return 0;
	grown = realloc(s->index, (s->n + 1) * sizeof(*grown));
	if (!grown)
		return err_nomem(err);
	s->index = grown;
	grown[s->n] = (struct listed){ .name = strdup(name),
				       .size = k->size, .born = k->mtime,
				       .store = s };
	if (!grown[s->n].name)
		return err_nomem(err);
	s->n++;
	return strvec_push(&s->index_names, name) ? 0 : err_nomem(err);
}

static int note_gc(void *data, const struct transport_key *k,
		   struct dver_err *err)
{
	struct store *s = data;

	if (k->size > GC_MAX)
		return err_set(err, DVER_ECORRUPT, "'%s' in '%s' is too large",
			       k->key, s->t->url);
	return strvec_push(&s->gc_names, k->key) ? 0 : err_nomem(err);
}

static int parse_gc(struct store *s, const char *key, const uint8_t *p,
		    size_t len, struct dver_err *err)
{
	size_t n = len < GC_HEAD + HASH_SIZE ? 0 : le32_get(p + 8);
	uint8_t sum[HASH_SIZE];
	int r;

	if (len != GC_HEAD + n * RAND_NAME + HASH_SIZE ||
	    memcmp(p, GC_MAGIC, 8) != 0)
		return err_set(err, DVER_ECORRUPT, "'%s' in '%s' is damaged",
			       key, s->t->url);
	r = hash_bytes(sum, p, len - HASH_SIZE, err);
	if (r < 0)
		return r;
	if (memcmp(sum, p + len - HASH_SIZE, HASH_SIZE) != 0)
		return err_set(err, DVER_ECORRUPT, "'%s' in '%s' does not "
			       "match its checksum", key, s->t->url);
	for (size_t i = 0; i < n; i++)
		if (!keymap_put(&s->condemned, p + GC_HEAD + i * RAND_NAME,
				NULL))
			return err_nomem(err);
	return 0;
}

static int read_gc(struct store *s, const char *key, struct dver_err *err)
{
	AUTO_FREE uint8_t *data = malloc(GC_MAX);
	size_t got;
	int r = data ? transport_get(s->t, key, 0, data, GC_MAX, &got, err)
		     : err_nomem(err);

	return r < 0 ? r : parse_gc(s, key, data, got, err);
}

static int list_gc(struct store *s, struct dver_err *err)
{
	int r = transport_list(s->t, "gc/", note_gc, s, err);

	for (size_t i = 0; r == 0 && i < s->gc_names.n; i++)
		r = read_gc(s, s->gc_names.v[i], err);
	strvec_sort(&s->gc_names);
	return r;
}

int store_check(struct store *s, struct dver_err *err)
{
	int r = s->assumed ? check_format(s, s->create, err) : 0;

	s->assumed = s->assumed && r < 0;
	return r;
}

static int by_listed_name(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name,
		      ((const struct listed *)b)->name);
}

/*
 * Indexes never change and names are never reused: what was opened stays so.
 * One that is read by ranges knows where its entry is, and cannot move.
 */
static void keep_open(struct store *s, struct listed *old, size_t n)
{
	qsort(old, n, sizeof(*old), by_listed_name);
	for (size_t i = 0; i < s->n; i++) {
		struct listed *now = &s->index[i];
		struct listed *was = bsearch(now, old, n, sizeof(*old),
					     by_listed_name);

		if (was && was->map && was->size == now->size) {
			struct listed swap = *now;

			*now = *was;
			*was = swap;
		}
	}
}

int store_refresh(struct store *s, struct dver_err *err)
{
	struct listed *old = TAKE(s->index);
	size_t n = s->n;
	int r;

	s->n = 0;
	drop_listings(s);
	if (s->plain) {
		/* Listed when it is asked. */
		plain_forget(s->plain);
		close_all(old, n);
		s->listed = true;
		return 0;
	}
	r = transport_list(s->t, "index/", note_index, s, err);
	strvec_sort(&s->index_names);
	if (old)
		keep_open(s, old, n);
	close_all(old, n);
	/* A remote that was emptied meanwhile has no store key either. */
	if (r == 0 && s->n == 0)
		r = store_check(s, err);
	if (r == 0)
		r = list_gc(s, err);
	if (r < 0)
		drop_listings(s);
	s->listed = r == 0;
	return r;
}

int store_ensure(struct store *s, struct dver_err *err)
{
	return s->listed ? 0 : store_refresh(s, err);
}

const struct strvec *store_index_names(struct store *s)
{
	return &s->index_names;
}

const struct strvec *store_gc_names(struct store *s)
{
	return &s->gc_names;
}

bool store_is_condemned(const struct store *s, const uint8_t pack[RAND_NAME])
{
	return keymap_get(&s->condemned, pack) != NULL;
}

int store_recheck_condemned(struct store *s, const struct keymap *packs,
			    struct dver_err *err)
{
	const void *pack;
	size_t pos = 0;
	int r;

	strvec_clear(&s->gc_names);
	r = list_gc(s, err);
	while (r == 0 && (pack = keymap_next(packs, &pos, NULL)))
		r = store_is_condemned(s, pack);
	return r;
}

static int read_range(void *data, uint64_t off, void *out, size_t len,
		      struct dver_err *err)
{
	struct listed *l = data;
	char key[INDEX_NAME_MAX + 8] = "index/";
	size_t got;
	int r;

	(void)memcpy(key + 6, l->name, strlen(l->name) + 1);
	r = transport_get(l->store->t, key, off, out, len, &got, err);
	if (r == 0 && got != len)
		r = err_set(err, DVER_ECORRUPT, "index '%s' in '%s' is cut "
			    "off", l->name, l->store->t->url);
	return r;
}

static int map_file(struct listed *l, const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/%s", dir, l->name);
	AUTO_CLOSE int fd = -1;
	struct os_stat st;
	void *map;

	if (!path)
		return err_nomem(err);
	fd = os_open(path, O_RDONLY, 0);
	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot open index '%s'", path);
	if (st.size != l->size)
		return err_set(err, DVER_ECORRUPT, "index '%s' is cut off",
			       path);
	map = mmap(NULL, (size_t)l->size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, "cannot map index '%s'", path);
	l->map = map;
	return 0;
}

int listed_open(struct listed *l, struct dver_err *err)
{
	AUTO_FREE char *dir = NULL;
	struct index_name name;
	int r = 0;

	if (l->file)
		return 0;
	if (index_name_parse(&name, l->name) < 0 || name.bytes != l->size)
		return err_set(err, DVER_ECORRUPT, "index '%s' in '%s' has "
			       "%llu bytes: run dver fsck", l->name,
			       l->store->t->url, (unsigned long long)l->size);
	if (l->store->local && !l->map) {
		dir = str_printf("%s/index", l->store->local);
		r = dir ? map_file(l, dir, err) : err_nomem(err);
	}
	if (r == 0)
		r = index_open(&l->file, l->name, l->size, l->map, read_range,
			       l, err);
	if (r == 0 && l->store->local) {
		r = index_tail(l->file, &l->tail, err);
		l->has_tail = r == 0;
	}
	return r;
}

static bool is_cached(const struct store *s, const struct listed *l)
{
	AUTO_FREE char *path = str_printf("%s/%s", s->index_cache, l->name);
	struct os_stat st;

	return path && os_stat(path, &st, true) == 0 && st.size == l->size;
}

uint64_t store_index_away(const struct store *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; !s->local && i < s->n; i++)
		if (!s->index_cache || !is_cached(s, &s->index[i]))
			sum += s->index[i].size;
	return sum;
}

int store_replaced_names(struct store *s, struct strvec *out,
			 struct dver_err *err)
{
	int r = store_ensure(s, err);

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct listed *l = &s->index[i];

		r = listed_open(l, err);
		if (r == 0 && !l->has_tail) {
			r = index_tail(l->file, &l->tail, err);
			l->has_tail = r == 0;
		}
		/* Removed since it was listed: what it replaced is, too. */
		if (r == DVER_ENOTFOUND) {
			r = 0;
			continue;
		}
		for (size_t j = 0; r == 0 && j < l->tail.replaces.n; j++)
			if (!strvec_push(out, l->tail.replaces.v[j]))
				r = err_nomem(err);
	}
	return r;
}

uint64_t store_count(const struct store *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->index[i].file)
			sum += index_count(s->index[i].file);
	return sum;
}
