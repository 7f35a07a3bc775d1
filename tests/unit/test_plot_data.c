/* plot_data: files of all kinds into series, and what cannot be plotted. */
#include "tests/harness.h"

#include <math.h>

#include "base/buf.h"
#include "plot/plot_data.h"
#include "tests/unit/tfevents_files.h"

/* "x label/y label name (x y) (label y) (x gap)", a line a series. */
static void show(struct buf *out, const struct plot *p)
{
	buf_addf(out, "%s/%s%s", p->x_label, p->y_label ? p->y_label : "",
		 p->x_kind == PLOT_X_TIMES ? " time" : "");
	for (size_t i = 0; i < p->n; i++) {
		const struct plot_series *s = &p->v[i];

		buf_addf(out, "\n%s", s->name);
		for (size_t k = 0; k < s->n; k++) {
			if (p->x_kind == PLOT_X_LABELS)
				buf_addf(out, " (%s ", p->labels.v[
					 (size_t)s->v[k].x]);
			else
				buf_addf(out, " (%.13g ", s->v[k].x);
			if (isnan(s->v[k].y))
				buf_addstr(out, "-)");
			else
				buf_addf(out, "%.12g)", s->v[k].y);
		}
	}
}

struct test {
	const char *path, *text;
	const char *x, *y, *y2, *name;
	bool no_header;
	double smooth;
	const char *want;	/* what it shows, or the error */
};

static struct buf notes = BUF_BIG;

static int note(void *data, const char *text, struct dver_err *err)
{
	buf_addf(data, "\n! %s", text);
	return buf_check(data, err);
}

static int load(struct plot *p, const struct test *c, const char *text,
		size_t len, struct dver_err *err)
{
	const char *const y[] = { c->y, c->y2 };
	struct plot_want want = { .x = c->x, .y = y, .name = c->name,
				  .n_y = (size_t)!!c->y + !!c->y2,
				  .smooth = c->smooth,
				  .tell = note, .tell_data = &notes,
				  .no_header = c->no_header };

	buf_clear(&notes);
	assert_true(buf_ok(&notes));
	return plot_data_parse(p, c->path, &want, text, len, err);
}

static void run(const struct test *c, size_t n)
{
	for (; n > 0; c++, n--) {
		AUTO_PLOT struct plot p;
		AUTO_BUF struct buf out = BUF_BIG;
		struct dver_err err = { 0 };
		int r;

		plot_init(&p, PLOT_LINE);
		r = load(&p, c, c->text, strlen(c->text), &err);
		if (r == 0)
			show(&out, &p);
		if (r == 0 && notes.len)
			buf_addstr(&out, notes.data);
		if (r < 0)
			assert_true(p.n == 0 && p.labels.n == 0 &&
				    p.x_kind == PLOT_X_OPEN);
		assert_string_equal(r == 0 ? out.data : err.msg, c->want);
	}
}

#define LOSS "epoch,loss,acc\n10,0.5,0.1\n20,0.25,0.2\n"

