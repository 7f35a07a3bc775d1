/*
 * flat - mappings are unfolded: "train: {acc: 0.9}" is "train.acc".
 */
#include "report/flat.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "format/tfevents.h"
#include "format/values.h"

void flat_free(struct flat *f)
{
	if (!f)
		return;
	if (!f->block) {
		free(f->v);
		free(f->sorted);
	}
	free(f->block);
	free(f->problem);
	arena_release(&f->arena);
	free(f);
}

size_t flat_bytes(const struct flat *f)
{
	return sizeof(*f) + f->block_len;
}

static const char *extension(const char *path)
{
	const char *dot = strrchr(path_base(path), '.');

	return dot ? dot : "";
}

bool flat_is_name(const char *path)
{
	static const char *const known[] = { ".json", ".yaml", ".yml", ".toml",
					     ".csv", ".tsv" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (streq(extension(path), known[i]))
			return true;
	return tfevents_name(path_base(path));
}

static int too_long(const struct flat *f, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s: over %u MiB of names and "
		       "values", f->path, FLAT_BYTES_MAX >> 20);
}

int flat_add(struct flat *f, const char *name, struct dver_value value,
	     struct dver_err *err)
{
	struct dver_named_value x = { .value = value };

	if (f->n == FLAT_VALUES_MAX)
		return err_set(err, DVER_EFORMAT, "%s: over %d values",
			       f->path, FLAT_VALUES_MAX);
	f->bytes += strlen(name) + strlen(value.text);
	if (f->bytes > FLAT_BYTES_MAX)
		return too_long(f, err);
	x.name = arena_strdup(&f->arena, name, strlen(name));
	x.value.text = arena_strdup(&f->arena, value.text, strlen(value.text));
	if (!x.name || !x.value.text ||
	    !mem_grow(&f->v, &f->cap, f->n + 1, sizeof(x)))
		return err_nomem(err);
	f->v[f->n++] = x;
	return 0;
}

int flat_add_word(struct flat *f, const char *name, const char *text,
		  size_t len, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_value v = { .kind = DVER_VALUE_TEXT, .text = text };

	switch (scalar_of(text, len)) {
	case SCALAR_NULL:
		v = (struct dver_value){ DVER_VALUE_NULL, "null", 0 };
		break;
	case SCALAR_BOOL:
		v = (struct dver_value){ DVER_VALUE_BOOL, *text == 't' ||
					 *text == 'T' ? "true" : "false", 0 };
		break;
	case SCALAR_INT:
		scalar_put_int(&b, text, len);
		v = (struct dver_value){ DVER_VALUE_INT, b.data,
					 scalar_double(text, len) };
		break;
	case SCALAR_FLOAT:
		v.number = scalar_double(text, len);
		scalar_put_float(&b, v.number);
		v.kind = DVER_VALUE_FLOAT;
		v.text = b.data;
		break;
	case SCALAR_STRING:
		break;
	}
	return buf_ok(&b) ? flat_add(f, name, v, err) : err_nomem(err);
}

/* What stands in it under an alias is written out each time. */
static int add_list(struct flat *f, const char *name, const struct value *v,
		    struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(FLAT_BYTES_MAX);
	int r;

	value_text(&b, v);
	r = buf_check(&b, err);
	if (r == DVER_EINVAL)
		return too_long(f, err);
	return r < 0 ? r : flat_add(f, name, (struct dver_value){
					    DVER_VALUE_TEXT, b.data, 0 }, err);
}

struct unfolding {
	struct flat *f;
	enum dver_values what;
	bool plain;		/* numbers have their canonical text */
	struct buf name;	/* of what is being added */
};

/* Names and texts end at a NUL: two that differ behind one look the same. */
static int no_nul(const struct unfolding *u, const struct value *v,
		  const char *what, struct dver_err *err)
{
	return v->type != VALUE_SCALAR || !memchr(v->text, '\0', v->len) ? 0
		: err_set(err, DVER_EFORMAT, "%s:%u:%u: a NUL in a %s",
			  u->f->path, v->line, v->col, what);
}

