/*
 * store_find - which index knows an id, and which of its places is best.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "store/loose.h"
#include "store/pack.h"
#include "store/recipe.h"
#include "store/store_internal.h"

#define PLACES_MAX 16
#define FETCH_BLOCK (8u << 20)
#define DAY (24 * 3600)
#define TAIL_READ (64u << 10)	/* at the end of a pack, for its footer */
#define TAIL_NEAR (512u << 10)	/* an object so near to it comes along */

/* May this index have the id?  Its name says between which ids it lies. */
static bool in_range(const struct listed *l, const struct oid *id)
{
	struct index_name n;
	uint32_t first = (uint32_t)id->id[0] << 24 |
			 (uint32_t)id->id[1] << 16 |
			 (uint32_t)id->id[2] << 8 | id->id[3];

	return index_name_parse(&n, l->name) == 0 && n.lo <= first &&
	       first <= n.hi;
}

int store_find_all(struct store *s, const struct oid *id, struct fact *out,
		   int max, struct dver_err *err)
{
	bool gone = false;
	int found = 0;
	int r = store_ensure(s, err);

	assert(!s->plain);
	if (r == 0)
		r = store_check(s, err);
	for (size_t i = 0; r >= 0 && i < s->n && found < max; i++) {
		struct listed *l = &s->index[i];

		if (!in_range(l, id))
			continue;
		r = listed_open(l, err);
		if (r == 0)
			r = index_find(l->file, id, out + found, max - found,
				       err);
		found += MAX(r, 0);
		/* What was merged away is all in its successor. */
		if (r == DVER_ENOTFOUND) {
			gone = true;
			r = 0;
		}
	}
	return r < 0 ? r : found == 0 && gone ? DVER_ENOTFOUND : found;
}

int store_find(struct store *s, const struct oid *id, bool alive,
	       struct fact *out, struct dver_err *err)
{
	const struct fact *known = keymap_get(&s->learned, id->id);
	struct fact all[PLACES_MAX];
	int n;

	if (known && !store_is_condemned(s, known->pack)) {
		*out = *known;
		return 1;
	}
	n = store_find_all(s, id, all, PLACES_MAX, err);
	if (n <= 0)
		return n;
	for (int i = 0; i < n; i++) {
		if (!store_is_condemned(s, all[i].pack)) {
			*out = all[i];
			return 1;
		}
	}
	*out = all[0];
	return !alive;
}

bool store_learned(const struct store *s, const struct oid *id,
		   struct fact *out)
{
	const struct fact *known = keymap_get(&s->learned, id->id);

	if (known)
		*out = *known;
	return known != NULL;
}

/* Is the loose object there that a fact means? */
static bool loose_named(const struct store *s, const struct fact *f)
{
	const struct oid *id = NULL;

	for (size_t i = 0; i < s->n && !id; i++)
		if (s->index[i].has_tail)
			id = index_loose_id(&s->index[i].tail, f);
	return id && loose_has(s->local, id, NULL) > 0;
}

static int has_part(void *data, const struct recipe_entry *e,
		    struct dver_err *err)
{
	struct store *s = data;
	struct fact all[PLACES_MAX];
	int n = store_find_all(s, &e->id, all, PLACES_MAX, err);

	for (int i = 0; i < n; i++)
		if (all[i].place != PLACE_LOOSE || loose_named(s, &all[i]))
			return 0;
	return n < 0 ? n : 1;
}

/* A recipe outlives the loose object whose chunks it lists. */
static int has_cut(struct store *s, const struct oid *id, struct dver_err *err)
{
	AUTO_STORE_IO struct store_io *io = NULL;
	int r = loose_has(s->local, id, err);

	if (r != 0)
		return r;
	r = store_io_new(&io, err);
	if (r == 0)
		r = store_each_chunk(s, io, id, has_part, s, err);
	return r < 0 ? (r == DVER_ENOMEM ? r : 0) : r == 0;
}

int store_has(struct store *s, const struct oid *id, struct dver_err *err)
{
	uint64_t size;
	struct fact f;
	int r = s->plain ? 0 : store_find(s, id, false, &f, err);

	if (s->plain)
		return plain_has(s, id, &size, err);
	if (r < 0 || !s->local || (r > 0 && f.kind == FACT_CHUNK &&
				   f.place != PLACE_LOOSE))
		return r;
	if (r > 0 && f.kind == FACT_RECIPE)
		return has_cut(s, id, err);
	if (r > 0)
		return 1;
	return loose_has(s->local, id, err);
}

