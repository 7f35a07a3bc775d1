/* sftp: packets, and a folder on OpenSSH's own sftp-server. */
#include "tests/harness.h"

#include <pthread.h>
#include <time.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/proc.h"
#include "base/vec.h"
#include "net/sftp_folder.h"
#include "net/sftp_packet.h"

#define SERVER "/usr/lib/openssh/sftp-server"
/* What a server of 2001 has. */
#define OLD_SERVER SERVER " -P limits,fsync,statvfs,posix-rename,hardlink"

/* One that dies when it has said so many bytes. */
#define SAYS(n) \
	"exec setsid sh -c '" SERVER " | " \
	"{ stdbuf -o0 head -c " #n "; kill -9 0; }'"
/* One that ends when it has heard so many. */
#define HEARS(n) "stdbuf -o0 head -c " #n " | " SERVER

static void numbers_and_strings_are_coded(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct sftp_in in;
	const char *s;
	size_t len;

	(void)state;
	sftp_begin(&b, SFTP_OPEN, 7);
	sftp_add_str(&b, "path");
	sftp_add_u64(&b, 0x0102030405060708u);
	sftp_add_mode(&b, 0644);
	sftp_end(&b, 3);
	sftp_set_id(&b, 0xa0b0c0d0u);
	assert_int_equal(b.len, 9 + 8 + 8 + 8);
	sftp_in_init(&in, b.data, b.len);
	assert_int_equal(sftp_u32(&in), b.len - 4 + 3);
	assert_int_equal(sftp_u8(&in), SFTP_OPEN);
	assert_int_equal(sftp_u32(&in), 0xa0b0c0d0u);
	s = sftp_str(&in, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(s, "path", 4);
	assert_true(sftp_u64(&in) == 0x0102030405060708u);
	assert_int_equal(sftp_u32(&in), SFTP_HAS_MODE);
	assert_int_equal(sftp_u32(&in), 0644);
	assert_false(in.bad);
	/* Past the end all is empty, and stays so. */
	assert_int_equal(sftp_u32(&in), 0);
	assert_true(in.bad);
	(void)sftp_str(&in, &len);
	assert_int_equal(len, 0);
}

static void a_string_longer_than_its_packet_is_none(void **state)
{
	static const uint8_t bytes[] = { 0, 0, 0, 5, 'a', 'b', 'c', 'd' };
	static const uint8_t huge[] = { 255, 255, 255, 255, 'a' };
	struct sftp_in in;
	size_t len;

	(void)state;
	sftp_in_init(&in, bytes, sizeof(bytes));
	(void)sftp_str(&in, &len);
	assert_true(in.bad && len == 0);
	sftp_in_init(&in, huge, sizeof(huge));
	(void)sftp_str(&in, &len);
	assert_true(in.bad && len == 0);
}

static void lengths_that_are_text_are_no_lengths(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(sftp_length((const uint8_t *)"\0\0\0\x05", &len), 0);
	assert_int_equal(len, 5);
	assert_int_equal(sftp_length((const uint8_t *)"\0\x04\0\0", &len), 0);
	assert_int_equal(sftp_length((const uint8_t *)"\0\x04\0\x01", &len),
			 -1);
	assert_int_equal(sftp_length((const uint8_t *)"\0\0\0\x04", &len), -1);
	assert_int_equal(sftp_length((const uint8_t *)"Welc", &len), -1);
}

static void greetings_tell_what_a_server_can(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct dver_err err;
	unsigned can;

	(void)state;
	sftp_add_u32(&b, 3);
	sftp_add_str(&b, "fsync@openssh.com");
	sftp_add_str(&b, "1");
	sftp_add_str(&b, "posix-rename@openssh.com");
	sftp_add_str(&b, "99");
	sftp_add_str(&b, "unheard-of@example.org");
	sftp_add_str(&b, "");
	assert_int_equal(sftp_version(b.data, b.len, &can, &err), 0);
	assert_int_equal(can, SFTP_FSYNC);
	assert_int_equal(sftp_version(b.data, b.len - 1, &can, &err),
			 DVER_EREMOTE);
	buf_clear(&b);
	sftp_add_u32(&b, 2);
	assert_int_equal(sftp_version(b.data, b.len, &can, &err),
			 DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "version 2"));
	assert_int_equal(sftp_version(b.data, 3, &can, &err), DVER_EREMOTE);
}

