/* repo: pointers, YAML, git's index, outputs, ignore lines, targets. */
#include "tests/harness.h"

#include "base/os.h"
#include "base/proc.h"
#include "format/json.h"
#include "format/yaml.h"
#include "repo/git_index.h"
#include "repo/ignore.h"
#include "repo/outputs.h"

#define ID "9f86d081884c7d659a2feaa0c55ad015" \
	   "a3bf4f1b2b0b822cd15d6c15b0f00a08"

static int parse(struct pointer *p, const char *text)
{
	struct dver_err err;

	return pointer_parse(p, "x.dver", text, strlen(text), &err);
}

static void a_pointer_is_written_one_way(void **state)
{
	static const char text[] = "outs:\n- path: data\n  tree: " ID
				   "\n  size: 12\n  nfiles: 3\n";
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_BUF struct buf b = BUF_BIG;

	(void)state;
	assert_int_equal(parse(&p, text), 0);
	assert_string_equal(p.out, "data");
	assert_int_equal(p.kind, ROOT_TREE);
	assert_int_equal(p.size, 12);
	assert_int_equal(p.nfiles, 3);
	assert_int_equal(pointer_format(&b, &p, NULL), 0);
	assert_string_equal(b.data, text);
}

/* Any name that a file can have survives its pointer. */
static void every_name_survives(void **state)
{
	static const char *const names[] = {
		"a", "1e5", "0x10", "true", "null", "~", "-", "- a", "a: b",
		"#x", " lead", "trail ", "q\"uote", "back\\slash", "new\nline",
		"tab\there", "\377\376", "\303\244", "%41", "!tag", "&a",
		"*a", "{}", "[]", "'", "\x7f", "2026-11-24", "=", "<<", "y",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_POINTER struct pointer back = { .out = NULL };
		AUTO_BUF struct buf b = BUF_BIG;
		char name[64];
		struct pointer p = { .out = name, .kind = ROOT_FILE };

		(void)snprintf(name, sizeof(name), "%s", names[i]);
		assert_int_equal(pointer_format(&b, &p, NULL), 0);
		assert_int_equal(parse(&back, b.data), 0);
		assert_string_equal(back.out, names[i]);
	}
}

static void bad_pointers_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "[]", "outs:", "outs: []", "outs: {}",
		"outs:\n- 1\n",
		"outs:\n- path: a\n",
		"outs:\n- sha256: " ID "\n",
		"outs:\n- path: a\n  sha256: " ID "\n  tree: " ID "\n",
		"outs:\n- path: a\n  sha256: " ID "\n  sha256: " ID "\n",
		"outs:\n- path: ../a\n  sha256: " ID "\n",
		"outs:\n- path: /a\n  sha256: " ID "\n",
		"outs:\n- path: a/b\n  sha256: " ID "\n",
		"outs:\n- path: ..\n  sha256: " ID "\n",
		"outs:\n- path: .git\n  sha256: " ID "\n",
		"outs:\n- path: .DVER\n  sha256: " ID "\n",
		"outs:\n- path: \"\"\n  sha256: " ID "\n",
		"outs:\n- path: \"a\\0b\"\n  sha256: " ID "\n",
		"outs:\n- path: !bytes \"%2\"\n  sha256: " ID "\n",
		"outs:\n- path: !bytes \"a%2fb\"\n  sha256: " ID "\n",
		"outs:\n- path: !other a\n  sha256: " ID "\n",
		"outs:\n- path: a\n  sha256: 9F86\n",
		"outs:\n- path: a\n  sha256: " ID "0\n",
		"outs:\n- path: a\n  sha256: " ID "\n  size: -1\n",
		"outs:\n- path: a\n  sha256: " ID "\n  size: 1e3\n",
		"outs:\n- path: a\n  sha256: " ID
			"\n  size: 99999999999999999999\n",
		"outs:\n- path: a\n  sha256: " ID "\n  what: 1\n",
		"outs:\n- path: a\n  sha256: " ID "\n- path: b\n  sha256: "
			ID "\n",
		"outs:\n- &x path\n", "outs:\n- path: *x\n",
		"--- {}\n--- {}\n", "outs: [", "\xff\xfe",
		"bogus: 1\nouts:\n- path: a\n  sha256: " ID "\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct pointer p = { .out = NULL };

		assert_int_equal(parse(&p, bad[i]), DVER_EFORMAT);
		assert_null(p.out);
	}
}

