#include "base/err.h"
#include "base/mem.h"
#include "repo/lockfile_merge.h"
#include "tests/harness.h"

#define ID "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0"

/*
 * Lock files in short: "a1 b2" has a stage `a` of version 1 and a `b` of 2.
 * Of the version, an upper case letter after it is the outputs': "a1X".
 */
static void put_stage(struct buf *out, char name, char version, char outs)
{
	buf_addf(out, "  \"%c\":\n    cmd: \"run %c\"\n    params:\n"
		 "      params.yaml:\n        k: %c\n", name, version, version);
	buf_addf(out, "    outs:\n    - path: %c.out\n      sha256: " ID "%c\n",
		 name, outs >= 'A' ? outs - 'A' + '0' : version);
}

static void put_stages(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char outs = i + 2 < len && s[i + 2] >= 'A' && s[i + 2] <= 'J'
			    ? s[i + 2] : ' ';

		if (s[i] == ' ')
			continue;
		put_stage(out, s[i], s[i + 1], outs);
		i += outs == ' ' ? 1 : 2;
	}
}

/* And "[a1|a2]" stands between markers; "-" is no file. */
static void put_text(struct buf *out, const char *s)
{
	if (streq(s, "-"))
		return;
	lockfile_put_head(out, *s != '\0');
	while (*s) {
		size_t len = strcspn(s, "[|]");

		put_stages(out, s, len);
		s += len;
		if (*s == '[')
			buf_addstr(out, "<<<<<<< ours\n");
		else if (*s == '|')
			buf_addstr(out, "=======\n");
		else if (*s == ']')
			buf_addstr(out, ">>>>>>> theirs\n");
		s += *s != '\0';
	}
}

struct seen {
	struct buf told;
	enum dver_side side;
};

static int on_clash(void *data, const struct lock_clash *c,
		    enum dver_side *side, struct dver_err *err)
{
	struct seen *s = data;

	(void)err;
	buf_addf(&s->told, "%s%s: %s %u", s->told.len ? "; " : "",
		 c->stage ? c->stage : "all", c->why, c->differs);
	*side = s->side;
	return 0;
}

static struct lock_text view(const struct buf *b, const char *s)
{
	return (struct lock_text){ streq(s, "-") ? NULL : b->data, b->len };
}

static enum lock_merged merge(const char *base, const char *ours,
			      const char *theirs, struct seen *seen,
			      struct buf *out)
{
	const char *const words[3] = { base, ours, theirs };
	struct buf v[3] = { BUF_BIG, BUF_BIG, BUF_BIG };
	struct lockfile_merge m = { .path = LOCKFILE_NAME, .clash = on_clash,
				    .data = seen };
	enum lock_merged how = LOCK_CLASH;
	struct dver_err err;

	for (int i = 0; i < 3; i++)
		put_text(&v[i], words[i]);
	assert_int_equal(lockfile_merge(&m, view(&v[0], base),
					view(&v[1], ours),
					view(&v[2], theirs), out, &how, &err),
			 0);
	for (int i = 0; i < 3; i++)
		buf_release(&v[i]);
	return how;
}

