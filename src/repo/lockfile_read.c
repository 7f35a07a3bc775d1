/*
 * lockfile_read - a lock file's text becomes stages; strict, as for pointers.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "format/markers.h"
#include "format/yaml.h"
#include "repo/lockfile.h"
#include "repo/pointer_text.h"

struct reading {
	const char *name;	/* for messages */
	const char *dir;	/* the lock file's folder; "" is the root */
	struct lockfile *out;
	struct locked_stage stage;	/* being read */
};

/* A path that is written as seen from the lock file's folder. */
static int get_path(const struct reading *x, struct buf *out,
		    const struct value *v, struct dver_err *err)
{
	AUTO_BUF struct buf raw = BUF_PATH;
	AUTO_FREE char *joined = NULL;
	int r = text_get_name(&raw, x->name, v, err);

	if (r < 0)
		return r;
	joined = path_join(x->dir, raw.data);
	if (!joined)
		return err_nomem(err);
	r = path_clean(out, joined, NULL);
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (strlen(raw.data) != raw.len || !raw.len || raw.data[0] == '/' ||
	    r < 0 || path_check_workspace(out->data, NULL) < 0)
		return text_bad(x->name, v, "this must be a path in the "
				"workspace", err);
	return 0;
}

static int get_flag(const struct reading *x, bool *no, const struct value *v,
		    struct dver_err *err)
{
	*no = value_is(v, "false");
	if (*no || value_is(v, "true"))
		return 1;
	return text_bad(x->name, v, "this must be true or false", err);
}

static int get_entry_key(struct reading *x, struct locked *e, struct buf *path,
			 const struct value *key, const struct value *v,
			 struct dver_err *err)
{
	int r;

	if (value_is(key, "path"))
		return get_path(x, path, v, err);
	if (value_is(key, "cache"))
		r = get_flag(x, &e->no_cache, v, err);
	else if (value_is(key, "push"))
		r = get_flag(x, &e->no_push, v, err);
	else
		r = text_get_key(&e->p, x->name, key, v, err);
	if (r == 0)
		return text_bad(x->name, key, "unknown key", err);
	return MIN(r, 0);
}

static int get_entry(struct reading *x, struct locked **list, size_t *n,
		     const struct value *v, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct locked e = { .no_cache = false };
	int r = 0;

	if (v->type != VALUE_MAP)
		return text_bad(x->name, v, "an entry must be a map", err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = get_entry_key(x, &e, &path, value_key(v, i),
				  value_at(v, i), err);
	if (r == 0 && !path.len)
		r = text_bad(x->name, v, "'path' is missing", err);
	if (r == 0 && !e.p.kind)
		r = text_bad(x->name, v, "'sha256' or 'tree' is missing", err);
	if (r == 0)
		r = locked_add(list, n, path.data, &e.p, err);
	if (r < 0)
		return r;
	(*list)[*n - 1].no_cache = e.no_cache;
	(*list)[*n - 1].no_push = e.no_push;
	return 0;
}

static int get_entries(struct reading *x, struct locked **list, size_t *n,
		       const struct value *v, struct dver_err *err)
{
	int r = 0;

	if (v->type != VALUE_SEQ)
		return text_bad(x->name, v, "this must be a list", err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = get_entry(x, list, n, &v->items[i], err);
	return r;
}

static int get_params(struct reading *x, const struct value *v,
		      struct dver_err *err)
{
	int r = 0;

	if (v->type != VALUE_MAP)
		return text_bad(x->name, v, "'params' must be a map", err);
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		const struct value *keys = value_at(v, i);
		AUTO_BUF struct buf file = BUF_PATH;

		r = get_path(x, &file, value_key(v, i), err);
		if (r == 0 && keys->type != VALUE_MAP)
			r = text_bad(x->name, keys, "this must be a map", err);
		for (size_t j = 0; r == 0 && j < keys->n; j++) {
			AUTO_BUF struct buf text = BUF_INIT(LOCKFILE_MAX);

			value_text(&text, value_at(keys, j));
			r = buf_check(&text, err);
			if (r == 0)
				r = locked_add_param(&x->stage, file.data,
						     value_key(keys, j)->text,
						     text.data, err);
		}
	}
	return r;
}

static int get_cmd(struct reading *x, const struct value *v,
		   struct dver_err *err)
{
	struct locked_stage *s = &x->stage;

	s->cmd_list = v->type == VALUE_SEQ;
	if (v->type == VALUE_SCALAR)
		return strvec_push(&s->cmds, v->text) ? 0 : err_nomem(err);
	if (v->type != VALUE_SEQ)
		return text_bad(x->name, v, "'cmd' must be a text or a list",
				err);
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].type != VALUE_SCALAR)
			return text_bad(x->name, &v->items[i], "a command "
					"must be a text", err);
		if (!strvec_push(&s->cmds, v->items[i].text))
			return err_nomem(err);
	}
	return 0;
}