static void a_servers_words_are_shown_tamed(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	char words[SFTP_WORDS], small[12];
	uint32_t code;

	(void)state;
	sftp_add_u32(&b, SFTP_FAILURE);
	assert_int_equal(sftp_status(b.data, b.len, &code, words), 0);
	assert_int_equal(code, SFTP_FAILURE);
	assert_string_equal(words, "");
	sftp_add_str(&b, "bad\x1b[2J\n\xc2\x9bthing\n");
	assert_int_equal(sftp_status(b.data, b.len, &code, words), 0);
	assert_string_equal(words, "bad [2J \xc2 thing");
	assert_int_equal(sftp_status(b.data, b.len - 1, &code, words), -1);
	assert_int_equal(sftp_status(b.data, 3, &code, words), -1);
	sftp_clean(small, sizeof(small), "abcdefghijklmn", 14);
	assert_string_equal(small, "abcdefgh...");
	sftp_clean(small, sizeof(small), "abcdefgh", 8);
	assert_string_equal(small, "abcdefgh");
}

static void names_come_with_attributes(void **state)
{
	AUTO_BUF struct buf b = BUF_PATH;
	struct sftp_names n;
	struct sftp_name e;

	(void)state;
	sftp_add_u32(&b, 2);
	sftp_add_str(&b, "one");
	sftp_add_str(&b, "-rw-r--r-- ...");
	sftp_add_u32(&b, SFTP_HAS_SIZE | SFTP_HAS_OWNER | SFTP_HAS_MODE |
		     SFTP_HAS_TIMES | (uint32_t)SFTP_HAS_MORE);
	sftp_add_u64(&b, 1ull << 40);
	sftp_add_u64(&b, 0);
	sftp_add_u32(&b, 0100644);
	sftp_add_u32(&b, 1);
	sftp_add_u32(&b, 4000000000u);
	sftp_add_u32(&b, 1);
	sftp_add_str(&b, "acl");
	sftp_add_str(&b, "x");
	sftp_add_str(&b, "two");
	sftp_add_str(&b, "");
	sftp_add_u32(&b, 0);
	assert_int_equal(sftp_names_init(&n, b.data, b.len), 0);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(e.len, 3);
	assert_memory_equal(e.name, "one", 3);
	assert_true(e.attrs.size == 1ull << 40);
	assert_int_equal(e.attrs.mode, 0100644);
	assert_true(e.attrs.mtime == 4000000000);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(e.attrs.has, 0);
	assert_int_equal(sftp_names_next(&n, &e), 0);
	/* More names than there are bytes for. */
	b.data[1] = 1;
	assert_int_equal(sftp_names_init(&n, b.data, b.len), -1);
	b.data[1] = 0;
	b.data[3] = 3;
	assert_int_equal(sftp_names_init(&n, b.data, b.len), 0);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(sftp_names_next(&n, &e), 1);
	assert_int_equal(sftp_names_next(&n, &e), -1);
}

/* Programs that are started one after the other; the last one again. */
struct servers {
	const char *const *v;
	int opened;
	int tries_that_fail;
	struct cancel cancel;
	struct sftp_pace *pace;
};

static int open_server(void *data, struct sftp_conn **out, bool extra,
		       bool *again, struct dver_err *err)
{
	struct servers *s = data;
	const char *argv[] = { "sh", "-c", *s->v, NULL };
	struct sftp_conn_opts o = { .peer = "server", .stall = 120,
				    .login = 120, .ask_fd = -1,
				    .pace = s->pace, .cancel = &s->cancel };
	struct proc p = PROC_INIT;
	int r;

	(void)extra;
	s->opened++;
	*again = true;
	if (s->tries_that_fail-- > 0)
		return err_set(err, DVER_ENET, "not now");
	if (s->v[1])
		s->v++;
	r = proc_start(&p, argv, NULL, err);
	if (r == 0)
		r = sftp_conn_open(out, &p, &o, again, err);
	(void)proc_end(&p, 2000);
	return r;
}

