/*
 * tfevents - records: a length of 8 bytes, its checksum of 4, the bytes, and
 * their checksum of 4; all little-endian, checksums masked as below so that
 * a checksum of bytes that hold checksums is not weak.
 */
#include "format/tfevents.h"

#include "base/buf.h"
#include "base/crc32c.h"
#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/os.h"
#include "format/tfevents_event.h"

#define READ_SIZE (128u << 10)
#define HEAD_SIZE 12
#define TAIL_SIZE 4

struct tfevents {
	char *name;		/* owned */
	tfevents_fn fn;
	void *data;

	enum { HEAD, BODY, TAIL } part;
	uint64_t at;		/* where the record begins */
	uint64_t len, left;	/* bytes of the body: all, to come */
	uint32_t crc;		/* of the body so far */
	struct buf ends;	/* head or tail, as far as they are here */
	struct buf body;	/* nothing of one that is too large */
	struct buf tag;

	int result;		/* sticky */
	struct dver_err err;	/* its message */
};

bool tfevents_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strstr(slash ? slash : name, ".tfevents.") != NULL;
}

void tfevents_free(struct tfevents *t)
{
	if (!t)
		return;
	buf_release(&t->ends);
	buf_release(&t->body);
	buf_release(&t->tag);
	free(t->name);
	free(t);
}

int tfevents_new(struct tfevents **out, const char *name, tfevents_fn fn,
		 void *data, struct dver_err *err)
{
	AUTO_TFEVENTS struct tfevents *t = calloc(1, sizeof(*t));

	if (!t)
		return err_nomem(err);
	buf_init(&t->ends, HEAD_SIZE);
	buf_init(&t->body, TFEVENTS_RECORD_MAX);
	buf_init(&t->tag, TFEVENTS_TAG_MAX);
	t->fn = fn;
	t->data = data;
	t->name = strdup(name);
	if (!t->name)
		return err_nomem(err);
	*out = TAKE(t);
	return 0;
}

static int bad(struct tfevents *t, const char *what)
{
	return err_set(&t->err, DVER_EFORMAT, "%s: the record at byte %llu %s",
		       t->name, (unsigned long long)t->at, what);
}

static bool matches(uint32_t crc, const char *masked)
{
	uint8_t bytes[4];

	memcpy(bytes, masked, sizeof(bytes));
	return le32_get(bytes) == (crc >> 15 | crc << 17) + 0xa282ead8u;
}

static int head(struct tfevents *t)
{
	uint8_t bytes[8];

	if (!matches(crc32c(0, t->ends.data, 8), t->ends.data + 8))
		return t->at ? bad(t, "has a wrong checksum of its length")
			     : err_set(&t->err, DVER_EFORMAT, "%s: no event "
				       "file of TensorBoard, or damaged: the "
				       "record at byte 0 has a wrong checksum "
				       "of its length", t->name);
	memcpy(bytes, t->ends.data, sizeof(bytes));
	t->len = t->left = le64_get(bytes);
	if (t->len > UINT64_MAX / 2)
		return bad(t, "is too long for any file");
	t->crc = 0;
	t->part = BODY;
	buf_clear(&t->ends);
	buf_clear(&t->body);
	return 0;
}

static int tail(struct tfevents *t)
{
	int r = 0;

	if (!matches(t->crc, t->ends.data))
		return bad(t, "has a wrong checksum");
	if (t->len <= TFEVENTS_RECORD_MAX)
		r = tfevents_event(t->body.data, t->body.len, &t->tag, t->fn,
				   t->data, &t->err);
	if (r == TFEVENTS_NO_EVENT)
		r = bad(t, "is no event");
	t->at += HEAD_SIZE + t->len + TAIL_SIZE;
	t->part = HEAD;
	buf_clear(&t->ends);
	return r;
}

static size_t take(struct tfevents *t, const char *p, size_t len)
{
	size_t want = t->part == HEAD ? HEAD_SIZE : TAIL_SIZE;
	size_t n = MIN(len, want - t->ends.len);

	buf_add(&t->ends, p, n);
	if (!buf_ok(&t->ends))
		t->result = err_nomem(&t->err);
	else if (t->ends.len == want)
		t->result = t->part == HEAD ? head(t) : tail(t);
	return n;
}

static size_t body(struct tfevents *t, const char *p, size_t len)
{
	size_t n = (size_t)MIN(len, t->left);

	t->crc = crc32c(t->crc, p, n);
	t->left -= n;
	if (t->len <= TFEVENTS_RECORD_MAX)
		buf_add(&t->body, p, n);
	if (!buf_ok(&t->body))
		t->result = err_nomem(&t->err);
	if (t->left == 0)
		t->part = TAIL;
	return n;
}

int tfevents_feed(struct tfevents *t, const void *bytes, size_t len,
		  struct dver_err *err)
{
	const char *p = bytes;

	while (t->result == 0 && len > 0) {
		size_t n = t->part == BODY ? body(t, p, len)
					   : take(t, p, len);

		p += n;
		len -= n;
	}
	return t->result < 0 ? err_set(err, t->result, "%s", t->err.msg)
			     : t->result;
}

int tfevents_read(const char *name, int fd, tfevents_fn fn, void *data,
		  struct dver_err *err)
{
	AUTO_FREE char *piece = malloc(READ_SIZE);
	AUTO_TFEVENTS struct tfevents *t = NULL;
	int r = piece ? tfevents_new(&t, name, fn, data, err)
		      : err_nomem(err);

	while (r == 0) {
		ssize_t n = os_read(fd, piece, READ_SIZE);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		if (n == 0)
			break;
		r = tfevents_feed(t, piece, (size_t)n, err);
	}
	return r;
}
