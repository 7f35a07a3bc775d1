/*
 * node vega.js DIR <plots.json: draw each chart of `dver plots --json` with the
 * real Vega of DIR, and tell what is seen: a line of JSON for each.
 */
"use strict";

const fs = require("fs");
const vm = require("vm");

for (const name of ["vega", "vega-lite"]) {
	const file = `${process.argv[2]}/${name}.min.js`;

	vm.runInThisContext(fs.readFileSync(file, "utf8"), file);
}

const said = [];
const logger = {
	level: () => logger,
	error: (...a) => (said.push(a.join(" ")), logger),
	/* There is no window here. */
	warn: (...a) => (/event source: window/.test(a.join(" ")) ||
			 said.push(a.join(" ")), logger),
	info: () => logger,
	debug: () => logger,
};

/* Each mark of a view. */
function walk(item, found)
{
	if (item.marktype && item.marktype !== "group" &&
	    item.role === "mark")
		found.push(item);
	for (const child of item.items || [])
		walk(child, found);
}

async function draw(id, spec)
{
	const vg = /vega-lite/.test(spec.$schema)
		? vegaLite.compile(spec, { logger }).spec : spec;
	const view = new vega.View(vega.parse(vg),
				   { renderer: "none", logger });
	const marks = [], kinds = {}, tips = [];

	await view.runAsync();
	walk(view.scenegraph().root, marks);
	for (const mark of marks) {
		const name = mark.marktype;

		kinds[name] = (kinds[name] || 0) + mark.items.length;
		for (const item of mark.items)
			if (item.tooltip)
				tips.push(item.tooltip);
	}
	const svg = await view.toSVG();
	const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)]
		.map((m) => m[1]);

	/* The paths of lines; points of them are symbols. */
	const lines = [...svg.matchAll(
		/<g class="mark-line[^>]*>(?:<[^>]*>)*?<path d="([^"]*)"/g)]
		.map((m) => m[1]);

	return { id, kinds, tips, texts, lines };
}

(async () => {
	const plots = JSON.parse(fs.readFileSync(0, "utf8"));

	for (const [id, entries] of Object.entries(plots.data))
		for (const e of entries)
			if (e.type === "vega")
				console.log(JSON.stringify(
					await draw(id, e.content)));
	if (said.length)
		throw new Error(said.join("\n"));
})().catch((e) => {
	console.error(e.message);
	process.exit(1);
});
