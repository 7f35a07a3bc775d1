/* http: one try against a server that does wrong what it can. */
#include "tests/faults.h"

#include <errno.h>

#include "base/fault.h"
#include "base/hash.h"
#include "base/rand.h"

static void answers_arrive_whole(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);

	(void)state;
	expect_body(h, faults_url("/ok?n=12"), "012345678901");
	expect_body(h, faults_url("/ok?n=0"), "");
	expect_body(h, faults_url("/old?n=12"), "012345678901");
	expect_body(h, faults_url("/chunked?n=32"),
		    "01234567890123456789012345678901");
	/* What comes after the announced end is nobody's. */
	expect_body(h, faults_url("/long"), "0123456789");
}

static void faults_are_told(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	struct dver_err err;
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	expect_fault(h, faults_url("/trunc"), DVER_ENET, true, "was cut off");
	expect_fault(h, faults_url("/trunc-chunked"), DVER_ENET, true,
		     "was cut off");
	expect_fault(h, faults_url("/reset/before"), DVER_ENET, true,
		     "127.0.0.1:");
	expect_fault(h, faults_url("/reset/mid"), DVER_ENET, true, "cut off");
	expect_fault(h, faults_url("/reset/after"), DVER_ENET, true,
		     "127.0.0.1:");
	expect_fault(h, faults_url("/endless"), DVER_EREMOTE, false,
		     "longer than it may be");
	expect_fault(h, faults_url("/endless-headers"), DVER_EREMOTE, false,
		     "too many headers");
	expect_fault(h, faults_url("/garbage"), DVER_EREMOTE, true, "not HTTP");
	expect_fault(h, faults_url("/bad-status"), DVER_EREMOTE, true,
		     "not HTTP");
	expect_fault(h, faults_url("/no-http"), DVER_EREMOTE, true, "not HTTP");
	http_reply_init(&reply);
	assert_true(get(h, faults_url("/big-header"), &reply, &err) < 0);
	assert_true(get(h, faults_url("/nul"), &reply, &err) < 0);
	assert_true(get(h, faults_url("/no-colon"), &reply, &err) < 0);
	/* Of an error's body the start is enough. */
	assert_int_equal(get(h, faults_url("/endless-error"), &reply, &err),
			 0);
	assert_int_equal(reply.status, 500);
	assert_int_equal(reply.body.len, 1 << 20);
	expect_body(h, faults_url("/ok?n=1"), "0");
}

