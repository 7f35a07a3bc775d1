/*
 * plots_draw - one plot as text or as a picture.
 */
#include "base/err.h"
#include "plot/plot_svg.h"
#include "plot/plot_term.h"
#include "plot/plot_text.h"
#include "report/plots.h"
#include "report/vega.h"

#define NAME_COLUMNS 200

static int pass(const struct buf *b, dver_plots_write fn, void *data,
		struct dver_err *err)
{
	int r = buf_check(b, err);

	return r < 0 ? r : fn(data, b->data, b->len);
}

static void list_images(struct buf *out, const struct dver_plot *x, bool ascii)
{
	plot_text(out, x->id, NAME_COLUMNS, ascii);
	buf_addc(out, '\n');
	for (size_t i = 0; i < x->nimages; i++) {
		buf_addstr(out, "  ");
		plot_text(out, x->images[i].rev, NAME_COLUMNS, ascii);
		buf_addf(out, ": %s of ", x->images[i].type);
		plot_count(out, x->images[i].len);
		buf_addstr(out, " bytes\n");
	}
}

int dver_plots_draw_text(const struct dver_plots *p, size_t plot,
			 const struct dver_plots_text *opts,
			 dver_plots_write fn, void *data,
			 struct dver_err *err)
{
	const struct plots_chart *c = &p->v[plot];
	struct plot_term_opts o = { .width = 0 };
	AUTO_BUF struct buf b = BUF_BIG;
	int r = 0;

	if (opts)
		o = (struct plot_term_opts){
			.width = opts->width, .height = opts->height,
			.ascii = opts->ascii, .colour = opts->colour };
	if (c->pub.kind == DVER_PLOT_IMAGES)
		list_images(&b, &c->pub, o.ascii);
	else
		r = plot_term(&b, &c->chart, &o, err);
	return r < 0 ? r : pass(&b, fn, data, err);
}

int dver_plots_draw_svg(const struct dver_plots *p, size_t plot,
			dver_plots_write fn, void *data, struct dver_err *err)
{
	const struct plots_chart *c = &p->v[plot];
	AUTO_BUF struct buf b = BUF_BIG;
	int r;

	if (c->pub.kind == DVER_PLOT_IMAGES)
		return err_set(err, DVER_EUNSUPPORTED, "'%s' is an image, no "
			       "chart", c->pub.id);
	r = plot_svg(&b, &c->chart, NULL, err);
	return r < 0 ? r : pass(&b, fn, data, err);
}

int dver_plots_draw_vega(const struct dver_plots *p, size_t plot,
			 dver_plots_write fn, void *data, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	int r = vega_spec(&b, p, plot, err);

	return r < 0 ? r : pass(&b, fn, data, err);
}
