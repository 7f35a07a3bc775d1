#include "report/plots_def.h"

#include "base/err.h"
#include "report/plots_def_x.h"

void plots_defs_release(struct plots_defs *d)
{
	free(d->v);
	arena_release(&d->arena);
	*d = (struct plots_defs){ .v = NULL };
}

static struct plots_def *add(struct plots_defs *d, const char *id,
			     const char *file, struct dver_err *err)
{
	char *copy = arena_strdup(&d->arena, id, strlen(id));

	if (!copy || !mem_grow(&d->v, &d->cap, d->n + 1, sizeof(*d->v))) {
		(void)err_nomem(err);
		return NULL;
	}
	d->v[d->n] = (struct plots_def){ .id = copy, .file = file };
	return &d->v[d->n++];
}

/* Room for the files of a definition. */
static int room(struct plots_defs *d, struct plots_def *def, size_t n,
		struct dver_err *err)
{
	def->v = arena_alloc(&d->arena, (n + 1) * sizeof(*def->v));
	return def->v ? 0 : err_nomem(err);
}

static int set_y(struct plots_defs *d, struct plots_source *s,
		 const struct value *y, struct dver_err *err)
{
	size_t n = !y || reader_null(y) ? 0 : y->type == VALUE_SEQ ? y->n : 1;
	const char **v = arena_alloc(&d->arena, (n + 1) * sizeof(*v));

	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		v[i] = y->type == VALUE_SEQ ? y->items[i].text : y->text;
	s->y = v;
	s->ny = n;
	return 0;
}

static const char *text_of(const struct value *props, const char *key)
{
	const struct value *v = props && props->type == VALUE_MAP
				? value_get(props, key) : NULL;

	return v && v->type == VALUE_SCALAR && !reader_null(v) ? v->text
								: NULL;
}

/* The name of a template, or its path, seen from the root. */
static int set_template(struct plots_defs *d, struct plots_def *def,
			const struct value *props, const char *file,
			const char *dir, struct dver_err *err)
{
	struct reader rd = { .arena = &d->arena, .file = file, .dir = dir };
	const char *name = text_of(props, "template");

	def->template_name = name;
	return name && plots_template_path(name)
	       ? reader_path(&rd, value_get(props, "template"), "template",
			     &def->template_name, err) : 0;
}

static void set_texts(struct plots_def *def, const struct value *props)
{
	def->title = text_of(props, "title");
	def->x_label = text_of(props, "x_label");
	def->y_label = text_of(props, "y_label");
}

struct plots_def *plots_defs_add_file(struct plots_defs *d, const char *path,
				      struct dver_err *err)
{
	struct plots_def *def = add(d, path, NULL, err);

	if (!def || room(d, def, 1, err) < 0)
		return NULL;
	def->v[0] = (struct plots_source){ .path = def->id };
	def->n = 1;
	return def;
}

static int add_out(struct plots_defs *d, const struct stage *s,
		   const struct stage_out *o, struct dver_err *err)
{
	struct plots_def *def = plots_defs_add_file(d, o->path, err);
	const struct value *props = o->props, *header;

	if (!def)
		return DVER_ENOMEM;
	def->file = s->file;
	set_texts(def, props);
	if (set_template(d, def, props, s->file, s->dir, err) < 0)
		return err->code;
	def->v[0].x = text_of(props, "x");
	header = props && props->type == VALUE_MAP
		 ? value_get(props, "header") : NULL;
	def->no_header = header && header->type == VALUE_SCALAR &&
			 value_scalar(header) == SCALAR_BOOL &&
			 (*header->text == 'f' || *header->text == 'F');
	return set_y(d, &def->v[0], props && props->type == VALUE_MAP
				    ? value_get(props, "y") : NULL, err);
}

/* "id: {x, y, ...}", or "path" alone. */
static int add_top(struct plots_defs *d, const struct pipeline_file *file,
		   const struct value *id, const struct value *props,
		   struct dver_err *err)
{
	struct reader rd = { .arena = &d->arena, .file = file->path,
			     .dir = file->dir };
	const struct value *x, *y;
	struct plots_def *def;
	const char *path = NULL;
	int r = 0;

