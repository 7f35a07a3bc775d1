/* http: where a request goes, who is trusted, who gets secrets. */
#include "tests/faults.h"

#include "base/log.h"
#include "base/proc.h"

static void send_secrets(struct http *h, const char *path,
			 struct http_reply *reply)
{
	AUTO_HTTP_REQUEST struct http_request rq = { .method = "GET",
						     .follow = true };
	struct dver_err err;

	rq.url = faults_url(path);
	assert_int_equal(http_header_add(&rq, "X-Api-Key", "s3cret", NULL), 0);
	assert_int_equal(http_header_add(&rq, "Authorization", "Bearer s3cret",
					 NULL), 0);
	assert_int_equal(http_header_add(&rq, "Range", "bytes=0-", NULL), 0);
	if (http_send(h, &rq, reply, &err) < 0)
		fail_msg("%s", err.msg);
}

static void redirects_are_followed(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct http_request rq = { .method = "PUT", .data = "hello", .len = 5,
				   .follow = true };

	(void)state;
	http_reply_init(&reply);
	send_secrets(h, "/to?u=/to%3Fu=echo%253Fx=1", &reply);
	expect_echo(&reply, "GET /echo?x=1 HTTP/1.1\n");
	expect_echo(&reply, "X-Api-Key: s3cret\n");
	expect_echo(&reply, "Authorization: Bearer s3cret\n");
	assert_false(reply.moved);
	rq.url = faults_url("/to?s=307&u=/echo");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	expect_echo(&reply, "PUT /echo HTTP/1.1\n");
	expect_echo(&reply, "\n5 2cf24dba");
	/* 303: go and GET something else.  That is no PUT any more. */
	rq.url = faults_url("/to?s=303&u=/echo");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(reply.status, 303);
	rq.follow = false;
	rq.url = faults_url("/to?s=302&u=/echo");
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(reply.status, 302);
}

/* Does the server get user and password? */
static void expect_user(struct http *h, const char *path, bool told)
{
	struct http_request rq = { .method = "GET", .follow = true };
	AUTO_HTTP_REPLY struct http_reply reply;

	http_reply_init(&reply);
	rq.url = faults_url(path);
	assert_int_equal(http_send(h, &rq, &reply, NULL), 0);
	assert_int_equal(strstr(reply.body.data, "Authorization: Basic bWU6czN"
				"jcmV0\n") != NULL, told);
}

static void strangers_get_no_secrets(void **state)
{
	struct http_opts o = { .user = "me", .password = "s3cret" };
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP struct http *with_user = engine(&o);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	(void)state;
	http_reply_init(&reply);
	send_secrets(h, "/to?u=http://OTHER/echo", &reply);
	expect_echo(&reply, "GET /echo HTTP/1.1\n");
	expect_echo(&reply, "Range: bytes=0-\n");
	lacks_echo(&reply, "s3cret");
	assert_true(reply.moved);
	/* And back again: it is the stranger's word that it comes from. */
	send_secrets(h, "/to?u=http://OTHER/to%3Fu=http://OTHER/echo", &reply);
	lacks_echo(&reply, "s3cret");
	expect_user(with_user, "/echo", true);
	expect_user(with_user, "/to?u=/echo", true);
	expect_user(with_user, "/to?u=http://OTHER/echo", false);
	/* A handle that was used for a stranger knows the user again. */
	expect_user(with_user, "/echo", true);
	send_secrets(h, "/to?u=http://OTHER/status/401", &reply);
	assert_int_equal(http_reply_error(&reply, NULL, &err), DVER_EAUTH);
	assert_non_null(strstr(err.msg, "gets no credentials"));
}

static void redirects_end(void **state)
{
	AUTO_HTTP struct http *h = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct http_request rq = { .method = "GET", .follow = true };
	struct dver_err err;

	(void)state;
	http_reply_init(&reply);
	rq.url = faults_url("/loop");
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "more than 10 redirects"));
	assert_false(reply.again);
	rq.url = faults_url("/to?u=file:///etc/passwd");
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EREMOTE);
	assert_non_null(strstr(err.msg, "not followed"));
	rq.url = faults_url("/to?u=//");
	assert_int_equal(http_send(h, &rq, &reply, &err), DVER_EREMOTE);
}

enum { TLS_GOOD, TLS_OTHER_NAME, TLS_EXPIRED };

static char certs_dir[] = "/tmp/dver-certs.XXXXXX";

static void openssl(const char *script, const char *name, const char *host)
{
	const char *argv[] = { "sh", "-ec", script, "sh", certs_dir, name,
			       host, NULL };
	struct dver_err err;

	if (proc_run(argv, "/", NULL, 0, NULL, &err) != 0)
		fail_msg("openssl: no certificate for %s", host);
}

/* A self-signed certificate each, all of them in all.pem. */
static void make_certs(void)
{
	static const char script[] =
		"cd \"$1\"; exec 2>$2.log; openssl req -x509 -newkey ec "
		"-pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$3 "
		"-addext subjectAltName=DNS:$3 -keyout $2.key -out $2.pem; "
		"if [ $2 = expired ]; then openssl x509 -in $2.pem -days -1 "
		"-signkey $2.key -out new.pem; mv new.pem $2.pem; fi; "
		"cat $2.pem >>all.pem";

	assert_non_null(mkdtemp(certs_dir));
	openssl(script, "good", "localhost");
	openssl(script, "other", "example.org");
	openssl(script, "expired", "localhost");
}

static const char *tls_url(int which)
{
	static char url[100];

	(void)snprintf(url, sizeof(url), "https://localhost:%d/ok?n=4",
		       faults.tls[which]);
	return url;
}

