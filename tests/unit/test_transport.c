/* transport: one suite, over memory and over a folder. */
#include "tests/harness.h"

#include <errno.h>
#include <pthread.h>

#include "base/os.h"
#include "base/vec.h"
#include "store/transport.h"

typedef struct transport *(*opener)(void);

static struct transport *open_mem(void)
{
	struct transport *t = NULL;

	assert_int_equal(transport_mem_open(&t, NULL), 0);
	return t;
}

static struct transport *open_directory(void)
{
	struct transport *t = NULL;

	assert_int_equal(transport_directory_open(&t, "a/store",
						  TRANSPORT_CREATE, 0, NULL),
			 0);
	return t;
}

static void put(struct transport *t, const char *key, const char *text)
{
	struct transport_src src = { .data = text, .len = strlen(text) };
	struct dver_err err = { 0 };

	assert_int_equal(transport_put(t, key, &src, &err), 0);
}

static int note_key(void *data, const struct transport_key *k,
		    struct dver_err *err)
{
	char line[200];

	(void)err;
	assert_true(k->mtime > 1000000000);
	(void)snprintf(line, sizeof(line), "%s=%llu", k->key,
		       (unsigned long long)k->size);
	return strvec_push(data, line) ? 0 : DVER_ENOMEM;
}

static void expect_list(struct transport *t, const char *prefix, size_t n,
			const char *const *want)
{
	AUTO_STRVEC struct strvec got = STRVEC_INIT;

	assert_int_equal(transport_list(t, prefix, note_key, &got, NULL), 0);
	strvec_sort(&got);
	assert_int_equal(got.n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(got.v[i], want[i]);
}

static int stop_at_once(void *data, const struct transport_key *k,
			struct dver_err *err)
{
	(void)data;
	return err_set(err, DVER_ECANCEL, "stopped at %s", k->key);
}

static void values_come_back(struct transport *t)
{
	struct dver_err err;
	char out[20];
	size_t got;

	put(t, "packs/ab/1", "hello");
	put(t, "packs/ab/empty", "");
	assert_int_equal(transport_get(t, "packs/ab/1", 0, out, 20, &got,
				       NULL), 0);
	assert_int_equal(got, 5);
	assert_memory_equal(out, "hello", 5);
	assert_int_equal(transport_get(t, "packs/ab/1", 1, out, 3, &got, NULL),
			 0);
	assert_int_equal(got, 3);
	assert_memory_equal(out, "ell", 3);
	assert_int_equal(transport_get(t, "packs/ab/1", 9, out, 3, &got, NULL),
			 0);
	assert_int_equal(got, 0);
	assert_int_equal(transport_get(t, "packs/ab/empty", 0, out, 3, &got,
				       NULL), 0);
	assert_int_equal(got, 0);
	assert_int_equal(transport_get(t, "packs/ab/no", 0, out, 3, &got,
				       &err), DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "packs/ab/no"));
	assert_int_equal(t->requests, 7);
	assert_int_equal(t->bytes_in, 8);
	assert_int_equal(t->bytes_out, 5);
}

static void keys_are_listed_by_prefix(struct transport *t)
{
	static const char *const all[] = { "index/0-a=1", "index/0-b=2",
					   "indexes=4", "packs/ab/1=3" };
	struct dver_err err;

	expect_list(t, "", 0, NULL);
	expect_list(t, "gc/", 0, NULL);
	put(t, "index/0-a", "1");
	put(t, "index/0-b", "22");
	put(t, "indexes", "4444");
	put(t, "packs/ab/1", "333");
	expect_list(t, "", 4, all);
	expect_list(t, "index/", 2, all);
	expect_list(t, "index/0-b", 1, all + 1);
	expect_list(t, "packs/", 1, all + 3);
	expect_list(t, "packs/a", 1, all + 3);
	assert_int_equal(transport_list(t, "", stop_at_once, NULL, &err),
			 DVER_ECANCEL);
}

static void values_are_replaced_and_deleted(struct transport *t)
{
	char out[20];
	size_t got;

	assert_int_equal(transport_replace(t, "heads", "one", 3, NULL), 0);
	assert_int_equal(transport_replace(t, "heads", "three", 5, NULL), 0);
	assert_int_equal(transport_get(t, "heads", 0, out, 20, &got, NULL), 0);
	assert_int_equal(got, 5);
	assert_memory_equal(out, "three", 5);
	assert_int_equal(transport_flush(t, NULL), 0);
	assert_int_equal(transport_del(t, "heads", NULL), 0);
	assert_int_equal(transport_del(t, "heads", NULL), 0);
	expect_list(t, "", 0, NULL);
}

