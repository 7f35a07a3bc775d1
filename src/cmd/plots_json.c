/*
 * plots_json - plots as JSON: what is said of each, and its specification.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "cmd/plots.h"
#include "format/json.h"
#include "format/scalar.h"

static int gather(void *data, const char *text, size_t len)
{
	buf_add(data, text, len);
	return 0;
}

static void put_rev(struct json *j, const char *key, const char *rev,
		    const char *commit)
{
	json_string(j, key, rev);
	if (commit)
		json_string(j, "commit", commit);
	else
		json_null(j, "commit");
}

static void put_revisions(struct json *j, const struct dver_plot *x)
{
	json_array(j, "revisions");
	for (size_t s = 0; s < x->nseries; s++)
		if (s == 0 || !streq(x->series[s].rev, x->series[s - 1].rev))
			json_string(j, NULL, x->series[s].rev);
	json_end_array(j);
}

static void put_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_string(j, key, text);
	else
		json_null(j, key);
}

static void put_series(struct json *j, const struct dver_plot_series *v)
{
	json_object(j, NULL);
	put_rev(j, "rev", v->rev, v->commit);
	json_string(j, "path", v->path);
	json_string(j, "name", v->name);
	json_string(j, "field", v->column);
	json_number(j, "rows", v->total);
	json_number(j, "points", v->n);
	json_number(j, "values", v->values);
	json_number(j, "not_finite", v->odd);
	json_end_object(j);
}

static int put_chart(struct json *j, const struct dver_plots *p, size_t i,
		     struct dver_err *err)
{
	const struct dver_plot *x = dver_plots_get(p, i);
	AUTO_BUF struct buf spec = BUF_BIG, smooth = BUF_BIG;
	int r = dver_plots_draw_vega(p, i, gather, &spec, err);

	if (r == 0)
		r = buf_check(&spec, err);
	if (r < 0)
		return r;
	json_object(j, NULL);
	json_string(j, "type", "vega");
	put_revisions(j, x);
	json_string(j, "template", x->template_name);
	put_text(j, "title", x->title);
	put_text(j, "x_label", x->x_label);
	put_text(j, "y_label", x->y_label);
	scalar_put_float(&smooth, x->smooth);
	json_token(j, "smooth", smooth.data);
	json_array(j, "series");
	for (size_t s = 0; s < x->nseries; s++)
		put_series(j, &x->series[s]);
	json_end_array(j);
	json_token(j, "content", spec.data);
	json_end_object(j);
	return 0;
}

static void put_image(struct json *j, const struct dver_plot_image *m)
{
	json_object(j, NULL);
	json_string(j, "type", "image");
	json_array(j, "revisions");
	json_string(j, NULL, m->rev);
	json_end_array(j);
	if (m->commit)
		json_string(j, "commit", m->commit);
	else
		json_null(j, "commit");
	json_string(j, "path", m->path);
	json_string(j, "media_type", m->type);
	json_number(j, "size", m->len);
	json_end_object(j);
}

static void put_problems(struct json *j, const struct dver_plots *p)
{
	json_array(j, "errors");
	for (size_t i = 0; i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		for (size_t k = 0; k < x->nproblems; k++) {
			const struct dver_plot_problem *b = &x->problems[k];

			json_object(j, NULL);
			json_string(j, "name", x->id);
			json_string(j, "rev", b->rev);
			json_string(j, "source", b->path);
			json_string(j, "msg", b->message);
			json_bool(j, "missing", b->code == DVER_ENOTFOUND ||
						b->code == DVER_EMISSING);
			json_end_object(j);
		}
	}
	json_end_array(j);
}

int plots_json(const struct dver_plots *p, struct dver_err *err)
{
	struct json j;
	int r = 0;

	json_begin(&j, stdout);
	json_object(&j, NULL);
	put_problems(&j, p);
	json_object(&j, "data");
	for (size_t i = 0; r == 0 && i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		json_array(&j, x->id);
		if (x->nseries)
			r = put_chart(&j, p, i, err);
		for (size_t k = 0; k < x->nimages; k++)
			put_image(&j, &x->images[k]);
		json_end_array(&j);
	}
	json_end_object(&j);
	json_end_object(&j);
	json_end(&j);
	return r;
}
