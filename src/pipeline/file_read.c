/*
 * file_read - the top of a dver.yaml.
 *
 * params.yaml is read when the first template asks for a variable: a pipeline
 * without templates does not need it.
 */
#include "pipeline/file_read.h"

#include "base/err.h"
#include "base/path.h"
#include "format/markers.h"
#include "format/yaml.h"
#include "pipeline/top_read.h"

static const struct reader_key keys[] = {
	{ "stages", READ_MAP }, { "vars", READ_LIST },
	{ "params", READ_ANY }, { "metrics", READ_ANY },
	{ "plots", READ_ANY }, { "artifacts", READ_ANY },
	{ "datasets", READ_ANY },
};

int file_params(struct file_reading *f, struct dver_err *err)
{
	if (f->has_params)
		return 0;
	f->has_params = true;
	return vars_params(&f->fr->vars, &f->scope, &f->seen, &f->rd, err);
}

int file_resolve(struct file_reading *f, const struct scope *sc,
		 const struct value *v, bool command,
		 const struct value **out, struct dver_err *err)
{
	int r = 0;

	*out = v;
	if (!template_has(v))
		return 0;
	r = file_params(f, err);
	return r < 0 ? r : template_resolve(&f->fr->templates, &f->rd, sc, v,
					    command, out, err);
}

/* A value of the top, resolved and checked. */
static int get(struct file_reading *f, const struct value *root,
	       const char *key, const struct value **out,
	       int (*check)(const struct reader *rd, const struct value *v,
			    struct dver_err *err), struct dver_err *err)
{
	const struct value *v = value_get(root, key);
	int r;

	if (!v)
		return 0;
	r = file_resolve(f, &f->scope, v, false, out, err);
	return r < 0 ? r : check(&f->rd, *out, err);
}

static int read_top(struct file_reading *f, const struct value *root,
		    struct dver_err *err)
{
	struct pipeline_file *out = f->file;
	const struct value *stages, *vars;
	int r = reader_keys(&f->rd, root, "the file", keys, ARRAY_SIZE(keys),
			    err);

	vars = r == 0 ? value_get(root, "vars") : NULL;
	if (vars)
		r = file_params(f, err);
	if (r == 0 && vars)
		r = vars_read(&f->fr->vars, &f->scope, &f->seen, &f->rd, vars,
			      err);
	if (r == 0)
		r = get(f, root, "params", &out->params, top_params, err);
	if (r == 0)
		r = get(f, root, "metrics", &out->metrics, top_metrics, err);
	if (r == 0)
		r = get(f, root, "plots", &out->plots, top_plots, err);
	if (r == 0)
		r = get(f, root, "artifacts", &out->artifacts, top_artifacts,
			err);
	if (r == 0)
		r = get(f, root, "datasets", &out->datasets, top_datasets,
			err);
	stages = r == 0 ? value_get(root, "stages") : NULL;
	for (size_t i = 0; r == 0 && stages && i < stages->n; i++)
		r = file_entry(f, value_key(stages, i), value_at(stages, i),
			       err);
	return r;
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

int file_read(struct pipeline_file *out, struct file_reader *fr,
	      const char *path, const char *text, size_t len,
	      struct dver_err *err)
{
	struct pipeline *p = fr->vars.p;
	struct file_reading f = { .fr = fr, .file = out };
	struct value_doc *doc;
	const struct value *root;
	int r;

	*out = (struct pipeline_file){ .path = NULL };
	r = set_paths(out, &p->arena, path, err);
	if (r < 0)
		return r;
	if (!mem_grow(&p->docs, &p->docs_cap, p->ndocs + 1, sizeof(*doc)))
		return err_nomem(err);
	doc = &p->docs[p->ndocs];
	r = yaml_parse_flags(doc, path, text, len, YAML_ALIASES, err);
	if (r < 0)
		return markers_tell(path, text, len, r, err);
	p->ndocs++;
	root = doc->root;	/* the array of documents may move now */
	if (is_empty(root))
		return 0;
	f.rd = (struct reader){ .arena = &p->arena, .file = out->path,
				.dir = out->dir };
	r = read_top(&f, root, err);
	scope_release(&f.scope);
	vars_seen_release(&f.seen);
	return r;
}
