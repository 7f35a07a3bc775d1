/*
 * doctor - what the checks of dver/doctor.h share.  A check is a function
 * that says what it found; it never fails: what it cannot find out is a
 * finding too.
 */
#ifndef WORKSPACE_DOCTOR_H
#define WORKSPACE_DOCTOR_H

#include "base/os.h"
#include "dver/doctor.h"
#include "repo/outputs.h"
#include "repo/repo.h"
#include "workspace/doctor_fs.h"

struct doctor {
	const struct dver_doctor_opts *opts;
	struct dver_repo *repo;	/* owned; NULL: none, or it cannot be opened */
	struct dver_err why;	/* why not */
	char *here;		/* where we were asked to look; owned */
	/* Of the workspace, as far as it can be told; owned.  NULL: there is
	   none. */
	char *root, *meta, *cache;
	bool has_cache;		/* the folder is there, and is one */
	bool can_write;		/* into it */
	struct fs fs_work, fs_cache;	/* of root (or here) and cache */
	/* The machinery's own. */
	const char *check;
	uint64_t said;		/* findings of this check */
	struct buf found, advice;
	enum dver_verdict verdict;
	bool pending;
	int (*fn)(void *data, const struct dver_finding *f);
	void *data;
	struct dver_doctor_stats *stats;
	int r;			/* not 0: stop */
};

/* One finding; advice for it may follow. */
void doctor_say(struct doctor *d, enum dver_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_do(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Has this check said nothing yet? */
bool doctor_quiet(const struct doctor *d);
/* A word of a command line, quoted for a shell where it must be; owned. */
char *doctor_word(const char *text);
/* Is it time to stop? */
bool doctor_stopped(struct doctor *d);
/* Bytes for people ("1.2 GB"). */
#define DOCTOR_SIZE 24
const char *doctor_size(char text[DOCTOR_SIZE], uint64_t bytes);

/* Outputs of git's index and of the record, as every command sees them. */
int doctor_outputs(struct doctor *d, struct outputs *o, struct dver_err *err);

/*
 * A folder to try things in, below `dir` (in its tmp/ if it is a store or a
 * .dver, so that others sweep it should we be killed).
 */
struct probe {
	struct tmpdir *tmp;	/* owned */
	char *path;		/* owned */
	char *made;		/* tmp/ itself, where it is ours; owned */
};
int probe_open(struct probe *p, const char *dir, bool sweeps,
	       struct dver_err *err);
void probe_close(struct probe *p);
#define AUTO_PROBE __attribute__((cleanup(probe_close)))

/*
 * git in the workspace (or where we were asked to look), its output into *out
 * and the first line of what it complains about into *said.  The exit code,
 * < 0: it could not be run.
 */
int doctor_git(struct doctor *d, const char *const *args, struct buf *out,
	       struct buf *said);

void doctor_versions(struct doctor *d);
void doctor_workspace(struct doctor *d);
void doctor_settings(struct doctor *d);
void doctor_pointers(struct doctor *d);
void doctor_cache(struct doctor *d);
void doctor_sharing(struct doctor *d);
void doctor_users(struct doctor *d);
void doctor_leftovers(struct doctor *d);
void doctor_disks(struct doctor *d);
void doctor_space(struct doctor *d);
void doctor_links(struct doctor *d);
void doctor_clock(struct doctor *d);
void doctor_locks(struct doctor *d);
void doctor_speed(struct doctor *d);
void doctor_hooks(struct doctor *d);
void doctor_merge(struct doctor *d);
void doctor_repository(struct doctor *d);
void doctor_tracked(struct doctor *d);
void doctor_remotes(struct doctor *d);

#endif
