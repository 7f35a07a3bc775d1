/* stage_add: whatever fails, dver.yaml is the old one or the new one. */
#include "tests/harness.h"

#include <errno.h>

#include "base/fault.h"
#include "dver/repo.h"
#include "dver/stage.h"

#define OLD "# mine\nstages:\n  a: {cmd: x}\n"
#define NEW OLD "  b:\n    cmd: touch o\n    deps:\n    - d\n    outs:\n" \
	"    - o\n"
#define COLD "# mine\nstages:\n  a: {frozen: true, cmd: x}\n"

static struct dver_repo *workspace(void)
{
	struct dver_repo *repo = NULL;
	struct dver_err err = { 0 };

	if (dver_repo_init(NULL, DVER_INIT_NO_GIT, &err) < 0 ||
	    dver_repo_open(&repo, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	return repo;
}

static int add(struct dver_repo *repo, bool force, struct dver_err *err)
{
	static const char *const cmd[] = { "touch", "o" };
	static const struct dver_stage_item items[] = {
		{ .kind = DVER_STAGE_OUT, .text = "o" },
		{ .kind = DVER_STAGE_DEP, .text = "./d/" },
		{ .kind = DVER_STAGE_DEP, .text = "d" },
	};
	const struct dver_stage_new stage = {
		.name = "b", .cmd = cmd, .ncmd = ARRAY_SIZE(cmd),
		.items = items, .nitems = ARRAY_SIZE(items), .force = force
	};

	return dver_stage_add(repo, &stage, NULL, err);
}

static int freeze(struct dver_repo *repo, bool force, struct dver_err *err)
{
	static const char *const names[] = { "a" };

	(void)force;
	return dver_stage_freeze(repo, names, 1, true, NULL, NULL, err);
}

/* Fail each system call in turn, until one run meets no failure at all. */
static void sweep(int (*act)(struct dver_repo *, bool, struct dver_err *),
		  const char *old, const char *new)
{
	struct dver_repo *repo = workspace();
	bool hit = true;

	for (int nth = 1; hit; nth++) {
		struct dver_err err = { 0 };
		int r;

		spit("dver.yaml", old);
#ifdef DVER_FAULT
		fault_arm(nth, nth % 2 ? EIO : ENOSPC);
		r = act(repo, false, &err);
		hit = fault_disarm();
#else
		r = act(repo, false, &err);
		hit = false;
#endif
		if (!hit)
			assert_int_equal(r, 0);
		if (r < 0)
			assert_true(err.msg[0] != '\0');
		assert_true(streq(slurp("dver.yaml"), new) ||
			    (r < 0 && streq(slurp("dver.yaml"), old)));
		/* .dver and .dverignore are there too; no litter is. */
		assert_int_equal(dir_entries("."), 3);
		if (act(repo, true, &err) < 0)
			fail_msg("%s", err.msg);
		assert_string_equal(slurp("dver.yaml"), new);
	}
	dver_repo_free(repo);
}

static void every_failure_leaves_old_or_new(void **state)
{
	(void)state;
	sweep(add, OLD, NEW);
	sweep(freeze, OLD, COLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_failure_leaves_old_or_new),
	};

	return RUN(tests);
}
