/*
 * plots_page - the controls of the page and of each chart.
 *
 * Charts are drawn when they come near the screen.
 */
"use strict";

(function () {
	const KEYS = "Arrow keys pan, plus and minus zoom, 0 shows all, " +
		"Escape leaves.";

	function make(tag, attributes, ...inside)
	{
		const e = document.createElement(tag);

		for (const [key, value] of Object.entries(attributes))
			e.setAttribute(key, value);
		e.append(...inside);
		return e;
	}

	function button(text, label, f)
	{
		const b = make("button", { type: "button" }, text);

		if (label) {
			b.setAttribute("aria-label", label);
			b.title = label;
		}
		b.addEventListener("click", f);
		return b;
	}

	function toggle(b, on)
	{
		b.setAttribute("aria-pressed", on ? "true" : "false");
	}

	/* Files */

	function save(name, url)
	{
		const a = make("a", { href: url, download: name });

		document.body.append(a);
		a.click();
		a.remove();
	}

	function saveText(name, type, text)
	{
		const url = URL.createObjectURL(new Blob([text],
							 { type: type }));

		save(name, url);
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	}

	function cell(v)
	{
		const text = v === null || v === undefined ? "" : String(v);

		return /[",\r\n]/.test(text)
			? '"' + text.replaceAll('"', '""') + '"' : text;
	}

	function csv(chart)
	{
		const names = [...new Set(chart.rows.flatMap(
			(r) => Object.keys(r)))];

		const lines = [names, ...chart.rows.map(
			(r) => names.map((n) => r[n]))];

		return lines.map((l) => l.map(cell).join(",") + "\r\n")
			.join("");
	}

	function fileName(chart)
	{
		return chart.section.querySelector("h2").textContent
			.replace(/\.(csv|tsv|json|ya?ml)$/i, "")
			.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.+/, "")
			.slice(0, 100) || "plot";
	}

	const savers = {
		SVG: async (c) => saveText(fileName(c) + ".svg",
			"image/svg+xml", await c.view.toSVG()),
		PNG: async (c) => save(fileName(c) + ".png",
				       await c.view.toImageURL("png", 2)),
		CSV: async (c) => saveText(fileName(c) + ".csv", "text/csv",
					   csv(c)),
	};

	/* What stands under a chart. */

	function tools(chart, name)
	{
		const bar = make("div", { class: "tools" });

		chart.resetButton = button("Reset zoom",
			"Reset the zoom of " + name,
			() => { dver.zoom.reset(chart); chart.area.focus(); });
		chart.resetButton.hidden = true;
		bar.append(chart.resetButton);
		if (chart.kind === "lines" && chart.positive) {
			const b = button("Log y", "Logarithmic y of " + name,
				() => {
					chart.log = !chart.log;
					chart.zoom.y = null;
					toggle(b, chart.log);
					dver.changed(chart);
					need(chart, DRAW);
				});
			toggle(b, false);
			bar.append(b);
		}
		for (const kind of Object.keys(savers))
			bar.append(button(kind, "Save " + name + " as " + kind,
					  () => savers[kind](chart)));
		return bar;
	}

	dver.changed = function (chart) {
		chart.resetButton.hidden = !chart.axes.some(
			(a) => chart.zoom[a]);
	};

	/*
	 * What a chart needs, one after another, and many of a kind in one:
	 * a slider may move faster than it is drawn.  Those that nobody can
	 * see wait until somebody can.
	 */
	const NOTHING = 0, UPDATE = 1, DRAW = 2;

	function need(chart, what)
	{
		chart.want = Math.max(chart.want || NOTHING, what);
		work(chart);
	}

	function work(chart)
	{
		if (chart.working || !chart.want || !chart.near)
			return;
		const draw = chart.want === DRAW || !chart.view;

		chart.want = NOTHING;
		chart.working = true;
		chart.done = (draw ? chart.draw() : chart.update()).catch(
			(error) => console.error(error)).then(() => {
			chart.working = false;
			chart.bar.hidden = !!chart.failed;
			work(chart);
		});
	}

	/* The controls of the page. */

	const swatches = new Map();

	function paint()
	{
		for (const [rev, e] of swatches)
			e.style.background = dver.colour(rev);
	}

	let waiting = 0;

	/*
	 * Many moves of a slider are one drawing.  Charts that stand beside
	 * each other are laid out again, so that none leaves its axes behind.
	 */
	function soon()
	{
		if (!waiting)
			waiting = requestAnimationFrame(() => {
				waiting = 0;
				dver.charts.forEach((c) => need(c, c.columns
					? DRAW : UPDATE));
			});
	}

	const buttons = new Map();

	function setHidden(rev, hide)
	{
		toggle(buttons.get(rev), !hide);
		if (hide)
			dver.hidden.add(rev);
		else
			dver.hidden.delete(rev);
		for (const f of document.querySelectorAll("figure[data-rev]"))
			f.hidden = dver.hidden.has(f.dataset.rev);
		soon();
	}

	function revisions()
	{
		const all = dver.revs;

		if (all.length < 2)
			return null;
		const group = make("div", { role: "group", class: "revs",
					    "aria-label": "Revisions" });
		for (const rev of all) {
			const swatch = make("span", { class: "swatch",
						      "aria-hidden": "true" });
			const b = button("", "", () => setHidden(rev,
				!dver.hidden.has(rev)));

			b.append(swatch, make("bdi", {}, rev));
			b.dataset.rev = rev;
			toggle(b, true);
			swatches.set(rev, swatch);
			buttons.set(rev, b);
			group.append(b);
		}
		if (all.length > 3)
			group.append(button("All or none", "", () => {
				const hide = !dver.hidden.size;

				for (const rev of all)
					setHidden(rev, hide);
			}));
		paint();
		dver.dark.addEventListener("change", paint);
		return group;
	}

	function smoothing()
	{
		if (!dver.charts.some((c) => c.lines.length))
			return null;
		const out = make("output", {}, "0");
		const slider = make("input", { type: "range", min: 0, max: 0.99,
					       step: 0.01, value: 0 });
		slider.addEventListener("input", () => {
			dver.smoothing = +slider.value;
			out.textContent = slider.value;
			soon();
		});
		return make("label", { class: "smoothing" }, "Smoothing ",
			    slider, " ", out);
	}

	function controls()
	{
		const parts = [revisions(), smoothing()].filter((p) => p);
		const help = make("details", { class: "help" },
			make("summary", {}, "Help"),
			make("p", {}, "Ctrl and the wheel zoom, or two " +
			     "fingers, or the wheel alone where a chart " +
			     "was clicked; drag to pan, drag with Shift to " +
			     "choose a part, double-click to see all. " +
			     "On a chart: " + KEYS));

		document.querySelector(".charts").before(make("div", {
			class: "controls", role: "region",
			"aria-label": "Controls" }, ...parts, help));
	}

	function add(box)
	{
		let chart;

		try {
			chart = new dver.Chart(box);
		} catch (error) {
			box.classList.add("failed");
			dver.told(box, error);
			return;
		}
		const name = chart.section.querySelector("h2").textContent;

		chart.area = make("div", { class: "area", tabindex: "0",
			role: "group", "aria-roledescription": "chart",
			"aria-label": name + ". " + KEYS });
		chart.bar = tools(chart, name);
		box.querySelector(".still").after(chart.area, chart.bar);
		dver.zoom.attach(chart);
		dver.charts.push(chart);
	}

	function watch()
	{
		const of = new Map(dver.charts.map((c) => [c.box, c]));
		const near = new IntersectionObserver((entries) => {
			for (const e of entries) {
				const c = of.get(e.target);

				c.near = e.isIntersecting;
				work(c);
			}
		}, { rootMargin: "600px" });
		const sizes = new ResizeObserver((entries) => {
			for (const e of entries) {
				const c = of.get(e.target);

				if (c.view && Math.abs(c.width -
					Math.floor(c.box.clientWidth)) > 1)
					need(c, DRAW);
			}
		});

		for (const c of dver.charts) {
			c.want = DRAW;
			near.observe(c.box);
			sizes.observe(c.box);
		}
		dver.dark.addEventListener("change", () => dver.charts
			.filter((c) => c.view).forEach((c) => need(c, DRAW)));
	}

	for (const box of document.querySelectorAll(".chart"))
		if (box.querySelector("script"))
			add(box);
	controls();
	watch();
	document.documentElement.classList.add("live-page");
})();