	if (props && props->type != VALUE_MAP)
		props = NULL;
	x = props ? value_get(props, "x") : NULL;
	y = props ? value_get(props, "y") : NULL;
	x = x && reader_null(x) ? NULL : x;
	if (!y || y->type != VALUE_MAP)
		r = reader_path(&rd, id, "plots", &path, err);
	if (r < 0)
		return r;
	def = add(d, path ? path : id->text, file->path, err);
	if (!def)
		return DVER_ENOMEM;
	set_texts(def, props);
	def->named = !path;
	r = set_template(d, def, props, file->path, file->dir, err);
	if (r == 0)
		r = room(d, def, path ? 1 : y->n, err);
	for (size_t i = 0; r == 0 && i < (path ? 1 : y->n); i++) {
		struct plots_source *s = &def->v[def->n++];

		*s = (struct plots_source){ .path = path };
		if (!path)
			r = reader_path(&rd, value_key(y, i), "y", &s->path,
					err);
		if (r == 0)
			r = set_y(d, s, path ? y : value_at(y, i), err);
	}
	return r < 0 ? r : plots_def_x(d, &rd, def, x, err);
}

static int add_map(struct plots_defs *d, const struct pipeline_file *file,
		   const struct value *map, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->n; i++)
		r = add_top(d, file, value_key(map, i), value_at(map, i), err);
	return r;
}

static int add_file(struct plots_defs *d, const struct pipeline_file *file,
		    struct dver_err *err)
{
	const struct value *list = file->plots;
	int r = 0;

	if (list && list->type == VALUE_MAP)
		return add_map(d, file, list, err);
	for (size_t i = 0; r == 0 && list && list->type == VALUE_SEQ &&
			   i < list->n; i++)
		r = list->items[i].type == VALUE_MAP
		    ? add_map(d, file, &list->items[i], err)
		    : add_top(d, file, &list->items[i], NULL, err);
	return r;
}

static bool says_nothing(const struct plots_def *def)
{
	return !def->named && !def->problem && !def->template_name &&
	       !def->title && !def->x_label && !def->y_label &&
	       def->n == 1 && !def->v[0].x && !def->v[0].ny;
}

/* The place of a definition by its id, SIZE_MAX: a new one. */
static size_t *place_of(struct keymap *ids, const char *id,
			struct dver_err *err)
{
	uint8_t key[REPORT_KEY];
	bool added;
	size_t *at;

	if (report_key(key, NULL, 0, id, strlen(id), err) < 0)
		return NULL;
	at = keymap_put(ids, key, &added);
	if (!at)
		(void)err_nomem(err);
	else if (added)
		*at = SIZE_MAX;
	return at;
}

/* "dver.yaml::id" */
static int rename_def(struct plots_defs *d, struct plots_def *x,
		      struct dver_err *err)
{
	AUTO_FREE char *id = str_printf("%s::%s", x->file, x->id);

	x->id = id ? arena_strdup(&d->arena, id, strlen(id)) : NULL;
	return x->id ? 0 : err_nomem(err);
}

/*
 * Of two that are called the same one goes if it says nothing; else the later
 * one is called by its file, too.
 */
static int tell_apart(struct plots_defs *d, struct dver_err *err)
{
	AUTO_KEYMAP struct keymap ids;
	size_t kept = 0;

	keymap_init(&ids, REPORT_KEY, sizeof(size_t));
	for (size_t i = 0; i < d->n; i++) {
		struct plots_def x = d->v[i];
		size_t *at = place_of(&ids, x.id, err);

		if (at && *at != SIZE_MAX) {
			if (says_nothing(&x))
				continue;
			if (says_nothing(&d->v[*at]) && !x.named) {
				d->v[*at] = x;
				continue;
			}
			if (rename_def(d, &x, err) < 0)
				return DVER_ENOMEM;
			at = place_of(&ids, x.id, err);
		}
		if (!at)
			return DVER_ENOMEM;
		if (*at != SIZE_MAX)
			continue;	/* said twice in one file */
		*at = kept;
		d->v[kept++] = x;
	}
	d->n = kept;
	return 0;
}

int plots_defs_read(struct plots_defs *d, const struct plan *plan,
		    struct dver_err *err)
{
	const struct pipeline *p = plan->p;
	int r = 0;

	for (size_t i = 0; r == 0 && p && i < p->n; i++)
		for (size_t k = 0; r == 0 && k < p->v[i].nouts; k++)
			if (p->v[i].outs[k].kind == STAGE_PLOT)
				r = add_out(d, &p->v[i], &p->v[i].outs[k],
					    err);
	for (size_t i = 0; r == 0 && p && i < p->nfiles; i++)
		r = add_file(d, &p->files[i], err);
	return r < 0 ? r : tell_apart(d, err);
}
