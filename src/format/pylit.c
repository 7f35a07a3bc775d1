/*
 * pylit - the statements of a module: which scope a line is in goes by its
 * indentation, as in Python.
 */
#include "format/pylit.h"

#include "base/err.h"
#include "format/pylit_read.h"

#define SCOPES_MAX 40

struct scope {
	unsigned indent;	/* of its lines; or, at first, its header */
	bool known;		/* the first was there */
	bool init;		/* of __init__: only self.NAME counts */
	struct scan_items items;	/* owned; __init__ fills its class's */
	struct value key, value;	/* of a class */
};

struct py {
	struct scan s;
	struct scope v[SCOPES_MAX];
	unsigned n;
};

/* Where assignments of the innermost scope go. */
static struct scan_items *items_of(struct py *p)
{
	const struct scope *top = &p->v[p->n - 1];

	return &p->v[top->init ? p->n - 2 : p->n - 1].items;
}

static int push(struct py *p, unsigned above, bool init)
{
	if (p->n == SCOPES_MAX)
		return scan_bad(&p->s, "nested too deeply");
	p->v[p->n++] = (struct scope){ .indent = above, .init = init };
	p->s.depth = p->n;
	return 0;
}

/* The innermost scope ends: a class becomes a value of the one around. */
static int pop(struct py *p)
{
	struct scope *top = &p->v[--p->n];
	int r = 0;

	if (!top->init) {
		r = scan_done(&p->s, &top->value, &top->items);
		if (r == 0)
			r = scan_set(&p->s, &p->v[p->n - 1].items, &top->key,
				     &top->value, true);
	}
	scan_items_release(&top->items);
	p->s.depth = p->n;
	return r;
}

/* A whole word, and blanks after it. */
static bool keyword(struct scan *s, const char *word)
{
	struct scan at = *s;

	if (!scan_is(s, word) || py_name(&at) != strlen(word))
		return false;
	*s = at;
	py_blanks(s, false);
	return true;
}

/* Past a header's brackets to the colon; false: there is none. */
static bool to_colon(struct scan *s)
{
	unsigned depth = 0;

	for (;;) {
		py_blanks(s, depth > 0);
		if (s->p == s->end || (depth == 0 && *s->p == '\n'))
			return false;
		if (py_is_string(s)) {
			if (py_skip_string(s) < 0)
				return false;
			continue;
		}
		if (depth == 0 && *s->p == ':')
			break;
		depth += *s->p == '(' || *s->p == '[' || *s->p == '{';
		depth -= depth > 0 && (*s->p == ')' || *s->p == ']' ||
				       *s->p == '}');
		s->p++;
	}
	s->p++;
	return true;
}

/* "class NAME(...):"; the body follows. */
static int class_header(struct py *p, unsigned indent)
{
	struct value key = scan_value(&p->s, VALUE_SCALAR);
	const char *from = p->s.p;
	size_t len = py_name(&p->s);
	int r;

	if (len == 0 || !to_colon(&p->s))
		return 0;
	key.quoted = true;
	r = scan_text(&p->s, &key, from, len, true);
	if (r == 0)
		r = push(p, indent, false);
	if (r < 0)
		return r;
	p->v[p->n - 1].key = key;
	p->v[p->n - 1].value = key;
	p->v[p->n - 1].value.type = VALUE_MAP;
	return 0;
}

/* Past a type: to the "=" that is in no bracket or string. */
static bool annotation(struct scan *s)
{
	unsigned depth = 0;

	for (;;) {
		char c = scan_peek(s, 0);

		if (c == '\0' || (depth == 0 && (c == '\n' || c == ';')))
			return false;
		if (depth == 0 && c == '=')
			return true;
		if (py_is_string(s)) {
			if (py_skip_string(s) < 0)
				return false;
			py_blanks(s, depth > 0);
			continue;
		}
		depth += c == '(' || c == '[' || c == '{';
		depth -= depth > 0 && (c == ')' || c == ']' || c == '}');
		if (py_name(s) == 0)
			s->p++;
		py_blanks(s, depth > 0);
	}
}

