/*
 * index_write - sort, cut into pages, sum up.
 */
#include "store/index.h"

#include <stdio.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "store/index_layout.h"

static bool take_number(const char **p, int base, char end, uint64_t *out)
{
	const char *start = *p;
	uint64_t v = 0;

	for (; **p && **p != end; (*p)++) {
		int digit = **p >= 'a' ? **p - 'a' + 10 : **p - '0';

		if (digit < 0 || digit >= base || **p == ':' ||
		    __builtin_mul_overflow(v, (uint64_t)base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)digit, &v))
			return false;
	}
	if (*p == start || **p != end)
		return false;
	(*p)++;
	*out = v;
	return true;
}

int index_name_parse(struct index_name *out, const char *name)
{
	uint8_t random[RAND_NAME];
	char canonical[INDEX_NAME_MAX];
	uint64_t level, lo, hi, bytes;
	const char *p = name;

	if (!take_number(&p, 10, '-', &level) ||
	    !take_number(&p, 16, '-', &lo) || !take_number(&p, 16, '-', &hi) ||
	    !take_number(&p, 10, '-', &bytes) ||
	    strlen(p) != RAND_NAME_HEX - 1 ||
	    hex_decode(random, sizeof(random), p) < 0 ||
	    level > 99 || lo > UINT32_MAX || hi > UINT32_MAX)
		return -1;
	out->level = (unsigned)level;
	out->lo = (uint32_t)lo;
	out->hi = (uint32_t)hi;
	out->bytes = bytes;
	memcpy(out->random, p, RAND_NAME_HEX);
	index_name_format(canonical, out);
	return streq(canonical, name) ? 0 : -1;
}

void index_name_format(char out[INDEX_NAME_MAX], const struct index_name *n)
{
	(void)snprintf(out, INDEX_NAME_MAX, "%u-%08x-%08x-%llu-%s", n->level,
		       n->lo, n->hi, (unsigned long long)n->bytes, n->random);
}

/* Sort and drop facts that say the same. */
static size_t unique(struct fact *facts, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(facts, n, sizeof(*facts), fact_cmp);
	for (size_t i = 0; i < n; i++)
		if (!kept || fact_cmp(&facts[kept - 1], &facts[i]) != 0)
			facts[kept++] = facts[i];
	return kept;
}

static void begin_section(struct buf *tail, uint32_t type, uint64_t len)
{
	buf_add_le32(tail, type);
	buf_add_le64(tail, len);
}

static void add_roots(struct buf *tail, const struct index_content *c)
{
	if (!c->nroots)
		return;
	begin_section(tail, SECTION_ROOTS, c->nroots * ROOT_SIZE);
	for (size_t i = 0; i < c->nroots; i++) {
		buf_addc(tail, (int)c->roots[i].kind);
		buf_add(tail, c->roots[i].id.id, HASH_SIZE);
		buf_add_le64(tail, c->roots[i].time);
	}
}

static void add_replaces(struct buf *tail, const struct strvec *names)
{
	uint64_t len = 0;

	for (size_t i = 0; names && i < names->n; i++)
		len += 2 + strlen(names->v[i]);
	if (!len)
		return;
	begin_section(tail, SECTION_REPLACES, len);
	for (size_t i = 0; i < names->n; i++) {
		buf_add_le16(tail, (uint16_t)strlen(names->v[i]));
		buf_addstr(tail, names->v[i]);
	}
}

static int make_tail(struct buf *tail, const struct index_content *c,
		     struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	int r;

	add_roots(tail, c);
	add_replaces(tail, c->replaces);
	if (c->nloose) {
		begin_section(tail, SECTION_LOOSE, c->nloose * HASH_SIZE);
		buf_add(tail, c->loose, c->nloose * HASH_SIZE);
	}
	buf_add(tail, c->other, c->other_len);
	r = buf_check(tail, err);
	if (r == 0)
		r = hash_bytes(sum, tail->data, tail->len, err);
	buf_add(tail, sum, sizeof(sum));
	return r < 0 ? r : buf_check(tail, err);
}

/* Head and fan-out, with their sum. */
static int make_head(struct buf *head, const struct fact *facts, size_t n,
		     uint64_t tail_len, struct dver_err *err)
{
	uint32_t pages = (uint32_t)index_pages(n);
	uint8_t sum[HASH_SIZE];
	int r;

	buf_add(head, INDEX_MAGIC, 8);
	buf_add_le32(head, 0);
	buf_add_le32(head, pages);
	buf_add_le64(head, n);
	buf_add_le64(head, index_tail_offset(n));
	buf_add_le64(head, tail_len);
	while (head->len < INDEX_HEAD && buf_ok(head))
		buf_addc(head, 0);
	for (uint32_t i = 0; i < pages; i++)
		buf_add_le64(head, oid_prefix(&facts[(size_t)i *
						     INDEX_PAGE_FACTS].id));
	r = buf_check(head, err);
	if (r == 0)
		r = hash_bytes(sum, head->data, head->len, err);
	buf_add(head, sum, sizeof(sum));
	return r < 0 ? r : buf_check(head, err);
}

static int write_page(struct afile *af, const struct fact *facts, size_t n,
		      uint8_t *page, struct dver_err *err)
{
	size_t len = n * FACT_SIZE;
	int r;

	for (size_t i = 0; i < n; i++)
		fact_put(page + i * FACT_SIZE, &facts[i]);
	memset(page + len, 0, PAGE_END - HASH_SIZE);
	len += PAGE_END - HASH_SIZE;
	r = hash_bytes(page + len, page, len, err);
	return r < 0 ? r : afile_write(af, page, len + HASH_SIZE, err);
}

static int write_all(struct afile *af, const struct fact *facts, size_t n,
		     const struct buf *head, const struct buf *tail,
		     struct dver_err *err)
{
	AUTO_FREE uint8_t *page = malloc(INDEX_PAGE);
	int r;

	if (!page)
		return err_nomem(err);
	r = afile_write(af, head->data, head->len, err);
	for (size_t i = 0; r == 0 && i < n; i += INDEX_PAGE_FACTS)
		r = write_page(af, facts + i,
			       MIN(n - i, (size_t)INDEX_PAGE_FACTS), page,
			       err);
	return r < 0 ? r : afile_write(af, tail->data, tail->len, err);
}

int index_write(char name[INDEX_NAME_MAX], const char *dir, unsigned level,
		const struct index_content *c, struct dver_err *err)
{
	size_t n = unique(c->facts, c->nfacts);
	struct index_name in = { .level = level, .hi = UINT32_MAX };
	AUTO_BUF struct buf head = BUF_BIG;
	AUTO_BUF struct buf tail = BUF_BIG;
	AUTO_AFILE struct afile *af = NULL;
	AUTO_FREE char *path = NULL;
	int r = make_tail(&tail, c, err);

	if (r == 0)
		r = make_head(&head, c->facts, n, tail.len, err);
	if (r == 0)
		r = rand_name(in.random, err);
	if (r < 0)
		return r;
	if (n) {
		in.lo = (uint32_t)(oid_prefix(&c->facts[0].id) >> 32);
		in.hi = (uint32_t)(oid_prefix(&c->facts[n - 1].id) >> 32);
	}
	in.bytes = index_tail_offset(n) + tail.len;
	index_name_format(name, &in);
	path = path_join(dir, name);
	if (!path)
		return err_nomem(err);
	r = afile_open(&af, path, 0444, AFILE_NOSYNC, err);
	if (r == 0)
		r = write_all(af, c->facts, n, &head, &tail, err);
	return r < 0 ? r : afile_commit(&af, err);
}
