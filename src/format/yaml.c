/*
 * yaml - libyaml's events become a tree in one arena.
 *
 * Children are gathered in a growing array per open collection and copied
 * into the arena when it closes, so the tree itself never moves.
 */
#include "format/yaml.h"

#include <yaml.h>

#include "base/err.h"
#include "format/value_merge.h"

/* How much a value is once its aliases are written out. */
struct extent {
	size_t nodes;
	unsigned height;	/* collections inside each other */
};

struct open_node {
	struct value value;
	struct value *items;	/* owned until it closes */
	size_t cap;
	struct extent extent;	/* of the items so far */
	struct anchor *anchor;	/* that names it, or NULL */
};

struct anchor {
	const char *name;
	struct value value;
	struct extent extent;
	bool done;
};

struct parse {
	yaml_parser_t *parser;
	struct value_doc *doc;
	const char *name;
	unsigned flags;
	struct open_node stack[YAML_DEPTH_MAX];
	size_t depth;
	struct anchor *anchors;	/* YAML_ANCHORS_MAX of them, once one came */
	size_t nanchors;
};

static int bad_at(const struct parse *p, unsigned line, unsigned col,
		  const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s:%u:%u: %s", p->name, line, col,
		       what);
}

static int bad(const struct parse *p, const yaml_mark_t *at, const char *what,
	       struct dver_err *err)
{
	return bad_at(p, (unsigned)at->line + 1, (unsigned)at->column + 1,
		      what, err);
}

static bool is_key(const struct parse *p)
{
	const struct value *top;

	if (p->depth == 0)
		return false;
	top = &p->stack[p->depth - 1].value;
	return top->type == VALUE_MAP && top->n % 2 == 0;
}

/*
 * A finished value goes to the collection that is open, or is the root.  An
 * alias shares what it names, but whoever walks the tree sees all of it.
 */
static int place(struct parse *p, const struct value *v, struct extent e,
		 const yaml_mark_t *at, struct dver_err *err)
{
	struct open_node *top;

	if (p->depth == 0) {
		p->doc->root = arena_alloc(&p->doc->arena, sizeof(*v));
		if (!p->doc->root)
			return err_nomem(err);
		*p->doc->root = *v;
		return 0;
	}
	if (is_key(p) && v->type != VALUE_SCALAR)
		return bad(p, at, "a key must be a plain word", err);
	top = &p->stack[p->depth - 1];
	top->extent.nodes += e.nodes;
	top->extent.height = MAX(top->extent.height, e.height);
	if (top->extent.nodes > YAML_NODES_MAX)
		return bad(p, at, "too many values, over two million", err);
	if (p->depth + e.height > YAML_DEPTH_MAX)
		return bad(p, at, "nested too deeply", err);
	if (!mem_grow(&top->items, &top->cap, top->value.n + 1, sizeof(*v)))
		return err_nomem(err);
	top->items[top->value.n++] = *v;
	return 0;
}

/* Note that what begins here has a name; *out is NULL if it has none. */
static int name_it(struct parse *p, struct anchor **out,
		   const yaml_char_t *name, const yaml_mark_t *at,
		   struct dver_err *err)
{
	struct anchor *a;

	*out = NULL;
	if (!name)
		return 0;
	if (!(p->flags & YAML_ALIASES))
		return bad(p, at, "anchors are not allowed", err);
	if (p->nanchors == YAML_ANCHORS_MAX)
		return bad(p, at, "too many anchors", err);
	if (!p->anchors)
		p->anchors = mem_array(YAML_ANCHORS_MAX, sizeof(*a));
	if (!p->anchors)
		return err_nomem(err);
	a = &p->anchors[p->nanchors];
	*a = (struct anchor){ .done = false };
	a->name = arena_strdup(&p->doc->arena, (const char *)name,
			       strlen((const char *)name));
	if (!a->name)
		return err_nomem(err);
	p->nanchors++;
	*out = a;
	return 0;
}

static void name_done(struct anchor *a, const struct value *v,
		      struct extent e)
{
	if (a)
		*a = (struct anchor){ a->name, *v, e, true };
}

static int alias(struct parse *p, const yaml_event_t *e, struct dver_err *err)
{
	const char *name = (const char *)e->data.alias.anchor;
	size_t i = p->nanchors;

	if (!(p->flags & YAML_ALIASES))
		return bad(p, &e->start_mark, "aliases are not allowed", err);
	/* The last of a name counts. */
	while (i > 0 && !streq(p->anchors[i - 1].name, name))
		i--;
	if (i == 0)
		return bad(p, &e->start_mark, "nothing has this name", err);
	if (!p->anchors[i - 1].done)
		return bad(p, &e->start_mark,
			   "an alias within what it stands for", err);
	return place(p, &p->anchors[i - 1].value, p->anchors[i - 1].extent,
		     &e->start_mark, err);
}

