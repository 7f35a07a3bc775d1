/* yaml_edit: one place changes, every other byte stays, or it is refused. */
#include "tests/harness.h"

#include "base/buf.h"
#include "format/yaml.h"
#include "format/yaml_edit.h"

enum how { SET, PUT, REMOVE };

/* The place is "stages/train/frozen". */
static int change(struct buf *text, enum how how, const char *place,
		  const char *with, struct dver_err *err)
{
	AUTO_FREE char *words = strdup(place);
	const char *keys[8];
	size_t n = 0;

	for (char *p = words; p; n++) {
		keys[n] = p;
		p = strchr(p, '/');
		if (p)
			*p++ = '\0';
	}
	if (how == SET)
		return yaml_edit_set(text, "f", (struct yaml_place){ keys, n },
				     with, err);
	if (how == PUT)
		return yaml_edit_put(text, "f", (struct yaml_place){ keys, n },
				     with, err);
	return yaml_edit_remove(text, "f", (struct yaml_place){ keys, n },
				err);
}

static void becomes(enum how how, const char *before, const char *place,
		    const char *with, const char *after)
{
	AUTO_BUF struct buf text = BUF_BIG;
	struct dver_err err = { 0 };

	buf_addstr(&text, before);
	if (change(&text, how, place, with, &err) < 0)
		fail_msg("%s\n%s", before, err.msg);
	if (!streq(text.data, after))
		fail_msg("%s\n---\n%s\n--- wanted:\n%s", before, text.data,
			 after);
}

static void refused(enum how how, const char *before, const char *place,
		    const char *with, int code, const char *says)
{
	AUTO_BUF struct buf text = BUF_BIG;
	struct dver_err err = { 0 };

	buf_addstr(&text, before);
	assert_int_equal(change(&text, how, place, with, &err), code);
	assert_string_equal(text.data, before);
	assert_string_equal(err.msg, says);
}

#define TWO "# top\nstages:\n  a:   # the first\n    cmd: 'x'\n\n" \
	"  # about b\n  b:\n    cmd: y\n    # inside b\n\n# end\nvars: [1]\n"

static void set(void **state)
{
	(void)state;
	becomes(SET, TWO, "stages/a/frozen", "true",
		"# top\nstages:\n  a:   # the first\n    cmd: 'x'\n"
		"    frozen: true\n\n  # about b\n  b:\n    cmd: y\n"
		"    # inside b\n\n# end\nvars: [1]\n");
	becomes(SET, TWO, "stages/b/frozen", "true",
		"# top\nstages:\n  a:   # the first\n    cmd: 'x'\n\n"
		"  # about b\n  b:\n    cmd: y\n    # inside b\n"
		"    frozen: true\n\n# end\nvars: [1]\n");
	becomes(SET, TWO, "stages/a/cmd", "zz",
		"# top\nstages:\n  a:   # the first\n    cmd: zz\n\n"
		"  # about b\n  b:\n    cmd: y\n    # inside b\n\n# end\n"
		"vars: [1]\n");
	becomes(SET, "k: false # c\n", "k", "true", "k: true # c\n");
	becomes(SET, "k: \"a # \\\" b\" # c\n", "k", "v", "k: v # c\n");
	becomes(SET, "k: 'it''s' # c\n", "k", "v", "k: v # c\n");
	becomes(SET, "k:\nl: 1\n", "k", "true", "k: true\nl: 1\n");
	becomes(SET, "k: |\n  text\n  # no comment\nl: 1\n", "k", "true",
		"k: true\nl: 1\n");
	becomes(SET, "k: two\n  lines\nl: 1\n", "k", "true",
		"k: true\nl: 1\n");
	becomes(SET, "k: [1,\n 2]\nl: 1\n", "k", "true", "k: true\nl: 1\n");
	becomes(SET, "s: {cmd: x, frozen: false}\n", "s/frozen", "true",
		"s: {cmd: x, frozen: true}\n");
	becomes(SET, "s: {cmd: x}\n", "s/frozen", "true",
		"s: {frozen: true, cmd: x}\n");
	becomes(SET, "s: { } # c\n", "s/frozen", "true",
		"s: {frozen: true } # c\n");
	becomes(SET, "k: 1", "l", "2", "k: 1\nl: 2\n");
	becomes(SET, "k: 1\r\nl:\r\n  m: 1\r\n", "l/o", "2",
		"k: 1\r\nl:\r\n  m: 1\r\n  o: 2\r\n");
	becomes(SET, "\xef\xbb\xbf\xc3\xa9: 1 # \xc3\xa9\n", "\xc3\xa9", "2",
		"\xef\xbb\xbf\xc3\xa9: 2 # \xc3\xa9\n");
	becomes(SET, "k: {\xc3\xa9: \xc3\xa9, m: 1}\n", "k/m", "2",
		"k: {\xc3\xa9: \xc3\xa9, m: 2}\n");
	becomes(SET, "---\nk: 1\n...\n", "l", "2", "---\nk: 1\nl: 2\n...\n");
	becomes(SET, "k:\n- 1\n- 2\n", "l", "2", "k:\n- 1\n- 2\nl: 2\n");
	becomes(SET, "k:\n  l: |+\n    x\n\n\nm: 1\n", "k/o", "2",
		"k:\n  l: |+\n    x\n\n\n  o: 2\nm: 1\n");
	becomes(SET, "k: # \xe2\x80\xa8  l: 1\nm: 1\n", "m", "2",
		"k: # \xe2\x80\xa8  l: 1\nm: 2\n");
}

