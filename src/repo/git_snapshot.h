/*
 * git_snapshot - files of a commit, straight from git's objects.
 *
 * Paths are relative to the workspace's root, as in git.h.  One thread.
 */
#ifndef REPO_GIT_SNAPSHOT_H
#define REPO_GIT_SNAPSHOT_H

#include "repo/git.h"

#define GIT_ID_SIZE 20

enum git_entry_kind {
	GIT_ENTRY_NONE, GIT_ENTRY_FILE, GIT_ENTRY_DIR,
	GIT_ENTRY_OTHER		/* a symlink, a submodule */
};
struct git_entry {
	enum git_entry_kind kind;
	uint8_t id[GIT_ID_SIZE];
};

struct git_snapshot;
/* `commit` is anything that git knows as one. */
int git_snapshot_open(struct git_snapshot **out, struct git *g,
		      const char *commit, struct dver_err *err);
void git_snapshot_free(struct git_snapshot *s);
static inline void git_snapshot_freep(struct git_snapshot **s)
{
	git_snapshot_free(*s);
}
#define AUTO_GIT_SNAPSHOT __attribute__((cleanup(git_snapshot_freep)))

const char *git_snapshot_id(const struct git_snapshot *s); /* full hex */
int64_t git_snapshot_time(const struct git_snapshot *s); /* of the commit */

/* What lies at `path`; kind NONE: nothing.  Neighbours are found fastest. */
int git_snapshot_find(struct git_snapshot *s, const char *path,
		      struct git_entry *out, struct dver_err *err);
/* Each file below the folder `dir`, in git's order. */
typedef int (*git_entry_fn)(void *data, const char *path,
			    const struct git_entry *e, struct dver_err *err);
int git_snapshot_below(struct git_snapshot *s, const char *dir,
		       git_entry_fn fn, void *data, struct dver_err *err);
/*
 * Each file that is called `base`.  Folders without one are remembered in
 * `without` (keys of GIT_ID_SIZE), so that the next snapshot is asked only
 * for what is new in it.
 */
int git_snapshot_called(struct git_snapshot *s, const char *base,
			struct keymap *without, git_entry_fn fn, void *data,
			struct dver_err *err);
/* The bytes of a file, owned by the caller; DVER_EFORMAT: over `max`. */
int git_blob_text(struct git *g, const uint8_t id[GIT_ID_SIZE],
		  const char *name, size_t max, char **text, size_t *len,
		  struct dver_err *err);

enum git_ref_kind { GIT_REF_BRANCH, GIT_REF_REMOTE, GIT_REF_TAG };
/* Each branch and tag that means a commit, by name; `commit`: full hex. */
int git_each_ref(struct git *g,
		 int (*fn)(void *data, enum git_ref_kind kind,
			   const char *name, const char *commit,
			   struct dver_err *err),
		 void *data, struct dver_err *err);

#endif
