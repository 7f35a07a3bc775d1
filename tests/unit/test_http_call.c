/* http: many at once, again and again, and not for ever. */
#include "tests/faults.h"

#include <pthread.h>
#include <time.h>

#include "base/rand.h"

static double seconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A path whose count on the server is this test's own. */
static const char *counted(const char *path)
{
	char name[RAND_NAME_HEX], whole[200];

	assert_int_equal(rand_name(name, NULL), 0);
	(void)snprintf(whole, sizeof(whole), "%s%ckey=%s", path,
		       strchr(path, '?') ? '&' : '?', name);
	return faults_url(whole);
}

struct told {
	int prepared, judged, rewound;
};

static int prepare(void *data, struct http_request *rq, struct dver_err *err)
{
	struct told *t = data;

	strvec_clear(&rq->headers);
	t->prepared++;
	return http_header_add(rq, "X-Try", "yes", err);
}

static int judge(void *data, struct http_reply *reply, struct dver_err *err)
{
	struct told *t = data;

	t->judged++;
	if (reply->status == 200)
		return 0;
	if (reply->status == 400)
		return 1;
	return err_set(err, DVER_ECONFLICT, "judged %d", reply->status);
}

static int rewind_it(void *data, struct dver_err *err)
{
	struct told *t = data;

	(void)err;
	t->rewound++;
	return 0;
}

static int call(struct http *h, const char *url, struct told *told,
		struct http_reply *reply, struct dver_err *err)
{
	struct http_call c = {
		.rq = { .method = "GET", .url = url }, .prepare = prepare,
		.judge = judge, .rewind = rewind_it, .data = told,
		.what = "cannot do it",
	};
	int r;

	*told = (struct told){ 0 };
	r = http_call(h, &c, reply, err);
	http_request_release(&c.rq);
	return r;
}

static void expect_call(struct http *h, const char *url, int tries,
			int judged)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err = { 0 };
	struct told told;

	http_reply_init(&reply);
	if (call(h, url, &told, &reply, &err) < 0)
		fail_msg("%s: %s", url, err.msg);
	assert_int_equal(told.prepared, tries);
	assert_int_equal(told.judged, judged);
	assert_int_equal(told.rewound, tries - 1);
}

static void what_passes_is_tried_again(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL), *fresh = engine(NULL);
	struct http_stats stats;

	(void)state;
	expect_call(h, faults_url("/ok"), 1, 1);
	expect_call(h, counted("/status/503?times=2"), 3, 1);
	expect_call(h, counted("/status/429?times=1"), 2, 1);
	expect_call(h, counted("/status/500?times=1"), 2, 1);
	expect_call(h, counted("/status/408?times=1"), 2, 1);
	/* One that judge() wants again. */
	expect_call(h, counted("/status/400?times=2"), 3, 3);
	expect_call(h, counted("/short"), 2, 1);
	http_stats(h, &stats);
	assert_int_equal(stats.requests, 7);
	assert_int_equal(stats.tries, 15);
	/* On a connection that was used before, curl tries again itself. */
	expect_call(fresh, counted("/lost"), 2, 1);
}

static void what_stays_wrong_is_told(void **state)
{
	struct http_opts o = { .tries = 2, .stall_timeout = 120 };
	AUTO_HTTP struct http *h = engine(&o);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct http_call plain = { .rq = { .method = "GET" } };
	struct dver_err err;
	struct told told;

	(void)state;
	http_reply_init(&reply);
	assert_int_equal(call(h, counted("/status/409"), &told, &reply, &err),
			 DVER_ECONFLICT);
	assert_string_equal(err.msg, "judged 409");
	assert_int_equal(told.prepared, 1);
	assert_int_equal(call(h, counted("/status/500"), &told, &reply, &err),
			 DVER_ECONFLICT);
	assert_string_equal(err.msg, "judged 500");
	assert_int_equal(told.prepared, 2);
	assert_int_equal(call(h, counted("/status/400"), &told, &reply, &err),
			 DVER_EREMOTE);
	assert_string_equal(err.msg, "cannot do it: 400 Bad Request: the "
			    "server's words");
	assert_int_equal(told.prepared, 2);
	assert_int_equal(call(h, counted("/trunc"), &told, &reply, &err),
			 DVER_ENET);
	assert_non_null(strstr(err.msg, "cannot do it: the answer of "));
	assert_int_equal(told.prepared, 2);
	plain.rq.url = faults_url("/status/507");
	assert_int_equal(http_call(h, &plain, &reply, &err), DVER_EREMOTE);
	assert_string_equal(err.msg, "507 Insufficient Storage: the server's "
			    "words");
}

