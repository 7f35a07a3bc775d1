/*
 * web_answer - what a server answers to PROPFIND: RFC 4918 sections 13 to 15.
 *
 * One thread a reader.
 */
#ifndef REMOTES_WEB_ANSWER_H
#define REMOTES_WEB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

struct dver_err;

/* A folder or a value, as a server names it. */
struct web_entry {
	const char *path;	/* decoded, without host and last slash */
	uint64_t size;
	int64_t mtime;		/* 0: not told */
	bool folder;
};

struct web_answer {
	struct arena arena;	/* of the paths */
	struct web_entry *v;
	size_t n, cap;
};
#define WEB_ANSWER_INIT { ARENA_INIT, NULL, 0, 0 }
void web_answer_release(struct web_answer *a);
#define AUTO_WEB_ANSWER __attribute__((cleanup(web_answer_release)))

/*
 * The folder that was asked for: the shortest path.  (A server behind another
 * may name other paths than those it was asked for.)  NULL: it is not there.
 */
const struct web_entry *web_answer_self(const struct web_answer *a);
/* What an entry is called in the folder `self`; NULL: it is not in it. */
const char *web_entry_name(const struct web_entry *e,
			   const struct web_entry *self);

/* Reads an answer as it comes; `name` is for messages. */
struct web_reader;
int web_reader_new(struct web_reader **out, const char *name,
		   struct web_answer *a, struct dver_err *err);
void web_reader_free(struct web_reader *r);	/* NULL is fine */
/* DVER_EFORMAT: that is no such answer. */
int web_reader_feed(struct web_reader *r, const void *bytes, size_t len,
		    struct dver_err *err);
int web_reader_finish(struct web_reader *r, struct dver_err *err);

#endif
