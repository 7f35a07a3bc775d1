/*
 * sftp: servers that answer slowly, out of order, wrongly or never.  Real ones
 * do not, so a thread here plays them.
 */
#include "tests/harness.h"

#include <pthread.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/vec.h"
#include "net/sftp_list.h"
#include "net/sftp_ops.h"

struct request {
	enum sftp_type type;
	uint32_t id;
	struct sftp_in in;	/* behind the id */
};

struct peer {
	int fd;			/* its end, until it hangs up */
	pthread_t thread;
	bool impatient;		/* wait a second for it, and not minutes */
	const char *greeting;	/* instead of VERSION */
	size_t greeting_len;
	/* Append packets to `out`; false hangs up. */
	bool (*answer)(struct peer *p, struct request *rq, struct buf *out);
	int count;		/* the script's to use, as all that follows */
	struct buf kept;
	char path[200];
};

static void add_status(struct buf *out, uint32_t id, uint32_t code)
{
	AUTO_BUF struct buf b = BUF_PATH;

	sftp_begin(&b, SFTP_STATUS, id);
	sftp_add_u32(&b, code);
	sftp_add_str(&b, "so it is");
	sftp_add_str(&b, "en");
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

static void add_string(struct buf *out, enum sftp_type type, uint32_t id,
		       const void *data, size_t len)
{
	AUTO_BUF struct buf b = BUF_BIG;

	sftp_begin(&b, type, id);
	sftp_add_bytes(&b, data, len);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

/* A name with a mode, or without attributes when that is 0. */
static void add_name(struct buf *out, uint32_t id, const char *name,
		     size_t len, uint32_t mode)
{
	AUTO_BUF struct buf b = BUF_BIG;

	sftp_begin(&b, SFTP_NAME, id);
	sftp_add_u32(&b, 1);
	sftp_add_bytes(&b, name, len);
	sftp_add_str(&b, "");
	sftp_add_u32(&b, mode ? SFTP_HAS_MODE | SFTP_HAS_SIZE : 0);
	if (mode) {
		sftp_add_u64(&b, 5);
		sftp_add_u32(&b, mode);
	}
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

static void add_attrs(struct buf *out, uint32_t id, uint32_t mode,
		      uint64_t size)
{
	AUTO_BUF struct buf b = BUF_PATH;

	sftp_begin(&b, SFTP_ATTRS, id);
	sftp_add_u32(&b, SFTP_HAS_SIZE | SFTP_HAS_MODE);
	sftp_add_u64(&b, size);
	sftp_add_u32(&b, mode);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
}

/* What an honest server says of a file of 100,000 bytes 0, 1, 2, ... */
#define FILE_SIZE 100000

static void add_data(struct buf *out, struct request *rq, size_t most)
{
	AUTO_FREE uint8_t *data = malloc(FILE_SIZE);
	uint64_t off;
	size_t len;

	(void)sftp_str(&rq->in, &len);
	off = sftp_u64(&rq->in);
	len = sftp_u32(&rq->in);
	len = MIN(len, most);
	assert_non_null(data);
	for (size_t i = 0; i < FILE_SIZE; i++)
		data[i] = (uint8_t)i;
	if (off >= FILE_SIZE)
		add_status(out, rq->id, SFTP_EOF);
	else
		add_string(out, SFTP_DATA, rq->id, data + off,
			   MIN(len, FILE_SIZE - (size_t)off));
}

static bool honest(struct peer *p, struct request *rq, struct buf *out)
{
	(void)p;
	if (rq->type == SFTP_OPEN || rq->type == SFTP_OPENDIR)
		add_string(out, SFTP_HANDLE, rq->id, "h", 1);
	else if (rq->type == SFTP_READ)
		add_data(out, rq, SIZE_MAX);
	else if (rq->type == SFTP_FSTAT)
		add_attrs(out, rq->id, 0100644, FILE_SIZE);
	else
		add_status(out, rq->id, SFTP_OK);
	return true;
}

static bool take_request(struct peer *p, struct request *rq, struct buf *b)
{
	uint8_t head[4];
	size_t len;

	if (os_read_full(p->fd, head, 4) != 4 || sftp_length(head, &len) < 0)
		return false;
	buf_clear(b);
	assert_true(buf_reserve(b, len));
	if (os_read_full(p->fd, b->data, len) != (ssize_t)len)
		return false;
	sftp_in_init(&rq->in, b->data, len);
	rq->type = (enum sftp_type)sftp_u8(&rq->in);
	rq->id = sftp_u32(&rq->in);
	return true;
}

static void *play(void *arg)
{
	static const uint8_t version[] = { 0, 0, 0, 5, 2, 0, 0, 0, 3 };
	struct peer *p = arg;
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf out = BUF_BIG;
	struct request rq;
	bool more = take_request(p, &rq, &b);

	if (p->greeting)
		buf_add(&out, p->greeting, p->greeting_len);
	else
		buf_add(&out, version, sizeof(version));
	while (more) {
		if (out.len && send(p->fd, out.data, out.len,
				    MSG_NOSIGNAL) < 0)
			break;
		buf_clear(&out);
		more = p->answer && take_request(p, &rq, &b) &&
		       p->answer(p, &rq, &out);
	}
	if (out.len)
		(void)send(p->fd, out.data, out.len, MSG_NOSIGNAL);
	/* A silent one stays on the line. */
	if (!p->answer)
		while (take_request(p, &rq, &b))
			;
	(void)shutdown(p->fd, SHUT_RDWR);
	return NULL;
}

static int meet(struct peer *p, struct sftp_conn **c, struct dver_err *err)
{
	int patience = p->impatient ? 1 : 300;
	struct sftp_conn_opts o = { .peer = "peer", .stall = patience,
				    .login = patience, .ask_fd = -1 };
	struct proc proc = PROC_INIT;
	bool again;
	int fd[2];
	int r;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    fd), 0);
	proc.io = fd[0];
	p->fd = fd[1];
	assert_int_equal(pthread_create(&p->thread, NULL, play, p), 0);
	r = sftp_conn_open(c, &proc, &o, &again, err);
	(void)proc_end(&proc, 0);
	return r;
}

static void part(struct peer *p, struct sftp_conn *c)
{
	sftp_conn_close(c);
	assert_int_equal(pthread_join(p->thread, NULL), 0);
	(void)close(p->fd);
}

/* Read the whole file of a peer; it must be right when it says so. */
static int read_from(struct peer *p, struct dver_err *err)
{
	AUTO_FREE uint8_t *data = malloc(FILE_SIZE + 1000);
	struct sftp_conn *c = NULL;
	struct sftp_fail fail;
	size_t got = 0;
	int r;

	assert_non_null(data);
	*err = (struct dver_err){ 0 };
	assert_int_equal(meet(p, &c, err), 0);
	r = sftp_read(c, "file", 0, data, FILE_SIZE + 1000, &got, &fail, err);
	part(p, c);
	if (r == 0) {
		assert_int_equal(got, FILE_SIZE);
		for (size_t i = 0; i < FILE_SIZE; i++)
			assert_int_equal(data[i], (uint8_t)i);
	}
	return r;
}

static void expect_refusal(bool (*answer)(struct peer *p, struct request *rq,
					  struct buf *out), const char *want)
{
	struct peer p = { .answer = answer };
	struct dver_err err;

	assert_int_equal(read_from(&p, &err), DVER_EREMOTE);
	if (!strstr(err.msg, want))
		fail_msg("no '%s' in '%s'", want, err.msg);
}

/* --- those that are only odd */

static bool little_by_little(struct peer *p, struct request *rq,
			     struct buf *out)
{
	if (rq->type == SFTP_READ)
		add_data(out, rq, 1000);
	else if (rq->type == SFTP_FSTAT)
		add_status(out, rq->id, SFTP_UNSUPPORTED);
	else
		return honest(p, rq, out);
	return true;
}

/* Of two answers the second one first. */
static bool backwards(struct peer *p, struct request *rq, struct buf *out)
{
	AUTO_BUF struct buf one = BUF_BIG;

	if (rq->type != SFTP_READ)
		return honest(p, rq, out);
	add_data(&one, rq, SIZE_MAX);
	if (p->kept.len == 0) {
		buf_add(&p->kept, one.data, one.len);
		return true;
	}
	buf_add(out, one.data, one.len);
	buf_add(out, p->kept.data, p->kept.len);
	buf_clear(&p->kept);
	return true;
}

static void odd_servers_are_understood(void **state)
{
	struct peer plain = { .answer = honest };
	struct peer slow = { .answer = little_by_little };
	struct peer back = { .answer = backwards, .kept = BUF_BIG };
	struct dver_err err;

	(void)state;
	if (read_from(&plain, &err)) fail_msg("%s", err.msg);
	assert_int_equal(read_from(&slow, &err), 0);
	assert_int_equal(read_from(&back, &err), 0);
	buf_release(&back.kept);
}

/* --- those that lie */

static bool other_id(struct peer *p, struct request *rq, struct buf *out)
{
	rq->id ^= 0x10000;
	return honest(p, rq, out);
}

static bool id_out_of_range(struct peer *p, struct request *rq,
			    struct buf *out)
{
	rq->id |= 0xffff;
	return honest(p, rq, out);
}

static bool twice(struct peer *p, struct request *rq, struct buf *out)
{
	(void)honest(p, rq, out);
	add_status(out, rq->id, SFTP_OK);
	return true;
}

static bool too_much(struct peer *p, struct request *rq, struct buf *out)
{
	static const uint8_t data[60000];

	if (rq->type != SFTP_READ)
		return honest(p, rq, out);
	add_string(out, SFTP_DATA, rq->id, data, sizeof(data));
	return true;
}

static bool nothing_at_all(struct peer *p, struct request *rq,
			   struct buf *out)
{
	if (rq->type != SFTP_READ)
		return honest(p, rq, out);
	add_string(out, SFTP_DATA, rq->id, "", 0);
	return true;
}

static bool other_kind(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type != SFTP_READ)
		return honest(p, rq, out);
	add_name(out, rq->id, "a", 1, 0100644);
	return true;
}

