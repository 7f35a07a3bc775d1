/* pipeline: dver.yaml files, their stages, and how they are found. */
#include "tests/harness.h"

#include "base/os.h"
#include "base/proc.h"
#include "tests/unit/pipeline.h"

static void a_stage_is_as_the_file_says(void **state)
{
	static const struct said cases[] = {
		{ "", "" }, { "null\n", "" }, { "[]\n", "" }, { "{}\n", "" },
		{ "stages: {}\n", "" },
		{ "stages:\n  s:\n    cmd: echo\n", "s $ 'echo'\n" },
		{ "\xef\xbb\xbfstages: {s: {cmd: ''}}\n", "s $ ''\n" },
		{ "stages: {s: {cmd: [a, b]}}", "s $$ 'a' $$ 'b'\n" },
		{ "stages: {s: {cmd: []}}", "s\n" },
		{ "stages: {a b.c/d: {cmd: x}, z: {cmd: y}, a: {cmd: z}}",
		  "a b.c/d $ 'x'\nz $ 'y'\na $ 'z'\n" },
		{ "stages:\n  s:\n    cmd: x\n"
		  "    deps: [b, ./a/, b, d/../c]\n",
		  "s $ 'x' dep=b dep=a dep=c\n" },
		{ "stages:\n  s:\n    cmd: x\n    wdir: sub/./dir\n"
		  "    deps: [../a, b, .]\n    outs: [../../o]\n"
		  "    params: [k]\n",
		  "s in sub/dir $ 'x' dep=sub/a dep=sub/dir/b dep=sub/dir "
		  "params=sub/dir/params.yaml:k out=o\n" },
		{ "stages:\n  s:\n    cmd: x\n    wdir: a/..\n    deps: [b]\n",
		  "s $ 'x' dep=b\n" },
		{ "stages:\n  s:\n    cmd: x\n    params:\n    - z.b\n    - a\n"
		  "    - p.json: [q, b.c, q]\n    - z.b\n    - whole.toml:\n"
		  "    - e.yaml: []\n    - params.yaml: [m]\n",
		  "s $ 'x' params=params.yaml:a:m:z.b params=p.json:b.c:q "
		  "params=whole.toml:* params=e.yaml:*\n" },
		{ "stages:\n  s:\n    cmd: x\n"
		  "    params: [p.yaml: , p.yaml: [a]]",
		  "s $ 'x' params=p.yaml:*\n" },
		{ "stages:\n  s:\n    cmd: x\n    outs:\n    - a\n"
		  "    - b: {cache: false, persist: true, remote: r,\n"
		  "         push: no}\n",
		  "dver.yaml:7:16: 'push' must be true or false, and this is "
		  "a string" },
		{ "stages:\n  s:\n    cmd: x\n    outs:\n    - a\n"
		  "    - b: {cache: false, persist: true, remote: r}\n"
		  "    - c: {push: false, desc: d, type: t, labels: [l, m],\n"
		  "          meta: {any: 1}, checkpoint: true}\n"
		  "    - d:\n    - {e: , f: {cache: true}}\n"
		  "    metrics: [m.json: {cache: false}]\n"
		  "    plots: [p.csv: {x: a, y: b, x_label: c, y_label: d,\n"
		  "            title: t, template: linear, header: false}]\n",
		  "s $ 'x' out=a out=b!cache+persist@r out=c!push(d)<t> out=d "
		  "out=e out=f metric=m.json!cache plot=p.csv\n" },
		{ "stages:\n  s:\n    cmd: x\n    outs: [m, a, m]\n"
		  "    metrics: [m: {cache: false}]\n",
		  "s $ 'x' metric=m!cache out=a\n" },
		{ "stages:\n  s: {cmd: x, frozen: true, always_changed: true,\n"
		  "      desc: 'what it does', meta: [1, {a: b}]}\n",
		  "s $ 'x' desc=what it does frozen always\n" },
		{ "stages:\n  s: {cmd: x, frozen: false}\n", "s $ 'x'\n" },
		{ "base: &b {cmd: x}\nstages: {s: *b}\n",
		  "dver.yaml:1:1: the file has no key 'base', only stages vars "
		  "params metrics plots artifacts datasets" },
		{ "stages:\n  a: &a {cmd: x, deps: [d]}\n"
		  "  b: {<<: *a, cmd: y}\n",
		  "a $ 'x' dep=d\nb $ 'y' dep=d\n" },
	};

	(void)state;
	check_said(cases, ARRAY_SIZE(cases));
}

