/*
 * bundle - the format: "dverrun1", u32 entries, u32 zero, of each entry key,
 * value and u32 length; then all texts as frames of 1 MiB (the last is
 * shorter), each after its u32 length; and the SHA-256 of all that.
 */
#include "transfer/bundle.h"

#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "store/codec.h"

#define MAGIC "dverrun1"
#define HEAD 16
#define ENTRY (2 * HASH_SIZE + 4)
#define PIECE (1u << 20)

void bundle_release(struct bundle *b)
{
	free(b->v);
	free(b->text);
	*b = (struct bundle)BUNDLE_INIT;
}

static int add_frame(struct buf *out, struct codec *c, const char *data,
		     size_t len, struct dver_err *err)
{
	AUTO_BUF struct buf frame = BUF_INIT(2 * PIECE);
	int r = codec_encode(c, &frame, data, len, err);

	if (r < 0)
		return r;
	buf_add_le32(out, (uint32_t)frame.len);
	buf_add(out, frame.data, frame.len);
	return 0;
}

static int add_frames(struct buf *out, const struct buf *texts,
		      struct dver_err *err)
{
	AUTO_CODEC struct codec *c = NULL;
	int r = codec_new(&c, err);

	for (size_t i = 0; r == 0 && i < texts->len; i += PIECE)
		r = add_frame(out, c, texts->data + i,
			      MIN(texts->len - i, (size_t)PIECE), err);
	return r;
}

int bundle_format(struct buf *out, const struct bundle_entry *v, size_t n,
		  struct dver_err *err)
{
	AUTO_BUF struct buf texts = BUF_INIT(BUNDLE_TEXT_MAX + 1);
	uint8_t sum[HASH_SIZE];
	int r;

	buf_clear(out);
	buf_add(out, MAGIC, 8);
	buf_add_le32(out, (uint32_t)n);
	buf_add_le32(out, 0);
	for (size_t i = 0; i < n; i++) {
		buf_add(out, v[i].key.id, HASH_SIZE);
		buf_add(out, v[i].value.id, HASH_SIZE);
		buf_add_le32(out, (uint32_t)v[i].len);
		buf_add(&texts, v[i].text, v[i].len);
	}
	r = buf_check(&texts, err);
	if (r == 0)
		r = add_frames(out, &texts, err);
	if (r == 0)
		r = buf_check(out, err);
	if (r == 0)
		r = hash_bytes(sum, out->data, out->len, err);
	if (r < 0)
		return r;
	buf_add(out, sum, sizeof(sum));
	return buf_check(out, err);
}

static int damaged(const char *name, struct dver_err *err)
{
	return err_set(err, DVER_ECORRUPT, "'%s' is damaged", name);
}

/* Frames that hold exactly `total` bytes, and nothing after them. */
static int read_texts(struct bundle *b, size_t total, const char *name,
		      const uint8_t *p, size_t len, struct dver_err *err)
{
	AUTO_CODEC struct codec *c = NULL;
	int r = codec_new(&c, err);

	b->text = malloc(total + 1);
	if (r < 0 || !b->text)
		return r < 0 ? r : err_nomem(err);
	for (size_t i = 0; r == 0 && i < total; i += PIECE) {
		size_t stored = len < 4 ? SIZE_MAX : le32_get(p);

		if (len < 4 || stored > len - 4)
			return damaged(name, err);
		r = codec_decode(c, b->text + i,
				 MIN(total - i, (size_t)PIECE), p + 4, stored,
				 err);
		p += 4 + stored;
		len -= 4 + stored;
	}
	return r == 0 && len ? damaged(name, err) : r;
}

/* The entries' ids and lengths: how long all texts are. */
static int read_entries(struct bundle *b, size_t *total, const char *name,
			const uint8_t *p, struct dver_err *err)
{
	*total = 0;
	b->v = mem_array(b->n + 1, sizeof(*b->v));
	if (!b->v)
		return err_nomem(err);
	for (size_t i = 0; i < b->n; i++, p += ENTRY) {
		struct bundle_entry *e = &b->v[i];

		memcpy(e->key.id, p, HASH_SIZE);
		memcpy(e->value.id, p + HASH_SIZE, HASH_SIZE);
		e->len = le32_get(p + ENTRY - 4);
		*total += e->len;
		if (e->len > BUNDLE_ENTRY_MAX || *total > BUNDLE_TEXT_MAX)
			return damaged(name, err);
	}
	return 0;
}

static int parse(struct bundle *b, const char *name, const uint8_t *p,
		 size_t len, struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	size_t total, at = 0;
	int r;

	if (len < HEAD + HASH_SIZE || memcmp(p, MAGIC, 8) != 0 ||
	    le32_get(p + 12))
		return damaged(name, err);
	len -= HASH_SIZE;
	r = hash_bytes(sum, p, len, err);
	if (r < 0)
		return r;
	b->n = le32_get(p + 8);
	if (memcmp(sum, p + len, HASH_SIZE) != 0 ||
	    b->n > (len - HEAD) / ENTRY)
		return damaged(name, err);
	r = read_entries(b, &total, name, p + HEAD, err);
	if (r == 0)
		r = read_texts(b, total, name, p + HEAD + b->n * ENTRY,
			       len - HEAD - b->n * ENTRY, err);
	for (size_t i = 0; r == 0 && i < b->n; i++) {
		b->v[i].text = b->text + at;
		at += b->v[i].len;
	}
	return r;
}

int bundle_parse(struct bundle *out, const char *name, const void *data,
		 size_t len, struct dver_err *err)
{
	AUTO_BUNDLE struct bundle b = BUNDLE_INIT;
	struct dver_err why = { 0 };
	int r = parse(&b, name, data, len, &why);

	if (r == DVER_ECORRUPT || r == DVER_EUNSUPPORTED)
		return damaged(name, err);
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	*out = b;
	b = (struct bundle)BUNDLE_INIT;
	return 0;
}
