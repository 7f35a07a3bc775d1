/*
 * plot_svg, plot_term: are colours told apart, by people who see colours as
 * most do and by those who do not, on light ground and on dark?
 *
 * Other vision is simulated as G. Machado, M. Oliveira and L. Fernandes do
 * ("A Physiologically-based Model for Simulation of Color Vision Deficiency",
 * 2009; severity 1); distances are those of CIE L*a*b*, contrast is that of
 * WCAG 2.
 */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "plot/plot_svg.h"
#include "plot/plot_term.h"

#define COLOURS 8
#define APART 16	/* two of Okabe and Ito's own come as close as that */
#define CONTRAST 2.6

struct rgb { double v[3]; };

static const double visions[][3][3] = {
	{ { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
	{ { 0.152286, 1.052583, -0.204868 },	/* no red */
	  { 0.114503, 0.786281, 0.099216 },
	  { -0.003882, -0.048116, 1.051998 } },
	{ { 0.367322, 0.860646, -0.227968 },	/* no green */
	  { 0.280085, 0.672501, 0.047413 },
	  { -0.011820, 0.042940, 0.968881 } },
	{ { 1.255528, -0.076749, -0.178779 },	/* no blue */
	  { -0.078411, 0.930809, 0.147602 },
	  { 0.004733, 0.691367, 0.303900 } },
};

/* "#rrggbb" of sRGB as light. */
static struct rgb colour(const char *hex)
{
	struct rgb out;

	assert_int_equal(*hex, '#');
	for (int i = 0; i < 3; i++) {
		char byte[3] = { hex[1 + 2 * i], hex[2 + 2 * i], '\0' };
		double c = (double)strtoul(byte, NULL, 16) / 255;

		out.v[i] = c <= 0.04045 ? c / 12.92
					: pow((c + 0.055) / 1.055, 2.4);
	}
	return out;
}

static double luminance(struct rgb c)
{
	return 0.2126 * c.v[0] + 0.7152 * c.v[1] + 0.0722 * c.v[2];
}

static double contrast(struct rgb a, struct rgb b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return fmax(x, y) / fmin(x, y);
}

static double root(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static void lab(struct rgb c, const double m[3][3], double out[3])
{
	double v[3], x, y, z;

	for (int i = 0; i < 3; i++)
		v[i] = fmin(1, fmax(0, m[i][0] * c.v[0] + m[i][1] * c.v[1] +
				       m[i][2] * c.v[2]));
	x = root((0.4124 * v[0] + 0.3576 * v[1] + 0.1805 * v[2]) / 0.9505);
	y = root(0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]);
	z = root((0.0193 * v[0] + 0.1192 * v[1] + 0.9505 * v[2]) / 1.089);
	out[0] = 116 * y - 16;
	out[1] = 500 * (x - y);
	out[2] = 200 * (y - z);
}

static void apart(const struct rgb v[COLOURS])
{
	for (size_t k = 0; k < ARRAY_SIZE(visions); k++)
		for (int i = 0; i < COLOURS; i++)
			for (int j = 0; j < i; j++) {
				double a[3], b[3];

				lab(v[i], visions[k], a);
				lab(v[j], visions[k], b);
				assert_true(hypot(hypot(a[0] - b[0],
							a[1] - b[1]),
						  a[2] - b[2]) >= APART);
			}
}

/* The colours of a style, from where it begins. */
static void style(const char *text)
{
	const char *ground = strstr(text, ".bg{fill:");
	struct rgb v[COLOURS];

	assert_non_null(ground);
	for (int i = 0; i < COLOURS; i++) {
		char rule[32];
		const char *at;
		int len = snprintf(rule, sizeof(rule), ".c%d{stroke:", i);

		at = strstr(text, rule);
		assert_non_null(at);
		v[i] = colour(at + len);
		assert_true(contrast(v[i], colour(ground + 9)) >= CONTRAST);
	}
	apart(v);
}

static void of_pictures(void **state)
{
	AUTO_BUF struct buf out = BUF_BIG;
	AUTO_PLOT struct plot p;
	const char *dark;

	(void)state;
	plot_init(&p, PLOT_LINE);
	assert_int_equal(plot_svg(&out, &p, NULL, NULL), 0);
	dark = strstr(out.data, "@media (prefers-color-scheme:dark)");
	assert_non_null(dark);
	style(out.data);
	style(dark);
}

/* A colour of the cube of xterm's 256. */
static struct rgb xterm(unsigned n)
{
	static const unsigned levels[] = { 0, 95, 135, 175, 215, 255 };
	char hex[16];

	assert_in_range(n, 16, 231);
	n -= 16;
	(void)snprintf(hex, sizeof(hex), "#%02x%02x%02x", levels[n / 36],
		       levels[n / 6 % 6], levels[n % 6]);
	return colour(hex);
}

static void of_terminals(void **state)
{
	static const struct plot_term_opts opts = { .colour = true };
	AUTO_BUF struct buf out = BUF_BIG;
	struct rgb v[COLOURS];
	AUTO_PLOT struct plot p;
	const char *at;

	(void)state;
	plot_init(&p, PLOT_LINE);
	for (int i = 0; i < COLOURS; i++) {
		AUTO_PLOT_SERIES struct plot_series s = {
			.name = strdup("x")
		};

		assert_int_equal(plot_add(&p, &s, NULL), 0);
	}
	assert_int_equal(plot_term(&out, &p, &opts, NULL), 0);
	at = out.data;
	for (int i = 0; i < COLOURS; i++) {
		at = strstr(at, "\x1b[38;5;");
		assert_non_null(at);
		at += 7;
		v[i] = xterm((unsigned)strtoul(at, NULL, 10));
		assert_true(contrast(v[i], colour("#000000")) >= 2 &&
			    contrast(v[i], colour("#ffffff")) >= 2);
	}
	apart(v);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(of_pictures), T(of_terminals),
	};

	return RUN(tests);
}