static void deep_yaml_is_refused(void **state)
{
	AUTO_BUF struct buf b = BUF_BIG;
	struct value_doc doc;
	struct dver_err err;

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_addc(&b, '[');
	assert_int_equal(yaml_parse(&doc, "x", b.data, b.len, &err),
			 DVER_EFORMAT);
}

static void json_is_json(void **state)
{
	static const char *const argv[] = { "python3", "-c",
		"import json,sys\n"
		"d = json.load(open('j'))\n"
		"assert d['a'] == ['x\\n\"\\\\', '\\ufffd\\u00e4'], d\n"
		"assert d['n'] == 2**64 - 1 and d['t'] is True, d\n"
		"assert d['o'] == {} and d['z'] is None, d\n", NULL };
	struct json j;
	struct dver_err err;

	(void)state;
	json_begin(&j, fopen("j", "we"));
	json_object(&j, NULL);
	json_array(&j, "a");
	json_string(&j, NULL, "x\n\"\\");
	json_string(&j, NULL, "\377\303\244");
	json_end_array(&j);
	json_number(&j, "n", UINT64_MAX);
	json_bool(&j, "t", true);
	json_object(&j, "o");
	json_end_object(&j);
	json_string(&j, "z", NULL);
	json_end_object(&j);
	json_end(&j);
	assert_int_equal(fclose(j.to), 0);
	assert_int_equal(proc_run(argv, NULL, NULL, 0, NULL, &err), 0);
}

struct seen { int n, skipped; uint32_t mode, size; char last[256]; };

static int see(void *data, const struct index_entry *e)
{
	struct seen *s = data;

	assert_int_equal(strlen(e->name), e->len);
	s->n++;
	s->skipped += e->skip_worktree;
	s->mode = e->mode;
	s->size = e->size;
	(void)snprintf(s->last, sizeof(s->last), "%s", e->name);
	return 0;
}

static void git(const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };
	struct dver_err err;

	assert_int_equal(proc_run(argv, NULL, NULL, 0, NULL, &err), 0);
}

/* What real git writes, in each version; then cut and flipped. */
static void git_indexes_are_read(void **state)
{
	(void)state;
	git("git init -q . && mkdir -p a/b && for i in $(seq 40); do echo $i "
	    ">a/b/f$i; echo $i >a/g$i; done && echo z >zz && git add .");
	for (int v = 2; v <= 4; v++) {
		AUTO_FREE char *data = NULL;
		struct seen s = { 0 };
		char cmd[100];
		size_t len;

		(void)snprintf(cmd, sizeof(cmd), "git update-index "
			       "--index-version %d; git update-index "
			       "--%sskip-worktree zz", v, v == 2 ? "no-" : "");
		git(cmd);
		assert_int_equal(os_slurp(&data, &len, ".git/index", 1 << 20,
					  NULL), 0);
		assert_int_equal(git_index_parse(data, len, see, &s), 0);
		assert_int_equal(s.n, 81);
		assert_int_equal(s.skipped, v > 2);
		assert_string_equal(s.last, "zz");
		assert_int_equal(s.mode, 0100644);
		assert_int_equal(s.size, 2);
		for (size_t cut = 0; cut < len; cut += 7)
			(void)git_index_parse(data, cut, see, &s);
		for (size_t at = 0; at < len; at += 3) {
			data[at] ^= 0x55;
			(void)git_index_parse(data, len, see, &s);
			data[at] ^= 0x55;
		}
	}
}

static struct dver_repo *open_repo(void)
{
	struct dver_repo *repo = NULL;
	struct dver_err err;