static struct sftp_folder *folder_on(struct servers *s,
				     const char *const *commands, int max)
{
	struct sftp_folder_opts o = {
		.path = "srv/store", .place = "sftp://r/store",
		.sessions = { .open = open_server, .data = s, .max = max,
			      .cancel = &s->cancel },
	};
	struct sftp_folder *f = NULL;

	*s = (struct servers){ .v = commands };
	assert_int_equal(sftp_folder_new(&f, &o, NULL), 0);
	return f;
}

static int put(struct sftp_folder *f, const char *name, const char *text,
	       struct dver_err *err)
{
	struct sftp_source src = { .data = text, .len = strlen(text) };

	return sftp_folder_put(f, name, &src, err);
}

/* Its bytes, which must be as many; the caller frees them. */
static uint8_t *get_all(struct sftp_folder *f, const char *name, size_t len)
{
	uint8_t *data = malloc(len + 2);
	struct dver_err err = { 0 };
	size_t got = 0;
	int r;

	assert_non_null(data);
	r = sftp_folder_get(f, name, 0, data, len + 2, &got, &err);
	if (r < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(got, len);
	return data;
}

static uint8_t *pattern(size_t len)
{
	uint8_t *p = malloc(len);
	uint32_t x = 1;

	assert_non_null(p);
	for (size_t i = 0; i < len; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (uint8_t)(x >> 16);
	}
	return p;
}

static int note(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	char line[300];

	(void)err;
	assert_true(l->mtime > 1000000000);
	(void)snprintf(line, sizeof(line), "%s=%llu", l->path,
		       (unsigned long long)l->size);
	return strvec_push(data, line) ? 0 : DVER_ENOMEM;
}

static void expect_files(struct sftp_folder *f, const char *prefix,
			 const char *want)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	AUTO_BUF struct buf all = BUF_PATH;

	assert_int_equal(sftp_folder_list(f, prefix, note, &v, NULL), 0);
	strvec_sort(&v);
	for (size_t i = 0; i < v.n; i++)
		buf_addf(&all, "%s ", v.v[i]);
	assert_string_equal(all.data, want);
}

static void files_go_there_and_back(const char *server)
{
	const char *const commands[] = { server, NULL };
	const size_t sizes[] = { 0, 1, 32768, 32769, 261120, 3000001 };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO_FREE uint8_t *data = pattern(sizes[i] + 1);
		AUTO_FREE uint8_t *back = NULL;
		struct sftp_source src = { .data = data, .len = sizes[i] };
		char name[40];
		size_t got;

		(void)snprintf(name, sizeof(name), "d/%zu/x", sizes[i]);
		assert_int_equal(sftp_folder_put(f, name, &src, &err), 0);
		back = get_all(f, name, sizes[i]);
		assert_memory_equal(back, data, sizes[i]);
		if (sizes[i] < 100)
			continue;
		assert_int_equal(sftp_folder_get(f, name, 77, back, 20000,
						 &got, &err), 0);
		assert_int_equal(got, 20000);
		assert_memory_equal(back, data + 77, 20000);
		assert_int_equal(sftp_folder_get(f, name, sizes[i] - 5, back,
						 300000, &got, &err), 0);
		assert_int_equal(got, 5);
		assert_int_equal(sftp_folder_get(f, name, sizes[i] + 5, back,
						 10, &got, &err), 0);
		assert_int_equal(got, 0);
	}
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	assert_int_equal(s.opened, 1);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void files_go_to_a_new_server_and_back(void **state)
{
	(void)state;
	files_go_there_and_back(SERVER);
}

static void files_go_to_an_old_server_and_back(void **state)
{
	(void)state;
	files_go_there_and_back(OLD_SERVER);
}

