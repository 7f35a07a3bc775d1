/* tfevents: scalars of real event files, cut, damaged and hostile ones. */
#include "tests/harness.h"

#include "base/buf.h"
#include "base/crc32c.h"
#include "format/tfevents.h"
#include "tests/unit/tfevents_files.h"

/* RFC 3720, appendix B.4; and the value that everybody gives as "check". */
static void checksums(void **state)
{
	static const uint8_t command[48] = {
		0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
		0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t bytes[32] = { 0 };

	(void)state;
	assert_int_equal(crc32c(0, "", 0), 0);
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, 32), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(crc32c(0, bytes, 32), 0x46dd794e);
	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(31 - i);
	assert_int_equal(crc32c(0, bytes, 32), 0x113fdb5c);
	assert_int_equal(crc32c(0, command, 48), 0xd9963a56);
	for (size_t i = 0; i <= 48; i++)
		assert_int_equal(crc32c(crc32c(0, command, i), command + i,
					48 - i), 0xd9963a56);
}

static int show(void *data, const struct tfevents_value *v,
		struct dver_err *err)
{
	struct buf *out = data;

	(void)err;
	if (v->tag)
		buf_addf(out, "%s@%lld=%.17g\n", v->tag, (long long)v->step,
			 v->value);
	else
		buf_addf(out, "again@%lld\n", (long long)v->step);
	return 0;
}

static int feed(struct buf *out, const void *bytes, size_t len, size_t step,
		struct dver_err *err)
{
	AUTO_TFEVENTS struct tfevents *t = NULL;
	const uint8_t *p = bytes;
	int r = tfevents_new(&t, "ev", show, out, err);

	for (size_t i = 0; i < len && r == 0; i += step)
		r = tfevents_feed(t, p + i, MIN(step, len - i), err);
	return r;
}

#define TYPES(last) \
	"float64@%d=1.0000000000000001e+300\nint32@%d=-7\nuint8@%d=200\n" \
	"int16@%d=-300\nint8@%d=-5\nint64@%d=-1099511627776\nbool@%d=1\n" \
	"bfloat16@%d=1.5\nuint16@%d=60000\nfloat16@%d=-0.25\n" \
	"uint32@%d=4000000000\nuint64@%d=9.2233720368547758e+18\n" last

static const struct real {
	const unsigned char *bytes;
	size_t len;
	int first, more;	/* steps of the types */
	const char *points;
} real[] = {
	{ file_tensorboardx, sizeof(file_tensorboardx), 0, 0,
	  "loss@0=1\neval/acc@0=0\nloss@1=0.5\neval/acc@10=nan\n"
	  "loss@2=0.3333333432674408\neval/acc@20=inf\nloss@3=0.25\n"
	  "eval/acc@30=-2.5\nbig_step@-3=7\n" },
	{ file_restart, sizeof(file_restart), 0, 0, "again@2\nloss@2=0.25\n" },
	{ file_tensorboard, sizeof(file_tensorboard), 0, 0,
	  "loss@0=0\nloss@1=0.5\nloss@2=-1.25\n" },
	{ file_tensorflow, sizeof(file_tensorflow), 5, 0,
	  "loss@0=0\nloss@1=0.5\nloss@2=-1.25\nfloat32@5=0.5\n"
	  TYPES("bare@6=3\n") },
	{ file_lists, sizeof(file_lists), 1, 1, "float32@0=0.5\n" TYPES("") },
};

/* Put the steps of the types into the text. */
static void expected(struct buf *out, const struct real *f)
{
	int step = f->first;

	for (const char *p = f->points; *p; p++) {
		if (*p != '%') {
			buf_addc(out, *p);
			continue;
		}
		buf_addf(out, "%d", step);
		step += f->more;
		p++;
	}
}

static void reads_real_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(real); i++) {
		AUTO_BUF struct buf want = BUF_BIG;

		expected(&want, &real[i]);
		for (size_t step = 1; step < 60; step++) {
			AUTO_BUF struct buf out = BUF_BIG;
			struct dver_err err = { 0 };

			if (feed(&out, real[i].bytes, real[i].len, step,
				 &err) != 0)
				fail_msg("%s", err.msg);
			assert_string_equal(out.data, want.data);
		}
	}
}

static int times(void *data, const struct tfevents_value *v,
		 struct dver_err *err)
{
	double *sum = data;

	(void)err;
	if (streq(v->tag, "loss"))
		*sum += v->wall_time - 1700000000;
	return streq(v->tag, "big_step");
}

static void has_wall_times(void **state)
{
	AUTO_TFEVENTS struct tfevents *t = NULL;
	struct dver_err err;
	double sum = 0;

	(void)state;
	assert_int_equal(tfevents_new(&t, "ev", times, &sum, &err), 0);
	assert_int_equal(tfevents_feed(t, file_tensorboardx,
				       sizeof(file_tensorboardx), &err), 1);
	assert_true(sum >= 8.0 && sum <= 8.0);
}

/* Cut anywhere: the points up to there, and no complaint. */
static void still_being_written(void **state)
{
	AUTO_BUF struct buf want = BUF_BIG;
	size_t before = 0;

	(void)state;
	expected(&want, &real[0]);
	for (size_t len = 0; len <= real[0].len; len++) {
		AUTO_BUF struct buf out = BUF_BIG;
		struct dver_err err;

		assert_int_equal(feed(&out, real[0].bytes, len, SIZE_MAX / 2,
				      &err), 0);
		assert_memory_equal(out.data, want.data, out.len);
		assert_true(out.len >= before);
		before = out.len;
	}
	assert_int_equal(before, want.len);
}

