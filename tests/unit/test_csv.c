/* csv: rows of tables in text, in pieces and whole, and what is refused. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/csv.h"

/* Each field as [text], "[text]" when it was quoted; each row with its line. */
static int show(void *data, const struct csv_row *row, struct dver_err *err)
{
	struct buf *out = data;

	(void)err;
	buf_addf(out, "%llu:", (unsigned long long)row->line);
	for (size_t i = 0; i < row->n; i++) {
		const struct csv_field *f = &row->v[i];

		assert_int_equal(f->text[f->len], 0);
		buf_addf(out, f->quoted ? "\"%s\"" : "[%s]", f->text);
	}
	buf_addc(out, ' ');
	return 0;
}

/* As csv_parse(), fed `step` bytes at a time. */
static int in_pieces(const char *name, const char *text, size_t len,
		     size_t step, const struct csv_opts *opts,
		     struct buf *out, struct dver_err *err)
{
	AUTO_CSV struct csv *c = NULL;
	int r = csv_new(&c, name, opts, show, out, err);

	for (size_t i = 0; i < len && r == 0; i += step)
		r = csv_feed(c, text + i, MIN(step, len - i), err);
	return r != 0 ? r : csv_finish(c, err);
}

static const struct good {
	const char *text, *rows;
} good[] = {
	{ "", "" },
	{ "\n\r\n\r", "" },
	{ "\xef\xbb\xbf", "" },
	{ "\xef\xbb", "1:[\xef\xbb] " },
	{ "\xef\xbb" "a,b\n", "1:[\xef\xbb" "a][b] " },
	{ "\xef\xbb\xbf" "a,b\n1,2\n", "1:[a][b] 2:[1][2] " },
	{ "\xef\xbb\xbf\"a\",b\n", "1:\"a\"[b] " },
	{ "a\xef\xbb\xbf\n", "1:[a\xef\xbb\xbf] " },
	{ "a,b\n1,2", "1:[a][b] 2:[1][2] " },
	{ "a,b\r\n1,2\r\n", "1:[a][b] 2:[1][2] " },
	{ "a,b\r1,2\r", "1:[a][b] 2:[1][2] " },
	{ "a\r\r\nb\n\r\nc", "1:[a] 3:[b] 5:[c] " },
	{ "a,b\n\n1,2\n\n", "1:[a][b] 3:[1][2] " },
	{ ",\n", "1:[][] " },
	{ "a,", "1:[a][] " },
	{ ",,\n,,", "1:[][][] 2:[][][] " },
	{ "\"\"\n", "1:\"\" " },
	{ "\"\"", "1:\"\" " },
	{ "\"a,b\",c\n", "1:\"a,b\"[c] " },
	{ "\"a\"\"b\",\"\"\"\"\n", "1:\"a\"b\"\"\"\" " },
	{ "\"a\nb\",c\nd,e\n", "1:\"a\nb\"[c] 3:[d][e] " },
	{ "\"a\r\nb\",c\r\nd,e", "1:\"a\r\nb\"[c] 3:[d][e] " },
	{ "a\"b\"c, \"d\n", "1:[a\"b\"c][ \"d] " },
	{ " a , b \n", "1:[ a ][ b ] " },
	{ "a\tb,c\n", "1:[a\tb][c] " },
	{ "a;b\n", "1:[a;b] " },
	{ "\xff\xfe,\xe9\n", "1:[\xff\xfe][\xe9] " },
};

static void reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		const char *text = good[i].text;
		struct dver_err err = { 0 };

		for (size_t step = 1; step <= strlen(text) + 1; step++) {
			AUTO_BUF struct buf out = BUF_BIG;

			if (in_pieces("m.csv", text, strlen(text), step, NULL,
				      &out, &err) < 0)
				fail_msg("%s\n%s", text, err.msg);
			assert_string_equal(out.data, good[i].rows);
		}
	}
}

