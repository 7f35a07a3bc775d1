/*
 * stage_read - what a stage may say, key by key.
 */
#include "pipeline/stage_read.h"

#include "base/err.h"
#include "base/path.h"
#include "pipeline/outs_read.h"
#include "pipeline/pipeline.h"

#define PARAMS_FILE "params.yaml"
#define PARAMS_FILES_MAX 1000

/* `vars`, `wdir`, `foreach` and `matrix` are done with before. */
static const struct reader_key keys[] = {
	{ "cmd", READ_STRINGS }, { "deps", READ_LIST },
	{ "params", READ_LIST }, { "outs", READ_LIST },
	{ "metrics", READ_LIST }, { "plots", READ_LIST },
	{ "wdir", READ_STRING }, { "vars", READ_ANY },
	{ "frozen", READ_BOOL }, { "always_changed", READ_BOOL },
	{ "desc", READ_STRING }, { "meta", READ_ANY },
};

int stage_dir(const struct reader *rd, const struct value *wdir,
	      const char **out, struct dver_err *err)
{
	*out = rd->dir;
	return wdir ? reader_dir(rd, wdir, "wdir", out, err) : 0;
}

static int by_path(const void *a, const void *b)
{
	const struct stage_dep *const *x = a;
	const struct stage_dep *const *y = b;
	int c = strcmp((*x)->path, (*y)->path);

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* Of equal ones the first stays. */
static int uniq_deps(struct stage *s, struct dver_err *err)
{
	AUTO_FREE struct stage_dep **sorted = mem_array(s->ndeps,
							sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return err_nomem(err);
	for (size_t i = 0; i < s->ndeps; i++)
		sorted[i] = &s->deps[i];
	qsort(sorted, s->ndeps, sizeof(*sorted), by_path);
	for (size_t i = s->ndeps; i-- > 1; )
		if (streq(sorted[i]->path, sorted[i - 1]->path))
			sorted[i]->path = NULL;
	for (size_t i = 0; i < s->ndeps; i++)
		if (s->deps[i].path)
			s->deps[kept++] = s->deps[i];
	s->ndeps = kept;
	return 0;
}

static int read_deps(struct stage *s, const struct reader *rd,
		     const struct value *list, struct dver_err *err)
{
	int r = 0;

	if (!list->n)
		return 0;
	s->deps = arena_alloc(rd->arena, list->n * sizeof(*s->deps));
	if (!s->deps)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct value *v = &list->items[i];
		struct stage_dep *d = &s->deps[s->ndeps++];

		*d = (struct stage_dep){ .line = v->line, .col = v->col };
		r = reader_path(rd, v, "deps", &d->path, err);
	}
	return r < 0 || s->ndeps < 2 ? r : uniq_deps(s, err);
}

/* Room for one more key; the array doubles inside the arena. */
static int add_key(struct stage_params *p, const struct reader *rd,
		   const struct value *v, struct dver_err *err)
{
	const char *key = NULL;
	int r = reader_string(rd, v, "params", &key, err);

	if (r < 0)
		return r;
	if (!*key)
		return reader_bad(rd, v, err, "a parameter has an empty name");
	if (p->keys.n + 1 >= p->keys.cap) {
		size_t cap = p->keys.cap ? 2 * p->keys.cap : 8;
		char **grown = arena_alloc(rd->arena, cap * sizeof(*grown));

		if (!grown)
			return err_nomem(err);
		if (p->keys.n)
			memcpy(grown, p->keys.v,
			       p->keys.n * sizeof(*grown));
		p->keys.v = grown;
		p->keys.cap = cap;
	}
	p->keys.v[p->keys.n++] = (char *)(uintptr_t)key;
	return 0;
}

/* The entry of a file, made when it is the first. */
static int params_of(struct stage *s, size_t *cap, const struct reader *rd,
		     const char *file, const struct value *at,
		     struct stage_params **out, struct dver_err *err)
{
	for (size_t i = 0; i < s->nparams; i++) {
		*out = &s->params[i];
		if (streq((*out)->file, file))
			return 0;
	}
	if (s->nparams == PARAMS_FILES_MAX)
		return reader_bad(rd, at, err, "a stage can have parameters "
				  "of %d files at most", PARAMS_FILES_MAX);
	if (s->nparams == *cap) {
		struct stage_params *grown;

		*cap = *cap ? 2 * *cap : 2;
		grown = arena_alloc(rd->arena, *cap * sizeof(*grown));
		if (!grown)
			return err_nomem(err);
		if (s->nparams)
			memcpy(grown, s->params,
			       s->nparams * sizeof(*grown));
		s->params = grown;
	}
	*out = &s->params[s->nparams++];
	**out = (struct stage_params){ .file = file, .line = at->line,
				       .col = at->col };
	return 0;
}

/* "file: [key, ...]", "file:" */
static int read_params_file(struct stage *s, size_t *cap,
			    const struct reader *rd, const struct value *name,
			    const struct value *list, struct dver_err *err)
{
	struct stage_params *p = NULL;
	const char *file = NULL;
	int r = reader_path(rd, name, "params", &file, err);

	if (r == 0)
		r = params_of(s, cap, rd, file, name, &p, err);
	if (r < 0)
		return r;
	if (reader_null(list)) {
		p->whole = true;
		return 0;
	}
	r = reader_list(rd, list, "params", err);
	if (r == 0 && list->n == 0)
		p->whole = true;
	for (size_t i = 0; r == 0 && i < list->n; i++)
		r = add_key(p, rd, &list->items[i], err);
	return r;
}

/* "key" of the file that is meant when none is named. */
static int read_params_key(struct stage *s, size_t *cap,
			   const struct reader *rd, const struct value *v,
			   struct dver_err *err)
{
	AUTO_FREE char *path = path_join(rd->dir, PARAMS_FILE);
	struct stage_params *p = NULL;
	const char *file;
	int r;

	file = path ? arena_strdup(rd->arena, path, strlen(path)) : NULL;
	if (!file)
		return err_nomem(err);
	r = params_of(s, cap, rd, file, v, &p, err);
	return r < 0 ? r : add_key(p, rd, v, err);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_keys(struct stage_params *p)
{
	struct strvec *k = &p->keys;
	size_t kept = 0;

	if (p->whole || !k->n) {
		*k = (struct strvec)STRVEC_INIT;
		return;
	}
	qsort(k->v, k->n, sizeof(*k->v), by_text);
	for (size_t i = 0; i < k->n; i++)
		if (!kept || !streq(k->v[kept - 1], k->v[i]))
			k->v[kept++] = k->v[i];
	k->n = kept;
	k->v[kept] = NULL;
	k->cap = 0;
}

static int read_params(struct stage *s, const struct reader *rd,
		       const struct value *list, struct dver_err *err)
{
	size_t cap = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		const struct value *v = &list->items[i];

		if (v->type != VALUE_MAP) {
			r = read_params_key(s, &cap, rd, v, err);
			continue;
		}
		for (size_t j = 0; r == 0 && j < v->n; j++)
			r = read_params_file(s, &cap, rd, value_key(v, j),
					     value_at(v, j), err);
	}
	for (size_t i = 0; r == 0 && i < s->nparams; i++)
		sort_keys(&s->params[i]);
	return r;
}

static int flag(const struct reader *rd, const struct value *map,
		const char *key, bool *out, struct dver_err *err)
{
	const struct value *v = value_get(map, key);

	return v ? reader_bool(rd, v, key, out, err) : 0;
}

int stage_read(struct stage *s, const struct reader *rd, const char *dir,
	       const struct value *map, struct dver_err *err)
{
	struct reader in = { .arena = rd->arena, .file = rd->file,
			     .dir = dir };
	const struct value *cmd, *deps, *params, *desc;
	int r = reader_keys(rd, map, "a stage", keys, ARRAY_SIZE(keys), err);

	if (r < 0)
		return r;
	cmd = value_get(map, "cmd");
	if (!cmd)
		return reader_bad(rd, map, err, "a stage must have a 'cmd'");
	deps = value_get(map, "deps");
	params = value_get(map, "params");
	desc = value_get(map, "desc");
	s->dir = dir;
	s->cmd_list = cmd->type == VALUE_SEQ;
	r = reader_strings(rd, cmd, "cmd", &s->cmds, err);
	if (r == 0 && desc)
		r = reader_string(rd, desc, "desc", &s->desc, err);
	if (r == 0 && deps)
		r = read_deps(s, &in, deps, err);
	if (r == 0 && params)
		r = read_params(s, &in, params, err);
	if (r == 0)
		r = outs_read(s, &in, map, err);
	if (r == 0)
		r = flag(rd, map, "frozen", &s->frozen, err);
	return r < 0 ? r : flag(rd, map, "always_changed", &s->always_changed,
				err);
}
