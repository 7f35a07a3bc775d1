/*
 * entry - what stands at a name below "stages": a stage, or a foreach or
 * matrix of them.
 */
#include "base/err.h"
#include "pipeline/expand.h"
#include "pipeline/file_read.h"
#include "pipeline/stage_read.h"

/* One stage to be: its text, and the variables that it sees. */
struct entry {
	const struct value *at;		/* where it is said */
	const char *name, *group;
	const struct value *map;
	const struct scope *scope;
};

/* "@" and ":" are for the names of items and of other files' stages. */
static int check_name(const struct file_reading *f, const struct value *v,
		      struct dver_err *err)
{
	if (value_scalar(v) != SCALAR_STRING)
		return reader_bad(&f->rd, v, err, "the name of a stage must "
				  "be a string: put it in quotes");
	if (!v->len)
		return reader_bad(&f->rd, v, err, "a stage has no name");
	for (size_t i = 0; i < v->len; i++) {
		unsigned char c = (unsigned char)v->text[i];

		if (c < 0x20 || c == 0x7f)
			return reader_bad(&f->rd, v, err, "the name of a "
					  "stage has a control character");
		if (c == '@' || c == ':')
			return reader_bad(&f->rd, v, err, "the name of a "
					  "stage cannot have '%c' in it", c);
	}
	return 0;
}

static const char *kept_printf(const struct file_reading *f,
			       const char *a, const char *sep, const char *b)
{
	AUTO_FREE char *text = str_printf("%s%s%s", a, sep, b);

	return text ? arena_strdup(f->rd.arena, text, strlen(text)) : NULL;
}

/* The next stage of the file. */
static int next(struct file_reading *f, const struct entry *e,
		struct stage **out, struct dver_err *err)
{
	struct pipeline_file *file = f->file;
	struct stage *s;

	if (f->fr->room == 0)
		return reader_bad(&f->rd, e->at, err, "there are more than "
				  "%d stages", PIPELINE_STAGES_MAX);
	f->fr->room--;
	if (!mem_grow(&file->v, &f->cap, file->n + 1, sizeof(*file->v)))
		return err_nomem(err);
	s = &file->v[file->n++];
	*s = (struct stage){ .file = file->path, .line = e->at->line,
			     .col = e->at->col, .group = e->group,
			     .name = e->name };
	s->address = *f->rd.dir ? kept_printf(f, file->path, ":", s->name)
				: s->name;
	*out = s;
	return s->address ? 0 : err_nomem(err);
}

/* The keys of a stage with its templates resolved. */
static int resolve(struct file_reading *f, const struct scope *sc,
		   const struct value *map, const struct value **out,
		   struct dver_err *err)
{
	struct value *made;
	int r = 0;

	*out = map;
	if (!template_has(map))
		return 0;
	made = arena_alloc(f->rd.arena, sizeof(*made));
	if (!made)
		return err_nomem(err);
	*made = *map;
	made->items = arena_alloc(f->rd.arena, 2 * map->n * sizeof(*made));
	if (!made->items)
		return err_nomem(err);
	*out = made;
	for (size_t i = 0; r == 0 && i < map->n; i++) {
		const struct value *key = value_key(map, i);
		const struct value *v = NULL;

		r = file_resolve(f, sc, value_at(map, i), value_is(key, "cmd"),
				 &v, err);
		if (r == 0) {
			made->items[2 * i] = *key;
			made->items[2 * i + 1] = *v;
		}
	}
	return r;
}

static int stage(struct file_reading *f, const struct entry *e,
		 struct dver_err *err)
{
	AUTO_SCOPE struct scope own = { .up = e->scope };
	AUTO_VARS_SEEN struct vars_seen seen = { .up = &f->seen };
	const struct value *wdir = value_get(e->map, "wdir");
	const struct value *vars = value_get(e->map, "vars");
	const struct value *map = NULL;
	const char *dir = NULL;
	struct stage *s = NULL;
	int r = next(f, e, &s, err);

