/*
 * value - what a YAML or JSON document says: one tree for all formats.
 *
 * All of a document lies in one arena and goes with value_doc_release().
 * Scalars keep their text; what it means is for who asks.
 */
#ifndef FORMAT_VALUE_H
#define FORMAT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "format/scalar.h"

enum value_type { VALUE_SCALAR, VALUE_SEQ, VALUE_MAP };

struct value {
	enum value_type type;
	unsigned line, col;	/* from 1 */
	const char *tag;	/* as written ("!bytes"), or NULL */
	bool quoted;		/* a scalar in quotes: always a string */
	bool flow;		/* YAML: a collection in brackets */
	const char *text;	/* scalar: len bytes and a NUL */
	size_t len;
	struct value *items;	/* seq: n items; map: n keys and values */
	size_t n;
};

struct buf;

struct value_doc {
	struct arena arena;
	struct value *root;	/* NULL: an empty document */
};

void value_doc_release(struct value_doc *doc);
/* The value of a key of a map, or NULL. */
const struct value *value_get(const struct value *map, const char *key);
/* The i-th key and value of a map. */
const struct value *value_key(const struct value *map, size_t i);
const struct value *value_at(const struct value *map, size_t i);
bool value_is(const struct value *v, const char *text);
/* A scalar of decimal digits alone that fits; false otherwise. */
bool value_u64(const struct value *v, uint64_t *out);
/*
 * What a scalar is: a string when it stands in quotes or is tagged !!str,
 * else what its text or its tag says.
 */
enum scalar value_scalar(const struct value *v);
/*
 * Append the value on one line as YAML flow text, which yaml_parse() reads as
 * the same value.  One text for one value, whatever its spelling was: keys
 * are sorted bytewise, numbers are as scalar_put_int() and -float() have
 * them.  (A key that is no string keeps its spelling.)
 */
void value_text(struct buf *out, const struct value *v);
/*
 * Are these equal, as Python's == has it?  1 is 1.0 and true; the order of
 * keys does not matter.  Other than there, not-a-number is itself.
 */
bool value_same(const struct value *a, const struct value *b);
/*
 * The value at a path of keys and places in lists ("train.lr", "l.0.q",
 * "l[0].q"), or NULL.  A key that has a dot in it cannot be reached.
 */
const struct value *value_path(const struct value *root, const char *dotted);
#define AUTO_VALUE_DOC __attribute__((cleanup(value_doc_release)))

#endif
