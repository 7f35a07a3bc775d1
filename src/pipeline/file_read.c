/*
 * file_read - the top of a dver.yaml, and its stages one after another.
 */
#include "pipeline/file_read.h"

#include "base/err.h"
#include "base/path.h"
#include "format/yaml.h"
#include "pipeline/stage_read.h"

static const struct reader_key keys[] = {
	{ "vars", READ_LIST }, { "stages", READ_MAP },
	{ "params", READ_LIST }, { "metrics", READ_LIST },
	{ "plots", READ_ANY }, { "artifacts", READ_MAP },
	{ "datasets", READ_LIST },
};

struct reading {
	struct reader rd;
	struct pipeline_file *file;
	size_t cap, room;
};

/* The next stage of the file. */
static int next(struct reading *r, const struct value *at, struct stage **out,
		struct dver_err *err)
{
	struct pipeline_file *f = r->file;

	if (f->n == r->room)
		return reader_bad(&r->rd, at, err, "there are more than %d "
				  "stages", PIPELINE_STAGES_MAX);
	if (!mem_grow(&f->v, &r->cap, f->n + 1, sizeof(*f->v)))
		return err_nomem(err);
	*out = &f->v[f->n++];
	**out = (struct stage){ .file = f->path, .line = at->line,
				.col = at->col };
	return 0;
}

/* "@" and ":" are for the names of items and of other files' stages. */
static int check_name(const struct reading *r, const struct value *v,
		      struct dver_err *err)
{
	if (value_scalar(v) != SCALAR_STRING)
		return reader_bad(&r->rd, v, err, "the name of a stage must "
				  "be a string: put it in quotes");
	if (!v->len)
		return reader_bad(&r->rd, v, err, "a stage has no name");
	for (size_t i = 0; i < v->len; i++) {
		unsigned char c = (unsigned char)v->text[i];

		if (c < 0x20 || c == 0x7f)
			return reader_bad(&r->rd, v, err, "the name of a "
					  "stage has a control character");
		if (c == '@' || c == ':')
			return reader_bad(&r->rd, v, err, "the name of a "
					  "stage cannot have '%c' in it", c);
	}
	return 0;
}

static const char *address_of(const struct reading *r, const char *name)
{
	AUTO_FREE char *text = NULL;

	if (!*r->rd.dir)
		return name;
	text = str_printf("%s:%s", r->file->path, name);
	return text ? arena_strdup(r->rd.arena, text, strlen(text)) : NULL;
}

static int one_stage(struct reading *r, const struct value *name,
		     const struct value *map, struct dver_err *err)
{
	struct stage *s = NULL;
	const char *dir = NULL;
	int e = check_name(r, name, err);

	if (e == 0)
		e = reader_map(&r->rd, map, name->text, err);
	if (e == 0)
		e = next(r, name, &s, err);
	if (e == 0)
		e = stage_dir(&r->rd, value_get(map, "wdir"), &dir, err);
	if (e == 0)
		e = stage_read(s, &r->rd, dir, map, err);
	if (e < 0)
		return e;
	s->name = name->text;
	s->address = address_of(r, s->name);
	return s->address ? 0 : err_nomem(err);
}

static int read_top(struct reading *r, const struct value *root,
		    struct dver_err *err)
{
	struct pipeline_file *f = r->file;
	const struct value *stages;
	int e = reader_keys(&r->rd, root, "the file", keys, ARRAY_SIZE(keys),
			    err);

	if (e < 0)
		return e;
	f->params = value_get(root, "params");
	f->metrics = value_get(root, "metrics");
	f->plots = value_get(root, "plots");
	f->artifacts = value_get(root, "artifacts");
	f->datasets = value_get(root, "datasets");
	stages = value_get(root, "stages");
	for (size_t i = 0; e == 0 && stages && i < stages->n; i++)
		e = one_stage(r, value_key(stages, i), value_at(stages, i),
			      err);
	return e;
}

/* null and [] say nothing, as no text at all. */
static bool is_empty(const struct value *root)
{
	return !root || reader_null(root) ||
	       (root->type == VALUE_SEQ && root->n == 0);
}

static int set_paths(struct pipeline_file *f, struct arena *arena,
		     const char *path, struct dver_err *err)
{
	const char *base = path_base(path);
	size_t dir = base > path ? (size_t)(base - path) - 1 : 0;

	f->path = arena_strdup(arena, path, strlen(path));
	f->dir = arena_strdup(arena, path, dir);
	return f->path && f->dir ? 0 : err_nomem(err);
}

int file_read(struct pipeline_file *out, struct pipeline *p,
	      struct dver_repo *repo, const char *path, const char *text,
	      size_t len, size_t room, struct dver_err *err)
{
	struct reading r = { .file = out, .room = room };
	struct value_doc *doc;
	int e;

	(void)repo;
	*out = (struct pipeline_file){ .path = NULL };
	e = set_paths(out, &p->arena, path, err);
	if (e < 0)
		return e;
	if (!mem_grow(&p->docs, &p->docs_cap, p->ndocs + 1, sizeof(*p->docs)))
		return err_nomem(err);
	doc = &p->docs[p->ndocs];
	e = yaml_parse_flags(doc, path, text, len, YAML_ALIASES, err);
	if (e < 0)
		return e;
	p->ndocs++;
	if (is_empty(doc->root))
		return 0;
	r.rd = (struct reader){ .arena = &p->arena, .file = out->path,
				.dir = out->dir };
	return read_top(&r, doc->root, err);
}
