/*
 * What AWS's tools and servers write: INI files, JSON, times, errors of S3,
 * base64.  The first byte chooses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/ini.h"
#include "format/json_read.h"
#include "remotes/s3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void ini(const char *text, size_t len)
{
	AUTO_INI struct ini i = INI_INIT;

	if (ini_parse(&i, "f", text, len, NULL) < 0)
		return;
	for (size_t k = 0; k < i.n; k++)
		if (!ini_get(&i, i.v[k].section, i.v[k].key, i.v[k].sub) ||
		    !ini_has(&i, i.v[k].section))
			abort();
}

static void json(const char *text, size_t len)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;

	if (json_parse(&doc, "f", text, len, NULL) < 0)
		return;
	if (aws_keys_from_json(&k, "f", doc.root, "f", NULL) == 0 &&
	    (!k.id || !k.secret))
		abort();
}

static void error(const char *text, size_t len)
{
	struct http_reply reply = { .status = 403 };
	struct s3_error e;

	buf_init(&reply.body, SIZE_MAX / 4);
	buf_add(&reply.body, text, len);
	s3_error_read(&e, &reply);
	if (strlen(e.code) >= sizeof(e.code) ||
	    strlen(e.message) >= sizeof(e.message))
		abort();
	buf_release(&reply.body);
}

/* What can be decoded has one form. */
static void base64(const char *text)
{
	AUTO_BUF struct buf bytes = BUF_BIG;
	AUTO_BUF struct buf again = BUF_BIG;

	if (base64_decode(&bytes, text) < 0)
		return;
	base64_encode(&again, bytes.data, bytes.len);
	if (!streq(again.data, text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_FREE char *text = NULL;
	int64_t t;

	if (len == 0)
		return 0;
	text = str_ndup((const char *)data + 1, len - 1);
	if (!text)
		abort();
	switch (data[0] % 5) {
	case 0:
		ini(text, len - 1);
		break;
	case 1:
		json(text, len - 1);
		break;
	case 2:
		error(text, len - 1);
		break;
	case 3:
		base64(text);
		break;
	case 4:
		(void)aws_time(text, &t);
		break;
	}
	return 0;
}
