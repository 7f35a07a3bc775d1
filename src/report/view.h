/*
 * view - one revision of a report: the workspace, or a commit.
 */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "report/plan.h"

enum item_where { ITEM_DISK, ITEM_GIT, ITEM_STORE, ITEM_NOWHERE };

/* A file with values. */
struct item {
	char *path;		/* owned */
	enum item_where where;
	uint8_t id[32];		/* git's (20 bytes), or the store's */
	const struct strvec *keys; /* of its parameters; NULL: all */
	const struct value *better;
	char *problem;		/* of one that is nowhere; owned */
	int code;
};

struct view {
	struct report *rep;
	struct git_snapshot *snap;	/* owned; NULL: the workspace */
	const struct plan *plan;
	struct item *v;		/* owned; by path, none twice */
	size_t n, cap;
};

/*
 * `commit` NULL: the workspace.  Gathers which files there are, and reads none
 * of them.  Released by the caller, also after an error.
 */
int view_open(struct view *s, struct report *rep, const char *commit,
	      struct dver_err *err);
void view_release(struct view *s);
#define AUTO_VIEW __attribute__((cleanup(view_release)))

/* Would both be read as the same?  Only if nothing need be read for that. */
bool item_same(const struct item *a, const struct item *b);

/* What is in the file, or wrong with it; the report's, see report_trim(). */
int view_read(struct view *s, const struct item *item,
	      const struct flat **out, struct dver_err *err);
/* Its bytes, at most `max` of them, piece by piece. */
typedef int (*view_sink)(void *data, const void *bytes, size_t len,
			 struct dver_err *err);
int view_feed(struct view *s, const struct item *item, size_t max,
	      view_sink sink, void *data, struct dver_err *err);

/*
 * Have nothing but the revision and its plan, for who adds what it wants: the
 * files at `path` become s->v[s->n] and on, also one that says that there is
 * none, unless it is maybe there.
 */
int view_begin(struct view *s, struct report *rep, const char *commit,
	       struct dver_err *err);
int view_add_path(struct view *s, const char *path, const struct item *like,
		  bool maybe, struct dver_err *err);

/* For view_*.c: add a file at `path`, as `like` has it. */
struct item *view_add(struct view *s, const char *path,
		      const struct item *like, enum item_where where,
		      const uint8_t *id, size_t len, struct dver_err *err);
int view_add_problem(struct view *s, const char *path, int code,
		     const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The error of bytes that no store has: DVER_EMISSING. */
int view_not_here(const char *path, struct dver_err *err);
/* Files at `path` of the disk: 1 there are, 0, < 0. */
int view_add_disk(struct view *s, const char *path, const struct item *like,
		  struct dver_err *err);
int view_open_disk(struct view *s, const char *path, int *fd,
		   struct dver_err *err);
int view_read_disk(struct view *s, const char *path, char **text, size_t *len,
		   struct dver_err *err);
/* Files at `path` that a pointer or lock file knows: 1, 0, < 0. */
int view_add_tracked(struct view *s, const char *path,
		     const struct item *like, struct dver_err *err);

#endif
