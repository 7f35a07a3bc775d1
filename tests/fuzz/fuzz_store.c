/*
 * fuzz_store - every decoder of bytes that come from a store; the first byte
 * picks one.  Whatever the input, they end, stay inside it and say so.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/chunker.h"
#include "store/codec.h"
#include "store/index.h"
#include "store/pack.h"
#include "store/recipe.h"
#include "store/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fuzz_tree(const uint8_t *data, size_t len)
{
	AUTO_BUF struct buf again = BUF_BIG;
	struct tree_reader r;
	struct tree_writer w;
	struct tree_entry e;
	int n = tree_reader_init(&r, data, len, NULL);

	tree_writer_init(&w, &again);
	while (n == 0 && (n = tree_next(&r, &e, NULL)) > 0) {
		/* Sums that overflow are the writer's to refuse. */
		if (tree_add(&w, &e, NULL) < 0)
			return;
		n = 0;
		if (r.p == r.end)
			break;
	}
	/* One directory, one encoding. */
	if (n == 0 && (again.len != len || memcmp(again.data, data, len)))
		abort();
}

static void fuzz_recipe(const uint8_t *data, size_t len)
{
	struct recipe_reader r;
	struct recipe_entry e;

	if (recipe_reader_init(&r, data, len, NULL) < 0)
		return;
	while (recipe_next(&r, &e, NULL) > 0)
		if (e.length == 0 || e.length > CHUNK_MAX)
			abort();
}

static void fuzz_pack(const uint8_t *data, size_t len)
{
	static const uint8_t pack[RAND_NAME];
	AUTO_FREE struct fact *facts = NULL;
	size_t n = 0, cap = 0;

	(void)pack_footer_parse(&facts, &n, &cap, pack, PLACE_PACK,
				(uint64_t)len + 100, data, len, NULL);
}

static void fuzz_index(const uint8_t *data, size_t len)
{
	struct index_file *f = NULL;
	struct index_name name;
	char text[INDEX_NAME_MAX] = "";

	memcpy(text, data, MIN(len, sizeof(text) - 1));
	(void)index_name_parse(&name, text);
	if (index_open(&f, "fuzz", len, data, NULL, NULL, NULL) == 0)
		(void)index_verify(f, NULL);
	index_close(f);
}

static void fuzz_frame(const uint8_t *data, size_t len)
{
	AUTO_CODEC struct codec *c = NULL;
	uint8_t out[512];

	if (codec_new(&c, NULL) == 0)
		(void)codec_decode(c, out, len % sizeof(out), data, len, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static void (*const target[])(const uint8_t *, size_t) = {
		fuzz_tree, fuzz_recipe, fuzz_pack, fuzz_index, fuzz_frame,
	};

	if (len > 0)
		target[data[0] % ARRAY_SIZE(target)](data + 1, len - 1);
	return 0;
}
