/*
 * undo_log - how things were before a command changed them.
 *
 * One file a command in .dver/undo/, named by a number that grows; the last
 * UNDO_KEPT are kept, and one more.  An entry is written before anything is
 * changed, so a command that was killed can be taken back too.  It is a
 * courtesy, not state: written without a sync, and a damaged one counts as not
 * there.
 *
 *	dver undo 1
 *	time <seconds>
 *	command <add data>
 *	pointer <path>		a pointer file;
 *	was <text>		what it held (no line: it was not there)
 *	is <text>		what it holds afterwards (no line: it is gone)
 *	output <path>		its entry in the workspace record is put back
 *	record <text>		all of these entries, as record_format() has it
 *	disk <kind> <id> <bytes> <files> <path>	what lay there; kind 0: nothing
 *	move <from>		files that moved,
 *	to <to>			and where to
 *	file <path>		a dver.yaml in which words followed them;
 *	before <text>		what it held
 *	after <text>		what it held then
 *	sum ...
 */
#ifndef WORKSPACE_UNDO_LOG_H
#define WORKSPACE_UNDO_LOG_H

#include "workspace/session.h"

#define UNDO_KEPT 20

struct undo_pointer { char *path, *was, *is; };	/* owned; NULL: no file */
struct undo_file { char *path, *before, *after; };
struct undo_disk { char *path; struct scanned at; };
struct undo_move { char *from, *to; };

struct undo {
	uint64_t seq;
	int64_t time;			/* seconds since 1970 */
	struct buf command;
	struct undo_pointer *pointers;
	size_t npointers, pointers_cap;
	struct strvec outputs;
	struct record record;
	struct undo_disk *disks;
	size_t ndisks, disks_cap;
	struct undo_move *moves;
	size_t nmoves, moves_cap;
	struct undo_file *files;
	size_t nfiles, files_cap;
};
#define UNDO_INIT { .command = BUF_BIG }
void undo_release(struct undo *u);
#define AUTO_UNDO __attribute__((cleanup(undo_release)))

/* Writing: say what will change, then undo_write(). */
int undo_add_output(struct undo *u, const struct session *s, const char *path,
		    struct dver_err *err);
/* The file is read for what it holds now; `is` NULL: it will be gone. */
int undo_add_pointer(struct undo *u, struct dver_repo *repo, const char *path,
		     const char *is, struct dver_err *err);
int undo_add_disk(struct undo *u, const char *path, const struct scanned *at,
		  struct dver_err *err);
int undo_add_move(struct undo *u, const char *from, const char *to,
		  struct dver_err *err);
/* "add" and the outputs that were named so far. */
int undo_write(struct undo *u, struct dver_repo *repo, const char *verb,
	       struct dver_err *err);

/*
 * Add to the entry of the last mv of `from` that the file is about to change.
 * No such entry: 0, there is nothing to take back.
 */
int undo_amend_move(struct dver_repo *repo, const char *from, const char *to,
		    const struct undo_file *file, struct dver_err *err);

/* Reading: numbers of the entries, the latest first; owned by the caller. */
int undo_numbers(struct dver_repo *repo, uint64_t **out, size_t *n,
		 struct dver_err *err);
/* 1, 0: it is damaged or gone, < 0. */
int undo_load(struct undo *out, struct dver_repo *repo, uint64_t seq,
	      struct dver_err *err);
void undo_forget(struct dver_repo *repo, uint64_t seq);

/*
 * DVER_ECONFLICT: something is again where it was.  A folder of ignored files
 * is no obstacle: they join what moves back.
 */
int undo_check_move(struct scanner *s, const struct undo_move *m,
		    struct dver_err *err);
/* Nothing to move any more is fine. */
int undo_move_back(struct scanner *s, const struct undo_move *m,
		   struct dver_err *err);

#endif
