/*
 * toml_read - inside of toml: keys and values, and the tables they are in.
 */
#ifndef FORMAT_TOML_READ_H
#define FORMAT_TOML_READ_H

#include "format/scan.h"

/*
 * A table, an array of tables, or a value that cannot grow any more.  Tables
 * grow all over a document, so they become values at its end.
 */
struct toml_node {
	enum { TOML_VALUE, TOML_TABLE, TOML_TABLES } kind;
	struct toml_node *next;		/* beside this one */
	struct toml_node *first, *last;	/* inside, in their order */
	size_t n;
	struct value key, value;
	bool header;	/* a [header] was there: no second one */
	bool dotted;	/* a key with dots led here: no [header] any more */
};

struct toml_node *toml_node(struct scan *s);	/* NULL: out of memory */
struct toml_node *toml_child(const struct toml_node *table,
			     const struct value *key);
/* A new member at the end; `key` is NULL in an array of tables. */
int toml_put(struct scan *s, struct toml_node *in, const struct value *key,
	     struct toml_node *child);
int toml_convert(struct scan *s, struct value *out,
		 const struct toml_node *node);

/* Blanks of one line. */
void toml_blanks(struct scan *s);
/* A comment and the line's end; or the end of all. */
int toml_line_end(struct scan *s);
/* One part of a key, and blanks after it. */
int toml_key(struct scan *s, struct value *key);
/* "a.b = value" into a table. */
int toml_pair(struct scan *s, struct toml_node *table);
int toml_value(struct scan *s, struct value *v);
int toml_string(struct scan *s, struct value *v);
/* A number, a word or a date. */
int toml_word(struct scan *s, struct value *v);

#endif
