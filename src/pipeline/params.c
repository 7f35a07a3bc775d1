#include "pipeline/params.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/os.h"
#include "base/path.h"
#include "format/values.h"
#include "repo/repo.h"

void params_release(struct params *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].key);
		free(p->v[i].text);
	}
	free(p->v);
	*p = (struct params)PARAMS_INIT;
}

static int parse_file(struct value_doc *doc, struct dver_repo *repo,
		      const char *file, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->root, file);
	AUTO_FREE char *text = NULL;
	struct os_stat st;
	size_t len;
	int r;

	if (!path)
		return err_nomem(err);
	if (os_stat(path, &st, false) < 0)
		return errno == ENOENT || errno == ENOTDIR
			? err_set(err, DVER_ENOTFOUND,
				  "the parameter file '%s' is not there", file)
			: err_sys(err, "cannot read '%s'", file);
	if (!S_ISREG(st.mode))
		return err_set(err, DVER_EFORMAT, "'%s' is not a file, so it "
			       "has no parameters", file);
	r = os_slurp(&text, &len, path, VALUES_SIZE_MAX, err);
	return r < 0 ? r : values_parse(doc, file, text, len, err);
}

/* What stands in a list under an alias is written out each time. */
static int add(struct params *out, const char *file, const char *key,
	       size_t len, const struct value *v, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(PARAMS_BYTES_MAX);
	struct param *p;
	int r;

	value_text(&text, v);
	out->bytes += len + text.len;
	r = buf_check(&text, err);
	if (r == DVER_EINVAL || out->bytes > PARAMS_BYTES_MAX)
		return err_set(err, DVER_EFORMAT, "%s: over %u MiB of names "
			       "and values", file, PARAMS_BYTES_MAX >> 20);
	if (r < 0)
		return r;
	if (!mem_grow(&out->v, &out->cap, out->n + 1, sizeof(*p)))
		return err_nomem(err);
	p = &out->v[out->n++];
	p->key = str_ndup(key, len);
	p->text = buf_detach(&text);
	return p->key && p->text ? 0 : err_nomem(err);
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct param *)a)->key,
		      ((const struct param *)b)->key);
}

static int add_all(struct params *out, const char *file,
		   const struct value *root, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < root->n; i++) {
		const struct value *key = value_key(root, i);

		if (memchr(key->text, '\0', key->len))
			return err_set(err, DVER_EFORMAT, "%s:%u:%u: a NUL "
				       "in a name", file, key->line, key->col);
		r = add(out, file, key->text, key->len, value_at(root, i),
			err);
	}
	return r;
}

static int add_keys(struct params *out, const char *file,
		    const struct value *root, const struct strvec *keys,
		    struct strvec *lacking, struct dver_err *err)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct value *v = root ? value_path(root, keys->v[i])
					     : NULL;
		int r = 0;

		if (v)
			r = add(out, file, keys->v[i], strlen(keys->v[i]), v,
				err);
		else if (lacking && !strvec_push(lacking, keys->v[i]))
			r = err_nomem(err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* An empty document has no parameters. */
static int pick(struct params *out, const char *file,
		const struct value *root, const struct strvec *keys,
		struct strvec *lacking, struct dver_err *err)
{
	int r;

	*out = (struct params)PARAMS_INIT;
	if (root && root->type == VALUE_SCALAR &&
	    value_scalar(root) == SCALAR_NULL)
		root = NULL;
	if (root && root->type != VALUE_MAP)
		return err_set(err, DVER_EFORMAT, "%s:%u:%u: names with "
			       "values were expected, found a %s", file,
			       root->line, root->col,
			       root->type == VALUE_SEQ ? "list" : "value");
	if (keys)
		r = add_keys(out, file, root, keys, lacking, err);
	else
		r = root ? add_all(out, file, root, err) : 0;
	if (r < 0)
		params_release(out);
	else if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), by_key);
	return r;
}

int params_read(struct params *out, struct dver_repo *repo, const char *file,
		const struct strvec *keys, struct strvec *lacking,
		struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	int r = parse_file(&doc, repo, file, err);

	*out = (struct params)PARAMS_INIT;
	return r < 0 ? r : pick(out, file, doc.root, keys, lacking, err);
}

struct cached {
	char *file;
	struct value_doc doc;
	int result;
	struct dver_err why;
};

/* Pipelines have thousands of stages and a handful of parameter files. */
struct params_cache {
	struct dver_repo *repo;
	struct cached *v;
	size_t n, cap;
};

int params_cache_new(struct params_cache **out, struct dver_repo *repo,
		     struct dver_err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return err_nomem(err);
	(*out)->repo = repo;
	return 0;
}

void params_cache_forget(struct params_cache *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].file);
		value_doc_release(&c->v[i].doc);
	}
	c->n = 0;
}

void params_cache_free(struct params_cache *c)
{
	if (!c)
		return;
	params_cache_forget(c);
	free(c->v);
	free(c);
}

/* NULL: out of memory. */
static const struct cached *look(struct params_cache *c, const char *file)
{
	struct cached *e;

	for (size_t i = 0; i < c->n; i++)
		if (streq(c->v[i].file, file))
			return &c->v[i];
	if (!mem_grow(&c->v, &c->cap, c->n + 1, sizeof(*e)))
		return NULL;
	e = &c->v[c->n];
	*e = (struct cached){ .doc = { ARENA_INIT, NULL } };
	e->file = str_ndup(file, strlen(file));
	if (!e->file)
		return NULL;
	c->n++;
	e->result = parse_file(&e->doc, c->repo, file, &e->why);
	return e;
}

int params_cache_root(struct params_cache *c, const struct value **out,
		      const char *file, struct dver_err *err)
{
	const struct cached *e = look(c, file);

	*out = NULL;
	if (!e)
		return err_nomem(err);
	if (e->result < 0)
		return err_set(err, e->result, "%s", e->why.msg);
	*out = e->doc.root;
	return 0;
}

int params_cache_read(struct params_cache *c, struct params *out,
		      const char *file, const struct strvec *keys,
		      struct strvec *lacking, struct dver_err *err)
{
	const struct value *root;
	int r = params_cache_root(c, &root, file, err);

	*out = (struct params)PARAMS_INIT;
	return r < 0 ? r : pick(out, file, root, keys, lacking, err);
}