static bool data_for_a_handle(struct peer *p, struct request *rq,
			      struct buf *out)
{
	(void)p;
	add_string(out, SFTP_DATA, rq->id, "xxxx", 4);
	return true;
}

static bool long_handle(struct peer *p, struct request *rq, struct buf *out)
{
	static const char handle[257];

	(void)p;
	add_string(out, SFTP_HANDLE, rq->id, handle, sizeof(handle));
	return true;
}

static bool cut_status(struct peer *p, struct request *rq, struct buf *out)
{
	AUTO_BUF struct buf b = BUF_PATH;

	(void)p;
	sftp_begin(&b, SFTP_STATUS, rq->id);
	sftp_add_u32(&b, SFTP_FAILURE);
	sftp_add_u32(&b, 1000);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
	return true;
}

static bool no_length(struct peer *p, struct request *rq, struct buf *out)
{
	(void)p;
	(void)rq;
	buf_add(out, "\0\0\0\0\0\0\0\0", 8);
	return true;
}

static bool huge_length(struct peer *p, struct request *rq, struct buf *out)
{
	(void)p;
	(void)rq;
	buf_add(out, "\x7f\xff\xff\xff\0\0\0\0", 8);
	return true;
}

static void lying_servers_are_found_out(void **state)
{
	(void)state;
	expect_refusal(other_id, "nobody asked for");
	expect_refusal(id_out_of_range, "nobody asked for");
	expect_refusal(twice, "nobody asked for");
	expect_refusal(too_much, "wrong length");
	expect_refusal(nothing_at_all, "no data");
	expect_refusal(other_kind, "another kind");
	expect_refusal(data_for_a_handle, "another kind");
	expect_refusal(long_handle, "handle");
	expect_refusal(cut_status, "cut off");
	expect_refusal(no_length, "wrong length");
	expect_refusal(huge_length, "wrong length");
}

