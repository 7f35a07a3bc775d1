/*
 * codec - frames: one codec byte and the encoded bytes.  zstd's one door.
 *
 * One struct codec a thread; it keeps zstd's contexts.
 */
#ifndef STORE_CODEC_H
#define STORE_CODEC_H

#include "base/buf.h"

enum frame_codec { FRAME_RAW = 0, FRAME_ZSTD = 1 };

#define FRAME_OVERHEAD 1
#define CODEC_LEVEL 1	/* zstd; frames are small and must not slow an add */

struct codec;

int codec_new(struct codec **out, struct dver_err *err);
void codec_free(struct codec *c);
/*
 * Append the frame of data[0..len), len <= 1 MiB, to `out`.  Compressed bytes
 * are decoded and compared before they are kept; data that does not shrink by
 * a sixteenth is stored raw.
 */
int codec_encode(struct codec *c, struct buf *out, const void *data,
		 size_t len, struct dver_err *err);
/*
 * Decode a frame whose content must be exactly `len` bytes into `out`.
 * DVER_ECORRUPT for anything else, DVER_EUNSUPPORTED for an unknown codec.
 */
int codec_decode(struct codec *c, void *out, size_t len, const void *frame,
		 size_t frame_len, struct dver_err *err);

/* Append name and version of the library behind this. */
void codec_library(struct buf *out);

static inline void codec_freep(struct codec **c) { codec_free(*c); }
#define AUTO_CODEC __attribute__((cleanup(codec_freep)))

#endif