	git("git init -q .");
	assert_int_equal(dver_repo_init(NULL, 0, &err), 1);
	assert_int_equal(dver_repo_init(NULL, 0, &err), 0);
	assert_int_equal(dver_repo_open(&repo, NULL, NULL, &err), 0);
	return repo;
}

static void ignore_lines_come_and_go(void **state)
{
	struct dver_repo *repo = open_repo();

	(void)state;
	spit(".gitignore", "*.o");
	assert_int_equal(ignore_add(repo, "data", NULL), 1);
	assert_int_equal(ignore_add(repo, "data", NULL), 0);
	assert_int_equal(ignore_add(repo, "w[i]ld*?", NULL), 1);
	assert_string_equal(slurp(".gitignore"),
			    "*.o\n/data\n/w\\[i\\]ld\\*\\?\n");
	assert_int_equal(ignore_remove(repo, "data", NULL), 1);
	assert_int_equal(ignore_remove(repo, "data", NULL), 0);
	assert_string_equal(slurp(".gitignore"),
			    "*.o\n/w\\[i\\]ld\\*\\?\n");
	assert_int_equal(mkdir("sub", 0777), 0);
	assert_int_equal(ignore_add(repo, "sub/x", NULL), 1);
	assert_int_equal(ignore_remove(repo, "sub/x", NULL), 1);
	assert_int_equal(access("sub/.gitignore", F_OK), -1);
	dver_repo_free(repo);
}

static void targets_stay_inside(void **state)
{
	static const char *const bad[] = { "..", "../x", "/etc", "a/../../x",
					   ".git/x", "a/.git", ".dver/config",
					   "link/x", "" };
	struct dver_repo *repo = open_repo();
	AUTO_BUF struct buf b = BUF_PATH;
	struct dver_err err;

	(void)state;
	assert_int_equal(symlink("/etc", "link"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(repo_path(repo, &b, bad[i], &err),
				 DVER_EINVAL);
	assert_int_equal(repo_path(repo, &b, "a/./b//../c", &err), 0);
	assert_string_equal(b.data, "a/c");
	assert_int_equal(repo_path(repo, &b, ".", &err), 0);
	assert_string_equal(b.data, "");
	dver_repo_free(repo);
}

static void outputs_are_found_and_judged(void **state)
{
	struct dver_repo *repo = open_repo();
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	AUTO_STRVEC struct strvec extra = STRVEC_INIT;
	struct output *first;

	(void)state;
	assert_int_equal(mkdir("d", 0777), 0);
	spit("d.dver", "outs:\n- path: d\n  tree: " ID "\n");
	spit("d/in.dver", "outs:\n- path: in\n  sha256: " ID "\n");
	spit("e.dver", "outs:\n- path: e\n  sha256: " ID "\n");
	spit("bad.dver", "junk");
	spit("extra.dver", "outs:\n- path: extra\n  sha256: " ID "\n");
	git("git add -f d.dver d/in.dver e.dver bad.dver");
	assert_true(strvec_push(&extra, "extra"));
	assert_true(strvec_push(&extra, "nothing"));
	assert_int_equal(outputs_load(&o, repo, &extra, NULL), 0);
	assert_int_equal(o.n, 5);
	assert_non_null(outputs_find(&o, "bad")->problem);
	assert_non_null(strstr(outputs_find(&o, "d")->problem, "overlap"));
	assert_non_null(outputs_find(&o, "d/in")->problem);
	assert_null(outputs_find(&o, "e")->problem);
	assert_string_equal(outputs_holding(&o, "e/x/y")->path, "e");
	assert_null(outputs_holding(&o, "f/x"));
	assert_int_equal(outputs_below(&o, "d", &first), 1);
	assert_int_equal(outputs_below(&o, "", &first), 5);
	dver_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_pointer_is_written_one_way),
		T(every_name_survives),
		T(bad_pointers_are_refused),
		T(deep_yaml_is_refused),
		T(json_is_json),
		T(git_indexes_are_read),
		T(ignore_lines_come_and_go),
		T(targets_stay_inside),
		T(outputs_are_found_and_judged),
	};

	(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	return RUN(tests);
}
