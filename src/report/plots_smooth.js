/*
 * plots_smooth - the smoothing of TensorBoard: an exponential moving average
 * that is corrected for its beginning at 0.
 */
"use strict";

/* In place; a series is what has the same revision, file and column. */
dver.smooth = function (rows, y, weight) {
	const series = new Map();

	for (const row of rows) {
		const key = JSON.stringify([row.rev, row.filename, row.field]);
		const value = row[y];
		let s = series.get(key);

		if (!s)
			series.set(key, s = { last: 0, n: 0 });
		if (typeof value !== "number" || !isFinite(value))
			continue;
		s.last = s.last * weight + (1 - weight) * value;
		s.n++;
		row[y] = s.last / (1 - Math.pow(weight, s.n));
	}
};
