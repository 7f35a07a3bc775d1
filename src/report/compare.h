/*
 * compare - what differs between two revisions.
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "report/view.h"

typedef int (*change_fn)(void *data, const struct dver_value_change *c);
/* Each value that differs; with `all` the others too. */
int compare(struct view *a, struct view *b, bool all, change_fn fn,
	    void *data, struct dver_err *err);
/* Do both say the same?  1, 0, < 0. */
int compare_same(struct view *a, struct view *b, struct dver_err *err);

/* Are these equal?  Numbers are by what they are worth: 1 is 1.0. */
bool compare_equal(const struct dver_value *a, const struct dver_value *b);
/*
 * How much more `now` is, exact between integers; `text` has it as text.
 * false: they are no numbers, or it is none.
 */
bool compare_difference(const struct dver_value *old,
			const struct dver_value *now, struct buf *text,
			struct dver_value *out);
/*
 * All that a change of a value is, where `way` is better; `text` keeps the
 * text of the difference.
 */
void compare_change(struct dver_value_change *out, const char *path,
		    const char *name, enum dver_better way,
		    const struct dver_value *old, const struct dver_value *now,
		    struct buf *text);

#endif