/* Wherever: all are sorted at the end.  No name comes twice. */
static int push_stage(struct lockfile *l, struct locked_stage *s,
		      struct dver_err *err)
{
	if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*s)))
		return err_nomem(err);
	locked_stage_sort(s);
	l->v[l->n++] = *s;
	*s = (struct locked_stage){ .name = NULL };
	return 0;
}

static int get_stage(struct reading *x, const struct value *name,
		     const struct value *v, struct dver_err *err)
{
	struct locked_stage *s = &x->stage;
	int r = 0;

	/* Two names with a NUL in them could be one. */
	if (!name->len || strlen(name->text) != name->len)
		return text_bad(x->name, name, "this is no name of a stage",
				err);
	s->name = strdup(name->text);
	if (!s->name)
		return err_nomem(err);
	if (v->type != VALUE_MAP)
		return text_bad(x->name, v, "a stage must be a map", err);
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		const struct value *key = value_key(v, i);
		const struct value *of = value_at(v, i);

		if (value_is(key, "cmd"))
			r = get_cmd(x, of, err);
		else if (value_is(key, "deps"))
			r = get_entries(x, &s->deps, &s->ndeps, of, err);
		else if (value_is(key, "outs"))
			r = get_entries(x, &s->outs, &s->nouts, of, err);
		else if (value_is(key, "params"))
			r = get_params(x, of, err);
		else
			r = text_bad(x->name, key, "unknown key", err);
	}
	return r < 0 ? r : push_stage(x->out, s, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct locked_stage *)a)->name,
		      ((const struct locked_stage *)b)->name);
}

static int get_all(struct reading *x, const struct value *root,
		   struct dver_err *err)
{
	const struct value *stages, *schema;
	int r = 0;

	if (!root)
		return 0;	/* empty: nothing ran yet */
	if (root->type != VALUE_MAP)
		return text_bad(x->name, root, "a lock file must be a map",
				err);
	schema = value_get(root, "schema");
	if (!schema || !value_is(schema, "1"))
		return text_bad(x->name, schema ? schema : root, "'schema' "
				"must be 1: a newer dver may read it", err);
	stages = value_get(root, "stages");
	if (stages && stages->type != VALUE_MAP)
		return text_bad(x->name, stages, "'stages' must be a map",
				err);
	for (size_t i = 0; r == 0 && i < root->n; i++)
		if (value_at(root, i) != schema && value_at(root, i) != stages)
			r = text_bad(x->name, value_key(root, i),
				     "unknown key", err);
	for (size_t i = 0; r == 0 && stages && i < stages->n; i++)
		r = get_stage(x, value_key(stages, i), value_at(stages, i),
			      err);
	if (x->out->n)
		qsort(x->out->v, x->out->n, sizeof(*x->out->v), by_name);
	return r;
}

int lockfile_parse(struct lockfile *out, const char *path, const char *name,
		   const void *data, size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	AUTO_FREE char *dir = path_dir(path);
	struct reading x = { .name = name, .out = out };
	int r;

	*out = (struct lockfile)LOCKFILE_INIT;
	if (!dir)
		return err_nomem(err);
	if (text_has_markers(data, len))
		return err_set(err, DVER_EFORMAT, "%s: a merge left conflicts "
			       "in it: dver resolve", name);
	if (len > LOCKFILE_MAX)
		return err_set(err, DVER_EFORMAT, "%s: too long for a lock "
			       "file", name);
	x.dir = streq(dir, ".") ? "" : dir;
	r = yaml_parse(&doc, name, data, len, err);
	if (r == 0)
		r = get_all(&x, doc.root, err);
	locked_stage_release(&x.stage);
	if (r < 0)
		lockfile_release(out);
	return r;
}