static const struct row {
	const char *base, *ours, *theirs, *want;
	const char *told;	/* "": nothing */
} rows[] = {
	/* One side, or both alike. */
	{ "a1 b1", "a1 b1", "a1 b1", "a1 b1", "" },
	{ "a1 b1", "a2 b1", "a1 b1", "a2 b1", "" },
	{ "a1 b1", "a1 b1", "a2 b1", "a2 b1", "" },
	{ "a1 b1", "a2 b1", "a1 b2", "a2 b2", "" },
	{ "a1 b1", "a2 b1", "a2 b2", "a2 b2", "" },
	{ "a1 c1", "a1 b1 c1", "a1 c1 d1", "a1 b1 c1 d1", "" },
	{ "b1", "a1 b1", "a1 b1 c1", "a1 b1 c1", "" },
	{ "a1 b1", "b1", "a1 b1", "b1", "" },
	{ "a1 b1", "a1 b1", "b1", "b1", "" },
	{ "a1 b1", "b1", "a1", "", "" },
	{ "a1 b1", "b1", "b1", "b1", "" },
	{ "a1", "", "a1 b1", "b1", "" },
	{ "", "a1", "", "a1", "" },
	/* Files that are not there. */
	{ "-", "a1", "b1", "a1 b1", "" },
	{ "-", "a1", "a1", "a1", "" },
	{ "-", "a1", "-", "a1", "" },
	{ "-", "-", "a1", "a1", "" },
	{ "a1", "-", "-", "-", "" },
	{ "a1", "-", "a1", "-", "" },
	{ "a1", "a1", "-", "-", "" },
	{ "a1", "-", "a2", "!", "all: deleted here, changed there 0" },
	{ "a1", "a2", "-", "!", "all: changed here, deleted there 0" },
	/* Clashes. */
	{ "a1 b1 c1", "a2 b2 c1", "a1 b3 c2", "a2 [b2|b3] c2",
	  "b: changed on both sides 13" },
	{ "a1", "a1 b1", "a1 b2", "a1 [b1|b2]", "b: added on both sides 13" },
	{ "-", "a1 b1", "a2 c1", "[a1|a2] b1 c1",
	  "a: added on both sides 13" },
	{ "a1 b1", "b1", "a2 b1", "[|a2] b1",
	  "a: deleted here, changed there 0" },
	{ "a1 b1", "a2 b1", "b1", "[a2|] b1",
	  "a: changed here, deleted there 0" },
	{ "a1 b1", "a2 b2", "a3 b3", "[a2|a3][b2|b3]",
	  "a: changed on both sides 13; b: changed on both sides 13" },
	{ "a1 b1", "a2A b1", "a2B b1", "[a2A|a2B] b1",
	  "a: the same inputs on both sides gave other outputs 8" },
	{ "b1", "a2A b1", "a2B b1", "[a2A|a2B] b1",
	  "a: the same inputs on both sides gave other outputs 8" },
	/* A base with clashes of its own. */
	{ "[a1|a2] b1", "a3 b1", "a3 b2", "a3 b2", "" },
	{ "[a1|a2] b1", "a1 b2", "a3 b1", "[a1|a3] b2",
	  "a: changed on both sides 13" },
	{ "[a1|a2] b1", "b1", "a2 b1", "[|a2] b1",
	  "a: there and not here 0" },
	{ "[a1|] b1", "a1 b1", "b1", "[a1|] b1", "a: here and not there 0" },
	{ "[a1|a2] b1", "a3 b1 c1", "a3 b1", "a3 b1 c1", "" },
	{ "[a1|a2", "a3 b1", "a3", "a3 [b1|]", "b: here and not there 0" },
};

static void by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *w = &rows[i];
		AUTO_BUF struct buf out = BUF_BIG;
		AUTO_BUF struct buf want = BUF_BIG;
		struct seen seen = { BUF_BIG, DVER_NEITHER };
		enum lock_merged how = merge(w->base, w->ours, w->theirs,
					     &seen, &out);

		if (*w->want != '!')
			put_text(&want, w->want);
		assert_string_equal(out.data, want.data);
		assert_string_equal(seen.told.data, w->told);
		assert_int_equal(how, *w->want == '!' ? LOCK_CLASH
				 : *w->want == '-' ? LOCK_GONE
				 : *w->told ? LOCK_MARKED : LOCK_MERGED);
		buf_release(&seen.told);
	}
}

/* The marked text as a side has it is the merge in which it was taken. */
static void sides_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *w = &rows[i];
		AUTO_BUF struct buf marked = BUF_BIG;
		struct seen seen = { BUF_BIG, DVER_NEITHER };
		enum lock_merged how = merge(w->base, w->ours, w->theirs,
					     &seen, &marked);

		for (int side = DVER_OURS; side <= DVER_THEIRS; side++) {
			AUTO_BUF struct buf out = BUF_BIG;
			AUTO_BUF struct buf want = BUF_BIG;

			seen.side = (enum dver_side)side;
			buf_clear(&seen.told);
			assert_true(merge(w->base, w->ours, w->theirs, &seen,
					  &out) <= LOCK_GONE);
			if (how == LOCK_CLASH)
				put_text(&want, side == DVER_OURS ? w->ours
							: w->theirs);
			else
				assert_true(lockfile_side(&want,
					(struct lock_text){ marked.data,
							    marked.len },
					seen.side));
			/* Nothing is left: that is written in short. */
			if (streq(want.data, "schema: 1\nstages:\n"))
				buf_setstr(&want, "schema: 1\n");
			assert_string_equal(out.data, want.data);
		}
		buf_release(&seen.told);
	}
}

static struct lock_text text(const char *s)
{
	return (struct lock_text){ s, strlen(s) };
}

