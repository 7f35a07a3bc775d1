/*
 * What servers answer: XML in pieces, listings, heads, dates, URLs, bundles of
 * runs.  The first byte chooses.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/rand.h"
#include "format/xml.h"
#include "net/http_date.h"
#include "net/url.h"
#include "remotes/web.h"
#include "remotes/web_answer.h"
#include "transfer/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int look(void *data, const struct xml_node *node, struct dver_err *err)
{
	int *depth = data;

	(void)err;
	if (strlen(node->path) < strlen(node->name) ||
	    node->text[node->len] != '\0' || ++*depth < 0)
		abort();
	(void)xml_attr(node, "Encoded");
	return 0;
}

static void xml(const uint8_t *data, size_t len, size_t step)
{
	AUTO_XML struct xml *x = NULL;
	int depth = 0, r = 0;

	if (xml_new(&x, "x", 1 << 20, look, look, &depth, NULL) < 0)
		return;
	for (size_t at = 0; r == 0 && at < len; at += step)
		r = xml_feed(x, data + at, MIN(step, len - at), NULL);
	if (xml_finish(x, NULL) == 0 && r < 0)
		abort();
}

static void listing(const uint8_t *data, size_t len)
{
	AUTO_WEB_ANSWER struct web_answer a = WEB_ANSWER_INIT;
	const struct web_entry *self;
	struct web_reader *r = NULL;

	if (web_reader_new(&r, "x", &a, NULL) < 0)
		return;
	if (web_reader_feed(r, data, len, NULL) == 0)
		(void)web_reader_finish(r, NULL);
	web_reader_free(r);
	self = web_answer_self(&a);
	for (size_t i = 0; self && i < a.n; i++) {
		const char *name = web_entry_name(&a.v[i], self);

		if (name && (!*name || strchr(name, '/') || streq(name, "..")))
			abort();
	}
}

/* With the right sum, whatever is in it. */
static void heads(const uint8_t *data, size_t len)
{
	AUTO_HEADS struct heads_list h = { .v = NULL };
	AUTO_BUF struct buf b = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];

	buf_addstr(&b, "dver heads 1\n");
	buf_add(&b, data, len);
	if (hash_bytes(sum, b.data, b.len, NULL) < 0)
		return;
	hex_encode(hex, sum, sizeof(sum));
	buf_addf(&b, "sum %s\n", hex);
	if (heads_parse(&h, "x", b.data, b.len, NULL) < 0)
		return;
	for (size_t i = 0; i < h.n; i++)
		if (!*h.v[i].key || *h.v[i].key == '/' ||
		    strstr(h.v[i].key, "//") || str_starts(h.v[i].key, "../"))
			abort();
}

static void date(const char *text)
{
	char back[HTTP_DATE_SIZE];
	int64_t when, again;

	if (!http_date_parse(&when, text))
		return;
	http_date_format(back, when);
	/* A 31 February is a day of March, and a leap second a second. */
	if (!http_date_parse(&again, back) || again != when)
		abort();
}

static void url(const char *text)
{
	AUTO_BUF struct buf shown = BUF_BIG;
	AUTO_BUF struct buf to = BUF_BIG;
	AUTO_BUF struct buf plain = BUF_BIG;
	AUTO_BUF struct buf back = BUF_BIG;
	struct url u;

	url_show(&shown, text);
	if (url_cut(&u, text, NULL) == 0 && u.userinfo.len > 0 &&
	    strlen(shown.data) + u.userinfo.len >= strlen(text) + 8)
		abort();
	(void)url_resolve(&to, "http://h/a/b?c", text, NULL);
	if (to.len > 0 && strstr(to.data, "/../"))
		(void)url_cut(&u, to.data, NULL);
	if (url_unescape(&plain, text, strlen(text), NULL) < 0)
		return;
	url_escape(&back, plain.data, "");
	buf_clear(&to);
	if (url_unescape(&to, back.data, back.len, NULL) < 0 ||
	    !streq(to.data, plain.data))
		abort();
}

/* With the magic before it and the sum behind. */
static void bundle(const uint8_t *data, size_t len)
{
	AUTO_BUNDLE struct bundle b = BUNDLE_INIT;
	AUTO_BUNDLE struct bundle again = BUNDLE_INIT;
	AUTO_BUF struct buf bytes = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	size_t total = 0;

	buf_add(&bytes, "dverrun1", 8);
	buf_add(&bytes, data, len);
	if (!buf_ok(&bytes) ||
	    hash_bytes(sum, bytes.data, bytes.len, NULL) < 0)
		return;
	buf_add(&bytes, sum, sizeof(sum));
	if (bundle_parse(&b, "x", bytes.data, bytes.len, NULL) < 0)
		return;
	for (size_t i = 0; i < b.n; i++)
		for (size_t k = 0; k < b.v[i].len; k++)
			total += (uint8_t)b.v[i].text[k] | 1;
	if (total > BUNDLE_TEXT_MAX * (size_t)255)
		abort();
	/* What was read can be written and read again. */
	if (bundle_format(&bytes, b.v, b.n, NULL) < 0 ||
	    bundle_parse(&again, "x", bytes.data, bytes.len, NULL) < 0 ||
	    again.n != b.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_FREE char *text = NULL;

	if (len == 0)
		return 0;
	text = str_ndup((const char *)data + 1, len - 1);
	switch (data[0] % 7) {
	case 0:
		xml(data + 1, len - 1, len);
		break;
	case 1:
		xml(data + 1, len - 1, 3);
		break;
	case 2:
		listing(data + 1, len - 1);
		break;
	case 3:
		heads(data + 1, len - 1);
		break;
	case 4:
		date(text);
		break;
	case 5:
		url(text);
		break;
	case 6:
		bundle(data + 1, len - 1);
		break;
	}
	return 0;
}
