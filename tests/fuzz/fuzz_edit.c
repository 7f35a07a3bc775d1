/*
 * Edits of YAML texts.  The first two bytes choose what is done and where;
 * what is done can be seen there, what is refused leaves the text as it was.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "format/yaml.h"
#include "format/yaml_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Down a way that the bits of `which` choose. */
static size_t choose(const struct value *v, unsigned which, const char **keys)
{
	size_t n = 0;

	while (v && v->type == VALUE_MAP && v->n > 0 && n < 3) {
		size_t i = which % v->n;

		keys[n++] = value_key(v, i)->text;
		if (strlen(keys[n - 1]) != value_key(v, i)->len)
			return 0;
		v = value_at(v, i);
		which /= 3;
	}
	return n;
}

static int change(struct buf *text, unsigned how, struct yaml_place at,
		  struct dver_err *err)
{
	const char *const *last = at.keys + at.n - 1;
	AUTO_BUF struct buf entry = BUF_BIG;

	switch (how % 3) {
	case 0:
		return yaml_edit_set(text, "f", at, "true", err);
	case 1:
		return yaml_edit_remove(text, "f", at, err);
	}
	yaml_put_string(&entry, *last, strlen(*last));
	buf_addstr(&entry, ":\n  cmd: x\n  outs:\n  - y\n");
	return yaml_edit_put(text, "f", at, entry.data, err);
}

/* What the place is now. */
static void look(const struct buf *text, unsigned how, struct yaml_place at)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *v;

	if (yaml_parse_flags(&doc, "f", text->data, text->len,
			     YAML_ALIASES | YAML_KEEP_MERGES, NULL) < 0)
		abort();
	v = doc.root;
	for (size_t i = 0; v && i < at.n; i++)
		v = value_get(v, at.keys[i]);
	if (how % 3 == 1 ? v != NULL : !v)
		abort();
	if (how % 3 == 0 && !value_is(v, "true"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	AUTO_BUF struct buf text = BUF_BIG;
	struct dver_err err = { 0 };
	const char *keys[4];
	struct yaml_place at = { keys, 0 };

	if (len < 2)
		return 0;
	buf_add(&text, data + 2, len - 2);
	if (yaml_parse_flags(&doc, "f", text.data, text.len,
			     YAML_ALIASES | YAML_KEEP_MERGES, NULL) < 0)
		return 0;
	at.n = choose(doc.root, data[1], keys);
	if (data[0] & 0x80 || at.n == 0)
		keys[at.n++] = "new";
	if (change(&text, data[0], at, &err) == 0)
		look(&text, data[0], at);
	else if (text.len != len - 2 ||
		 memcmp(text.data, data + 2, text.len) != 0 || !err.msg[0])
		abort();
	return 0;
}
