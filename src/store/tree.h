/*
 * tree - the listing of one directory, as an object.
 *
 * Encoding, version 1 (dver-store(5)): the four bytes "dvt1", then the
 * entries sorted bytewise by name, each
 *
 *	u8 kind, u8 length of the name, name, id[32], varint bytes,
 *	and for a tree only: varint files
 *
 * `bytes` is the size of the file, the length of a symlink's target, or the
 * sum of all bytes below a tree; `files` counts the entries below a tree that
 * are not trees, on all levels.  One directory has exactly one encoding: the
 * decoder refuses names out of order or twice, varints that are not shortest,
 * unknown kinds, names that are empty, ".", "..", or hold '/' or NUL, and
 * anything after the last entry.  No times are in it.  An empty directory is
 * the four bytes alone.
 */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include <stdint.h>

#include "base/buf.h"
#include "store/oid.h"

enum tree_kind {
	TREE_FILE = 1,
	TREE_EXEC = 2,		/* a file with the owner's x bit */
	TREE_SYMLINK = 3,	/* the object is the target's bytes */
	TREE_DIR = 4
};

#define TREE_NAME_MAX 255

struct tree_entry {
	enum tree_kind kind;
	const char *name;	/* name_len bytes, no NUL when decoded */
	size_t name_len;
	struct oid id;
	uint64_t bytes;
	uint64_t files;		/* 1 for everything but a tree */
};

/* Start an encoding in `out` (cleared first). */
void tree_begin(struct buf *out);
/* Append the next entry.  The caller sorts; a wrong order is DVER_EINVAL. */
struct tree_writer {
	struct buf *out;
	size_t last_name;	/* offset of the last name in out */
	size_t last_len;
	uint64_t bytes;		/* totals so far */
	uint64_t files;
};
void tree_writer_init(struct tree_writer *w, struct buf *out);
int tree_add(struct tree_writer *w, const struct tree_entry *e,
	     struct dver_err *err);

/*
 * Read an encoding that lies whole in memory.  Entries borrow from `data`.
 */
struct tree_reader {
	const uint8_t *p;
	const uint8_t *end;
	const char *last_name;
	size_t last_len;
};
int tree_reader_init(struct tree_reader *r, const void *data, size_t len,
		     struct dver_err *err);
/* 1 and an entry, 0 at the end, DVER_EFORMAT. */
int tree_next(struct tree_reader *r, struct tree_entry *e,
	      struct dver_err *err);
/* Find a name: 1, 0 or < 0.  Reads from the start of `data`. */
int tree_find(const void *data, size_t len, const char *name, size_t name_len,
	      struct tree_entry *e, struct dver_err *err);

/* Compare two names as trees sort them. */
int tree_name_cmp(const char *a, size_t alen, const char *b, size_t blen);

#endif
