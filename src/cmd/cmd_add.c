#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/vec.h"
#include "cmd/changes.h"

struct args { bool update, force, allow_deletes; };

static const struct opt opts[] = {
	{ 'u', "update", OPT_FLAG, AT(update), NULL,
	  "add all outputs that changed" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "also over a pointer that moved meanwhile" },
	{ 0, "allow-deletes", OPT_FLAG, AT(allow_deletes), NULL,
	  "also when over half of a folder vanished" },
	{ 0, "PATH", OPT_REST, 0, NULL, "files, folders, parts of outputs" },
	OPTS_END
};

/* A name that is not there but looks like a pattern stands for its matches. */
static int expand(struct strvec *out, const char *word, struct dver_err *err)
{
	glob_t g = { 0 };
	int r = 0;

	if (faccessat(AT_FDCWD, word, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	    !strpbrk(word, "*?[") || glob(word, 0, NULL, &g) != 0)
		return strvec_push(out, word) ? 0 : err_set(err, DVER_ENOMEM,
							    "out of memory");
	for (size_t i = 0; i < g.gl_pathc; i++) {
		size_t len = strlen(g.gl_pathv[i]);

		if (len > 5 && strcmp(g.gl_pathv[i] + len - 5, ".dver") == 0)
			continue;
		if (!strvec_push(out, g.gl_pathv[i]))
			r = err_set(err, DVER_ENOMEM, "out of memory");
	}
	globfree(&g);
	return r;
}

static int add(struct cmd_ctx *ctx, const void *data, char **words, int n,
	       struct dver_err *err)
{
	const struct args *a = data;
	struct dver_add_opts o = { a->update, a->force, a->allow_deletes };
	AUTO_STRVEC struct strvec paths = STRVEC_INIT;
	struct changes c;
	int r = 0;

	if (n == 0 && !a->update)
		return cmd_usage(err, "name what to add, or use --update");
	if (n && a->update)
		return cmd_usage(err, "--update takes no paths");
	for (int i = 0; r == 0 && i < n; i++)
		r = expand(&paths, words[i], err);
	if (r < 0)
		return r;
	changes_begin(&c, ctx);
	r = dver_add(ctx->repo, (const char *const *)paths.v, paths.n, &o,
		     changes_add, &c, err);
	if (r < 0)
		return r;
	changes_close(&c);
	changes_end(&c);
	if (ctx->json || ctx->quiet)
		return 0;
	(void)puts(c.moved ? "next: git commit, dver push"
			   : "nothing changed");
	return 0;
}

const struct cmd cmd_add = {
	"add", "data", "store data and write its pointer", opts,
	sizeof(struct args), add, CMD_NEEDS_REPO | CMD_PROGRESS
};
