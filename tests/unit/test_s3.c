/*
 * s3: what servers do that the real ones of the tests do not, against
 * tests/server/s3.py, which checks every signature.
 */
#include "tests/harness.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/vec.h"
#include "store/transport_config.h"
#include "tests/unit/stand_in.h"

#define SETTINGS 12

static struct stand_in server;

/* A remote: its settings, and what came of the last call. */
struct remote {
	struct transport_setting v[SETTINGS];
	struct transport_config cfg;
	struct transport *t;
	struct dver_err err;
	char got[64];
	size_t len;
};

static void with(struct remote *r, const char *key, const char *value)
{
	for (size_t i = 0; i < r->cfg.n; i++)
		if (streq(r->v[i].key, key))
			r->v[i].value = value;
	for (size_t i = 0; i < r->cfg.n; i++)
		if (streq(r->v[i].key, key))
			return;
	assert_in_range(r->cfg.n, 0, SETTINGS - 1);
	r->v[r->cfg.n++] = (struct transport_setting){
		.key = key, .value = value, .file = "the file" };
}

static void remote_init(struct remote *r)
{
	transport_close(r->t);
	*r = (struct remote){ .cfg = { .name = "o", .v = r->v, .jobs = 4,
				       .url = "s3://bucket/pre fix" } };
	with(r, "endpointurl", server.base);
	with(r, "access_key_id", "KEY");
	with(r, "secret_access_key", "secret");
}

static int reopen(struct remote *r)
{
	transport_close(TAKE(r->t));
	return transport_open(&r->t, &r->cfg, &r->err);
}

static int put(struct remote *r, const char *key, const char *text)
{
	struct transport_src src = { .data = text, .len = strlen(text) };

	return transport_put(r->t, key, &src, &r->err);
}

static int get(struct remote *r, const char *key, uint64_t off, size_t len)
{
	int ret;

	memset(r->got, 0, sizeof(r->got));
	ret = transport_get(r->t, key, off, r->got, len, &r->len, &r->err);
	return ret;
}

static int note(void *data, const struct transport_key *k,
		struct dver_err *err)
{
	AUTO_FREE char *text = str_printf("%s=%llu@%lld", k->key,
					  (unsigned long long)k->size,
					  (long long)k->mtime);

	(void)err;
	return strvec_take(data, &text) ? 0 : DVER_ENOMEM;
}

static int list(struct remote *r, struct strvec *v)
{
	strvec_clear(v);
	return transport_list(r->t, "", note, v, &r->err);
}

/* The call failed so, and says this. */
static void says(struct remote *r, int ret, int code, const char *words)
{
	if (ret != code || !strstr(r->err.msg, words))
		print_error("# %d: %s\n", ret, ret < 0 ? r->err.msg : "");
	assert_int_equal(ret, code);
	assert_non_null(strstr(r->err.msg, words));
}

static void works(struct remote *r, int ret)
{
	if (ret < 0)
		print_error("# %d: %s\n", ret, r->err.msg);
	assert_int_equal(ret, 0);
}

static int enter(void **state)
{
	static const char *const names[] = {
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE",
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
		"AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "AWS_SESSION_TOKEN",
		"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
		"http_proxy", "all_proxy", "ALL_PROXY",
	};
	struct remote *r = calloc(1, sizeof(*r));

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unsetenv(names[i]);
	(void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	(void)setenv("HOME", "/nonexistent", 1);
	if (!r)
		return -1;
	stand_in_set(&server, "");
	remote_init(r);
	*state = r;
	return reopen(r);
}

static int leave(void **state)
{
	struct remote *r = *state;

	transport_close(r->t);
	free(r);
	return 0;
}
#define E(f) cmocka_unit_test_setup_teardown(f, enter, leave)

static void the_region_is_found_out(void **state)
{
	static const char *const habits[] = { "region=1", "moved=1" };
	struct remote *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(habits); i++) {
		stand_in_set(&server, "");
		stand_in_set(&server, habits[i]);
		works(r, reopen(r));
		works(r, put(r, "k", "value"));
		works(r, get(r, "k", 1, 3));
		assert_string_equal(r->got, "alu");
		/* Once is enough. */
		assert_true(stand_in_says(&server, "/seen", "\"PUT\": 2"));
		assert_true(stand_in_says(&server, "/seen", "\"GET\": 1"));
	}
	with(r, "region", "eu-west-1");
	stand_in_set(&server, "");
	stand_in_set(&server, "region=1");
	works(r, reopen(r));
	works(r, put(r, "k", "value"));
	assert_true(stand_in_says(&server, "/seen", "\"PUT\": 1"));
}