static void odd_headers_do_no_harm(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	(void)state;
	http_reply_init(&reply);
	if (get(h, faults_url("/inject"), &reply, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(reply.status, 409);
	assert_null(http_reply_header(&reply, "x-evil"));
	assert_int_equal(http_reply_error(&reply, "cannot", &err),
			 DVER_EREMOTE);
	assert_string_equal(err.msg, "cannot: 409 Conflict: red [31m alert "
			    "line two end");
}

static void a_server_that_stalls_is_left(void **state)
{
	struct http_opts o = { .stall_timeout = 1 };
	AUTO_HTTP struct http *h = engine(&o);

	(void)state;
	expect_fault(h, faults_url("/stall"), DVER_ENET, true, "stalls");
	expect_fault(h, faults_url("/stall-body"), DVER_ENET, true, "stalls");
	/* Two bytes a second are life, but too little of it. */
	expect_fault(h, faults_url("/drip?every=.5"), DVER_ENET, true,
		     "stalls");
}

/* Nothing moves between curl and the system, but from the system it does. */
static void a_slow_reader_is_no_stall(void **state)
{
	struct http_opts o = { .stall_timeout = 2 };
	AUTO_HTTP struct http *h = engine(&o);
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *data = calloc(1, 900000);
	struct http_request rq = { .method = "PUT", .data = data,
				   .len = 900000 };
	struct dver_err err;
	char url[100];

	(void)state;
	http_reply_init(&reply);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/slow?rate=150000",
		       faults.other);
	rq.url = url;
	if (http_send(h, &rq, &reply, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(reply.body.data, "got it");
}

static void who_is_not_there_is_told(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);

	(void)state;
	expect_fault(h, "http://127.0.0.1:1/x", DVER_ENET, true,
		     "cannot connect to '127.0.0.1:1': Connection refused");
	expect_fault(h, "http://no-such-host.invalid/", DVER_ENET, true,
		     "host 'no-such-host.invalid' is not found");
	expect_fault(h, "ftp://127.0.0.1/x", DVER_EREMOTE, true, "");
	expect_fault(h, "file:///etc/passwd", DVER_EREMOTE, true, "");
}

static void requests_are_sent_as_given(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REQUEST struct http_request rq = { .method = "PUT" };
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	http_reply_init(&reply);
	rq.url = faults_url("/echo/../%41%2f/a%20b?b=1&a=%2F");
	assert_int_equal(http_header_add(&rq, "X-One", "a  b", NULL), 0);
	assert_int_equal(http_header_add(&rq, "X-Empty", "", NULL), 0);
	rq.data = "hello";
	rq.len = 5;
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	expect_echo(&reply, "PUT /echo/../%41%2f/a%20b?b=1&a=%2F HTTP/1.1\n");
	expect_echo(&reply, "\nX-One: a  b\n");
	expect_echo(&reply, "\nX-Empty:\n");
	expect_echo(&reply, "\nContent-Length: 5\n");
	expect_echo(&reply, "\nUser-Agent: dver\n");
	expect_echo(&reply, "\n5 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7"
		    "425e73043362938b9824\n");
	lacks_echo(&reply, "Expect");
	lacks_echo(&reply, "Encoding");
	lacks_echo(&reply, "Content-Type");
	lacks_echo(&reply, "Authorization");
}

static void every_method_has_its_body(void **state)
{
	static const struct { const char *method; size_t len; int bodies; }
	cases[] = {
		{ "GET", 0, 0 }, { "DELETE", 0, 0 }, { "MKCOL", 0, 0 },
		{ "PUT", 0, 1 }, { "POST", 0, 1 }, { "POST", 5, 1 },
		{ "PROPFIND", 5, 1 }, { "GET", 0, 0 }, { "PROPFIND", 0, 0 },
	};
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	http_reply_init(&reply);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_request rq = {
			.method = cases[i].method, .url = faults_url("/echo"),
			.data = "hello", .len = cases[i].len,
		};
		char line[60];

		assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
		(void)snprintf(line, sizeof(line), "%s /echo HTTP/1.1\n",
			       rq.method);
		assert_true(str_starts(reply.body.data, line));
		(void)snprintf(line, sizeof(line), "\nContent-Length: %zu\n",
			       rq.len);
		if (cases[i].bodies)
			expect_echo(&reply, line);
		else
			lacks_echo(&reply, "Content-Length");
	}
}

static void a_head_has_no_body(void **state)
{
	struct http_request rq = { .method = "HEAD" };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	http_reply_init(&reply);
	rq.url = faults_url("/ok?n=500");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(http_reply_number(&reply, "content-length", 7), 500);
	assert_int_equal(http_reply_number(&reply, "x-none", 7), 7);
	assert_int_equal(reply.body.len, 0);
}

/* Bytes that are no pattern, in memory and in a file. */
static uint8_t *make_file(const char *path, size_t len)
{
	uint8_t *data = malloc(len);
	FILE *f = fopen(path, "we");

	assert_non_null(data);
	assert_non_null(f);
	assert_int_equal(rand_bytes(data, len, NULL), 0);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return data;
}

static void files_are_sent_from_an_offset(void **state)
{
	AUTO_FREE uint8_t *data = make_file("file", 5000000);
	struct http_request rq = { .method = "PUT", .path = "file" };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1], want[100];
	struct dver_err err;

	(void)state;
	http_reply_init(&reply);
	rq.url = faults_url("/echo");
	rq.off = 12345;
	rq.len = 4900000;
	assert_int_equal(hash_bytes(sum, data + rq.off, rq.len, NULL), 0);
	hex_encode(hex, sum, HASH_SIZE);
	(void)snprintf(want, sizeof(want), "\n4900000 %s\n", hex);
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	expect_echo(&reply, want);
	expect_echo(&reply, "\nExpect: 100-continue\n");
	rq.len = 4990000;	/* more than there is */
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EIO);
	assert_non_null(strstr(err.msg, "'file' became shorter"));
	assert_false(reply.again);
	rq.path = "none";
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_ENOTFOUND);
	assert_non_null(strstr(err.msg, "none"));
