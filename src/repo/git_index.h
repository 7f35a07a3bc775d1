/*
 * git_index - the parser of git's index file, apart so that it can be fuzzed.
 */
#ifndef REPO_GIT_INDEX_H
#define REPO_GIT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct git;
struct dver_err;

struct index_entry {
	const char *name;	/* len bytes and a NUL */
	size_t len;
	bool skip_worktree;
	uint32_t mode;		/* 0: git was asked, which does not tell */
	uint32_t size;		/* of the file when git last read it, modulo
				   2^32; 0 where mode is 0 */
};
/* Non-zero stops. */
typedef int (*git_index_fn)(void *data, const struct index_entry *e);

/* Left to git: a split or sparse index, an unknown version. */
#define GIT_INDEX_ODD (-100)

/* 0, what fn returned, GIT_INDEX_ODD, or -1: this is no index. */
int git_index_parse(const void *data, size_t len, git_index_fn fn, void *arg);
/*
 * Each entry of the repository's index.  *slow comes back true when the
 * caller has to start over (with *slow true, which then asks git
 * itself).
 */
int git_index_each(struct git *g, bool *slow, git_index_fn fn, void *arg,
		   struct dver_err *err);

#endif