static void tables(void **state)
{
	static const struct test cases[] = {
		{ "m.csv", LOSS, .want = "step/acc\nacc (0 0.1) (1 0.2)" },
		{ "m.csv", LOSS, "epoch",
		  .want = "epoch/acc\nacc (10 0.1) (20 0.2)" },
		{ "m.csv", LOSS, "epoch", "loss", .name = "main",
		  .want = "epoch/loss\nmain (10 0.5) (20 0.25)" },
		{ "m.csv", LOSS, NULL, "acc", "loss",
		  .want = "step/\nacc (0 0.1) (1 0.2)\nloss (0 0.5) "
			  "(1 0.25)" },
		{ "m.csv", LOSS, NULL, "acc", "loss", "v1",
		  .want = "step/\nv1: acc (0 0.1) (1 0.2)\nv1: loss (0 0.5) "
			  "(1 0.25)" },
		{ "m.tsv", "step\tvalue\r\n7\t1e-3\r\n", "step",
		  .want = "step/value\nvalue (7 0.001)" },
		{ "m.csv", "1,2\n3,4\n", .no_header = true,
		  .want = "step/1\n1 (0 2) (1 4)" },
		{ "m.csv", "1,2\n3,4\n", "1", "0", .no_header = true,
		  .want = "1/0\n0 (2 1) (4 3)" },
		{ "m.csv", "v\n1\n\n2\n", .want = "step/v\nv (0 1) (1 2)" },
		{ "m.csv", "v,w\n1,\n 2 , nan \n3,-Inf\n,4\n5,NA\n", "v",
		  .want = "v/w\nw (1 -) (2 -) (3 -) (5 -)" },
		{ "m.csv", "x,y\n3,1\n1,2\n2,3\n", "x",
		  .want = "x/y\ny (1 2) (2 3) (3 1)" },
		{ "m.csv", "k,y\nb,1\na,2\n7,3\nb,4\n,5\n", "k",
		  .want = "k/y\ny (b 1) (b 4) (a 2) (7 3)" },
		{ "m.csv", "t,y\n2026-11-25,1\n2026-11-25 00:00:01.5Z,2\n"
			   ",3\n1970-01-01,4\n", "t",
		  .want = "t/y time\ny (0 4) (1795564800 1) "
			  "(1795564801.5 2)" },
		{ "m.csv", "t,y\nnew,1\n2026-11-25,2\n", "t",
		  .want = "t/y\ny (new 1) (2026-11-25 2)" },
		{ "m.csv", "y\n", .want = "step/y\ny" },
		{ "m.csv", "y\n+.5\n", .want = "step/y\ny (0 0.5)" },

		{ "m.csv", "", .want = "m.csv: a row with the names of the "
				       "columns was expected, found the end" },
		{ "m.csv", LOSS, NULL, "los",
		  .want = "m.csv: no column 'los'; there is epoch, loss, acc" },
		{ "m.csv", LOSS, "ep",
		  .want = "m.csv: no column 'ep'; there is epoch, loss, acc" },
		{ "m.csv", "1,2\n", NULL, "2", .no_header = true,
		  .want = "m.csv: no column '2'; there is 0, 1" },
		{ "m.csv", "a,b\n1,2\n2,0x10\n3,4\n4,-\n5,x\n",
		  .want = "step/b\nb (0 2) (1 -) (2 4) (3 -) (4 -)\n"
			  "! m.csv:3: '0x10' in column 'b' is no number: left "
			  "out, as are 2 more rows" },
		{ "m.csv", "a,b\n1,x\n2,\n",
		  .want = "step/b\nb (0 -) (1 -)\n"
			  "! m.csv:2: 'x' in column 'b' is no number: left "
			  "out" },
		{ "m.csv", "a,b\n1,2\nx,3\n4,5\n", "a",
		  .want = "a/b\nb (1 2) (4 5)\n"
			  "! m.csv:3: 'x' in column 'a' is no number, as those "
			  "before it are: left out" },
		{ "m.csv", "a,b\n2026-11-25,2\n7,3\n", "a",
		  .want = "a/b time\nb (1795564800 2)\n"
			  "! m.csv:3: '7' in column 'a' is no date, as those "
			  "before it are: left out" },
		{ "m.csv", "a,b\n1,2\n2026-11-25,3\n", "a",
		  .want = "a/b\nb (1 2)\n"
			  "! m.csv:3: '2026-11-25' in column 'a' is no number, "
			  "as those before it are: left out" },
		{ "m.csv", "a,b\nx,1\ny,z\n", "a",
		  .want = "a/b\nb (x 1) (y -)\n"
			  "! m.csv:3: 'z' in column 'b' is no number: left "
			  "out" },
		{ "m.csv", "a,b\n1,2\n3\n5,6\n7,8,9\n", "a",
		  .want = "a/b\nb (1 2) (5 6)\n"
			  "! m.csv:3: 1 field, but 2 in the first row: left "
			  "out, as is one more row" },
		{ "m.csv", "a,b\n1\n2\n",
		  .want = "m.csv:2: 1 field, but 2 in the first row" },
		{ "m.csv", "a,b,a,b\n1,2,3,4\n", "a", "b",
		  .want = "a/b\nb (3 4)" },
		{ "m.csv", "a\n1.2.3\n",
		  .want = "m.csv:2: '1.2.3' in column 'a' is no number" },
		{ "m.csv", "a\n\"0123456789012345678901234567890123456789012345"
			   "6789012345678901234567890xyz\"\n",
		  .want = "m.csv:2: '0123456789012345678901234567890123456789"
			  "01234567890123456789...' in column 'a' is no "
			  "number" },
		{ "m.txt", "", .want = "cannot plot 'm.txt': its name ends in "
			"none of .csv, .tsv, .json, .yaml, .yml, and has no "
			".tfevents. in it" },
	};

	(void)state;
	run(cases, ARRAY_SIZE(cases));
}

