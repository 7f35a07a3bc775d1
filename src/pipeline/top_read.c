#include "pipeline/top_read.h"

#include "base/err.h"

static int paths(const struct reader *rd, const struct value *v,
		 const char *what, struct dver_err *err)
{
	const char *path;
	int r = reader_list(rd, v, what, err);

	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = reader_path(rd, &v->items[i], what, &path, err);
	return r;
}

int top_params(const struct reader *rd, const struct value *v,
	       struct dver_err *err)
{
	return paths(rd, v, "params", err);
}

/* true, false, or such by the names of metrics. */
static int better(const struct reader *rd, const struct value *v,
		  struct dver_err *err)
{
	static const char what[] = "higher_is_better";
	bool flag;
	int r = 0;

	if (v->type != VALUE_MAP)
		return reader_bool(rd, v, what, &flag, err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = reader_bool(rd, value_at(v, i), what, &flag, err);
	return r;
}

/* Files, and which way their metrics are better. */
static int metric_map(const struct reader *rd, const struct value *map,
		      struct dver_err *err)
{
	static const struct reader_key keys[] = {
		{ "higher_is_better", READ_ANY },
	};
	const char *path;
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->n; i++) {
		const struct value *v = value_at(map, i);
		const struct value *b = NULL;

		r = reader_path(rd, value_key(map, i), "metrics", &path, err);
		if (r < 0 || reader_null(v))
			continue;
		r = reader_keys(rd, v, "a file of metrics", keys,
				ARRAY_SIZE(keys), err);
		b = r == 0 ? value_get(v, "higher_is_better") : NULL;
		if (b)
			r = better(rd, b, err);
	}
	return r;
}

int top_metrics(const struct reader *rd, const struct value *v,
		struct dver_err *err)
{
	const char *path;
	int r = reader_list(rd, v, "metrics", err);

	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = v->items[i].type == VALUE_MAP
			    ? metric_map(rd, &v->items[i], err)
			    : reader_path(rd, &v->items[i], "metrics", &path,
					  err);
	return r;
}

/* "field", or where fields are lists: several. */
static int fields(const struct reader *rd, const struct value *v,
		  const char *what, bool several, struct dver_err *err)
{
	struct strvec names;
	const char *name;

	return several ? reader_strings(rd, v, what, &names, err)
		       : reader_string(rd, v, what, &name, err);
}

/* x and y: a field of the plot's file, or fields of files that are named. */
static int axis(const struct reader *rd, const struct value *v,
		const char *what, bool several, struct dver_err *err)
{
	const char *path;
	int r = 0;

	if (v->type != VALUE_MAP)
		return fields(rd, v, what, several, err);
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		r = reader_path(rd, value_key(v, i), what, &path, err);
		if (r == 0)
			r = fields(rd, value_at(v, i), what, several, err);
	}
	return r;
}

static int plot(const struct reader *rd, const struct value *v,
		struct dver_err *err)
{
	static const struct reader_key keys[] = {
		{ "x", READ_ANY }, { "y", READ_ANY },
		{ "x_label", READ_STRING }, { "y_label", READ_STRING },
		{ "title", READ_STRING }, { "template", READ_STRING },
	};
	const struct value *x, *y;
	int r = 0;

	if (reader_null(v))
		return 0;
	r = reader_keys(rd, v, "a plot", keys, ARRAY_SIZE(keys), err);
	x = r == 0 ? value_get(v, "x") : NULL;
	y = r == 0 ? value_get(v, "y") : NULL;
	if (x)
		r = axis(rd, x, "x", false, err);
	return r == 0 && y ? axis(rd, y, "y", true, err) : r;
}

/* A map of plots, by path or by a name that is theirs. */
static int plot_map(const struct reader *rd, const struct value *v,
		    struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = plot(rd, value_at(v, i), err);
	return r;
}

int top_plots(const struct reader *rd, const struct value *v,
	      struct dver_err *err)
{
	const char *path;
	int r = 0;

	if (v->type == VALUE_MAP)
		return plot_map(rd, v, err);
	r = reader_list(rd, v, "plots", err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = v->items[i].type == VALUE_MAP
			    ? plot_map(rd, &v->items[i], err)
			    : reader_path(rd, &v->items[i], "plots", &path,
					  err);
	return r;
}

int top_artifacts(const struct reader *rd, const struct value *v,
		  struct dver_err *err)
{
	static const struct reader_key keys[] = {
		{ "path", READ_STRING }, { "desc", READ_STRING },
		{ "type", READ_STRING }, { "labels", READ_STRINGS },
		{ "meta", READ_ANY },
	};
	int r = reader_map(rd, v, "artifacts", err);

	for (size_t i = 0; r == 0 && i < v->n; i++) {
		const struct value *a = value_at(v, i);
		const struct value *at;
		const char *path;

		r = reader_keys(rd, a, "an artifact", keys, ARRAY_SIZE(keys),
				err);
		if (r < 0)
			break;
		at = value_get(a, "path");
		r = at ? reader_path(rd, at, "path", &path, err)
		       : reader_bad(rd, a, err, "an artifact must have a "
				    "'path'");
	}
	return r;
}

int top_datasets(const struct reader *rd, const struct value *v,
		 struct dver_err *err)
{
	static const char *const needed[] = { "name", "type", "url" };
	int r = reader_list(rd, v, "datasets", err);

	for (size_t i = 0; r == 0 && i < v->n; i++) {
		const struct value *d = &v->items[i];

		r = reader_map(rd, d, "datasets", err);
		for (size_t k = 0; r == 0 && k < ARRAY_SIZE(needed); k++) {
			const struct value *x = value_get(d, needed[k]);
			const char *text;

			r = x ? reader_string(rd, x, needed[k], &text, err)
			      : reader_bad(rd, d, err, "a dataset must have a "
					   "'%s'", needed[k]);
		}
	}
	return r;
}