static void certificates_are_looked_at(void **state)
{
	struct http_opts o = { .ca_file = NULL };
	AUTO_HTTP struct http *strict = engine(&o);
	AUTO_HTTP struct http *lax = NULL, *own = NULL, *none = NULL;
	char ca[100], url[100];

	(void)state;
	expect_fault(strict, tls_url(TLS_GOOD), DVER_EAUTH, false,
		     "it is self-signed");
	o.insecure = true;
	lax = engine(&o);
	expect_body(lax, tls_url(TLS_GOOD), "0123");
	expect_body(lax, tls_url(TLS_EXPIRED), "0123");
	o.insecure = false;
	(void)snprintf(ca, sizeof(ca), "%s/all.pem", certs_dir);
	o.ca_file = ca;
	own = engine(&o);
	expect_body(own, tls_url(TLS_GOOD), "0123");
	expect_fault(own, tls_url(TLS_OTHER_NAME), DVER_EAUTH, false,
		     "another host name");
	expect_fault(own, tls_url(TLS_EXPIRED), DVER_EAUTH, false,
		     "it has expired");
	o.ca_file = "none.pem";
	none = engine(&o);
	expect_fault(none, tls_url(TLS_GOOD), DVER_EINVAL, false, "none.pem");
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok",
		       faults.port);
	expect_fault(lax, url, DVER_ENET, true, "no TLS connection");
}

static void a_proxy_is_used(void **state)
{
	struct http_opts o = { .stall_timeout = 120 };
	AUTO_HTTP struct http *by_option = NULL, *by_env = NULL, *not = NULL;
	AUTO_HTTP_REPLY struct http_reply reply;
	char proxy[60];

	(void)state;
	http_reply_init(&reply);
	(void)snprintf(proxy, sizeof(proxy), "http://me:pw@127.0.0.1:%d",
		       faults.port);
	o.proxy = proxy;
	by_option = engine(&o);
	assert_int_equal(get(by_option, "http://example.invalid/echo", &reply,
			     NULL), 0);
	expect_echo(&reply, "GET http://example.invalid/echo HTTP/1.1\n");
	/* It does not know CONNECT. */
	expect_fault(by_option, "https://example.invalid/", DVER_ENET, false,
		     "the proxy answers 404");
	assert_int_equal(setenv("http_proxy", proxy, 1), 0);
	by_env = engine(NULL);
	assert_int_equal(get(by_env, "http://example.invalid/echo", &reply,
			     NULL), 0);
	assert_int_equal(setenv("no_proxy", ".invalid", 1), 0);
	not = engine(NULL);
	expect_fault(not, "http://example.invalid/echo", DVER_ENET, true,
		     "not found");
	assert_int_equal(unsetenv("no_proxy"), 0);
	assert_int_equal(unsetenv("http_proxy"), 0);
	o.proxy = "http://127.0.0.1:1";
	http_free(by_option);
	by_option = engine(&o);
	expect_fault(by_option, "http://example.invalid/", DVER_ENET, true,
		     "cannot connect");
}

static void netrc_is_asked_where_wanted(void **state)
{
	struct http_opts o = { .netrc = true };
	AUTO_HTTP struct http *with = NULL, *without = engine(NULL);
	AUTO_HTTP_REPLY struct http_reply reply;

	(void)state;
	http_reply_init(&reply);
	spit("netrc", "machine 127.0.0.1 login me password s3cret\n");
	assert_int_equal(setenv("NETRC", "netrc", 1), 0);
	with = engine(&o);
	assert_int_equal(get(with, faults_url("/echo"), &reply, NULL), 0);
	expect_echo(&reply, "Authorization: Basic bWU6czNjcmV0\n");
	assert_int_equal(get(without, faults_url("/echo"), &reply, NULL), 0);
	lacks_echo(&reply, "Authorization");
	assert_int_equal(unsetenv("NETRC"), 0);
}

static void note_line(void *data, int level, const char *line)
{
	(void)level;
	buf_addstr(data, line);
	buf_addstr(data, "\n");
}

static void a_trace_has_no_secrets(void **state)
{
	struct http_opts o = { .user = "me", .password = "s3cret" };
	AUTO_HTTP struct http *h = engine(&o);
	AUTO_BUF struct buf log = BUF_BIG;
	AUTO_HTTP_REPLY struct http_reply reply;
	char url[200];

	(void)state;
	http_reply_init(&reply);
	(void)snprintf(url, sizeof(url), "http://me:s3cret@127.0.0.1:%d"
		       "/ok?n=3&sig=s3cret", faults.port);
	log_set(note_line, &log, 2);
	assert_int_equal(get(h, url, &reply, NULL), 0);
	assert_true(get(h, "http://me:s3cret@127.0.0.1:1/?sig=s3cret", &reply,
			NULL) < 0);
	log_set(NULL, NULL, 0);
	assert_null(strstr(log.data, "s3cret"));
	assert_non_null(strstr(log.data, "/ok?n=...&sig=...: 200, "));
	assert_non_null(strstr(log.data, "Connection refused"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(redirects_are_followed),
		T(strangers_get_no_secrets),
		T(redirects_end),
		T(certificates_are_looked_at),
		T(a_proxy_is_used),
		T(netrc_is_asked_where_wanted),
		T(a_trace_has_no_secrets),
	};
	int r;
	char files[6][60];
	const char *certs[7] = { NULL };

	make_certs();
	for (int i = 0; i < 6; i++) {
		static const char *const names[] = { "good", "other",
						     "expired" };

		(void)snprintf(files[i], sizeof(files[i]), "%s/%s.%s",
			       certs_dir, names[i / 2], i % 2 ? "key" : "pem");
		certs[i] = files[i];
	}
	faults_start(certs);
	r = RUN(tests);
	faults_stop();
	assert_int_equal(dir_remove_all(AT_FDCWD, certs_dir, NULL), 0);
	return r;
}
