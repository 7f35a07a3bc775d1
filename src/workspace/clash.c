/*
 * clash - a set of hashes of folded names; only when two are equal are names
 * compared.
 */
#include "workspace/clash.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"

/* The name as a file system that folds would see it. */
static int fold(struct buf *out, const struct statidx_entry *e,
		struct dver_err *err)
{
	buf_clear(out);
	for (size_t i = 0; i < e->name_len; i++) {
		char c = e->name[i];

		if (c & 0x80) {
			buf_clear(out);
			return utf8_fold(out, e->name, e->name_len, err);
		}
		buf_addc(out, c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	return buf_check(out, err);
}

/* FNV-1a, twice with different starts: 128 bits are beyond chance. */
static void digest(uint64_t key[2], const struct buf *b)
{
	uint64_t x = 14695981039346656037u;
	uint64_t y = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < b->len; i++) {
		x = (x ^ (uint8_t)b->data[i]) * 1099511628211u;
		y = (y ^ (uint8_t)b->data[i]) * 0xff51afd7ed558ccdu;
		y ^= y >> 29;
	}
	key[0] = x ^ (x >> 32) ^ y;
	key[1] = y;
}

int clash_check(const char *dir, const struct statidx_entry *v, size_t n,
		struct dver_err *err)
{
	AUTO_KEYMAP struct keymap seen;
	AUTO_BUF struct buf folded = BUF_INIT(8192);
	int r = 0;

	keymap_init(&seen, 2 * sizeof(uint64_t), sizeof(size_t));
	for (size_t i = 0; r == 0 && i < n; i++) {
		uint64_t key[2];
		bool added;
		size_t *slot;

		r = fold(&folded, &v[i], err);
		if (r < 0)
			return r;
		digest(key, &folded);
		slot = keymap_put(&seen, key, &added);
		if (!slot)
			return err_nomem(err);
		if (!added)
			return err_set(err, DVER_EINVAL, "'%s/%.*s' and "
				       "'%.*s' are one name on file systems "
				       "that fold case: rename one, or set "
				       "core.clashes to allow", dir,
				       v[*slot].name_len, v[*slot].name,
				       v[i].name_len, v[i].name);
		*slot = i;
	}
	return 0;
}
