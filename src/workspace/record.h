/*
 * record - what was last checked out or added of each output: the durable
 * file `.dver/workspace`.
 *
 * With it *behind* (the pointer moved) is told from *changed* (the data was
 * edited) and from *not here* (never fetched).  Text, a line an output:
 *
 *	dver workspace 1
 *	file <id> <bytes> <path>
 *	exec <id> <bytes> <path>
 *	tree <id> <bytes> <files> <path>
 *	chosen <id>		somebody asked for it while the pointer had id
 *	unfinished .		a command that changes it was begun
 *	here <path>		only these parts of the tree before it
 *	lack <path>		these parts of what is here are not,
 *	dropped .		and nobody wants them to be
 *	sum <SHA-256 of all lines before>
 *
 * Control characters and backslashes in paths are written as \ooo.  A damaged
 * record is an error that says so: it cannot be rebuilt, only set aside.
 */
#ifndef WORKSPACE_RECORD_H
#define WORKSPACE_RECORD_H

#include "base/vec.h"
#include "store/index.h"

struct recorded {
	char *path;		/* of the output, relative to root; owned */
	enum root_kind kind;
	bool exec;		/* an executable file */
	bool chosen;		/* another version was asked for on purpose */
	struct oid over;	/* chosen: what the pointer had then */
	bool unfinished;	/* a command that changes it did not end */
	struct oid id;
	uint64_t bytes;
	uint64_t files;		/* 1 for a file */
	bool partial;		/* only `here` was ever fetched */
	struct strvec here;	/* paths in the output, sorted */
	struct strvec lack;	/* the same, but not fetched; sorted */
	bool dropped;		/* `lack` is so on purpose */
};

struct record {
	struct recorded *v;	/* sorted by path */
	size_t n, cap;
};
#define RECORD_INIT { NULL, 0, 0 }

/* A file that does not exist is an empty record. */
int record_load(struct record *out, const char *path, struct dver_err *err);
/* The same from a text; -1: damaged. */
int record_parse(struct record *out, const char *data, size_t len);
/* The text that record_load() reads. */
int record_format(const struct record *r, struct buf *out,
		  struct dver_err *err);
void record_release(struct record *r);
#define AUTO_RECORD __attribute__((cleanup(record_release)))

struct recorded *record_find(const struct record *r, const char *path);
/* The entry of `path`, added if need be; NULL: out of memory. */
struct recorded *record_put(struct record *r, const char *path);
void record_remove(struct record *r, const char *path);
/* Let the entry of `path` say what `from` (of another record) says. */
int record_copy(struct record *r, const struct recorded *from,
		const char *path, struct dver_err *err);
/* Everything of the output is here, and a command that changed it has ended. */
void recorded_whole(struct recorded *e);
/* Is nothing of it here? */
static inline bool recorded_nothing(const struct recorded *e)
{
	return e->partial && e->here.n == 0;
}
/* Is some of it not here? */
static inline bool recorded_lacks(const struct recorded *e)
{
	return e->partial || e->lack.n > 0;
}
/* The part `sub` could not be fetched. */
int recorded_add_lack(struct recorded *e, const char *sub,
		      struct dver_err *err);
/* The part `sub` is here (besides what was). */
int recorded_add_here(struct recorded *e, const char *sub,
		      struct dver_err *err);
/*
 * Was the path `sub` of the output fetched?  1: it and all below, 0: nothing
 * of it, 2: only some of what is below it.
 */
int recorded_here(const struct recorded *e, const char *sub);

#endif
