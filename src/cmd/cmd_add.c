#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "base/winname.h"
#include "cmd/changes.h"
#include "dver/ignore.h"

struct args { bool update, force, allow_deletes; };

static const struct opt opts[] = {
	{ 'u', "update", OPT_FLAG, AT(update), NULL,
	  "add all outputs that changed" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "also what is ignored, or over a pointer that moved" },
	{ 0, "allow-deletes", OPT_FLAG, AT(allow_deletes), NULL,
	  "also when over half of a folder vanished" },
	{ 0, "PATH", OPT_REST, 0, "@targets",
	  "files, folders, parts of outputs" },
	OPTS_END
};

/* What is added, with what is found on the way. */
struct adding {
	struct cmd_ctx *ctx;
	const struct args *a;
	struct changes c;
	struct strvec paths;
	struct dver_ignore *ig;		/* NULL until a pattern matches */
	uint64_t windows;		/* names that Windows cannot hold */
	struct strvec first;		/* a few of them */
};

static int push(struct strvec *v, const char *path, struct dver_err *err)
{
	return strvec_push(v, path) ? 0 : err_nomem(err);
}

/* A match of a pattern: pointers and what is ignored are not meant. */
static int push_match(struct adding *x, const char *path, struct dver_err *err)
{
	struct dver_ignored verdict = { .ignored = false };
	int r = 0;

	if (str_ends(path, ".dver") && !streq(path_base(path), ".dver"))
		return 0;
	if (!x->a->force && !x->ig)
		r = dver_ignore_open(&x->ig, x->ctx->repo, err);
	if (r == 0 && !x->a->force)
		r = dver_ignore_check(x->ig, path, &verdict, err);
	return r < 0 || verdict.ignored ? r : push(&x->paths, path, err);
}

/* A name that is not there but looks like a pattern stands for its matches. */
static int expand(struct adding *x, const char *word, struct dver_err *err)
{
	glob_t g = { 0 };
	int r = 0;

	if (faccessat(AT_FDCWD, word, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    !strpbrk(word, "*?[") || glob(word, 0, NULL, &g) != 0)
		return push(&x->paths, word, err);
	for (size_t i = 0; r == 0 && i < g.gl_pathc; i++)
		r = push_match(x, g.gl_pathv[i], err);
	globfree(&g);
	return r;
}

static int on_change(void *data, const struct dver_change *change)
{
	struct adding *x = data;

	x->windows += change->windows_names;
	for (size_t i = 0; i < change->windows_shown && x->first.n < 5; i++)
		if (!strvec_push(&x->first, change->windows_first[i]))
			return DVER_ENOMEM;
	return changes_add(&x->c, change);
}

/* One line for all of them. */
static void warn(const struct adding *x)
{
	uint64_t more = x->windows - x->first.n;

	if (!x->windows || x->ctx->quiet)
		return;
	(void)fputs("dver: warning: Windows cannot hold ", stderr);
	for (size_t i = 0; i < x->first.n; i++) {
		const char *name = path_base(x->first.v[i]);

		(void)fputs(i ? ", '" : "'", stderr);
		out_path(stderr, x->first.v[i]);
		(void)fprintf(stderr, "' (%s)",
			      winname_problem(name, strlen(name)));
	}
	if (more)
		(void)fprintf(stderr, " and %llu more",
			      (unsigned long long)more);
	(void)fputs("; core.windowsNames = allow silences this\n", stderr);
}

static void as_json(struct adding *x)
{
	json_number(&x->c.j, "windows_names", x->windows);
	json_array(&x->c.j, "windows_first");
	for (size_t i = 0; i < x->first.n; i++)
		json_string(&x->c.j, NULL, x->first.v[i]);
	json_end_array(&x->c.j);
}

static int run(struct adding *x, char **words, int n, struct dver_err *err)
{
	struct dver_add_opts o = { x->a->update, x->a->force,
				   x->a->allow_deletes };
	int r = 0;

	for (int i = 0; r == 0 && i < n; i++)
		r = expand(x, words[i], err);
	/* All patterns matched, and nothing but what is ignored. */
	if (r == 0 && n && x->paths.n == 0)
		r = err_set(err, DVER_ENOTFOUND, "nothing that is not ignored "
			    "matches '%s'", words[0]);
	if (r < 0)
		return r;
	changes_begin(&x->c, x->ctx);
	r = dver_add(x->ctx->repo, (const char *const *)x->paths.v,
		     x->paths.n, &o, on_change, x, err);
	if (r < 0)
		return r;
	changes_close(&x->c);
	if (x->ctx->json)
		as_json(x);
	changes_end(&x->c);
	warn(x);
	if (!x->ctx->json && !x->ctx->quiet)
		(void)puts(!x->c.moved ? "nothing changed"
			   : dver_repo_has_git(x->ctx->repo)
			   ? "next: git commit, dver push"
			   : "next: dver push");
	return 0;
}

static int add(struct cmd_ctx *ctx, const void *data, char **words, int n,
	       struct dver_err *err)
{
	const struct args *a = data;
	struct adding x = { .ctx = ctx, .a = a };
	int r;

	if (n == 0 && !a->update)
		return cmd_usage(err, "name what to add, or use --update");
	if (n && a->update)
		return cmd_usage(err, "--update takes no paths");
	r = run(&x, words, n, err);
	dver_ignore_free(x.ig);
	strvec_release(&x.paths);
	strvec_release(&x.first);
	return r;
}

const struct cmd cmd_add = {
	"add", "data", "store data and write its pointer", opts,
	sizeof(struct args), add, CMD_NEEDS_REPO | CMD_PROGRESS
};
