#include "report/plots_live.h"

#include "base/embed.h"
#include "base/mem.h"
#include "dver/plots.h"
#include "report/vega_scripts.h"

EMBED(chart, "src/report/plots_chart.js");
EMBED(legend, "src/report/plots_legend.js");
EMBED(smooth, "src/report/plots_smooth.js");
EMBED(zoom, "src/report/plots_zoom.js");
EMBED(page, "src/report/plots_page.js");

const char *dver_plots_vega(void)
{
	return vega_scripts_versions();
}

size_t plots_live_scripts(struct page_script v[PLOTS_LIVE_SCRIPTS])
{
	size_t n = 0;

	if (!vega_scripts_versions())
		return 0;
	for (size_t i = 0; i < VEGA_SCRIPTS; i++, n++)
		v[n].text = vega_script(i, &v[n].len);
	v[n++] = (struct page_script){ embed_chart, EMBED_LEN(chart) };
	v[n++] = (struct page_script){ embed_legend, EMBED_LEN(legend) };
	v[n++] = (struct page_script){ embed_smooth, EMBED_LEN(smooth) };
	v[n++] = (struct page_script){ embed_zoom, EMBED_LEN(zoom) };
	v[n++] = (struct page_script){ embed_page, EMBED_LEN(page) };
	return n;
}

const char plots_live_style[] =
".area{position:relative;border-radius:3px;touch-action:pan-y}\n"
".area:empty,.failed .area,.failed .tools{display:none}\n"
".drawn .still,.failed .note{display:none}\n"
".chart .live{display:block;width:100%;overflow-x:auto;overflow-y:hidden}\n"
".live canvas,.live svg{display:block}\n"
".area .live summary{display:none}\n"
".band{position:absolute;border:1px solid #0969da;background:#0969da33;"
"pointer-events:none}\n"
".hint{position:absolute;top:45%;left:50%;transform:translateX(-50%);"
"padding:.25rem .75rem;border-radius:6px;background:#1f2328d9;color:#fff;"
"font-size:.875rem;pointer-events:none;white-space:nowrap}\n"
".controls{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;"
"margin:0 0 1rem;padding:.5rem 0;background:#fff}\n"
".revs,.tools{display:flex;flex-wrap:wrap;gap:.375rem}\n"
".tools{justify-content:flex-end;margin-top:.5rem}\n"
"button{font:inherit;font-size:.8125rem;color:inherit;background:none;"
"border:1px solid #d1d9e0;border-radius:6px;padding:.125rem .625rem;"
"cursor:pointer;max-width:100%;overflow-wrap:anywhere;text-align:left}\n"
"button:hover{background:#f3f5f7}\n"
".tools button{color:#656d76;border-color:transparent}\n"
".tools button[aria-pressed=true]{color:inherit;border-color:#8c949e}\n"
".revs button{display:flex;gap:.4rem;align-items:center}\n"
".revs button[aria-pressed=false]{opacity:.6;text-decoration:line-through}\n"
".revs button[aria-pressed=false] .swatch{background:none!important}\n"
".swatch{flex:none;width:.7rem;height:.7rem;border-radius:2px;"
"border:1px solid #8c949e}\n"
".smoothing{display:flex;gap:.5rem;align-items:center;font-size:.875rem}\n"
".smoothing output{min-width:2.5em;font-variant-numeric:tabular-nums}\n"
"input[type=range]{accent-color:#0969da;width:10rem;max-width:40vw}\n"
".help{font-size:.875rem;max-width:100%}.help p{margin:.25rem 0}\n"
".note{font-size:.8125rem;color:#656d76;margin:.25rem 0 0;display:none}\n"
".drawn .note{display:block}\n"
"#vg-tooltip-element{pointer-events:none;max-width:min(24rem,90vw);"
"font-size:.8125rem;overflow-wrap:anywhere}\n"
"#vg-tooltip-element td{padding:.1rem .25rem}\n"
"#vg-tooltip-element td.value{text-align:left}\n"
"@media (prefers-color-scheme:dark){.controls{background:#0d1117}"
"button{border-color:#3d444d}button:hover{background:#151b23}"
".tools button,.note{color:#9198a1}"
".band{border-color:#58a6ff;background:#58a6ff33}}\n"
"@media (min-width:40rem) and (min-height:30rem){.controls{position:sticky;"
"top:0;z-index:2;max-height:40vh;overflow-y:auto}"
"section{scroll-margin-top:4.5rem}}\n"
"@media (prefers-reduced-motion:reduce){*{animation:none!important;"
"transition:none!important}}\n"
"@media print{.controls,.tools{display:none}}\n";
