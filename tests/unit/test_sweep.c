/* sweep: whatever is live is there afterwards, and what is not is gone. */
#include "tests/harness.h"

#include "base/vec.h"
#include "store/local.h"
#include "store/sweep.h"
#include "store/writer.h"

#define OBJECTS 300

struct world {
	struct store *s;
	struct store_io *io;
	struct oid id[OBJECTS];
	bool live[OBJECTS];
	struct keymap wanted;
};

/* Text that zstd cannot shrink much: packs have a size that counts. */
static size_t bytes_of(char *out, size_t i)
{
	uint32_t x = (uint32_t)i * 2654435761u + 1;
	size_t len = 200 + i * 37 % 3000;

	for (size_t k = 0; k < len; k++) {
		x = x * 1664525u + 1013904223u;
		out[k] = (char)(x >> 24);
	}
	return len;
}

static void put_some(struct world *w, size_t from, size_t to)
{
	AUTO_WRITER struct writer *wr = NULL;
	struct writer_opts o = { .workers = 1, .stage = "stage",
				 .reuse = true };
	struct writer_stats st;
	char text[3300];

	(void)mkdir("stage", 0777);
	assert_int_equal(writer_open(&wr, w->s, &o, NULL), 0);
	for (size_t i = from; i < to; i++) {
		size_t len = bytes_of(text, i);

		assert_int_equal(hash_bytes(w->id[i].id, text, len, NULL), 0);
		assert_true(writer_put(wr, 0, w->io, i % 5 ? PLACE_PACK
							   : PLACE_META,
				       &w->id[i], text, len, NULL) >= 0);
	}
	assert_int_equal(writer_commit(&wr, &st, NULL), 0);
	assert_int_equal(store_refresh(w->s, NULL), 0);
}

static void setup(struct world *w)
{
	*w = (struct world){ .s = NULL };
	keymap_init(&w->wanted, HASH_SIZE, 0);
	assert_int_equal(local_open(&w->s, "c", true, true, 0, NULL), 0);
	assert_int_equal(store_io_new(&w->io, NULL), 0);
}

static void teardown(struct world *w)
{
	keymap_release(&w->wanted);
	store_io_free(w->io);
	store_close(w->s);
}

static void choose(struct world *w, size_t i, bool live)
{
	w->live[i] = live;
	if (live)
		assert_non_null(keymap_put(&w->wanted, w->id[i].id, NULL));
}

static bool is_wanted(void *data, const struct oid *id)
{
	const struct world *w = data;

	return keymap_get(&w->wanted, id->id) != NULL;
}

static struct sweep_stats do_sweep(struct world *w, bool dry)
{
	struct sweep sw = { .s = w->s, .live = is_wanted, .data = w,
			    .dry_run = dry };
	struct sweep_stats st;

	assert_int_equal(store_sweep(&sw, &st, NULL), 0);
	return st;
}

/* All that live are read; `gone`: and the others are not found. */
static void check_all(struct world *w, bool gone)
{
	AUTO_BUF struct buf got = BUF_BIG;
	char text[3300];

	for (size_t i = 0; i < OBJECTS; i++) {
		size_t len = bytes_of(text, i);

		if (w->live[i]) {
			assert_int_equal(store_read(w->s, w->io, &w->id[i],
						    1 << 20, &got, NULL), 0);
			assert_int_equal(got.len, len);
			assert_memory_equal(got.data, text, len);
		} else if (gone) {
			assert_int_equal(store_has(w->s, &w->id[i], NULL), 0);
		}
	}
}

static void any_choice_survives(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed < 40; seed++) {
		static struct world w;
		unsigned x = seed;

		setup(&w);
		for (size_t i = 0; i < OBJECTS; i += 50)
			put_some(&w, i, i + 50);
		for (size_t i = 0; i < OBJECTS; i++) {
			/* Whole packs live, die, or are mixed. */
			unsigned how = (seed >> (i / 50 % 3)) % 3;

			x = x * 1103515245u + 12345;
			choose(&w, i, how == 0 || (how == 1 && x >> 30 == 0));
		}
		(void)do_sweep(&w, false);
		check_all(&w, true);
		assert_int_equal(do_sweep(&w, false).objects, 0);
		teardown(&w);
		assert_int_equal(dir_remove_all(AT_FDCWD, "c", NULL), 0);
	}
}

static void a_dry_run_changes_nothing(void **state)
{
	static struct world w;
	struct sweep_stats dry, wet;

	(void)state;
	setup(&w);
	put_some(&w, 0, 150);
	put_some(&w, 150, OBJECTS);
	for (size_t i = 0; i < OBJECTS; i++)
		choose(&w, i, i % 7 == 0);
	dry = do_sweep(&w, true);
	for (size_t i = 0; i < OBJECTS; i++)
		assert_int_equal(store_has(w.s, &w.id[i], NULL), 1);
	wet = do_sweep(&w, false);
	assert_int_equal(dry.objects, wet.objects);
	assert_true(dry.freed == wet.freed && wet.freed > 0);
	assert_true(wet.packs_rewritten > 0);
	check_all(&w, true);
	teardown(&w);
}

static void packs_that_live_by_half_are_left(void **state)
{
	static struct world w;
	struct sweep_stats st;

	(void)state;
	setup(&w);
	put_some(&w, 0, OBJECTS);
	for (size_t i = 0; i < OBJECTS; i++)
		choose(&w, i, i % 10 != 3);
	st = do_sweep(&w, false);
	assert_int_equal(st.packs_rewritten, 0);
	assert_int_equal(st.packs_deleted, 0);
	assert_true(st.kept > 0);
	/* Dead bytes that stay are no object any more. */
	check_all(&w, true);
	teardown(&w);
}

static void many_small_packs_become_few(void **state)
{
	static struct world w;

	(void)state;
	setup(&w);
	for (size_t i = 0; i < OBJECTS; i += 3)
		put_some(&w, i, i + 3);
	for (size_t i = 0; i < OBJECTS; i++)
		choose(&w, i, i != 7);
	assert_true(do_sweep(&w, false).packs_rewritten > 64);
	assert_int_equal(do_sweep(&w, false).packs_rewritten, 0);
	check_all(&w, true);
	teardown(&w);
}

static void packs_that_no_index_names_go(void **state)
{
	const char *path = "c/packs/ab/cdef0123456789abcdef0123456789";
	static struct world w;

	(void)state;
	setup(&w);
	put_some(&w, 0, OBJECTS);
	for (size_t i = 0; i < OBJECTS; i++)
		choose(&w, i, true);
	(void)mkdir("c/packs/ab", 0777);
	spit(path, "left by somebody who was killed");
	assert_int_equal(do_sweep(&w, false).packs_deleted, 1);
	assert_int_not_equal(access(path, F_OK), 0);
	check_all(&w, false);
	teardown(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(any_choice_survives), T(a_dry_run_changes_nothing),
		T(packs_that_live_by_half_are_left),
		T(many_small_packs_become_few),
		T(packs_that_no_index_names_go),
	};

	return RUN(tests);
}