static int add_scalar(struct unfolding *u, const struct value *v,
		      struct dver_err *err)
{
	enum scalar s = value_scalar(v);
	struct dver_value x = { DVER_VALUE_TEXT, v->text, 0 };
	int r = no_nul(u, v, "text", err);

	if (r < 0)
		return r;
	if (s != SCALAR_STRING && (s != SCALAR_FLOAT || !u->plain))
		return flat_add_word(u->f, u->name.data, v->text, v->len, err);
	if (s == SCALAR_FLOAT) {
		x.kind = DVER_VALUE_FLOAT;
		x.number = scalar_double(v->text, v->len);
	}
	return flat_add(u->f, u->name.data, x, err);
}

static int unfold(struct unfolding *u, const struct value *v,
		  struct dver_err *err)
{
	size_t len = u->name.len;
	int r = 0;

	if (v->type == VALUE_SCALAR)
		return add_scalar(u, v, err);
	if (v->type == VALUE_SEQ || (v->n == 0 && len))
		return u->what == DVER_METRICS
		       ? 0 : add_list(u->f, u->name.data, v, err);
	for (size_t i = 0; r == 0 && i < v->n; i++) {
		const struct value *key = value_key(v, i);

		r = no_nul(u, key, "name", err);
		if (r < 0)
			break;
		if (len)
			buf_addc(&u->name, '.');
		if (key->type == VALUE_SCALAR)
			buf_add(&u->name, key->text, key->len);
		else
			value_text(&u->name, key);
		r = buf_ok(&u->name)
		    ? unfold(u, value_at(v, i), err)
		    : u->name.len + key->len < u->name.max
		    ? err_nomem(err)
		    : err_set(err, DVER_EFORMAT, "%s:%u:%u: a name of over "
			      "%zu bytes", u->f->path, key->line, key->col,
			      u->name.max);
		buf_truncate(&u->name, len);
	}
	return r;
}

static int unfold_keys(struct unfolding *u, const struct value *root,
		       const struct strvec *keys, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < keys->n; i++) {
		const struct value *v = value_path(root, keys->v[i]);

		buf_setstr(&u->name, keys->v[i]);
		if (v)
			r = unfold(u, v, err);
	}
	return r;
}

/* A file that is one value alone has the name of the file. */
static int unfold_one(struct unfolding *u, const char *path,
		      const struct value *root, struct dver_err *err)
{
	const char *base = path_base(path);

	if (root->type == VALUE_SCALAR && u->what == DVER_METRICS) {
		buf_add(&u->name, base, strlen(base) -
					strlen(extension(path)));
		return unfold(u, root, err);
	}
	return err_set(err, DVER_EFORMAT, "%s:%u:%u: names with values were "
		       "expected, found a %s", path, root->line, root->col,
		       root->type == VALUE_SEQ ? "list" : "value");
}

static int read_values(struct flat *f, enum dver_values what,
		       const char *path, const struct strvec *keys,
		       const char *text, size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	struct unfolding u = { .f = f, .what = what, .name = BUF_PATH };
	const struct value *root;
	int r = values_parse(&doc, path, text, len, err);

	root = doc.root;
	/* As values.h has it, all but YAML's. */
	u.plain = streq(extension(path), ".json") ||
		  streq(extension(path), ".toml");
	if (r < 0 || !root || (root->type == VALUE_SCALAR &&
			       value_scalar(root) == SCALAR_NULL))
		return r;
	if (root->type != VALUE_MAP)
		r = unfold_one(&u, path, root, err);
	else if (keys)
		r = unfold_keys(&u, root, keys, err);
	else
		r = unfold(&u, root, err);
	buf_release(&u.name);
	return r;
}

static int by_name(const void *a, const void *b, void *data)
{
	const struct dver_named_value *v = data;
	const size_t *x = a, *y = b;
	int c = strcmp(v[*x].name, v[*y].name);

	return c ? c : *x < *y ? -1 : *x > *y;
}