static void what_cannot_be_read(void **state)
{
	static const char *const bad[] = {
		"schema: 2\n", "schema: 1\nstages: [", "a: b\n", "\xff\xfe\n",
		"schema: 1\nstages:\n  a:\n    cmd: x\n  a:\n    cmd: y\n",
		"schema: 1\nstages:\n  \"\":\n    cmd: x\n",
		"schema: 1\nstages:\n  \"a\\0b\":\n    cmd: x\n",
		"<<<<<<< ours\nschema: 1\n=======\n>>>>>>> theirs\n",
		"schema: 1\nstages:\n  a:\n    outs:\n    - path: ../../x\n",
	};
	static const char good[] = "schema: 1\nstages:\n  fit:\n"
		"    cmd: make\n";
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_BUF struct buf out = BUF_BIG;
		struct seen seen = { BUF_BIG, DVER_NEITHER };
		struct lockfile_merge m = { LOCKFILE_NAME, on_clash, &seen };
		enum lock_merged how;

		assert_int_equal(lockfile_merge(&m, text(""), text(good),
						text(bad[i]), &out, &how,
						&err), 0);
		assert_int_equal(how, LOCK_CLASH);
		assert_int_equal(out.len, 0);
		assert_non_null(strstr(seen.told.data, "all: their version "
				       "cannot be read: dver.lock"));
		seen.side = DVER_THEIRS;
		assert_int_equal(lockfile_merge(&m, text(""), text(good),
						text(bad[i]), &out, &how,
						&err), DVER_EFORMAT);
		seen.side = DVER_OURS;
		assert_int_equal(lockfile_merge(&m, text(""), text(good),
						text(bad[i]), &out, &how,
						&err), 0);
		assert_int_equal(how, LOCK_MERGED);
		assert_string_equal(out.data, good);
		seen.side = DVER_NEITHER;
		assert_int_equal(lockfile_merge(&m, text(""), text(bad[i]),
						text(good), &out, &how, &err),
				 0);
		assert_int_equal(how, LOCK_CLASH);
		assert_non_null(strstr(seen.told.data, "our version cannot"));
		buf_release(&seen.told);
	}
}

/* Line ends and spelling are no change; what comes out is written our way. */
static void spelling_does_not_matter(void **state)
{
	AUTO_BUF struct buf out = BUF_BIG;
	struct seen seen = { BUF_BIG, DVER_NEITHER };
	struct lockfile_merge m = { LOCKFILE_NAME, on_clash, &seen };
	enum lock_merged how;
	struct dver_err err;

	(void)state;
	assert_int_equal(lockfile_merge(&m,
		text("schema: 1\nstages:\n  b:\n    cmd: x\n"),
		text("schema: 1\r\nstages:\r\n  b:\r\n    cmd: x\r\n"
		     "  a: {cmd: z}\r\n"),
		text("# new\nstages: {b: {cmd: \"y\"}}\nschema: 1\n"),
		&out, &how, &err), 0);
	assert_int_equal(how, LOCK_MERGED);
	assert_string_equal(out.data, "schema: 1\nstages:\n  \"a\":\n"
			    "    cmd: z\n  \"b\":\n    cmd: \"y\"\n");
	assert_string_equal(seen.told.data, "");
}

static void markers_of_all_kinds(void **state)
{
	static const struct {
		const char *text, *ours, *theirs;	/* NULL: not in order */
	} v[] = {
		{ "a\nb", "a\nb", "a\nb" },
		{ "a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n", "a\nb\nd\n",
		  "a\nc\nd\n" },
		{ "<<<<<<<<< Temporary merge branch 1\nb\n||||||||| base\nx\n"
		  "=========\nc\n>>>>>>>>> Temporary merge branch 2\n", "b\n",
		  "c\n" },
		{ "<<<<<<< x\r\nb\r\n=======\r\nc\r\n>>>>>>> y\r\n", "b\r\n",
		  "c\r\n" },
		{ "<<<<<<< x\n=======\n>>>>>>>", "", "" },
		{ "<<<<<< x\n=======\n", "<<<<<< x\n=======\n",
		  "<<<<<< x\n=======\n" },
		{ "<<<<<<< x\nb\n", NULL, NULL },
		{ "<<<<<<< x\n=======\n", NULL, NULL },
		{ "<<<<<<< x\n<<<<<<< x\n=======\n>>>>>>> y\n=======\n"
		  ">>>>>>> y\n", NULL, NULL },
		{ "<<<<<<< x\n========\n>>>>>>> y\n", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		AUTO_BUF struct buf a = BUF_BIG;
		AUTO_BUF struct buf b = BUF_BIG;

		assert_int_equal(lockfile_side(&a, text(v[i].text), DVER_OURS),
				 v[i].ours != NULL);
		assert_int_equal(lockfile_side(&b, text(v[i].text),
					       DVER_THEIRS),
				 v[i].theirs != NULL);
		if (!v[i].ours)
			continue;
		assert_string_equal(a.data, v[i].ours);
		assert_string_equal(b.data, v[i].theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(by_the_table),
		T(sides_decide),
		T(what_cannot_be_read),
		T(spelling_does_not_matter),
		T(markers_of_all_kinds),
	};

	return RUN(tests);
}
