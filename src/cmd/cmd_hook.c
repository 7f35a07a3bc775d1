/*
 * cmd_hook - what the hooks call.  git's words, or the environment that the
 * pre-commit framework sets instead.
 */
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "cmd/moves.h"
#include "cmd/progress.h"
#include "cmd/say.h"
#include "dver/hooks.h"

#define STDIN_MAX (64u << 20)

struct args { const char *at; };

static const struct opt opts[] = {
	{ 0, "at", OPT_STR, AT(at), "DIR", "the workspace in DIR" },
	{ 0, "NAME", OPT_REST, 0, NULL, "of the hook, and what git gave it" },
	OPTS_END
};

/* The word that git gave, or what the framework says; "" if neither. */
static const char *word(char **words, int n, int i, const char *env)
{
	const char *said = i < n ? words[i] : getenv(env);

	return said ? said : "";
}

/* What failed is told, and git goes on. */
static int after(struct dver_repo *repo, const char *old, bool branch)
{
	struct dver_err e = { 0 };
	int r = dver_hook_checkout(repo, old, branch, &e);

	if (r == 0)
		return 0;
	say_warning("the data is not as its pointers say: %s", e.msg);
	say_hint("%s", r == DVER_EMISSING ? "dver pull fetches what is missing"
		 : "dver status shows what to do");
	return 0;
}

static int post_checkout(struct dver_repo *repo, char **words, int n)
{
	const char *old = word(words, n, 0, "PRE_COMMIT_FROM_REF");
	const char *type = word(words, n, 2, "PRE_COMMIT_CHECKOUT_TYPE");

	return after(repo, *old ? old : NULL, strcmp(type, "1") == 0);
}

static int slurp_stdin(struct buf *out, struct dver_err *err)
{
	char data[2048];
	ssize_t len;

	while ((len = os_read(STDIN_FILENO, data, sizeof(data))) > 0)
		buf_add(out, data, (size_t)len);
	if (len < 0)
		return err_sys(err, "cannot read what git pushes");
	return buf_check(out, err);
}

struct updates {
	struct dver_ref_update *v;
	size_t n, cap;
};

/* "<local ref> <local id> <remote ref> <remote id>"; cuts the line up. */
static int add_line(struct updates *u, char *line, struct dver_err *err)
{
	char *field[4];
	int n = 0;

	for (char *p = strtok_r(line, " ", &line); p;
	     p = strtok_r(NULL, " ", &line)) {
		if (n < 4)
			field[n] = p;
		n++;
	}
	if (n != 4)
		return err_set(err, DVER_EFORMAT, "pre-push expects lines of "
			       "four words from git");
	if (!mem_grow(&u->v, &u->cap, u->n + 1, sizeof(*u->v)))
		return err_nomem(err);
	u->v[u->n++] = (struct dver_ref_update){ field[1], field[3] };
	return 0;
}

static int read_updates(struct updates *u, struct buf *in, int nwords,
			struct dver_err *err)
{
	const char *to = getenv("PRE_COMMIT_TO_REF");
	const char *from = getenv("PRE_COMMIT_FROM_REF");
	char *save = NULL;
	int r;

	if (!to)
		to = getenv("PRE_COMMIT_LOCAL_BRANCH");
	if (nwords == 0 && to) {
		if (!mem_grow(&u->v, &u->cap, 1, sizeof(*u->v)))
			return err_nomem(err);
		/* Without FROM_REF the tracking branches say. */
		u->v[u->n++] = (struct dver_ref_update){ to,
							 from ? from : "" };
		return 0;
	}
	r = slurp_stdin(in, err);
	for (char *line = strtok_r(in->data, "\n", &save); r == 0 && line;
	     line = strtok_r(NULL, "\n", &save))
		r = add_line(u, line, err);
	return r;
}

static int pre_push(struct cmd_ctx *ctx, struct dver_repo *repo, char **words,
		    int n, struct dver_err *err)
{
	static const struct move_args plain = { .remote = NULL };
	AUTO_BUF struct buf in = BUF_INIT(STDIN_MAX);
	struct updates u = { NULL, 0, 0 };
	struct missing m = { .ctx = ctx };
	struct dver_exchange_opts o = move_opts(&plain, &m);
	struct dver_exchange_stats st = { 0 };
	char size[OUT_SIZE];
	int r = read_updates(&u, &in, n, err);

	if (r == 0)
		r = dver_hook_push(repo, word(words, n, 0,
					      "PRE_COMMIT_REMOTE_NAME"),
				   u.v, u.n, &o, &st, err);
	free(u.v);
	if (r == DVER_EMISSING)
		missing_tell(&m, NULL);
	missing_release(&m);
	if (r == 0 && st.files && !ctx->quiet)
		say("sent %llu file%s, %s", (unsigned long long)st.files,
		    out_s(st.files), out_size(size, st.bytes));
	if (r >= 0)
		return r;
	say_error("the data of what git pushes is not in the remote: %s",
		  err->msg);
	say_hint("dver push sends it; git push --no-verify goes without it");
	return 1;
}

static int tell_edited(void *data, const char *path)
{
	(void)data;
	(void)fputs("edited: ", stderr);
	out_path(stderr, path);
	(void)fputc('\n', stderr);
	return 0;
}

static int pre_commit(struct dver_repo *repo, struct dver_err *err)
{
	int r = dver_hook_commit(repo, tell_edited, NULL, err);

	if (r >= 0)
		return r;
	say_error("%s", err->msg);
	say_hint("git commit --no-verify commits the pointers as they are");
	return 1;
}

static int by_name(struct cmd_ctx *ctx, struct dver_repo *repo, char **words,
		    int n, struct dver_err *err)
{
	const char *name = words[0];

	if (strcmp(name, "post-checkout") == 0)
		return post_checkout(repo, words + 1, n - 1);
	if (strcmp(name, "post-merge") == 0)
		return after(repo, NULL, true);
	/* The end of a rebase; an amended commit leaves files as they are. */
	if (strcmp(name, "post-rewrite") == 0)
		return n > 1 && strcmp(words[1], "rebase") == 0
		       ? after(repo, NULL, true) : 0;
	if (strcmp(name, "pre-push") == 0)
		return pre_push(ctx, repo, words + 1, n - 1, err);
	if (strcmp(name, "pre-commit") == 0)
		return pre_commit(repo, err);
	return cmd_usage(err, "there is no hook '%s'", name);
}

static int run_hook(struct cmd_ctx *ctx, struct dver_repo *repo, char **words,
		    int n, struct dver_err *err)
{
	struct progress *p = progress_start(repo, ctx->quiet ? PROGRESS_NONE
							     : PROGRESS_AUTO);
	int r = by_name(ctx, repo, words, n, err);

	progress_stop(p);
	return r;
}

static int hook(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	struct dver_repo *repo = NULL;
	int r;

	if (n == 0)
		return cmd_usage(err, "hook takes the name of a hook");
	if (!a->at)	/* a branch from before dver init is none of ours */
		return ctx->repo ? run_hook(ctx, ctx->repo, words, n, err) : 0;
	if (access(a->at, F_OK) != 0)
		return 0;
	r = dver_repo_open(&repo, a->at, NULL, err);
	if (r == 0)
		r = run_hook(ctx, repo, words, n, err);
	dver_repo_free(repo);
	return r == DVER_ENOTFOUND ? 0 : r;
}

const struct cmd cmd_hook = {
	"hook", "care", "what git's hooks call", opts, sizeof(struct args),
	hook, CMD_WANTS_REPO | CMD_HIDDEN
};
