/*
 * statidx - what a directory output looked like when it was last read, so
 * that a file whose stat is unchanged is not read again.
 *
 * A cache: damaged, truncated or of another version it is thrown away whole
 * and the files are read.  One file an output, a block a directory; a change
 * appends the blocks of the directories it touched and of those above them,
 * so an index of a million files is not written anew for one of them.
 *
 * Layout, little-endian: "dverstt1"; blocks; trailer.  A block is u32 count,
 * the entries sorted bytewise by name, and the first 16 bytes of the SHA-256
 * of all that.  An entry is u16 length of the name, u8 kind (tree.h), u8
 * flags, u32 mode, id[32], then for a file u64 inode, u64 size, i64 mtime,
 * i64 ctime (nanoseconds), for a directory u64 offset and u64 length of its
 * block, u64 bytes and u64 files below it; then the name.  The trailer is the
 * entry of the root with the name ".", u64 stamp (of the store whose objects
 * STAT_STORED means), u64 bytes of live blocks, SHA-256 of the trailer's
 * bytes before it.
 */
#ifndef WORKSPACE_STATIDX_H
#define WORKSPACE_STATIDX_H

#include "base/buf.h"
#include "base/os.h"
#include "store/tree.h"

enum {
	STAT_CLEAN = 1,		/* not ambiguous: an equal stat is enough */
	STAT_STORED = 2,	/* the local store has the object */
	STAT_LINKED = 4		/* its inode is the loose object's */
};

struct statidx_entry {
	const char *name;
	uint16_t name_len;
	uint8_t kind;		/* enum tree_kind */
	uint8_t flags;
	uint32_t mode;
	struct oid id;
	union {
		struct { uint64_t ino, size; int64_t mtime, ctime; } f;
		struct { uint64_t off, len, bytes, files; } d;
	};
};

/* An open index; blocks may be read from several threads. */
struct statidx;

/* 1: opened, 0: none there, or one that is of no use. < 0: no memory. */
int statidx_open(struct statidx **out, const char *path,
		 struct dver_err *err);
void statidx_close(struct statidx *x);
static inline void statidx_closep(struct statidx **x) { statidx_close(*x); }
#define AUTO_STATIDX __attribute__((cleanup(statidx_closep)))
/* The root directory (its name is "."), and the stamp. */
const struct statidx_entry *statidx_root(const struct statidx *x);
uint64_t statidx_stamp(const struct statidx *x);
/* Is more than half of the file dead blocks? */
bool statidx_is_stale(const struct statidx *x);

/*
 * Read the block of directory `d` into *bytes (cleared first) and its
 * entries, which borrow from it, into *v (grown).  1, or 0 when it is
 * damaged: the directory counts as never read.  < 0: no memory.
 */
int statidx_block(struct statidx *x, const struct statidx_entry *d,
		  struct buf *bytes, struct statidx_entry **v, size_t *n,
		  size_t *cap, struct dver_err *err);

/*
 * Writing: a new file that starts as a copy of `old` (unless NULL), made at
 * the first block.  Blocks may be added from several threads.
 */
struct statidx_out;
int statidx_out_new(struct statidx_out **out, const char *path,
		    struct statidx *old, struct dver_err *err);
/* Append the block of a directory; d->off and d->len are set. */
int statidx_out_block(struct statidx_out *o, const struct statidx_entry *v,
		      size_t n, struct statidx_entry *d,
		      struct dver_err *err);
/*
 * Publish with this root and free *o, which becomes NULL.  Not synced.  `live`
 * is the sum of the lengths of all blocks that the root reaches.
 */
int statidx_out_commit(struct statidx_out **o,
		       const struct statidx_entry *root, uint64_t stamp,
		       uint64_t live, struct dver_err *err);
void statidx_out_discard(struct statidx_out *o);
static inline void statidx_out_discardp(struct statidx_out **o)
{
	statidx_out_discard(*o);
}
#define AUTO_STATIDX_OUT __attribute__((cleanup(statidx_out_discardp)))

#endif
