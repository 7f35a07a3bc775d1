#include "tests/harness.h"
#include "workspace/merge_differences.h"

#define X "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define Y "1111111111111111111111111111111111111111111111111111111111111111"
#define HEAD "schema: 1\nstages:\n  fit:\n"
#define PATH(p, id) "    - path: " p "\n      sha256: " id "\n"

/* As "kind name ours theirs": kinds by number, ids by their first digit. */
static void tell(struct buf *out, const struct dver_merge_difference *d)
{
	bool id = d->kind == DVER_REASON_INPUT ||
		  d->kind == DVER_REASON_OUTPUT;
	const char *const side[2] = { d->ours, d->theirs };

	buf_addf(out, "%d %s", (int)d->kind, d->name ? d->name : "-");
	for (int i = 0; i < 2; i++) {
		if (side[i] && id)
			assert_int_equal(strlen(side[i]), OID_HEX);
		buf_addf(out, " %.*s", id ? 1 : 100, side[i] ? side[i] : "-");
	}
	buf_addc(out, '\n');
}

static void differ(const char *ours, const char *theirs, const char *want)
{
	AUTO_LOCKFILE struct lockfile o = LOCKFILE_INIT;
	AUTO_LOCKFILE struct lockfile t = LOCKFILE_INIT;
	AUTO_DIFFERENCES struct differences d = DIFFERENCES_INIT;
	AUTO_BUF struct buf told = BUF_BIG;
	struct dver_err err;

	assert_int_equal(lockfile_parse(&o, "dver.lock", "o", ours,
					strlen(ours), &err), 0);
	assert_int_equal(lockfile_parse(&t, "dver.lock", "t", theirs,
					strlen(theirs), &err), 0);
	assert_true(differences_find(&d, &o.v[0], &t.v[0]));
	for (size_t i = 0; i < d.n; i++)
		tell(&told, &d.v[i]);
	assert_string_equal(told.data, want);
}

static void one_by_one(void **state)
{
	static const char some[] =
		HEAD "    cmd: make\n    deps:\n" PATH("in", X)
		"    params:\n      aa:\n        k: 1\n        l: 2\n"
		"    outs:\n" PATH("model", X) PATH("plots", X);
	static const char other[] =
		HEAD "    cmd:\n    - make\n    - run\n    deps:\n"
		PATH("also", X) PATH("in", Y)
		"    params:\n      aa:\n        k: 1\n        l: 3\n"
		"      bb:\n        k: [1, 2]\n"
		"    outs:\n" PATH("model", Y);

	(void)state;
	differ(some, some, "");
	differ(some, other, "1 - make make\nrun\n2 also - 9\n2 in 9 1\n"
	       "3 aa:l 2 3\n3 bb:k - [1, 2]\n4 model 9 1\n4 plots 9 -\n");
	differ(other, some, "1 - make\nrun make\n2 also 9 -\n2 in 1 9\n"
	       "3 aa:l 3 2\n3 bb:k [1, 2] -\n4 model 1 9\n4 plots - 9\n");
}

static void other_spellings(void **state)
{
	(void)state;
	differ(HEAD "    cmd: make\n", HEAD "    cmd: [make]\n",
	       "1 - make make\n");
	differ(HEAD "    cmd: make\n    outs:\n" PATH("model", X),
	       HEAD "    cmd: make\n    outs:\n" PATH("model", X)
	       "      cache: false\n", "4 model 9 9\n");
	differ(HEAD "    cmd: make\n    outs:\n" PATH("model", X),
	       HEAD "    cmd: make\n    outs:\n" PATH("model", X)
	       "      push: false\n", "4 model 9 9\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_by_one),
		T(other_spellings),
	};

	return RUN(tests);
}
