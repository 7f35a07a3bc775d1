/*
 * yaml - libyaml's events become a tree in one arena.
 *
 * Children are gathered in a growing array per open collection and copied
 * into the arena when it closes, so the tree itself never moves.
 */
#include "format/yaml.h"

#include <yaml.h>

#include "base/err.h"

struct open_node {
	struct value value;
	struct value *items;	/* owned until it closes */
	size_t cap;
};

struct parse {
	yaml_parser_t *parser;
	struct value_doc *doc;
	const char *name;
	struct open_node stack[YAML_DEPTH_MAX];
	size_t depth;
};

static int bad(const struct parse *p, const yaml_mark_t *at, const char *what,
	       struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s:%zu:%zu: %s", p->name,
		       at->line + 1, at->column + 1, what);
}

/* A finished value goes to the collection that is open, or is the root. */
static int place(struct parse *p, const struct value *v,
		 struct dver_err *err)
{
	struct open_node *top;

	if (p->depth == 0) {
		p->doc->root = arena_alloc(&p->doc->arena, sizeof(*v));
		if (!p->doc->root)
			return err_nomem(err);
		*p->doc->root = *v;
		return 0;
	}
	top = &p->stack[p->depth - 1];
	if (!mem_grow(&top->items, &top->cap, top->value.n + 1, sizeof(*v)))
		return err_nomem(err);
	top->items[top->value.n++] = *v;
	return 0;
}

static int check_key(const struct parse *p, const struct value *v,
		     const yaml_mark_t *at, struct dver_err *err)
{
	const struct open_node *top = p->depth ? &p->stack[p->depth - 1]
						: NULL;

	if (!top || top->value.type != VALUE_MAP || top->value.n % 2 != 0)
		return 0;
	if (v->type != VALUE_SCALAR)
		return bad(p, at, "a key must be a plain word", err);
	for (size_t i = 0; i < top->value.n; i += 2)
		if (top->items[i].len == v->len &&
		    memcmp(top->items[i].text, v->text, v->len) == 0)
			return bad(p, at, "this key was there already", err);
	return 0;
}

static int scalar(struct parse *p, const yaml_event_t *e,
		  struct dver_err *err)
{
	struct value v = { .type = VALUE_SCALAR,
			   .line = (unsigned)e->start_mark.line + 1,
			   .col = (unsigned)e->start_mark.column + 1,
			   .len = e->data.scalar.length };
	const char *tag = (const char *)e->data.scalar.tag;
	int r;

	if (e->data.scalar.anchor)
		return bad(p, &e->start_mark, "anchors are not allowed", err);
	v.quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	v.text = arena_strdup(&p->doc->arena,
			      (const char *)e->data.scalar.value, v.len);
	if (tag)
		v.tag = arena_strdup(&p->doc->arena, tag, strlen(tag));
	if (!v.text || (tag && !v.tag))
		return err_nomem(err);
	r = check_key(p, &v, &e->start_mark, err);
	return r < 0 ? r : place(p, &v, err);
}

static int open_collection(struct parse *p, const yaml_event_t *e,
			   enum value_type type, bool anchored,
			   struct dver_err *err)
{
	struct value v = { .type = type,
			   .line = (unsigned)e->start_mark.line + 1,
			   .col = (unsigned)e->start_mark.column + 1 };
	int r;

	if (anchored)
		return bad(p, &e->start_mark, "anchors are not allowed", err);
	r = check_key(p, &v, &e->start_mark, err);
	if (r < 0)
		return r;
	if (p->depth == YAML_DEPTH_MAX)
		return bad(p, &e->start_mark, "nested too deeply", err);
	p->stack[p->depth++] = (struct open_node){ .value = v };
	return 0;
}

static int close_collection(struct parse *p, struct dver_err *err)
{
	struct open_node *top = &p->stack[--p->depth];
	struct value v = top->value;

	if (v.n) {
		v.items = arena_alloc(&p->doc->arena, v.n * sizeof(v));
		if (!v.items) {
			p->depth++;
			return err_nomem(err);
		}
		memcpy(v.items, top->items, v.n * sizeof(v));
	}
	free(TAKE(top->items));
	if (v.type == VALUE_MAP)
		v.n /= 2;
	return place(p, &v, err);
}

/* 1: go on, 0: the end of the stream. */
static int on_event(struct parse *p, const yaml_event_t *e,
		    struct dver_err *err)
{
	int r = 0;

	switch (e->type) {
	case YAML_STREAM_END_EVENT:
		return 0;
	case YAML_ALIAS_EVENT:
		return bad(p, &e->start_mark, "aliases are not allowed", err);
	case YAML_DOCUMENT_START_EVENT:
		if (p->doc->root)
			return bad(p, &e->start_mark,
				   "a second document", err);
		return 1;
	case YAML_SCALAR_EVENT:
		r = scalar(p, e, err);
		break;
	case YAML_SEQUENCE_START_EVENT:
		r = open_collection(p, e, VALUE_SEQ,
				    e->data.sequence_start.anchor != NULL,
				    err);
		break;
	case YAML_MAPPING_START_EVENT:
		r = open_collection(p, e, VALUE_MAP,
				    e->data.mapping_start.anchor != NULL,
				    err);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r = close_collection(p, err);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return r < 0 ? r : 1;
}

static int read_error(const struct parse *p, struct dver_err *err)
{
	const yaml_parser_t *y = p->parser;

	if (y->error == YAML_MEMORY_ERROR)
		return err_nomem(err);
	return bad(p, &y->problem_mark, y->problem ? y->problem : "no YAML",
		   err);
}

static int run(struct parse *p, struct dver_err *err)
{
	int r = 1;

	while (r > 0) {
		yaml_event_t e;

		if (!yaml_parser_parse(p->parser, &e))
			return read_error(p, err);
		r = on_event(p, &e, err);
		yaml_event_delete(&e);
	}
	return r;
}

int yaml_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err)
{
	AUTO_FREE struct parse *p = calloc(1, sizeof(*p));
	yaml_parser_t parser;
	int r;

	*out = (struct value_doc){ .arena = ARENA_INIT };
	if (!p || !yaml_parser_initialize(&parser))
		return err_nomem(err);
	yaml_parser_set_input_string(&parser, data, len);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	p->parser = &parser;
	p->doc = out;
	p->name = name;
	r = run(p, err);
	while (p->depth > 0)
		free(p->stack[--p->depth].items);
	yaml_parser_delete(&parser);
	if (r < 0)
		value_doc_release(out);
	return r;
}

void yaml_library(struct buf *out)
{
	buf_addf(out, "libyaml %s", yaml_get_version_string());
}
