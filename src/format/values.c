#include "format/values.h"

#include "base/err.h"
#include "base/utf8.h"
#include "format/json_values.h"
#include "format/markers.h"
#include "format/pylit.h"
#include "format/scan.h"
#include "format/toml.h"
#include "format/yaml.h"

/* Where bytes are no UTF-8. */
static int not_utf8(const char *name, const char *text, size_t len,
		    struct dver_err *err)
{
	struct arena none = ARENA_INIT;
	struct scan s;

	scan_init(&s, &none, name, text, len, err);
	while (s.p < s.end) {
		unsigned char c = (unsigned char)*s.p;
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

		if (n > (size_t)(s.end - s.p) || !utf8_valid(s.p, n))
			break;
		s.p += n;
	}
	return scan_bad(&s, "not UTF-8");
}

/* Collections inside each other. */
static unsigned height(const struct value *v)
{
	size_t n = v->type == VALUE_MAP ? 2 * v->n : v->n;
	unsigned most = 0;

	if (v->type == VALUE_SCALAR)
		return 0;
	for (size_t i = 0; i < n; i++)
		most = MAX(most, height(&v->items[i]));
	return most + 1;
}

static int yaml_values(struct value_doc *out, const char *name,
		       const void *data, size_t len, struct dver_err *err)
{
	int r = yaml_parse_flags(out, name, data, len, YAML_ALIASES, err);

	/* What is read here is written into another document, deeper. */
	if (r == 0 && out->root && height(out->root) > SCAN_DEPTH_MAX)
		r = err_set(err, DVER_EFORMAT, "%s: nested too deeply", name);
	return r;
}

int values_parse(struct value_doc *out, const char *name, const void *data,
		 size_t len, struct dver_err *err)
{
	int r;

	*out = (struct value_doc){ ARENA_INIT, NULL };
	if (len > VALUES_SIZE_MAX)
		return err_set(err, DVER_EFORMAT, "%s: larger than 32 MiB",
			       name);
	if (!utf8_valid(data, len))
		return not_utf8(name, data, len, err);
	if (str_ends(name, ".json"))
		r = json_values(out, name, data, len, err);
	else if (str_ends(name, ".toml"))
		r = toml_values(out, name, data, len, err);
	else if (str_ends(name, ".py"))
		r = python_values(out, name, data, len, err);
	else
		r = yaml_values(out, name, data, len, err);
	if (r < 0)
		value_doc_release(out);
	return markers_tell(name, data, len, r, err);
}
