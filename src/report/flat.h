/*
 * flat - the values of one file, each with its whole name.
 */
#ifndef REPORT_FLAT_H
#define REPORT_FLAT_H

#include "base/mem.h"
#include "base/vec.h"
#include "dver/metrics.h"

#define FLAT_VALUES_MAX 100000	/* of a file: more is data, no report */
#define FLAT_BYTES_MAX (64u << 20) /* of its names and texts */
#define FLAT_TAGS_MAX 5000	/* of a file of TensorBoard's events */

struct cancel;

struct flat {
	struct arena arena;
	struct dver_named_value *v;	/* in the file's order */
	size_t n, cap;
	size_t bytes;			/* of names and texts */
	size_t *sorted;			/* places in v, by name */
	void *block;			/* has all of the above once it was
					   read: many are kept; owned */
	size_t block_len;
	char *problem;			/* why there are none, or NULL */
	int code;
	const char *path;		/* for messages, while it is read */
};

/*
 * The values of a file's text; `path` says what kind it is, `keys` which of
 * its parameters (NULL: all).  What is wrong with the file is told in
 * (*out)->problem: < 0 is lack of memory, or DVER_ECANCEL (`cancel` may be
 * NULL).
 */
int flat_read(struct flat **out, enum dver_values what, const char *path,
	      const struct strvec *keys, const char *text, size_t len,
	      const struct cancel *cancel, struct dver_err *err);
/* One that says nothing but what is wrong. */
int flat_problem(struct flat **out, int code, const char *problem,
		 struct dver_err *err);
void flat_free(struct flat *f);
static inline void flat_freep(struct flat **f) { flat_free(*f); }
#define AUTO_FLAT __attribute__((cleanup(flat_freep)))
/* About what it takes. */
size_t flat_bytes(const struct flat *f);

/* Is this a name of a file that can have metrics? */
bool flat_is_name(const char *path);

/* For flat_*.c: DVER_EFORMAT, DVER_ENOMEM. */
int flat_add(struct flat *f, const char *name, struct dver_value value,
	     struct dver_err *err);
/* A word of a table, or unquoted in a document. */
int flat_add_word(struct flat *f, const char *name, const char *text,
		  size_t len, struct dver_err *err);
int flat_read_csv(struct flat *f, const char *path, char separator,
		  const char *text, size_t len, struct dver_err *err);
int flat_read_events(struct flat *f, const char *path, const char *text,
		     size_t len, const struct cancel *cancel,
		     struct dver_err *err);

#endif
