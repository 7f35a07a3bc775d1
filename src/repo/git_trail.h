/*
 * git_trail - what lies at a few paths, commit after commit.
 *
 * Trees are compared with those of the commit before and read where they
 * differ: along a history that is next to nothing.  Commits are raw ids of
 * GIT_ID_SIZE bytes.  One thread.
 */
#ifndef REPO_GIT_TRAIL_H
#define REPO_GIT_TRAIL_H

#include "repo/git_snapshot.h"

struct git_trail;
int git_trail_open(struct git_trail **out, struct git *g,
		   struct dver_err *err);
void git_trail_free(struct git_trail *t);
static inline void git_trail_freep(struct git_trail **t)
{
	git_trail_free(*t);
}
#define AUTO_GIT_TRAIL __attribute__((cleanup(git_trail_freep)))

/* Look at this path from the root of the workspace too; twice is once. */
int git_trail_watch(struct git_trail *t, const char *path,
		    struct dver_err *err);

struct git_place {
	const struct git_entry *entries; /* of the paths, as they were added */
	size_t n;
	uint64_t version;	/* the same as before: so are the entries */
	const uint8_t (*parents)[GIT_ID_SIZE];
	size_t nparents;
	bool cut;		/* there are parents, but not here */
	int64_t time;		/* of the commit: seconds since 1970 */
};
/* *out is borrowed until the trail is used again. */
int git_trail_at(struct git_trail *t, const uint8_t id[GIT_ID_SIZE],
		 struct git_place *out, struct dver_err *err);

/*
 * The commit of a revision, of the end of a range "A..B", of HEAD (NULL): 1,
 * 0: HEAD has none yet.  DVER_ENOTFOUND: git does not know it.
 */
int git_tip(struct git *g, const char *rev, uint8_t id[GIT_ID_SIZE],
	    struct dver_err *err);
void git_hex(char out[GIT_HEX], const uint8_t id[GIT_ID_SIZE]);
void git_unhex(uint8_t id[GIT_ID_SIZE], const char *hex);
/* Who made a commit, and what it says of itself. */
struct git_who {
	char *author, *mail, *subject;	/* owned */
	int64_t time;			/* of the author */
};
int git_who(struct git *g, const uint8_t id[GIT_ID_SIZE], struct git_who *out,
	    struct dver_err *err);
void git_who_release(struct git_who *w);

#endif