static void a_redirect_is_signed_anew(void **state)
{
	struct remote *r = *state;

	stand_in_set(&server, "elsewhere=1");
	works(r, put(r, "k", "value"));
	assert_true(stand_in_says(&server, "/seen", "\"host\": \"localhost:"));
	stand_in_set(&server, "elsewhere=100");
	says(r, put(r, "k", "value"), DVER_EREMOTE, "307 TemporaryRedirect");
}

static void a_wrong_clock_is_learnt(void **state)
{
	struct remote *r = *state;

	stand_in_set(&server, "clock=7200");
	works(r, put(r, "k", "value"));
	works(r, get(r, "k", 0, 5));
	assert_true(stand_in_says(&server, "/seen", "\"GET\": 1"));
	/* And back. */
	stand_in_set(&server, "clock=-7200");
	works(r, get(r, "k", 0, 5));
}

static void what_is_wrong_and_what_to_check(void **state)
{
	struct remote *r = *state;

	says(r, get(r, "none", 0, 5), DVER_ENOTFOUND,
	     "cannot read 's3://bucket/pre fix/none' at http://127.0.0.1:");
	says(r, get(r, "none", 0, 5), DVER_ENOTFOUND,
	     "404 NoSuchKey: The specified key does not exist.");
	with(r, "secret_access_key", "wrong");
	works(r, reopen(r));
	says(r, put(r, "k", "v"), DVER_EAUTH, "(check secret_access_key)");
	with(r, "access_key_id", "OTHER");
	works(r, reopen(r));
	says(r, put(r, "k", "v"), DVER_EAUTH, "(check access_key_id)");
	with(r, "allow_anonymous_login", "true");
	works(r, reopen(r));
	says(r, put(r, "k", "v"), DVER_EAUTH, "unset allow_anonymous_login");
	remote_init(r);
	r->cfg.url = "s3://nope";
	works(r, reopen(r));
	says(r, put(r, "k", "v"), DVER_EREMOTE, "there is no such bucket");
	says(r, get(r, "k", 0, 5), DVER_EREMOTE, "there is no such bucket");
}

static void answers_without_words(void **state)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	struct remote *r = *state;

	stand_in_set(&server, "mute=403");
	says(r, put(r, "k", "v"), DVER_EAUTH, "403 AccessDenied (these "
	     "credentials may not write there)");
	says(r, get(r, "k", 0, 5), DVER_EAUTH, "may not read it, or it is "
	     "not there");
	says(r, list(r, &v), DVER_EAUTH, "may not list the bucket");
	stand_in_set(&server, "mute=0&empty=403");
	says(r, put(r, "k", "v"), DVER_EAUTH, "the answer is 403 (these");
	stand_in_set(&server, "empty=404");
	says(r, get(r, "k", 0, 5), DVER_ENOTFOUND, "the answer is 404");
	stand_in_set(&server, "empty=418");
	says(r, get(r, "k", 0, 5), DVER_EREMOTE, "the answer is 418");
}

static void web_pages_are_no_s3(void **state)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	struct remote *r = *state;

	stand_in_set(&server, "html=403");
	says(r, get(r, "k", 0, 5), DVER_EAUTH, "403 and a web page, which no "
	     "S3 server sends: check endpointurl and the proxy");
	stand_in_set(&server, "html=200");
	says(r, list(r, &v), DVER_EFORMAT, "cannot list 's3://bucket/pre fix'");
}

