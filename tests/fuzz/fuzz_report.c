/*
 * Files of metrics and parameters of all kinds: the first byte chooses.  What
 * could be read has names in order and no name twice; what could not has a
 * problem and nothing else.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/compare.h"
#include "report/flat.h"
#include "report/tracked.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(const struct flat *f)
{
	AUTO_BUF struct buf text = BUF_BIG;

	if (f->problem && (f->n || f->code >= 0))
		abort();
	for (size_t i = 0; i < f->n; i++) {
		const struct dver_value *v = &f->v[f->sorted[i]].value;
		struct dver_value d;

		if (i && strcmp(f->v[f->sorted[i - 1]].name,
				f->v[f->sorted[i]].name) >= 0)
			abort();
		if (!compare_equal(v, v))
			abort();
		if (compare_difference(v, v, &text, &d) &&
		    fpclassify(d.number) != FP_ZERO)
			abort();
	}
}

static void read_lock(const uint8_t *data, size_t len)
{
	struct tracked *t = NULL;
	struct dver_err err;

	if (tracked_read(&t, "d/dver.lock", (const char *)data, len,
			 &err) == 0)
		(void)tracked_holding(t, "d/m/x.json");
	tracked_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const names[] = {
		"m.json", "m.yaml", "m.toml", "m.py", "m.csv", "m.tsv", "m",
		"events.out.tfevents.1.x"
	};
	char *keys[] = { (char[]){ "a.b" }, (char[]){ "l.0" } };
	const struct strvec some = { keys, ARRAY_SIZE(keys), 0 };
	AUTO_FLAT struct flat *f = NULL;
	const char *name;
	enum dver_values what;

	if (len == 0)
		return 0;
	if (data[0] == 255) {
		read_lock(data + 1, len - 1);
		return 0;
	}
	name = names[data[0] % ARRAY_SIZE(names)];
	what = data[0] & 64 ? DVER_PARAMS : DVER_METRICS;
	if (flat_read(&f, what, name, data[0] & 32 ? &some : NULL,
		      (const char *)data + 1, len - 1, NULL, NULL) == 0)
		check(f);
	return 0;
}
