/*
 * lockfile - a stage's place in dver.lock, and the text of it all.
 */
#include "repo/lockfile.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "format/yaml.h"
#include "repo/pointer_text.h"

static void locked_release(struct locked *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pointer_release(&v[i].p);
	free(v);
}

void locked_stage_release(struct locked_stage *s)
{
	for (size_t i = 0; i < s->nparams; i++) {
		free(s->params[i].file);
		free(s->params[i].key);
		free(s->params[i].text);
	}
	free(s->params);
	locked_release(s->deps, s->ndeps);
	locked_release(s->outs, s->nouts);
	strvec_release(&s->cmds);
	free(s->name);
	free(s->text);
	*s = (struct locked_stage){ .name = NULL };
}

void lockfile_release(struct lockfile *l)
{
	for (size_t i = 0; i < l->n; i++)
		locked_stage_release(&l->v[i]);
	free(l->v);
	*l = (struct lockfile)LOCKFILE_INIT;
}

/* The first stage whose name is not before `name`. */
static size_t lower_bound(const struct lockfile *l, const char *name)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(l->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct locked_stage *lockfile_find(const struct lockfile *l, const char *name)
{
	size_t i = lower_bound(l, name);

	return i < l->n && streq(l->v[i].name, name) ? &l->v[i] : NULL;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct locked *)a)->p.out,
		      ((const struct locked *)b)->p.out);
}

static int by_key(const void *a, const void *b)
{
	const struct locked_param *x = a, *y = b;
	int c = strcmp(x->file, y->file);

	return c ? c : strcmp(x->key, y->key);
}

void locked_stage_sort(struct locked_stage *s)
{
	if (s->ndeps)
		qsort(s->deps, s->ndeps, sizeof(*s->deps), by_path);
	if (s->nouts)
		qsort(s->outs, s->nouts, sizeof(*s->outs), by_path);
	if (s->nparams)
		qsort(s->params, s->nparams, sizeof(*s->params), by_key);
}

int lockfile_put(struct lockfile *l, struct locked_stage *s,
		 struct dver_err *err)
{
	size_t i = lower_bound(l, s->name);

	locked_stage_sort(s);
	free(TAKE(s->text));
	if (i < l->n && streq(l->v[i].name, s->name)) {
		locked_stage_release(&l->v[i]);
	} else {
		if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*s))) {
			locked_stage_release(s);
			return err_nomem(err);
		}
		memmove(&l->v[i + 1], &l->v[i], (l->n - i) * sizeof(*s));
		l->n++;
	}
	l->v[i] = *s;
	*s = (struct locked_stage){ .name = NULL };
	return 0;
}

bool lockfile_remove(struct lockfile *l, const char *name)
{
	size_t i = lower_bound(l, name);

	if (i == l->n || !streq(l->v[i].name, name))
		return false;
	locked_stage_release(&l->v[i]);
	l->n--;
	memmove(&l->v[i], &l->v[i + 1], (l->n - i) * sizeof(*l->v));
	return true;
}

int locked_add(struct locked **v, size_t *n, const char *path,
	       const struct pointer *p, struct dver_err *err)
{
	struct locked *grown = realloc(*v, (*n + 1) * sizeof(*grown));
	struct locked *x;

	if (!grown)
		return err_nomem(err);
	*v = grown;
	x = &grown[*n];
	*x = (struct locked){ .p = *p };
	x->p.out = strdup(path);
	if (!x->p.out)
		return err_nomem(err);
	(*n)++;
	return 0;
}

int locked_add_param(struct locked_stage *s, const char *file, const char *key,
		     const char *text, struct dver_err *err)
{
	struct locked_param *grown = realloc(s->params, (s->nparams + 1) *
							sizeof(*grown));
	struct locked_param *x;

	if (!grown)
		return err_nomem(err);
	s->params = grown;
	x = &grown[s->nparams++];
	*x = (struct locked_param){ strdup(file), strdup(key), strdup(text) };
	return x->file && x->key && x->text ? 0 : err_nomem(err);
}

static int copy_entries(struct locked **v, size_t *n, const struct locked *from,
			size_t nfrom, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < nfrom; i++) {
		r = locked_add(v, n, from[i].p.out, &from[i].p, err);
		if (r == 0) {
			(*v)[i].no_cache = from[i].no_cache;
			(*v)[i].no_push = from[i].no_push;
			(*v)[i].keep = from[i].keep;
		}
	}
	return r;
}

int locked_stage_copy(struct locked_stage *out, const struct locked_stage *s,
		      struct dver_err *err)
{
	int r = 0;

	*out = (struct locked_stage){ .name = strdup(s->name),
				      .cmd_list = s->cmd_list };
	if (!out->name)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < s->cmds.n; i++)
		if (!strvec_push(&out->cmds, s->cmds.v[i]))
			r = err_nomem(err);
	if (r == 0)
		r = copy_entries(&out->deps, &out->ndeps, s->deps, s->ndeps,
				 err);
	if (r == 0)
		r = copy_entries(&out->outs, &out->nouts, s->outs, s->nouts,
				 err);
	for (size_t i = 0; r == 0 && i < s->nparams; i++)
		r = locked_add_param(out, s->params[i].file, s->params[i].key,
				     s->params[i].text, err);
	return r;
}

/* Reading. */

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
	if (strlen(raw.data) != raw.len || !raw.len || raw.data[0] == '/' ||
	    path_clean(out, joined, NULL) < 0 ||
	    path_check_workspace(out->data, NULL) < 0)
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