static void names_are_given_once(const char *server)
{
	const char *const commands[] = { server, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	AUTO_FREE uint8_t *back = NULL;

	assert_int_equal(put(f, "a/key", "first", &err), 0);
	/* The same length is a repetition; another one is another value. */
	assert_int_equal(put(f, "a/key", "FIRST", &err), 0);
	assert_int_equal(put(f, "a/key", "second", &err), DVER_EEXISTS);
	assert_non_null(strstr(err.msg, "'sftp://r/store'"));
	assert_non_null(strstr(err.msg, "a/key"));
	assert_string_equal(slurp("srv/store/a/key"), "first");
	assert_int_equal(sftp_folder_replace(f, "heads", "one", 3, &err), 0);
	assert_int_equal(sftp_folder_replace(f, "heads", "other", 5, &err), 0);
	assert_string_equal(slurp("srv/store/heads"), "other");
	assert_int_equal(sftp_folder_remove(f, "heads", &err), 0);
	assert_int_equal(sftp_folder_remove(f, "heads", &err), 0);
	assert_int_equal(sftp_folder_get(f, "heads", 0, &s, 1, &(size_t){ 0 },
					 &err), DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "heads"));
	assert_non_null(strstr(err.msg, "No such file"));
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void a_new_server_gives_names_once(void **state)
{
	(void)state;
	names_are_given_once(SERVER);
}

static void an_old_server_gives_names_once(void **state)
{
	(void)state;
	names_are_given_once(OLD_SERVER);
}

static void names_are_given_where_there_are_no_links(void **state)
{
	const char *const commands[] = {
		"exec strace -qq -o /dev/null -e trace=link,linkat "
		"-e inject=link,linkat:error=EPERM " SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	if (put(f, "a/key", "first", &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(put(f, "a/key", "FIRST", &err), 0);
	assert_int_equal(put(f, "a/key", "second", &err), DVER_EEXISTS);
	sftp_folder_free(f);
	assert_string_equal(slurp("srv/store/a/key"), "first");
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void files_are_durable_before_their_names(void **state)
{
	const char *const commands[] = {
		"exec strace -qq -y -o trace -e trace=write,pwrite64,fsync,"
		"link,openat " SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	const char *text, *data, *sync, *name;

	(void)state;
	assert_int_equal(put(f, "a/b/key", "some text", &err), 0);
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	sftp_folder_free(f);
	text = slurp("trace");
	data = strstr(text, "\"some text\"");
	assert_non_null(data);
	sync = strstr(data, "\nfsync(");
	name = strstr(text, "\nlink(\"srv/store/tmp/");
	assert_true(sync && name && sync < name);
	/* Then, with flush(), the folders. */
	assert_non_null(strstr(name, "srv/store/a/b>) = 0"));
	assert_non_null(strstr(name, "srv/store/a>) = 0"));
}

static void folders_are_listed_by_prefix(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	expect_files(f, "", "");
	assert_int_equal(put(f, "index/0-a", "1", &err), 0);
	assert_int_equal(put(f, "index/0-b", "22", &err), 0);
	assert_int_equal(put(f, "indexes", "4444", &err), 0);
	assert_int_equal(put(f, "packs/ab/1", "333", &err), 0);
	assert_int_equal(put(f, "packs/a b\xc3\xa4%/deep/er/1", "333", &err),
			 0);
	assert_int_equal(symlink("index", "srv/store/link"), 0);
	assert_int_equal(symlink("/etc/passwd", "srv/store/index/link"), 0);
	assert_int_equal(mkfifo("srv/store/index/fifo", 0666), 0);
	spit("srv/store/tmp/unfinished", "x");
	expect_files(f, "", "index/0-a=1 index/0-b=2 indexes=4 "
		     "packs/a b\xc3\xa4%/deep/er/1=3 packs/ab/1=3 ");
	expect_files(f, "index/", "index/0-a=1 index/0-b=2 ");
	expect_files(f, "index", "index/0-a=1 index/0-b=2 indexes=4 ");
	expect_files(f, "index/0-b", "index/0-b=2 ");
	expect_files(f, "packs/a", "packs/a b\xc3\xa4%/deep/er/1=3 "
		     "packs/ab/1=3 ");
	expect_files(f, "gc/", "");
	sftp_folder_free(f);
}

static int stop_at_once(void *data, const struct sftp_listed *l,
			struct dver_err *err)
{
	++*(int *)data;
	return err_set(err, DVER_ECONFLICT, "stop at %s", l->path);
}

static int count(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	(void)l;
	(void)err;
	++*(int *)data;
	return 0;
}

static void many_files_are_listed_once_each(void **state)
{
	/* The second server ends in the middle of its answers. */
	const char *const commands[] = { SAYS(50000), SERVER,
					 NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	int n = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char path[60];

		(void)snprintf(path, sizeof(path), "srv/store/%d/%d/%d",
			       i % 7, i % 30, i);
		assert_int_equal(os_mkdirs(path, 0777), 0);
		(void)snprintf(path, sizeof(path), "srv/store/%d/%d/%d/f",
			       i % 7, i % 30, i);
		spit(path, "");
	}
	assert_int_equal(sftp_folder_list(f, "", count, &n, &err), 0);
	assert_int_equal(n, 3000);
	assert_int_equal(s.opened, 2);
	n = 0;
	assert_int_equal(sftp_folder_list(f, "", stop_at_once, &n, &err),
			 DVER_ECONFLICT);
	assert_int_equal(n, 1);
	sftp_folder_free(f);
}

static void a_cut_connection_is_replaced(void **state)
{
	/* They take so many bytes of requests, or give so many of answers. */
	const char *const commands[] = {
		HEARS(300000), SAYS(500), HEARS(700000), SAYS(20000),
		SAYS(100000), SERVER, NULL
	};
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	AUTO_FREE uint8_t *data = pattern(2000000);
	AUTO_FREE uint8_t *back = NULL;
	struct sftp_source src = { .data = data, .len = 2000000 };
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(sftp_folder_put(f, "packs/x", &src, &err), 0);
	back = get_all(f, "packs/x", 2000000);
	assert_memory_equal(back, data, 2000000);
	assert_true(s.opened >= 4);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/packs"), 1);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
}

static void a_lost_answer_to_the_rename_is_no_loss(void **state)
{
	const char *const commands[] = { SERVER, SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	/* As if an earlier try had come through. */
	assert_int_equal(os_mkdirs("srv/store/a", 0777), 0);
	spit("srv/store/a/key", "value");
	assert_int_equal(put(f, "a/key", "value", &err), 0);
	sftp_folder_free(f);
	assert_int_equal(dir_entries("srv/store/tmp"), 0);
	assert_string_equal(slurp("srv/store/a/key"), "value");
}

static void no_connection_is_said_once_for_all(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };
	int tried;

	(void)state;
	/* It comes back in time. */
	s.tries_that_fail = 2;
	assert_int_equal(put(f, "x", "1", &err), 0);
	sftp_folder_free(f);
	f = folder_on(&s, commands, 1);
	s.tries_that_fail = 1000;
	assert_int_equal(put(f, "y", "1", &err), DVER_ENET);
	assert_string_equal(err.msg, "not now");
	tried = s.opened;
	assert_true(tried > 1 && tried < 10);
	assert_int_equal(put(f, "y", "1", &err), DVER_ENET);
	assert_int_equal(s.opened, tried);
	sftp_folder_free(f);
}

struct user {
	struct sftp_folder *f;
	int number;
};

static void *use(void *arg)
{
	const struct user *u = arg;
	struct dver_err err;
	char text[60];

	for (int i = 0; i < 20; i++) {
		char back[60] = "";
		char name[40];
		size_t got;

		(void)snprintf(name, sizeof(name), "%d/%d", i % 3,
			       u->number * 100 + i);
		(void)snprintf(text, sizeof(text), "text %s", name);
		if (put(u->f, name, text, &err) < 0 ||
		    sftp_folder_get(u->f, name, 0, back, 59, &got, &err) < 0 ||
		    strcmp(back, text) != 0 ||
		    (i % 5 == 0 && sftp_folder_remove(u->f, name, &err) < 0))
			return arg;
	}
	return NULL;
}

static void many_threads_share_connections(void **state)
{
	const char *const commands[] = { SAYS(3000), SERVER,
					 NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 3);
	struct user u[24];
	pthread_t t[24];
	int n = 0;

	(void)state;
	for (int i = 0; i < 24; i++) {
		u[i] = (struct user){ f, i };
		assert_int_equal(pthread_create(&t[i], NULL, use, &u[i]), 0);
	}
	for (int i = 0; i < 24; i++) {
		void *failed;

		assert_int_equal(pthread_join(t[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(sftp_folder_flush(f, NULL), 0);
	assert_int_equal(sftp_folder_list(f, "", count, &n, NULL), 0);
	assert_int_equal(n, 24 * 16);
	assert_true(s.opened >= 3);
	sftp_folder_free(f);
}

static void what_killed_writers_left_is_swept(void **state)
{
	static const char old[] =
		"srv/store/tmp/0123456789abcdef0123456789abcdef";
	static const char young[] =
		"srv/store/tmp/1123456789abcdef0123456789abcdef";
	const char *const commands[] = { SERVER, NULL };
	const struct timespec times[2] = { { 1000000000, 0 },
					   { 1000000000, 0 } };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(os_mkdirs("srv/store/tmp", 0777), 0);
	spit(old, "x");
	spit(young, "x");
	spit("srv/store/tmp/somebody's", "x");
	assert_int_equal(utimensat(AT_FDCWD, old, times, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, "srv/store/tmp/somebody's",
				   times, 0), 0);
	/* Nothing was written, nothing is swept. */
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	assert_int_equal(access(old, F_OK), 0);
	assert_int_equal(put(f, "x", "1", &err), 0);
	assert_int_equal(sftp_folder_flush(f, &err), 0);
	sftp_folder_free(f);
	assert_int_equal(access(old, F_OK), -1);
	assert_int_equal(access(young, F_OK), 0);
	assert_int_equal(access("srv/store/tmp/somebody's", F_OK), 0);
}

static int64_t milliseconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void a_limit_is_kept(void **state)
{
	const char *const commands[] = { SERVER, NULL };
	struct servers s;
	struct sftp_folder *f = folder_on(&s, commands, 1);
	AUTO_FREE uint8_t *data = pattern(400000);
	AUTO_FREE uint8_t *back = NULL;
	struct sftp_source src = { .data = data, .len = 400000 };
	struct sftp_pace pace;
	struct dver_err err = { 0 };
	int64_t start = milliseconds(), middle;

	(void)state;
	sftp_pace_init(&pace, 1000000);
	s.pace = &pace;
	assert_int_equal(sftp_folder_put(f, "x", &src, &err), 0);
	middle = milliseconds();
	assert_true(middle - start >= 350);
	back = get_all(f, "x", 400000);
	assert_true(milliseconds() - middle >= 350);
	assert_memory_equal(back, data, 400000);
	/* An interrupt need not wait for its turn. */
	sftp_pace_init(&pace, 1);
	cancel_set(&s.cancel);
	assert_int_equal(sftp_folder_put(f, "y", &src, &err), DVER_ECANCEL);
	sftp_folder_free(f);
	sftp_pace_release(&pace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_and_strings_are_coded),
		T(a_string_longer_than_its_packet_is_none),
		T(lengths_that_are_text_are_no_lengths),
		T(greetings_tell_what_a_server_can),
		T(a_servers_words_are_shown_tamed),
		T(names_come_with_attributes),
		T(files_go_to_a_new_server_and_back),
		T(files_go_to_an_old_server_and_back),
		T(a_new_server_gives_names_once),
		T(an_old_server_gives_names_once),
		T(names_are_given_where_there_are_no_links),
		T(files_are_durable_before_their_names),
		T(folders_are_listed_by_prefix),
		T(many_files_are_listed_once_each),
		T(a_cut_connection_is_replaced),
		T(a_lost_answer_to_the_rename_is_no_loss),
		T(no_connection_is_said_once_for_all),
		T(many_threads_share_connections),
		T(what_killed_writers_left_is_swept),
		T(a_limit_is_kept),
	};

	return RUN(tests);
}
