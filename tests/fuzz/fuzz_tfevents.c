/*
 * Event files.  The first byte chooses: the framing, fed in pieces and whole,
 * or the message of one record, which no mutation of a framed one would reach
 * past its checksum.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/tfevents_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int show(void *data, const struct tfevents_value *v,
		struct dver_err *err)
{
	(void)err;
	buf_addf(data, "%s %lld %a %a\n", v->tag ? v->tag : "(again)",
		 (long long)v->step, v->wall_time, v->value);
	return 0;
}

static int feed(struct buf *out, const uint8_t *data, size_t len, size_t step,
		struct dver_err *err)
{
	AUTO_TFEVENTS struct tfevents *t = NULL;
	int r = tfevents_new(&t, "ev", show, out, err);

	for (size_t i = 0; i < len && r == 0; i += step)
		r = tfevents_feed(t, data + i, MIN(step, len - i), err);
	return r;
}

static void framing(const uint8_t *data, size_t len, size_t step)
{
	AUTO_BUF struct buf whole = BUF_BIG, pieces = BUF_BIG;
	struct dver_err one = { 0 }, many = { 0 };
	int a = feed(&whole, data, len, len + 1, &one);
	int b = feed(&pieces, data, len, step, &many);

	if (a != b || !streq(one.msg, many.msg) ||
	    (a != 0 && a != DVER_EFORMAT) ||
	    !streq(whole.data, pieces.data))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	AUTO_BUF struct buf tag = BUF_INIT(TFEVENTS_TAG_MAX), out = BUF_BIG;
	struct dver_err err = { 0 };
	int r;

	if (len == 0)
		return 0;
	if (data[0] & 1) {
		framing(data + 1, len - 1, 1 + (data[0] >> 1) % 40);
		return 0;
	}
	r = tfevents_event(data + 1, len - 1, &tag, show, &out, &err);
	if (r != 0 && r != TFEVENTS_NO_EVENT)
		abort();
	return 0;
}