static void listings_of_both_versions(void **state)
{
	static const char *const habits[] = { "page=1", "page=1&list=1",
					      "page=2&list=2", "list=1" };
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	struct remote *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(habits); i++) {
		stand_in_set(&server, "");
		stand_in_set(&server, habits[i]);
		works(r, reopen(r));
		works(r, put(r, "a b+c%&<", "1"));
		works(r, put(r, "dir/\303\251", "22"));
		works(r, put(r, "dir/z", "333"));
		works(r, list(r, &v));
		strvec_sort(&v);
		assert_int_equal(v.n, 3);
		assert_string_equal(v.v[0], "a b+c%&<=1@1795600800");
		assert_string_equal(v.v[1], "dir/z=3@1795600800");
		assert_string_equal(v.v[2], "dir/\303\251=2@1795600800");
	}
	stand_in_set(&server, "page=1&loop=1&list=0");
	works(r, reopen(r));
	says(r, list(r, &v), DVER_EREMOTE, "same page again and again");
	stand_in_set(&server, "list=1");
	works(r, reopen(r));
	says(r, list(r, &v), DVER_EREMOTE, "same page again and again");
}

static void ranges_that_are_not_those(void **state)
{
	struct remote *r = *state;

	works(r, put(r, "k", "0123456789"));
	stand_in_set(&server, "whole=1");
	works(r, get(r, "k", 0, 20));
	assert_string_equal(r->got, "0123456789");
	says(r, get(r, "k", 2, 20), DVER_EREMOTE, "another part");
	says(r, get(r, "k", 0, 5), DVER_EREMOTE, "");
	stand_in_set(&server, "whole=0&wrong=1");
	says(r, get(r, "k", 2, 5), DVER_EREMOTE, "another part");
	stand_in_set(&server, "wrong=0");
	works(r, get(r, "k", 10, 5));
	assert_int_equal(r->len, 0);
	works(r, get(r, "k", 0, 0));
	says(r, get(r, "none", 0, 0), DVER_ENOTFOUND, "none");
}

static void puts_that_servers_want_otherwise(void **state)
{
	struct remote *r = *state;

	stand_in_set(&server, "md5=1");
	works(r, put(r, "k", "value"));
	works(r, put(r, "k2", "value"));
	assert_true(stand_in_says(&server, "/seen", "\"PUT\": 3"));
	/* What may not be replaced: the same size is the same value. */
	stand_in_set(&server, "keep=1");
	works(r, put(r, "k", "VALUE"));
	works(r, get(r, "k", 0, 9));
	assert_string_equal(r->got, "value");
	says(r, put(r, "k", "longer"), DVER_EREMOTE, "has 5 bytes, not 6");
}

static void settings_become_headers(void **state)
{
	struct remote *r = *state;

	with(r, "acl", "bucket-owner-full-control");
	with(r, "sse", "aws:kms");
	with(r, "sse_kms_key_id", "arn:key");
	with(r, "storage_class", "STANDARD_IA");
	with(r, "requester_pays", "true");
	with(r, "session_token", "a/token==");
	works(r, reopen(r));
	works(r, put(r, "packs/ab/cd", "value"));
	assert_true(stand_in_says(&server, "/seen", "\"x-amz-acl\": \"bucket-"
				  "owner-full-control\""));
	assert_true(stand_in_says(&server, "/seen", "\"x-amz-server-side-"
				  "encryption\": \"aws:kms\""));
	assert_true(stand_in_says(&server, "/seen", "-aws-kms-key-id\": "
				  "\"arn:key\""));
	assert_true(stand_in_says(&server, "/seen", "\"x-amz-storage-class\": "
				  "\"STANDARD_IA\""));
	assert_true(stand_in_says(&server, "/seen", "\"x-amz-request-payer\": "
				  "\"requester\""));
	assert_true(stand_in_says(&server, "/seen", "\"x-amz-security-token\":"
				  " \"a/token==\""));
	/* Indexes stay where they can be read at once. */
	stand_in_set(&server, "");
	works(r, put(r, "index/0", "value"));
	assert_true(stand_in_lacks(&server, "/seen", "storage-class"));
	works(r, get(r, "index/0", 0, 9));
	assert_true(stand_in_lacks(&server, "/seen", "x-amz-acl"));
	with(r, "grant_read", "id=1");
	says(r, reopen(r), DVER_EINVAL, "exclude each other");
}

