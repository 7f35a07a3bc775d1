/*
 * image - what a picture is and how large, from the first bytes of its file.
 *
 * PNG (RFC 2083, ISO 15948), JPEG (ITU T.81), GIF (GIF89a, CompuServe 1990),
 * WebP (RFC 9649) and SVG (https://www.w3.org/TR/SVG2).  Nothing is decoded,
 * and nothing but the bytes that are given is looked at.  Any thread.
 */
#ifndef FORMAT_IMAGE_H
#define FORMAT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image_info {
	const char *type;		/* "image/png"; static */
	/* Pixels (of SVG: CSS's); both 0: the header does not say. */
	uint32_t width, height;
};

/* Does the name end as those of images do? */
bool image_is_name(const char *path);
/* false: the bytes begin as none of these, whatever their name says. */
bool image_read(struct image_info *out, const void *bytes, size_t len);

/* For image*.c. */
bool image_read_svg(struct image_info *out, const char *text, size_t len);

#endif
