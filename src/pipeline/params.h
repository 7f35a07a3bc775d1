/*
 * params - parameters: named values in files, as stages depend on them.
 */
#ifndef PIPELINE_PARAMS_H
#define PIPELINE_PARAMS_H

#include <stddef.h>

#include "base/vec.h"
#include "format/value.h"

struct dver_err;
struct dver_repo;

struct param {
	char *key;	/* "train.lr"; owned */
	char *text;	/* its value as value_text() writes it; owned */
};
struct params {
	struct param *v;	/* sorted by key, bytewise */
	size_t n, cap;
	size_t bytes;		/* of keys and texts */
};
#define PARAMS_INIT { NULL, 0, 0, 0 }
#define PARAMS_BYTES_MAX (64u << 20)
void params_release(struct params *p);
#define AUTO_PARAMS __attribute__((cleanup(params_release)))

/*
 * Read `keys` (dotted, see value_path()) of a parameter file, or with NULL
 * every key at its top.  `file` is relative to the workspace's root; its
 * extension says what it is (values.h).  Keys that it does not have are added
 * to `lacking` (they have no place in *out); NULL: nobody wants to know.
 *
 * DVER_ENOTFOUND naming the file when there is none, DVER_EFORMAT when it
 * cannot be parsed, at its top is not a map, or has over PARAMS_BYTES_MAX of
 * keys and texts (aliases of YAML are written out).
 */
int params_read(struct params *out, struct dver_repo *repo, const char *file,
		const struct strvec *keys, struct strvec *lacking,
		struct dver_err *err);

/*
 * The documents of the files that were asked for, each parsed once: many
 * stages ask for few files.  They are as they were at the first question:
 * forget them when a command may have changed them.  One thread.
 */
struct params_cache;
int params_cache_new(struct params_cache **out, struct dver_repo *repo,
		     struct dver_err *err);
void params_cache_forget(struct params_cache *c);
void params_cache_free(struct params_cache *c);		/* NULL is fine */
static inline void params_cache_freep(struct params_cache **c)
{
	params_cache_free(*c);
}
#define AUTO_PARAMS_CACHE __attribute__((cleanup(params_cache_freep)))
/* As params_read(); also a failure is remembered. */
int params_cache_read(struct params_cache *c, struct params *out,
		      const char *file, const struct strvec *keys,
		      struct strvec *lacking, struct dver_err *err);
/* The document itself; NULL when it is empty.  Borrowed until forgotten. */
int params_cache_root(struct params_cache *c, const struct value **out,
		      const char *file, struct dver_err *err);

#endif
