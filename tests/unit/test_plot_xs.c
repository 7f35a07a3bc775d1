/* plot_xs: x of one file beside y of another, row by row. */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "plot/plot_data.h"
#include "plot/plot_xs.h"

/* As many as are held in memory, one more, and far more. */
static void any_number(void **state)
{
	static const size_t counts[] = { 0, 1, 65536, 65537, 200000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		AUTO_PLOT_XS struct plot_xs *xs = NULL;
		struct dver_err err;
		double x = -1;

		assert_int_equal(plot_xs_new(&xs, &err), 0);
		for (size_t k = 0; k < counts[i]; k++)
			assert_int_equal(plot_xs_add(xs, k % 5 ? (double)k
						     : (double)NAN, &err), 0);
		assert_int_equal(plot_xs_count(xs), counts[i]);
		for (int again = 0; again < 3; again++) {
			/* Once only a part of them. */
			size_t n = again == 1 ? counts[i] / 2 : counts[i];

			assert_int_equal(plot_xs_rewind(xs, &err), 0);
			for (size_t k = 0; k < n; k++) {
				assert_int_equal(plot_xs_next(xs, &x, &err),
						 1);
				assert_true(k % 5 ? fabs(x - (double)k) < 0.1
						  : isnan(x));
			}
			if (n == counts[i])
				assert_int_equal(plot_xs_next(xs, &x, &err),
						 0);
		}
	}
}

static int join(struct plot *to, const char *x_path, const char *x_text,
		const char *y_path, const char *y_text, struct dver_err *err)
{
	AUTO_PLOT_XS struct plot_xs *xs = NULL;
	static const char *const y[] = { "y" };
	struct plot_want get = { .x = "x" };
	struct plot_want want = { .x = "x", .y = y, .n_y = 1,
				  .x_path = x_path };
	int r = plot_xs_new(&xs, err);

	get.collect = want.given = xs;
	if (r == 0)
		r = plot_data_parse(to, x_path, &get, x_text, strlen(x_text),
				    err);
	if (r == 0)
		r = plot_xs_rewind(xs, err);
	return r < 0 ? r : plot_data_parse(to, y_path, &want, y_text,
					   strlen(y_text), err);
}

static void kinds_of_files(void **state)
{
	static const struct {
		const char *x_path, *x, *y_path, *y, *want;
	} cases[] = {
		{ "x.csv", "a,x\n1,10\n1,nan\n1,30\n", "y.json",
		  "[{\"y\": 1}, {\"y\": 2}, {\"y\": 3}]", "10:1 30:3 " },
		{ "x.yaml", "[{x: 5}, {x: 4}]", "y.tsv", "y\tz\n1\t2\n3\t4\n",
		  "4:3 5:1 " },
		{ "x.csv", "x\n2026-11-25\n2026-11-26\n", "y.csv",
		  "y\n1\n2\n", "1795564800:1 1795651200:2 " },
		{ "x.csv", "x\nred\nblue\nred\n", "y.csv", "y\n1\n2\n3\n",
		  "red:1 red:3 blue:2 " },
		{ "x.csv", "x\n1\n2\n", "y.csv", "y\n1\n2\n3\n", "cannot join "
		  "'x' of 'x.csv' and 'y' of 'y.csv': they have 2 and 3 rows" },
		{ "x.csv", "x\n1\n2\n", "y.csv", "y\n1\n", "cannot join "
		  "'x' of 'x.csv' and 'y' of 'y.csv': they have 2 and 1 rows" },
		{ "x.csv", "z\n1\n", "y.csv", "y\n1\n",
		  "x.csv: no column 'x'; there is z" },
		{ "x.json", "[{\"z\": 1}]", "y.csv", "y\n1\n",
		  "x.json: no column 'x'; there is z" },
		{ "x.csv", "x\n1\n", "y.csv", "z\n1\n",
		  "y.csv: no column 'y'; there is z" },
		{ "a.tfevents.b", "", "y.csv", "y\n1\n", "'a.tfevents.b': "
		  "events have their x with them, so it goes with no column "
		  "of another file" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_BUF struct buf out = BUF_BIG;
		struct dver_err err = { 0 };
		AUTO_PLOT struct plot p;
		int r;

		plot_init(&p, PLOT_LINE);
		r = join(&p, cases[i].x_path, cases[i].x, cases[i].y_path,
			 cases[i].y, &err);
		for (size_t k = 0; r == 0 && k < p.v[0].n; k++) {
			struct plot_point at = p.v[0].v[k];

			if (p.x_kind == PLOT_X_LABELS)
				buf_addstr(&out, p.labels.v[(size_t)at.x]);
			else
				buf_addf(&out, "%.13g", at.x);
			buf_addf(&out, ":%g ", at.y);
		}
		assert_string_equal(r < 0 ? err.msg : out.data, cases[i].want);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(any_number), T(kinds_of_files),
	};

	return RUN(tests);
}
