/* templates: variables, what they become, foreach and matrix. */
#include "tests/harness.h"

#include "base/os.h"
#include "dver/config.h"
#include "tests/unit/pipeline.h"

#define CMD "stages: {s: {cmd: x, "
#define RUN_ "stages:\n  s:\n    cmd: "

static const char params[] =
	"i: 1_000\nf: 1e-5\nt: true\nn: null\ns: text\nq: '12'\nd: 2020-01-01\n"
	"e: ''\nl: [a, b c, [x]]\nm: {a: {b: deep}, '0': zero}\n"
	"items: [x, y]\ndict: {k: {v: 1}, 2: {v: 2}}\n"
	"opts: {lr: 0.1, big: 1e16, flag: true, off: false, none: null,\n"
	"  name: it's, n: {a: 1, l: [1, t w, true]}, void: {}, empty: []}\n"
	"esc: '${s} \\${s}'\n";

static void check(const struct said *cases, size_t n)
{
	spit("params.yaml", params);
	spit("vars.yaml", "w: {x: 1}\nm: {c: more}\n");
	spit("vars.json", "{\"j\": [1.0, \"s\"], \"k\": 2}");
	spit("clash.yaml", "\ns: other\n");
	spit("list.yaml", "[1]\n");
	spit("broken.yaml", "a: [\n");
	check_said(cases, n);
}
#define CHECK(cases) check(cases, ARRAY_SIZE(cases))

static void a_template_becomes_what_it_names(void **state)
{
	static const struct said cases[] = {
		{ RUN_ "a ${i} ${f} ${t} [${n}] ${s} ${q} ${d} '${e}'\n",
		  "s $ 'a 1000 1e-05 true [null] text 12 2020-01-01 '''\n" },
		{ RUN_ "${s}\n", "s $ 'text'\n" },
		{ RUN_ "${q}\n", "s $ '12'\n" },
		{ RUN_ "${m.a.b} ${m[a][b]} ${m.a[b]} ${m.0} ${m[0]} z\n",
		  "s $ 'deep deep deep zero zero z'\n" },
		{ RUN_ "${l[0]} ${l.1} ${l[2][0]} ${l.2.0} ${ s }\n",
		  "s $ 'a b c x x text'\n" },
		{ RUN_ "${items}\n", "s $$ 'x' $$ 'y'\n" },
		{ RUN_ "[\"${s}\", \"a${s}\"]\n", "s $$ 'text' $$ 'atext'\n" },
		{ RUN_ "a \\${i} \\\\${s} $${s} ${ ${\n",
		  "s $ 'a ${i} \\${s} $text ${ ${'\n" },
		{ RUN_ "|\n      ${i\n      } ${s}\n",
		  "s $ '${i\n} text\n'\n" },
		{ RUN_ "a ${esc}\n", "s $ 'a ${s} \\${s}'\n" },
		{ CMD "deps: '${items}', params: ['${s}', 'p.${s}': ['${q}']],"
		  " frozen: '${t}', desc: 'a ${m.a.b}'}}\n",
		  "s $ 'x' dep=x dep=y params=params.yaml:text "
		  "params=p.text:12 desc=a deep frozen\n" },
		{ CMD "outs: ['${s}': {cache: '${t}', desc: '${q}'}],"
		  " wdir: 'd/${s}'}}\n",
		  "s in d/text $ 'x' out=d/text/text(12)\n" },
		{ CMD "meta: {'${s}': ['${l}', 1]}}}\n", "s $ 'x'\n" },
	};

	(void)state;
	CHECK(cases);
}