static const struct bad {
	const char *text, *message;
	size_t len;		/* 0: to the NUL */
} bad[] = {
	{ "a,b\n1\n", "m.csv:2: 1 field, but 2 in the first row", 0 },
	{ "a\n\n1,2,3", "m.csv:3: 3 fields, but 1 in the first row", 0 },
	{ "a,b\n\"x\ny\"\n", "m.csv:2: 1 field, but 2 in the first row", 0 },
	{ "a\n\"b\n\nc", "m.csv:2: a quote that is never closed", 0 },
	{ "\"", "m.csv:1: a quote that is never closed", 0 },
	{ "a,\"b\nc\"d\n", "m.csv:2: text behind a closing quote (a quote "
			   "inside quotes is doubled)", 0 },
	{ "\"a\" ,b\n", "m.csv:1: text behind a closing quote (a quote inside "
			"quotes is doubled)", 0 },
	{ "a\nb\0c", "m.csv:2: a NUL, so this is no table in text (or it is "
		     "UTF-16)", 5 },
	{ "\xff\xfe" "a\0,\0", "m.csv:1: a NUL, so this is no table in text "
			       "(or it is UTF-16)", 6 },
	{ "\"a\0b\"", "m.csv:1: a NUL inside quotes", 5 },
	{ "\"a\n\0\n\"", "m.csv:2: a NUL inside quotes", 6 },
	{ "\"a\"\0", "m.csv:1: a NUL, so this is no table in text (or it is "
		     "UTF-16)", 4 },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		size_t len = bad[i].len ? bad[i].len : strlen(bad[i].text);

		for (size_t step = 1; step <= len; step++) {
			AUTO_BUF struct buf out = BUF_BIG;
			struct dver_err err = { 0 };
			int r = in_pieces("m.csv", bad[i].text, len, step,
					  NULL, &out, &err);

			assert_int_equal(r, DVER_EFORMAT);
			assert_string_equal(err.msg, bad[i].message);
		}
	}
}

/* An error stays, whatever comes after it. */
static void first_error_stays(void **state)
{
	AUTO_BUF struct buf out = BUF_BIG;
	AUTO_CSV struct csv *c = NULL;
	struct dver_err err = { 0 };

	(void)state;
	assert_int_equal(csv_new(&c, "m.csv", NULL, show, &out, &err), 0);
	assert_int_equal(csv_feed(c, "a\nb,c\n", 6, &err), DVER_EFORMAT);
	err = (struct dver_err){ 0 };
	assert_int_equal(csv_feed(c, "d\n", 2, &err), DVER_EFORMAT);
	assert_int_equal(csv_finish(c, &err), DVER_EFORMAT);
	assert_string_equal(err.msg,
			    "m.csv:2: 2 fields, but 1 in the first row");
	assert_string_equal(out.data, "1:[a] ");
}

static void ragged(void **state)
{
	static const struct csv_opts opts = { .ragged = true };
	static const char text[] = "a,b\n1\n1,2,3\n";
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	assert_int_equal(csv_parse("m.csv", text, strlen(text), &opts, show,
				   &out, &err), 0);
	assert_string_equal(out.data, "1:[a][b] 2:[1] 3:[1][2][3] ");
}

static void delimiters(void **state)
{
	static const struct {
		const char *name;
		char given;
		const char *rows;
	} cases[] = {
		{ "m.csv", 0, "1:[a;b\tc|d][e] " },
		{ "m.tsv", 0, "1:[a;b][c|d,e] " },
		{ "dir.tsv/M.TSV", 0, "1:[a;b][c|d,e] " },
		{ "m.tab", 0, "1:[a;b][c|d,e] " },
		{ "tsv", 0, "1:[a;b\tc|d][e] " },
		{ "m.tsv", ',', "1:[a;b\tc|d][e] " },
		{ "m.csv", ';', "1:[a][b\tc|d,e] " },
		{ "m.csv", '|', "1:[a;b\tc][d,e] " },
	};
	static const char text[] = "a;b\tc|d,e\n";
	static const char none[] = "\"\r\n\xa7";
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct csv_opts opts = { .delimiter = cases[i].given };
		AUTO_BUF struct buf out = BUF_BIG;

		assert_int_equal(csv_parse(cases[i].name, text, strlen(text),
					   &opts, show, &out, &err), 0);
		assert_string_equal(out.data, cases[i].rows);
	}
	for (size_t i = 0; none[i]; i++) {
		struct csv_opts opts = { .delimiter = none[i] };

		assert_int_equal(csv_parse("m", "", 0, &opts, show, NULL,
					   &err), DVER_EINVAL);
	}
}

