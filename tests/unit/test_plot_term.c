/*
 * plot_term: charts of text against plot_term.txt, and what is true of all.
 * After a change that is meant, look at what
 *	PLOT_TERM_WRITE=1 build/release-cc/tests/test_plot_term
 * makes of that file; both are run from the top of the source.
 */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "base/os.h"
#include "base/utf8.h"
#include "plot/plot_term.h"

#define GOLDEN "tests/unit/plot_term.txt"

static char *golden;	/* of the file; NULL: write it anew */
static struct buf drawn = BUF_BIG;

static void series(struct plot *p, const char *name,
		   const struct plot_point *v, size_t n)
{
	AUTO_PLOT_SERIES struct plot_series s = {
		.name = strdup(name), .v = mem_array(n + 1, sizeof(*v)),
		.n = n, .total = n
	};

	memcpy(s.v, v, n * sizeof(*v));
	assert_int_equal(plot_add(p, &s, NULL), 0);
}

/* A falling curve, the faster the larger `k`: whole numbers, for all libms. */
static void curve(struct plot *p, const char *name, int k, bool gap)
{
	struct plot_point v[60];

	for (int i = 0; i < 60; i++)
		v[i] = (struct plot_point){ i, gap && i > 20 && i < 30
			? NAN : 200.0 * k / (i + k) / 100 };
	series(p, name, v, 60);
}

static void begin(struct plot *p, enum plot_kind kind, const char *title)
{
	plot_init(p, kind);
	p->title = strdup(title);
	p->x_label = strdup("epoch");
	p->y_label = strdup("loss");
}

static void labels(struct plot *p, const char *const *names)
{
	p->x_kind = PLOT_X_LABELS;
	for (; *names; names++)
		assert_true(strvec_push(&p->labels, *names));
}

static void chart(const char *name, const struct plot *p,
		  const struct plot_term_opts *opts)
{
	AUTO_BUF struct buf head = BUF_BIG, out = BUF_BIG;
	const char *want, *end;
	struct dver_err err;

	buf_addf(&head, "== %s\n", name);
	assert_int_equal(plot_term(&out, p, opts, &err), 0);
	if (!golden) {
		buf_addf(&drawn, "%s%s", head.data, out.data);
		return;
	}
	want = strstr(golden, head.data);
	assert_non_null(want);
	want += head.len;
	end = strstr(want, "\n== ");
	end = end ? end + 1 : want + strlen(want);
	if ((size_t)(end - want) != out.len ||
	    memcmp(want, out.data, out.len) != 0)
		fail_msg("%s is not as in " GOLDEN ":\n%s", name, out.data);
}

static void lines(void **state)
{
	static const struct plot_term_opts small = { 60, 14, false, false };
	static const struct plot_term_opts ascii = { 60, 14, true, false };
	static const struct plot_term_opts colour = { 60, 14, false, true };
	AUTO_PLOT struct plot p;

	(void)state;
	begin(&p, PLOT_LINE, "Training");
	curve(&p, "main", 8, true);
	chart("one line, with a gap", &p, &small);
	chart("one line in ASCII", &p, &ascii);
	chart("one line, no options", &p, NULL);
	curve(&p, "exp-lr-0.01", 3, false);
	curve(&p, "workspace", 20, false);
	p.v[1].thinned = true;
	p.v[1].total = 1000000;
	chart("several lines", &p, &small);
	chart("several lines in ASCII", &p, &ascii);
	chart("several lines in colour", &p, &colour);
}

static void points(void **state)
{
	static const struct plot_term_opts small = { 60, 14, false, false };
	struct plot_point v[40];
	AUTO_PLOT struct plot p;

	(void)state;
	for (int i = 0; i < 40; i++)
		v[i] = (struct plot_point){ i * 37 % 101, i * 61 % 97 };
	begin(&p, PLOT_SCATTER, "Points");
	series(&p, "main", v, 40);
	chart("points", &p, &small);
}

static void words(void **state)
{
	static const char *const names[] = { "main", "\xe6\x97\xa5\xe6\x9c\xac",
		"a-branch-with-a-long-name", "v1.0", "v2.0", NULL };
	static const struct plot_point v[] = {
		{ 0, 1 }, { 1, 3 }, { 2, 2 }, { 3, 5 }, { 4, 4 },
	};
	static const struct plot_term_opts small = { 60, 12, false, false };
	AUTO_PLOT struct plot p;

	(void)state;
	begin(&p, PLOT_LINE, "Labels");
	labels(&p, names);
	series(&p, "main", v, 5);
	chart("words at the x axis", &p, &small);
}