static void a_mapping_in_a_command_is_options(void **state)
{
	static const struct said cases[] = {
		{ RUN_ "p ${opts} end\n", "s $ 'p --lr 0.1 --big 1e+16 --flag "
		  "--name 'it'\"'\"'s' --n.a 1 --n.l 1 't w' true end'\n" },
		{ RUN_ "${m}\n", "s $ '--a.b deep --0 zero'\n" },
		{ RUN_ "['p ${m}']\n", "s $$ 'p --a.b deep --0 zero'\n" },
		{ "vars: [{o: {l: [[1]]}}]\n" RUN_ "p ${o}\n",
		  "dver.yaml:4:10: a list inside 'l' has more than plain "
		  "values, and cannot be an option" },
		{ CMD "desc: 'a ${m}'}}\n", "dver.yaml:1:28: a mapping has no "
		  "place inside a text" },
	};

	(void)state;
	CHECK(cases);
}

static void set(const char *key, const char *value)
{
	struct dver_repo *repo = open_here();
	struct dver_err err;

	if (dver_config_set(repo, DVER_CONFIG_REPO, key, value, &err) < 0)
		fail_msg("%s", err.msg);
	dver_repo_free(repo);
}

static void settings_say_how_options_are_written(void **state)
{
	static const struct said no[] = {
		{ RUN_ "p ${opts}\n", "s $ 'p --lr 0.1 --big 1e+16 --flag "
		  "--no-off --name 'it'\"'\"'s' --n.a 1 --n.l 1 't w' "
		  "true'\n" },
	};
	static const struct said append[] = {
		{ RUN_ "p ${opts}\n", "s $ 'p --lr 0.1 --big 1e+16 --flag "
		  "--no-off --name 'it'\"'\"'s' --n.a 1 --n.l 1 --n.l 't w' "
		  "--n.l true'\n" },
	};
	struct dver_repo *repo = open_here();
	struct dver_err err;

	(void)state;
	set("parsing.bool", "boolean_optional");
	CHECK(no);
	set("parsing.list", "append");
	CHECK(append);
	assert_int_equal(dver_config_set(repo, DVER_CONFIG_REPO,
					 "parsing.list", "nargs2", &err),
			 DVER_EINVAL);
	assert_string_equal(err.msg, "'parsing.list' takes nargs or append, "
			    "not 'nargs2'");
	dver_repo_free(repo);
	/* By hand. */
	spit(".dver/config", "[parsing]\n\tbool = maybe\n");
	assert_null(load_here(&err));
	assert_non_null(strstr(err.msg, "store_true or boolean_optional"));
}