/* The bytes of a pack from `off` to its end, kept in s->tail. */
static int read_tail(struct store *s, const struct fact *f, uint64_t off,
		     struct dver_err *err)
{
	size_t len = (size_t)(f->pack_size - off);
	char key[FACT_KEY_MAX];
	size_t got;
	int r;

	fact_key(key, f);
	buf_clear(&s->tail);
	if (!buf_reserve(&s->tail, len))
		return err_nomem(err);
	r = transport_get(s->t, key, off, s->tail.data, len, &got, err);
	if (r == 0 && got != len)
		r = err_set(err, DVER_ECORRUPT, "pack '%s' is cut off", key);
	if (r < 0)
		return r;
	s->tail.len = len;
	s->tail_off = off;
	memcpy(s->tail_pack, f->pack, sizeof(s->tail_pack));
	return 0;
}

/*
 * The footer of a pack is at its end, and so is the root of what was pushed:
 * one read for both where they are near each other.
 */
static int load_tail(struct store *s, const struct fact *near, uint64_t *len,
		     struct dver_err *err)
{
	uint64_t size = near->pack_size;
	uint64_t off = size - MIN(size, (uint64_t)TAIL_READ);
	const uint8_t *trailer;
	int r;

	if (size - near->offset <= TAIL_NEAR)
		off = MIN(off, near->offset);
	r = read_tail(s, near, off, err);
	if (r < 0)
		return r;
	trailer = (uint8_t *)s->tail.data + s->tail.len - PACK_TRAILER;
	r = pack_footer_length(len, trailer, size, err);
	if (r == 0 && *len > s->tail.len)
		r = read_tail(s, near, size - *len, err);
	return r;
}

int store_learn_pack(struct store *s, const struct fact *near,
		     struct dver_err *err)
{
	AUTO_FREE struct fact *facts = NULL;
	size_t n = 0, cap = 0;
	uint64_t len = 0;
	int r;

	if (near->place == PLACE_LOOSE || near->pack_size < PACK_TRAILER)
		return 0;
	pthread_mutex_lock(&s->tail_mutex);
	r = load_tail(s, near, &len, err);
	if (r == 0)
		r = pack_footer_parse(&facts, &n, &cap, near->pack,
				      near->place, near->pack_size,
				      s->tail.data + s->tail.len - len,
				      (size_t)len, err);
	if (r < 0)
		buf_clear(&s->tail);
	pthread_mutex_unlock(&s->tail_mutex);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct fact *slot = keymap_put(&s->learned, facts[i].id.id,
					       NULL);

		if (!slot)
			return err_nomem(err);
		*slot = facts[i];
	}
	return r;
}

/* A damaged index must not stay here when the remote's is mended. */
static int check_fetched(const struct listed *l, int fd, struct dver_err *err)
{
	struct index_file *file = NULL;
	void *map = mmap(NULL, (size_t)l->size, PROT_READ, MAP_SHARED, fd, 0);
	int r;

	if (map == MAP_FAILED)
		return err_sys(err, "cannot map index '%s'", l->name);
	r = index_open(&file, l->name, l->size, map, NULL, NULL, err);
	if (r == 0)
		r = index_verify(file, err);
	index_close(file);
	(void)munmap(map, (size_t)l->size);
	return r < 0 ? err_wrap(err, "remote '%s'", l->store->t->url) : 0;
}

/*
 * Copy an index of a remote into the cache of indexes.  The file has no name
 * until it is whole, so that a killed run leaves nothing.
 */
static int fetch_to(struct store *s, struct listed *l, const char *path,
		    struct dver_err *err)
{
	AUTO_FREE char *block = malloc(FETCH_BLOCK);
	AUTO_FREE char *key = str_printf("index/%s", l->name);
	AUTO_CLOSE int fd = -1;
	bool named = false;
	char self[32];
	int r = block && key ? 0 : err_nomem(err);

	if (r < 0)
		return r;
	fd = os_open(s->index_cache, O_TMPFILE | O_RDWR, 0444);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		fd = os_open(path, O_CREAT | O_EXCL | O_RDWR, 0444);
		named = fd >= 0;
	}
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", path);
	for (uint64_t off = 0; r == 0 && off < l->size;) {
		size_t want = (size_t)MIN(l->size - off,
					  (uint64_t)FETCH_BLOCK);
		size_t got;

		r = transport_get(s->t, key, off, block, want, &got, err);
		if (r == 0 && got != want)
			r = err_set(err, DVER_ECORRUPT, "index '%s' in '%s' "
				    "is cut off", l->name, s->t->url);
		if (r == 0 && os_write_all(fd, block, got) < 0)
			r = err_sys(err, "cannot write '%s'", path);
		off += want;
	}
	if (r == 0)
		r = check_fetched(l, fd, err);
	if (r < 0 && named)
		(void)os_unlink(path);
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (r == 0 && !named && linkat(AT_FDCWD, self, AT_FDCWD, path,
			     AT_SYMLINK_FOLLOW) < 0 && errno != EEXIST)
		r = err_sys(err, "cannot create '%s'", path);
	return r;
}