/* Rows and fields have a limit, and memory with them. */
static void limits(void **state)
{
	AUTO_BUF struct buf text = BUF_BIG, out = BUF_BIG;
	struct dver_err err;

	(void)state;
	buf_addstr(&text, "a\n");
	for (size_t i = 0; i < CSV_FIELDS_MAX; i++)
		buf_addc(&text, ',');
	assert_int_equal(csv_parse("m.csv", text.data, text.len, NULL, show,
				   &out, &err), DVER_EFORMAT);
	assert_string_equal(err.msg, "m.csv:2: more than 262144 fields");

	buf_truncate(&text, 2);
	while (text.len < CSV_ROW_MAX + 2)
		buf_addstr(&text, "0123456789abcdef");
	buf_truncate(&text, CSV_ROW_MAX + 1);
	assert_int_equal(csv_parse("m.csv", text.data, text.len, NULL, show,
				   &out, &err), 0);
	buf_addc(&text, 'x');
	assert_int_equal(csv_parse("m.csv", text.data, text.len, NULL, show,
				   &out, &err), DVER_EFORMAT);
	assert_string_equal(err.msg, "m.csv:2: the row is longer than 4 MiB");
}

static int first_only(void *data, const struct csv_row *row,
		      struct dver_err *err)
{
	(void)show(data, row, err);
	return 1;
}

static int no(void *data, const struct csv_row *row, struct dver_err *err)
{
	(void)data;
	return err_set(err, DVER_ECONFLICT, "no row %llu",
		       (unsigned long long)row->line);
}

static void callers_stop(void **state)
{
	static const char text[] = "a\nb,c\n\"";
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	assert_int_equal(csv_parse("m.csv", text, strlen(text), NULL,
				   first_only, &out, &err), 1);
	assert_string_equal(out.data, "1:[a] ");
	assert_int_equal(csv_parse("m.csv", text, strlen(text), NULL, no,
				   NULL, &err), DVER_ECONFLICT);
	assert_string_equal(err.msg, "no row 1");
}

static int count(void *data, const struct csv_row *row, struct dver_err *err)
{
	uint64_t *sum = data;
	char want[32];

	(void)err;
	assert_int_equal(row->n, 3);
	(void)snprintf(want, sizeof(want), "%llu",
		       (unsigned long long)row->line);
	assert_string_equal(row->v[0].text, want);
	*sum += row->line;
	return 0;
}

/* A file of many pieces, and one that cannot be read. */
static void files(void **state)
{
	AUTO_CLOSE int fd = -1;
	AUTO_BUF struct buf text = BUF_BIG;
	struct dver_err err;
	uint64_t sum = 0;

	(void)state;
	for (int i = 1; i <= 100000; i++)
		buf_addf(&text, "%d\t0.5\t\"x\"\r\n", i);
	spit("m.tsv", text.data);
	fd = open("m.tsv", O_RDONLY | O_CLOEXEC);
	assert_int_equal(csv_read("m.tsv", fd, NULL, count, &sum, &err), 0);
	assert_int_equal(sum, 100000ull * 100001 / 2);

	assert_int_equal(close(fd), 0);
	fd = open(".", O_RDONLY | O_CLOEXEC);
	assert_int_equal(csv_read("m.tsv", fd, NULL, count, &sum, &err),
			 DVER_EIO);
	assert_string_equal(err.msg, "cannot read 'm.tsv': Is a directory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(reads), T(refuses), T(first_error_stays), T(ragged),
		T(delimiters), T(limits), T(callers_stop), T(files),
	};

	return RUN(tests);
}