	if (r == 0 && wdir)
		r = file_resolve(f, e->scope, wdir, false, &wdir, err);
	if (r == 0)
		r = stage_dir(&f->rd, wdir, &dir, err);
	if (r == 0 && vars) {
		struct reader in = f->rd;

		in.dir = dir;
		r = file_params(f, err);
		if (r == 0)
			r = vars_read(&f->fr->vars, &own, &seen, &in, vars,
				      err);
	}
	if (r == 0)
		r = resolve(f, &own, e->map, &map, err);
	return r < 0 ? r : stage_read(s, &f->rd, dir, map, err);
}

/* A stage for each item, with the variables `item` and `key`. */
static int group(struct file_reading *f, const struct value *name,
		 const struct value *map, const struct items *items,
		 const char *source, struct dver_err *err)
{
	static const struct value key_item = {
		.type = VALUE_SCALAR, .text = "item", .len = 4 };
	static const struct value key_key = {
		.type = VALUE_SCALAR, .text = "key", .len = 3 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < items->n; i++) {
		const struct item *it = &items->v[i];
		struct scope_var vars[] = { { &key_item, it->item, source },
					    { &key_key, it->key, source } };
		struct scope sc = { .up = &f->scope, .v = vars,
				    .n = it->key ? 2 : 1 };
		struct entry e = { .at = name, .group = name->text,
				   .map = map, .scope = &sc };

		e.name = kept_printf(f, name->text, "@", it->name);
		r = e.name ? stage(f, &e, err) : err_nomem(err);
	}
	return r;
}

static int foreach_entry(struct file_reading *f, const struct value *name,
			 const struct value *map, struct dver_err *err)
{
	static const struct reader_key keys[] = { { "foreach", READ_ANY },
						  { "do", READ_MAP } };
	AUTO_ITEMS struct items items = { .v = NULL };
	const struct value *body = value_get(map, "do");
	const struct value *data = NULL;
	int r = reader_keys(&f->rd, map, "a stage with foreach", keys,
			    ARRAY_SIZE(keys), err);

	if (r < 0)
		return r;
	if (!body)
		return reader_bad(&f->rd, map, err, "a stage with 'foreach' "
				  "must have a 'do'");
	r = file_resolve(f, &f->scope, value_get(map, "foreach"), false, &data,
			 err);
	if (r == 0)
		r = expand_foreach(&items, &f->rd, data, f->fr->room, err);
	return r < 0 ? r : group(f, name, body, &items, "foreach", err);
}

static int matrix_entry(struct file_reading *f, const struct value *name,
			const struct value *map, struct dver_err *err)
{
	AUTO_ITEMS struct items items = { .v = NULL };
	struct value body = *map;
	const struct value *data = NULL;
	int r;

	body.items = arena_alloc(f->rd.arena, 2 * map->n * sizeof(body));
	if (!body.items)
		return err_nomem(err);
	body.n = 0;
	for (size_t i = 0; i < map->n; i++) {
		if (value_is(value_key(map, i), "matrix"))
			continue;
		body.items[2 * body.n] = *value_key(map, i);
		body.items[2 * body.n++ + 1] = *value_at(map, i);
	}
	r = file_resolve(f, &f->scope, value_get(map, "matrix"), false, &data,
			 err);
	if (r == 0)
		r = expand_matrix(&items, &f->rd, data, f->fr->room, err);
	return r < 0 ? r : group(f, name, &body, &items, "matrix", err);
}

int file_entry(struct file_reading *f, const struct value *name,
	       const struct value *map, struct dver_err *err)
{
	struct entry e = { .at = name, .name = name->text, .map = map,
			   .scope = &f->scope };
	bool each;
	int r = check_name(f, name, err);

	if (r == 0)
		r = reader_map(&f->rd, map, name->text, err);
	if (r < 0)
		return r;
	each = value_get(map, "foreach") || value_get(map, "do");
	if (each && value_get(map, "matrix"))
		return reader_bad(&f->rd, name, err, "a stage can have "
				  "'foreach' or 'matrix', not both");
	if (each && !value_get(map, "foreach"))
		return reader_bad(&f->rd, map, err, "a stage with 'do' must "
				  "have a 'foreach'");
	if (each)
		return foreach_entry(f, name, map, err);
	return value_get(map, "matrix") ? matrix_entry(f, name, map, err)
					: stage(f, &e, err);
}
