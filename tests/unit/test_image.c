/* image: kinds and sizes from headers, of real files and of broken ones. */
#include "tests/harness.h"

#include "format/image.h"

#define BYTES(...) { .bytes = (const uint8_t []){ __VA_ARGS__ }, \
		     .len = sizeof((const uint8_t []){ __VA_ARGS__ })
#define RIFF 'R', 'I', 'F', 'F', 0, 1, 0, 0, 'W', 'E', 'B', 'P'
#define PNG_SIGN 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'

static const struct binary {
	const uint8_t *bytes;
	size_t len;
	const char *type;
	uint32_t width, height;
} binaries[] = {
	BYTES(PNG_SIGN, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 1, 2, 0, 0, 0,
	      7), .type = "image/png", .width = 258, .height = 7 },
	/* A width that PNG forbids. */
	BYTES(PNG_SIGN, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0x80, 0, 0, 0, 0, 0,
	      0, 7), .type = "image/png" },
	BYTES(PNG_SIGN), .type = "image/png" },
	BYTES('G', 'I', 'F', '8', '9', 'a', 3, 1, 2, 0), .type = "image/gif",
	      .width = 259, .height = 2 },
	BYTES('G', 'I', 'F', '8', '8', 'a', 3, 1, 2, 0), .type = NULL },
	/* APP0, fill bytes, DHT, a progressive frame. */
	BYTES(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xff, 0xc4, 0, 3,
	      9, 0xff, 0xc2, 0, 11, 8, 1, 0, 2, 1, 1, 1, 0x11, 0),
	      .type = "image/jpeg", .width = 513, .height = 256 },
	/* The picture before its frame; a length that is none; cut. */
	BYTES(0xff, 0xd8, 0xff, 0xda, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 1, 0,
	      2, 1, 1), .type = "image/jpeg" },
	BYTES(0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xc0, 0, 11, 8, 1, 0, 2, 1,
	      1), .type = "image/jpeg" },
	BYTES(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 1, 0, 2), .type =
	      "image/jpeg" },
	/* Its height comes later (DNL). */
	BYTES(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 2, 1, 1, 1, 0x11, 0),
	      .type = "image/jpeg" },
	BYTES(RIFF, 'V', 'P', '8', 'X', 10, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0,
	      0), .type = "image/webp", .width = 258, .height = 3 },
	BYTES(RIFF, 'V', 'P', '8', 'L', 9, 0, 0, 0, 0x2f, 0x09, 0xc0, 0x04, 0,
	      0, 0, 0, 0, 0), .type = "image/webp", .width = 10,
	      .height = 20 },
	BYTES(RIFF, 'V', 'P', '8', ' ', 9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 5,
	      0x40, 6, 0), .type = "image/webp", .width = 5, .height = 6 },
	BYTES(RIFF, 'V', 'P', '8', ' ', 9, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2b, 5,
	      0x40, 6, 0), .type = "image/webp" },
	BYTES(RIFF), .type = "image/webp" },
	BYTES(0), .type = NULL },
};

static void same(const struct image_info *i, const char *type, uint32_t width,
		 uint32_t height)
{
	assert_int_equal(i->width, width);
	assert_int_equal(i->height, height);
	assert_true(type ? i->type && streq(i->type, type) : !i->type);
}

/* Each also cut after every byte, in memory that ends there. */
static void headers_of_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(binaries); i++) {
		const struct binary *b = &binaries[i];
		struct image_info info;

		assert_int_equal(image_read(&info, b->bytes, b->len),
				 b->type != NULL);
		same(&info, b->type, b->width, b->height);
		for (size_t n = 0; n < b->len; n++) {
			uint8_t *cut = malloc(n + 1);

			memcpy(cut, b->bytes, n);
			(void)image_read(&info, cut, n);
			assert_true(!info.width || info.width == b->width);
			free(cut);
		}
	}
}

static const struct {
	const char *text;
	bool svg;
	uint32_t width, height;
} texts[] = {
	{ "<svg width='10' height=\"20\"/>", true, 10, 20 },
	{ "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <svg width='1'> -->\n"
	  "<!DOCTYPE svg [ <!ENTITY a '>'> ]>\n<svg:svg height = '2in' "
	  "width='1cm' >", true, 38, 192 },
	{ "<svg width='50%' viewBox='-1 -2, 30.4,40'>", true, 30, 40 },
	{ "<svg viewBox='0 0 10 40' width='20px'>", true, 20, 80 },
	{ "<svg viewBox='0 0 10 40' height='20'>", true, 5, 20 },
	{ "<svg>", true, 0, 0 },
	{ "<svg width='0' height='7'>", true, 0, 0 },
	{ "<svg width='1e9' height='7'>", true, 0, 0 },
	{ "<svg width='99999999999999999999999' height='7'>", true, 0, 0 },
	{ "<svg data-width='3' height='7' width='abc' viewBox='0 0 0 0'>",
	  true, 0, 0 },
	{ "<svg", false, 0, 0 },
	{ "<svgx width='1' height='1'>", false, 0, 0 },
	{ "<html><svg width='1' height='1'>", false, 0, 0 },
	{ "<!-- <svg width='1' height='1'>", false, 0, 0 },
	{ "", false, 0, 0 },
	{ "text", false, 0, 0 },
};

static void headers_of_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct image_info info;

		assert_int_equal(image_read(&info, texts[i].text,
					    strlen(texts[i].text)),
				 texts[i].svg);
		same(&info, texts[i].svg ? "image/svg+xml" : NULL,
		     texts[i].width, texts[i].height);
	}
}

static void names(void **state)
{
	(void)state;
	assert_true(image_is_name("a/b.PNG"));
	assert_true(image_is_name("x.webp"));
	assert_true(image_is_name("x.jpeg"));
	assert_false(image_is_name(".png"));
	assert_false(image_is_name("png"));
	assert_false(image_is_name("a.png/b"));
	assert_false(image_is_name(""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(headers_of_bytes), T(headers_of_texts), T(names),
	};

	return RUN(tests);
}