static void settings_that_make_no_sense(void **state)
{
	static const struct {
		const char *key, *value;
		int code;
		const char *words;
	} cases[] = {
		{ "addressing_style", "both", DVER_EINVAL,
		  "auto, path or virtual" },
		{ "region", "a/b", DVER_EINVAL, "is no region" },
		{ "endpointurl", "ftp://x", DVER_EINVAL,
		  "neither http:// nor https://" },
		{ "endpointurl", "http://x/?a=b", DVER_EINVAL,
		  "more than a host" },
		{ "endpointurl", "http://u:p@x/", DVER_EINVAL,
		  "more than a host" },
		{ "sse_customer_key", "short", DVER_EAUTH,
		  "over https only" },
		{ "sse_customer_algorithm", "AES256", DVER_EINVAL,
		  "no 'sse_customer_key'" },
		{ "signature", "v3", DVER_EINVAL, "takes v4 or v2" },
		{ "connect_timeout", "soon", DVER_EINVAL, "takes a number" },
		{ "requester_pays", "perhaps", DVER_EINVAL,
		  "takes true or false" },
		{ "profile", "none", DVER_ENOTFOUND,
		  "there is no profile 'none'" },
		{ "configpath", "/no/such", DVER_ENOTFOUND,
		  "cannot open '/no/such'" },
	};
	static const char *const urls[] = { "s3://", "s3:///x",
					    "s3://KEY:secret@bucket/x" };
	struct remote *r = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		remote_init(r);
		with(r, cases[i].key, cases[i].value);
		says(r, reopen(r), cases[i].code, cases[i].words);
	}
	remote_init(r);
	with(r, "endpointurl", "https://x");
	with(r, "sse_customer_key", "short");
	says(r, reopen(r), DVER_EINVAL, "takes 32 bytes, in base64");
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		remote_init(r);
		r->cfg.url = urls[i];
		says(r, reopen(r), DVER_EINVAL, "s3://bucket/prefix");
		assert_null(strstr(r->err.msg, "secret@"));
	}
}

static void what_is_read_only_is_not_written(void **state)
{
	struct remote *r = *state;

	r->cfg.flags = TRANSPORT_READONLY;
	works(r, reopen(r));
	says(r, put(r, "k", "v"), DVER_EAUTH, "is read-only");
	says(r, transport_replace(r->t, "k", "v", 1, &r->err), DVER_EAUTH,
	     "is read-only");
	says(r, transport_del(r->t, "k", &r->err), DVER_EAUTH,
	     "is read-only");
	assert_true(stand_in_lacks(&server, "/seen", "PUT"));
}

/* 17 MiB, in parts of 5 MiB as a profile asks for. */
#define LARGE ((17u << 20) + 5)

static void large_file(const char *path, char first)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	for (unsigned i = 0; i < LARGE; i++)
		(void)fputc(i ? (int)(i % 251) : first, f);
	assert_int_equal(fclose(f), 0);
}

static int put_large(struct remote *r, const char *key, const char *path)
{
	struct transport_src src = { .path = path, .len = LARGE };

	return transport_put(r->t, key, &src, &r->err);
}

static void in_parts(struct remote *r)
{
	spit("/tmp/dver-s3-config", "[default]\ns3 =\n"
	     "  multipart_threshold = 5MB\n  multipart_chunksize = 5MB\n");
	with(r, "configpath", "/tmp/dver-s3-config");
	works(r, reopen(r));
	(void)unlink("/tmp/dver-s3-config");
}

static bool is_large(struct remote *r, const char *key, char first)
{
	AUTO_FREE char *bytes = malloc(LARGE + 1);
	size_t got;

	assert_non_null(bytes);
	if (transport_get(r->t, key, 0, bytes, LARGE + 1, &got, &r->err) < 0 ||
	    got != LARGE || bytes[0] != first)
		return false;
	for (unsigned i = 1; i < LARGE; i++)
		if ((uint8_t)bytes[i] != i % 251)
			return false;
	return true;
}

