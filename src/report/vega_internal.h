/*
 * vega_internal - inside of vega: what a template is filled with.
 */
#ifndef REPORT_VEGA_INTERNAL_H
#define REPORT_VEGA_INTERNAL_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/vec.h"
#include "report/plots.h"

#define VEGA_WIDTH 600	/* of a chart that is no matrix */

struct vega {
	const struct plots_chart *c;
	/* As the template has them: of bars x are the numbers. */
	char *x, *y;			/* names of members; owned */
	const char *x_label, *y_label;	/* or NULL */
	struct strvec revs;		/* in their order */
	const struct strvec *all;	/* those of all charts */
	/* What tells apart the series of a revision. */
	const char *by;			/* the member's name; NULL: nothing */
	struct strvec kinds;		/* its values, in their order */
};
void vega_release(struct vega *v);
#define AUTO_VEGA __attribute__((cleanup(vega_release)))
/* v points into p. */
int vega_init(struct vega *v, const struct dver_plots *p, size_t plot,
	      struct dver_err *err);
/* Append the value of v->by of a series. */
void vega_kind(struct buf *out, const struct vega *v, size_t series);

void vega_string(struct buf *out, const char *s);	/* JSON */
void vega_strings(struct buf *out, const struct strvec *list);
/* Append the chart's points as an array. */
void vega_rows(struct buf *out, const struct vega *v);

/* What stands in a template for something of the chart. */
struct vega_anchor {
	const char *name;	/* "<DVC_METRIC_X>" */
	enum {
		VEGA_DATA,	/* the points; once in a template */
		VEGA_TEXT,	/* a string or a number, which may also stand
				   in a longer string */
		VEGA_VALUE,	/* any value; or nothing: what has it goes */
		VEGA_ITEMS	/* of an array: none, one or more, "," after
				   each */
	} kind;
	void (*put)(struct buf *out, const struct vega *v);
};
/* By its name, or NULL. */
const struct vega_anchor *vega_anchor(const char *name, size_t len);
/* The i-th of all, NULL: there are no more. */
const struct vega_anchor *vega_anchor_at(size_t i);
/*
 * The next anchor in a string, known (*a) or not (NULL), of *len bytes;
 * NULL: there is none.
 */
const char *vega_next_anchor(const char *text, size_t left, size_t *len,
			     const struct vega_anchor **a);

/* Does a member of this name load something, or lead there? */
bool vega_leads(const char *key, size_t len);

/* Of vega_series.c: colours, dashes and shapes of series, their names as an
   expression, a facet of each, and the params and filters of legends. */
void vega_put_colour(struct buf *out, const struct vega *v);
void vega_put_dash(struct buf *out, const struct vega *v);
void vega_put_shape(struct buf *out, const struct vega *v);
void vega_put_pivot(struct buf *out, const struct vega *v);
void vega_put_row(struct buf *out, const struct vega *v);
void vega_put_shown(struct buf *out, const struct vega *v);
void vega_put_shown_filters(struct buf *out, const struct vega *v);

/* What is `config` of a template that has none. */
void vega_config(struct buf *out);
/* Append a template with its anchors replaced; `name` is for messages. */
int vega_fill(struct buf *out, const struct vega *v, const char *name,
	      const char *text, size_t len, struct dver_err *err);

#endif
