/*
 * Templates of plots, filled.  The first byte chooses the kind of chart and
 * one of dver's templates; then a table, a NUL, and a template of somebody
 * else's.  What comes out is JSON of one object without "<", and all anchors
 * are gone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/json_values.h"
#include "plot/plot_data.h"
#include "report/vega_internal.h"
#include "report/vega_template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void look(const struct buf *out)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	struct dver_err err = { 0 };

	if (json_values(&doc, "spec", out->data, out->len, &err) < 0 &&
	    err.code != DVER_EFORMAT)
		abort();
	/* Two members may have got one name, and no other fault is there. */
	if (!doc.root && !strstr(err.msg, "twice"))
		abort();
	if (doc.root && (doc.root->type != VALUE_MAP ||
			 value_get(doc.root, "usermeta")))
		abort();
	if (memchr(out->data, '<', out->len))
		abort();
}

static void fill(const struct vega *v, const char *text, size_t len)
{
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };
	const char *like;

	if (vega_check("t.json", text, len, &like, &err) < 0)
		return;
	if (vega_fill(&out, v, "t.json", text, len, &err) == 0)
		look(&out);
}

static void draw(const struct plots_chart *c, unsigned which,
		 const char *text, size_t len)
{
	AUTO_VEGA struct vega v = { .x = NULL };
	struct dver_err err = { 0 };
	const char *ours, *name;
	size_t ours_len;

	if (vega_init(&v, c, &err) < 0)
		return;
	name = vega_template_name(which % 9);
	ours = vega_template(name, &ours_len);
	fill(&v, ours, ours_len);
	fill(&v, text, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const y[] = { "y", "x", "b" };
	static const char *const likes[] = {
		"linear", "scatter", "bar_horizontal_sorted", "confusion",
		"confusion_normalized", "scatter_jitter"
	};
	struct dver_plot_series series[PLOT_SERIES_MAX];
	struct plots_chart c = { .series = series };
	struct plot_want want = { .points = 16, .y = y };
	struct dver_err err = { 0 };
	const uint8_t *end;

	if (len < 2)
		return 0;
	end = memchr(data + 1, '\0', len - 1);
	if (!end)
		end = data + len;
	(void)plots_kind(&c, likes[data[0] % ARRAY_SIZE(likes)]);
	want.x = c.chart.kind == PLOT_LINE && data[0] & 0x80 ? NULL : "x";
	want.n_y = c.chart.kind == PLOT_LINE ? data[0] >> 3 & 3 : 1;
	/* A second revision of the same. */
	for (int i = 0; i < 2; i++)
		(void)plot_data_parse(&c.chart, "m.csv", &want, data + 1,
				      (size_t)(end - data) - 1, &err);
	for (size_t i = 0; i < c.chart.n; i++)
		series[i] = (struct dver_plot_series){
			.rev = i % 2 ? "v\"1.0'" : "HEAD", .path = "m.csv" };
	if (plots_finish(&c, &err) == 0) {
		size_t skip = end < data + len;

		draw(&c, data[0], (const char *)end + skip,
		     (size_t)(data + len - end) - skip);
	}
	plot_release(&c.chart);
	return 0;
}
