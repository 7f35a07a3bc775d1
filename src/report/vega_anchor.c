/*
 * vega_anchor - what each anchor of a template is replaced by.  Those about
 * series stand in vega_series.c.
 */
#include "plot/plot_axis.h"
#include "plot/plot_svg.h"
#include "report/vega_internal.h"

#define HEIGHT 340
#define DOTS_MAX 60	/* points of a line that are shown as such */

/* The path of a member, where Vega takes paths. */
static void put_path(struct buf *out, const char *name)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (; *name; name++) {
		if (strchr(".[]", *name))
			buf_addc(&b, '\\');
		buf_addc(&b, *name);
	}
	vega_string(out, b.data);
	out->failed |= b.failed;
}

static void put_title(struct buf *out, const struct vega *v)
{
	vega_string(out, v->c->chart.title ? v->c->chart.title : "");
}

/* These go into expressions like names of members. */
static void put_label(struct buf *out, const char *label, const char *name)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (const char *s = label ? label : name; *s; s++)
		if (*s == '"' || *s == '\\')
			buf_addstr(&b, *s == '"' ? "\u201d" : "\u2216");
		else
			buf_addc(&b, *s);
	vega_string(out, b.data);
	out->failed |= b.failed;
}

static void put_x(struct buf *out, const struct vega *v)
{
	put_path(out, v->x);
}
static void put_y(struct buf *out, const struct vega *v)
{
	put_path(out, v->y);
}
static void put_x_name(struct buf *out, const struct vega *v)
{
	vega_string(out, v->x);
}
static void put_x_label(struct buf *out, const struct vega *v)
{
	put_label(out, v->x_label, v->x);
}
static void put_y_label(struct buf *out, const struct vega *v)
{
	put_label(out, v->y_label, v->y);
}

/* "datum['x']", itself in quotes. */
static void put_value(struct buf *out, const char *name)
{
	AUTO_BUF struct buf b = BUF_BIG;

	buf_addf(&b, "datum['%s']", name);
	vega_string(out, b.data);
	out->failed |= b.failed;
}
static void put_x_value(struct buf *out, const struct vega *v)
{
	put_value(out, v->x);
}
static void put_y_value(struct buf *out, const struct vega *v)
{
	put_value(out, v->y);
}

static bool words(const struct vega *v)
{
	return v->c->chart.x_kind == PLOT_X_LABELS;
}

static bool times(const struct vega *v)
{
	return v->c->chart.x_kind == PLOT_X_TIMES;
}

static void put_x_type(struct buf *out, const struct vega *v)
{
	vega_string(out, words(v) ? "nominal" : times(v) ? "temporal"
							  : "quantitative");
}

static void put_labels(struct buf *out, const struct vega *v)
{
	buf_addstr(out, "{\"domain\":");
	vega_strings(out, &v->c->chart.labels);
	buf_addc(out, '}');
}

static void put_y_scale(struct buf *out, const struct vega *v)
{
	if (v->c->chart.kind == PLOT_BAR || v->c->chart.kind == PLOT_MATRIX)
		put_labels(out, v);
	else
		buf_addstr(out, "{\"zero\":false}");
}

/* Room for what is spread around a word. */
static void put_x_offset(struct buf *out, const struct vega *v)
{
	if (words(v))
		buf_addstr(out, "{\"field\":\"x_random\","
			   "\"type\":\"quantitative\",\"scale\":{"
			   "\"domain\":[-0.5,1.5]}}");
}

static void put_x_scale(struct buf *out, const struct vega *v)
{
	const struct plot *p = &v->c->chart;

	if (words(v)) {
		put_labels(out, v);
	} else if (times(v)) {
		buf_addstr(out, "{\"type\":\"utc\"}");
	} else {
		buf_addf(out, "{\"zero\":false,%s}",
			 p->kind == PLOT_SCATTER ? "\"padding\":8"
						 : "\"nice\":false");
	}
}

static void put_x_axis(struct buf *out, const struct vega *v)
{
	if (words(v))
		buf_addstr(out, "{\"labelAngle\":-40,\"labelOverlap\":true,"
			   "\"labelLimit\":120}");
	else if (!times(v) && plot_axis_whole(&v->c->chart))
		buf_addstr(out, "{\"tickMinStep\":1}");
	else
		buf_addstr(out, "{}");
}

static void put_group(struct buf *out, const struct vega *v, const char *more)
{
	buf_addstr(out, "[\"rev\"");
	if (v->by) {
		buf_addc(out, ',');
		vega_string(out, v->by);
	}
	if (more) {
		buf_addc(out, ',');
		put_path(out, more);
	}
	buf_addc(out, ']');
}
static void put_group_by(struct buf *out, const struct vega *v)
{
	put_group(out, v, NULL);
}
static void put_group_x(struct buf *out, const struct vega *v)
{
	put_group(out, v, v->x);
}
static void put_group_y(struct buf *out, const struct vega *v)
{
	put_group(out, v, v->y);
}

static void put_width(struct buf *out, const struct vega *v)
{
	buf_addf(out, "%d", v->c->chart.kind == PLOT_MATRIX ? 300 : VEGA_WIDTH);
}
static void put_height(struct buf *out, const struct vega *v)
{
	buf_addf(out, "%d", v->c->chart.kind == PLOT_MATRIX ? 300 : HEIGHT);
}

