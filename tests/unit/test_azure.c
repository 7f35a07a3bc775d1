#include "tests/harness.h"

#include "net/azure_sign.h"

/* The example of "Authorize with Shared Key", Put Blob, in its own words. */
static void a_request_is_written_as_documented(void **state)
{
	AUTO_HTTP_REQUEST struct http_request rq = {
		.method = "PUT", .len = 11,
		.url = "https://myaccount.blob.core.windows.net/mycontainer/"
		       "my%20blob?timeout=20&comp=block",
	};
	AUTO_BUF struct buf b = BUF_INIT(10000);
	struct dver_err err;

	(void)state;
	assert_int_equal(http_header_add(&rq, "x-ms-version", "2015-02-21",
					 &err), 0);
	assert_int_equal(http_header_add(&rq, "Content-Type",
					 "text/plain; charset=UTF-8", &err),
			 0);
	assert_int_equal(http_header_add(&rq, "x-ms-Meta-m1", "v1", &err), 0);
	assert_int_equal(http_header_add(&rq, "x-ms-date",
					 "Fri, 26 Jun 2015 23:39:12 GMT",
					 &err), 0);
	assert_int_equal(azure_string_to_sign(&b, &rq, "myaccount", &err), 0);
	assert_string_equal(b.data,
		"PUT\n\n\n11\n\ntext/plain; charset=UTF-8\n\n\n\n\n\n\n"
		"x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
		"x-ms-meta-m1:v1\nx-ms-version:2015-02-21\n"
		"/myaccount/mycontainer/my%20blob\ncomp:block\ntimeout:20");
}

/* The HMAC was computed with Python's hmac module. */
static void the_signature_is_an_hmac_of_it(void **state)
{
	AUTO_HTTP_REQUEST struct http_request rq = {
		.method = "GET",
		.url = "http://127.0.0.1:10000/acc/c?restype=container",
	};
	struct azure_key key = { "acc", "secret", 6 };
	struct dver_err err;

	(void)state;
	assert_int_equal(http_header_add(&rq, "x-ms-version", "2021-12-02",
					 &err), 0);
	assert_int_equal(azure_sign(&rq, &key, &err), 0);
	assert_string_equal(rq.headers.v[1],
			    "Authorization: SharedKey acc:"
			    "3fP0RG1DQbNHvLbZJZqDdYutD8+t3AKWs8/BfUwaUYM=");
}

static void a_broken_query_is_refused(void **state)
{
	AUTO_HTTP_REQUEST struct http_request rq = {
		.method = "GET", .url = "http://h/c?marker=%zz",
	};
	struct azure_key key = { "acc", "secret", 6 };
	struct dver_err err;

	(void)state;
	assert_int_equal(azure_sign(&rq, &key, &err), DVER_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_request_is_written_as_documented),
		T(the_signature_is_an_hmac_of_it),
		T(a_broken_query_is_refused),
	};

	return RUN(tests);
}
