/* plot_thin: few points that look like many, and how many they are. */
#include "tests/harness.h"

#include <math.h>

#include "plot/plot_thin.h"

struct points { struct plot_point *v; size_t n; };

static void release(struct points *p)
{
	free(p->v);
}
#define AUTO_POINTS __attribute__((cleanup(release)))

static void add(struct plot_thin *t, double x, double y)
{
	struct plot_point p = { x, y };

	assert_int_equal(plot_thin_add(t, p, NULL), 0);
}

static struct plot_thin *begin(bool cloud, size_t max)
{
	struct plot_thin *t = NULL;

	assert_int_equal(plot_thin_new(&t, cloud, max, NULL), 0);
	return t;
}

static void finish(struct plot_thin *t, struct points *out)
{
	assert_int_equal(plot_thin_finish(t, &out->v, &out->n, NULL), 0);
	for (size_t i = 0; i < out->n; i++)
		assert_true(isfinite(out->v[i].x) && !isinf(out->v[i].y));
}

static bool same(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static bool has(const struct points *p, double x, double y)
{
	for (size_t i = 0; i < p->n; i++)
		if (same(p->v[i].x, x) && same(p->v[i].y, y))
			return true;
	return false;
}

/* Numbers that look random, the same ones each time. */
static double noise(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15u;
	i = (i ^ i >> 31) * 0xbf58476d1ce4e5b9u;
	return (double)((i ^ i >> 29) >> 11) / 9007199254740992.0;
}

static void few_stay(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(false, 20);
	AUTO_POINTS struct points p = { NULL, 0 };

	(void)state;
	for (int i = 0; i < 20; i++)
		add(t, i, i % 7 == 3 ? NAN : noise((uint64_t)i));
	assert_false(plot_thin_many(t));
	finish(t, &p);
	assert_int_equal(p.n, 20);
	for (int i = 0; i < 20; i++) {
		assert_true(same(p.v[i].x, i));
		assert_int_equal(isnan(p.v[i].y) != 0, i % 7 == 3);
	}
}

static void none(void **state)
{
	for (int cloud = 0; cloud < 2; cloud++) {
		AUTO_PLOT_THIN struct plot_thin *t = begin(cloud, 0);
		AUTO_POINTS struct points p = { NULL, 9 };

		(void)state;
		finish(t, &p);
		assert_int_equal(p.n, 0);
	}
}

/* Whatever is asked for and however many come: no more, and not far fewer. */
static void counts(void **state)
{
	(void)state;
	for (size_t max = 16; max < 400; max += 7)
		for (size_t n = 1; n < 20000; n = n * 3 + 1)
			for (int cloud = 0; cloud < 2; cloud++) {
				AUTO_PLOT_THIN struct plot_thin *t =
					begin(cloud, max);
				AUTO_POINTS struct points p = { NULL, 0 };

				for (size_t i = 0; i < n; i++)
					add(t, cloud ? noise(i + n)
						     : (double)i, noise(i));
				finish(t, &p);
				assert_true(p.n <= max);
				assert_true(p.n >= MIN(n, max / 6));
			}
}

/* A million points: every peak, the ends, and nothing that was not there. */
static void peaks_stay(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(false, 2000);
	AUTO_POINTS struct points p = { NULL, 0 };
	size_t n = 1000000;

	(void)state;
	for (size_t i = 0; i < n; i++)
		add(t, (double)i, i % 49999 == 17 ? 5 + noise(i)
		    : i % 49999 == 31000 ? -5 - noise(i) : noise(i));
	assert_true(plot_thin_many(t));
	finish(t, &p);
	assert_true(p.n > 500);
	for (size_t i = 0; i < n; i++)
		if (i % 49999 == 17)
			assert_true(has(&p, (double)i, 5 + noise(i)));
		else if (i % 49999 == 31000)
			assert_true(has(&p, (double)i, -5 - noise(i)));
	assert_true(has(&p, 0, noise(0)));
	assert_true(has(&p, (double)n - 1, noise(n - 1)));
	for (size_t i = 0; i < p.n; i++) {
		size_t at = (size_t)p.v[i].x;

		assert_true(i == 0 || p.v[i].x > p.v[i - 1].x);
		assert_true(at % 49999 == 17 || at % 49999 == 31000 ||
			    same(p.v[i].y, noise(at)));
	}
}

static void long_gaps_stay(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(false, 200);
	AUTO_POINTS struct points p = { NULL, 0 };
	size_t gaps = 0;

	(void)state;
	for (int i = 0; i < 100000; i++)
		add(t, i, i < 9000 || (i > 40000 && i < 50000) ||
		    (i > 70000 && i < 80000) || i == 90000 || i > 95000
		    ? (i % 2 ? NAN : INFINITY) : 1);
	finish(t, &p);
	for (size_t i = 0; i < p.n; i++)
		if (isnan(p.v[i].y)) {
			gaps++;
			assert_true(i > 0 && i + 1 < p.n);
			assert_true(!isnan(p.v[i + 1].y));
			assert_true(p.v[i + 1].x >= 50000);
		}
	assert_int_equal(gaps, 2);	/* a single lost one cannot be seen */
}

/* As long as half a stretch of ten points, or of twenty, at either end. */
static void gaps_at_ends_of_stretches(void **state)
{
	static const struct { int n, from, to; } cases[] = {
		{ 150, 5, 9 }, { 150, 20, 24 }, { 300, 30, 39 },
		{ 300, 40, 49 }, { 300, 60, 69 },
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		AUTO_PLOT_THIN struct plot_thin *t = begin(false, 100);
		AUTO_POINTS struct points p = { NULL, 0 };
		size_t gaps = 0;

		for (int i = 0; i < cases[c].n; i++)
			add(t, i, i >= cases[c].from && i <= cases[c].to
			    ? NAN : noise((uint64_t)i));
		finish(t, &p);
		for (size_t i = 0; i < p.n; i++) {
			if (!isnan(p.v[i].y))
				continue;
			gaps++;
			assert_true(p.v[i - 1].x < cases[c].from &&
				    p.v[i + 1].x > cases[c].to);
		}
		assert_int_equal(gaps, 1);
	}
}

static void lines_are_ordered(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(false, 100);
	AUTO_POINTS struct points p = { NULL, 0 };
	static const int x[] = { 3, 1, 2, 1, 5, 4, 0, 1 };

	(void)state;
	for (int i = 0; i < 8; i++)
		add(t, x[i], i);
	finish(t, &p);
	assert_int_equal(p.n, 8);
	assert_true(has(&p, 3, 0));
	for (size_t i = 1; i < p.n; i++)
		assert_true(p.v[i - 1].x < p.v[i].x ||
			    (same(p.v[i - 1].x, p.v[i].x) &&
			     p.v[i - 1].y < p.v[i].y));
}

/* A run that began again further back. */
static void runs_given_up(void **state)
{
	(void)state;
	for (int n = 50; n <= 5000; n *= 10)
		for (int cloud = 0; cloud < 2; cloud++) {
			AUTO_PLOT_THIN struct plot_thin *t = begin(cloud, 100);
			AUTO_POINTS struct points p = { NULL, 0 };
			bool old = false, again = false;

			for (int i = 0; i < n; i++)
				add(t, i, noise((uint64_t)i));
			plot_thin_cut(t, n / 2);
			for (int i = n / 2; i < n; i++)
				add(t, i, 2 + noise((uint64_t)i));
			finish(t, &p);
			assert_true(p.n <= 100 && p.n > 10);
			for (size_t i = 0; i < p.n; i++) {
				old |= p.v[i].x < n / 2;
				again |= p.v[i].x >= n / 2;
				assert_int_equal(p.v[i].x >= n / 2,
						 p.v[i].y >= 2);
			}
			assert_true(old && again);
		}
}

/* The same points again, of the run that was given up. */
static void the_same_points_again(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(true, 50);
	AUTO_POINTS struct points p = { NULL, 0 };
	bool again = false;

	(void)state;
	for (int run = 0; run < 2; run++) {
		for (int i = 0; i < 500; i++)
			add(t, i, noise((uint64_t)i));
		plot_thin_cut(t, run ? 1000 : 100);
	}
	finish(t, &p);
	for (size_t i = 0; i < p.n; i++)
		again |= p.v[i].x >= 100;
	assert_true(again);
}

/* What is apart stays; where points are, points are left. */
static void clouds(void **state)
{
	AUTO_PLOT_THIN struct plot_thin *t = begin(true, 2000);
	AUTO_POINTS struct points p = { NULL, 0 };
	bool cell[8][8] = { { false } };
	size_t n = 300000;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		add(t, noise(2 * i), noise(2 * i + 1));
		if (i % 100 == 50)
			add(t, noise(2 * i), NAN);
	}
	add(t, 7, -3);
	finish(t, &p);
	assert_true(p.n <= 2000 && p.n > 100);
	assert_true(has(&p, 7, -3));
	for (size_t i = 0; i < p.n; i++)
		if (p.v[i].x < 1)
			cell[(int)(p.v[i].x * 8)][(int)(p.v[i].y * 8)] = true;
	for (int i = 0; i < 64; i++)
		assert_true(cell[i / 8][i % 8]);
}

/* Points that are all one, on a line, or at the ends of what there is. */
static void odd_clouds(void **state)
{
	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		AUTO_PLOT_THIN struct plot_thin *t = begin(true, 50);
		AUTO_POINTS struct points p = { NULL, 0 };

		for (uint64_t i = 0; i < 3000; i++) {
			double r = noise(i);

			switch (kind) {
			case 0: add(t, 1, 2); break;
			case 1: add(t, 1, r); break;
			case 2: add(t, r * 2e307 - 1e307, r * 1e-320); break;
			case 3: add(t, r, i < 60 ? r : 1e308 * r); break;
			}
		}
		finish(t, &p);
		assert_true(p.n <= 50 && p.n >= 1);
		if (kind > 0)
			assert_true(p.n > 5);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(few_stay), T(none), T(counts), T(peaks_stay),
		T(long_gaps_stay), T(gaps_at_ends_of_stretches),
		T(lines_are_ordered), T(runs_given_up),
		T(the_same_points_again), T(clouds), T(odd_clouds),
	};

	return RUN(tests);
}