static bool hang_up(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_READ && p->count++ > 1)
		return false;
	return honest(p, rq, out);
}

static void one_that_hangs_up_is_the_networks_fault(void **state)
{
	struct peer p = { .answer = hang_up };
	struct dver_err err;

	(void)state;
	assert_int_equal(read_from(&p, &err), DVER_ENET);
	assert_non_null(strstr(err.msg, "was lost"));
}

static bool silence(struct peer *p, struct request *rq, struct buf *out)
{
	return rq->type == SFTP_READ || honest(p, rq, out);
}

static void one_that_falls_silent_is_given_up(void **state)
{
	struct peer p = { .answer = silence, .impatient = true };
	struct dver_err err;

	(void)state;
	assert_int_equal(read_from(&p, &err), DVER_ENET);
	assert_non_null(strstr(err.msg, "has not answered for"));
}

static void greetings_that_are_none_are_shown(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int code;
		const char *want;
	} v[] = {
		{ "Welcome to \x1b[1mhost\n", 20, DVER_EREMOTE,
		  "says 'Welcome to  [1mhost' instead of SFTP" },
		{ "\0\0\0\5\2\0\0\0\2", 9, DVER_EREMOTE, "version 2" },
		{ "\0\0\0\5\7\0\0\0\3", 9, DVER_EREMOTE, "no SFTP" },
		{ "\0\0", 2, DVER_ENET, "has not let us in" },
		{ "", 0, DVER_ENET, "has not let us in for 1 seconds" },
		{ "\0\0\1\0\2\0\0\0\3aa", 11, DVER_ENET, "has not let us in" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		struct peer p = { .greeting = v[i].text,
				  .greeting_len = v[i].len,
				  .impatient = v[i].code == DVER_ENET };
		struct sftp_conn *c = NULL;
		struct dver_err err;

		assert_int_equal(meet(&p, &c, &err), v[i].code);
		if (!strstr(err.msg, v[i].want))
			fail_msg("no '%s' in '%s'", v[i].want, err.msg);
		part(&p, c);
	}
}

