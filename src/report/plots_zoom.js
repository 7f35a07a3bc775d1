/*
 * plots_zoom - wheel, mouse, fingers and keys on a chart.
 *
 * The wheel scrolls the page, or nobody would get past a chart.  It zooms
 * with Ctrl, or in a chart that was clicked, but there not while it was
 * scrolling the page already.
 */
"use strict";

dver.zoom = (function () {
	const PAUSE = 300;	/* ms, that end a turn of the wheel */
	let lastWheel = 0, wheelBox = null;

	/* Logarithmic scales are zoomed as they are drawn. */
	function straight(scale)
	{
		const log = scale.type === "log";

		return { to: (v) => log ? Math.log(v) : +v,
			 from: (v) => log ? Math.exp(v) : v };
	}

	function set(chart, domains)
	{
		for (const axis of Object.keys(domains)) {
			chart.zoom[axis] = domains[axis];
			chart.view.signal("dver_" + axis, domains[axis]);
		}
		chart.box.classList.toggle("zoomed", chart.axes.some(
			(a) => chart.zoom[a]));
		dver.changed(chart);
		return chart.view.runAsync();
	}

	function length(chart, axis)
	{
		return axis === "x" ? chart.view.width() : chart.view.height();
	}

	/*
	 * What is seen between two places of an axis, 0 being where it begins
	 * and 1 where it ends, is all of it then.
	 */
	function part(chart, axis, from, to)
	{
		const scale = chart.view.scale(axis);
		const f = straight(scale);
		const [a, b] = scale.domain().map(f.to);
		const lo = f.from(a + (b - a) * from);
		const hi = f.from(a + (b - a) * to);

		if (!(hi > lo) || !isFinite(lo) || !isFinite(hi) ||
		    hi - lo < 1e-12 * Math.max(Math.abs(hi), Math.abs(lo)))
			return undefined;
		return [lo, hi];
	}

	function parts(chart, places)
	{
		const domains = {};

		for (const axis of chart.axes) {
			const at = places[axis];
			const d = at && part(chart, axis, at[0], at[1]);

			if (d)
				domains[axis] = d;
		}
		return set(chart, domains);
	}

	function by(chart, factor, at)
	{
		const places = {};

		for (const axis of chart.axes)
			if (at[axis] !== undefined)
				places[axis] = [at[axis] - at[axis] * factor,
					at[axis] + (1 - at[axis]) * factor];
		return parts(chart, places);
	}

	function pan(chart, x, y)
	{
		return parts(chart, { x: x ? [x, 1 + x] : undefined,
				      y: y ? [y, 1 + y] : undefined });
	}

	function reset(chart)
	{
		return set(chart, Object.fromEntries(
			chart.axes.map((a) => [a, null])));
	}

	/* Where on the axes the pointer is; beside one axis only the other. */
	function place(chart, event)
	{
		const area = chart.live.querySelector("canvas,svg")
			.getBoundingClientRect();
		const origin = chart.view.origin();
		const x = (event.clientX - area.left - origin[0]) /
			length(chart, "x");
		const y = 1 - (event.clientY - area.top - origin[1]) /
			length(chart, "y");

		return { x: x, y: y,
			 inside: x >= 0 && x <= 1 && y >= 0 && y <= 1,
			 near: x > -0.2 && x <= 1.02 && y > -0.2 && y <= 1.02 };
	}

	/* For those who turned the wheel to zoom. */
	function hint(chart)
	{
		const mac = /Mac/.test(navigator.platform);

		if (!chart.hint) {
			chart.hint = document.createElement("div");
			chart.hint.className = "hint";
			chart.hint.setAttribute("aria-hidden", "true");
			chart.hint.textContent = (mac ? "\u2318" : "Ctrl") +
				" + wheel zooms";
		}
		chart.area.append(chart.hint);
		clearTimeout(chart.hintEnds);
		chart.hintEnds = setTimeout(() => chart.hint.remove(), 1500);
	}

	function onWheel(chart, event)
	{
		const begins = event.timeStamp - lastWheel > PAUSE;
		const at = place(chart, event);
		const asked = event.ctrlKey || event.metaKey;

		if (!asked && document.activeElement !== chart.area) {
			if (at.near && chart.axes.length)
				hint(chart);
			return;
		}
		if (begins || asked)
			wheelBox = chart.axes.length && at.near ? chart : null;
		if (wheelBox !== chart || !chart.view || !at.near)
			return;
		event.preventDefault();
		event.stopPropagation();
		lastWheel = event.timeStamp;
		const lines = event.deltaMode === 1 ? 16 : 1;
		const delta = Math.max(-200, Math.min(200,
			event.deltaY * lines));
		by(chart, Math.pow(1.0025, delta), {
			x: at.x < 0 ? undefined : at.x,
			y: at.y < 0 || event.shiftKey ? undefined : at.y });
	}

	const touches = new Map();

	function onDown(chart, event)
	{
		const at = chart.view && place(chart, event);

		if (!at || !at.inside || event.button !== 0 ||
		    !chart.axes.length)
			return;
		chart.area.focus({ preventScroll: true });
		touches.set(event.pointerId, { x: event.clientX,
					       y: event.clientY });
		chart.drag = { x: event.clientX, y: event.clientY, at: at,
			       box: event.shiftKey, moved: false };
	}

	/* Two fingers: what they hold stays under them. */
	function pinch(chart, event)
	{
		const [a, b] = [...touches.values()];
		const before = Math.hypot(a.x - b.x, a.y - b.y);
		const moved = touches.get(event.pointerId);

		moved.x = event.clientX;
		moved.y = event.clientY;
		const after = Math.hypot(a.x - b.x, a.y - b.y);
		const at = place(chart, { clientX: (a.x + b.x) / 2,
					  clientY: (a.y + b.y) / 2 });
		if (before > 0 && after > 0)
			by(chart, before / after, { x: at.x, y: at.y });
	}

	function onMove(chart, event)
	{
		const drag = chart.drag;

		if (!drag || !touches.has(event.pointerId))
			return;
		if (touches.size === 2) {
			pinch(chart, event);
			return;
		}
		const dx = event.clientX - drag.x;
		const dy = event.clientY - drag.y;
		if (!drag.moved && Math.hypot(dx, dy) < 4)
			return;
		if (!drag.moved)
			chart.live.setPointerCapture(event.pointerId);
		drag.moved = true;
		if (drag.box) {
			band(chart, drag, event);
			return;
		}
		drag.x = event.clientX;
		drag.y = event.clientY;
		pan(chart, -dx / length(chart, "x"),
		    event.pointerType === "touch" ? 0
						  : dy / length(chart, "y"));
	}

	/* Shift and drag: the part that is to be seen. */
	function band(chart, drag, event)
	{
		const area = chart.live.getBoundingClientRect();

		if (!drag.band) {
			drag.band = document.createElement("div");
			drag.band.className = "band";
			chart.live.append(drag.band);
		}
		const style = drag.band.style;
		style.left = Math.min(drag.x, event.clientX) - area.left + "px";
		style.top = Math.min(drag.y, event.clientY) - area.top + "px";
		style.width = Math.abs(drag.x - event.clientX) + "px";
		style.height = Math.abs(drag.y - event.clientY) + "px";
	}

	function onUp(chart, event)
	{
		const drag = chart.drag;

		touches.delete(event.pointerId);
		if (!drag)
			return;
		if (drag.band) {
			const at = place(chart, event);

			drag.band.remove();
			if (event.type === "pointerup")
				parts(chart, {
					x: [Math.min(drag.at.x, at.x),
					    Math.max(drag.at.x, at.x)],
					y: [Math.min(drag.at.y, at.y),
					    Math.max(drag.at.y, at.y)] });
		}
		if (!touches.size)
			chart.drag = null;
	}

	function leave(chart)
	{
		const tip = document.getElementById("vg-tooltip-element");

		if (tip)
			tip.classList.remove("visible");
		if (chart.drag && chart.drag.band)
			chart.drag.band.remove();
		chart.drag = null;
		chart.area.blur();
	}

	const keys = {
		ArrowLeft: (c) => pan(c, -0.1, 0),
		ArrowRight: (c) => pan(c, 0.1, 0),
		ArrowUp: (c) => pan(c, 0, 0.1),
		ArrowDown: (c) => pan(c, 0, -0.1),
		"+": (c) => by(c, 0.8, { x: 0.5, y: 0.5 }),
		"=": (c) => by(c, 0.8, { x: 0.5, y: 0.5 }),
		"-": (c) => by(c, 1.25, { x: 0.5, y: 0.5 }),
		"0": reset,
		Escape: leave,
	};

	function onKey(chart, event)
	{
		const f = keys[event.key];

		if (!f || !chart.view || event.ctrlKey || event.altKey ||
		    event.metaKey || event.target !== chart.area)
			return;
		if (!chart.axes.length && event.key !== "Escape")
			return;
		event.preventDefault();
		f(chart);
	}

	/* In the capturing phase: Vega hears the rest. */
	function attach(chart)
	{
		const area = chart.area;
		const on = (type, f, options) => area.addEventListener(type,
			(event) => { if (chart.live) f(chart, event); },
			options);

		on("wheel", onWheel, { capture: true, passive: false });
		on("pointerdown", onDown, true);
		on("pointermove", onMove, true);
		on("pointerup", onUp, true);
		on("pointercancel", onUp, true);
		on("dblclick", (c) => reset(c), true);
		on("keydown", onKey);
	}

	addEventListener("wheel", (event) => { lastWheel = event.timeStamp; },
			 { passive: true });
	return { attach: attach, reset: reset };
})();
