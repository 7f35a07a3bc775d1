/* params: parameters out of files, all of them or some. */
#include "tests/harness.h"

#include "base/buf.h"
#include "dver/repo.h"
#include "pipeline/params.h"

static struct dver_repo *workspace(void)
{
	struct dver_repo *repo = NULL;
	struct dver_err err = { 0 };

	if (dver_repo_init(NULL, DVER_INIT_NO_GIT, &err) < 0 ||
	    dver_repo_open(&repo, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	spit("params.yaml", "train: {lr: 1e-3, name: adam}\nseed: 7\n"
			    "list: [a, {q: 1}]\n'odd.key': x\n");
	spit("p.json", "{\"b\": 0.1, \"a\": [1]}");
	spit("p.toml", "[t]\nn = 1\n");
	spit("p.py", "LR = 0.5\n");
	return repo;
}

static void show(struct buf *out, const struct params *p,
		 const struct strvec *lacking)
{
	buf_clear(out);
	for (size_t i = 0; i < p->n; i++)
		buf_addf(out, "%s=%s;", p->v[i].key, p->v[i].text);
	for (size_t i = 0; i < lacking->n; i++)
		buf_addf(out, "-%s;", lacking->v[i]);
}

static void keys_and_whole_files(void **state)
{
	static const struct { const char *file, *keys[4], *want; } cases[] = {
		{ "params.yaml", { "train.lr", "list.1.q", "seed" },
		  "list.1.q=1;seed=7;train.lr=0.001;" },
		{ "params.yaml", { "train", "none", "odd.key" },
		  "train={lr: 0.001, name: adam};-none;-odd.key;" },
		{ "params.yaml", { NULL },
		  "list=[\"a\", {q: 1}];odd.key=x;seed=7;"
		  "train={lr: 0.001, name: adam};" },
		{ "p.json", { NULL }, "a=[1];b=0.1;" },
		{ "p.toml", { "t.n" }, "t.n=1;" },
		{ "p.py", { "LR" }, "LR=0.5;" },
	};
	struct dver_repo *repo = workspace();
	AUTO_PARAMS_CACHE struct params_cache *cache = NULL;

	(void)state;
	assert_int_equal(params_cache_new(&cache, repo, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_STRVEC struct strvec keys = STRVEC_INIT;
		AUTO_STRVEC struct strvec lacking = STRVEC_INIT;
		AUTO_PARAMS struct params p = PARAMS_INIT;
		AUTO_BUF struct buf text = BUF_BIG;
		struct dver_err err = { 0 };

		for (size_t k = 0; k < 4 && cases[i].keys[k]; k++)
			assert_true(strvec_push(&keys, cases[i].keys[k]));
		if (params_read(&p, repo, cases[i].file,
				keys.n ? &keys : NULL, &lacking, &err) < 0)
			fail_msg("%s", err.msg);
		show(&text, &p, &lacking);
		assert_string_equal(text.data, cases[i].want);
		params_release(&p);
		strvec_clear(&lacking);
		assert_int_equal(params_cache_read(cache, &p, cases[i].file,
						   keys.n ? &keys : NULL,
						   &lacking, &err), 0);
		show(&text, &p, &lacking);
		assert_string_equal(text.data, cases[i].want);
	}
	dver_repo_free(repo);
}

/* A list of 100 kB and many names for it. */
static void spit_aliases(const char *path)
{
	AUTO_BUF struct buf text = BUF_BIG;

	buf_addstr(&text, "l: &l [");
	for (int i = 0; i < 100; i++)
		buf_addf(&text, "\"%01000d\",", i);
	buf_addstr(&text, "]\n");
	for (int i = 0; i < 2000; i++)
		buf_addf(&text, "k%d: *l\n", i);
	assert_true(buf_ok(&text));
	spit(path, text.data);
}

static void what_cannot_be_read(void **state)
{
	static const struct { const char *file; int code; const char *says; }
	cases[] = {
		{ "none.yaml", DVER_ENOTFOUND,
		  "the parameter file 'none.yaml' is not there" },
		{ "p.json/x.yaml", DVER_ENOTFOUND,
		  "the parameter file 'p.json/x.yaml' is not there" },
		{ "folder", DVER_EFORMAT,
		  "'folder' is not a file, so it has no parameters" },
		{ "list.yaml", DVER_EFORMAT, "list.yaml:2:1: names with "
		  "values were expected, found a list" },
		{ "word.yaml", DVER_EFORMAT, "word.yaml:1:1: names with "
		  "values were expected, found a value" },
		{ "bad.yaml", DVER_EFORMAT,
		  "bad.yaml:2:1: did not find expected node content" },
		{ "nul.json", DVER_EFORMAT, "nul.json:1:2: a NUL in a name" },
		{ "aliases.yaml", DVER_EFORMAT,
		  "aliases.yaml: over 64 MiB of names and values" },
	};
	struct dver_repo *repo = workspace();
	AUTO_PARAMS_CACHE struct params_cache *cache = NULL;
	size_t n = ARRAY_SIZE(cases);

	(void)state;
	assert_int_equal(mkdir("folder", 0777), 0);
	spit("list.yaml", "# c\n- 1\n");
	spit("word.yaml", "word");
	spit("bad.yaml", "k: [\n");
	spit("nul.json", "{\"a\\u0000b\": 1}");
	spit_aliases("aliases.yaml");
	assert_int_equal(params_cache_new(&cache, repo, NULL), 0);
	/* The last takes minutes under valgrind. */
	if (getenv("TESTS_SMALL"))
		n--;
	for (size_t i = 0; i < 2 * n; i++) {
		AUTO_PARAMS struct params p = PARAMS_INIT;
		struct dver_err err = { 0 }, again = { 0 };
		const char *file = cases[i / 2].file;

		assert_int_equal(params_read(&p, repo, file, NULL, NULL, &err),
				 cases[i / 2].code);
		assert_string_equal(err.msg, cases[i / 2].says);
		assert_int_equal(params_cache_read(cache, &p, file, NULL, NULL,
						   &again),
				 cases[i / 2].code);
		assert_string_equal(again.msg, cases[i / 2].says);
	}
	dver_repo_free(repo);
}

static void empty_files_have_no_parameters(void **state)
{
	struct dver_repo *repo = workspace();
	AUTO_STRVEC struct strvec keys = STRVEC_INIT;
	AUTO_STRVEC struct strvec lacking = STRVEC_INIT;
	AUTO_PARAMS struct params p = PARAMS_INIT;

	(void)state;
	spit("empty.yaml", "# nothing yet\n");
	assert_true(strvec_push(&keys, "lr"));
	assert_int_equal(params_read(&p, repo, "empty.yaml", NULL, NULL, NULL),
			 0);
	assert_int_equal(p.n, 0);
	spit("empty.yaml", "~\n");
	assert_int_equal(params_read(&p, repo, "empty.yaml", &keys, &lacking,
				     NULL), 0);
	assert_int_equal(p.n, 0);
	assert_int_equal(lacking.n, 1);
	dver_repo_free(repo);
}

/* A cache answers what the first question found, until told to forget. */
static void a_cache_remembers_and_forgets(void **state)
{
	struct dver_repo *repo = workspace();
	AUTO_PARAMS_CACHE struct params_cache *cache = NULL;
	AUTO_PARAMS struct params p = PARAMS_INIT;

	(void)state;
	assert_int_equal(params_cache_new(&cache, repo, NULL), 0);
	for (int i = 0; i < 3; i++) {
		params_release(&p);
		assert_int_equal(params_cache_read(cache, &p, "p.py", NULL,
						   NULL, NULL), 0);
		assert_string_equal(p.v[0].text, i < 2 ? "0.5" : "1");
		spit("p.py", "LR = 1\n");
		if (i == 1)
			params_cache_forget(cache);
	}
	dver_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(keys_and_whole_files),
		T(what_cannot_be_read),
		T(empty_files_have_no_parameters),
		T(a_cache_remembers_and_forgets),
	};

	return RUN(tests);
}
