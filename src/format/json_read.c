#include "format/json_read.h"

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

static void decref(json_t **j)
{
	json_decref(*j);
}
#define AUTO_JSON __attribute__((cleanup(decref)))

static int convert(struct value_doc *doc, struct value *out, json_t *from,
		   unsigned depth, struct dver_err *err);

static int scalar(struct value_doc *doc, struct value *out, const char *text,
		  size_t len, bool quoted, struct dver_err *err)
{
	*out = (struct value){ .type = VALUE_SCALAR, .quoted = quoted,
			       .text = arena_strdup(&doc->arena, text, len),
			       .len = len };
	return out->text ? 0 : err_nomem(err);
}

static int number(struct value_doc *doc, struct value *out, json_t *from,
		  struct dver_err *err)
{
	char text[64];
	int n = json_is_integer(from)
		? snprintf(text, sizeof(text), "%lld",
			   (long long)json_integer_value(from))
		: snprintf(text, sizeof(text), "%.17g", json_real_value(from));

	return scalar(doc, out, text, (size_t)n, false, err);
}

static int children(struct value_doc *doc, struct value *out, size_t n,
		    struct dver_err *err)
{
	out->items = n ? arena_alloc(&doc->arena, n * sizeof(*out)) : NULL;
	return n && !out->items ? err_nomem(err) : 0;
}

static int sequence(struct value_doc *doc, struct value *out, json_t *from,
		    unsigned depth, struct dver_err *err)
{
	size_t n = json_array_size(from);
	int r = children(doc, out, n, err);

	out->type = VALUE_SEQ;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = convert(doc, &out->items[out->n++],
			    json_array_get(from, i), depth, err);
	return r;
}

static int map(struct value_doc *doc, struct value *out, json_t *from,
	       unsigned depth, struct dver_err *err)
{
	int r = children(doc, out, 2 * json_object_size(from), err);
	struct value *at = out->items;
	const char *key;
	json_t *v;

	out->type = VALUE_MAP;
	if (r < 0)
		return r;
	json_object_foreach(from, key, v) {
		r = scalar(doc, at++, key, strlen(key), true, err);
		if (r == 0)
			r = convert(doc, at++, v, depth, err);
		if (r < 0)
			return r;
		out->n++;
	}
	return 0;
}

static int convert(struct value_doc *doc, struct value *out, json_t *from,
		   unsigned depth, struct dver_err *err)
{
	*out = (struct value){ .type = VALUE_SCALAR };
	if (depth == JSON_DEPTH_MAX)
		return err_set(err, DVER_EFORMAT, "nested too deeply");
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		return map(doc, out, from, depth + 1, err);
	case JSON_ARRAY:
		return sequence(doc, out, from, depth + 1, err);
	case JSON_STRING:
		return scalar(doc, out, json_string_value(from),
			      json_string_length(from), true, err);
	case JSON_INTEGER:
	case JSON_REAL:
		return number(doc, out, from, err);
	case JSON_TRUE:
		return scalar(doc, out, "true", 4, false, err);
	case JSON_FALSE:
		return scalar(doc, out, "false", 5, false, err);
	case JSON_NULL:
		return scalar(doc, out, "null", 4, false, err);
	}
	return err_set(err, DVER_EFORMAT, "no JSON");
}

int json_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	json_error_t why;
	AUTO_JSON json_t *j = json_loadb(data, len, JSON_REJECT_DUPLICATES |
					 JSON_DECODE_ANY, &why);
	int r;

	if (!j)
		return err_set(err, DVER_EFORMAT, "%s:%d:%d: %s", name,
			       why.line, why.column, why.text);
	doc.root = arena_alloc(&doc.arena, sizeof(*doc.root));
	r = doc.root ? convert(&doc, doc.root, j, 0, err) : err_nomem(err);
	if (r == DVER_EFORMAT)
		(void)err_wrap(err, "%s", name);
	if (r < 0)
		return r;
	*out = doc;
	doc = (struct value_doc){ ARENA_INIT, NULL };
	return 0;
}

void json_library(struct buf *out)
{
	buf_addf(out, "jansson %s", jansson_version_str());
}