static void trees(void **state)
{
	static const struct test cases[] = {
		{ "m.json", "[{\"a\": 1, \"b\": 2}, {\"a\": 3, \"b\": NaN}]",
		  .want = "step/b\nb (0 2) (1 -)" },
		{ "m.json", "{\"n\": 1, \"t\": {\"l\": [{\"a\": 1, \"b\": 2}, "
			    "{\"a\": 3, \"b\": 4}]}, \"e\": []}", "a",
		  .want = "a/b\nb (1 2) (3 4)" },
		{ "m.json", "{\"l\": [{\"a\": 1}, {\"a\": 3}], \"m\": "
			    "[{\"b\": 5}, {\"b\": 6}]}", "a",
		  .want = "a/b\nb (1 5) (3 6)" },
		{ "m.json", "{\"l\": [{\"a\": 1}, {\"a\": 3}], \"m\": "
			    "[{\"b\": 5}]}", .want = "step/a\na (0 1) (1 3)" },
		{ "m.json", "{\"l\": [{\"a\": 1}, {\"a\": 3}], \"m\": "
			    "[{\"b\": 5}]}", NULL, "b",
		  .want = "step/b\nb (0 5)" },
		{ "m.json", "{\"l\": [{\"a\": 1}, {\"a\": 3}], \"m\": "
			    "[{\"b\": 5}]}", "a", "b",
		  .want = "a/b\nb (1 5) (3 -)" },
		{ "m.json", "{\"l\": [{\"a\": 1}], \"m\": [{\"b\": 5}, "
			    "{\"a\": 2, \"b\": 6}]}", "a", "b",
		  .want = "a/b\nb (1 5) (2 6)" },
		{ "m.json", "{\"l\": [{\"a\": 1}], \"m\": [{\"b\": 5}]}",
		  NULL, "c", .want = "m.json: no column 'c'; there is a, b" },
		{ "m.yaml", "- {k: x, v: 1}\n- {k: y, v: '2'}\n", "k",
		  .want = "k/v\nv (x 1) (y 2)" },
		{ "m.yml", "l:\n- v: 1\n- w: 1\n- v: ~\n- v: .inf\n", NULL,
		  "v", .want = "step/v\nv (0 1) (1 -) (2 -) (3 -)" },
		{ "m.json", "[{\"a\": 1, \"b\": 2}]", NULL, "c",
		  .want = "m.json: no column 'c'; there is a, b" },
		{ "m.json", "[{\"a\": 1, \"b\": 2}]", "c",
		  .want = "m.json: no column 'c'; there is a, b" },
		{ "m.json", "[{\"a\": 1},\n {\"a\": [1]}]",
		  .want = "step/a\na (0 1) (1 -)\n"
			  "! m.json:2: '[...]' in column 'a' is no number: "
			  "left out" },
		{ "m.json", "[{\"a\": null},\n {\"b\": 2},\n {\"a\": true}]",
		  .want = "step/a\na (0 -) (1 -) (2 -)\n"
			  "! m.json:3: 'true' in column 'a' is no number: left "
			  "out" },
		{ "m.json", "[{\"a\": false},\n {\"a\": true}]",
		  .want = "m.json:1: 'false' in column 'a' is no number" },
		{ "m.json", "[{\"a\": true},\n {\"a\": true}]",
		  .want = "m.json:1: 'true' in column 'a' is no number" },
		{ "m.json", "{\"a\": 1}", .want = "m.json: a list of maps was "
						  "expected, found none" },
		{ "m.json", "[1, 2]", .want = "m.json: a list of maps was "
					      "expected, found none" },
		{ "m.yaml", "", .want = "m.yaml: a list of maps was expected, "
					"found none" },
		{ "m.json", "[{}]", .want = "m.json:1: an empty map was found "
					    "where a row was expected" },
		{ "m.json", "{\"a\": [{\"b\": 1}], \"c\": [{}, {}]}",
		  .want = "step/b\nb (0 1)" },
		{ "m.json", "[{", .want = "m.json:1:3: a key in double quotes "
					  "was expected, found the end" },
	};

	(void)state;
	run(cases, ARRAY_SIZE(cases));
}

