/* plot_ema: lines smoothed as TensorBoard does, before they are thinned. */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "plot/plot_data.h"
#include "plot/plot_ema.h"

#define MANY 20000

static double value(size_t i)
{
	return i % 7 == 3 ? (double)NAN : (double)(i * i % 1009) / 7 - 20;
}

/* The sum that the recurrence stands for, of values up to the k-th. */
static double wanted(double weight, size_t k)
{
	double sum = 0, all = 0, w = 1;

	if (isnan(value(k)))
		return (double)NAN;
	for (size_t i = k + 1; i > 0 && w > 1e-18; i--) {
		if (isnan(value(i - 1)))
			continue;
		sum += w * value(i - 1);
		all += w;
		w *= weight;
	}
	return sum / all;
}

static bool same(double a, double b)
{
	return isnan(a) ? isnan(b) : fabs(a - b) < 1e-9;
}

/* What TensorBoard's formula gives by hand for 1, 2, 4 and 0.5. */
static void by_hand(void **state)
{
	static const double y[] = { 1, 2, NAN, 4 };
	static const double want[] = { 1, 5. / 3, NAN, 3 };
	struct plot_ema *e = plot_ema_new(0.5);

	(void)state;
	assert_non_null(e);
	assert_true(plot_ema_constant(e));
	for (size_t i = 0; i < ARRAY_SIZE(y); i++)
		assert_true(same(plot_ema_next(e, (struct plot_point){
			(double)i, y[i] }), want[i]));
	assert_false(plot_ema_constant(e));
	plot_ema_free(e);
}

static void as_the_sum(void **state)
{
	static const double weights[] = { 0.001, 0.3, 0.6, 0.9, 0.999 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(weights); k++) {
		struct plot_ema *e = plot_ema_new(weights[k]);

		assert_non_null(e);
		for (size_t i = 0; i < 400; i++)
			assert_true(same(plot_ema_next(e, (struct plot_point){
				(double)i, value(i) }), wanted(weights[k],
							       i)));
		plot_ema_free(e);
	}
}

/* What was given up leaves no trace; too long ago, all begins anew. */
static void goes_back(void **state)
{
	struct plot_ema *e = plot_ema_new(0.9);

	(void)state;
	assert_non_null(e);
	for (size_t i = 0; i < MANY; i++)
		(void)plot_ema_next(e, (struct plot_point){ (double)i,
							    value(i) });
	plot_ema_cut(e, MANY);
	plot_ema_cut(e, MANY - 3000);
	for (size_t i = MANY - 3000; i < MANY; i++)
		assert_true(same(plot_ema_next(e, (struct plot_point){
			(double)i, value(i) }), wanted(0.9, i)));
	plot_ema_cut(e, 5);
	assert_true(same(plot_ema_next(e, (struct plot_point){ 5, 8 }), 8));
	plot_ema_cut(e, 0);
	plot_ema_cut(e, 0);
	assert_true(same(plot_ema_next(e, (struct plot_point){ 0, 3 }), 3));
	plot_ema_free(e);
}

static int load(struct plot *p, const struct buf *text)
{
	struct plot_want want = { .points = 100, .smooth = 0.9 };
	struct dver_err err;

	return plot_data_parse(p, "m.csv", &want, text->data, text->len,
			       &err);
}

/* Of the few points that are left each is the average of all rows before. */
static void before_thinning(void **state)
{
	AUTO_BUF struct buf text = BUF_BIG;
	AUTO_PLOT struct plot p;

	(void)state;
	buf_addstr(&text, "y\n");
	for (size_t i = 0; i < MANY; i++)
		buf_addf(&text, "%.17g\n", value(i));
	plot_init(&p, PLOT_LINE);
	assert_int_equal(load(&p, &text), 0);
	assert_int_equal(p.n, 1);
	assert_true(p.v[0].thinned && p.v[0].n <= 100 && p.v[0].n_raw <= 100 &&
		    p.v[0].n > 50 && p.v[0].n_raw > 50);
	for (size_t i = 0; i < p.v[0].n; i++)
		assert_true(isnan(p.v[0].v[i].y) ||
			    same(p.v[0].v[i].y,
				 wanted(0.9, (size_t)p.v[0].v[i].x)));
	for (size_t i = 0; i < p.v[0].n_raw; i++)
		assert_true(isnan(p.v[0].raw[i].y) ||
			    same(p.v[0].raw[i].y,
				 value((size_t)p.v[0].raw[i].x)));
}

/* A line of 0.1 stays exactly that; points are none of lines. */
static void left_alone(void **state)
{
	AUTO_BUF struct buf text = BUF_BIG;

	(void)state;
	buf_addstr(&text, "y\n");
	for (size_t i = 0; i < 1000; i++)
		buf_addstr(&text, i % 3 ? "0.1\n" : "nan\n");
	for (int kind = PLOT_LINE; kind <= PLOT_SCATTER; kind++) {
		AUTO_PLOT struct plot p;

		plot_init(&p, (enum plot_kind)kind);
		assert_int_equal(load(&p, &text), 0);
		assert_int_equal(p.v[0].n_raw > 0, kind == PLOT_LINE);
		for (size_t i = 0; i < p.v[0].n; i++)
			assert_true(isnan(p.v[0].v[i].y) ||
				    !(p.v[0].v[i].y > 0.1 ||
				      p.v[0].v[i].y < 0.1));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(by_hand), T(as_the_sum), T(goes_back), T(before_thinning),
		T(left_alone),
	};

	return RUN(tests);
}