/* One bit wrong anywhere: the record is named, and nothing of it is told. */
static void damaged(void **state)
{
	uint8_t bytes[sizeof(file_tensorboardx)];
	size_t len = sizeof(bytes), at = 0, next;

	(void)state;
	for (size_t i = 0; i < len; i++) {
		AUTO_BUF struct buf out = BUF_BIG, want = BUF_BIG;
		struct dver_err err;
		char record[64];

		next = at + 16 + file_tensorboardx[at];
		if (i == next)
			at = next;
		memcpy(bytes, file_tensorboardx, len);
		bytes[i] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(feed(&out, bytes, len, len, &err),
				 DVER_EFORMAT);
		(void)snprintf(record, sizeof(record),
			       "the record at byte %zu has a wrong", at);
		assert_non_null(strstr(err.msg, record));
		assert_int_equal(feed(&want, bytes, at, len, &err), 0);
		assert_string_equal(out.data, want.data);
	}
}

static void add_crc(struct buf *out, const void *bytes, size_t len)
{
	uint32_t crc = crc32c(0, bytes, len);

	buf_add_le32(out, (crc >> 15 | crc << 17) + 0xa282ead8u);
}

static void record(struct buf *out, const void *body, size_t len)
{
	size_t at = out->len;

	buf_add_le64(out, len);
	add_crc(out, out->data + at, 8);
	buf_add(out, body, len);
	add_crc(out, body, len);
}

/* A record, and what an event after it says. */
static const struct odd {
	const char *body;
	size_t len;
	const char *says;	/* points, or an error */
} odd[] = {
#define BODY(text) text, sizeof(text) - 1
	{ BODY(""), "" },
	{ BODY("\x10\x05"), "" },
	{ BODY("\x2a\x08\x0a\x06\x15\0\0\0\x40\x10\x01"), "is no event" },
	{ BODY("\x2a\x07\x0a\x05\x15\0\0\0\x40"), "@0=2\n" },
	{ BODY("\x2a\x0a\x0a\x08\x0a\x01t\x15\0\0\0\x40\x10\x85\0"),
	  "t@5=2\n" },
	{ BODY("\x2a\x0a\x0a\x08\x0a\x01\0\x15\0\0\0\x40"), "is no event" },
	{ BODY("\x2a\x7f"), "is no event" },
	{ BODY("\x0b"), "is no event" },
	{ BODY("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	  "is no event" },
	{ BODY("hello, world"), "is no event" },
	/* A float tensor without a list is zero; a shape of [2] is none. */
	{ BODY("\x2a\x0b\x0a\x09\x0a\x01t\x42\x04\x08\x01\x12\0"),
	  "t@0=0\n" },
	{ BODY("\x2a\x0f\x0a\x0d\x0a\x01t\x42\x08\x08\x01\x12\x04\x12\x02"
	       "\x08\x02"), "" },
	/* One number that is not packed. */
	{ BODY("\x2a\x0e\x0a\x0c\x0a\x01t\x42\x07\x08\x01\x2d\0\0\0\x40"),
	  "t@0=2\n" },
};

static void odd_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		AUTO_BUF struct buf text = BUF_BIG, out = BUF_BIG;
		struct dver_err err = { 0 };

		record(&text, odd[i].body, odd[i].len);
		if (feed(&out, text.data, text.len, 7, &err) == 0)
			assert_string_equal(out.data, odd[i].says);
		else
			assert_string_equal(strrchr(err.msg, '0') + 2,
					    odd[i].says);
	}
}

/* More than memory is spent on: checked, and passed over. */
static void large_records(void **state)
{
	size_t len = TFEVENTS_RECORD_MAX + 1;
	AUTO_FREE char *body = calloc(len, 1);
	AUTO_BUF struct buf text = BUF_BIG, out = BUF_BIG;
	struct dver_err err;

	(void)state;
	assert_non_null(body);
	record(&text, body, len);
	buf_add(&text, file_tensorboard, sizeof(file_tensorboard));
	assert_int_equal(feed(&out, text.data, text.len, 65536, &err), 0);
	assert_string_equal(out.data, "loss@0=0\nloss@1=0.5\nloss@2=-1.25\n");

	text.data[len] ^= 1;
	assert_int_equal(feed(&out, text.data, text.len, 65536, &err),
			 DVER_EFORMAT);
	assert_string_equal(err.msg,
			    "ev: the record at byte 0 has a wrong checksum");
}

static void files(void **state)
{
	static const char name[] = "events.out.tfevents.1.host";
	AUTO_CLOSE int fd = -1;
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	assert_true(tfevents_name("runs/events.out.tfevents.1.host.1.0.v2"));
	assert_false(tfevents_name("a.tfevents.d/m.csv"));
	assert_false(tfevents_name("tfevents"));
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, file_tensorboard, sizeof(file_tensorboard)),
			 sizeof(file_tensorboard));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(tfevents_read(name, fd, show, &out, &err), 0);
	assert_string_equal(out.data, "loss@0=0\nloss@1=0.5\nloss@2=-1.25\n");
	assert_int_equal(close(fd), 0);

	spit("m.csv", "step,loss\n1,2\n");
	fd = open("m.csv", O_RDONLY | O_CLOEXEC);
	assert_int_equal(tfevents_read("m.csv", fd, show, &out, &err),
			 DVER_EFORMAT);
	assert_string_equal(err.msg, "m.csv: no event file of TensorBoard, or "
			    "damaged: the record at byte 0 has a wrong "
			    "checksum of its length");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(checksums), T(reads_real_files), T(has_wall_times),
		T(still_being_written), T(damaged), T(odd_records),
		T(large_records), T(files),
	};

	return RUN(tests);
}