static void what_is_settled_is_judged_at_once(void **state)
{
	static const int settled[] = { 500, 0 };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct told told = { 0 };
	struct http_call c = {
		.rq = { .method = "GET" }, .judge = judge, .data = &told,
		.settled = settled,
	};

	(void)state;
	http_reply_init(&reply);
	c.rq.url = counted("/status/500?times=1");
	assert_int_equal(http_call(h, &c, &reply, NULL), DVER_ECONFLICT);
	assert_int_equal(told.judged, 1);
	c.rq.url = counted("/status/503?times=1");
	assert_int_equal(http_call(h, &c, &reply, NULL), 0);
	assert_int_equal(told.judged, 2);
}

static void retry_after_is_obeyed(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;
	struct told told;
	double began = seconds();

	(void)state;
	http_reply_init(&reply);
	expect_call(h, counted("/status/503?times=1&after=1"), 2, 1);
	assert_true(seconds() - began >= 1);
	began = seconds();
	expect_call(h, counted("/status/429?times=1&date=2"), 2, 1);
	assert_true(seconds() - began >= 0.9);
	/* So long nobody waits. */
	assert_int_equal(call(h, counted("/status/503?after=3600"), &told,
			      &reply, &err), DVER_ECONFLICT);
	assert_int_equal(told.prepared, 1);
	expect_call(h, counted("/status/503?times=1&after=soon"), 2, 1);
}

static void who_was_never_there_is_left_early(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;
	struct told told;

	(void)state;
	http_reply_init(&reply);
	assert_int_equal(call(h, "http://127.0.0.1:1/", &told, &reply, &err),
			 DVER_ENET);
	assert_non_null(strstr(err.msg, "Connection refused"));
	assert_int_equal(told.prepared, 4);
}

/* ---- many ---- */

struct worker {
	struct http *h;
	const char *url;
	int n;
	int status;	/* of the last, or an error */
};

static void *work(void *arg)
{
	struct worker *w = arg;
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	http_reply_init(&reply);
	for (int i = 0; i < w->n; i++) {
		int r = get(w->h, w->url, &reply, &err);

		w->status = r < 0 ? r : reply.status;
		if (w->status != 200)
			break;
	}
	return NULL;
}

static void start_all(pthread_t *thread, struct worker *w, size_t threads,
		      const struct worker *model)
{
	for (size_t i = 0; i < threads; i++) {
		w[i] = *model;
		assert_int_equal(pthread_create(&thread[i], NULL, work, &w[i]),
				 0);
	}
}

static void join_all(pthread_t *thread, const struct worker *w, size_t threads,
		     int status)
{
	for (size_t i = 0; i < threads; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(w[i].status, status);
	}
}

static long connections(struct http *h)
{
	AUTO_HTTP_REPLY struct http_reply reply;

	http_reply_init(&reply);
	assert_int_equal(get(h, faults_url("/connections"), &reply, NULL), 0);
	return strtol(reply.body.data, NULL, 10);
}

