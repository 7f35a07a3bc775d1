#include "base/err.h"
#include "base/mem.h"
#include "repo/lockfile.h"
#include "tests/harness.h"

#define ID "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static const char text[] =
	"schema: 1\n"
	"stages:\n"
	"  fit:\n"
	"    cmd:\n"
	"    - \"./prepare\"\n"
	"    - \"./train --lr 0.1\"\n"
	"    deps:\n"
	"    - path: \"../data\"\n"
	"      tree: " ID "\n"
	"      size: 12\n"
	"      nfiles: 3\n"
	"    - path: train\n"
	"      sha256: " ID "\n"
	"      size: 4\n"
	"      isexec: true\n"
	"    params:\n"
	"      \"../params.yaml\":\n"
	"        lr: 0.1\n"
	"        sizes: [1, 2]\n"
	"      own.yaml:\n"
	"        \"a.b\": \"true\"\n"
	"    outs:\n"
	"    - path: metrics.json\n"
	"      sha256: " ID "\n"
	"      size: 2\n"
	"      cache: false\n"
	"    - path: model\n"
	"      sha256: " ID "\n"
	"      size: 9\n"
	"      push: false\n"
	"  prepare:\n"
	"    cmd: make\n";

static void reads_what_it_writes(void **state)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	AUTO_BUF struct buf out = BUF_BIG;
	struct dver_err err;
	const struct locked_stage *s;

	(void)state;
	assert_int_equal(lockfile_parse(&l, "sub/dver.lock", "x", text,
				 strlen(text), &err), 0);
	assert_int_equal(l.n, 2);
	s = lockfile_find(&l, "fit");
	assert_non_null(s);
	assert_string_equal(s->deps[0].p.out, "data");
	assert_string_equal(s->deps[1].p.out, "sub/train");
	assert_true(s->outs[0].no_cache && s->outs[1].no_push);
	assert_string_equal(s->params[1].text, "[1, 2]");
	assert_int_equal(lockfile_format(&out, "sub/dver.lock", &l, &err), 0);
	assert_string_equal(out.data, text);
}

static void whoever_came_first(void **state)
{
	static const char *const names[] = { "b", "a", "c", "b", "@" };
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct locked_stage s = { .name = strdup(names[i]) };
		struct pointer p = { .kind = ROOT_FILE };

		assert_true(strvec_push(&s.cmds, "x"));
		assert_int_equal(locked_add(&s.outs, &s.nouts, "z", &p, &err),
				 0);
		assert_int_equal(locked_add(&s.outs, &s.nouts, "y", &p, &err),
				 0);
		assert_int_equal(locked_add_param(&s, "p", "k", "1", &err),
				 0);
		assert_int_equal(lockfile_put(&l, &s, &err), 0);
	}
	assert_int_equal(l.n, 4);
	assert_string_equal(l.v[0].name, "@");
	assert_string_equal(l.v[3].name, "c");
	assert_string_equal(l.v[1].outs[0].p.out, "y");
	assert_true(lockfile_remove(&l, "b"));
	assert_false(lockfile_remove(&l, "b"));
	assert_null(lockfile_find(&l, "b"));
	assert_string_equal(l.v[2].name, "c");
}

static void stages_in_any_order(void **state)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	AUTO_BUF struct buf odd = BUF_BIG;
	struct dver_err err;
	const int n = 20000;

	(void)state;
	buf_addstr(&odd, "schema: 1\nstages:\n");
	for (int i = n; i-- > 0;)
		buf_addf(&odd, "  s%05d: {cmd: make}\n", i ^ 1);
	assert_int_equal(lockfile_parse(&l, "dver.lock", "x", odd.data, odd.len,
				 &err), 0);
	assert_int_equal(l.n, n);
	for (int i = 0; i < n; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "s%05d", i);
		assert_string_equal(l.v[i].name, name);
		assert_ptr_equal(lockfile_find(&l, name), &l.v[i]);
	}
}

static int count(void *data, const struct pointed *p, struct dver_err *err)
{
	(void)err;
	assert_string_equal(p->path, "sub/model");
	assert_string_equal(p->stage, "fit");
	assert_true(p->no_push);
	(*(int *)data)++;
	return 0;
}

static void says_which_outputs_there_are(void **state)
{
	struct dver_err err;
	int n = 0;

	(void)state;
	assert_int_equal(pointers_each("sub/dver.lock", "x", text, strlen(text),
				count, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_true(pointer_is_name("a.dver"));
	assert_true(pointer_is_name("d/dver.lock"));
	assert_false(pointer_is_name("d/.dver"));
	assert_false(pointer_is_name("notdver.lock"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(reads_what_it_writes),
		T(whoever_came_first),
		T(stages_in_any_order),
		T(says_which_outputs_there_are),
	};

	return RUN(tests);
}
