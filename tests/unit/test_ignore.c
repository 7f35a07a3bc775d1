/* glob, dverignore, winname: patterns, files of them, names elsewhere. */
#include "tests/harness.h"

#include "base/os.h"
#include "base/winname.h"
#include "format/glob.h"
#include "repo/dverignore.h"

static void globs_match_as_gits(void **state)
{
	static const struct { const char *glob, *path; bool match; } cases[] = {
		{ "a", "a", true }, { "a", "ab", false }, { "", "", true },
		{ "?", "a", true }, { "?", "/", false }, { "?", "", false },
		{ "*", "", true }, { "*", "ab", true }, { "*", "a/b", false },
		{ "a*c", "abbc", true }, { "a*c", "abcb", false },
		{ "*.b", ".b.b", true }, { "*a*b*", "xaxbx", true },
		{ "**", "a/b", true }, { "**/b", "b", true },
		{ "**/b", "a/c/b", true }, { "**/b", "a/bb", false },
		{ "a/**", "a/b/c", true }, { "a/**", "a", false },
		{ "a/**/b", "a/b", true }, { "a/**/b", "a/x/y/b", true },
		{ "a/**/b", "ab", false }, { "a**/b", "ax/b", true },
		{ "a**/b", "ax/y/b", false }, { "a**b", "a/b", false },
		{ "***/b", "x/b", true }, { "**/a/**/b", "x/a/a/c/b", true },
		{ "**/a*/b", "a/ax/b", true }, { "**/*b", "ab", true },
		{ "**\\/b", "a/b", true }, { "**\\/b", "b", false },
		{ "x/**/**/y", "x/y", true },
		{ "[ab]", "b", true }, { "[!ab]", "b", false },
		{ "[^ab]", "c", true }, { "[!a]", "/", false },
		{ "[]]", "]", true }, { "[!]]", "]", false },
		{ "[a-c]", "b", true }, { "[c-a]", "b", false },
		{ "[a-]", "-", true }, { "[-a]", "-", true },
		{ "[--0]", ".", true }, { "[a", "a", false },
		{ "[a", "[a", false }, { "[\\]]", "]", true },
		{ "[\\a-c]", "b", true }, { "[a-\\c]", "b", true },
		{ "[[:digit:]]", "7", true }, { "[[:alpha:]x]", "7", false },
		{ "[[:nope:]]", "n", false }, { "[[:digit:]-x]", "-", true },
		{ "[[:a]", ":", true }, { "[[a]", "[", true },
		{ "[[:upper:]]", "a", false }, { "[[:alpha:", "a", false },
		{ "a[b/c]d", "abd", true }, { "a[b/c]d", "a/d", false },
		{ "\\*", "*", true }, { "\\*", "a", false },
		{ "a\\", "a", false }, { "a\\", "a\\", false },
		{ "\xc3?", "\xc3\xbc", true }, { "?", "\xc3\xbc", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (glob_match(cases[i].glob, cases[i].path) != cases[i].match)
			fail_msg("'%s' against '%s'", cases[i].glob,
				 cases[i].path);
}

/* The naive way needs longer than the universe lasts. */
static void no_pattern_takes_for_ever(void **state)
{
	static char path[2 * 4000 + 1];

	(void)state;
	for (size_t i = 0; i < 4000; i++) {
		path[2 * i] = 'a';
		path[2 * i + 1] = '/';
	}
	assert_false(glob_match("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/b",
				path));
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
	assert_true(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a", path));
}

static struct rules *parse(const char *dir, const char *text,
			   const struct rules *up)
{
	struct dver_err err;
	struct rules *rules;
	char *copy = strdup(text);

	assert_int_equal(rules_parse(&rules, dir, &copy, &err), 0);
	assert_null(copy);
	rules->up = up;
	return rules;
}

/* The line that decides, 0: none. */
static unsigned decides(const struct rules *rules, const char *dir,
			const char *name, bool folder)
{
	AUTO_RULES_AT struct rules_at at = RULES_AT_INIT;
	const struct rule *r;

	assert_int_equal(rules_enter(&at, rules, dir, NULL), 0);
	r = rules_match(&at, name, strlen(name), folder);
	return r ? r->line : 0;
}

static void lines_are_read_as_gits(void **state)
{
	struct rules *x = parse("", "\xef\xbb\xbf" "a\n# no\n\n\\#b\r\nc  \n"
				"d\\ \ne\\\\ \n!f\n\\!g\n/h\ni/\nj/k\n!\n/\n"
				"//\n   \nl", NULL);

	(void)state;
	assert_int_equal(x->n, 11);
	assert_int_equal(decides(x, "", "a", false), 1);
	assert_int_equal(decides(x, "x/y", "a", true), 1);
	assert_int_equal(decides(x, "", "# no", false), 0);
	assert_int_equal(decides(x, "", "#b", false), 4);
	assert_int_equal(decides(x, "", "c", false), 5);
	assert_int_equal(decides(x, "", "d ", false), 6);
	assert_int_equal(decides(x, "", "e\\", false), 7);
	assert_int_equal(decides(x, "", "f", false), 8);
	assert_true(x->v[5].negated);
	assert_string_equal(x->v[5].text, "!f");
	assert_int_equal(decides(x, "", "!g", false), 9);
	assert_int_equal(decides(x, "", "h", false), 10);
	assert_int_equal(decides(x, "x", "h", false), 0);
	assert_int_equal(decides(x, "", "i", false), 0);
	assert_int_equal(decides(x, "x", "i", true), 11);
	assert_int_equal(decides(x, "j", "k", false), 12);
	assert_int_equal(decides(x, "x/j", "k", false), 0);
	assert_int_equal(decides(x, "", "l", false), 17);
	assert_int_equal(decides(x, "", "", false), 0);
	rules_free(x);
}

static void the_last_line_of_the_nearest_file_decides(void **state)
{
	struct rules *top = parse("", "*.log\n*.tmp\n!a.log\n/d/b\n", NULL);
	struct rules *near = parse("d", "!*.tmp\n/b\nx/**/y\n", top);

	(void)state;
	assert_int_equal(decides(top, "d", "a.log", false), 3);
	assert_int_equal(decides(top, "d", "b.log", false), 1);
	assert_int_equal(decides(near, "d/e", "b.tmp", false), 1);
	assert_int_equal(decides(near, "d", "b.log", false), 1);
	assert_int_equal(decides(near, "d", "b", false), 2);
	assert_int_equal(decides(near, "d/e", "b", false), 0);
	assert_int_equal(decides(near, "d/x", "y", false), 3);
	assert_int_equal(decides(near, "d/x/z", "y", false), 3);
	rules_free(near);
	rules_free(top);
}

static void files_are_read_on_the_way(void **state)
{
	AUTO_RULES_SET struct rules_set *set = NULL;
	AUTO_CLOSE int root = os_open(".", O_RDONLY | O_DIRECTORY, 0);
	const struct rule *rule;
	const struct rules *rules;
	struct dver_err err;

	(void)state;
	assert_int_equal(mkdir("a", 0777) | mkdir("a/b", 0777), 0);
	spit(".dverignore", "*.tmp\nout\n");
	spit("a/b/.dverignore", "!x.tmp\n");
	assert_int_equal(rules_set_new(&set, "/nowhere", &err), 0);
	assert_int_equal(rules_judge(set, &rule, root, "a/b/y.tmp", 0, false,
				     &err), 1);
	assert_int_equal(rules_judge(set, &rule, root, "a/b/x.tmp", 0, false,
				     &err), 0);
	assert_true(rule->negated);
	assert_int_equal(rules_judge(set, &rule, root, "out/x/y", 0, false,
				     &err), 1);
	assert_int_equal(rule->line, 2);
	/* What is at "out" or above is tracked. */
	assert_int_equal(rules_judge(set, &rule, root, "out/x/y", 3, false,
				     &err), 0);
	assert_int_equal(rules_judge(set, &rule, root, "out/x/out", 3, false,
				     &err), 1);
	assert_int_equal(rules_read_down(set, &rules, root, "a/b", &err), 0);
	assert_string_equal(rules->dir, "a/b");
	assert_int_equal(rules_read_down(set, &rules, root, "no/way", &err), 0);
	assert_string_equal(rules->dir, "");
}

static void windows_names_are_known(void **state)
{
	static const char *const bad[] = {
		"a:b", "a<", ">", "\"", "a\\b", "|", "?", "*x", "a\tb", "\1",
		"a.", "a ", ".. ", "con", "CON", "Nul.txt", "aux.tar.gz",
		"com1", "COM9.x", "lpt3", "prn ", "con .txt", "CONIN$",
		"conout$.a", "com\xc2\xb9", "LPT\xc2\xb3.x", "\xff",
	};
	static const char *const good[] = {
		"a", "a.b", ".a", " a", "com", "com0", "com10", "con1",
		"console", "lpt", "nul_", "xcon", "a.con", "\xc3\xbc",
		"com\xc2\xb4", "CONIN", "a'b", "com1x", "",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!winname_problem(bad[i], strlen(bad[i])))
			fail_msg("'%s' passes", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (winname_problem(good[i], strlen(good[i])))
			fail_msg("'%s' does not pass", good[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(globs_match_as_gits),
		T(no_pattern_takes_for_ever),
		T(lines_are_read_as_gits),
		T(the_last_line_of_the_nearest_file_decides),
		T(files_are_read_on_the_way),
		T(windows_names_are_known),
	};

	return RUN(tests);
}
