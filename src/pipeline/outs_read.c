/*
 * outs_read - "path", or "path: {cache: false, ...}".
 */
#include "pipeline/outs_read.h"

#include <strings.h>

#include "base/err.h"
#include "base/path.h"
#include "pipeline/pipeline.h"

/* The last ones are of plots alone. */
static const struct reader_key keys[] = {
	{ "cache", READ_BOOL }, { "persist", READ_BOOL },
	{ "push", READ_BOOL }, { "remote", READ_STRING },
	{ "desc", READ_STRING }, { "type", READ_STRING },
	{ "labels", READ_STRINGS }, { "meta", READ_ANY },
	{ "checkpoint", READ_BOOL },
	{ "x", READ_STRING }, { "y", READ_STRING },
	{ "x_label", READ_STRING }, { "y_label", READ_STRING },
	{ "title", READ_STRING }, { "template", READ_STRING },
	{ "header", READ_BOOL },
};
#define OUT_KEYS 9

static const char *const lists[] = { [STAGE_OUT] = "outs",
				     [STAGE_METRIC] = "metrics",
				     [STAGE_PLOT] = "plots" };

static int flag(const struct reader *rd, const struct value *map,
		const char *key, bool *out, struct dver_err *err)
{
	const struct value *v = value_get(map, key);

	return v ? reader_bool(rd, v, key, out, err) : 0;
}

static int text(const struct reader *rd, const struct value *map,
		const char *key, const char **out, struct dver_err *err)
{
	const struct value *v = value_get(map, key);

	return v ? reader_string(rd, v, key, out, err) : 0;
}

static int read_props(struct stage_out *o, const struct reader *rd,
		      const struct value *props, struct dver_err *err)
{
	int r = reader_keys(rd, props, o->kind == STAGE_PLOT ? "a plot"
							     : "an output",
			    keys, o->kind == STAGE_PLOT ? ARRAY_SIZE(keys)
							: OUT_KEYS, err);

	if (r < 0)
		return r;
	o->props = props;
	r = flag(rd, props, "cache", &o->cache, err);
	if (r == 0)
		r = flag(rd, props, "persist", &o->persist, err);
	if (r == 0)
		r = flag(rd, props, "push", &o->push, err);
	if (r == 0)
		r = text(rd, props, "remote", &o->remote, err);
	if (r == 0)
		r = text(rd, props, "desc", &o->desc, err);
	return r < 0 ? r : text(rd, props, "type", &o->type, err);
}

/* Files that say what is data cannot be data. */
static int check_name(const struct reader *rd, const struct value *at,
		      const char *path, struct dver_err *err)
{
	const char *base = path_base(path);

	if (streq(base, PIPELINE_FILE) || streq(base, "dver.lock") ||
	    streq(base, ".gitignore") || streq(base, ".gitattributes") ||
	    streq(base, ".dverignore") || str_ends(base, ".dver"))
		return reader_bad(rd, at, err, "'%s' cannot be an output: it "
				  "says what is one", path);
	return 0;
}

static int read_one(struct stage *s, const struct reader *rd,
		    enum stage_out_kind kind, const struct value *name,
		    const struct value *props, struct dver_err *err)
{
	struct stage_out *o = &s->outs[s->nouts++];
	int r;

	*o = (struct stage_out){ .kind = kind, .cache = true, .push = true,
				 .line = name->line, .col = name->col };
	r = reader_path(rd, name, lists[kind], &o->path, err);
	if (r == 0)
		r = check_name(rd, name, o->path, err);
	if (r == 0 && props && !reader_null(props))
		r = read_props(o, rd, props, err);
	return r;
}

static int read_list(struct stage *s, const struct reader *rd,
		     enum stage_out_kind kind, const struct value *list,
		     struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct value *v = &list->items[i];

		if (v->type != VALUE_MAP)
			r = read_one(s, rd, kind, v, NULL, err);
		for (size_t j = 0; r == 0 && v->type == VALUE_MAP &&
				   j < v->n; j++)
			r = read_one(s, rd, kind, value_key(v, j),
				     value_at(v, j), err);
	}
	return r;
}

/* How many a list has, for the array. */
static size_t count(const struct value *list)
{
	size_t n = list->n;

	for (size_t i = 0; i < list->n; i++)
		n += list->items[i].type == VALUE_MAP ? list->items[i].n : 0;
	return n;
}

static int by_path(const void *a, const void *b)
{
	const struct stage_out *const *x = a;
	const struct stage_out *const *y = b;
	int c = strcmp((*x)->path, (*y)->path);

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* What is known of the later one is known of the first; it goes. */
static void merge(struct stage_out *first, struct stage_out *later)
{
	struct stage_out was = *first;

	if (!was.props)
		*first = *later;
	first->kind = was.kind == STAGE_OUT ? later->kind : was.kind;
	first->line = was.line;
	first->col = was.col;
	later->path = NULL;
}

static int uniq(struct stage *s, struct dver_err *err)
{
	AUTO_FREE struct stage_out **sorted = mem_array(s->nouts,
							sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return err_nomem(err);
	for (size_t i = 0; i < s->nouts; i++)
		sorted[i] = &s->outs[i];
	qsort(sorted, s->nouts, sizeof(*sorted), by_path);
	for (size_t i = s->nouts; i-- > 1; ) {
		if (streq(sorted[i]->path, sorted[i - 1]->path))
			merge(sorted[i - 1], sorted[i]);
	}
	for (size_t i = 0; i < s->nouts; i++)
		if (s->outs[i].path)
			s->outs[kept++] = s->outs[i];
	s->nouts = kept;
	return 0;
}

int outs_read(struct stage *s, const struct reader *rd,
	      const struct value *map, struct dver_err *err)
{
	size_t n = 0;
	int r = 0;

	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		const struct value *list = value_get(map, lists[k]);

		n += list ? count(list) : 0;
	}
	if (!n)
		return 0;
	s->outs = arena_alloc(rd->arena, n * sizeof(*s->outs));
	if (!s->outs)
		return err_nomem(err);
	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(lists); k++) {
		const struct value *list = value_get(map, lists[k]);

		if (list)
			r = read_list(s, rd, (enum stage_out_kind)k, list,
				      err);
	}
	return r < 0 || s->nouts < 2 ? r : uniq(s, err);
}
