/*
 * pointer - the small YAML file that git keeps for a tracked output.
 *
 *	outs:
 *	- path: data.csv	relative to the pointer's folder
 *	  sha256: 9f86d0...	a file; `tree:` instead for a directory
 *	  size: 10485760
 *	  nfiles: 1200		directories only
 *	  isexec: true		an executable file only
 *
 * Keys in this order.  Names are bytes: a path that is not printable UTF-8 is
 * written as `!bytes "..."` with %HH for each byte that is not printable ASCII
 * (and for % and the quotes).  Reading refuses: more than one
 * output, a path that is not one component, both or neither id, ids that are
 * not 64 lower-case hex digits, sizes that are not numbers, duplicate or
 * (apart from `source`, `desc`, `meta`) unknown keys, files over 1 MiB.
 */
#ifndef REPO_POINTER_H
#define REPO_POINTER_H

#include <stdbool.h>

#include "base/buf.h"
#include "store/index.h"

#define POINTER_SUFFIX ".dver"
#define POINTER_MAX (1u << 20)
#define LOCKFILE_NAME "dver.lock"
#define PIPELINE_NAME "dver.yaml"

/*
 * Does a file of this name (or path) say which outputs there are?  A pointer
 * says one, a lock file (repo/lockfile.h) those of its stages.
 */
bool pointer_is_name(const char *name);
bool lockfile_is_name(const char *name);

struct pointer {
	char *out;		/* name of the output; owned */
	enum root_kind kind;
	struct oid id;
	bool has_size, has_nfiles;
	bool exec;
	uint64_t size;
	uint64_t nfiles;
};

/* `name` is for messages ("data.dver", "HEAD:data.dver"). */
int pointer_parse(struct pointer *out, const char *name, const void *data,
		  size_t len, struct dver_err *err);
int pointer_read(struct pointer *out, const char *path, struct dver_err *err);
int pointer_format(struct buf *out, const struct pointer *p,
		   struct dver_err *err);
void pointer_release(struct pointer *p);
static inline bool pointer_same(const struct pointer *a,
				const struct pointer *b)
{
	return a->kind == b->kind && a->exec == b->exec &&
	       oid_eq(&a->id, &b->id);
}
#define AUTO_POINTER __attribute__((cleanup(pointer_release)))

#endif