#define STAGE "stages:\n  s:\n    cmd: x\n    "

static void what_is_wrong_is_named(void **state)
{
	static const struct said cases[] = {
		{ "a", "dver.yaml:1:1: 'the file' must be a mapping, and this "
		  "is a string" },
		{ "stages:\n", "dver.yaml:1:8: 'stages' must be a mapping, "
		  "and this is nothing" },
		{ "stages: [s]\n", "dver.yaml:1:9: 'stages' must be a "
		  "mapping, and this is a list" },
		{ "stages: {s: }\n", "dver.yaml:1:13: 's' must be a mapping, "
		  "and this is nothing" },
		{ "stages: {s: {deps: [a]}}\n", "dver.yaml:1:13: a stage must "
		  "have a 'cmd'" },
		{ "stages: {1: {cmd: a}}\n", "dver.yaml:1:10: the name of a "
		  "stage must be a string: put it in quotes" },
		{ "stages: {'': {cmd: a}}\n", "dver.yaml:1:10: a stage has no "
		  "name" },
		{ "stages: {a@b: {cmd: a}}\n", "dver.yaml:1:10: the name of a "
		  "stage cannot have '@' in it" },
		{ "stages: {'a:b': {cmd: a}}\n", "dver.yaml:1:10: the name of "
		  "a stage cannot have ':' in it" },
		{ "stages: {\"a\\n\": {cmd: a}}\n", "dver.yaml:1:10: the name "
		  "of a stage has a control character" },
		{ "stages: {s: {cmd: }}\n", "dver.yaml:1:19: 'cmd' must be a "
		  "string or a list of strings, and this is nothing" },
		{ "stages: {s: {cmd: {}}}\n", "dver.yaml:1:19: 'cmd' must be "
		  "a string or a list of strings, and this is a mapping" },
		{ "stages: {s: {cmd: 12}}\n", "dver.yaml:1:19: 'cmd' must be "
		  "a string (put it in quotes), and this is a number" },
		{ "stages: {s: {cmd: [a, true]}}\n", "dver.yaml:1:23: 'cmd' "
		  "must be a string (put it in quotes), and this is a true or "
		  "false" },
		{ "stages: {s: {cmd: \"a\\0b\"}}\n", "dver.yaml:1:19: 'cmd' "
		  "has a zero byte" },
		{ STAGE "dep: [a]\n", "dver.yaml:4:5: a stage has no key "
		  "'dep': is 'deps' meant?" },
		{ STAGE "zzzzzz: [a]\n", "dver.yaml:4:5: a stage has no key "
		  "'zzzzzz', only cmd deps params outs metrics plots wdir "
		  "vars frozen always_changed desc meta" },
		{ STAGE "deps: a\n", "dver.yaml:4:11: 'deps' must be a list, "
		  "and this is a string" },
		{ STAGE "deps: [1]\n", "dver.yaml:4:12: 'deps' must be a "
		  "string (put it in quotes), and this is a number" },
		{ STAGE "deps: [a, '']\n", "dver.yaml:4:15: 'deps' has an "
		  "empty path" },
		{ STAGE "deps: [/etc/passwd]\n", "dver.yaml:4:12: "
		  "'/etc/passwd' is outside the workspace: paths in 'deps' "
		  "are relative to its folder" },
		{ STAGE "deps: ['s3://b/k']\n", "dver.yaml:4:12: 's3://b/k' "
		  "is outside the workspace: paths in 'deps' are relative to "
		  "its folder" },
		{ STAGE "outs: [../x]\n", "dver.yaml:4:12: '../x' leads out "
		  "of the workspace" },
		{ STAGE "outs: [a/../..]\n", "dver.yaml:4:12: 'a/../..' leads "
		  "out of the workspace" },
		{ STAGE "outs: [.]\n", "dver.yaml:4:12: 'outs' has the root "
		  "of the workspace itself" },
		{ STAGE "outs: [a/.git/hooks]\n", "dver.yaml:4:12: "
		  "'a/.git/hooks' goes through '.git', which data may not "
		  "touch" },
		{ STAGE "outs: [.dver/config]\n", "dver.yaml:4:12: "
		  "'.dver/config' goes through '.dver', which data may not "
		  "touch" },
		{ STAGE "outs: [a/dver.yaml]\n", "dver.yaml:4:12: "
		  "'a/dver.yaml' cannot be an output: it says what is one" },
		{ STAGE "outs: [x.dver]\n", "dver.yaml:4:12: 'x.dver' cannot "
		  "be an output: it says what is one" },
		{ STAGE "outs: [a: {cach: true}]\n", "dver.yaml:4:16: an "
		  "output has no key 'cach': is 'cache' meant?" },
		{ STAGE "metrics: [a: {x: b}]\n", "dver.yaml:4:19: an output "
		  "has no key 'x', only cache persist push remote desc type "
		  "labels meta checkpoint" },
		{ STAGE "outs: [a: {remote: 3}]\n", "dver.yaml:4:24: 'remote' "
		  "must be a string (put it in quotes), and this is a number" },
		{ STAGE "outs: [a: [b]]\n", "dver.yaml:4:15: 'an output' must "
		  "be a mapping, and this is a list" },
		{ STAGE "outs: [[a]]\n", "dver.yaml:4:12: 'outs' must be a "
		  "string, and this is a list" },
		{ STAGE "params: [p: 3]\n", "dver.yaml:4:17: 'params' must be "
		  "a list, and this is a number" },
		{ STAGE "params: [p: [a, {}]]\n", "dver.yaml:4:21: 'params' "
		  "must be a string, and this is a mapping" },
		{ STAGE "params: [../p: [a]]\n", "dver.yaml:4:14: '../p' "
		  "leads out of the workspace" },
		{ STAGE "wdir: /tmp\n", "dver.yaml:4:11: '/tmp' is outside "
		  "the workspace: paths in 'wdir' are relative to its "
		  "folder" },
		{ STAGE "wdir: ../\n", "dver.yaml:4:11: '../' leads out of "
		  "the workspace" },
		{ STAGE "frozen: 'true'\n", "dver.yaml:4:13: 'frozen' must be "
		  "true or false, and this is a string" },
		{ STAGE "desc: [a]\n", "dver.yaml:4:11: 'desc' must be a "
		  "string, and this is a list" },
		{ STAGE "cmd: y\n", "dver.yaml:4:5: this key was there "
		  "already" },
		{ STAGE "deps: [\n", "dver.yaml:5:1: did not find expected "
		  "node content" },
	};

	(void)state;
	check_said(cases, ARRAY_SIZE(cases));
}