static void what_a_template_lacks_is_named(void **state)
{
	static const struct said cases[] = {
		{ RUN_ "a ${zzzz}\n", "dver.yaml:3:10: there is no variable "
		  "'zzzz' (write \\${zzzz} for the shell's)" },
		{ RUN_ "a ${itemss.x}\n", "dver.yaml:3:10: there is no "
		  "variable 'itemss': is 'items' meant?" },
		{ RUN_ "a ${HOME:-x}\n", "dver.yaml:3:10: there is no "
		  "variable 'HOME:-x' (write \\${HOME:-x} for the shell's)" },
		{ RUN_ "a ${m.x}\n", "dver.yaml:3:10: '${m.x}' is not there: "
		  "'m' has no key 'x'" },
		{ RUN_ "a ${m.a.c}\n", "dver.yaml:3:10: '${m.a.c}' is not "
		  "there: 'm.a' has no key 'c'" },
		{ RUN_ "a ${l[3]}\n", "dver.yaml:3:10: '${l[3]}' asks for '3' "
		  "of a list of 3 (the first is 0)" },
		{ RUN_ "a ${l.x}\n", "dver.yaml:3:10: '${l.x}' asks for 'x' "
		  "of a list of 3 (the first is 0)" },
		{ RUN_ "a ${s.x}\n", "dver.yaml:3:10: '${s.x}' is not there: "
		  "'s' is a plain value" },
		{ RUN_ "a ${}\n", "dver.yaml:3:10: '${}' lacks a name" },
		{ RUN_ "a ${.a}\n", "dver.yaml:3:10: '${.a}' lacks a name" },
		{ RUN_ "a ${m.}\n", "dver.yaml:3:10: '${m.}' lacks a name" },
		{ RUN_ "a ${m..a}\n", "dver.yaml:3:10: '${m..a}' lacks a "
		  "name" },
		{ RUN_ "a ${l[0}\n", "dver.yaml:3:10: '${l[0}' lacks a ']'" },
		{ RUN_ "a ${l[]}\n", "dver.yaml:3:10: '${l[]}' lacks a "
		  "name" },
		{ RUN_ "a ${l[0]x}\n", "dver.yaml:3:10: '${l[0]x}' is no name "
		  "of a variable" },
		{ RUN_ "a ${[0]}\n", "dver.yaml:3:10: '${[0]}' is no name of "
		  "a variable" },
		{ RUN_ "a ${m.${s}}\n", "dver.yaml:3:10: '${m.${s}' is a "
		  "template in a template, which is not possible" },
		{ RUN_ "a ${l}\n", "dver.yaml:3:10: a list has no place "
		  "inside a text" },
		{ CMD "frozen: '${s}'}}\n", "dver.yaml:1:30: 'frozen' must be "
		  "true or false, and this is a string" },
		{ CMD "outs: ['${i}']}}\n", "dver.yaml:1:29: 'outs' must be a "
		  "string (put it in quotes), and this is a number" },
		{ CMD "outs: ['../${s}']}}\n", "dver.yaml:1:29: '../text' "
		  "leads out of the workspace" },
		{ CMD "meta: {'${m}': 1}}}\n", "dver.yaml:1:29: a key must be "
		  "a string, and this template is a mapping" },
		{ CMD "meta: {'${s}': 1, text: 2}}}\n", "dver.yaml:1:40: the "
		  "key 'text' is there already" },
		{ "stages: {'${s}': {cmd: x}}\n", "${s} $ 'x'\n" },
	};

	(void)state;
	CHECK(cases);
}

static void variables_come_from_files_and_from_vars(void **state)
{
	static const struct said cases[] = {
		{ "vars: [a: 1, vars.yaml, {b: 2}]\n"
		  RUN_ "${a} ${b} ${w.x} ${m.c} ${m.a.b} z\n",
		  "s $ '1 2 1 more deep z'\n" },
		{ "vars: ['vars.json:j', params.yaml, params.yaml, "
		  "'params.yaml:s', 'vars.json:j,k']\n"
		  RUN_ "${j[0]} ${k} ${s}\n", "s $ '1.0 2 text'\n" },
		{ CMD "wdir: d, vars: [../vars.yaml, {own: 1}], "
		  "deps: ['${w.x}${own}']}}\n", "s in d $ 'x' dep=d/11\n" },
		{ "stages:\n  a: {cmd: 'a ${v}', vars: [v: 1]}\n"
		  "  b: {cmd: 'b ${v}', vars: [v: 2]}\n",
		  "a $ 'a 1'\nb $ 'b 2'\n" },
		{ "vars: [s: 1]\n", "dver.yaml:1:8: 's' cannot be redefined: "
		  "it is in params.yaml already" },
		{ "vars: [m: {a: {b: 1}}]\n", "dver.yaml:1:16: 'm.a.b' cannot "
		  "be redefined: it is in params.yaml already" },
		{ "vars: [clash.yaml]\n", "clash.yaml:2:1: 's' cannot be "
		  "redefined: it is in params.yaml already" },
		{ "vars: [v: 1, v: 1]\n", "dver.yaml:1:14: 'v' cannot be "
		  "redefined: it is in dver.yaml already" },
		{ CMD "vars: [s: 1]}}\n", "dver.yaml:1:29: 's' cannot be "
		  "redefined: it is in params.yaml already" },
		{ "stages: {s: {foreach: [1], do: {cmd: x, vars: [item: 1]}}}",
		  "dver.yaml:1:48: 'item' cannot be redefined: it is in "
		  "foreach already" },
		{ "vars: [none.yaml]\n", "dver.yaml:1:8: there is no file "
		  "'none.yaml'" },
		{ "vars: ['vars.yaml:w,zz']\n", "dver.yaml:1:8: 'vars.yaml' "
		  "has no key 'zz'" },
		{ "vars: [../vars.yaml]\n", "dver.yaml:1:8: '../vars.yaml' "
		  "leads out of the workspace" },
		{ "vars: ['${s}']\n", "dver.yaml:1:8: 'vars' cannot have "
		  "templates" },
		{ "vars: [list.yaml]\n", "list.yaml:1:1: a file of variables "
		  "must be a mapping" },
		{ "vars: [broken.yaml]\n", "broken.yaml:2:1: did not find "
		  "expected node content" },
		{ "vars: {a: 1}\n", "dver.yaml:1:7: 'vars' must be a list, "
		  "and this is a mapping" },
		{ "vars: [[a]]\n", "dver.yaml:1:8: 'vars' must be a string, "
		  "and this is a list" },
	};

	(void)state;
	CHECK(cases);
}