static int scalar(struct parse *p, const yaml_event_t *e,
		  struct dver_err *err)
{
	struct value v = { .type = VALUE_SCALAR,
			   .line = (unsigned)e->start_mark.line + 1,
			   .col = (unsigned)e->start_mark.column + 1,
			   .len = e->data.scalar.length };
	const char *tag = (const char *)e->data.scalar.tag;
	struct extent one = { 1, 0 };
	struct anchor *a;
	int r = name_it(p, &a, e->data.scalar.anchor, &e->start_mark, err);

	if (r < 0)
		return r;
	v.quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	v.text = arena_strdup(&p->doc->arena,
			      (const char *)e->data.scalar.value, v.len);
	if (tag)
		v.tag = arena_strdup(&p->doc->arena, tag, strlen(tag));
	if (!v.text || (tag && !v.tag))
		return err_nomem(err);
	name_done(a, &v, one);
	return place(p, &v, one, &e->start_mark, err);
}

static int open_collection(struct parse *p, const yaml_event_t *e,
			   enum value_type type, const yaml_char_t *anchor,
			   bool flow, struct dver_err *err)
{
	struct value v = { .type = type, .flow = flow,
			   .line = (unsigned)e->start_mark.line + 1,
			   .col = (unsigned)e->start_mark.column + 1 };
	struct anchor *a;
	int r = name_it(p, &a, anchor, &e->start_mark, err);

	if (r < 0)
		return r;
	if (is_key(p))
		return bad(p, &e->start_mark, "a key must be a plain word",
			   err);
	if (p->depth == YAML_DEPTH_MAX)
		return bad(p, &e->start_mark, "nested too deeply", err);
	p->stack[p->depth++] = (struct open_node){ .value = v, .anchor = a };
	return 0;
}

/* A closed map's keys come once; "<<" brings in other maps. */
static int finish_map(struct parse *p, struct value *v, struct dver_err *err)
{
	const struct value *where;
	int r;

	v->n /= 2;
	r = value_twice(v, &where);
	if (r > 0)
		return bad_at(p, where->line, where->col,
			      "this key was there already", err);
	if (r == 0 && (p->flags & (YAML_ALIASES | YAML_KEEP_MERGES)) ==
		      YAML_ALIASES)
		r = value_merge(&p->doc->arena, v, &where);
	if (r > 0)
		return bad_at(p, where->line, where->col,
			      "'<<' takes a mapping or a list of mappings, "
			      "of at most 1000 keys", err);
	return r < 0 ? err_nomem(err) : 0;
}

static int close_collection(struct parse *p, const yaml_mark_t *at,
			    struct dver_err *err)
{
	struct open_node top = p->stack[--p->depth];
	AUTO_FREE struct value *items = top.items;
	struct value v = top.value;
	int r = 0;

	if (v.n) {
		v.items = arena_alloc(&p->doc->arena, v.n * sizeof(v));
		if (!v.items)
			return err_nomem(err);
		memcpy(v.items, items, v.n * sizeof(v));
	}
	if (v.type == VALUE_MAP)
		r = finish_map(p, &v, err);
	if (r < 0)
		return r;
	top.extent.nodes++;
	top.extent.height++;
	name_done(top.anchor, &v, top.extent);
	return place(p, &v, top.extent, at, err);
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
		r = alias(p, e, err);
		break;
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
				    e->data.sequence_start.anchor,
				    e->data.sequence_start.style ==
					    YAML_FLOW_SEQUENCE_STYLE, err);
		break;
	case YAML_MAPPING_START_EVENT:
		r = open_collection(p, e, VALUE_MAP,
				    e->data.mapping_start.anchor,
				    e->data.mapping_start.style ==
					    YAML_FLOW_MAPPING_STYLE, err);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r = close_collection(p, &e->start_mark, err);
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

int yaml_parse_flags(struct value_doc *out, const char *name,
		     const void *data, size_t len, unsigned flags,
		     struct dver_err *err)
{
	AUTO_FREE struct parse *p = calloc(1, sizeof(*p));
	yaml_parser_t parser;
	bool bom = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;
	int r;

	*out = (struct value_doc){ .arena = ARENA_INIT };
	if (!p || !yaml_parser_initialize(&parser))
		return err_nomem(err);
	yaml_parser_set_input_string(&parser,
				     (const yaml_char_t *)data + (bom ? 3 : 0),
				     len - (bom ? 3 : 0));
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	p->parser = &parser;
	p->doc = out;
	p->name = name;
	p->flags = flags;
	r = run(p, err);
	while (p->depth > 0)
		free(p->stack[--p->depth].items);
	free(p->anchors);
	yaml_parser_delete(&parser);
	if (r < 0)
		value_doc_release(out);
	return r;
}

int yaml_parse(struct value_doc *out, const char *name, const void *data,
	       size_t len, struct dver_err *err)
{
	return yaml_parse_flags(out, name, data, len, 0, err);
}

void yaml_library(struct buf *out)
{
	buf_addf(out, "libyaml %s", yaml_get_version_string());
}