static void put_tooltip(struct buf *out, const struct vega *v)
{
	const char *fields[] = { v->x, v->y };

	buf_addstr(out, "[{\"field\":\"rev\",\"type\":\"nominal\"}");
	if (v->by) {
		buf_addstr(out, ",{\"field\":");
		vega_string(out, v->by);
		buf_addstr(out, ",\"type\":\"nominal\"}");
	}
	/* As they are, and not rounded: "nominal". */
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		buf_addstr(out, ",{\"field\":");
		put_path(out, fields[i]);
		buf_addstr(out, ",\"type\":\"nominal\",\"title\":");
		put_label(out, i ? v->y_label : v->x_label, fields[i]);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void put_zoom(struct buf *out, const struct vega *v)
{
	buf_addf(out, "{\"name\":\"grid\",\"select\":{\"type\":\"interval\""
		 "%s},\"bind\":\"scales\"}",
		 v->c->chart.kind == PLOT_BAR ? ",\"encodings\":[\"x\"]"
		 : words(v) ? ",\"encodings\":[\"y\"]" : "");
}

/*
 * The tooltip at a place: all of its row, but times to be read.  What is
 * pointed at is a cell around a mark, whose datum is the mark.
 */
static void put_told(struct buf *out, const struct vega *v)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (!times(v)) {
		buf_addstr(out, "{\"content\":\"data\"}");
		return;
	}
	buf_addf(&b, "merge(datum.datum || datum, {'%s': utcFormat((datum.datum"
		 " || datum)['%s'], '%%Y-%%m-%%d %%H:%%M:%%S')})", v->x, v->x);
	buf_addstr(out, "{\"expr\":");
	vega_string(out, b.data);
	buf_addc(out, '}');
	out->failed |= b.failed;
}

static void put_dots(struct buf *out, const struct vega *v)
{
	size_t most = 0;

	for (size_t i = 0; i < v->c->chart.n; i++)
		most = MAX(most, v->c->chart.v[i].n);
	buf_addstr(out, most <= DOTS_MAX ? "{\"size\":22,\"aria\":false}"
					 : "false");
}

static const struct vega_anchor anchors[] = {
	{ "<DVC_METRIC_DATA>", VEGA_DATA, vega_rows },
	{ "<DVC_METRIC_TITLE>", VEGA_TEXT, put_title },
	{ "<DVC_METRIC_X>", VEGA_TEXT, put_x },
	{ "<DVC_METRIC_Y>", VEGA_TEXT, put_y },
	{ "<DVC_METRIC_X_LABEL>", VEGA_TEXT, put_x_label },
	{ "<DVC_METRIC_Y_LABEL>", VEGA_TEXT, put_y_label },
	{ "<DVC_METRIC_COLOR>", VEGA_VALUE, vega_put_colour },
	{ "<DVC_METRIC_COLUMN>", VEGA_VALUE, vega_put_row },
	{ "<DVC_METRIC_ROW>", VEGA_VALUE, vega_put_row },
	{ "<DVC_METRIC_GROUP_BY>", VEGA_VALUE, put_group_by },
	{ "<DVC_METRIC_GROUP_BY_X>", VEGA_VALUE, put_group_x },
	{ "<DVC_METRIC_GROUP_BY_Y>", VEGA_VALUE, put_group_y },
	{ "<DVC_METRIC_PIVOT_FIELD>", VEGA_TEXT, vega_put_pivot },
	{ "<DVC_METRIC_PLOT_HEIGHT>", VEGA_TEXT, put_height },
	{ "<DVC_METRIC_PLOT_WIDTH>", VEGA_TEXT, put_width },
	{ "<DVC_METRIC_SHAPE>", VEGA_VALUE, vega_put_shape },
	{ "<DVC_METRIC_STROKE_DASH>", VEGA_VALUE, vega_put_dash },
	{ "<DVC_METRIC_TOOLTIP>", VEGA_VALUE, put_tooltip },
	{ "<DVC_METRIC_ZOOM_AND_PAN>", VEGA_VALUE, put_zoom },
	/* What DVC has not. */
	{ "<DVER_DOTS>", VEGA_VALUE, put_dots },
	{ "<DVER_SHOWN>", VEGA_ITEMS, vega_put_shown },
	{ "<DVER_SHOWN_FILTERS>", VEGA_ITEMS, vega_put_shown_filters },
	{ "<DVER_TOLD>", VEGA_VALUE, put_told },
	{ "<DVER_X_AXIS>", VEGA_VALUE, put_x_axis },
	{ "<DVER_X_NAME>", VEGA_TEXT, put_x_name },
	{ "<DVER_X_OFFSET>", VEGA_VALUE, put_x_offset },
	{ "<DVER_X_SCALE>", VEGA_VALUE, put_x_scale },
	{ "<DVER_X_TYPE>", VEGA_TEXT, put_x_type },
	{ "<DVER_X_VALUE>", VEGA_TEXT, put_x_value },
	{ "<DVER_Y_SCALE>", VEGA_VALUE, put_y_scale },
	{ "<DVER_Y_VALUE>", VEGA_TEXT, put_y_value },
};

const struct vega_anchor *vega_anchor(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(anchors); i++)
		if (strlen(anchors[i].name) == len &&
		    memcmp(anchors[i].name, name, len) == 0)
			return &anchors[i];
	return NULL;
}

const struct vega_anchor *vega_anchor_at(size_t i)
{
	return i < ARRAY_SIZE(anchors) ? &anchors[i] : NULL;
}

void vega_config(struct buf *out)
{
	buf_addstr(out, "{\"range\":{\"category\":[");
	for (size_t i = 0; i < PLOT_COLOURS; i++)
		buf_addf(out, "%s\"%s\"", i ? "," : "", plot_svg_colours[i]);
	buf_addstr(out, "]}}");
}
