/* vec: lists, and the map against a model that cannot be wrong. */
#include "tests/harness.h"

#include "base/vec.h"

#define KEYS 300

static void key_of(uint8_t key[16], unsigned i)
{
	memset(key, 0, 16);
	/* Few distinct starts: long probe chains. */
	key[0] = (uint8_t)(i % 7);
	key[8] = (uint8_t)i;
	key[9] = (uint8_t)(i >> 8);
}

static void check_all(const struct keymap *m, const bool *in,
		      const uint32_t *value)
{
	size_t n = 0;

	for (unsigned i = 0; i < KEYS; i++) {
		uint8_t key[16];
		const uint32_t *v;

		key_of(key, i);
		v = keymap_get(m, key);
		assert_int_equal(v != NULL, in[i]);
		if (v)
			assert_int_equal(*v, value[i]);
		n += in[i];
	}
	assert_int_equal(m->n, n);
}

static void a_keymap_behaves_as_an_array(void **state)
{
	AUTO_KEYMAP struct keymap m;
	bool in[KEYS] = { false };
	uint32_t value[KEYS];
	unsigned seed = 1;

	(void)state;
	keymap_init(&m, 16, sizeof(uint32_t));
	for (int step = 0; step < 20000; step++) {
		unsigned r = (unsigned)rand_r(&seed);
		unsigned i = r % KEYS;
		uint8_t key[16];
		bool added;

		key_of(key, i);
		if (r / KEYS % 2) {
			uint32_t *v = keymap_put(&m, key, &added);

			assert_non_null(v);
			assert_int_equal(added, !in[i]);
			*v = value[i] = r;
			in[i] = true;
		} else {
			assert_int_equal(keymap_delete(&m, key), in[i]);
			in[i] = false;
		}
		if (step % 500 == 0)
			check_all(&m, in, value);
	}
	check_all(&m, in, value);
}

static void a_walk_meets_every_key_once(void **state)
{
	AUTO_KEYMAP struct keymap m;
	bool seen[KEYS] = { false };
	const uint8_t *at;
	size_t pos = 0, n = 0;

	(void)state;
	keymap_init(&m, 16, 0);
	for (unsigned i = 0; i < KEYS; i++) {
		uint8_t key[16];

		key_of(key, i);
		assert_non_null(keymap_put(&m, key, NULL));
	}
	while ((at = keymap_next(&m, &pos, NULL))) {
		unsigned i = at[8] | (unsigned)at[9] << 8;

		assert_false(seen[i]);
		seen[i] = true;
		n++;
	}
	assert_int_equal(n, KEYS);
	keymap_clear(&m);
	pos = 0;
	assert_null(keymap_next(&m, &pos, NULL));
}

static void lists_are_sorted_and_made_unique(void **state)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;

	(void)state;
	strvec_uniq(&v);
	assert_true(strvec_push(&v, "b"));
	assert_true(strvec_push(&v, "a"));
	assert_true(strvec_pushn(&v, "bx", 1));
	strvec_sort(&v);
	strvec_uniq(&v);
	assert_int_equal(v.n, 2);
	assert_string_equal(v.v[0], "a");
	assert_string_equal(v.v[1], "b");
	assert_null(v.v[2]);
	assert_true(strvec_has(&v, "b"));
	assert_false(strvec_has(&v, "bx"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_keymap_behaves_as_an_array),
		T(a_walk_meets_every_key_once),
		T(lists_are_sorted_and_made_unique),
	};

	return RUN(tests);
}
