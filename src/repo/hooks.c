/*
 * hooks - small scripts in git's hooks folder, the merge driver's settings.
 */
#include <errno.h>
#include <stdio.h>

#include "base/afile.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "dver/hooks.h"
#include "repo/git.h"
#include "repo/repo.h"

#define MARK "# Written by dver install; dver install --remove takes it out.\n"
#define BEFORE ".before-dver"
#define ATTRIBUTE "*" ".dver merge=dver\n"
#define SCRIPT_MAX 65536

/* Without dver nothing is lost by a checkout, but by a push. */
static const struct { const char *name; bool blocks, input; } hooks[] = {
	{ "post-checkout", false, false }, { "post-merge", false, false },
	{ "post-rewrite", false, true }, { "pre-commit", true, false },
	{ "pre-push", true, true },
};

typedef int (*tell_fn)(void *data, const struct dver_installed *h);

struct installing {
	struct dver_repo *repo;
	const struct dver_install_opts *opts;
	char *dir;		/* owned */
	tell_fn fn;
	void *data;
};

static int script(struct buf *out, size_t i, struct dver_err *err)
{
	const char *name = hooks[i].name;
	const char *from = hooks[i].input ? "printf %s \"${in%.}\" | " : "";

	buf_addstr(out, "#!/bin/sh\n" MARK);
	if (hooks[i].input)
		buf_addstr(out, "in=$(cat; echo .)\n");
	buf_addf(out, "if [ -x \"$0" BEFORE "\" ]; then\n"
		 "\t%s\"$0" BEFORE "\" \"$@\" || exit\n"
		 "fi\n", from);
	buf_addf(out, "command -v dver >/dev/null 2>&1 || {\n"
		 "\techo 'dver is not in PATH, so the hook %s does nothing%s'"
		 " >&2\n"
		 "\texit %d\n"
		 "}\n", name, hooks[i].blocks ? " but stop: install dver, or "
		 "use --no-verify" : "", hooks[i].blocks);
	buf_addf(out, "%s%sdver hook %s \"$@\"\n", from,
		 hooks[i].input ? "" : "exec ", name);
	return buf_check(out, err);
}

static int tell(struct installing *x, const char *name, const char *path,
		int what, const char *chained)
{
	struct dver_installed h = { .name = name, .path = path,
				    .chained = chained };

	h.what = what;
	return x->fn ? x->fn(x->data, &h) : 0;
}

/* What lies there: 0 nothing, 1 ours, 2 ours but changed, 3 another's. */
static int look(const char *path, const struct buf *text,
		struct dver_err *err)
{
	AUTO_FREE char *now = NULL;
	struct os_stat st;
	size_t len;

	if (os_stat(path, &st, true) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot look at '%s'",
						     path);
	if (!S_ISREG(st.mode) ||
	    os_slurp(&now, &len, path, SCRIPT_MAX, NULL) < 0)
		return 3;
	if (len == text->len && memcmp(now, text->data, len) == 0)
		return st.mode & 0100 ? 1 : 2;
	return strstr(now, MARK) ? 2 : 3;
}

static int write_hook(struct installing *x, size_t i, const char *path,
		      const char *before, const struct buf *text,
		      struct dver_err *err)
{
	bool chained;
	int is = look(path, text, err);
	int r = 0;

	if (is < 0)
		return is;
	if (is == 3 && access(before, F_OK) == 0)
		return err_set(err, DVER_ECONFLICT, "both '%s' and '%s' are "
			       "there and neither is dver's: make one of them",
			       path, before);
	if (is == 3 && os_rename(path, before) < 0)
		return err_sys(err, "cannot rename '%s'", path);
	if (is != 1)
		r = afile_replace(path, text->data, text->len, 0755, 0, err);
	chained = access(before, X_OK) == 0;
	return r < 0 ? r : tell(x, hooks[i].name, path, is == 1
				? DVER_HOOK_THERE : DVER_HOOK_WRITTEN,
				chained ? before : NULL);
}

static int remove_hook(struct installing *x, size_t i, const char *path,
		       const char *before, const struct buf *text,
		       struct dver_err *err)
{
	int is = look(path, text, err);
	bool chained = access(before, F_OK) == 0;

	if (is < 0)
		return is;
	if (is == 2)
		return err_set(err, DVER_ECONFLICT, "'%s' was changed since "
			       "dver wrote it: take out by hand what calls "
			       "dver", path);
	if (is != 1)
		return tell(x, hooks[i].name, path, DVER_HOOK_ABSENT, NULL);
	if (chained ? os_rename(before, path) < 0 : os_unlink(path) < 0)
		return err_sys(err, "cannot remove '%s'", path);
	return tell(x, hooks[i].name, path, DVER_HOOK_REMOVED,
		    chained ? before : NULL);
}

