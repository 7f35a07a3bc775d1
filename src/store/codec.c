/*
 * codec - zstd's one door.
 */
#include "store/codec.h"

#include <zstd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"

/* Shorter data gains nothing that its frame header does not cost. */
#define TOO_SHORT 64

struct codec {
	ZSTD_CCtx *c;
	ZSTD_DCtx *d;
	uint8_t *packed;	/* owned: ZSTD_compressBound(CHUNK_MAX) */
	uint8_t *check;		/* owned: CHUNK_MAX */
};

void codec_free(struct codec *c)
{
	if (!c)
		return;
	(void)ZSTD_freeCCtx(c->c);
	(void)ZSTD_freeDCtx(c->d);
	free(c->packed);
	free(c->check);
	free(c);
}

int codec_new(struct codec **out, struct dver_err *err)
{
	AUTO_CODEC struct codec *c = calloc(1, sizeof(*c));

	if (!c)
		return err_nomem(err);
	c->c = ZSTD_createCCtx();
	c->d = ZSTD_createDCtx();
	c->packed = malloc(ZSTD_compressBound(CHUNK_MAX));
	c->check = malloc(CHUNK_MAX);
	if (!c->c || !c->d || !c->packed || !c->check)
		return err_nomem(err);
	*out = TAKE(c);
	return 0;
}

/* Compressed length, or 0 when raw is better. */
static size_t squeeze(struct codec *c, const void *data, size_t len)
{
	size_t n, back;

	if (len < TOO_SHORT)
		return 0;
	n = ZSTD_compressCCtx(c->c, c->packed, ZSTD_compressBound(len), data,
			      len, CODEC_LEVEL);
	if (ZSTD_isError(n) || n > len - len / 16)
		return 0;
	/* A compressor's bug must not cost the data: decode and compare. */
	back = ZSTD_decompressDCtx(c->d, c->check, len, c->packed, n);
	return back == len && memcmp(c->check, data, len) == 0 ? n : 0;
}

int codec_encode(struct codec *c, struct buf *out, const void *data,
		 size_t len, struct dver_err *err)
{
	size_t n;

	if (len > CHUNK_MAX)
		return err_set(err, DVER_EINVAL, "frame of %zu bytes", len);
	n = squeeze(c, data, len);
	buf_addc(out, n ? FRAME_ZSTD : FRAME_RAW);
	buf_add(out, n ? c->packed : data, n ? n : len);
	return buf_check(out, err);
}

static int decode_zstd(struct codec *c, void *out, size_t len,
		       const uint8_t *frame, size_t frame_len,
		       struct dver_err *err)
{
	size_t n = ZSTD_decompressDCtx(c->d, out, len, frame, frame_len);

	if (ZSTD_isError(n))
		return err_set(err, DVER_ECORRUPT, "frame cannot be decoded: "
			       "%s", ZSTD_getErrorName(n));
	if (n != len)
		return err_set(err, DVER_ECORRUPT,
			       "frame holds %zu bytes, not %zu", n, len);
	return 0;
}

int codec_decode(struct codec *c, void *out, size_t len, const void *frame,
		 size_t frame_len, struct dver_err *err)
{
	const uint8_t *p = frame;

	if (frame_len < FRAME_OVERHEAD)
		return err_set(err, DVER_ECORRUPT, "empty frame");
	if (p[0] == FRAME_ZSTD)
		return decode_zstd(c, out, len, p + 1, frame_len - 1, err);
	if (p[0] != FRAME_RAW)
		return err_set(err, DVER_EUNSUPPORTED,
			       "frame of unknown codec %u: it was written "
			       "by a newer dver", p[0]);
	if (frame_len - 1 != len)
		return err_set(err, DVER_ECORRUPT,
			       "frame holds %zu bytes, not %zu",
			       frame_len - 1, len);
	memcpy(out, p + 1, len);
	return 0;
}

void codec_library(struct buf *out)
{
	buf_addf(out, "zstd %s", ZSTD_versionString());
}
