/*
 * scan - what lies in the workspace right now, as trees.
 *
 * One stat a file; a file whose stat is what the stat index has is not read.
 * Directories are worked on in parallel, a directory with many files in
 * pieces; a directory in which nothing changed is known by its old id and
 * costs no memory beyond its own names.
 *
 * A struct scanner holds what all scans of one command share.  It belongs to
 * one thread.
 */
#ifndef WORKSPACE_SCAN_H
#define WORKSPACE_SCAN_H

#include "base/pool.h"
#include "base/vec.h"
#include "repo/repo.h"
#include "store/ingest.h"
#include "workspace/statidx.h"
#include "workspace/winnames.h"

struct rules;
struct rules_set;

struct scanner {
	struct dver_repo *repo;
	struct store *store;
	struct writer *writer;	/* NULL: only compute ids */
	struct tmpdir *stage;	/* of the writer; owned */
	struct pool *pool;	/* owned */
	struct store_io **io;	/* one a worker; owned */
	struct store_io *main_io; /* of the thread that submits; owned */
	struct link_order order;
	uint64_t loose_above;
	int root_fd;		/* of the workspace; owned */
	char *index_dir;	/* owned */
	uint64_t stamp;		/* of the store, for STAT_STORED */
	int64_t clock_ns;	/* the file system's, before the first stat */
	int64_t grain_ns;
	bool use_inode;
	bool keep_trees;	/* trees that are stored are readable at once */
	bool allow_clashes;	/* names that differ in case or form only */
	bool allow_winnames;	/* names that Windows cannot hold */
	struct keymap wrote;	/* struct wrote_key -> struct oid: files that
				   a checkout of this run wrote */
	struct rules_set *set;	/* of .dverignore files above outputs; owned */
	char *rules_dir;	/* the folder asked for last; owned */
	const struct rules *rules;	/* that hold in it */
};

/* How a file that this run wrote is known again. */
struct wrote_key { uint64_t ino, size; int64_t mtime; };

/* `store_files`: what is found is put into the local store too. */
int scanner_open(struct scanner **out, struct dver_repo *repo,
		 bool store_files, struct dver_err *err);
/* Remove unfinished stat indexes of killed runs. */
void scanner_sweep(struct dver_repo *repo);
/* Publish what was stored.  Stat indexes are saved after it. */
int scanner_commit(struct scanner *s, struct writer_stats *st,
		   struct dver_err *err);
void scanner_free(struct scanner *s);
static inline void scanner_freep(struct scanner **s) { scanner_free(*s); }
#define AUTO_SCANNER __attribute__((cleanup(scanner_freep)))

/* What one output is on the disk. */
struct scanned {
	enum tree_kind kind;	/* 0: there is nothing */
	struct oid id;
	uint64_t bytes, files;
	uint64_t new_bytes;	/* that the store had not */
	bool no_size;		/* bytes and files are not known */
};

/*
 * Trees whose names count although .dverignore ignores them: the folder as it
 * was added or checked out last, as its pointer has it, as it is to become.
 */
#define SCAN_TRACKED 2
struct scan_base {
	struct oid tracked[SCAN_TRACKED];
	int n;
	const char *sub;	/* of the folder in these trees; NULL: "" */
	bool ignored;		/* it lies in an ignored folder of them */
};

struct scan;	/* of one directory, with its stat index to be saved */

/*
 * Scan the directory `path` (relative to the root).  Its own entry is looked
 * up with the others' by scan_kind() first.  The result's stat index becomes
 * visible with scan_save().  Names that .dverignore ignores are passed over,
 * and so are folders with nothing else in them, unless a tree of `base` (NULL:
 * there is none) has them.  Other directory entries of an odd kind, names
 * that cannot be tracked and files that cannot be read fail it.
 */
int scan_directory(struct scan **out, struct scanner *s, const char *path,
		   const struct scan_base *base, struct scanned *result,
		   struct dver_err *err);
/* Are there files in it, and all of them were passed over? */
bool scan_only_ignored(const struct scan *sc);
/*
 * Names that Windows cannot hold, in folders that changed, that no tree of
 * `base` has; where the scanner stores, and cares.
 */
const struct winnames *scan_winnames(const struct scan *sc);
/* Save the stat index, if it changed; failures to write a cache are none. */
void scan_save(struct scan *sc);
void scan_free(struct scan *sc);
/* Files that were found. */
uint64_t scan_files_here(const struct scan *sc);

/* The rules that hold in the folder that `path` lies in; main thread only. */
int scanner_rules(struct scanner *s, const char *path,
		  const struct rules **out, struct dver_err *err);

/* What is at `path`: TREE_DIR, TREE_FILE (any other kind), 0: nothing. */
int scan_kind(struct scanner *s, const char *path, struct dver_err *err);
/*
 * Scan many outputs that are single files; results[i] belongs to paths[i].
 * The stat index they share is saved with scan_files_save().
 */
struct filescan;
int scan_files(struct filescan **out, struct scanner *s,
	       const char *const *paths, size_t n, struct scanned *results,
	       struct dver_err *err);
void scan_files_save(struct filescan *f);
void scan_files_free(struct filescan *f);

/*
 * Keep a tree: stored where the scanner stores, else only readable from now
 * on through its store.  *id gets its id.
 */
int scan_put_tree(struct scanner *s, int worker, struct oid *id,
		  const struct buf *b, struct dver_err *err);

/* The path of the stat index of the directory output `path`. */
int scan_index_path(const struct scanner *s, struct buf *out, const char *path,
		    struct dver_err *err);

#endif
