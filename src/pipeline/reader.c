/*
 * reader - the checks that every part of the grammar shares.
 */
#include "pipeline/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/near.h"
#include "base/path.h"

int reader_bad(const struct reader *rd, const struct value *at,
	       struct dver_err *err, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(err, DVER_EFORMAT, "%s:%u:%u: %s", rd->file, at->line,
		       at->col, text);
}

static const char *kind_of(const struct value *v)
{
	static const char *const names[] = {
		[SCALAR_NULL] = "nothing", [SCALAR_BOOL] = "a true or false",
		[SCALAR_INT] = "a number", [SCALAR_FLOAT] = "a number",
		[SCALAR_STRING] = "a string" };

	if (v->type == VALUE_SEQ)
		return "a list";
	return v->type == VALUE_MAP ? "a mapping" : names[value_scalar(v)];
}

int reader_wrong(const struct reader *rd, const struct value *at,
		 const char *what, const char *wanted, struct dver_err *err)
{
	return reader_bad(rd, at, err, "'%s' must be %s, and this is %s", what,
			  wanted, kind_of(at));
}

bool reader_null(const struct value *v)
{
	return v->type == VALUE_SCALAR && value_scalar(v) == SCALAR_NULL;
}

int reader_string(const struct reader *rd, const struct value *v,
		  const char *what, const char **out, struct dver_err *err)
{
	if (v->type != VALUE_SCALAR || value_scalar(v) != SCALAR_STRING)
		return reader_wrong(rd, v, what, v->type == VALUE_SCALAR &&
				    value_scalar(v) != SCALAR_NULL
				    ? "a string (put it in quotes)"
				    : "a string", err);
	if (memchr(v->text, '\0', v->len))
		return reader_bad(rd, v, err, "'%s' has a zero byte", what);
	*out = v->text;
	return 0;
}

int reader_bool(const struct reader *rd, const struct value *v,
		const char *what, bool *out, struct dver_err *err)
{
	if (v->type != VALUE_SCALAR || value_scalar(v) != SCALAR_BOOL)
		return reader_wrong(rd, v, what, "true or false", err);
	*out = v->text[0] == 't' || v->text[0] == 'T';
	return 0;
}

int reader_list(const struct reader *rd, const struct value *v,
		const char *what, struct dver_err *err)
{
	return v->type == VALUE_SEQ ? 0
				    : reader_wrong(rd, v, what, "a list", err);
}

int reader_map(const struct reader *rd, const struct value *v,
	       const char *what, struct dver_err *err)
{
	return v->type == VALUE_MAP
		? 0 : reader_wrong(rd, v, what, "a mapping", err);
}

int reader_strings(const struct reader *rd, const struct value *v,
		   const char *what, struct strvec *out, struct dver_err *err)
{
	size_t n = v->type == VALUE_SEQ ? v->n : 1;
	int r = 0;

	if (v->type == VALUE_MAP || reader_null(v))
		return reader_wrong(rd, v, what, "a string or a list of "
				    "strings", err);
	out->v = arena_alloc(rd->arena, (n + 1) * sizeof(*out->v));
	if (!out->v)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *text = NULL;

		r = reader_string(rd, v->type == VALUE_SEQ ? &v->items[i] : v,
				  what, &text, err);
		out->v[i] = (char *)(uintptr_t)text;
	}
	out->v[n] = NULL;
	out->n = n;
	return r;
}

static bool is_url(const char *text)
{
	const char *colon = strstr(text, "://");

	return colon && colon > text &&
	       strcspn(text, "/") > (size_t)(colon - text);
}

/* Clean, from the root: "" is the root itself. */
static int resolve(const struct reader *rd, const struct value *v,
		   const char *what, struct buf *out, struct dver_err *err)
{
	AUTO_FREE char *whole = NULL;
	const char *text = NULL;
	int r = reader_string(rd, v, what, &text, err);

	if (r < 0)
		return r;
	if (!*text)
		return reader_bad(rd, v, err, "'%s' has an empty path", what);
	if (*text == '/' || is_url(text))
		return reader_bad(rd, v, err, "'%s' is outside the workspace: "
				  "paths in '%s' are relative to its folder",
				  text, what);
	whole = path_join(rd->dir, text);
	if (!whole)
		return err_nomem(err);
	r = path_clean(out, whole, err);
	if (r == 0 && streq(out->data, "."))
		buf_clear(out);
	if (r == 0 && (streq(out->data, "..") || str_starts(out->data, "../")))
		return reader_bad(rd, v, err, "'%s' leads out of the "
				  "workspace", text);
	return r;
}

int reader_dir(const struct reader *rd, const struct value *v,
	       const char *what, const char **out, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct dver_err why;
	int r = resolve(rd, v, what, &path, err);

	if (r < 0)
		return r;
	if (path.len && path_check_workspace(path.data, &why) < 0)
		return reader_bad(rd, v, err, "%s", why.msg);
	*out = arena_strdup(rd->arena, path.data, path.len);
	return *out ? 0 : err_nomem(err);
}

int reader_path(const struct reader *rd, const struct value *v,
		const char *what, const char **out, struct dver_err *err)
{
	int r = reader_dir(rd, v, what, out, err);

	if (r == 0 && !**out)
		return reader_bad(rd, v, err, "'%s' has the root of the "
				  "workspace itself", what);
	return r;
}

static int check_kind(const struct reader *rd, const struct value *v,
		      const struct reader_key *key, struct dver_err *err)
{
	struct strvec strings;
	const char *text;
	bool flag;

	switch (key->kind) {
	case READ_ANY:
		return 0;
	case READ_STRING:
		return reader_string(rd, v, key->name, &text, err);
	case READ_BOOL:
		return reader_bool(rd, v, key->name, &flag, err);
	case READ_LIST:
		return reader_list(rd, v, key->name, err);
	case READ_MAP:
		return reader_map(rd, v, key->name, err);
	case READ_STRINGS:
		return reader_strings(rd, v, key->name, &strings, err);
	}
	return 0;
}

static int unknown(const struct reader *rd, const struct value *key,
		   const char *what, const struct reader_key *keys, size_t n,
		   struct dver_err *err)
{
	AUTO_BUF struct buf list = BUF_INIT(4096);
	struct near near;

	near_init(&near, key->text);
	for (size_t i = 0; i < n; i++) {
		near_look(&near, keys[i].name);
		buf_addf(&list, "%s%s", i ? " " : "", keys[i].name);
	}
	if (near.n)
		return reader_bad(rd, key, err, "%s has no key '%.60s': is "
				  "'%s' meant?", what, key->text, near.v[0]);
	return reader_bad(rd, key, err, "%s has no key '%.60s', only %s", what,
			  key->text, list.data);
}

int reader_keys(const struct reader *rd, const struct value *map,
		const char *what, const struct reader_key *keys, size_t n,
		struct dver_err *err)
{
	int r = reader_map(rd, map, what, err);

	for (size_t i = 0; r == 0 && i < map->n; i++) {
		const struct value *key = value_key(map, i);
		size_t at = 0;

		while (at < n && !value_is(key, keys[at].name))
			at++;
		if (at == n)
			return unknown(rd, key, what, keys, n, err);
		r = check_kind(rd, value_at(map, i), &keys[at], err);
	}
	return r;
}