static void params_are_those_of_the_folder(void **state)
{
	AUTO_FREE char *is = NULL;

	(void)state;
	assert_int_equal(os_mkdirs("a/b", 0755), 0);
	spit("params.yaml", "v: top\n");
	spit("a/params.yaml", "v: a\n");
	spit("dver.yaml", "stages: {s: {wdir: a, cmd: 'r ${v}'}}\n");
	spit("a/dver.yaml", "stages: {s: {cmd: 'r ${v}'}}\n");
	spit("a/b/dver.yaml",
	     "stages: {s: {cmd: 'r', deps: [../params.yaml]}}");
	is = stages_here();
	assert_string_equal(is, "a/b/dver.yaml:s in a/b $ 'r' "
			    "dep=a/params.yaml\n"
			    "a/dver.yaml:s in a $ 'r a'\n"
			    "s in a $ 'r top'\n");
}

/* Without templates nobody asks for it. */
static void broken_params_stop_only_who_needs_them(void **state)
{
	static const struct said cases[] = {
		{ RUN_ "a\n", "s $ 'a'\n" },
		{ RUN_ "a ${b}\n", "params.yaml:2:1: did not find expected "
		  "node content" },
	};

	(void)state;
	spit("params.yaml", "a: [\n");
	check_said(cases, ARRAY_SIZE(cases));
}

#define EACH "stages:\n  f:\n    foreach: "
#define DO(cmd) "\n    do: {cmd: '" cmd "'}\n"

