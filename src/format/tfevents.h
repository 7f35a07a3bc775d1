/*
 * tfevents - the scalars of a TensorBoard event file
 * ("events.out.tfevents.*"), in the order they were written.
 *
 * Such a file is records of TFRecord's framing: a length, its checksum, the
 * bytes, their checksum (CRC32C, masked), each of which is an Event message.
 * Taken from those are scalars in both encodings, the old `simple_value` and
 * the newer tensor of one number; images, histograms, texts and graphs are
 * passed over.  A tensor without metadata counts as a scalar when it holds
 * one number: writers name the plugin once for a tag, or each time.
 *
 * A file that is still being written ends inside a record: that is where the
 * reading stops, and no error.
 *
 * Memory is bounded; records over TFEVENTS_RECORD_MAX are checked and passed
 * over.  One thread per struct tfevents.
 */
#ifndef FORMAT_TFEVENTS_H
#define FORMAT_TFEVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dver_err;
struct tfevents;

#define TFEVENTS_RECORD_MAX (16u << 20)	/* bytes */

/* Borrowed, for the call only. */
struct tfevents_value {
	/*
	 * NULL: the run began again at `step`, and points from there on that
	 * came before, of any tag, are of the run that was given up.
	 */
	const char *tag;	/* without NULs, not checked to be UTF-8 */
	int64_t step;
	double wall_time;	/* seconds since 1970 */
	double value;		/* may be NaN or infinite */
};

/* As csv_fn: 0 goes on, 1 is enough, < 0 with err filled in fails. */
typedef int (*tfevents_fn)(void *data, const struct tfevents_value *v,
			   struct dver_err *err);

/* Is this how TensorBoard's writers name files (".tfevents." in the name)? */
bool tfevents_name(const char *name);

/* `name` is for messages. */
int tfevents_new(struct tfevents **out, const char *name, tfevents_fn fn,
		 void *data, struct dver_err *err);
void tfevents_free(struct tfevents *t);		/* NULL is fine */
static inline void tfevents_freep(struct tfevents **t) { tfevents_free(*t); }
#define AUTO_TFEVENTS __attribute__((cleanup(tfevents_freep)))

/*
 * The next piece; the first error is returned by all later calls too.  There
 * is no call for the end.  DVER_EFORMAT with "name: the record at byte N ..."
 * for a wrong checksum and for what is no Event.
 */
int tfevents_feed(struct tfevents *t, const void *bytes, size_t len,
		  struct dver_err *err);

/* An open file from where it stands; `name` is its path. */
int tfevents_read(const char *name, int fd, tfevents_fn fn, void *data,
		  struct dver_err *err);

#endif
