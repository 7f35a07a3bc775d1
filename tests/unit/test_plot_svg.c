/* plot_svg: well-formed pictures of any data and names, nothing outside. */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "format/xml.h"
#include "plot/plot_svg.h"

struct seen {
	double width, height;
	unsigned lines, dots, bars, marks, texts, titles, style, grids;
	double x;		/* of the <text> that is read */
	char align;		/* of it: middle, end, or at the left */
	struct buf path;	/* of the last line */
	struct buf text;	/* of all <text>, "|" behind each */
	struct buf tips;	/* of all <title> */
};

/* All numbers of path data that are absolute: M, L and pairs behind them. */
static void inside(const struct seen *s, const char *d)
{
	bool absolute = false;
	int n = 0;

	while (*d) {
		char *end;
		double v;

		if (strchr("MLhvlaz", *d)) {
			absolute = *d == 'M' || *d == 'L';
			n = 0;
			d++;
			continue;
		}
		v = strtod(d, &end);
		if (end == d) {
			assert_true(*d == ' ');
			d++;
			continue;
		}
		if (absolute)
			assert_true(v >= 0 && v <= (n % 2 ? s->height
						    : s->width));
		n++;
		d = end;
	}
}

static double number(const struct xml_node *node, const char *name)
{
	const char *text = xml_attr(node, name);
	char *end;
	double v;

	assert_non_null(text);
	v = strtod(text, &end);
	assert_int_equal(*end, '\0');
	return v;
}

static int start(void *data, const struct xml_node *node, struct dver_err *err)
{
	struct seen *s = data;
	const char *class_ = xml_attr(node, "class");

	(void)err;
	assert_string_equal(node->ns, "http://www.w3.org/2000/svg");
	for (size_t i = 0; node->attrs[i]; i += 2) {
		assert_false(str_starts(node->attrs[i], "on"));
		assert_false(streq(node->attrs[i], "href"));
		assert_false(streq(node->attrs[i], "id"));
	}
	if (streq(node->name, "svg")) {
		s->width = number(node, "width");
		s->height = number(node, "height");
	} else if (streq(node->name, "path")) {
		if (class_ && str_starts(class_, "l ")) {
			s->lines++;
			buf_setstr(&s->path, xml_attr(node, "d"));
		}
		s->grids += class_ && streq(class_, "g");
		s->marks += !class_ || str_starts(class_, "p ");
		inside(s, xml_attr(node, "d"));
	} else if (streq(node->name, "circle")) {
		s->dots++;
		assert_true(number(node, "cx") >= 0 &&
			    number(node, "cx") <= s->width &&
			    number(node, "cy") >= 0 &&
			    number(node, "cy") <= s->height);
	} else if (streq(node->name, "text")) {
		s->texts++;
		s->x = number(node, "x");
		s->align = class_[strlen(class_) - 1];
		assert_true(number(node, "x") >= 0 &&
			    number(node, "x") <= s->width &&
			    number(node, "y") >= 0 &&
			    number(node, "y") <= s->height);
	} else if (streq(node->name, "rect") && !streq(class_, "bg")) {
		s->bars++;
		assert_true(number(node, "x") >= 0 && number(node, "width") >
			    0 && number(node, "x") + number(node, "width") <=
			    s->width + 0.1 && number(node, "y") +
			    number(node, "height") <= s->height);
	}
	s->style += streq(node->name, "style");
	s->titles += streq(node->name, "title");
	return 0;
}

static int end(void *data, const struct xml_node *node, struct dver_err *err)
{
	struct seen *s = data;
	bool text = streq(node->name, "text");
	double width = 6.5 * (double)utf8_width(node->text, node->len);

	(void)err;
	/* About: how wide letters are is for the reader's fonts. */
	if (text) {
		s->x -= s->align == 'm' ? width / 2
		      : s->align == 'e' ? width : 0;
		if (s->x < 0 || s->x + width > s->width)
			fail_msg("'%s' is not inside", node->text);
	}
	if (text || streq(node->name, "title"))
		buf_addf(text ? &s->text : &s->tips, "%s|", node->text);
	return 0;
}

static void look(struct seen *s, const struct plot *p, unsigned width)
{
	struct plot_svg_opts opts = { .width = width };
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };

	*s = (struct seen){ .text = BUF_BIG, .tips = BUF_BIG,
			    .path = BUF_BIG };
	assert_int_equal(plot_svg(&out, p, &opts, &err), 0);
	if (xml_parse("svg", out.data, out.len, start, end, s, &err) < 0)
		fail_msg("%s\n%s", err.msg, out.data);
	assert_int_equal(s->style, 1);
	assert_null(strstr(out.data, "<script"));
	assert_null(strstr(out.data, "url("));
	assert_null(strchr(out.data, '\x1b'));
}

static void forget(struct seen *s)
{
	buf_release(&s->text);
	buf_release(&s->path);
	buf_release(&s->tips);
}
#define AUTO_SEEN __attribute__((cleanup(forget)))

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

static const struct plot_point few[] = {
	{ 0, 1 }, { 1, 3 }, { 2, NAN }, { 3, 2 }, { 4, NAN }, { 5, 2.5 },
};

static void begin(struct plot *p, enum plot_kind kind, const char *title)
{
	plot_init(p, kind);
	p->title = strdup(title);
	p->x_label = strdup("epoch");
	p->y_label = strdup("loss");
}