#ifdef DVER_FAULT
	rq.path = "file";
	rq.len = 100;
	fault_arm(2, EIO);	/* open, pread */
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EIO);
	assert_true(fault_disarm());
	assert_non_null(strstr(err.msg, "cannot read 'file'"));
#endif
}

static void who_knows_no_100_is_asked_once(void **state)
{
	struct http_request rq = { .method = "PUT", .path = "file",
				   .len = 3000000 };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	free(make_file("file", 3000000));
	http_reply_init(&reply);
	rq.url = faults_url("/no-100");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_string_equal(reply.body.data, "3000000 100-continue");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_string_equal(reply.body.data, "3000000 no");
}

static void a_refusal_saves_the_body(void **state)
{
	struct http_request rq = { .method = "PUT", .path = "file",
				   .len = 30000000 };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct http_stats stats;
	struct dver_err err;

	(void)state;
	free(make_file("file", 30000000));
	http_reply_init(&reply);
	rq.url = faults_url("/refuse");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(reply.status, 403);
	assert_int_equal(http_reply_error(&reply, NULL, &err), DVER_EAUTH);
	assert_string_equal(err.msg, "403 Forbidden: not you");
	http_stats(h, &stats);
	assert_true(stats.bytes_out < 1000);
}

static int count_bytes(void *data, const void *bytes, size_t len,
		       struct dver_err *err)
{
	size_t *left = data;

	(void)bytes;
	if (len > *left)
		return err_set(err, DVER_ECORRUPT, "no more, please");
	*left -= len;
	return 0;
}

static void bodies_go_where_they_should(void **state)
{
	char out[100];
	size_t left = 100;
	struct http_request rq = { .method = "GET", .out = out,
				   .out_len = sizeof(out) };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	(void)state;
	http_reply_init(&reply);
	rq.url = faults_url("/ok?n=100");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(reply.got, 100);
	assert_memory_equal(out + 95, "56789", 5);
	rq.url = faults_url("/ok?n=101");
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "longer than what was asked for"));
	/* An error's body is no data. */
	rq.url = faults_url("/status/403");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(reply.got, 0);
	assert_string_equal(reply.body.data, "the server's words\n");
	rq.out = NULL;
	rq.sink = count_bytes;
	rq.sink_data = &left;
	rq.url = faults_url("/ok?n=60");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(left, 40);
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_ECORRUPT);
	assert_string_equal(err.msg, "no more, please");
	rq.sink = NULL;
	rq.body_max = 59;
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EREMOTE);
}

static void headers_are_checked(void **state)
{
	AUTO_HTTP_REQUEST struct http_request rq = { .method = "GET" };
	struct dver_err err;

	(void)state;
	assert_int_equal(http_header_add(&rq, "A", "b\r\nC: d", &err),
			 DVER_EINVAL);
	assert_null(strstr(err.msg, "C: d"));
	assert_int_equal(http_header_add(&rq, "A", "b\nc", &err), DVER_EINVAL);
	assert_int_equal(http_header_add(&rq, "A", "\033[", &err),
			 DVER_EINVAL);
	assert_int_equal(http_header_add(&rq, "A\r\nB", "c", &err),
			 DVER_EINVAL);
	assert_int_equal(http_header_add(&rq, "", "c", &err), DVER_EINVAL);
	assert_int_equal(http_header_add(&rq, "A b", "c", &err), DVER_EINVAL);
	assert_int_equal(http_header_add(&rq, "A", "\tb\303\251", NULL), 0);
	assert_int_equal(rq.headers.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(answers_arrive_whole),
		T(faults_are_told),
		T(odd_headers_do_no_harm),
		T(a_server_that_stalls_is_left),
		T(a_slow_reader_is_no_stall),
		T(who_is_not_there_is_told),
		T(requests_are_sent_as_given),
		T(every_method_has_its_body),
		T(a_head_has_no_body),
		T(files_are_sent_from_an_offset),
		T(who_knows_no_100_is_asked_once),
		T(a_refusal_saves_the_body),
		T(bodies_go_where_they_should),
		T(headers_are_checked),
	};
	int r;

	faults_start(NULL);
	r = RUN(tests);
	faults_stop();
	return r;
}
