#include "pipeline/graph.h"
#include "tests/harness.h"

/* Stages by hand: "name: in in > out out", one a line. */
#define STAGES 16
static struct stage stages[STAGES];
static struct stage_dep deps[STAGES][8];
static struct stage_out outs[STAGES][8];
static char text[2048];

static struct pipeline pipeline_of(const char *spec)
{
	struct pipeline p = { .v = stages };
	char *line, *save = NULL;

	(void)snprintf(text, sizeof(text), "%s", spec);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct stage *s = &stages[p.n];
		char *word, *at = NULL;
		bool out = false;

		*s = (struct stage){ .file = "dver.yaml", .deps = deps[p.n],
				     .outs = outs[p.n] };
		s->name = s->address = strtok_r(line, ": ", &at);
		while ((word = strtok_r(NULL, " ", &at))) {
			if (strcmp(word, ">") == 0)
				out = true;
			else if (out)
				outs[p.n][s->nouts++].path = word;
			else
				deps[p.n][s->ndeps++].path = word;
		}
		p.n++;
	}
	return p;
}

static const char *order_of(const char *spec)
{
	static char said[1024];
	AUTO_BUF struct buf out = BUF_INIT(sizeof(said));
	AUTO_GRAPH struct graph *g = NULL;
	struct pipeline p = pipeline_of(spec);
	struct dver_err err;

	if (graph_new(&g, &p, &err) < 0)
		buf_addstr(&out, err.msg);
	for (size_t i = 0; g && i < p.n; i++)
		buf_addf(&out, "%s%s", i ? " " : "", p.v[g->order[i]].name);
	(void)snprintf(said, sizeof(said), "%s", out.data);
	return said;
}

static void what_is_needed_comes_first(void **state)
{
	(void)state;
	assert_string_equal(order_of(""), "");
	assert_string_equal(order_of("a: x > y\nb: > x\n"), "b a");
	assert_string_equal(order_of("c:\nb:\na:\n"), "c b a");
	/* Inside an output, and around outputs. */
	assert_string_equal(order_of("a: d/f > y\nb: > d\n"), "b a");
	assert_string_equal(order_of("a: d > y\nb: > d/f\nc: > d/g/h\n"),
			    "b c a");
	/* Names that sort between a folder and what is in it. */
	assert_string_equal(order_of("a: d > y\nb: > d-e\nc: > d/e\nd: > d!"),
			    "c a b d");
	assert_string_equal(order_of("a: z > y\nb: w > z\nc: w > x\n"
				     "d: > w\n"), "d b a c");
}

static void cycles_are_shown(void **state)
{
	(void)state;
	assert_string_equal(order_of("a: x > x\n"),
			    "dver.yaml:0: stage 'a' reads its own output");
	assert_string_equal(order_of("o: > q\na: z q > x\nb: x > y\n"
				     "c: y > z\n"),
			    "dver.yaml:0: stages need each other: "
			    "'a' needs 'c' needs 'b' needs 'a'");
}

static void outputs_are_of_one_stage(void **state)
{
	(void)state;
	assert_non_null(strstr(order_of("a: > x\nb: > y x\n"),
			       "'x' is an output of stage 'a' and of stage "
			       "'b'"));
	assert_non_null(strstr(order_of("a: > x/y/z\nb: > x\n"),
			       "'x/y/z' of stage 'a' lies in the output 'x' "
			       "of stage 'b'"));
	assert_string_equal(order_of("a: > x/y\nb: > x-y\nc: > x!\n"),
			    "a b c");
}

static void marks_spread(void **state)
{
	AUTO_GRAPH struct graph *g = NULL;
	struct pipeline p = pipeline_of("a: > x\nb: x > y\nc: y > z\nd: x\n");
	unsigned char up[4] = { 0, 1, 0, 0 }, down[4] = { 0, 1, 0, 0 };
	struct dver_err err;

	(void)state;
	assert_int_equal(graph_new(&g, &p, &err), 0);
	graph_mark_needed(g, up);
	graph_mark_users(g, down);
	assert_memory_equal(up, "\1\1\0\0", 4);
	assert_memory_equal(down, "\0\1\1\0", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_needed_comes_first),
		T(cycles_are_shown),
		T(outputs_are_of_one_stage),
		T(marks_spread),
	};

	return RUN(tests);
}
