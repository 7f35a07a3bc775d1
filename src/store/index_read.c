/*
 * index_read - head and fan-out are read once and checked; a page is checked
 * when it is first used.  Which pages were checked is a bitmap of atomics, so
 * that many threads may look ids up in a mapped index without a lock.
 */
#include "store/index.h"

#include <stdatomic.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/index_layout.h"

#define HEAD_MAX (64u << 20)
#define HEAD_READ 16384u	/* the fan-out of two million facts */

struct index_file {
	char *name;			/* owned */
	uint64_t size;
	const uint8_t *map;		/* whole file, borrowed; or NULL */
	index_read_fn read_at;
	void *data;
	uint64_t count;
	uint64_t pages;
	uint64_t tail_off;
	uint64_t tail_len;
	uint64_t *fan;			/* owned */
	_Atomic uint8_t *checked;	/* owned; one a page */
	uint8_t **page;			/* owned pages read; NULL with a map */
};

static int damaged(const struct index_file *f, const char *what,
		   struct dver_err *err)
{
	return err_set(err, DVER_ECORRUPT, "damaged index '%s': %s", f->name,
		       what);
}

void index_close(struct index_file *f)
{
	if (!f)
		return;
	for (uint64_t i = 0; f->page && i < f->pages; i++)
		free(f->page[i]);
	free(f->page);
	free(f->checked);
	free(f->fan);
	free(f->name);
	free(f);
}

static inline void index_closep(struct index_file **f)
{
	index_close(*f);
}
#define AUTO_INDEX __attribute__((cleanup(index_closep)))

/* Bytes of the file: borrowed from the map or, read, owned through *own. */
static int bytes_at(struct index_file *f, uint64_t off, size_t len,
		    const uint8_t **out, uint8_t **own, struct dver_err *err)
{
	int r;

	if (off > f->size || len > f->size - off)
		return damaged(f, "it is cut off", err);
	if (f->map) {
		*out = f->map + off;
		return 0;
	}
	*own = malloc(len ? len : 1);
	if (!*own)
		return err_nomem(err);
	r = f->read_at(f->data, off, *own, len, err);
	*out = *own;
	return r;
}

static int check_sum(const struct index_file *f, const uint8_t *p, size_t len,
		     struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	int r = hash_bytes(sum, p, len, err);

	if (r < 0)
		return r;
	if (memcmp(sum, p + len, sizeof(sum)) != 0)
		return damaged(f, "a checksum does not match", err);
	return 0;
}

/* The numbers of the head, which must describe a file of this size. */
static int parse_head(struct index_file *f, const uint8_t *p,
		      struct dver_err *err)
{
	if (memcmp(p, INDEX_MAGIC, 8) != 0)
		return damaged(f, "it does not start with 'dveridx1'", err);
	if (le32_get(p + 8) != 0)
		return err_set(err, DVER_EUNSUPPORTED,
			       "index '%s' was written by a newer dver",
			       f->name);
	f->pages = le32_get(p + 12);
	f->count = le64_get(p + 16);
	f->tail_off = le64_get(p + 24);
	f->tail_len = le64_get(p + 32);
	if (f->count > f->size / FACT_SIZE ||
	    f->pages != index_pages(f->count) ||
	    f->tail_off != index_tail_offset(f->count) ||
	    f->tail_len < HASH_SIZE || f->tail_off > f->size ||
	    f->tail_len != f->size - f->tail_off)
		return damaged(f, "its head does not fit its size", err);
	return 0;
}

static int load_head(struct index_file *f, struct dver_err *err)
{
	AUTO_FREE uint8_t *own = NULL;
	AUTO_FREE uint8_t *own_fan = NULL;
	/* One read brings the fan-out of all but huge indexes along. */
	size_t first = (size_t)MIN(f->size, (uint64_t)HEAD_READ);
	const uint8_t *p;
	size_t len;
	int r;

	if (first < INDEX_HEAD)
		return damaged(f, "it is cut off", err);
	r = bytes_at(f, 0, first, &p, &own, err);
	if (r == 0)
		r = parse_head(f, p, err);
	if (r < 0)
		return r;
	len = (size_t)index_page_offset(f->pages, 0);
	if (len > HEAD_MAX)
		return damaged(f, "its fan-out is too long", err);
	if (len > first)
		r = bytes_at(f, 0, len, &p, &own_fan, err);
	if (r == 0)
		r = check_sum(f, p, len - HASH_SIZE, err);
	if (r < 0)
		return r;
	f->fan = mem_array((size_t)f->pages, sizeof(*f->fan));
	f->checked = mem_array((size_t)f->pages, 1);
	f->page = f->map ? NULL : mem_array((size_t)f->pages,
					    sizeof(*f->page));
	if (!f->fan || !f->checked || (!f->map && !f->page))
		return err_nomem(err);
	for (uint64_t i = 0; i < f->pages; i++)
		f->fan[i] = le64_get(p + INDEX_HEAD + i * 8);
	return 0;
}