static int map_cached(struct listed *l, const char *path,
		      struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(path, O_RDONLY, 0);
	struct os_stat st;
	void *map;

	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (st.size != l->size)
		return err_set(err, DVER_ECORRUPT, "'%s' is cut off", path);
	map = mmap(NULL, (size_t)l->size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, "cannot map '%s'", path);
	index_close(l->file);
	l->file = NULL;
	l->map = map;
	return 0;
}

/* From the cache if it has the index whole, else through it. */
static int bring(struct store *s, struct listed *l, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/%s", s->index_cache, l->name);
	int r;

	if (!path)
		return err_nomem(err);
	if (map_cached(l, path, err) == 0)
		return 0;
	r = fetch_to(s, l, path, err);
	return r < 0 ? r : map_cached(l, path, err);
}

void store_keep_index(struct store *s, const char *path, const char *name)
{
	AUTO_FREE char *to = NULL;

	if (!s->index_cache || os_mkdirs(s->index_cache, 0777) < 0)
		return;
	to = str_printf("%s/%s", s->index_cache, name);
	/* A link, because the file is moved away next and never changes. */
	if (to)
		(void)os_link(path, to);
}

/* Cached indexes that the remote does not list any more. */
static void drop_unlisted(struct store *s)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	struct index_name parsed;

	if (dir_open(&d, AT_FDCWD, s->index_cache, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0) {
		struct os_stat st;
		bool old = os_statat(dir_fd(d), e.name, &st, true) == 0 &&
			   st.mtime_ns / 1000000000 + DAY < time(NULL);

		/* What has no such name is unfinished, or its writer died. */
		if (index_name_parse(&parsed, e.name) == 0
			    ? !strvec_has(&s->index_names, e.name) : old)
			(void)os_unlinkat(dir_fd(d), e.name, 0);
	}
}

/* Not there any more: whoever merged it removed it since it was listed. */
static int open_one(struct store *s, struct listed *l, bool *gone,
		    struct dver_err *err)
{
	bool fetch = !s->local && s->index_cache && !l->map;
	int r = fetch ? bring(s, l, err) : 0;

	if (r == 0)
		r = listed_open(l, err);
	*gone = r == DVER_ENOTFOUND;
	return r;
}

/* Opened here, so that workers only look up.  *gone: how many are not there. */
static int open_all(struct store *s, size_t *gone, struct dver_err *err)
{
	int r = 0;

	*gone = 0;
	if (!s->local && s->index_cache && os_mkdirs(s->index_cache, 0777) < 0)
		return err_sys(err, "cannot make '%s'", s->index_cache);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct listed *l = &s->index[i];

		r = open_one(s, l, &l->gone, err);
		*gone += l->gone;
		r = l->gone ? 0 : r;
	}
	if (!s->local && s->index_cache)
		drop_unlisted(s);
	return r;
}

/*
 * Listings of some servers lag behind: an index that is still told but gone
 * is no loss when another says that it replaces it.
 */
static int forget_gone(struct store *s, struct dver_err *err)
{
	AUTO_STRVEC struct strvec replaced = STRVEC_INIT;
	int r = store_replaced_names(s, &replaced, err);

	for (size_t i = 0; r == 0 && i < s->n; i++)
		if (s->index[i].gone &&
		    !strvec_has(&replaced, s->index[i].name))
			r = err_set(err, DVER_ECORRUPT, "index '%s' in '%s' "
				    "is listed but not there: run dver fsck",
				    s->index[i].name, s->t->url);
	return r < 0 ? r : store_drop_gone(s, err);
}

int store_load_indexes(struct store *s, struct dver_err *err)
{
	size_t gone = 0;
	int r = store_ensure(s, err);

	if (r == 0)
		r = store_check(s, err);
	if (s->plain)
		return r;
	r = r < 0 ? r : open_all(s, &gone, err);
	if (r < 0 || gone == 0)
		return r;
	r = store_refresh(s, err);
	if (r == 0)
		r = open_all(s, &gone, err);
	return r < 0 || gone == 0 ? r : forget_gone(s, err);
}