static int one_hook(struct installing *x, size_t i, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(x->dir, hooks[i].name);
	AUTO_FREE char *before = path ? str_printf("%s" BEFORE, path) : NULL;
	AUTO_BUF struct buf text = BUF_INIT(SCRIPT_MAX);
	int r = before ? script(&text, i, err) : err_nomem(err);

	if (r < 0)
		return r;
	return x->opts->remove ? remove_hook(x, i, path, before, &text, err)
			       : write_hook(x, i, path, before, &text, err);
}

/* The line in info/attributes. */
static int attributes(struct installing *x, struct dver_err *err)
{
	AUTO_FREE char *dir = path_join(git_common_dir(x->repo->git), "info");
	AUTO_FREE char *path = dir ? path_join(dir, "attributes") : NULL;
	AUTO_FREE char *now = NULL;
	AUTO_BUF struct buf text = BUF_BIG;
	size_t len = 0;
	char *at;
	int r;

	if (!path)
		return err_nomem(err);
	r = os_slurp(&now, &len, path, 1u << 20, err);
	if (r < 0 && access(path, F_OK) == 0)
		return r;
	at = now ? strstr(now, ATTRIBUTE) : NULL;
	if (at && at != now && at[-1] != '\n')
		at = NULL;
	if (!at == x->opts->remove)
		return 0;
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	buf_add(&text, now ? now : "", at ? (size_t)(at - now) : len);
	if (!at && len && now[len - 1] != '\n')
		buf_addc(&text, '\n');
	buf_addstr(&text, at ? at + strlen(ATTRIBUTE) : ATTRIBUTE);
	r = buf_check(&text, err);
	return r < 0 ? r : afile_replace(path, text.data, text.len, 0644, 0,
					 err);
}

static int merge_driver(struct installing *x, struct dver_err *err)
{
	static const char *const settings[][2] = {
		{ "merge.dver.name", "dver pointers, entry by entry" },
		{ "merge.dver.driver", "dver merge-driver %O %A %B %P" },
		{ "merge.dver.recursive", "binary" },
	};
	bool off = x->opts->remove;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(settings); i++)
		r = git_set_config(x->repo->git, settings[i][0],
				   off ? NULL : settings[i][1], err);
	if (r == 0)
		r = attributes(x, err);
	return r < 0 ? r : tell(x, "merge driver",
				git_common_dir(x->repo->git),
				off ? DVER_HOOK_REMOVED : DVER_HOOK_WRITTEN,
				NULL);
}

static int run(struct installing *x, struct dver_err *err)
{
	bool shared;
	int r = git_hooks_dir(x->repo->git, &x->dir, &shared, err);

	if (r == 0 && shared && !x->opts->force)
		r = err_set(err, DVER_ECONFLICT, "git's hooks lie in '%s', "
			    "which other repositories use too "
			    "(core.hooksPath): --force writes there", x->dir);
	if (r == 0 && !x->opts->remove && os_mkdirs(x->dir, 0777) < 0)
		r = err_sys(err, "cannot make '%s'", x->dir);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(hooks); i++)
		r = one_hook(x, i, err);
	return r < 0 ? r : merge_driver(x, err);
}

int dver_install(struct dver_repo *repo, const struct dver_install_opts *opts,
		 tell_fn fn, void *data, struct dver_err *err)
{
	static const struct dver_install_opts none = { .remove = false };
	struct installing x = { repo, opts ? opts : &none, NULL, fn, data };
	int r;

	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: there are no hooks");
	r = run(&x, err);
	free(x.dir);
	return r;
}

const char *dver_install_yaml(void)
{
	return "# For .pre-commit-config.yaml\n"
	       "default_install_hook_types: [pre-commit, pre-push, "
	       "post-checkout, post-merge, post-rewrite]\n"
	       "repos:\n"
	       "- repo: local\n"
	       "  hooks:\n"
/* Stages by the names that versions before 3.2 know too. */
#define HOOK(name, stage, what) \
	       "  - id: dver-" name "\n" \
	       "    name: dver " what "\n" \
	       "    entry: dver hook " name "\n" \
	       "    language: system\n" \
	       "    always_run: true\n" \
	       "    pass_filenames: false\n" \
	       "    stages: [" stage "]\n"
	       HOOK("pre-commit", "commit",
		    "checks that changed data was added")
	       HOOK("pre-push", "push", "pushes data")
	       HOOK("post-checkout", "post-checkout", "checks out data")
	       HOOK("post-merge", "post-merge", "checks out data")
	       HOOK("post-rewrite", "post-rewrite", "checks out data");
#undef HOOK
}