/* --- listings */

static int note(void *data, const struct sftp_listed *l, struct dver_err *err)
{
	(void)err;
	return strvec_push(data, l->path) ? 0 : DVER_ENOMEM;
}

static bool enter_all(void *data, const char *path)
{
	(void)data;
	(void)path;
	return true;
}

static int list_from(struct peer *p, struct strvec *names,
		     struct dver_err *err)
{
	struct sftp_list_opts o = { .top = "top", .under = "",
				    .enters = enter_all, .file = note,
				    .data = names };
	AUTO_SFTP_LIST struct sftp_list *l = NULL;
	struct sftp_conn *c = NULL;
	struct sftp_fail fail;
	int r, stopped;

	*err = (struct dver_err){ 0 };
	assert_int_equal(sftp_list_new(&l, &o, err), 0);
	assert_int_equal(meet(p, &c, err), 0);
	r = sftp_list_run(l, c, &stopped, &fail, err);
	part(p, c);
	return r;
}

/* One name, which `path` and `count` (its length) say; then the end. */
static bool one_name(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_READDIR && p->count >= 0) {
		add_name(out, rq->id, p->path, (size_t)p->count, 0100644);
		p->count = -1;
		return true;
	}
	if (rq->type == SFTP_READDIR) {
		add_status(out, rq->id, SFTP_EOF);
		return true;
	}
	return honest(p, rq, out);
}

static void names_that_are_paths_are_refused(void **state)
{
	static const struct { const char *name; int len, code; } v[] = {
		{ "a", 1, 0 }, { ".", 1, 0 }, { "..", 2, 0 },
		{ "../x", 4, DVER_EREMOTE }, { "a/b", 3, DVER_EREMOTE },
		{ "/etc/passwd", 11, DVER_EREMOTE }, { "", 0, DVER_EREMOTE },
		{ "a\0b", 3, DVER_EREMOTE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		AUTO_STRVEC struct strvec names = STRVEC_INIT;
		struct peer p = { .answer = one_name, .count = v[i].len };
		struct dver_err err;

		memcpy(p.path, v[i].name, (size_t)v[i].len);
		assert_int_equal(list_from(&p, &names, &err), v[i].code);
		assert_int_equal(names.n, i == 0);
	}
}

/* Every folder has a folder. */
static bool endless(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_OPENDIR)
		p->count = 0;
	if (rq->type != SFTP_READDIR)
		return honest(p, rq, out);
	if (p->count++ == 0)
		add_name(out, rq->id, "d", 1, 040755);
	else
		add_status(out, rq->id, SFTP_EOF);
	return true;
}

