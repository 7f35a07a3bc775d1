/*
 * yaml_place - inside of yaml_edit: where in a text its values stand.
 */
#ifndef FORMAT_YAML_PLACE_H
#define FORMAT_YAML_PLACE_H

#include "format/value.h"
#include "format/yaml_edit.h"

/* A text, and what it says. */
struct yaml_source {
	const char *name;
	const char *text;
	size_t len;
	struct value_doc doc;	/* owned */
};
int yaml_source_parse(struct yaml_source *s, const char *name,
		      const char *text, size_t len, struct dver_err *err);
void yaml_source_release(struct yaml_source *s);
#define AUTO_SOURCE __attribute__((cleanup(yaml_source_release)))

/* How far a path leads. */
struct yaml_spot {
	const struct value *map;	/* the last mapping; NULL: no root */
	const struct value *key;	/* in it, or NULL: it is not there */
	size_t depth;		/* keys that led to `map` */
	const struct value *null;	/* in the place of a mapping: nothing */
	const struct value *null_key;	/* that led to it, or to `map` */
	size_t limit;		/* where what follows `map` begins */
	size_t next;		/* where what follows `key` begins */
};
/* DVER_EUNSUPPORTED: an alias is on the way, or what is no mapping. */
int yaml_spot_find(const struct yaml_source *s, struct yaml_spot *out,
		   struct yaml_place at, struct dver_err *err);

/* Where a value or key stands, in bytes. */
size_t yaml_offset(const struct yaml_source *s, const struct value *v);
/* The start of the line that a byte is in; the start of the next line. */
size_t yaml_line(const struct yaml_source *s, size_t at);
size_t yaml_next_line(const struct yaml_source *s, size_t at);
/*
 * Back from the start of a line over lines that are blank, "...", or comments
 * that stand less than `indent` characters in.
 */
size_t yaml_trim(const struct yaml_source *s, size_t at, size_t from,
		 size_t indent);
/* Past a scalar on one line; 0: it is of another kind. */
size_t yaml_scalar_end(const struct yaml_source *s, const struct value *v);
/* Does a key stand first in its line? */
bool yaml_leads(const struct yaml_source *s, const struct value *key);
/* DVER_EUNSUPPORTED at a value. */
int yaml_refuse(const struct yaml_source *s, const struct value *v,
		const char *what, struct dver_err *err);

#endif