static void foreach_makes_a_stage_for_each(void **state)
{
	static const struct said cases[] = {
		{ EACH "[x, 1, 0.10, true, null]" DO("r ${item}"),
		  "f@x of f $ 'r x'\nf@1 of f $ 'r 1'\nf@0.1 of f $ 'r 0.1'\n"
		  "f@true of f $ 'r true'\nf@null of f $ 'r null'\n" },
		{ EACH "${items}" DO("${item}"),
		  "f@x of f $ 'x'\nf@y of f $ 'y'\n" },
		{ EACH "${dict}" DO("${key} ${item.v}"),
		  "f@k of f $ 'k 1'\nf@2 of f $ '2 2'\n" },
		{ EACH "[x, {a: 1}]" DO("r"),
		  "f@0 of f $ 'r'\nf@1 of f $ 'r'\n" },
		{ EACH "['${s}', '${i}']" DO("r ${item}"),
		  "f@text of f $ 'r text'\nf@1000 of f $ 'r 1000'\n" },
		{ EACH "{a: '${s}', '${s}': 2}" DO("r ${item}"),
		  "f@a of f $ 'r text'\nf@text of f $ 'r 2'\n" },
		{ EACH "[b, a, b]" DO("r"),
		  "f@b of f $ 'r'\nf@a of f $ 'r'\n" },
		{ EACH "[]" DO("r"), "" }, { EACH "{}" DO("r"), "" },
		{ EACH "['']" DO("r"), "f@ of f $ 'r'\n" },
		{ EACH "[a:b, c@d]" DO("r"),
		  "f@a:b of f $ 'r'\nf@c@d of f $ 'r'\n" },
		{ EACH "[1, '1']" DO("r"), "dver.yaml:3:14: two items would "
		  "be called '1'" },
		{ EACH "[x]" DO("r ${key}"), "dver.yaml:4:15: there is no "
		  "variable 'key' (write \\${key} for the shell's)" },
		{ EACH "${s}" DO("r"), "dver.yaml:3:14: 'foreach' must be a "
		  "list or a mapping, and this is a string" },
		{ EACH "[\"a\\nb\"]" DO("r"), "dver.yaml:3:15: the name of an "
		  "item has a control character" },
		{ EACH "[x]\n", "dver.yaml:3:5: a stage with 'foreach' must "
		  "have a 'do'" },
		{ EACH "[x]\n    do: {}\n", "dver.yaml:4:9: a stage must have "
		  "a 'cmd'" },
		{ EACH "[x]\n    do: {cmd: r, foreach: [a], do: {cmd: b}}\n",
		  "dver.yaml:4:18: a stage has no key 'foreach', only cmd "
		  "deps params outs metrics plots wdir vars frozen "
		  "always_changed desc meta" },
		{ EACH "[x]\n    cmd: r\n    do: {cmd: r}\n", "dver.yaml:4:5: "
		  "a stage with foreach has no key 'cmd', only foreach do" },
		{ "stages: {s: {do: {cmd: a}}}\n", "dver.yaml:1:13: a stage "
		  "with 'do' must have a 'foreach'" },
		{ EACH "[x]\n    matrix: {a: [1]}\n    do: {cmd: r}\n",
		  "dver.yaml:2:3: a stage can have 'foreach' or 'matrix', not "
		  "both" },
		{ "vars: [item: 5]\n" EACH "[x]" DO("r ${item}"),
		  "f@x of f $ 'r x'\n" },
	};

	(void)state;
	CHECK(cases);
}

#define MATRIX "stages:\n  m:\n    matrix: "

static void matrix_makes_every_combination(void **state)
{
	static const struct said cases[] = {
		{ MATRIX "{a: [1, x], b: [{q: z}, 0.5]}\n"
		  "    cmd: r ${item.a} ${key}\n    deps: ['d${item.a}']\n",
		  "m@1-b0 of m $ 'r 1 1-b0' dep=d1\n"
		  "m@1-0.5 of m $ 'r 1 1-0.5' dep=d1\n"
		  "m@x-b0 of m $ 'r x x-b0' dep=dx\n"
		  "m@x-0.5 of m $ 'r x x-0.5' dep=dx\n" },
		{ MATRIX "{a: '${items}', b: ['${s}']}\n    cmd: r ${item.b}\n",
		  "m@x-text of m $ 'r text'\nm@y-text of m $ 'r text'\n" },
		{ MATRIX "{a: [1, 1]}\n    cmd: r\n", "m@1 of m $ 'r'\n" },
		{ MATRIX "{a: [1], b: []}\n    cmd: r\n", "" },
		{ MATRIX "{}\n    cmd: r\n", "" },
		{ MATRIX "{a: 1}\n    cmd: r\n", "dver.yaml:3:17: 'a' must be "
		  "a list, and this is a number" },
		{ MATRIX "[a]\n    cmd: r\n", "dver.yaml:3:13: 'matrix' must "
		  "be a mapping, and this is a list" },
		{ MATRIX "{a: [a-b, a], b: [c, b-c]}\n    cmd: r\n",
		  "dver.yaml:3:13: two items would be called 'a-b-c'" },
	};

	(void)state;
	CHECK(cases);
}

