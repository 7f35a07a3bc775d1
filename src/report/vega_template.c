/*
 * vega_template - the files of templates/ are part of the library.
 */
#include "report/vega_template.h"

#include "base/embed.h"
#include "base/mem.h"

#define DIR "src/report/templates/"

EMBED(template_simple, DIR "simple.json");
EMBED(template_linear, DIR "linear.json");
EMBED(template_confusion, DIR "confusion.json");
EMBED(template_confusion_normalized, DIR "confusion_normalized.json");
EMBED(template_scatter, DIR "scatter.json");
EMBED(template_scatter_jitter, DIR "scatter_jitter.json");
EMBED(template_smooth, DIR "smooth.json");
EMBED(template_bar_horizontal_sorted, DIR "bar_horizontal_sorted.json");
EMBED(template_bar_horizontal, DIR "bar_horizontal.json");

#define ENTRY(name) { #name, embed_template_##name }

static const struct { const char *name, *text; } all[] = {
	ENTRY(simple), ENTRY(linear), ENTRY(confusion),
	ENTRY(confusion_normalized), ENTRY(scatter), ENTRY(scatter_jitter),
	ENTRY(smooth), ENTRY(bar_horizontal_sorted), ENTRY(bar_horizontal),
};

const char *vega_template(const char *name, size_t *len)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (streq(all[i].name, name)) {
			*len = strlen(all[i].text);
			return all[i].text;
		}
	return NULL;
}

const char *vega_template_name(size_t i)
{
	return i < ARRAY_SIZE(all) ? all[i].name : NULL;
}
