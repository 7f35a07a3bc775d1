/*
 * plot_svg_style - colours.  There are no variables of CSS in it: viewers
 * that are no browsers do not know them, and would paint all black.
 *
 * Both lists were searched for near those of Okabe and Ito, so that any two
 * colours of eight are far apart for people of any colour vision and none
 * drowns in the ground; tests/unit/test_plot_colours.c measures that.
 */
#include "plot/plot_svg_internal.h"

const char *const plot_svg_colours[PLOT_COLOURS] = {
	"#005fb1", "#b44b00", "#189560", "#c2669f", "#c49707", "#2ea7e5",
	"#4a505c", "#6b3c17",
};
static const char *const dark[PLOT_COLOURS] = {
	"#52b2e9", "#ff8a3d", "#5befb2", "#b58ca1", "#f5e342", "#4f7fe6",
	"#cfd4e1", "#a8764a",
};
static const char *const dashes[PLOT_DASHES] = {
	NULL, "7 4", "2 4", "9 4 2 4"
};

static void colours(struct buf *out, const char *const *list)
{
	for (size_t i = 0; i < PLOT_COLOURS; i++)
		buf_addf(out, ".dver-plot .c%zu{stroke:%s}"
			 ".dver-plot .f%zu{fill:%s}", i, list[i], i, list[i]);
}

static void base(struct buf *out, const char *ground, const char *ink,
		 const char *soft, const char *grid, const char *axis)
{
	buf_addf(out, ".dver-plot .bg{fill:%s}.dver-plot text{fill:%s}"
		 ".dver-plot .s{fill:%s}.dver-plot .g{stroke:%s}"
		 ".dver-plot .a{stroke:%s}", ground, ink, soft, grid, axis);
}

void plot_svg_style(struct buf *out)
{
	buf_addstr(out, "<style>.dver-plot{font:12px system-ui,-apple-system,"
		   "'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
		   "font-variant-numeric:tabular-nums}"
		   ".dver-plot .t{font-size:15px;font-weight:600}"
		   ".dver-plot .m{text-anchor:middle}"
		   ".dver-plot .e{text-anchor:end}"
		   ".dver-plot .g,.dver-plot .a{stroke-width:1}"
		   ".dver-plot .l{fill:none;stroke-width:1.8;"
		   "stroke-linejoin:round;stroke-linecap:round}"
		   ".dver-plot .r{stroke-width:1.2;stroke-opacity:.3}"
		   ".dver-plot .p{fill-opacity:.75}");
	for (size_t i = 1; i < PLOT_DASHES; i++)
		buf_addf(out, ".dver-plot .d%zu{stroke-dasharray:%s;"
			 "stroke-linecap:butt}"
			 ".dver-plot .o%zu{fill-opacity:.%zu}", i, dashes[i],
			 i, 8 - 2 * i);
	base(out, "#ffffff", "#1f2328", "#656d76", "#e7eaee", "#8c949e");
	colours(out, plot_svg_colours);
	buf_addstr(out, "@media (prefers-color-scheme:dark){");
	base(out, "#0d1117", "#e6edf3", "#9198a1", "#23292f", "#6e7681");
	colours(out, dark);
	buf_addstr(out, "}</style>");
}
