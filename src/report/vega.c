#include "report/vega.h"

#include "base/err.h"
#include "base/path.h"
#include "format/json.h"
#include "report/vega_internal.h"
#include "report/vega_template.h"

void vega_release(struct vega *v)
{
	free(v->x);
	free(v->y);
	strvec_release(&v->revs);
	strvec_release(&v->kinds);
}

void vega_string(struct buf *out, const char *s)
{
	json_put_string(out, s, strlen(s));
}

void vega_strings(struct buf *out, const struct strvec *list)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_addc(out, ',');
		vega_string(out, list->v[i]);
	}
	buf_addc(out, ']');
}

static bool is_taken(const char *name)
{
	static const char *const taken[] = {
		"rev", "filename", "field", "filename::field", "count",
		"share", "value", "x_here", "y_here"
	};

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (streq(taken[i], name))
			return true;
	return strncmp(name, "__", 2) == 0 || !*name;
}

/*
 * The member of a column.  Vega-Lite makes expressions with names in quotes,
 * and forgets to escape what ends these.
 */
static char *member(const char *column, const char *other)
{
	bool taken = is_taken(column) || (other && streq(column, other));
	AUTO_BUF struct buf b = BUF_BIG;

	for (; *column; column++)
		if (*column == '"')
			buf_addstr(&b, "\u201d");
		else if (*column == '\'')
			buf_addstr(&b, "\u2019");
		else if (*column == '\\')
			buf_addstr(&b, "\u2216");
		else
			buf_addc(&b, *column);
	if (taken)
		buf_addc(&b, '_');
	return buf_detach(&b);
}

/* Are all series of one column? */
static bool one_column(const struct plot *p)
{
	for (size_t i = 1; i < p->n; i++)
		if (!streq(p->v[i].column, p->v[0].column))
			return false;
	return true;
}

static bool one_file(const struct plots_chart *c)
{
	for (size_t i = 1; i < c->chart.n; i++)
		if (!streq(c->series[i].path, c->series[0].path))
			return false;
	return true;
}

void vega_kind(struct buf *out, const struct vega *v, size_t series)
{
	const struct plots_chart *c = v->c;

	if (!streq(v->by, "field"))
		buf_addstr(out, path_base(c->series[series].path));
	if (streq(v->by, "filename::field"))
		buf_addstr(out, "::");
	if (!streq(v->by, "filename"))
		buf_addstr(out, c->chart.v[series].column);
}

static int list_kinds(struct vega *v, struct dver_err *err)
{
	for (size_t i = 0; i < v->c->chart.n; i++) {
		const char *rev = v->c->series[i].rev;
		AUTO_BUF struct buf b = BUF_BIG;

		if (!strvec_has(&v->revs, rev) && !strvec_push(&v->revs, rev))
			return err_nomem(err);
		if (!v->by)
			continue;
		vega_kind(&b, v, i);
		if (!buf_ok(&b) || (!strvec_has(&v->kinds, b.data) &&
				    !strvec_push(&v->kinds, b.data)))
			return err_nomem(err);
	}
	return 0;
}

int vega_init(struct vega *v, const struct dver_plots *plots, size_t plot,
	      struct dver_err *err)
{
	const struct plots_chart *c = &plots->v[plot];
	const struct plot *p = &c->chart;
	bool column = one_column(p), file = one_file(c);
	const char *x = p->x_column ? p->x_column : "step";
	char *swap;

	*v = (struct vega){ .c = c, .all = &plots->revs,
		.x_label = p->x_label, .y_label = p->y_label,
		.by = column ? (file ? NULL : "filename")
			     : (file ? "field" : "filename::field") };
	v->x = member(x, NULL);
	v->y = !p->n ? strdup("value")
	       : column ? member(p->v[0].column, x) : strdup("value");
	if (!v->x || !v->y)
		return err_nomem(err);
	if (p->kind == PLOT_BAR) {
		swap = v->x;
		v->x = v->y;
		v->y = swap;
		v->x_label = p->y_label;
		v->y_label = p->x_label;
	}
	return list_kinds(v, err);
}

int vega_spec(struct buf *out, const struct dver_plots *p, size_t plot,
	      struct dver_err *err)
{
	const struct plots_chart *c = &p->v[plot];
	AUTO_VEGA struct vega v = { .x = NULL };
	const char *text;
	size_t len;
	int r;

	if (c->pub.kind == DVER_PLOT_IMAGES)
		return err_set(err, DVER_EUNSUPPORTED, "'%s' is an image, no "
			       "chart", c->pub.id);
	text = c->text;
	len = c->text_len;
	if (!text)
		text = vega_template(c->pub.template_name, &len);
	if (!text)	/* "default" */
		text = vega_template("linear", &len);
	r = vega_init(&v, p, plot, err);
	return r < 0 ? r : vega_fill(out, &v, c->pub.template_name, text, len,
				     err);
}
