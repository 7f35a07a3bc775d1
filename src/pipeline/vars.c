/*
 * vars - what `vars` says becomes variables of a scope.
 */
#include "pipeline/vars.h"

#include "base/err.h"
#include "base/path.h"
#include "format/values.h"
#include "pipeline/template.h"

#define PARAMS_FILE "params.yaml"

void vars_release(struct vars *vars)
{
	for (size_t i = 0; i < vars->n; i++)
		strvec_release(&vars->v[i].keys);
	free(vars->v);
	vars->v = NULL;
	vars->n = vars->cap = 0;
}

void vars_seen_release(struct vars_seen *seen)
{
	strvec_release(&seen->files);
}

/* Read into the pipeline's memory; a file that is not there has no text. */
static int load(struct vars *vars, struct vars_file *f, struct dver_err *err)
{
	struct pipeline *p = vars->p;
	AUTO_FREE char *text = NULL;
	struct value_doc *doc;
	size_t len = 0;
	int r = vars->src->read(vars->src->data, f->path, VALUES_SIZE_MAX,
				&text, &len, err);

	f->missing = r == 0;
	if (r <= 0)
		return r;
	if (!mem_grow(&p->docs, &p->docs_cap, p->ndocs + 1, sizeof(*doc)))
		return err_nomem(err);
	doc = &p->docs[p->ndocs];
	r = values_parse(doc, f->path, text, len, err);
	if (r < 0)
		return r;
	p->ndocs++;
	f->root = doc->root && !reader_null(doc->root) ? doc->root : NULL;
	if (f->root && f->root->type != VALUE_MAP)
		return err_set(err, DVER_EFORMAT, "%s:%u:%u: a file of "
			       "variables must be a mapping", f->path,
			       f->root->line, f->root->col);
	return 0;
}

static int file_of(struct vars *vars, const char *path,
		   struct vars_file **out, struct dver_err *err)
{
	struct vars_file f = { .path = path };
	int r;

	for (size_t i = 0; i < vars->n; i++) {
		*out = &vars->v[i];
		if (streq(path, vars->v[i].path))
			return 0;
	}
	if (!mem_grow(&vars->v, &vars->cap, vars->n + 1, sizeof(f)))
		return err_nomem(err);
	r = load(vars, &f, err);
	vars->v[vars->n++] = f;
	*out = &vars->v[vars->n - 1];
	return r;
}

static bool was_seen(const struct vars_seen *seen, const char *what)
{
	for (; seen; seen = seen->up)
		if (strvec_has(&seen->files, what))
			return true;
	return false;
}

/* All of a file, or a key of it; what is there already is not again. */
static int add_file(struct scope *sc, struct vars_seen *seen,
		    const struct reader *rd, struct vars_file *f,
		    const struct value *only, struct dver_err *err)
{
	struct reader in = { .arena = rd->arena, .file = f->path };
	AUTO_FREE char *what = only ? str_printf("%s:%s", f->path, only->text)
				    : strdup(f->path);

	if (!what || (only && !strvec_push(&f->keys, only->text)))
		return err_nomem(err);
	f->whole |= !only;
	if (was_seen(seen, f->path) || was_seen(seen, what) || !f->root)
		return 0;
	if (!strvec_push(&seen->files, what))
		return err_nomem(err);
	return scope_add(sc, &in, f->root, only, f->path, err);
}

int vars_params(struct vars *vars, struct scope *sc, struct vars_seen *seen,
		const struct reader *rd, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(rd->dir, PARAMS_FILE);
	struct vars_file *f = NULL;
	const char *kept;
	int r;

	kept = path ? arena_strdup(rd->arena, path, strlen(path)) : NULL;
	r = kept ? file_of(vars, kept, &f, err) : err_nomem(err);
	return r < 0 || f->missing ? r : add_file(sc, seen, rd, f, NULL, err);
}

/* "a,b" of "vars.yaml:a,b" */
static int add_keys(struct scope *sc, struct vars_seen *seen,
		    const struct reader *rd, const struct value *at,
		    struct vars_file *f, const char *keys,
		    struct dver_err *err)
{
	int r = 0;

	while (r == 0) {
		size_t len = strcspn(keys, ",");
		AUTO_FREE char *key = str_ndup(keys, len);
		struct value only = { .type = VALUE_SCALAR, .text = key,
				      .len = len };

		if (!key)
			return err_nomem(err);
		if (!f->root || !value_get(f->root, key))
			return reader_bad(rd, at, err, "'%s' has no key "
					  "'%.60s'", f->path, key);
		r = add_file(sc, seen, rd, f, &only, err);
		if (!keys[len])
			break;
		keys += len + 1;
	}
	return r;
}

static int read_file(struct vars *vars, struct scope *sc,
		     struct vars_seen *seen, const struct reader *rd,
		     const struct value *v, struct dver_err *err)
{
	const char *text = NULL, *path = NULL;
	const char *colon;
	struct value name = *v;
	struct vars_file *f = NULL;
	int r = reader_string(rd, v, "vars", &text, err);

	if (r < 0)
		return r;
	colon = strrchr(text, ':');
	name.len = colon ? (size_t)(colon - text) : v->len;
	name.text = arena_strdup(rd->arena, text, name.len);
	name.quoted = true;
	r = name.text ? reader_path(rd, &name, "vars", &path, err)
		      : err_nomem(err);
	if (r == 0)
		r = file_of(vars, path, &f, err);
	if (r < 0)
		return r;
	if (f->missing)
		return reader_bad(rd, v, err, "there is no file '%s'", path);
	return colon ? add_keys(sc, seen, rd, v, f, colon + 1, err)
		     : add_file(sc, seen, rd, f, NULL, err);
}

int vars_read(struct vars *vars, struct scope *sc, struct vars_seen *seen,
	      const struct reader *rd, const struct value *list,
	      struct dver_err *err)
{
	int r = reader_list(rd, list, "vars", err);

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct value *v = &list->items[i];

		if (template_has(v))
			r = reader_bad(rd, v, err, "'vars' cannot have "
				       "templates");
		else if (v->type == VALUE_MAP)
			r = scope_add(sc, rd, v, NULL, rd->file, err);
		else
			r = read_file(vars, sc, seen, rd, v, err);
	}
	return r;
}
