/*
 * log - what `dver log` tells of a value or a stage.
 */
#ifndef CMD_LOG_H
#define CMD_LOG_H

#include "base/buf.h"
#include "cmd/cmd.h"
#include "dver/timeline.h"
#include "format/json.h"

#define LOG_DATE 16

/* Tell on stderr what could not be read; NULL is nothing. */
void log_warn(const struct cmd_ctx *ctx, const char *problem);
/* "2026-03-01", local time. */
const char *log_date(char out[LOG_DATE], int64_t time);
/* A commit on a line: id, date, author, subject; nothing after it. */
void log_commit(const struct dver_commit *c);
void log_commit_json(struct json *j, const char *key,
		     const struct dver_commit *c);
/* The same into an object that is open. */
void log_commit_fields(struct json *j, const struct dver_commit *c);
/*
 * A line of at most `width` characters for the numbers (true and false are 1
 * and 0) along a history, the oldest first; what is not there is a blank, what
 * is no number a dot, what is broken "x".  Empty: there are no two numbers
 * that differ.  Commits share a character when there are many: it shows the
 * last of them, unless one is the lowest or the highest of all.
 */
void log_line(struct buf *out, const struct dver_value_history *h,
	      unsigned width, bool utf8);

/* A value or a stage, as `m` has it. */
int log_value(const struct cmd_ctx *ctx, const struct dver_meaning *m,
	      const struct dver_timeline_opts *o, struct dver_err *err);
int log_stage(const struct cmd_ctx *ctx, const struct dver_meaning *m,
	      const struct dver_timeline_opts *o, struct dver_err *err);

#endif
