/*
 * statidx_read - a block is one pread and one checksum; nothing that is read
 * is believed before its checksum was.
 */
#include "base/err.h"
#include "base/mem.h"
#include "workspace/statidx_format.h"

#define BLOCK_MAX (1u << 30)

struct statidx {
	int fd;
	uint64_t size;
	uint64_t stamp;
	uint64_t live;
	struct statidx_entry root;
};

size_t statidx_entry_get(struct statidx_entry *e, const uint8_t *p, size_t len)
{
	if (len < STATIDX_FIXED)
		return 0;
	e->name_len = le16_get(p);
	e->kind = p[2];
	e->flags = p[3];
	e->mode = le32_get(p + 4);
	memcpy(e->id.id, p + 8, HASH_SIZE);
	e->d.off = le64_get(p + 40);
	e->d.len = le64_get(p + 48);
	e->d.bytes = le64_get(p + 56);
	e->d.files = le64_get(p + 64);
	e->name = (const char *)p + STATIDX_FIXED;
	if (e->kind < TREE_FILE || e->kind > TREE_DIR || e->name_len == 0 ||
	    len - STATIDX_FIXED < e->name_len)
		return 0;
	return STATIDX_FIXED + e->name_len;
}

void statidx_close(struct statidx *x)
{
	if (!x)
		return;
	if (x->fd >= 0)
		(void)os_close(x->fd);
	free(x);
}

const struct statidx_entry *statidx_root(const struct statidx *x)
{
	return &x->root;
}

uint64_t statidx_stamp(const struct statidx *x)
{
	return x->stamp;
}

bool statidx_is_stale(const struct statidx *x)
{
	return x->size / 2 > x->live + 65536;
}

static bool read_trailer(struct statidx *x)
{
	uint8_t head[STATIDX_MAGIC_LEN];
	uint8_t t[STATIDX_TRAILER];
	uint8_t sum[HASH_SIZE];
	size_t body = STATIDX_TRAILER - HASH_SIZE;
	struct os_stat st;

	if (os_fstat(x->fd, &st) < 0 ||
	    st.size < STATIDX_MAGIC_LEN + STATIDX_TRAILER)
		return false;
	x->size = st.size;
	if (os_pread_full(x->fd, head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head, STATIDX_MAGIC, sizeof(head)) != 0 ||
	    os_pread_full(x->fd, t, sizeof(t), x->size - sizeof(t)) !=
		    sizeof(t) ||
	    hash_bytes(sum, t, body, NULL) < 0 ||
	    memcmp(sum, t + body, HASH_SIZE) != 0 ||
	    statidx_entry_get(&x->root, t, body) != STATIDX_FIXED + 1)
		return false;
	x->root.name = ".";
	x->stamp = le64_get(t + STATIDX_FIXED + 1);
	x->live = le64_get(t + STATIDX_FIXED + 9);
	return x->root.kind == TREE_DIR;
}

int statidx_open(struct statidx **out, const char *path, struct dver_err *err)
{
	AUTO_STATIDX struct statidx *x = calloc(1, sizeof(*x));

	*out = NULL;
	if (!x)
		return err_nomem(err);
	x->fd = os_open(path, O_RDONLY | O_NOFOLLOW, 0);
	if (x->fd < 0 || !read_trailer(x))
		return 0;
	*out = TAKE(x);
	return 1;
}

static bool sum_is_right(const uint8_t *p, size_t len)
{
	uint8_t sum[HASH_SIZE];

	return hash_bytes(sum, p, len - STATIDX_SUM, NULL) == 0 &&
	       memcmp(sum, p + len - STATIDX_SUM, STATIDX_SUM) == 0;
}

static int parse_block(const uint8_t *p, size_t len, struct statidx_entry **v,
		       size_t *n, size_t *cap, struct dver_err *err)
{
	size_t count = le32_get(p);
	const uint8_t *end = p + len - STATIDX_SUM;

	p += 4;
	if (count > (size_t)(end - p) / (STATIDX_FIXED + 1))
		return 0;
	if (!mem_grow(v, cap, count, sizeof(**v)))
		return err_nomem(err);
	for (size_t i = 0; i < count; i++) {
		size_t used = statidx_entry_get(&(*v)[i], p,
						(size_t)(end - p));

		if (used == 0)
			return 0;
		p += used;
	}
	*n = count;
	return p == end;
}

int statidx_block(struct statidx *x, const struct statidx_entry *d,
		  struct buf *bytes, struct statidx_entry **v, size_t *n,
		  size_t *cap, struct dver_err *err)
{
	size_t len = (size_t)d->d.len;
	int r;

	*n = 0;
	buf_clear(bytes);
	if (d->d.len < 4 + STATIDX_SUM || d->d.len > BLOCK_MAX ||
	    d->d.off > x->size || d->d.len > x->size - d->d.off)
		return 0;
	if (!buf_reserve(bytes, len))
		return err_nomem(err);
	if (os_pread_full(x->fd, bytes->data, len, d->d.off) != (ssize_t)len)
		return 0;
	bytes->len = len;
	if (!sum_is_right((uint8_t *)bytes->data, len))
		return 0;
	r = parse_block((uint8_t *)bytes->data, len, v, n, cap, err);
	if (r == 0)
		*n = 0;
	return r;
}

int statidx_copy_to(struct statidx *x, int to, uint64_t *len)
{
	*len = x->size - STATIDX_TRAILER;
	return os_copy_range(to, 0, x->fd, 0, *len);
}
