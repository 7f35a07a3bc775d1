#include "cmd/value_json.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "format/yaml.h"

static void put_int(struct json *j, const char *key, const struct value *v)
{
	AUTO_BUF struct buf b = BUF_BIG;
	const char *digits;

	scalar_put_int(&b, v->text, v->len);
	digits = b.data + (*b.data == '-');
	/* One of too many digits keeps its base, which is no JSON. */
	if (*digits && digits[strspn(digits, "0123456789")] == '\0')
		json_token(j, key, b.data);
	else
		json_string(j, key, v->text);
}

void value_json_float(struct json *j, const char *key, double x)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (isfinite(x)) {
		scalar_put_float(&b, x);
		json_token(j, key, b.data);
		return;
	}
	json_object(j, key);
	json_string(j, "float", isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
	json_end_object(j);
}

static void put_scalar(struct json *j, const char *key, const struct value *v)
{
	switch (value_scalar(v)) {
	case SCALAR_NULL:
		json_null(j, key);
		break;
	case SCALAR_BOOL:
		json_bool(j, key, *v->text == 't' || *v->text == 'T');
		break;
	case SCALAR_INT:
		put_int(j, key, v);
		break;
	case SCALAR_FLOAT:
		value_json_float(j, key, scalar_double(v->text, v->len));
		break;
	case SCALAR_STRING:
		json_string(j, key, v->text);
		break;
	}
}

void value_json(struct json *j, const char *key, const struct value *v)
{
	switch (v->type) {
	case VALUE_SCALAR:
		put_scalar(j, key, v);
		break;
	case VALUE_SEQ:
		json_array(j, key);
		for (size_t i = 0; i < v->n; i++)
			value_json(j, NULL, &v->items[i]);
		json_end_array(j);
		break;
	case VALUE_MAP:
		json_object(j, key);
		for (size_t i = 0; i < v->n; i++)
			value_json(j, value_key(v, i)->text, value_at(v, i));
		json_end_object(j);
		break;
	}
}

void value_json_text(struct json *j, const char *key, const char *text)
{
	AUTO_VALUE_DOC struct value_doc d = { .root = NULL };

	if (yaml_parse(&d, "", text, strlen(text), NULL) == 0 && d.root)
		value_json(j, key, d.root);
	else
		json_string(j, key, text);
}