static void lines(void **state)
{
	AUTO_PLOT struct plot p;
	AUTO_SEEN struct seen s;

	(void)state;
	begin(&p, PLOT_LINE, "Loss");
	series(&p, "main", few, ARRAY_SIZE(few));
	look(&s, &p, 0);
	assert_true(s.width >= 720 && s.width <= 720 && s.height >= 380 &&
		    s.height <= 380);
	assert_int_equal(s.lines, 1);
	assert_int_equal(s.dots, 4);	/* no gaps */
	assert_string_equal(s.text.data, "Loss|loss|1.0|1.5|2.0|2.5|3.0|"
			    "0|1|2|3|4|5|epoch|");
	assert_string_equal(s.tips.data,
			    "main|main\nepoch 0: 1|main\nepoch 1: 3|"
			    "main\nepoch 3: 2|main\nepoch 5: 2.5|");
	assert_int_equal(s.grids, 4);
	assert_string_equal(s.path.data, "M45.9 326 175.9 70M436 198h0M696 134"
			    "h0");
}

static void several(void **state)
{
	AUTO_PLOT struct plot p;
	AUTO_SEEN struct seen s;

	(void)state;
	begin(&p, PLOT_LINE, "Loss");
	for (int i = 0; i < PLOT_SERIES_MAX; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "revision-%d", i);
		series(&p, name, few, ARRAY_SIZE(few));
	}
	look(&s, &p, 240);
	assert_int_equal(s.lines, 2 * PLOT_SERIES_MAX);	/* names as well */
	assert_true(s.height > 380);
	assert_non_null(strstr(s.text.data, "|revision-0|revision-1|"));
	assert_non_null(strstr(s.text.data, "|revision-63|"));
}

static void scatters(void **state)
{
	static struct plot_point many[1000];
	AUTO_PLOT struct plot p;
	AUTO_SEEN struct seen s;

	(void)state;
	for (int i = 0; i < 1000; i++)
		many[i] = (struct plot_point){ i, sin(i) };
	begin(&p, PLOT_SCATTER, "Loss");
	series(&p, "few", few, ARRAY_SIZE(few));
	series(&p, "many", many, ARRAY_SIZE(many));
	p.v[1].thinned = true;
	p.v[1].total = 1000000;
	look(&s, &p, 0);
	/* Two in the legend, four that say what they are, one for all. */
	assert_int_equal(s.marks, 2 + 4 + 1);
	assert_int_equal(s.titles, 4 + 1);
	assert_non_null(strstr(s.text.data,
			       "|1,006 of 1,000,006 points|"));
	assert_true(s.height <= 380);
	forget(&s);

	/* Where both have no room, a line of its own. */
	look(&s, &p, 280);
	assert_true(s.height >= 400 && s.height <= 400);
}

static void bars(void **state)
{
	static const struct plot_point a[] = { { 0, 3 }, { 1, -1 }, { 0, 4 } };
	AUTO_PLOT struct plot p;
	AUTO_SEEN struct seen s;

	(void)state;
	begin(&p, PLOT_BAR, "Gain");
	assert_true(strvec_push(&p.labels, "age"));
	assert_true(strvec_push(&p.labels, "<height>"));
	series(&p, "HEAD", a, ARRAY_SIZE(a));
	look(&s, &p, 0);
	assert_int_equal(s.bars, 2);
	assert_string_equal(s.text.data, "Gain|-1|0|1|2|3|4|epoch|age|4|"
			    "<height>|-1|loss|");
	assert_string_equal(s.tips.data, "HEAD\nage: 4|HEAD\n<height>: -1|");
	forget(&s);

	while (p.labels.n < PLOT_LABELS_MAX)
		assert_true(strvec_push(&p.labels, "x"));
	look(&s, &p, 0);
	assert_non_null(strstr(s.text.data, "|100 of 1,000 labels|"));
}

/* Anything: each must be well-formed, and inside its frame. */
static void odd_charts(void **state)
{
	static const char *const names[] = {
		"", "</svg><script>alert(1)</script>", "\x1b[2J\xff\x01",
		"]]>&amp;\"'", "a very long name that goes on and on and on",
	};
	static const struct plot_point odd[][3] = {
		{ { 0, 0 }, { 0, 0 }, { 0, 0 } },
		{ { -1e308, 1e308 }, { 0, -1e308 }, { 1e308, 0 } },
		{ { 0, NAN }, { 1, NAN }, { 2, NAN } },
		{ { 1e-310, 1e-320 }, { 2e-310, 2e-320 }, { 1, 1 } },
		{ { 1e15, 1e15 }, { 1e15 + 1, 1e15 + 1 }, { 2e15, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < 5 * 5 * 3 * 4; i++) {
		enum plot_kind kind = (enum plot_kind)(i % 3);
		const char *name = names[i / 3 % 5];
		AUTO_PLOT struct plot p;
		AUTO_SEEN struct seen s;

		begin(&p, kind, name);
		if (i / 75 == 3) {
			free(p.title);
			free(p.x_label);
			free(p.y_label);
			p.title = p.x_label = p.y_label = NULL;
		}
		if (i / 75 == 2) {
			p.x_kind = PLOT_X_LABELS;
			assert_true(strvec_push(&p.labels, name));
			series(&p, name, odd[0], 3);
		} else if (kind != PLOT_BAR) {
			for (size_t k = 0; k < i / 75; k++)
				series(&p, name, odd[i / 15 % 5], 3);
		}
		look(&s, &p, i % 2 ? 0 : 240);
		assert_int_equal(strstr(s.text.data, "no data") != NULL,
				 p.n == 0 || isnan(p.v[0].v[0].y));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(lines), T(several), T(scatters), T(bars), T(odd_charts),
	};

	return RUN(tests);
}
