/*
 * plot_notes - rows that are left out of a series: the first one is told, and
 * how many there are.
 */
#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_data_internal.h"

int plot_note(struct plot_note *n, const struct dver_err *why,
	      struct dver_err *err)
{
	n->rows++;
	if (n->first)
		return 0;
	n->first = strdup(why->msg);
	return n->first ? 0 : err_nomem(err);
}

static int tell(const struct plot_data *d, const struct plot_note *n,
		struct dver_err *err)
{
	const struct plot_want *want = d->want;
	AUTO_BUF struct buf b = BUF_BIG;
	int r;

	if (!n->rows || !want->tell)
		return 0;
	buf_addf(&b, "%s: left out", n->first);
	if (n->rows == 2)
		buf_addstr(&b, ", as is one more row");
	if (n->rows > 2)
		buf_addf(&b, ", as are %llu more rows",
			 (unsigned long long)(n->rows - 1));
	r = buf_check(&b, err);
	return r < 0 ? r : want->tell(want->tell_data, b.data, err);
}

int plot_notes_tell(const struct plot_data *d, struct dver_err *err)
{
	int r = tell(d, &d->ragged, err);

	if (r == 0)
		r = tell(d, &d->no_x, err);
	for (size_t i = 0; r == 0 && i < d->n; i++)
		r = tell(d, &d->v[i].no_y, err);
	return r;
}

/* Nothing but words where numbers should be is no data. */
int plot_notes_check(const struct plot_data *d, struct dver_err *err)
{
	if (d->no_x.rows && !d->any_x)
		return err_set(err, DVER_EFORMAT, "%s", d->no_x.first);
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].no_y.rows && !d->v[i].any)
			return err_set(err, DVER_EFORMAT, "%s",
				       d->v[i].no_y.first);
	if (d->ragged.rows && d->ragged.rows == d->row)
		return err_set(err, DVER_EFORMAT, "%s", d->ragged.first);
	return 0;
}