#define EVENTS "events.out.tfevents.1.host"

static void event(const struct test *c, const unsigned char *bytes, size_t len)
{
	AUTO_PLOT struct plot p;
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err = { 0 };

	plot_init(&p, PLOT_LINE);
	if (load(&p, c, (const char *)bytes, len, &err) == 0)
		show(&out, &p);
	assert_string_equal(out.len ? out.data : err.msg, c->want);
}

static void events(void **state)
{
	static const struct test cases[] = {
		{ EVENTS, .want = "step/\nloss (0 1) (1 0.5) (2 0.333333343267)"
			" (3 0.25)\neval/acc (0 0) (10 -) (20 -) (30 -2.5)\n"
			"big_step (-3 7)" },
		{ EVENTS, .y = "big_step", .name = "v1",
		  .want = "step/big_step\nv1 (-3 7)" },
		{ EVENTS, .x = "relative", .y = "loss",
		  .want = "relative/loss\nloss (0 1) (1 0.5) "
			  "(2 0.333333343267) (3 0.25)" },
		{ EVENTS, .x = "wall_time", .y = "eval/acc",
		  .want = "wall_time/eval/acc time\neval/acc (1700000000 0) "
			  "(1700000001 -) (1700000002 -) (1700000003 -2.5)" },
		{ EVENTS, .y = "nope", .want = EVENTS ": no scalar of tag "
						      "'nope'" },
		{ EVENTS, .x = "loss", .want = EVENTS ": no column 'loss' for "
			"the x axis; there is step, wall_time, relative" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		event(&cases[i], file_tensorboardx, sizeof(file_tensorboardx));
}

/* Two files one after the other, the second from step 2 on. */
static void events_begin_again(void **state)
{
	/* Smoothed by a half: 1, 0.5 and 0.25, not what was given up. */
	static const struct test smoothed = {
		EVENTS, .y = "loss", .smooth = 0.5,
		.want = "step/loss\nloss (0 1) (1 0.666666666667) "
			"(2 0.428571428571)"
	};
	static const struct test c = {
		EVENTS, .y = "loss",
		.want = "step/loss\nloss (0 1) (1 0.5) (2 0.25)"
	};
	unsigned char both[sizeof(file_tensorboardx) + sizeof(file_restart)];

	(void)state;
	memcpy(both, file_tensorboardx, sizeof(file_tensorboardx));
	memcpy(both + sizeof(file_tensorboardx), file_restart,
	       sizeof(file_restart));
	event(&c, both, sizeof(both));
	event(&smoothed, both, sizeof(both));
}

/* Revisions beside each other; one that is broken changes nothing. */
static void revisions(void **state)
{
	static const struct test good[] = {
		{ "m.csv", "k,v\na,1\nb,2\n", "k", .name = "HEAD" },
		{ "m.json", "[{\"k\": \"c\", \"v\": 3}, {\"k\": \"a\", "
			    "\"v\": 4}]", "k", .name = "workspace" },
	};
	static const struct test bad = { "m.csv", "k,v\nx,q\ny,z\n",
					 .x = "k" };
	AUTO_PLOT struct plot p;
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	plot_init(&p, PLOT_LINE);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(load(&p, &bad, bad.text, strlen(bad.text),
				      &err), DVER_EFORMAT);
		assert_int_equal(load(&p, &good[i], good[i].text,
				      strlen(good[i].text), &err), 0);
	}
	show(&out, &p);
	assert_string_equal(out.data, "k/v\nHEAD (a 1) (b 2)\nworkspace (a 4) "
				      "(c 3)");
	assert_int_equal(p.labels.n, 3);
}

/* Bars stand for labels, numbers or not. */
static void bars(void **state)
{
	static const struct test c = { "m.csv", "k,v\n2,1\n1,2\n", .x = "k" };
	AUTO_PLOT struct plot p;
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	(void)state;
	plot_init(&p, PLOT_BAR);
	assert_int_equal(load(&p, &c, c.text, strlen(c.text), &err), 0);
	show(&out, &p);
	assert_string_equal(out.data, "k/v\nv (2 1) (1 2)");
	assert_int_equal(p.labels.n, 2);
}

static void too_much(void **state)
{
	struct test c = { "m.csv", NULL, .x = "k" };
	AUTO_BUF struct buf text = BUF_BIG;
	AUTO_PLOT struct plot p;
	struct dver_err err;

	(void)state;
	plot_init(&p, PLOT_LINE);
	buf_addstr(&text, "k,v\n");
	for (int i = 0; i <= PLOT_LABELS_MAX; i++)
		buf_addf(&text, "k%d,%d\n", i, i);
	assert_int_equal(load(&p, &c, text.data, text.len, &err),
			 DVER_EFORMAT);
	assert_string_equal(err.msg, "m.csv:1002: more than 1000 different "
				     "labels for the x axis");
	c = (struct test){ "m.csv", "v\n1\n", .name = "a" };
	for (int i = 0; i < PLOT_SERIES_MAX; i++)
		assert_int_equal(load(&p, &c, c.text, strlen(c.text), &err),
				 0);
	assert_int_equal(load(&p, &c, c.text, strlen(c.text), &err),
			 DVER_EINVAL);
}

/* Many rows from a file become few points, and none of the peaks is lost. */
static void many_rows(void **state)
{
	static const char *const y[] = { "loss" };
	struct plot_want want = { .x = "step", .y = y, .n_y = 1 };
	AUTO_CLOSE int fd = -1;
	AUTO_PLOT struct plot p;
	struct plot_range rx, ry;
	struct dver_err err;
	FILE *f = fopen("m.csv", "we");

	(void)state;
	assert_non_null(f);
	(void)fprintf(f, "step,loss,lr\n");
	for (int i = 0; i < 150000; i++)
		(void)fprintf(f, "%d,%d.%02d,0.1\n", i, i == 70001 ? 99 : 1,
			      i % 100);
	assert_int_equal(fclose(f), 0);
	fd = open("m.csv", O_RDONLY | O_CLOEXEC);
	plot_init(&p, PLOT_LINE);
	assert_int_equal(plot_data_read(&p, "m.csv", fd, &want, &err), 0);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].total, 150000);
	assert_true(p.v[0].thinned && p.v[0].n <= PLOT_POINTS);
	assert_true(plot_ranges(&p, false, &rx, &ry));
	assert_true(rx.lo <= 0 && rx.hi >= 149999);
	assert_true(ry.lo <= 1 && ry.hi >= 99.01 && ry.hi < 99.02);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(tables), T(trees), T(events), T(events_begin_again),
		T(revisions), T(bars), T(too_much), T(many_rows),
	};

	return RUN(tests);
}