/* "NAME = literal" and its kin; anything else changes nothing. */
static int assignment(struct py *p)
{
	struct scan *s = &p->s;
	struct value key, v;
	const char *from;
	size_t len;
	int r;

	if (p->v[p->n - 1].init) {
		if (!keyword(s, "self") || !scan_take(s, "."))
			return 0;
		py_blanks(s, false);
	}
	key = scan_value(s, VALUE_SCALAR);
	from = s->p;
	len = py_name(s);
	py_blanks(s, false);
	if (len == 0 || (scan_take(s, ":") && !annotation(s)) ||
	    scan_is(s, "==") || !scan_take(s, "="))
		return 0;
	py_blanks(s, false);
	r = py_right_side(s, &v);
	py_blanks(s, false);
	if (r <= 0)
		return r;
	if (s->p < s->end && *s->p != '\n' && *s->p != ';')
		return 0;
	r = scan_text(s, &key, from, len, true);
	return r < 0 ? r : scan_set(s, items_of(p), &key, &v, true);
}

/* Simple statements up to the line's end. */
static int statements(struct py *p)
{
	int more = 1;

	while (more > 0) {
		struct scan from;
		int r;

		py_blanks(&p->s, false);
		from = p->s;
		r = assignment(p);
		if (r < 0)
			return r;
		/* A literal that was no literal may have led anywhere. */
		from.nodes = p->s.nodes;
		p->s = from;
		more = py_skip(&p->s);
	}
	return more;
}

static unsigned indent_of(struct scan *s)
{
	unsigned n = 0;

	for (;; s->p++) {
		if (scan_peek(s, 0) == ' ')
			n++;
		else if (scan_peek(s, 0) == '\t')
			n = n / 8 * 8 + 8;
		else if (scan_peek(s, 0) != '\f')
			return n;
	}
}

/* Is there a body on the same line? */
static bool body_here(struct scan *s)
{
	py_blanks(s, false);
	return s->p < s->end && *s->p != '\n';
}

/* The header of a class or of __init__; 1: it was one. */
static int header(struct py *p, unsigned indent)
{
	unsigned n = p->n;
	struct scan from = p->s;
	int r = 0;

	if (p->v[n - 1].init)
		return 0;
	if (keyword(&p->s, "class"))
		r = class_header(p, indent);
	else if (n > 1 && keyword(&p->s, "def") &&
		 keyword(&p->s, "__init__") && to_colon(&p->s))
		r = push(p, indent, true);
	if (r < 0)
		return r;
	if (p->n == n) {
		p->s.p = from.p;
		return 0;
	}
	if (!body_here(&p->s))
		return 1;
	r = statements(p);
	if (r == 0)
		r = pop(p);
	return r < 0 ? r : 1;
}

static int line(struct py *p)
{
	unsigned indent = indent_of(&p->s);
	struct scope *top;
	int r = 0;

	py_blanks(&p->s, false);
	if (p->s.p == p->s.end || scan_take(&p->s, "\n"))
		return 0;
	/* A body's first line says how far in it is. */
	top = &p->v[p->n - 1];
	if (!top->known && indent > top->indent) {
		top->indent = indent;
		top->known = true;
	}
	while (r == 0 && p->n > 1 && (!p->v[p->n - 1].known ||
				      indent < p->v[p->n - 1].indent))
		r = pop(p);
	if (r < 0)
		return r;
	/* What stands further in belongs to a block that does not count. */
	if (indent > p->v[p->n - 1].indent) {
		while ((r = py_skip(&p->s)) > 0)
			;
		return r;
	}
	r = header(p, indent);
	return r == 0 ? statements(p) : MIN(r, 0);
}

static int run(struct py *p, struct value *root)
{
	int r = 0;

	*root = scan_value(&p->s, VALUE_MAP);
	p->v[p->n++] = (struct scope){ .known = true };
	while (r == 0 && p->s.p < p->s.end)
		r = line(p);
	while (r == 0 && p->n > 1)
		r = pop(p);
	return r < 0 ? r : scan_done(&p->s, root, &p->v[0].items);
}

int python_values(struct value_doc *out, const char *name, const void *data,
		  size_t len, struct dver_err *err)
{
	AUTO_FREE struct py *p = calloc(1, sizeof(*p));
	int r;

	out->root = arena_alloc(&out->arena, sizeof(*out->root));
	if (!p || !out->root)
		return err_nomem(err);
	scan_init(&p->s, &out->arena, name, data, len, err);
	r = run(p, out->root);
	for (unsigned i = 0; i < p->n; i++)
		scan_items_release(&p->v[i].items);
	return r;
}