/* Of two with one name ("a.b" and "a: {b}") the later one counts. */
static int drop_twins(struct flat *f, struct dver_err *err)
{
	AUTO_FREE bool *gone = mem_array(f->n + 1, sizeof(*gone));
	size_t kept = 0;

	if (!gone)
		return err_nomem(err);
	for (size_t i = 1; i < f->n; i++)
		if (streq(f->v[f->sorted[i - 1]].name,
			  f->v[f->sorted[i]].name))
			gone[f->sorted[i - 1]] = true;
	for (size_t i = 0; i < f->n; i++)
		if (!gone[i])
			f->v[kept++] = f->v[i];
	f->n = kept;
	for (size_t i = 0; i < f->n; i++)
		f->sorted[i] = i;
	qsort_r(f->sorted, f->n, sizeof(*f->sorted), by_name, f->v);
	return 0;
}

static int sort(struct flat *f, struct dver_err *err)
{
	f->sorted = mem_array(f->n + 1, sizeof(*f->sorted));
	if (!f->sorted)
		return err_nomem(err);
	for (size_t i = 0; i < f->n; i++)
		f->sorted[i] = i;
	if (f->n < 2)
		return 0;
	qsort_r(f->sorted, f->n, sizeof(*f->sorted), by_name, f->v);
	for (size_t i = 1; i < f->n; i++)
		if (streq(f->v[f->sorted[i - 1]].name,
			  f->v[f->sorted[i]].name))
			return drop_twins(f, err);
	return 0;
}

static const char *put_string(char **at, const char *text)
{
	size_t len = strlen(text) + 1;
	char *start = memcpy(*at, text, len);

	*at += len;
	return start;
}

/* Move it all into one block of just that size. */
static int pack(struct flat *f, struct dver_err *err)
{
	size_t values = f->n * sizeof(*f->v);
	size_t len = values + f->n * sizeof(*f->sorted);
	struct dver_named_value *v;
	char *at;

	for (size_t i = 0; i < f->n; i++)
		len += strlen(f->v[i].name) + strlen(f->v[i].value.text) + 2;
	v = malloc(len + 1);
	if (!v)
		return err_nomem(err);
	at = (char *)(v + f->n);
	if (f->n) {
		memcpy(v, f->v, values);
		memcpy(at, f->sorted, f->n * sizeof(*f->sorted));
	}
	free(f->v);
	free(f->sorted);
	f->v = f->block = v;
	f->sorted = (size_t *)(void *)at;
	f->block_len = len;
	at += f->n * sizeof(*f->sorted);
	for (size_t i = 0; i < f->n; i++) {
		v[i].name = put_string(&at, v[i].name);
		v[i].value.text = put_string(&at, v[i].value.text);
	}
	arena_release(&f->arena);
	return 0;
}

int flat_problem(struct flat **out, int code, const char *problem,
		 struct dver_err *err)
{
	AUTO_FLAT struct flat *f = calloc(1, sizeof(*f));

	if (!f)
		return err_nomem(err);
	f->code = code;
	f->problem = str_ndup(problem, strlen(problem));
	if (!f->problem)
		return err_nomem(err);
	*out = TAKE(f);
	return 0;
}

int flat_read(struct flat **out, enum dver_values what, const char *path,
	      const struct strvec *keys, const char *text, size_t len,
	      const struct cancel *cancel, struct dver_err *err)
{
	AUTO_FLAT struct flat *f = calloc(1, sizeof(*f));
	const char *ext = extension(path);
	struct dver_err why;
	int r;

	if (!f)
		return err_nomem(err);
	f->path = path;
	if (what == DVER_METRICS && (streq(ext, ".csv") || streq(ext, ".tsv")))
		r = flat_read_csv(f, path, ext[1] == 'c' ? ',' : '\t', text,
				  len, &why);
	else if (what == DVER_METRICS && tfevents_name(path_base(path)))
		r = flat_read_events(f, path, text, len, cancel, &why);
	else
		r = read_values(f, what, path, keys, text, len, &why);
	if (r == 0)
		r = sort(f, &why);
	if (r == 0)
		r = pack(f, &why);
	f->path = NULL;
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0)
		return flat_problem(out, r, why.msg, err);
	*out = TAKE(f);
	return 0;
}
