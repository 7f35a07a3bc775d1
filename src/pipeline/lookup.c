#include "pipeline/lookup.h"

#include "base/err.h"
#include "base/near.h"

struct expr {
	const struct reader *rd;
	const struct value *at;
	const char *text;	/* all of it, for messages */
	int len;
	const char *s, *end;	/* what is left */
};

static int bad(const struct expr *x, const char *why, struct dver_err *err)
{
	return reader_bad(x->rd, x->at, err, "'${%.*s}' %s", MIN(x->len, 80),
			  x->text, why);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* The next part of "a.b[0].c" into *part; 1, 0 at the end, < 0. */
static int next_part(struct expr *x, bool first, const char **part,
		     size_t *len, struct dver_err *err)
{
	bool bracket = x->s < x->end && *x->s == '[';

	if (x->s == x->end && !first)
		return 0;
	if (first ? bracket : !bracket && *x->s != '.')
		return bad(x, "is no name of a variable", err);
	x->s += !first;
	*part = x->s;
	while (x->s < x->end && !strchr(bracket ? "[]{" : ".[]{", *x->s))
		x->s++;
	*len = (size_t)(x->s - *part);
	if (*len == 0)
		return bad(x, "lacks a name", err);
	if (x->s < x->end && *x->s == '{')
		return bad(x, "is a template in a template, which is not "
			   "possible", err);
	if (!bracket)
		return 1;
	if (x->s == x->end || *x->s != ']')
		return bad(x, "lacks a ']'", err);
	x->s++;
	return 1;
}

static const struct value *item_of(const struct value *list, const char *s,
				   size_t len)
{
	size_t at = 0;

	if (len > 9)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return NULL;
		at = at * 10 + (size_t)(s[i] - '0');
	}
	return at < list->n ? &list->items[at] : NULL;
}

static const struct value *key_of(const struct value *map, const char *s,
				  size_t len)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct value *k = value_key(map, i);

		if (k->len == len && memcmp(k->text, s, len) == 0)
			return value_at(map, i);
	}
	return NULL;
}

static int no_var(const struct expr *x, const struct scope *sc,
		  const char *part, size_t len, struct dver_err *err)
{
	AUTO_FREE char *name = str_ndup(part, MIN(len, (size_t)80));
	struct near near;

	if (!name)
		return err_nomem(err);
	near_init(&near, name);
	for (; sc; sc = sc->up)
		for (size_t i = 0; i < sc->n; i++)
			near_look(&near, sc->v[i].key->text);
	if (near.n)
		return reader_bad(x->rd, x->at, err, "there is no variable "
				  "'%s': is '%.60s' meant?", name, near.v[0]);
	return reader_bad(x->rd, x->at, err, "there is no variable '%s' (write "
			  "\\${%s} for the shell's)", name, name);
}

static int no_part(const struct expr *x, const struct value *in,
		   const char *part, size_t len, struct dver_err *err)
{
	AUTO_FREE char *why = NULL;
	int before = (int)(part - 1 - x->text);
	int shown = (int)MIN(len, (size_t)60);

	if (in->type == VALUE_SEQ)
		why = str_printf("asks for '%.*s' of a list of %zu (the first "
				 "is 0)", shown, part, in->n);
	else if (in->type == VALUE_MAP)
		why = str_printf("is not there: '%.*s' has no key '%.*s'",
				 MIN(before, 60), x->text, shown, part);
	else
		why = str_printf("is not there: '%.*s' is a plain value",
				 MIN(before, 60), x->text);
	return why ? bad(x, why, err) : err_nomem(err);
}

int lookup(const struct reader *rd, const struct scope *sc,
	   const struct value *at, const char *expr, size_t len,
	   const struct value **out, struct dver_err *err)
{
	struct expr x = { .rd = rd, .at = at };
	const char *part = NULL;
	const struct scope_var *var;
	size_t n = 0;
	int r;

	while (len && is_space(*expr)) {
		expr++;
		len--;
	}
	while (len && is_space(expr[len - 1]))
		len--;
	x.text = x.s = expr;
	x.len = (int)MIN(len, (size_t)1 << 20);
	x.end = expr + len;
	r = next_part(&x, true, &part, &n, err);
	if (r < 0)
		return r;
	var = scope_get(sc, part, n);
	if (!var)
		return no_var(&x, sc, part, n, err);
	*out = var->value;
	while ((r = next_part(&x, false, &part, &n, err)) > 0) {
		const struct value *in = *out;

		if (in->type == VALUE_SCALAR)
			*out = NULL;
		else
			*out = in->type == VALUE_SEQ ? item_of(in, part, n)
						     : key_of(in, part, n);
		if (!*out)
			return no_part(&x, in, part, n, err);
	}
	return r;
}