/* Nine lines that stand for a thousand million words. */
static void a_bomb_is_refused(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_FREE char *is = NULL;

	(void)state;
	buf_addstr(&b, "stages:\n  s:\n    cmd: x\n    meta:\n"
		   "      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		buf_addf(&b, "      a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_addf(&b, "%s*a%d", k ? ", " : "", i - 1);
		buf_addstr(&b, "]\n");
	}
	spit(PIPELINE_FILE, b.data);
	is = stages_here();
	assert_true(str_starts(is, "dver.yaml:"));
	assert_null(strstr(is, "$"));
}

static void mkdirs(const char *path)
{
	assert_int_equal(os_mkdirs(path, 0755), 0);
}

#define ONE "stages: {s: {cmd: x, outs: [o]}}\n"

static void every_folder_may_have_a_file(void **state)
{
	AUTO_FREE char *is = NULL;

	(void)state;
	mkdirs("a/b");
	mkdirs("a-b");
	mkdirs("c");
	spit("dver.yaml", ONE);
	spit("a/b/dver.yaml", ONE);
	spit("a-b/dver.yaml", "stages: {t: {cmd: x, wdir: ../c, deps: [o]}}");
	is = stages_here();
	assert_string_equal(is, "a-b/dver.yaml:t in c $ 'x' dep=c/o\n"
			    "a/b/dver.yaml:s in a/b $ 'x' out=a/b/o\n"
			    "s $ 'x' out=o\n");
}

/* Data is not searched, and neither is what is another's. */
static void some_folders_are_not_entered(void **state)
{
	static const char *const dirs[] = { "o/x", "data/x", "skip/x",
					    "other/.dver", "other/x",
					    "clone/.git", ".dver/x" };
	AUTO_FREE char *is = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		AUTO_FREE char *file = str_printf("%s/dver.yaml", dirs[i]);

		mkdirs(dirs[i]);
		spit(file, ONE);
	}
	spit("other/dver.yaml", ONE);
	spit("clone/dver.yaml", ONE);
	spit("data.dver", "");
	spit(".dverignore", "skip\n");
	spit("dver.yaml", ONE);
	is = stages_here();
	assert_string_equal(is, "s $ 'x' out=o\n");
}

