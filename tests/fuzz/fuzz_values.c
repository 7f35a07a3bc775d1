/*
 * Parameter files of all kinds.  The first byte chooses; what could be read
 * has a text that reads as the same value, and that text is the same again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "format/values.h"
#include "format/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void same_again(const struct value *v)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_BUF struct buf text = BUF_INIT(1 << 20);
	AUTO_BUF struct buf twice = BUF_INIT(1 << 20);

	value_text(&text, v);
	if (!buf_ok(&text))
		return;
	if (memchr(text.data, '\n', text.len) ||
	    yaml_parse(&doc, "f", text.data, text.len, NULL) < 0 ||
	    !value_same(v, doc.root))
		abort();
	value_text(&twice, doc.root);
	if (!streq(text.data, twice.data))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = { "f.json", "f.toml", "f.py",
					     "f.yaml" };
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	struct dver_err err = { 0 };
	const char *name;

	if (len == 0)
		return 0;
	name = names[data[0] % ARRAY_SIZE(names)];
	if (values_parse(&doc, name, data + 1, len - 1, &err) < 0) {
		if (err.code != DVER_EFORMAT ||
		    strncmp(err.msg, name, strlen(name)) != 0)
			abort();
		return 0;
	}
	if (doc.root)
		same_again(doc.root);
	return 0;
}
