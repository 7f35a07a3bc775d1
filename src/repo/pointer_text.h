/*
 * pointer_text - what pointers and lock files write alike: the keys of an
 * entry, and names that are no UTF-8.
 */
#ifndef REPO_POINTER_TEXT_H
#define REPO_POINTER_TEXT_H

#include "format/value.h"
#include "repo/pointer.h"

/* "name:line:col: what": DVER_EFORMAT. */
int text_bad(const char *name, const struct value *v, const char *what,
	     struct dver_err *err);
/* A name or path as its bytes, whatever they are. */
int text_get_name(struct buf *out, const char *name, const struct value *v,
		  struct dver_err *err);
void text_put_name(struct buf *out, const char *s);
/* sha256, tree, size, nfiles, isexec: 1: taken, 0: another key, < 0. */
int text_get_key(struct pointer *p, const char *name, const struct value *key,
		 const struct value *v, struct dver_err *err);
/* The same keys, each line after `indent`. */
void text_put_keys(struct buf *out, const char *indent,
		   const struct pointer *p);

#endif
