/* What a hostile repository or remote may hold never gets out of its place. */
#include "tests/harness.h"

#include "base/proc.h"
#include "dver/workspace.h"
#include "repo/pointer.h"
#include "repo/repo.h"
#include "store/tree.h"
#include "store/writer.h"

static void git(const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };
	struct dver_err err;

	assert_int_equal(proc_run(argv, NULL, NULL, 0, NULL, &err), 0);
}

static struct dver_repo *open_repo(void)
{
	struct dver_repo *repo = NULL;
	struct dver_err err;

	git("git init -q .");
	assert_int_equal(dver_repo_init(NULL, 0, &err), 1);
	assert_int_equal(dver_repo_open(&repo, NULL, NULL, &err), 0);
	return repo;
}

/*
 * Store a folder that has `name` with one file in it beside an honest one,
 * and a pointer to it.  `bytes` is what the tree claims of the file.
 */
static void plant(struct dver_repo *repo, const char *name, uint64_t bytes)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_BUF struct buf text = BUF_BIG;
	struct writer_opts wo = { .workers = 1 };
	struct writer *w = NULL;
	struct writer_stats st;
	struct tree_writer tw;
	struct store *s;
	struct tree_entry e = { .kind = TREE_FILE, .name = "config",
				.name_len = 6, .bytes = bytes, .files = 1 };
	char out[] = "data";
	struct pointer p = { .out = out, .kind = ROOT_TREE };

	assert_int_equal(repo_store(repo, &s, NULL), 0);
	assert_int_equal(tmpdir_new(&tmp, repo->cache, NULL), 0);
	wo.stage = tmpdir_path(tmp);
	assert_int_equal(writer_open(&w, s, &wo, NULL), 0);
	assert_int_equal(store_io_new(&io, NULL), 0);
	assert_int_equal(hash_bytes(e.id.id, "evil\n", 5, NULL), 0);
	assert_true(writer_put(w, 0, io, PLACE_PACK, &e.id, "evil\n", 5,
			       NULL) >= 0);
	tree_writer_init(&tw, &b);
	tree_begin(&b);
	assert_int_equal(tree_add(&tw, &e, NULL), 0);
	assert_true(writer_put_tree(w, 0, io, &e.id, b.data, b.len, NULL) >=
		    0);
	e.kind = TREE_DIR;
	e.name = name;
	e.name_len = strlen(name);
	buf_clear(&b);
	tree_writer_init(&tw, &b);
	tree_begin(&b);
	assert_int_equal(tree_add(&tw, &e, NULL), 0);
	assert_true(writer_put_tree(w, 0, io, &p.id, b.data, b.len, NULL) >=
		    0);
	assert_int_equal(writer_commit(&w, &st, NULL), 0);
	assert_int_equal(pointer_format(&text, &p, NULL), 0);
	spit("data.dver", text.data);
	git("git add data.dver");
}

static void folders_of_git_are_not_made(void **state)
{
	static const char *const names[] = { ".git", ".GIT", ".dver", ".Dver" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct dver_repo *repo;
		struct dver_err err = { 0 };
		char path[64];

		git("rm -rf .git .dver data data.dver");
		repo = open_repo();
		plant(repo, names[i], 5);
		assert_int_equal(dver_checkout(repo, NULL, 0, NULL, NULL, NULL,
					       &err), DVER_EINVAL);
		assert_non_null(strstr(err.msg, names[i]));
		(void)snprintf(path, sizeof(path), "data/%s", names[i]);
		assert_int_equal(access(path, F_OK), -1);
		/* Nor where the folder is there already. */
		git("mkdir -p data; echo x >data/x");
		assert_int_equal(dver_checkout(repo, NULL, 0, NULL, NULL, NULL,
					       &err), DVER_EINVAL);
		assert_int_equal(access(path, F_OK), -1);
		dver_repo_free(repo);
	}
}

static void a_tree_that_lies_about_a_size_is_refused(void **state)
{
	struct dver_repo *repo = open_repo();
	struct dver_err err = { 0 };

	(void)state;
	plant(repo, "sub", 6);
	assert_int_equal(dver_checkout(repo, NULL, 0, NULL, NULL, NULL, &err),
			 DVER_ECORRUPT);
	assert_non_null(strstr(err.msg, "config"));
	assert_int_equal(access("data/sub/config", F_OK), -1);
	dver_repo_free(repo);
}

/* The same with nothing wrong works: the tests above fail for their reason. */
static void an_honest_one_is_checked_out(void **state)
{
	struct dver_repo *repo = open_repo();
	struct dver_err err = { 0 };

	(void)state;
	plant(repo, "sub", 5);
	assert_int_equal(dver_checkout(repo, NULL, 0, NULL, NULL, NULL, &err),
			 0);
	assert_string_equal(slurp("data/sub/config"), "evil\n");
	dver_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(folders_of_git_are_not_made),
		T(a_tree_that_lies_about_a_size_is_refused),
		T(an_honest_one_is_checked_out),
	};

	(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	return RUN(tests);
}
