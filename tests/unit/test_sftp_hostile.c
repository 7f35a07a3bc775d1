/* sftp: servers that are odd, lie, hang up or fall silent. */
#include "tests/harness.h"

#include "tests/sftp_peer.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(odd_servers_are_understood),
		T(lying_servers_are_found_out),
		T(one_that_hangs_up_is_the_networks_fault),
		T(one_that_falls_silent_is_given_up),
		T(greetings_that_are_none_are_shown),
	};

	return RUN(tests);
}
