/*
 * template - "${name}" in the texts of a pipeline.
 *
 *	${a.b}, ${l[0]}, ${l.0}	a variable, or what lies in it
 *	\${a}			stays ${a}
 *
 * A text that is one template alone becomes the variable, whatever it is;
 * else the variable's text takes its place: true and false, null, numbers as
 * Python writes them, strings.  Lists and mappings have no text, but a mapping
 * in a command is written as options: see unpack.h.  What a variable holds is
 * no template again.
 */
#ifndef PIPELINE_TEMPLATE_H
#define PIPELINE_TEMPLATE_H

#include "pipeline/scope.h"

struct buf;

#define TEMPLATE_NODES_MAX (4u << 20)	/* values that templates make */
#define TEMPLATE_BYTES_MAX (256u << 20)	/* and bytes of text */

/* How a mapping in a command is written; and how much may still be. */
struct templates {
	bool no_option;		/* false is --no-key; else left out */
	bool append;		/* a list is --key a --key b; else --key a b */
	size_t nodes_left;
	size_t bytes_left;
};
#define TEMPLATES_INIT { .nodes_left = TEMPLATE_NODES_MAX, \
			 .bytes_left = TEMPLATE_BYTES_MAX }

/* Has a value, or a value in it, a template? */
bool template_has(const struct value *v);
/*
 * A value with all its templates resolved; `v` itself when it has none.
 * `command`: mappings in texts are options.  Errors are at the text's place.
 */
int template_resolve(struct templates *t, const struct reader *rd,
		     const struct scope *sc, const struct value *v,
		     bool command, const struct value **out,
		     struct dver_err *err);
/* The text of a scalar. */
void template_text(struct buf *out, const struct value *scalar);

#endif
