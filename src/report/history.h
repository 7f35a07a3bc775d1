/*
 * history - what something was in each commit of a line, and where that came
 * from.
 *
 * Entries of git's trees decide: a commit that has the same ones as another is
 * of the same `version`, and what that says (its `state`, a number; equal ones
 * are equal) is found out once.
 */
#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include "base/vec.h"
#include "dver/timeline.h"
#include "repo/git_trail.h"
#include "repo/repo.h"

#define HISTORY_NOTHING 0	/* the state of what is not there */

struct history_step {
	uint8_t id[GIT_ID_SIZE];
	int64_t time;
	uint32_t version;
};
struct history {
	struct dver_repo *repo;
	struct git_trail *trail;	/* owned */
	/* A version that is new: the next number; its places are given. */
	int (*open)(struct history *h, const uint8_t id[GIT_ID_SIZE],
		    const struct git_place *at, uint32_t *version,
		    struct dver_err *err);
	int (*state)(struct history *h, uint32_t version, uint32_t *state,
		     struct dver_err *err);
	struct keymap memo;	/* commit -> version */
	struct keymap keys;	/* entries -> version */
	uint64_t last_places;	/* of the trail, and which version that is */
	uint32_t last;
	struct history_step *line;	/* the newest first; owned */
	size_t nline, line_cap;
	bool ranged;		/* only these commits are told of: */
	struct keymap range;
	uint8_t tip[GIT_ID_SIZE];
	bool born;		/* there is a tip */
};

/* Released by the caller, also after an error; `repo` may have no git. */
int history_begin(struct history *h, struct dver_repo *repo, const char *rev,
		  struct dver_err *err);
void history_end(struct history *h);
/* Walk along first parents and fill in h->line. */
int history_line(struct history *h, struct dver_err *err);
int history_state(struct history *h, const uint8_t id[GIT_ID_SIZE],
		  uint32_t *state, struct dver_err *err);

/* A commit at which something changed. */
struct history_turn {
	uint8_t id[GIT_ID_SIZE], parent[GIT_ID_SIZE];
	bool first;		/* it has no parent */
	uint32_t old, now;	/* states */
	uint64_t ago;		/* commits on the way */
};
struct history_way {
	struct history_turn *v;	/* the newest first; owned */
	size_t n, cap;
	uint8_t oldest[GIT_ID_SIZE]; /* where the way ends */
	uint64_t ago;
	bool cut;		/* it is only not known what was before */
};
void history_way_release(struct history_way *w);
#define AUTO_HISTORY_WAY __attribute__((cleanup(history_way_release)))
/*
 * From a commit back: where did what it has come from, and what before that?
 * `face` says what of a state counts (NULL: all);
 * HISTORY_NOTHING is that of what is not there.  With `one` the first turn
 * is enough, and the way ends there.  In a range the way ends with the first
 * turn outside of it.
 */
int history_follow(struct history_way *out, struct history *h,
		   const uint8_t id[GIT_ID_SIZE],
		   uint32_t (*face)(const struct history *h, uint32_t state),
		   bool one, struct dver_err *err);
/* Is the commit told of? */
bool history_in_range(const struct history *h, const uint8_t id[GIT_ID_SIZE]);
/* How many of the turns are, `max` (0: all) at most; *more are beyond. */
size_t history_told(const struct history_way *w, const struct history *h,
		    uint64_t max, uint64_t *more);

#endif