static void connections_are_kept_and_bounded(void **state)
{
	struct http_opts o = { .max_requests = 3, .stall_timeout = 120 };
	AUTO_HTTP struct http *h = engine(&o);
	struct worker w[16], model = { .h = h, .n = 50 };
	pthread_t thread[16];
	long before = connections(h);

	(void)state;
	model.url = faults_url("/ok?n=100");
	start_all(thread, w, 16, &model);
	join_all(thread, w, 16, 200);
	assert_true(connections(h) - before <= 2);
}

static void a_connection_that_died_is_replaced(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);

	(void)state;
	for (int i = 0; i < 30; i++)
		expect_body(h, faults_url("/close"), "bye");
}

static void a_cancel_wakes_everybody(void **state)
{
	struct cancel cancel = { 0 };
	struct http_opts o = { .max_requests = 4, .cancel = &cancel };
	AUTO_HTTP struct http *h = engine(&o);
	struct worker w[8], model = { .h = h, .n = 1 };
	struct timespec t = { 0, 200000000 };
	pthread_t thread[8];
	double began;

	(void)state;
	/* Four wait for the server, four for their turn. */
	model.url = faults_url("/stall");
	start_all(thread, w, 8, &model);
	(void)nanosleep(&t, NULL);
	began = seconds();
	cancel_set(&cancel);
	join_all(thread, w, 8, DVER_ECANCEL);
	assert_true(seconds() - began < 20);
	began = seconds();
	expect_fault(h, faults_url("/ok"), DVER_ECANCEL, false, "interrupted");
	assert_true(seconds() - began < 20);
}

static void *cancel_soon(void *arg)
{
	struct timespec t = { 0, 200000000 };

	(void)nanosleep(&t, NULL);
	cancel_set(arg);
	return NULL;
}

/* A wait before another try, and one for the sake of a limit. */
static void a_cancel_ends_waiting(void **state)
{
	struct cancel cancel = { 0 };
	struct http_opts o = { .max_rate = 1000, .cancel = &cancel };
	AUTO_HTTP struct http *h = engine(&o);
	AUTO_HTTP_REPLY struct http_reply reply;
	double began = seconds();
	struct dver_err err;
	struct told told;
	pthread_t thread;

	(void)state;
	http_reply_init(&reply);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel),
			 0);
	assert_int_equal(call(h, counted("/status/503?after=200"), &told,
			      &reply, &err), DVER_ECANCEL);
	assert_int_equal(pthread_join(thread, NULL), 0);
	atomic_store(&cancel.set, 0);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel),
			 0);
	expect_fault(h, faults_url("/ok?n=1000000"), DVER_ECANCEL, false,
		     "interrupted");
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(seconds() - began < 100);
}

static void a_limit_on_bytes_holds(void **state)
{
	struct http_opts o = { .max_rate = 1000000, .stall_timeout = 1 };
	AUTO_HTTP struct http *h = engine(&o);
	struct worker w[4], model = { .h = h, .n = 1 };
	AUTO_FREE char *data = calloc(1, 500000);
	struct http_request rq = { .method = "PUT", .data = data,
				   .len = 500000 };
	AUTO_HTTP_REPLY struct http_reply reply;
	double began = seconds();
	pthread_t thread[4];

	(void)state;
	model.url = faults_url("/ok?n=500000");
	start_all(thread, w, 4, &model);
	join_all(thread, w, 4, 200);
	assert_true(seconds() - began > 1.8);
	http_reply_init(&reply);
	rq.url = faults_url("/echo");
	began = seconds();
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_true(seconds() - began > 0.4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_passes_is_tried_again),
		T(what_stays_wrong_is_told),
		T(what_is_settled_is_judged_at_once),
		T(retry_after_is_obeyed),
		T(who_was_never_there_is_left_early),
		T(connections_are_kept_and_bounded),
		T(a_connection_that_died_is_replaced),
		T(a_cancel_wakes_everybody),
		T(a_cancel_ends_waiting),
		T(a_limit_on_bytes_holds),
	};
	int r;

	faults_start(NULL);
	r = RUN(tests);
	faults_stop();
	return r;
}
