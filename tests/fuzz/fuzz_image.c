/*
 * Headers of images: a size is whole or none, it is what the same bytes say
 * again, and more bytes after what was enough change nothing of the kind.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct image_info all, half;
	/* Of their own, so that a byte read beyond them is seen. */
	AUTO_FREE uint8_t *some = malloc(len / 2 + 1);

	if (!some)
		return 0;
	if (len)
		memcpy(some, data, len / 2);
	if (image_read(&all, data, len) != (all.type != NULL))
		abort();
	if (!all.width != !all.height || (all.width && !all.type))
		abort();
	/* What a part of it is, it is as a whole. */
	if (image_read(&half, some, len / 2) &&
	    (!all.type || strcmp(half.type, all.type) != 0))
		abort();
	return 0;
}
