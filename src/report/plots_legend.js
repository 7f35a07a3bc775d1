/*
 * plots_legend - legends that fit, and that tell what is hidden.
 *
 * As many names stand beside each other as there is room for; what is cut
 * can be read in full where the pointer is.
 */
"use strict";

dver.legend = (function () {
	const SIDE = 70;	/* px that axes take at most, about */
	const BESIDE = 34;	/* of a name: its sign, and a gap */
	const CHANNELS = ["color", "fill", "stroke", "strokeDash", "shape"];
	const pen = document.createElement("canvas").getContext("2d");

	function widest(names)
	{
		pen.font = "12px " + dver.font;
		return Math.max(0, ...names.map(
			(n) => pen.measureText(String(n)).width));
	}

	/* Names at the top, in columns. */
	function fit(chart, channel, width)
	{
		const legend = channel.legend || {};

		if (typeof channel.field !== "string" ||
		    channel.type !== "nominal" || channel.legend === null ||
		    (legend.orient && legend.orient !== "top"))
			return;
		const names = legend.values || (channel.scale || {}).domain ||
			[...new Set(chart.rows.map((r) => r[channel.field]))];
		if (!Array.isArray(names))
			return;
		const room = Math.max(60, width - SIDE);
		const name = Math.min(Math.ceil(widest(names)) + 4,
				      room - BESIDE);
		const columns = Math.floor(room / (name + BESIDE));

		channel.legend = Object.assign({}, legend, {
			columns: Math.max(1, columns), labelLimit: name,
			symbolLimit: 0 });
	}

	function all(chart, spec, width)
	{
		walk(spec, (o) => {
			for (const name of CHANNELS)
				if (o.encoding && o.encoding[name])
					fit(chart, o.encoding[name], width);
		});
	}

	function first(test, value, rest)
	{
		return [{ test: test, value: value },
			...[].concat(rest === undefined ? [] : rest)];
	}

	/* In Vega's own words. */
	function patch(vg)
	{
		const off = "indexof(dver_hidden, datum.value) >= 0";
		const config = vg.config = vg.config || {};

		config.legend = Object.assign({}, config.legend, { layout: {
			top: { direction: "vertical", anchor: "start" } } });
		vg.signals = vg.signals || [];
		vg.signals.push({ name: "dver_hidden",
				  value: [...dver.hidden] });
		walk(vg, (o) => {
			for (const legend of o.legends || [])
				for (const part of ["labels", "symbols"])
					tell(legend, part, off);
		});
	}

	function tell(legend, part, off)
	{
		const encode = legend.encode = legend.encode || {};
		const e = encode[part] = encode[part] || {};
		const update = e.update = e.update || {};

		update.opacity = first(off, 0.25, update.opacity || {
			value: 1 });
		update.tooltip = { signal: "datum.value" };
		e.interactive = true;
	}

	return { fit: all, patch: patch };
})();