static void large_values_go_in_parts(void **state)
{
	char path[] = "/tmp/dver-s3-large.XXXXXX";
	struct remote *r = *state;

	assert_int_not_equal(close(mkstemp(path)), -1);
	large_file(path, 'a');
	in_parts(r);
	/* A part that is lost goes again, and so does a late failure. */
	stand_in_set(&server, "lost=2&late=1");
	works(r, put_large(r, "large", path));
	assert_true(is_large(r, "large", 'a'));
	assert_true(stand_in_says(&server, "/seen", "\"PUT uploadId\": 6"));
	assert_true(stand_in_says(&server, "/seen", "\"POST uploadId\": 2"));
	/* A failure takes the parts away. */
	stand_in_set(&server, "lost=1000");
	assert_int_not_equal(put_large(r, "other", path), 0);
	assert_true(stand_in_says(&server, "/seen", "\"DELETE uploadId\": 1"));
	(void)unlink(path);
}

struct sender {
	pthread_t thread;
	struct remote *r;
	const char *path;
	int ret;
};

static void *send_it(void *data)
{
	struct sender *s = data;

	s->ret = put_large(s->r, "large", s->path);
	return NULL;
}

static void wait_for_finish(void)
{
	for (int i = 0; i < 3000; i++) {
		AUTO_HTTP_REPLY struct http_reply reply;

		http_reply_init(&reply);
		stand_in_ask(&server, "/seen", &reply);
		if (strstr(reply.body.data, "POST uploadId"))
			return;
		(void)nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
	}
}

static void an_upload_that_was_cut_off_goes_on(void **state)
{
	char path[] = "/tmp/dver-s3-large.XXXXXX";
	struct sender s = { .r = *state, .path = path };
	struct cancel cancel = { 0 };
	struct remote *r = *state;

	assert_int_not_equal(close(mkstemp(path)), -1);
	large_file(path, 'a');
	r->cfg.cancel = &cancel;
	in_parts(r);
	/* Its last step never succeeds, and there it is stopped. */
	stand_in_set(&server, "late=1000");
	assert_int_equal(pthread_create(&s.thread, NULL, send_it, &s), 0);
	wait_for_finish();
	cancel_set(&cancel);
	assert_int_equal(pthread_join(s.thread, NULL), 0);
	assert_int_equal(s.ret, DVER_ECANCEL);
	stand_in_set(&server, "late=0");
	assert_true(stand_in_says(&server, "/seen", "\"PUT uploadId\": 4"));
	/* The first part is another now: it alone is sent. */
	large_file(path, 'b');
	r->cfg.cancel = NULL;
	in_parts(r);
	works(r, put_large(r, "large", path));
	assert_true(is_large(r, "large", 'b'));
	assert_true(stand_in_says(&server, "/seen", "\"PUT uploadId\": 5"));
	assert_true(stand_in_says(&server, "/seen", "\"POST uploads\": 1"));
	(void)unlink(path);
}

static void version_2_is_refused_where_it_is_not_safe(void **state)
{
	struct remote *r = *state;

	with(r, "signature", "v2");
	with(r, "endpointurl", "https://127.0.0.1:1");
#ifdef DVER_LIBS3
	says(r, reopen(r), DVER_EAUTH, "does not verify certificates");
	with(r, "ssl_verify", "false");
	works(r, reopen(r));
	with(r, "acl", "private");
	says(r, reopen(r), DVER_EUNSUPPORTED, "goes without acl");
#else
	says(r, reopen(r), DVER_EUNSUPPORTED, "built without libs3");
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E(the_region_is_found_out),
		E(a_redirect_is_signed_anew),
		E(a_wrong_clock_is_learnt),
		E(what_is_wrong_and_what_to_check),
		E(answers_without_words),
		E(web_pages_are_no_s3),
		E(listings_of_both_versions),
		E(ranges_that_are_not_those),
		E(puts_that_servers_want_otherwise),
		E(settings_become_headers),
		E(settings_that_make_no_sense),
		E(what_is_read_only_is_not_written),
		E(large_values_go_in_parts),
		E(an_upload_that_was_cut_off_goes_on),
		E(version_2_is_refused_where_it_is_not_safe),
	};
	int r = stand_in_start(&server, "tests/server/s3.py");

	if (r == 0)
		r = RUN(tests);
	stand_in_stop(&server);
	return r;
}
