/* aws_sign, hash_hmac, base64: against the vectors that their makers print. */
#include "tests/harness.h"

#include "base/base64.h"
#include "base/hash.h"
#include "base/rand.h"
#include "net/aws_sign.h"
#include "net/url.h"
#include "tests/unit/aws_vectors.h"

/* http.h's, here so that this test needs no network engine. */
static void headers_release(struct http_request *rq)
{
	strvec_release(&rq->headers);
}
#define AUTO_HEADERS __attribute__((cleanup(headers_release)))

static const char *header(const struct http_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->headers.n; i++)
		if (str_starts(rq->headers.v[i], name))
			return rq->headers.v[i] + strlen(name);
	return "";
}

static void add_lines(struct strvec *v, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		assert_true(strvec_pushn(v, lines, n));
		lines += n;
		lines += *lines == '\n';
	}
}

/* What the signature of a vector is of. */
static void sign_vector(const struct aws_vector *v, char payload[AWS_HASH_HEX],
			struct http_request *rq, char **url)
{
	struct aws_key key = { "AKIDEXAMPLE",
		"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", v->token };
	struct aws_scope scope = { &key, "us-east-1", "service", 1440938160 };

	*url = str_printf("https://example.amazonaws.com%s%s%s", v->path,
			  *v->query ? "?" : "", v->query);
	assert_non_null(*url);
	*rq = (struct http_request){ .method = v->method, .url = *url,
				     .data = v->body,
				     .len = strlen(v->body) };
	add_lines(&rq->headers, v->headers);
	assert_int_equal(aws_hash(payload, v->body, strlen(v->body), NULL), 0);
	/* Twice: a second try replaces the signature of the first. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(aws_sign(rq, &scope, payload, v->tell_hash,
					  NULL), 0);
}

static void the_suite_of_aws_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(aws_vectors); i++) {
		const struct aws_vector *v = &aws_vectors[i];
		AUTO_HEADERS struct http_request rq = { 0 };
		AUTO_FREE char *url = NULL;
		AUTO_BUF struct buf b = BUF_BIG;
		AUTO_FREE char *tail = NULL;
		struct aws_scope scope = { NULL, "us-east-1", "service",
					   1440938160 };
		char payload[AWS_HASH_HEX];

		sign_vector(v, payload, &rq, &url);
		tail = str_printf(", Signature=%s", v->signature);
		if (!str_ends(header(&rq, "Authorization: "), tail))
			print_error("# %s\n", v->name);
		assert_true(str_ends(header(&rq, "Authorization: "), tail));
		/* The texts on the way: of the headers without our last. */
		free(rq.headers.v[--rq.headers.n]);
		assert_int_equal(aws_canonical(&b, &rq, payload, NULL), 0);
		assert_string_equal(b.data, v->canonical);
		buf_clear(&b);
		assert_int_equal(aws_string_to_sign(&b, &scope, v->canonical,
						    NULL), 0);
		assert_string_equal(b.data, v->to_sign);
	}
}

static void the_suite_of_aws_passes_in_the_url(void **state)
{
	int n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(aws_vectors); i++) {
		const struct aws_vector *v = &aws_vectors[i];
		struct aws_key key = { "AKIDEXAMPLE",
			"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", v->token };
		struct aws_scope scope = { &key, "us-east-1", "service",
					   1440938160 };
		struct http_request rq = { .method = v->method,
					   .data = v->body,
					   .len = strlen(v->body) };
		AUTO_FREE char *url = NULL;
		AUTO_FREE char *tail = NULL;
		AUTO_BUF struct buf out = BUF_BIG;

		/* Theirs signs the headers too, ours is for a plain link. */
		if (*v->headers)
			continue;
		url = str_printf("https://example.amazonaws.com%s%s%s",
				 v->path, *v->query ? "?" : "", v->query);
		rq.url = url;
		assert_int_equal(aws_presign(&out, &rq, &scope, 3600, NULL),
				 0);
		tail = str_printf("&X-Amz-Signature=%s", v->presigned);
		assert_true(str_ends(out.data, tail));
		assert_true(str_starts(out.data, url));
		n++;
	}
	assert_in_range(n, 20, ARRAY_SIZE(aws_vectors));
}

/* The examples of S3's API reference, 24 May 2013. */
static const struct aws_key s3_key = {
	"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	NULL
};
static const struct aws_scope s3_scope = { &s3_key, "us-east-1", "s3",
					   1369353600 };

static void s3_example(const char *method, const char *target,
		       const char *headers, const char *body,
		       const char *signature)
{
	AUTO_FREE char *url = str_printf("https://examplebucket.s3.amazonaws."
					 "com%s", target);
	AUTO_HEADERS struct http_request rq = { .method = method, .url = url };
	char payload[AWS_HASH_HEX];
	AUTO_FREE char *tail = str_printf(", Signature=%s", signature);

	add_lines(&rq.headers, headers);
	assert_int_equal(aws_hash(payload, body, strlen(body), NULL), 0);
	assert_int_equal(aws_sign(&rq, &s3_scope, payload, true, NULL), 0);
	assert_string_equal(header(&rq, "x-amz-content-sha256: "), payload);
	assert_true(str_starts(header(&rq, "Authorization: "),
			       "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7"
			       "EXAMPLE/20130524/us-east-1/s3/aws4_request, "
			       "SignedHeaders="));
	assert_true(str_ends(header(&rq, "Authorization: "), tail));
}

