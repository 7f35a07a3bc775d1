/*
 * plots_join - a column of x that is in another file than y.
 */
#include "report/plots_join.h"

#include "base/err.h"

static int feed(void *data, const void *bytes, size_t len,
		struct dver_err *err)
{
	return plot_data_feed(data, bytes, len, err);
}

size_t plots_max(const struct dver_plots *p, const struct item *item)
{
	return p->only ? PLOTS_ONLY_MAX
	       : item->where == ITEM_GIT ? PLOTS_BLOB_MAX : SIZE_MAX / 2;
}

int plots_feed(const struct plots_rev *at, struct plot *to,
	       const struct item *item, const struct plot_want *want,
	       struct dver_err *err)
{
	AUTO_PLOT_DATA struct plot_data *d = NULL;
	int r = 0;

	if (item->where != ITEM_NOWHERE)
		r = plot_data_new(&d, to, item->path, want, err);
	if (r == 0)
		r = view_feed(at->view, item, plots_max(at->p, item), feed, d,
			      err);
	return r < 0 ? r : plot_data_finish(d, err);
}

static int collect(const struct plots_rev *at, struct plot *to,
		   const struct item *item, const struct plot_want *like,
		   struct plot_xs **out, struct dver_err *err)
{
	AUTO_PLOT_XS struct plot_xs *xs = NULL;
	struct plot_want want = { .x = like->x,
				  .no_header = like->no_header,
				  .tell = like->tell,
				  .tell_data = like->tell_data };
	int r = plot_xs_new(&xs, err);

	want.collect = xs;
	if (r == 0)
		r = plots_feed(at, to, item, &want, err);
	if (r == 0)
		r = plot_xs_rewind(xs, err);
	if (r == 0)
		*out = TAKE(xs);
	return r;
}

int plots_join(const struct plots_rev *at, struct plot *to,
	       const struct item *x, const struct item *item,
	       const struct plot_want *want, struct dver_err *err)
{
	AUTO_PLOT_XS struct plot_xs *xs = NULL;
	struct plot_want with = *want;
	bool open = to->x_kind == PLOT_X_OPEN;
	size_t labels = to->labels.n;
	int r = collect(at, to, x, want, &xs, err);

	with.given = xs;
	with.x_path = x->path;
	if (r == 0)
		r = plots_feed(at, to, item, &with, err);
	if (r < 0)
		plot_forget(to, labels, open);
	return r;
}
