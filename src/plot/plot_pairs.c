/*
 * plot_pairs - the cells of a matrix: how often each two labels stand together.
 */
#include "base/err.h"
#include "base/mem.h"
#include "plot/plot_data_internal.h"

int plot_pair_add(struct plot_sink *s, size_t x, size_t y,
		  struct dver_err *err)
{
	/* One key for each pair: the factor is odd. */
	uint64_t key = ((uint64_t)y * PLOT_LABELS_MAX + x + 1) *
		       0x9e3779b97f4a7c15u;
	struct plot_pair *p;
	bool added;

	p = keymap_put(&s->pairs, &key, &added);
	if (!p)
		return err_nomem(err);
	p->x = x;
	p->y = y;
	p->n++;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct plot_pair *p = a, *q = b;

	return p->y != q->y ? (p->y > q->y) - (p->y < q->y)
			    : (p->x > q->x) - (p->x < q->x);
}

int plot_pairs_finish(const struct plot_sink *s, struct plot_series *out,
		      struct dver_err *err)
{
	size_t n = s->pairs.n, pos = 0, k = 0;
	AUTO_FREE struct plot_pair *v = mem_array(n + 1, sizeof(*v));
	void *value;

	out->v = mem_array(n + 1, sizeof(*out->v));
	out->weight = mem_array(n + 1, sizeof(*out->weight));
	if (!v || !out->v || !out->weight)
		return err_nomem(err);
	while (k < n && keymap_next(&s->pairs, &pos, &value))
		memcpy(&v[k++], value, sizeof(*v));
	if (k)
		qsort(v, k, sizeof(*v), by_place);
	for (size_t i = 0; i < k; i++) {
		out->v[i] = (struct plot_point){ (double)v[i].x,
						 (double)v[i].y };
		out->weight[i] = (double)v[i].n;
	}
	out->n = k;
	out->thinned = false;
	return 0;
}