static void put(void **state)
{
	static const char entry[] = "c:\n  cmd: z\n  deps:\n  - d\n";

	(void)state;
	becomes(PUT, TWO, "stages/c", entry,
		"# top\nstages:\n  a:   # the first\n    cmd: 'x'\n\n"
		"  # about b\n  b:\n    cmd: y\n    # inside b\n"
		"  c:\n    cmd: z\n    deps:\n    - d\n\n# end\nvars: [1]\n");
	becomes(PUT, TWO, "stages/a", "a:\n  cmd: z\n",
		"# top\nstages:\n  a:\n    cmd: z\n\n"
		"  # about b\n  b:\n    cmd: y\n    # inside b\n\n# end\n"
		"vars: [1]\n");
	becomes(PUT, "", "stages/c", entry,
		"stages:\n  c:\n    cmd: z\n    deps:\n    - d\n");
	becomes(PUT, "# only words\n", "stages/c", entry,
		"# only words\nstages:\n  c:\n    cmd: z\n    deps:\n"
		"    - d\n");
	becomes(PUT, "vars: [1]\n", "stages/c", entry,
		"vars: [1]\nstages:\n  c:\n    cmd: z\n    deps:\n    - d\n");
	becomes(PUT, "stages: # none\nvars: [1]\n", "stages/c", entry,
		"stages: # none\n  c:\n    cmd: z\n    deps:\n    - d\n"
		"vars: [1]\n");
	becomes(PUT, "stages: ~\n", "stages/c", "c:\n  cmd: z\n",
		"stages: \n  c:\n    cmd: z\n");
	becomes(PUT, "stages: {}  # none\n", "stages/c", "c:\n  cmd: z\n",
		"stages:   # none\n  c:\n    cmd: z\n");
	becomes(PUT, "{}\n", "stages/c", "c:\n  cmd: z\n",
		"\nstages:\n  c:\n    cmd: z\n");
	becomes(PUT, "stages:\n    a:\n        cmd: x\n", "stages/c",
		"c:\n  cmd: |\n    z\n\n    y\n",
		"stages:\n    a:\n        cmd: x\n    c:\n      cmd: |\n"
		"        z\n\n        y\n");
	becomes(PUT, "stages:\r\n  a:\r\n    cmd: x\r\n", "stages/c",
		"c:\n  cmd: z\n",
		"stages:\r\n  a:\r\n    cmd: x\r\n  c:\r\n    cmd: z\r\n");
	becomes(PUT, "x: &x\n  cmd: a\nstages:\n  a: *x\n", "stages/c",
		"c:\n  cmd: z\n",
		"x: &x\n  cmd: a\nstages:\n  a: *x\n  c:\n    cmd: z\n");
}

static void removed(void **state)
{
	(void)state;
	becomes(REMOVE, "s:\n  cmd: x\n  frozen: true # c\n  deps: [d]\n",
		"s/frozen", NULL, "s:\n  cmd: x\n  deps: [d]\n");
	becomes(REMOVE, "s:\n  cmd: x\n  frozen: true\n\n# t\nt: 1\n",
		"s/frozen", NULL, "s:\n  cmd: x\n\n# t\nt: 1\n");
	becomes(REMOVE, "s:\n  cmd: x\n  frozen: true", "s/frozen", NULL,
		"s:\n  cmd: x\n");
	becomes(REMOVE, TWO, "stages/b", NULL,
		"# top\nstages:\n  a:   # the first\n    cmd: 'x'\n\n"
		"  # about b\n\n# end\nvars: [1]\n");
}

static void what_is_refused(void **state)
{
	static const char around[] = "f:1:1: this cannot be changed without "
		"what is around it: please edit it by hand";

	(void)state;
	refused(SET, "k: [\n", "k", "1", DVER_EFORMAT,
		"f:2:1: did not find expected node content");
	refused(SET, "k: 1\n", "s/frozen", "true", DVER_ENOTFOUND,
		"f: there is no mapping with 'frozen'");
	refused(SET, "s:\n", "s/frozen", "true", DVER_ENOTFOUND,
		"f: there is no mapping with 'frozen'");
	refused(SET, "s: [1]\n", "s/frozen", "true", DVER_EUNSUPPORTED,
		"f:1:4: keys and values were expected here: please edit it "
		"by hand");
	refused(SET, "x: &x {cmd: a}\ns: *x\n", "s/frozen", "true",
		DVER_EUNSUPPORTED, "f:2:1: an alias stands here: please edit "
		"it by hand");
	refused(SET, "x: &x {cmd: a}\ns: *x\n", "x/frozen", "true",
		DVER_EUNSUPPORTED, around);
	refused(PUT, "stages: {a: {cmd: x}}\n", "stages/c", "c:\n  cmd: z\n",
		DVER_EUNSUPPORTED, "f:1:9: a mapping in brackets: please edit "
		"it by hand");
	refused(REMOVE, "s: {cmd: x, frozen: true}\n", "s/frozen", NULL,
		DVER_EUNSUPPORTED, "f:1:4: a mapping in brackets: please edit "
		"it by hand");
	refused(REMOVE, "s:\n  cmd: x\n", "s/cmd", NULL, DVER_EUNSUPPORTED,
		"f:2:3: nothing would be left here: please edit it by hand");
	refused(REMOVE, "s:\n  cmd: x\n", "s/frozen", NULL, DVER_ENOTFOUND,
		"f: there is no 'frozen'");
	refused(REMOVE, "s:\n  cmd: &x a\n  y: *x\n", "s/cmd", NULL,
		DVER_EUNSUPPORTED, around);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(set),
		T(put),
		T(removed),
		T(what_is_refused),
	};

	return RUN(tests);
}
