/*
 * Tables in text.  The first byte chooses delimiter and raggedness, the
 * second the size of the pieces: in pieces or whole, the rows are the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int row(void *data, const struct csv_row *row, struct dver_err *err)
{
	struct buf *out = data;

	(void)err;
	if (row->n == 0)
		abort();
	for (size_t i = 0; i < row->n; i++) {
		if (strlen(row->v[i].text) != row->v[i].len)
			abort();
		buf_addf(out, "%d%zu", row->v[i].quoted, row->v[i].len);
		buf_add(out, row->v[i].text, row->v[i].len + 1);
	}
	buf_addf(out, "%llu\n", (unsigned long long)row->line);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_BUF struct buf whole = BUF_BIG, pieces = BUF_BIG;
	AUTO_CSV struct csv *c = NULL;
	struct dver_err one = { 0 }, many = { 0 };
	struct csv_opts opts = { 0 };
	size_t step;
	int a, b = 0;

	if (len < 2)
		return 0;
	opts.delimiter = data[0] & 1 ? '\t' : ',';
	opts.ragged = data[0] & 2;
	step = 1 + data[1] % 9u;
	data += 2;
	len -= 2;
	a = csv_parse("t.csv", data, len, &opts, row, &whole, &one);
	if (csv_new(&c, "t.csv", &opts, row, &pieces, NULL) < 0)
		return 0;
	for (size_t i = 0; i < len && b == 0; i += step)
		b = csv_feed(c, data + i, MIN(step, len - i), &many);
	if (b == 0)
		b = csv_finish(c, &many);
	if (a != b || strcmp(one.msg, many.msg) != 0 ||
	    (a < 0 && a != DVER_EFORMAT) || whole.len != pieces.len ||
	    memcmp(whole.data, pieces.data, whole.len) != 0)
		abort();
	return 0;
}
