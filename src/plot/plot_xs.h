/*
 * plot_xs - the x of rows that are in another file than their y: first all of
 * them are added, then they are taken one by one, as often as one likes.
 *
 * Memory is bounded; what is more goes into a nameless temporary file in
 * TMPDIR, or /tmp, of eight bytes a row.  One thread per struct plot_xs.
 */
#ifndef PLOT_PLOT_XS_H
#define PLOT_PLOT_XS_H

#include <stddef.h>
#include <stdint.h>

struct dver_err;
struct plot_xs;

int plot_xs_new(struct plot_xs **out, struct dver_err *err);
void plot_xs_free(struct plot_xs *xs);		/* NULL is fine */
static inline void plot_xs_freep(struct plot_xs **xs) { plot_xs_free(*xs); }
#define AUTO_PLOT_XS __attribute__((cleanup(plot_xs_freep)))

/* The next row's; NaN is a gap. */
int plot_xs_add(struct plot_xs *xs, double x, struct dver_err *err);
uint64_t plot_xs_count(const struct plot_xs *xs);
/* Take the first one next; nothing is added after this. */
int plot_xs_rewind(struct plot_xs *xs, struct dver_err *err);
/* 1: there is another one; 0: that was all; < 0. */
int plot_xs_next(struct plot_xs *xs, double *x, struct dver_err *err);

#endif