static void the_rest_of_a_file_is_checked(void **state)
{
	static const struct said cases[] = {
		{ "params: [p.yaml]\nmetrics: ['${s}.json']\nplots:\n"
		  "- p.csv\n- q.csv: {x: a, y: [b, c], title: '${s}'}\n"
		  "- id: {x: {f.csv: a}, y: {f.csv: [b], g.csv: c}}\n- r.csv:\n"
		  "artifacts: {m: {path: m.pt, type: model, labels: [a],\n"
		  "  desc: d, meta: 1}}\n"
		  "datasets: [{name: d, type: url, url: 's3://x'}]\n", "" },
		{ "metrics: [../m]\n", "dver.yaml:1:11: '../m' leads out of "
		  "the workspace" },
		{ "metrics: [m: {higher_is_better: {acc: true, l: false}},\n"
		  "  n: {higher_is_better: false}, o: ]\n", "" },
		{ "metrics: [m: {cache: false}]\n", "dver.yaml:1:15: a file of "
		  "metrics has no key 'cache', only higher_is_better" },
		{ "params: {a: b}\n", "dver.yaml:1:9: 'params' must be a "
		  "list, and this is a mapping" },
		{ "plots: [p: {zzz: 1}]\n", "dver.yaml:1:13: a plot has no key "
		  "'zzz', only x y x_label y_label title template" },
		{ "plots: [p: {x: [a]}]\n", "dver.yaml:1:16: 'x' must be a "
		  "string, and this is a list" },
		{ "plots: [p: {y: {f: 1}}]\n", "dver.yaml:1:20: 'y' must be a "
		  "string (put it in quotes), and this is a number" },
		{ "artifacts: {m: {type: a}}\n", "dver.yaml:1:16: an artifact "
		  "must have a 'path'" },
		{ "artifacts: {m: {path: /a}}\n", "dver.yaml:1:23: '/a' is "
		  "outside the workspace: paths in 'path' are relative to its "
		  "folder" },
		{ "datasets: [{name: d}]\n", "dver.yaml:1:12: a dataset must "
		  "have a 'type'" },
	};

	(void)state;
	CHECK(cases);
}

/* Small texts that would become large ones. */
static void templates_have_their_bounds(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_FREE char *is = NULL;
	AUTO_FREE char *again = NULL;

	(void)state;
	spit("dver.yaml", MATRIX "{a: &l [1, 2, 3, 4, 5, 6, 7, 8, 9], b: *l, "
	     "c: *l, d: *l, e: *l, f: *l, g: *l, h: *l, i: *l, j: *l, k: *l,"
	     " o: *l, p: *l, q: *l, r: *l, s: *l, t: *l, u: *l, v: *l, w: *l,"
	     " x: *l, y: *l, z: *l}\n    cmd: r\n");
	is = stages_here();
	assert_string_equal(is, "dver.yaml:3:13: these are too many stages");
	buf_addstr(&b, "vars: [long: '");
	for (size_t i = 0; i < 1000; i++)
		buf_addstr(&b, "0123456789");
	buf_addstr(&b, "']\nstages:\n  s:\n    cmd: '");
	for (size_t i = 0; i < 30000; i++)
		buf_addstr(&b, "${long}");
	buf_addstr(&b, "'\n");
	spit("dver.yaml", b.data);
	again = stages_here();
	assert_string_equal(again, "dver.yaml:4:10: templates make the "
			    "pipeline too large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_template_becomes_what_it_names),
		T(a_mapping_in_a_command_is_options),
		T(settings_say_how_options_are_written),
		T(what_a_template_lacks_is_named),
		T(variables_come_from_files_and_from_vars),
		T(params_are_those_of_the_folder),
		T(broken_params_stop_only_who_needs_them),
		T(foreach_makes_a_stage_for_each),
		T(matrix_makes_every_combination),
		T(the_rest_of_a_file_is_checked),
		T(templates_have_their_bounds),
	};

	return RUN(tests);
}