static void files_are_copied_or_consumed(struct transport *t)
{
	struct transport_src src = { .path = "up", .len = 4 };
	struct os_stat st;
	char out[20];
	size_t got;

	spit("up", "data");
	assert_int_equal(transport_put(t, "packs/aa/1", &src, NULL), 0);
	assert_int_equal(os_stat("up", &st, true), 0);
	src.consume = true;
	assert_int_equal(transport_put(t, "packs/bb/2", &src, NULL), 0);
	assert_true(os_stat("up", &st, true) < 0);
	assert_int_equal(transport_get(t, "packs/aa/1", 0, out, 20, &got,
				       NULL), 0);
	assert_int_equal(got, 4);
	assert_int_equal(transport_get(t, "packs/bb/2", 0, out, 20, &got,
				       NULL), 0);
	assert_memory_equal(out, "data", 4);
	assert_true(transport_put(t, "packs/cc/3", &src, NULL) < 0);
	expect_list(t, "packs/cc", 0, NULL);
}

struct writer_thread {
	struct transport *t;
	int number;
};

static void *write_many(void *arg)
{
	struct writer_thread *w = arg;

	for (int i = 0; i < 50; i++) {
		struct transport_src src = { .data = "x", .len = 1 };
		char key[64];

		(void)snprintf(key, sizeof(key), "packs/%02x/%d-%d", i % 7,
			       w->number, i);
		if (transport_put(w->t, key, &src, NULL) < 0)
			return arg;
	}
	return transport_flush(w->t, NULL) < 0 ? arg : NULL;
}

static int count_key(void *data, const struct transport_key *k,
		     struct dver_err *err)
{
	(void)k;
	(void)err;
	(*(int *)data)++;
	return 0;
}

static void many_write_at_once(struct transport *t)
{
	struct writer_thread w[4];
	pthread_t thread[4];
	int n = 0;

	for (int i = 0; i < 4; i++) {
		w[i] = (struct writer_thread){ t, i };
		assert_int_equal(pthread_create(&thread[i], NULL, write_many,
						&w[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		void *failed;

		assert_int_equal(pthread_join(thread[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(transport_list(t, "", count_key, &n, NULL), 0);
	assert_int_equal(n, 200);
}

#define BOTH(name) \
	static void name##_in_memory(void **state) \
	{ \
		AUTO_TRANSPORT struct transport *t = open_mem(); \
		(void)state; \
		name(t); \
	} \
	static void name##_in_a_folder(void **state) \
	{ \
		AUTO_TRANSPORT struct transport *t = open_directory(); \
		(void)state; \
		name(t); \
	}

BOTH(values_come_back)
BOTH(keys_are_listed_by_prefix)
BOTH(values_are_replaced_and_deleted)
BOTH(files_are_copied_or_consumed)
BOTH(many_write_at_once)

static void a_folder_that_is_not_there_is_named(void **state)
{
	struct transport *t = NULL;
	struct dver_err err;

	(void)state;
	assert_int_equal(transport_directory_open(&t, "no/store", 0, 0, &err),
			 DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "no/store"));
	spit("file", "x");
	assert_int_equal(transport_directory_open(&t, "file", 0, 0, &err),
			 DVER_EINVAL);
}

static void a_read_only_folder_is_not_written(void **state)
{
	AUTO_TRANSPORT struct transport *t = NULL;
	struct transport_src src = { .data = "x", .len = 1 };
	struct dver_err err;

	(void)state;
	assert_int_equal(mkdir("ro", 0777), 0);
	assert_int_equal(transport_directory_open(&t, "ro",
						  TRANSPORT_READONLY, 0, NULL),
			 0);
	assert_int_equal(transport_put(t, "k", &src, &err), DVER_EAUTH);
	assert_int_equal(transport_del(t, "k", &err), DVER_EAUTH);
	assert_int_equal(dir_entries("ro"), 0);
}

static void nothing_is_left_in_tmp(void **state)
{
	AUTO_TRANSPORT struct transport *t = open_directory();
	struct transport_src src = { .data = "x", .len = 1 };
	struct dver_err err;

	(void)state;
	put(t, "k", "v");
	/* a folder stands where the key should go */
	assert_int_equal(os_mkdirs("a/store/d/in", 0777), 0);
	assert_true(transport_put(t, "d", &src, &err) < 0);
	assert_int_equal(dir_entries("a/store"), 2);	/* k, d */
}

#define T2(name) T(name##_in_memory), T(name##_in_a_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T2(values_come_back),
		T2(keys_are_listed_by_prefix),
		T2(values_are_replaced_and_deleted),
		T2(files_are_copied_or_consumed),
		T2(many_write_at_once),
		T(a_folder_that_is_not_there_is_named),
		T(a_read_only_folder_is_not_written),
		T(nothing_is_left_in_tmp),
	};

	return RUN(tests);
}