static bool empty_names(struct peer *p, struct request *rq, struct buf *out)
{
	AUTO_BUF struct buf b = BUF_PATH;

	if (rq->type != SFTP_READDIR)
		return honest(p, rq, out);
	sftp_begin(&b, SFTP_NAME, rq->id);
	sftp_add_u32(&b, 0);
	sftp_end(&b, 0);
	buf_add(out, b.data, b.len);
	return true;
}

static void listings_end(void **state)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	struct peer deep = { .answer = endless };
	struct peer none = { .answer = empty_names };
	struct dver_err err;

	(void)state;
	assert_int_equal(list_from(&deep, &names, &err), DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "too deep"));
	assert_int_equal(list_from(&none, &names, &err), 0);
	assert_int_equal(names.n, 0);
}

/* Names alone; what they are has to be asked. */
static bool bare_names(struct peer *p, struct request *rq, struct buf *out)
{
	static const char *const names[] = { "file", "gone", "folder" };
	size_t len;
	const char *path;

	if (rq->type == SFTP_READDIR && p->count < 3) {
		add_name(out, rq->id, names[p->count],
			 strlen(names[p->count]), 0);
		p->count++;
	} else if (rq->type == SFTP_READDIR) {
		add_status(out, rq->id, SFTP_EOF);
	} else if (rq->type == SFTP_LSTAT) {
		path = sftp_str(&rq->in, &len);
		if (path[len - 1] == 'e' && path[len - 2] == 'l')
			add_attrs(out, rq->id, 0100644, 7);
		else if (path[len - 1] == 'r')
			add_attrs(out, rq->id, 040755, 0);
		else
			add_status(out, rq->id, SFTP_NO_SUCH_FILE);
	} else {
		return honest(p, rq, out);
	}
	return true;
}

static void names_without_attributes_are_asked_about(void **state)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	struct peer p = { .answer = bare_names };
	struct dver_err err;

	(void)state;
	assert_int_equal(list_from(&p, &names, &err), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "file");
}

/* --- writing */

/* The third block does not fit; then see to it that the file is removed. */
static bool disk_full(struct peer *p, struct request *rq, struct buf *out)
{
	if (rq->type == SFTP_WRITE && ++p->count == 3)
		add_status(out, rq->id, SFTP_NO_SPACE);
	else if (rq->type == SFTP_REMOVE)
		p->count = 1000;
	else
		return honest(p, rq, out);
	if (rq->type == SFTP_REMOVE)
		add_status(out, rq->id, SFTP_OK);
	return true;
}

static void what_does_not_fit_is_removed(void **state)
{
	AUTO_FREE uint8_t *data = calloc(1, 1 << 20);
	struct peer p = { .answer = disk_full };
	struct sftp_upload up = { .path = "new", .data = data, .len = 1 << 20,
				  .fd = -1, .mode = 0444, .sync = true };
	struct sftp_conn *c = NULL;
	struct sftp_fail fail;
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(meet(&p, &c, &err), 0);
	assert_int_equal(sftp_write(c, &up, &fail, &err), 1);
	assert_int_equal(fail.status, SFTP_NO_SPACE);
	assert_string_equal(fail.words, "so it is");
	part(&p, c);
	assert_int_equal(p.count, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(odd_servers_are_understood),
		T(lying_servers_are_found_out),
		T(one_that_hangs_up_is_the_networks_fault),
		T(one_that_falls_silent_is_given_up),
		T(greetings_that_are_none_are_shown),
		T(names_that_are_paths_are_refused),
		T(listings_end),
		T(names_without_attributes_are_asked_about),
		T(what_does_not_fit_is_removed),
	};

	return RUN(tests);
}