int index_open(struct index_file **out, const char *name, uint64_t size,
	       const void *map, index_read_fn read_at, void *data,
	       struct dver_err *err)
{
	AUTO_INDEX struct index_file *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return err_nomem(err);
	f->name = strdup(name);
	if (!f->name)
		return err_nomem(err);
	f->size = size;
	f->map = map;
	f->read_at = read_at;
	f->data = data;
	r = load_head(f, err);
	if (r < 0)
		return r;
	*out = TAKE(f);
	return 0;
}

uint64_t index_count(const struct index_file *f)
{
	return f->count;
}

const char *index_file_name(const struct index_file *f)
{
	return f->name;
}

static size_t page_facts(const struct index_file *f, uint64_t i)
{
	uint64_t left = f->count - i * INDEX_PAGE_FACTS;

	return (size_t)MIN(left, (uint64_t)INDEX_PAGE_FACTS);
}

/* Page i, checked. */
static int page_at(struct index_file *f, uint64_t i, const uint8_t **out,
		   struct dver_err *err)
{
	uint64_t off = index_page_offset(f->pages, i);
	size_t len = page_facts(f, i) * FACT_SIZE + PAGE_END;
	AUTO_FREE uint8_t *own = NULL;
	int r = 0;

	if (f->page && f->page[i]) {
		*out = f->page[i];
		return 0;
	}
	r = bytes_at(f, off, len, out, &own, err);
	if (r < 0)
		return r;
	if (atomic_load_explicit(&f->checked[i], memory_order_relaxed))
		return 0;
	r = check_sum(f, *out, len - HASH_SIZE, err);
	if (r < 0)
		return r;
	atomic_store_explicit(&f->checked[i], 1, memory_order_relaxed);
	if (f->page)
		f->page[i] = TAKE(own);
	return 0;
}

int index_at(struct index_file *f, uint64_t i, struct fact *out,
	     struct dver_err *err)
{
	const uint8_t *page;
	int r;

	if (i >= f->count)
		return err_set(err, DVER_EINVAL, "index '%s' has no entry "
			       "%llu", f->name, (unsigned long long)i);
	r = page_at(f, i / INDEX_PAGE_FACTS, &page, err);
	return r < 0 ? r : fact_get(out, page + i % INDEX_PAGE_FACTS *
				    FACT_SIZE, err);
}

/* The last page whose first id is not after this one, or the one before. */
static uint64_t first_page(const struct index_file *f, uint64_t prefix)
{
	uint64_t lo = 0, hi = f->pages;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (f->fan[mid] < prefix)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? lo - 1 : 0;
}

