/*
 * vega_series - anchors that tell the series of a chart apart: colours of
 * revisions, or of kinds where there is one revision; where there are many of
 * both, dashes and shapes of kinds; legends that show and hide them.
 */
#include "plot/plot_svg.h"
#include "report/vega_internal.h"

#define LEGEND_COLUMN 7	/* about the width of a letter */

/* What colours stand for, and in which order. */
static const char *coloured(const struct vega *v, const struct strvec **list)
{
	bool kinds = v->all->n <= 1 && v->by;

	*list = kinds ? &v->kinds : &v->revs;
	return kinds ? v->by : "rev";
}

/* Do revisions have colours, and kinds something else? */
static bool both(const struct vega *v)
{
	return v->all->n > 1 && v->kinds.n > 1;
}

static size_t columns(const struct strvec *list)
{
	size_t widest = 0;

	for (size_t i = 0; i < list->n; i++)
		widest = MAX(widest, strlen(list->v[i]));
	return MAX(VEGA_WIDTH / (LEGEND_COLUMN * (MIN(widest, (size_t)80) + 5)),
		   (size_t)1);
}

static void put_legend(struct buf *out, const struct strvec *list, bool some)
{
	if (list->n < 2) {
		buf_addstr(out, ",\"legend\":null");
		return;
	}
	buf_addf(out, ",\"legend\":{\"title\":null,\"orient\":\"top\","
		 "\"labelLimit\":%d,\"columns\":%zu", VEGA_WIDTH - 60,
		 columns(list));
	if (some) {
		buf_addstr(out, ",\"values\":");
		vega_strings(out, list);
	}
	buf_addc(out, '}');
}

/*
 * What series are told apart by.  All charts have all revisions, and so each
 * of these has the same look in all of them.
 */
struct scale {
	const char *field;
	const struct strvec *list, *domain;
};

static struct scale scale_of(const struct vega *v, bool kinds)
{
	struct scale s = { v->by, &v->kinds, &v->kinds };

	if (!kinds)
		s.field = coloured(v, &s.list);
	s.domain = s.list == &v->revs ? v->all : s.list;
	return s;
}

/* "field", its type and its values. */
static void open_scale(struct buf *out, const struct scale *s)
{
	buf_addstr(out, "{\"field\":");
	vega_string(out, s->field);
	buf_addstr(out, ",\"type\":\"nominal\",\"scale\":{\"domain\":");
	vega_strings(out, s->domain);
}

static void close_scale(struct buf *out, const struct scale *s)
{
	buf_addc(out, '}');
	put_legend(out, s->list, s->domain->n > s->list->n);
	buf_addc(out, '}');
}

void vega_put_colour(struct buf *out, const struct vega *v)
{
	struct scale s = scale_of(v, false);

	open_scale(out, &s);
	close_scale(out, &s);
}

void vega_put_dash(struct buf *out, const struct vega *v)
{
	static const char *const dashes[] = {
		"[1,0]", "[7,4]", "[2,4]", "[9,4,2,4]", "[4,2]", "[12,4]",
		"[1,2]", "[12,3,2,3,2,3]"
	};
	struct scale s = scale_of(v, both(v));
	size_t each = both(v) ? 1 : PLOT_COLOURS;

	if (!both(v) && s.domain->n <= PLOT_COLOURS)
		return;
	open_scale(out, &s);
	buf_addstr(out, ",\"range\":[");
	for (size_t i = 0; i < s.domain->n; i++)
		buf_addf(out, "%s%s", i ? "," : "",
			 dashes[i / each % ARRAY_SIZE(dashes)]);
	buf_addc(out, ']');
	close_scale(out, &s);
}

void vega_put_shape(struct buf *out, const struct vega *v)
{
	static const char *const shapes[PLOT_MARKS] = {
		"circle", "square", "triangle-up", "diamond"
	};
	struct scale s = scale_of(v, both(v));

	if (s.domain->n < 2)
		return;
	open_scale(out, &s);
	buf_addstr(out, ",\"range\":[");
	for (size_t i = 0; i < s.domain->n; i++)
		buf_addf(out, "%s\"%s\"", i ? "," : "",
			 shapes[plot_look(i).mark]);
	buf_addc(out, ']');
	close_scale(out, &s);
}

/* The name of a series, as an expression. */
void vega_put_pivot(struct buf *out, const struct vega *v)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (both(v))
		buf_addf(&b, "datum.rev + ': ' + datum['%s']", v->by);
	else if (v->kinds.n > 1)
		buf_addf(&b, "datum['%s']", v->by);
	else if (v->revs.n > 1 || v->c->chart.kind == PLOT_MATRIX)
		buf_addstr(&b, "datum.rev");
	else
		buf_addf(&b, "'%s'", v->y);
	vega_string(out, b.data);
	out->failed |= b.failed;
}

void vega_put_row(struct buf *out, const struct vega *v)
{
	if (v->kinds.n < 2)
		return;
	buf_addstr(out, "{\"field\":");
	vega_string(out, v->by);
	buf_addstr(out, ",\"type\":\"nominal\",\"sort\":[],\"header\":"
		   "{\"title\":null}}");
}

/* A param that the legend toggles; all are shown at first. */
static void put_shown_one(struct buf *out, const char *name, const char *field,
			  const struct strvec *list)
{
	if (list->n < 2)
		return;
	buf_addf(out, "{\"name\":\"%s\",\"select\":{\"type\":\"point\","
		 "\"fields\":[", name);
	vega_string(out, field);
	buf_addstr(out, "],\"toggle\":\"true\",\"clear\":false},"
		   "\"bind\":\"legend\",\"value\":[");
	for (size_t i = 0; i < list->n; i++) {
		buf_addstr(out, i ? ",{" : "{");
		vega_string(out, field);
		buf_addc(out, ':');
		vega_string(out, list->v[i]);
		buf_addc(out, '}');
	}
	buf_addstr(out, "]},");
}

void vega_put_shown(struct buf *out, const struct vega *v)
{
	const struct strvec *list;
	const char *field = coloured(v, &list);

	put_shown_one(out, "shown", field, list);
	if (both(v))
		put_shown_one(out, "shown2", v->by, &v->kinds);
}

void vega_put_shown_filters(struct buf *out, const struct vega *v)
{
	const struct strvec *list;

	(void)coloured(v, &list);
	if (list->n > 1)
		buf_addstr(out, "{\"filter\":{\"param\":\"shown\","
			   "\"empty\":false}},");
	if (both(v))
		buf_addstr(out, "{\"filter\":{\"param\":\"shown2\","
			   "\"empty\":false}},");
}
