/*
 * vega_template - the files of templates/ are part of the library.
 */
#include "report/vega_template.h"

#include "base/embed.h"
#include "base/mem.h"

EMBED(linear, "src/report/templates/linear.json");

const char *vega_template(const char *name, size_t *len)
{
	const struct { const char *name, *text; size_t len; } all[] = {
		{ "linear", embed_linear, EMBED_LEN(linear) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (streq(all[i].name, name)) {
			*len = all[i].len;
			return all[i].text;
		}
	return NULL;
}