static void a_file_must_be_a_file(void **state)
{
	AUTO_FREE char *is = NULL;

	(void)state;
	mkdirs("a");
	spit("other.yaml", ONE);
	assert_int_equal(symlink("../other.yaml", "a/dver.yaml"), 0);
	is = stages_here();
	assert_string_equal(is, "'a/dver.yaml' is no regular file");
}

static void names_lead_to_stages(void **state)
{
	static const struct { const char *dir, *name, *want; } cases[] = {
		{ "", "s", "s" }, { "", "t", NULL }, { "", "dver.yaml", "s" },
		{ "", "dver.yaml:s", "s" }, { "", ":s", "s" },
		{ "", "a:t", "a/dver.yaml:t" },
		{ "", "a/dver.yaml:t", "a/dver.yaml:t" },
		{ "", "./a/../a:t", "a/dver.yaml:t" },
		{ "", "a/dver.yaml", "a/dver.yaml:s" },
		{ "a", "s", "a/dver.yaml:s" }, { "a", "u", "u" },
		{ "a", "../dver.yaml:s", "s" }, { "a", "..:s", "s" },
		{ "a", "dver.yaml", "a/dver.yaml:s" },
		{ "b", "s", "s" }, { "b", "../a:t", "a/dver.yaml:t" },
		{ "", "", NULL }, { "", ":", NULL }, { "", "../x:s", NULL },
	};
	struct dver_err err = { .code = 0 };
	AUTO_PIPELINE struct pipeline *p = NULL;
	size_t n;

	(void)state;
	mkdirs("a");
	spit("dver.yaml", "stages: {s: {cmd: x}, u: {cmd: x}}\n");
	spit("a/dver.yaml", "stages: {s: {cmd: x}, t: {cmd: x}}\n");
	p = load_here(&err);
	assert_non_null(p);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct stage *s = pipeline_find(p, cases[i].dir,
						      cases[i].name, &n);
		const char *is = s ? s->address : "none";
		const char *want = cases[i].want ? cases[i].want : "none";

		if (!streq(is, want))
			fail_msg("'%s' in '%s': %s, not %s", cases[i].name,
				 cases[i].dir, is, want);
	}
	assert_ptr_equal(pipeline_find(p, "", "dver.yaml", &n), &p->v[2]);
	assert_int_equal(n, 2);
}

static void sh(const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;

	assert_int_equal(proc_run(argv, NULL, NULL, 0, &out, &err), 0);
}

/* What git ignores is none of it, unless git has it all the same. */
static void git_says_what_counts(void **state)
{
	struct dver_repo *repo = NULL;
	AUTO_PIPELINE struct pipeline *p = NULL;
	AUTO_BUF struct buf b = BUF_BIG;
	struct dver_err err;

	(void)state;
	sh("git init -q . && mkdir new ignored forced gone");
	assert_int_equal(dver_repo_init(NULL, 0, &err), 1);
	spit(".gitignore", "ignored\nforced\n/dver.yaml\n");
	spit("dver.yaml", ONE);
	spit("new/dver.yaml", ONE);
	spit("ignored/dver.yaml", ONE);
	spit("forced/dver.yaml", ONE);
	spit("gone/dver.yaml", ONE);
	spit("new/notdver.yaml", ONE);
	sh("git add -f forced gone && rm gone/dver.yaml");
	assert_int_equal(dver_repo_open(&repo, NULL, NULL, &err), 0);
	assert_int_equal(pipeline_load(&p, repo, &err), 0);
	dver_repo_free(repo);
	for (size_t i = 0; i < p->n; i++)
		put_stage(&b, &p->v[i]);
	assert_string_equal(b.data,
			    "forced/dver.yaml:s in forced $ 'x' out=forced/o\n"
			    "new/dver.yaml:s in new $ 'x' out=new/o\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_stage_is_as_the_file_says), T(what_is_wrong_is_named),
		T(a_bomb_is_refused), T(every_folder_may_have_a_file),
		T(some_folders_are_not_entered), T(a_file_must_be_a_file),
		T(names_lead_to_stages), T(git_says_what_counts),
	};

	return RUN(tests);
}
