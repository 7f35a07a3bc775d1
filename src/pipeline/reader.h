/*
 * reader - take values of a file apart: what is there must be what is wanted.
 *
 * Every complaint is DVER_EFORMAT, "file:line:col: what was expected".
 */
#ifndef PIPELINE_READER_H
#define PIPELINE_READER_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/vec.h"
#include "format/value.h"

struct dver_err;

struct reader {
	struct arena *arena;	/* for what is no part of the values */
	const char *file;	/* for messages, relative to the root */
	const char *dir;	/* paths are seen from here; "" is the root */
};

int reader_bad(const struct reader *rd, const struct value *at,
	       struct dver_err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Complain that `what` must be `wanted`, and say what it is. */
int reader_wrong(const struct reader *rd, const struct value *at,
		 const char *what, const char *wanted, struct dver_err *err);
/* Is there nothing: null? */
bool reader_null(const struct value *v);
/* Borrowed from the value. */
int reader_string(const struct reader *rd, const struct value *v,
		  const char *what, const char **out, struct dver_err *err);
int reader_bool(const struct reader *rd, const struct value *v,
		const char *what, bool *out, struct dver_err *err);
/*
 * A path seen from rd->dir: clean, relative to the root.  Absolute ones, URLs
 * and those that lead out of the workspace or into .git or .dver are refused.
 */
int reader_path(const struct reader *rd, const struct value *v,
		const char *what, const char **out, struct dver_err *err);
/* The same of a folder, which may be the root (""). */
int reader_dir(const struct reader *rd, const struct value *v,
	       const char *what, const char **out, struct dver_err *err);
/* A list, a mapping. */
int reader_list(const struct reader *rd, const struct value *v,
		const char *what, struct dver_err *err);
int reader_map(const struct reader *rd, const struct value *v,
	       const char *what, struct dver_err *err);
/* A list of strings, or one string; rd's memory, not to be released. */
int reader_strings(const struct reader *rd, const struct value *v,
		   const char *what, struct strvec *out, struct dver_err *err);

/*
 * Keys of a mapping: each is one of keys[0..n) and of the right kind, or it is
 * refused, with a guess at what was meant.
 */
enum reader_kind { READ_ANY, READ_STRING, READ_BOOL, READ_LIST, READ_MAP,
		   READ_STRINGS };
struct reader_key { const char *name; enum reader_kind kind; };
int reader_keys(const struct reader *rd, const struct value *map,
		const char *what, const struct reader_key *keys, size_t n,
		struct dver_err *err);

#endif
