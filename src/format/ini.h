/*
 * ini - the configuration syntax of AWS's tools (~/.aws/config): sections,
 * "key = value" lines, and keys whose value is a block of more such lines,
 * indented.
 *
 *	[profile  "some one"]		section "profile some one"
 *	region = eu-west-1 ; comment	key "region"
 *	s3 =
 *	  addressing_style = path	key "s3", sub "addressing_style"
 *
 * Keys are lower case, sections keep theirs; of a key that comes twice the
 * last counts.  An indented line that is no block goes on with the value
 * before it.
 */
#ifndef FORMAT_INI_H
#define FORMAT_INI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"

struct dver_err;

struct ini_entry {
	const char *section;
	const char *key;	/* "": the section's own line */
	const char *sub;	/* "": no block */
	const char *value;
	unsigned line;		/* from 1 */
};

struct ini {
	struct arena arena;	/* all text */
	struct ini_entry *v;
	size_t n, cap;
};
#define INI_INIT { ARENA_INIT, NULL, 0, 0 }

/* DVER_EFORMAT "name:line: ..." for a line that is none of these. */
int ini_parse(struct ini *out, const char *name, const char *text, size_t len,
	      struct dver_err *err);
void ini_release(struct ini *i);
#define AUTO_INI __attribute__((cleanup(ini_release)))

bool ini_has(const struct ini *i, const char *section);
/* `sub` is "" for a plain key; NULL: not there. */
const char *ini_get(const struct ini *i, const char *section, const char *key,
		    const char *sub);

#endif
