/*
 * image - headers of PNG, JPEG, GIF and WebP; image_svg.c has the rest.
 */
#include "format/image.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define SIDE_MAX 0x7fffffffu	/* what PNG allows; others have less */

bool image_is_name(const char *path)
{
	static const char *const ends[] = { ".png", ".jpg", ".jpeg", ".gif",
					    ".svg", ".webp" };
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcasecmp(path + len - n, ends[i]) == 0)
			return true;
	}
	return false;
}

static uint32_t be(const uint8_t *p, int n)
{
	uint32_t x = 0;

	while (n-- > 0)
		x = x << 8 | *p++;
	return x;
}

static uint32_t le(const uint8_t *p, int n)
{
	uint32_t x = 0;

	while (n-- > 0)
		x = x << 8 | p[n];
	return x;
}

/* Half of a size is none. */
static void set(struct image_info *out, uint32_t width, uint32_t height)
{
	if (!width || !height || width > SIDE_MAX || height > SIDE_MAX)
		return;
	out->width = width;
	out->height = height;
}

static bool read_png(struct image_info *out, const uint8_t *p, size_t len)
{
	static const uint8_t sign[8] = { 0x89, 'P', 'N', 'G', '\r', '\n',
					 0x1a, '\n' };

	if (len < sizeof(sign) || memcmp(p, sign, sizeof(sign)) != 0)
		return false;
	out->type = "image/png";
	/* IHDR comes first: its length, its name, width, height. */
	if (len >= 24 && memcmp(p + 12, "IHDR", 4) == 0)
		set(out, be(p + 16, 4), be(p + 20, 4));
	return true;
}

static bool read_gif(struct image_info *out, const uint8_t *p, size_t len)
{
	if (len < 6 || (memcmp(p, "GIF87a", 6) != 0 &&
			memcmp(p, "GIF89a", 6) != 0))
		return false;
	out->type = "image/gif";
	/* The logical screen: what all its frames lie in. */
	if (len >= 10)
		set(out, le(p + 6, 2), le(p + 8, 2));
	return true;
}

/* SOF0 to SOF15, without the tables DHT, JPG and DAC that lie among them. */
static bool is_frame(uint8_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
	       marker != 0xc8 && marker != 0xcc;
}

/* Segments: 0xff, a marker, and but for a few the length with itself. */
static bool read_jpeg(struct image_info *out, const uint8_t *p, size_t len)
{
	size_t at = 2;

	if (len < 3 || p[0] != 0xff || p[1] != 0xd8 || p[2] != 0xff)
		return false;
	out->type = "image/jpeg";
	while (at + 4 <= len && p[at] == 0xff) {
		uint8_t marker = p[at + 1];
		size_t n;

		if (marker == 0xff) {	/* it may be filled up with these */
			at++;
			continue;
		}
		if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
			at += 2;
			continue;
		}
		/* The picture begins, or is over: no frame comes any more. */
		if (marker == 0xda || marker == 0xd9)
			break;
		n = be(p + at + 2, 2);
		if (is_frame(marker)) {
			if (n >= 7 && at + 9 <= len)
				set(out, be(p + at + 7, 2), be(p + at + 5, 2));
			break;
		}
		if (n < 2 || n > len - at - 2)
			break;
		at += 2 + n;
	}
	return true;
}

/* RIFF with one of three first chunks; their sizes are 14 or 24 bits long. */
static bool read_webp(struct image_info *out, const uint8_t *p, size_t len)
{
	const uint8_t *data = p + 20;
	uint32_t bits;

	if (len < 12 || memcmp(p, "RIFF", 4) != 0 ||
	    memcmp(p + 8, "WEBP", 4) != 0)
		return false;
	out->type = "image/webp";
	if (len < 30)
		return true;
	if (memcmp(p + 12, "VP8X", 4) == 0) {
		set(out, le(data + 4, 3) + 1, le(data + 7, 3) + 1);
	} else if (memcmp(p + 12, "VP8L", 4) == 0 && *data == 0x2f) {
		bits = le(data + 1, 4);
		set(out, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
	} else if (memcmp(p + 12, "VP8 ", 4) == 0 &&
		   memcmp(data + 3, "\x9d\x01\x2a", 3) == 0) {
		set(out, le(data + 6, 2) & 0x3fff, le(data + 8, 2) & 0x3fff);
	}
	return true;
}

bool image_read(struct image_info *out, const void *bytes, size_t len)
{
	*out = (struct image_info){ .type = NULL };
	return read_png(out, bytes, len) || read_jpeg(out, bytes, len) ||
	       read_gif(out, bytes, len) || read_webp(out, bytes, len) ||
	       image_read_svg(out, bytes, len);
}