/* The first fact of a page that is not before `id`. */
static size_t lower_bound(const uint8_t *page, size_t n, const struct oid *id)
{
	size_t lo = 0;

	while (lo < n) {
		size_t mid = lo + (n - lo) / 2;

		if (memcmp(page + mid * FACT_SIZE, id->id, HASH_SIZE) < 0)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

int index_find(struct index_file *f, const struct oid *id, struct fact *out,
	       int max, struct dver_err *err)
{
	uint64_t prefix = oid_prefix(id);
	int found = 0;

	for (uint64_t i = first_page(f, prefix);
	     i < f->pages && f->fan[i] <= prefix; i++) {
		size_t n = page_facts(f, i);
		const uint8_t *page;
		int r = page_at(f, i, &page, err);

		for (size_t at = r < 0 ? n : lower_bound(page, n, id);
		     at < n && found < max; at++) {
			if (memcmp(page + at * FACT_SIZE, id->id, HASH_SIZE))
				return found;
			r = fact_get(&out[found], page + at * FACT_SIZE, err);
			if (r < 0)
				break;
			found++;
		}
		if (r < 0)
			return r;
		if (found == max)
			break;
	}
	return found;
}

int index_verify(struct index_file *f, struct dver_err *err)
{
	struct fact last = { .length = 0 };
	struct index_tail tail;
	int r = index_tail(f, &tail, err);

	if (r < 0)
		return r;
	index_tail_release(&tail);
	for (uint64_t i = 0; i < f->count; i++) {
		struct fact now;

		r = index_at(f, i, &now, err);
		if (r < 0)
			return r;
		if (i && fact_cmp(&last, &now) >= 0)
			return damaged(f, "its entries are out of order", err);
		last = now;
	}
	return 0;
}

void index_tail_release(struct index_tail *t)
{
	free(t->roots);
	free(t->loose);
	strvec_release(&t->replaces);
	buf_release(&t->other);
}

static int parse_roots(struct index_tail *t, const uint8_t *p, uint64_t len,
		       struct dver_err *err)
{
	size_t n = (size_t)(len / ROOT_SIZE);
	size_t cap = t->nroots;

	if (!mem_grow(&t->roots, &cap, t->nroots + n, sizeof(*t->roots)))
		return err_nomem(err);
	for (size_t i = 0; i < n; i++, p += ROOT_SIZE) {
		struct index_root *root = &t->roots[t->nroots++];

		root->kind = p[0] == ROOT_TREE ? ROOT_TREE : ROOT_FILE;
		memcpy(root->id.id, p + 1, HASH_SIZE);
		root->time = le64_get(p + 1 + HASH_SIZE);
	}
	return 0;
}

static int parse_replaces(const struct index_file *f, struct index_tail *t,
			  const uint8_t *p, uint64_t len,
			  struct dver_err *err)
{
	while (len > 0) {
		size_t n = len < 2 ? SIZE_MAX : le16_get(p);

		if (n > len - 2)
			return damaged(f, "a name is cut off", err);
		if (!strvec_pushn(&t->replaces, (const char *)p + 2, n))
			return err_nomem(err);
		p += 2 + n;
		len -= 2 + n;
	}
	return 0;
}

static int parse_loose(struct index_tail *t, const uint8_t *p, uint64_t len,
		       struct dver_err *err)
{
	free(t->loose);
	t->nloose = (size_t)(len / HASH_SIZE);
	t->loose = mem_array(t->nloose, sizeof(*t->loose));
	if (!t->loose)
		return err_nomem(err);
	memcpy(t->loose, p, t->nloose * HASH_SIZE);
	return 0;
}

static int parse_section(const struct index_file *f, struct index_tail *t,
			 const uint8_t *p, uint64_t len, struct dver_err *err)
{
	const uint8_t *body = p + SECTION_HEAD;

	switch (le32_get(p)) {
	case SECTION_ROOTS:
		if (len % ROOT_SIZE)
			return damaged(f, "a root is cut off", err);
		return parse_roots(t, body, len, err);
	case SECTION_REPLACES:
		return parse_replaces(f, t, body, len, err);
	case SECTION_LOOSE:
		if (len % HASH_SIZE)
			return damaged(f, "an id is cut off", err);
		return parse_loose(t, body, len, err);
	default:
		buf_add(&t->other, p, SECTION_HEAD + (size_t)len);
		return buf_check(&t->other, err);
	}
}

static int parse_tail(const struct index_file *f, struct index_tail *t,
		      const uint8_t *p, size_t left, struct dver_err *err)
{
	while (left > 0) {
		uint64_t len = left < SECTION_HEAD ? UINT64_MAX
						   : le64_get(p + 4);
		int r;

		if (left < SECTION_HEAD || len > left - SECTION_HEAD)
			return damaged(f, "a section is cut off", err);
		r = parse_section(f, t, p, len, err);
		if (r < 0)
			return r;
		p += SECTION_HEAD + len;
		left -= SECTION_HEAD + (size_t)len;
	}
	return 0;
}

int index_tail(struct index_file *f, struct index_tail *out,
	       struct dver_err *err)
{
	AUTO_FREE uint8_t *own = NULL;
	size_t len = (size_t)f->tail_len - HASH_SIZE;
	const uint8_t *p;
	int r = bytes_at(f, f->tail_off, (size_t)f->tail_len, &p, &own, err);

	*out = (struct index_tail){ .other = BUF_BIG };
	if (r == 0)
		r = check_sum(f, p, len, err);
	if (r == 0)
		r = parse_tail(f, out, p, len, err);
	if (r < 0)
		index_tail_release(out);
	return r;
}

const struct oid *index_loose_id(const struct index_tail *t,
				 const struct fact *f)
{
	size_t lo = 0, hi = t->nloose;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(t->loose[mid].id, f->pack, sizeof(f->pack)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < t->nloose &&
	    memcmp(t->loose[lo].id, f->pack, sizeof(f->pack)) == 0)
		return &t->loose[lo];
	return NULL;
}
