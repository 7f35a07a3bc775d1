/*
 * chunker - cut points that depend on the bytes alone.
 *
 * Gear hash with FastCDC's normalised chunking (Xia et al., "FastCDC: a Fast
 * and Efficient Content-Defined Chunking Approach", USENIX ATC 2016): no cut
 * before 64 KiB, a mask of 20 bits up to 256 KiB, of 16 bits after it, a
 * forced cut at 1 MiB.  The gear table is the first 8 bytes (little-endian)
 * of SHA-256("dver gear 1" + byte) for each byte.  An object of up to 1 MiB
 * is never cut.  Not thread-safe: one thread per struct chunker.
 */
#ifndef STORE_CHUNKER_H
#define STORE_CHUNKER_H

#include <stddef.h>
#include <stdint.h>

#define CHUNK_MIN (64u << 10)
#define CHUNK_AVG (256u << 10)
#define CHUNK_MAX (1u << 20)	/* also: the largest object that is not cut */

/*
 * The length of the first chunk of data[0..len).  `len` must be at least
 * CHUNK_MAX unless the object ends there.
 */
size_t chunker_cut(const uint8_t *data, size_t len);

#endif
