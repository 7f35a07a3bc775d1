/*
 * template - found, looked up, put in their place.
 *
 * What is put in is copied with the place of the template: errors about it
 * then point at the pipeline's file.  Two budgets keep templates of templates
 * of large values from filling the memory.
 */
#include "pipeline/template.h"

#include "base/buf.h"
#include "base/err.h"
#include "format/value_merge.h"
#include "pipeline/lookup.h"
#include "pipeline/unpack.h"

/* A text and what its templates are resolved with. */
struct resolving {
	struct templates *t;
	const struct reader *rd;
	const struct scope *sc;
	bool command;
};

/* Text that a template may be in. */
static bool text_has(const struct value *v)
{
	return v->len > 2 && memmem(v->text, v->len, "${", 2);
}

bool template_has(const struct value *v)
{
	size_t n = v->type == VALUE_MAP ? 2 * v->n : v->n;

	if (v->type == VALUE_SCALAR)
		return text_has(v);
	for (size_t i = 0; i < n; i++)
		if (template_has(&v->items[i]))
			return true;
	return false;
}

void template_text(struct buf *out, const struct value *v)
{
	switch (value_scalar(v)) {
	case SCALAR_NULL:
		buf_addstr(out, "null");
		break;
	case SCALAR_BOOL:
		buf_addstr(out, v->text[0] == 't' || v->text[0] == 'T'
					? "true" : "false");
		break;
	case SCALAR_INT:
		scalar_put_int(out, v->text, v->len);
		break;
	case SCALAR_FLOAT:
		scalar_put_float(out, scalar_double(v->text, v->len));
		break;
	case SCALAR_STRING:
		buf_add(out, v->text, v->len);
		break;
	}
}

static int too_much(const struct resolving *s, const struct value *at,
		    struct dver_err *err)
{
	return reader_bad(s->rd, at, err, "templates make the pipeline too "
			  "large");
}

/* A copy that stands where `at` does; its text is shared. */
static int copy(const struct resolving *s, const struct value *v,
		const struct value *at, struct value *out,
		struct dver_err *err)
{
	size_t n = v->type == VALUE_MAP ? 2 * v->n
		   : v->type == VALUE_SEQ ? v->n : 0;
	int r = 0;

	*out = *v;
	out->line = at->line;
	out->col = at->col;
	if (s->t->nodes_left == 0)
		return too_much(s, at, err);
	s->t->nodes_left--;
	if (n == 0)
		return 0;
	out->items = arena_alloc(s->rd->arena, n * sizeof(*out));
	if (!out->items)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = copy(s, &v->items[i], at, &out->items[i], err);
	return r;
}

/*
 * The next template of a text from *from on: "${" that has no backslash
 * before it, up to the "}" on the same line.
 */
struct span { const char *start, *inner, *inner_end, *end; };
static bool next_span(const struct value *v, const char *from,
		      struct span *out)
{
	const char *stop = v->text + v->len;

	while (from < stop) {
		const char *at = memmem(from, (size_t)(stop - from), "${", 2);
		const char *c;

		if (!at)
			return false;
		from = at + 2;
		if (at > v->text && at[-1] == '\\')
			continue;
		for (c = from; c < stop && *c != '}' && *c != '\n'; c++)
			;
		if (c == stop || *c != '}')
			continue;
		*out = (struct span){ at, from, c, c + 1 };
		return true;
	}
	return false;
}

/* Text between templates, where "\${" means "${". */
static void put_plain(struct buf *out, const char *s, const char *end)
{
	while (s < end) {
		const char *at = memmem(s, (size_t)(end - s), "\\${", 3);

		buf_add(out, s, (size_t)((at ? at : end) - s));
		if (!at)
			return;
		buf_addstr(out, "${");
		s = at + 3;
	}
}

static int put_value(const struct resolving *s, struct buf *out,
		     const struct value *at, const struct value *v,
		     struct dver_err *err)
{
	if (v->type == VALUE_SCALAR) {
		template_text(out, v);
		return 0;
	}
	if (v->type == VALUE_MAP && s->command)
		return unpack(out, s->t, s->rd, at, v, err);
	return reader_bad(s->rd, at, err, "%s has no place inside a text",
			  v->type == VALUE_MAP ? "a mapping" : "a list");
}

