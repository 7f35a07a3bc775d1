/*
 * plots_chart - a chart of the page, drawn by Vega in place of its still
 * picture, which comes back if that fails.
 *
 * Specs come from templates in repositories: none may load anything, lead
 * anywhere, or choose how it is shown (usermeta).
 */
"use strict";

const dver = {
	dark: matchMedia("(prefers-color-scheme: dark)"),
	hidden: new Set(),	/* revisions */
	smoothing: 0,
	charts: [],
};

/* In the order of their colours. */
dver.revs = JSON.parse(document.getElementById("revs").textContent);

/* As the still pictures have them. */
dver.colours = {
	light: ["#005fb1", "#b44b00", "#189560", "#c2669f", "#c49707",
		"#2ea7e5", "#4a505c", "#6b3c17"],
	dark: ["#52b2e9", "#ff8a3d", "#5befb2", "#b58ca1", "#f5e342",
	       "#4f7fe6", "#cfd4e1", "#a8764a"],
};

dver.font = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans'," +
	"'DejaVu Sans',sans-serif";

dver.colour = function (rev) {
	const list = dver.colours[dver.dark.matches ? "dark" : "light"];

	return list[dver.revs.indexOf(rev) % list.length];
};

dver.loader = {
	options: {},
	load: async () => { throw new Error("nothing is loaded here"); },
	sanitize: async (uri, options) => {
		if (options && options.context === "image" &&
		    /^data:image\//i.test(uri))
			return { href: uri };
		throw new Error("nothing is loaded here");
	},
	http: async () => { throw new Error("nothing is loaded here"); },
	file: async () => { throw new Error("nothing is loaded here"); },
};

dver.config = function () {
	const dark = dver.dark.matches;
	const ink = dark ? "#e6edf3" : "#1f2328";
	const soft = dark ? "#9198a1" : "#656d76";
	const font = dver.font;

	return {
		background: dark ? "#0d1117" : "#ffffff",
		font: font,
		view: { stroke: "transparent" },
		title: { color: ink, font: font, fontSize: 15,
			 subtitleColor: soft, subtitleFont: font },
		axis: { labelColor: soft, titleColor: ink, labelFontSize: 12,
			titleFontSize: 12, titleFontWeight: "normal",
			gridColor: dark ? "#23292f" : "#e7eaee",
			domainColor: dark ? "#6e7681" : "#8c949e",
			tickColor: dark ? "#6e7681" : "#8c949e" },
		header: { labelColor: ink, titleColor: ink },
		legend: { labelColor: ink, titleColor: soft, orient: "top",
			  labelFontSize: 12, labelLimit: 220,
			  symbolStrokeWidth: 2 },
		text: { color: ink },
		range: { category: dver.colours[dark ? "dark" : "light"] },
	};
};

/* Say in its place why there is only a still picture; null: all is well. */
dver.told = function (box, error) {
	const before = box.querySelector(".untold");

	if (before)
		before.remove();
	if (!error)
		return;
	const p = document.createElement("p");
	const why = error.message || String(error);
	const name = box.closest("section").querySelector("h2").textContent;

	p.className = "problem untold";
	p.setAttribute("role", "alert");
	p.textContent = "The template could not be drawn: " + why;
	box.append(p);
	console.warn(name + ": " + p.textContent);
};

/* Each object in a spec, rows of data left out. */
function walk(o, visit)
{
	if (!o || typeof o !== "object")
		return;
	if (!Array.isArray(o))
		visit(o);
	for (const [key, value] of Object.entries(o))
		if (key !== "values" && key !== "datasets")
			walk(value, visit);
}

/*
 * What readers change by hand stands with its chart and looks as everywhere:
 * Vega would put it anywhere, with any attribute.
 */
const INPUT = /^(checkbox|color|date|number|radio|range|select|text|time)$/;
const OF_INPUT = /^(input|name|options|labels|min|max|step|debounce)$/;

function plain(bind)
{
	return INPUT.test(bind.input) ? Object.fromEntries(
		Object.entries(bind).filter(([key]) => OF_INPUT.test(key)))
		: undefined;
}

const FADED = 0.3;	/* opacity of what was before smoothing */
const CONTINUOUS = /^(linear|log|symlog|sqrt|pow|time|utc)$/;

/*
 * Vega's own words for the axes: signals that hold what is zoomed to, null
 * being all, so that wheels, keys and fingers do the same in any chart.
 */
function patch(chart, vg)
{
	const axes = [];

	walk(vg, (o) => {
		if (o.bind && typeof o.bind === "object")
			o.bind = plain(o.bind);
	});
	for (const scale of vg.scales || []) {
		if (!/^[xy]$/.test(scale.name) ||
		    !CONTINUOUS.test(scale.type) || scale.domainRaw)
			continue;
		axes.push(scale.name);
		scale.domainRaw = { signal: "dver_" + scale.name };
		vg.signals = vg.signals || [];
		vg.signals.push({ name: "dver_" + scale.name,
				  value: chart.zoom[scale.name] || null });
	}
	dver.legend.patch(vg);
	chart.axes = axes;
	if (axes.length)
		walk(vg.marks, (o) => {
			if (typeof o.type === "string" && o.encode &&
			    o.type !== "group")
				o.clip = { signal: axes.map(
					(a) => "!!dver_" + a).join("||") };
		});
	/* What was before smoothing lies below. */
	const below = (m) => /^dver_raw/.test(m.name);
	vg.marks = (vg.marks || []).filter(below).concat(
		(vg.marks || []).filter((m) => !below(m)));
	for (const data of vg.data || [])
		if (chart.data && data.name === chart.data.name)
			chart.format = data.format;
	return vg;
}

class Chart {
	constructor(box)
	{
		this.box = box;
		this.kind = box.dataset.kind;
		this.section = box.closest("section");
		this.zoom = {};
		this.axes = [];
		this.log = false;
		this.spec = JSON.parse(box.querySelector("script").textContent);
		delete this.spec.usermeta;
		this.vega = /\/vega\/v\d/.test(this.spec.$schema);
		this.refuse();
		this.dropTitle();
		this.dropColours();
		this.rows = [];
		this.findRows();
		this.colourRevs();
		this.lines = this.kind === "lines" ? this.findLines() : [];
		this.y = this.lines.length ? this.yOf(this.lines[0]) : null;
	}

	/* Of data that are elsewhere the loader would show none. */
	refuse()
	{
		walk(this.spec, (o) => {
			if ([].concat(o.data).some((d) => d && d.url))
				throw new Error("its data are not in it");
		});
	}

	/* What stands above already. */
	dropTitle()
	{
		const title = this.spec.title;
		const text = title && typeof title === "object" ? title.text
								: title;

		if (text === this.section.querySelector("h2").textContent)
			delete this.spec.title;
	}

	/* Those of a light ground; ours are for either. */
	dropColours()
	{
		const range = this.spec.config && this.spec.config.range;

		if (range && String(range.category) ===
		    String(dver.colours.light))
			delete range.category;
	}

	/* The data that revisions are taken out of. */
	findRows()
	{
		walk(this.spec, (o) => {
			/* Only what a reader did not ask for is ours to do. */
			if (Array.isArray(o.params))
				o.params = o.params.filter(
					(p) => p.bind !== "scales");
			/* Of Vega itself `data` is a list. */
			const data = Array.isArray(o.data)
				? o.data.find((d) => Array.isArray(d.values))
				: o.data;

			if (!this.data && data && !data.format &&
			    Array.isArray(data.values)) {
				this.rows = data.values;
				if (data === o.data)
					data.name = "dver";
				this.data = data;
			}
		});
		this.revs = [...new Set(this.rows.map((r) => r.rev))]
			.filter((r) => typeof r === "string");
	}

	/* A revision has one colour, also in charts that lack another. */
	colourRevs()
	{
		if (dver.revs.length < 2)
			return;
		walk(this.spec, (o) => {
			const all = o.encoding || {};

			for (const c of [all.color, all.fill, all.stroke])
				if (c && c.field === "rev" &&
				    c.scale !== null)
					this.colourRev(c);
		});
	}

	colourRev(channel)
	{
		const scale = channel.scale || {};

		if (scale.domain || scale.range || scale.scheme)
			return;
		channel.scale = Object.assign({}, scale,
					      { domain: dver.revs });
		if (channel.legend !== null)
			channel.legend = Object.assign({ values: this.revs },
						       channel.legend);
	}

	/* Units that are lines, each with a faded one of the raw values. */
	findLines()
	{
		const layers = this.spec.layer;
		const is = (u) => u && (u.mark === "line" ||
					(u.mark && u.mark.type === "line"));

		if (!Array.isArray(layers) || !this.data ||
		    this.data !== this.spec.data)
			return [];
		const lines = layers.filter((u) => is(u) && this.yOf(u) &&
			this.inOrder(u));
		for (const unit of lines) {
			const raw = structuredClone(unit);

			delete raw.params;
			raw.mark = Object.assign({}, raw.mark.type ? raw.mark
				: { type: raw.mark }, { opacity: FADED,
							point: false,
							tooltip: null });
			raw.encoding.y = Object.assign({}, raw.encoding.y,
						       { field: "__raw" });
			raw.transform = [{ filter: "datum.__smooth === true" },
					 ...(raw.transform || [])];
			/* Last, since the legend is as the first has it. */
			raw.name = "dver_raw" + layers.length;
			layers.push(raw);
		}
		return lines;
	}

	/* Words have no order that an average could follow. */
	inOrder(unit)
	{
		const x = Object.assign({},
			this.spec.encoding && this.spec.encoding.x,
			unit.encoding && unit.encoding.x);

		return /^(quantitative|temporal)$/.test(x.type);
	}

	yOf(unit)
	{
		const y = unit.encoding && unit.encoding.y;

		/* Fields are paths: a dot of a name is escaped. */
		return y && typeof y.field === "string"
			? y.field.replace(/\\(.)/g, "$1") : null;
	}

	/* Can its y be logarithmic? */
	get positive()
	{
		return this.y !== null &&
			this.rows.every((r) => typeof r[this.y] !== "number" ||
					       r[this.y] > 0);
	}

	/* What the revisions and the smoothing leave of the data. */
	shown()
	{
		let rows = this.rows.filter((r) => !dver.hidden.has(r.rev))
			.map((r) => Object.assign({}, r));

		if (this.y !== null)
			for (const r of rows) {
				r.__raw = r[this.y];
				r.__smooth = dver.smoothing > 0;
			}
		if (this.y !== null && dver.smoothing > 0)
			dver.smooth(rows, this.y, dver.smoothing);
		if (this.format)
			rows = vega.read(rows, this.format);
		return rows;
	}

	async update()
	{
		if (this.view && this.data)
			await this.view.signal("dver_hidden", [...dver.hidden])
				.data(this.data.name, this.shown()).runAsync();
	}

	/* The spec for the room that there is. */
	fitted(width, height)
	{
		const all = this.data && this.data.values;

		if (this.data)
			this.data.values = this.shown();
		const spec = structuredClone(this.spec);
		if (!this.vega)
			dver.legend.fit(this, spec, width);
		if (this.data)
			this.data.values = all;
		if (spec.facet || spec.hconcat || spec.vconcat ||
		    spec.concat || spec.repeat)
			return this.many(spec, spec.spec, width);
		const e = spec.encoding || {};
		if (e.facet || e.row || e.column) {
			e.facet = e.facet || e.row || e.column;
			delete e.row;
			delete e.column;
			return this.many(e.facet, spec, width);
		}
		spec.width = width;
		/* Legends come on top of it; bars have room each. */
		if (!spec.height || !spec.height.step)
			spec.height = height;
		spec.autosize = { type: "fit-x", contains: "padding" };
		if (this.log)
			walk(spec, (o) => {
				if (o.y && o.y.type === "quantitative")
					o.y.scale = Object.assign({}, o.y.scale,
						{ type: "log", zero: false,
						  nice: false });
			});
		return spec;
	}

	/* As many beside each other as fit. */
	many(outer, inner, width)
	{
		const spec = outer.spec === inner ? outer : inner;

		if (!inner || typeof inner !== "object")
			return outer;
		const n = Math.max(1, this.revs.filter(
			(r) => !dver.hidden.has(r)).length);
		const columns = Math.max(1, Math.min(n,
			Math.floor((width - 80) / 150)));
		const side = Math.max(90, Math.floor(
			(width - 90) / columns - 25));

		inner.width = side;
		inner.height = Math.min(side, 300);
		this.columns = outer.columns = columns;
		if (outer.facet && (outer.facet.column || outer.facet.row))
			outer.facet = outer.facet.column || outer.facet.row;
		return spec;
	}

	/* Words at the axes may want more room than was left for them. */
	async squeeze(live, view)
	{
		const over = live.scrollWidth - live.clientWidth;

		if (over <= 0)
			return;
		try {
			view.signal("child_width", Math.max(40,
				view.signal("child_width") -
				Math.ceil(over / this.columns)));
		} catch (error) {
			return;	/* It can be scrolled. */
		}
		await view.resize().runAsync();
	}

	async draw()
	{
		const width = Math.floor(this.box.clientWidth);
		const height = Math.round(Math.max(260,
			Math.min(420, width * 0.567)));
		const old = this.live;
		const live = document.createElement("div");

		this.width = width;
		live.className = "live";
		live.style.minHeight = height + "px";
		this.area.append(live);
		try {
			const made = await vegaEmbed(live,
				this.fitted(width, Math.round(height * 0.7)), {
				mode: this.vega ? "vega" : "vega-lite",
				ast: true,
				actions: false,
				renderer: "canvas",
				loader: dver.loader,
				config: dver.config(),
				logLevel: vega.Error,
				tooltip: { theme: dver.dark.matches ? "dark"
								    : "light",
					   maxDepth: 1 },
				patch: (vg) => patch(this, vg),
			});
			if (this.columns)
				await this.squeeze(live, made.view);
			if (this.made)
				this.made.finalize();
			this.made = made;
			this.view = made.view;
			live.style.minHeight = "";
			this.live = live;
			this.failed = null;
			this.box.classList.add("drawn");
			this.box.classList.remove("failed");
			dver.told(this.box, null);
		} catch (error) {
			live.remove();
			this.failed = String(error);
			this.box.classList.remove("drawn");
			this.box.classList.add("failed");
			dver.told(this.box, error);
		}
		if (old && (this.live !== old || this.failed))
			old.remove();
	}
}
dver.Chart = Chart;
