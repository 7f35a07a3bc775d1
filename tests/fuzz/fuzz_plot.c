/*
 * Data of charts, and what is drawn of it.  The first byte chooses the kind of
 * file and of chart, the second the columns.  A picture is well-formed, a
 * chart of text is text that fits.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "format/xml.h"
#include "plot/plot_data.h"
#include "plot/plot_svg.h"
#include "plot/plot_term.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void draw(const struct plot *p, bool ascii)
{
	struct plot_term_opts opts = { .width = 40, .height = 12,
				       .ascii = ascii };
	AUTO_BUF struct buf out = BUF_BIG, text = BUF_BIG;
	struct dver_err err = { 0 };

	if (plot_term(&text, p, &opts, &err) < 0 ||
	    !utf8_valid(text.data, text.len))
		abort();
	for (char *line = text.data, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || utf8_width(line, (size_t)(end - line)) > 40)
			abort();
		for (; line < end; line++)
			if ((*line & 0xe0) == 0 || (ascii && *line & 0x80))
				abort();
	}

	if (plot_svg(&out, p, NULL, &err) < 0 ||
	    xml_parse("svg", out.data, out.len, NULL, NULL, NULL, &err) < 0)
		abort();
}

static void check(const struct plot *p, size_t points)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct plot_series *s = &p->v[i];

		if (s->n > points && p->kind != PLOT_MATRIX)
			abort();
		for (size_t k = 0; k < s->n_raw; k++)
			if (!isfinite(s->raw[k].x) || isinf(s->raw[k].y))
				abort();
		for (size_t k = 0; k < s->n; k++)
			if (!isfinite(s->v[k].x) || isinf(s->v[k].y) ||
			    (p->x_kind == PLOT_X_LABELS &&
			     !(s->v[k].x >= 0 &&
			       s->v[k].x < (double)p->labels.n)) ||
			    (p->kind == PLOT_MATRIX &&
			     !(s->v[k].y >= 0 &&
			       s->v[k].y < (double)p->labels.n &&
			       s->weight[k] > 0)) ||
			    (p->kind == PLOT_LINE && k > 0 &&
			     s->v[k].x < s->v[k - 1].x))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const paths[] = {
		"m.csv", "m.tsv", "m.json", "m.yaml", "a.tfevents.b"
	};
	static const char *const y[] = { "y", "x", "b" };
	struct plot_want want = { .points = 16, .y = y };
	struct dver_err err = { 0 };
	const char *path;
	AUTO_PLOT struct plot p;
	int r;

	plot_init(&p, PLOT_LINE);
	if (len < 2)
		return 0;
	path = paths[data[0] % ARRAY_SIZE(paths)];
	plot_init(&p, (enum plot_kind)(data[0] / 8 % 4));
	want.n_y = data[1] % 4;
	want.x = data[1] & 4 ? "a" : NULL;
	want.no_header = data[1] & 8;
	if (p.kind == PLOT_MATRIX) {	/* it needs two columns */
		want.n_y = 1;
		want.x = "a";
	}
	want.smooth = data[1] & 64 ? 0.9 : 0;
	p.smooth = want.smooth;
	if (data[1] & 128 && data[0] % ARRAY_SIZE(paths) == 4)
		want.x = "wall_time";
	p.title = strndup((const char *)data + 2, MIN(len - 2, (size_t)80));
	r = plot_data_parse(&p, path, &want, data + 2, len - 2, &err);
	if (r < 0 && (r != DVER_EFORMAT && r != DVER_EINVAL))
		abort();
	if (r < 0 && (p.n != 0 || p.labels.n != 0 ||
		      strncmp(err.msg, path, strlen(path)) != 0))
		abort();
	if (data[1] & 32 && p.kind == PLOT_MATRIX)
		plot_normalize(&p);
	check(&p, want.points);
	draw(&p, data[1] & 16);
	return 0;
}