/* A text with more than one template alone. */
static int fill(const struct resolving *s, const struct value *v,
		struct span span, bool found, struct value *out,
		struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(s->t->bytes_left);
	const char *from = v->text;
	int r = 0;

	while (r == 0 && found) {
		const struct value *is = NULL;

		put_plain(&text, from, span.start);
		from = span.end;
		r = lookup(s->rd, s->sc, v, span.inner,
			   (size_t)(span.inner_end - span.inner), &is, err);
		if (r == 0)
			r = put_value(s, &text, v, is, err);
		found = next_span(v, from, &span);
	}
	put_plain(&text, from, v->text + v->len);
	if (r < 0)
		return r;
	if (!buf_ok(&text))
		return too_much(s, v, err);
	s->t->bytes_left -= text.len;
	*out = *v;
	out->quoted = true;
	out->tag = NULL;
	out->len = text.len;
	out->text = arena_strdup(s->rd->arena, text.data, text.len);
	return out->text ? 0 : err_nomem(err);
}

static int scalar(const struct resolving *s, const struct value *v,
		  struct value *out, struct dver_err *err)
{
	const struct value *is = NULL;
	struct span span = { .start = NULL };
	bool found = next_span(v, v->text, &span);
	int r;

	if (!found || span.start != v->text || span.end != v->text + v->len)
		return fill(s, v, span, found, out, err);
	r = lookup(s->rd, s->sc, v, span.inner,
		   (size_t)(span.inner_end - span.inner), &is, err);
	if (r < 0)
		return r;
	/* Options of nothing else are a text, too. */
	if (s->command && is->type == VALUE_MAP)
		return fill(s, v, span, true, out, err);
	return copy(s, is, v, out, err);
}

static int resolve(const struct resolving *s, const struct value *v,
		   struct value *out, struct dver_err *err);

static int collection(const struct resolving *s, const struct value *v,
		      struct value *out, struct dver_err *err)
{
	size_t n = v->type == VALUE_MAP ? 2 * v->n : v->n;
	const struct value *twice = NULL;
	int r = 0;

	*out = *v;
	if (s->t->nodes_left < n)
		return too_much(s, v, err);
	s->t->nodes_left -= n;
	out->items = arena_alloc(s->rd->arena, n * sizeof(*out));
	if (!out->items)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = resolve(s, &v->items[i], &out->items[i], err);
		if (r == 0 && v->type == VALUE_MAP && i % 2 == 0 &&
		    out->items[i].type != VALUE_SCALAR)
			r = reader_bad(s->rd, &v->items[i], err, "a key must "
				       "be a string, and this template is %s",
				       out->items[i].type == VALUE_MAP
				       ? "a mapping" : "a list");
	}
	if (r < 0 || v->type != VALUE_MAP)
		return r;
	r = value_twice(out, &twice);
	if (r < 0)
		return err_nomem(err);
	return r ? reader_bad(s->rd, twice, err, "the key '%.60s' is there "
			      "already", twice->text) : 0;
}

static int resolve(const struct resolving *s, const struct value *v,
		   struct value *out, struct dver_err *err)
{
	*out = *v;
	if (!template_has(v))
		return 0;
	return v->type == VALUE_SCALAR ? scalar(s, v, out, err)
				       : collection(s, v, out, err);
}

int template_resolve(struct templates *t, const struct reader *rd,
		     const struct scope *sc, const struct value *v,
		     bool command, const struct value **out,
		     struct dver_err *err)
{
	struct resolving s = { .t = t, .rd = rd, .sc = sc,
			       .command = command };
	struct value *made;

	*out = v;
	if (!template_has(v))
		return 0;
	made = arena_alloc(rd->arena, sizeof(*made));
	if (!made)
		return err_nomem(err);
	*out = made;
	return resolve(&s, v, made, err);
}
