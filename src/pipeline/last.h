/*
 * last - when a stage ran last here, why, and how it went: a small JSON file
 * beside its log.  Nothing depends on it.
 */
#ifndef PIPELINE_LAST_H
#define PIPELINE_LAST_H

#include "pipeline/why.h"

struct last {
	int64_t time;		/* seconds since 1970, when it ended */
	uint64_t ms, memory;
	int code;		/* exit code, or 128 + signal */
	struct why why;
};
#define LAST_INIT { .why = WHY_INIT }
void last_release(struct last *l);
#define AUTO_LAST __attribute__((cleanup(last_release)))

/* `why` is borrowed. */
int last_write(struct dver_repo *repo, const struct stage *s,
	       const struct last *l, struct dver_err *err);
/* 1, 0: it never ran here, or what is there cannot be read. */
int last_read(struct last *out, struct dver_repo *repo, const struct stage *s,
	      struct dver_err *err);
/* The file's path; owned by the caller. */
char *last_path(const struct dver_repo *repo, const struct stage *s);

#endif
