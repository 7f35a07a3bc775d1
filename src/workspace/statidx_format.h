/*
 * statidx_format - sizes and entry coding shared by reader and writer.
 */
#ifndef WORKSPACE_STATIDX_FORMAT_H
#define WORKSPACE_STATIDX_FORMAT_H

#include "base/hash.h"
#include "base/le.h"
#include "workspace/statidx.h"

#define STATIDX_MAGIC "dverstt1"
#define STATIDX_MAGIC_LEN 8
#define STATIDX_FIXED 72u	/* an entry without its name */
#define STATIDX_SUM 16u		/* checksum of a block */
#define STATIDX_TRAILER (STATIDX_FIXED + 1 + 8 + 8 + HASH_SIZE)

void statidx_entry_put(struct buf *out, const struct statidx_entry *e);
/* The bytes used, or 0 when it cannot be one. */
size_t statidx_entry_get(struct statidx_entry *e, const uint8_t *p,
			 size_t len);
/* The bytes of an index before its trailer, copied to the file `to`. */
int statidx_copy_to(struct statidx *x, int to, uint64_t *len);

#endif