static void bars(void **state)
{
	static const char *const names[] = { "age", "\xe6\x97\xa5\xe6\x9c\xac",
		"\x1b[31mred", "weight", NULL };
	static const struct plot_point a[] = {
		{ 0, 12000 }, { 1, -5300.5 }, { 2, 800 }, { 3, 0 },
	};
	static const struct plot_point b[] = { { 0, 9000 }, { 3, -2000 } };
	static const struct plot_term_opts small = { 60, 12, false, false };
	static const struct plot_term_opts ascii = { 60, 12, true, false };
	AUTO_PLOT struct plot p;

	(void)state;
	begin(&p, PLOT_BAR, "Gain");
	labels(&p, names);
	series(&p, "HEAD", a, 4);
	chart("bars", &p, &small);
	series(&p, "workspace", b, 2);
	chart("bars of two", &p, &small);
	chart("bars of two in ASCII", &p, &ascii);
}

static void nothing(void **state)
{
	static const struct plot_term_opts small = { 40, 8, false, false };
	AUTO_PLOT struct plot p, bar;

	(void)state;
	begin(&p, PLOT_LINE, "Nothing");
	chart("no data", &p, &small);
	begin(&bar, PLOT_BAR, "Nothing");
	chart("no bars", &bar, &small);
}

/* Is it text of lines that fit, with nothing that a terminal obeys? */
static void fits(const struct plot *p, const struct plot_term_opts *o)
{
	AUTO_BUF struct buf out = BUF_BIG;
	size_t n = 0;
	char *line;

	assert_int_equal(plot_term(&out, p, o, NULL), 0);
	assert_true(out.len > 0 && out.data[out.len - 1] == '\n');
	assert_true(utf8_valid(out.data, out.len));
	for (line = out.data; *line; n++) {
		char *end = strchr(line, '\n');

		assert_true(utf8_width(line, (size_t)(end - line)) <=
			    o->width);
		assert_true(end == line || end[-1] != ' ');
		for (; line < end; line++) {
			assert_true((unsigned char)*line >= 0x20);
			assert_true(!o->ascii || (*line & 0x80) == 0);
		}
		line++;
	}
	if (p->kind != PLOT_BAR && p->n < 2)
		assert_true(n <= o->height);
}

static const struct plot_point odd[][3] = {
	{ { 0, 1 }, { 1, 2 }, { 2, 5 } },
	{ { -1e308, 1e308 }, { 0, -1e308 }, { 1e308, 0 } },
	{ { 0, NAN }, { 1, NAN }, { 2, NAN } },
	{ { 1e-310, 1e-320 }, { 2e-310, 2e-320 }, { 1, 1 } },
	{ { 1e15, 1e15 }, { 1e15 + 1, 1e15 + 1 }, { 2e15, 0 } },
	{ { 5, 7 }, { 5, 7 }, { 5, 7 } },
};

static void all_fit(void **state)
{
	static const char *const names[] = {
		"", "\x1b[2J\xff\x01\xc2\x9b", "a name that goes on and on "
		"and on and on and on and on and on", NULL
	};
	static const unsigned widths[] = { 24, 31, 80, 200 };
	static const unsigned heights[] = { 8, 9, 20, 61 };

	(void)state;
	for (unsigned i = 0; i < 6 * 3 * 3 * 4 * 4 * 4; i += 5) {
		struct plot_term_opts o = { widths[i % 4], heights[i / 4 % 4],
					    i / 16 % 2, false };
		const char *name = names[i / 64 % 3];
		AUTO_PLOT struct plot p;

		begin(&p, (enum plot_kind)(i / 192 % 3), name);
		if (i / 32 % 2 || p.kind == PLOT_BAR) {
			labels(&p, names);
			series(&p, name, odd[0], 3);
			series(&p, name, odd[0], 3);
		} else {
			series(&p, name, odd[i / 576 % 6], 3);
		}
		fits(&p, &o);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(lines), T(points), T(words), T(bars), T(nothing),
		T(all_fit),
	};
	FILE *f = NULL;
	size_t len;
	int failed;

	/* Each test has a folder of its own; the file is found from here. */
	if (getenv("PLOT_TERM_WRITE"))
		f = fopen(GOLDEN, "we");
	else
		(void)os_slurp(&golden, &len, GOLDEN, 1 << 20, NULL);
	if (!f && !golden) {
		(void)fprintf(stderr, "cannot open " GOLDEN "\n");
		return 1;
	}
	failed = RUN(tests);
	if (f) {
		(void)fwrite(drawn.data, 1, drawn.len, f);
		(void)fclose(f);
	}
	buf_release(&drawn);
	free(golden);
	return failed;
}