static void the_examples_of_s3_pass(void **state)
{
	AUTO_BUF struct buf path = BUF_PATH;

	(void)state;
	s3_example("GET", "/test.txt", "Range: bytes=0-9", "",
		   "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6"
		   "036bdb41");
	url_escape(&path, "/test$file.text", "/");
	assert_string_equal(path.data, "/test%24file.text");
	s3_example("PUT", path.data,
		   "Date: Fri, 24 May 2013 00:00:00 GMT\n"
		   "x-amz-storage-class: REDUCED_REDUNDANCY",
		   "Welcome to Amazon S3.",
		   "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0"
		   "ece108bd");
	s3_example("GET", "/?lifecycle", "", "",
		   "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a01"
		   "36783543");
	s3_example("GET", "/?max-keys=2&prefix=J", "", "",
		   "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711e"
		   "f69dc6f7");
}

static void the_presigned_example_of_s3_passes(void **state)
{
	struct http_request rq = {
		.method = "GET",
		.url = "https://examplebucket.s3.amazonaws.com/test.txt"
	};
	AUTO_BUF struct buf out = BUF_BIG;

	(void)state;
	assert_int_equal(aws_presign(&out, &rq, &s3_scope, 86400, NULL), 0);
	assert_string_equal(out.data,
		"https://examplebucket.s3.amazonaws.com/test.txt"
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256"
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
		"us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
		"&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4"
		"c265957d157751f604d404");
}

static void what_is_sent_is_what_is_signed(void **state)
{
	AUTO_HEADERS struct http_request rq = {
		.method = "GET", .url = "http://127.0.0.1:8000?b=2&a"
	};
	AUTO_BUF struct buf b = BUF_BIG;
	struct aws_scope bad = s3_scope;
	struct dver_err err;

	(void)state;
	assert_int_equal(aws_canonical(&b, &rq, AWS_UNSIGNED, NULL), 0);
	assert_string_equal(b.data, "GET\n/\na=&b=2\nhost:127.0.0.1:8000\n\n"
				    "host\nUNSIGNED-PAYLOAD");
	buf_clear(&b);
	rq.url = "https://h:443/a?";
	assert_int_equal(aws_canonical(&b, &rq, AWS_UNSIGNED, NULL), 0);
	assert_string_equal(b.data, "GET\n/a\n\nhost:h\n\nhost\n"
				    "UNSIGNED-PAYLOAD");
	rq.url = "no url";
	assert_int_equal(aws_sign(&rq, &s3_scope, AWS_UNSIGNED, true, &err),
			 DVER_EINVAL);
	rq.url = "http://h/";
	bad.now = INT64_MAX;
	assert_int_equal(aws_sign(&rq, &bad, AWS_UNSIGNED, true, &err),
			 DVER_EINVAL);
}

/* RFC 4231, cases 1 to 4, 6 and 7; FIPS 198 for the empty key. */
static void hmac_is_that_of_the_rfc(void **state)
{
	static const struct {
		int byte;		/* of the key; -1: its text */
		size_t len;
		const char *key, *data, *sum;
	} cases[] = {
		{ 0x0b, 20, NULL, "Hi There", "b0344c61d8db38535ca8afceaf0bf1"
		  "2b881dc200c9833da726e9376c2e32cff7" },
		{ -1, 4, "Jefe", "what do ya want for nothing?",
		  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964e"
		  "c3843" },
		{ 0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - "
		  "Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc621"
		  "3728c5140546040f0ee37f54" },
		{ -1, 0, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715"
		  "653c6c712144292c5ad" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t key[200], sum[HASH_SIZE];
		char hex[2 * HASH_SIZE + 1];

		if (cases[i].byte >= 0)
			memset(key, cases[i].byte, sizeof(key));
		else
			memcpy(key, cases[i].key, cases[i].len);
		assert_int_equal(hash_hmac(sum, key, cases[i].len,
					   cases[i].data,
					   strlen(cases[i].data), NULL), 0);
		hex_encode(hex, sum, sizeof(sum));
		assert_string_equal(hex, cases[i].sum);
	}
}

static void md5_is_that_of_the_rfc(void **state)
{
	uint8_t sum[HASH_MD5_SIZE];
	char hex[2 * HASH_MD5_SIZE + 1];

	(void)state;
	assert_int_equal(hash_md5(sum, "message digest", 14, NULL), 0);
	hex_encode(hex, sum, sizeof(sum));
	assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
}

/* RFC 4648 section 10, and that every other text is refused. */
static void base64_has_one_form(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\377\376\375", "//79" },
	};
	static const char *const bad[] = { "Z", "Zg=", "Zg", "Zh==", "Zm9=",
					   "=Zg=", "====", "Zm9v\n", "Zm-v",
					   "Zg==Zg==", "Zm 8" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_BUF struct buf b = BUF_PATH;

		base64_encode(&b, cases[i][0], strlen(cases[i][0]));
		assert_string_equal(b.data, cases[i][1]);
		buf_clear(&b);
		assert_int_equal(base64_decode(&b, cases[i][1]), 0);
		assert_string_equal(b.data, cases[i][0]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_BUF struct buf b = BUF_PATH;

		assert_int_equal(base64_decode(&b, bad[i]), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_suite_of_aws_passes),
		T(the_suite_of_aws_passes_in_the_url),
		T(the_examples_of_s3_pass),
		T(the_presigned_example_of_s3_passes),
		T(what_is_sent_is_what_is_signed),
		T(hmac_is_that_of_the_rfc),
		T(md5_is_that_of_the_rfc),
		T(base64_has_one_form),
	};

	return RUN(tests);
}
