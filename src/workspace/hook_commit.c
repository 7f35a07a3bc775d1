/*
 * hook_commit - a commit whose data was edited and whose pointer was not.
 *
 * While git commits, its index may be locked and another file be meant
 * (GIT_INDEX_FILE): staging is left to git, which knows.  With `git commit
 * PATH` that file is thrown away afterwards, so nothing can be added then.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/hooks.h"
#include "repo/config.h"
#include "repo/git.h"
#include "repo/pointer.h"

struct edited {
	struct dver_repo *repo;
	struct strvec paths, pointers;
};

static int on_status(void *data, const struct dver_status *st)
{
	struct edited *e = data;

	if (st->state == DVER_BROKEN)
		repo_note(e->repo, DVER_NOTE_WARNING, "%s", st->problem);
	/* What a stage makes is the pipeline's to look after. */
	if (st->stage || (st->state != DVER_CHANGED &&
			  st->state != DVER_CONFLICT))
		return 0;
	return strvec_push(&e->paths, st->path) &&
		       strvec_push(&e->pointers, st->pointer)
		       ? 0 : DVER_ENOMEM;
}

/* Leave out those whose pointer is staged with a new value; absolute paths. */
static int not_staged(struct edited *e, struct strvec *targets,
		      int (*fn)(void *data, const char *path), void *data,
		      struct dver_err *err)
{
	AUTO_STRVEC struct strvec staged = STRVEC_INIT;
	int r = git_staged_names(e->repo->git, &staged, err);

	for (size_t i = 0; r == 0 && i < e->paths.n; i++) {
		char *full;

		if (strvec_has(&staged, e->pointers.v[i]))
			continue;
		full = path_join(e->repo->root, e->paths.v[i]);
		if (!full || !strvec_take(targets, &full)) {
			free(full);
			return err_nomem(err);
		}
		r = fn ? fn(data, e->paths.v[i]) : 0;
	}
	return r;
}

static bool partial_commit(void)
{
	const char *file = getenv("GIT_INDEX_FILE");

	return file && str_starts(path_base(file), "next-index-");
}

static int quietly(void *data, const struct dver_change *change)
{
	(void)data;
	(void)change;
	return 0;
}

static int decide(struct dver_repo *repo, const struct strvec *targets,
		  const char *mode, struct dver_err *err)
{
	bool autostage = repo->autostage;
	int r;

	if (streq(mode, "warn"))
		return 0;
	if (!streq(mode, "add"))
		return err_set(err, DVER_ECONFLICT, "tracked data was edited, "
			       "but its pointer was not: dver add -u");
	if (partial_commit())
		return err_set(err, DVER_ECONFLICT, "a commit of some paths "
			       "alone cannot take edited data along: "
			       "dver add -u, then commit");
	repo->autostage = true;
	r = dver_add(repo, (const char *const *)targets->v, targets->n, NULL,
		     quietly, NULL, err);
	repo->autostage = autostage;
	return r;
}

int dver_hook_commit(struct dver_repo *repo,
		     int (*fn)(void *data, const char *path), void *data,
		     struct dver_err *err)
{
	struct edited e = { .repo = repo, .paths = STRVEC_INIT,
			    .pointers = STRVEC_INIT };
	AUTO_STRVEC struct strvec targets = STRVEC_INIT;
	const char *mode = config_str(repo, "hooks.preCommit");
	int r;

	if (!repo->git || !mode || streq(mode, "off"))
		return 0;
	r = dver_status(repo, NULL, 0, NULL, on_status, &e, err);
	if (r == DVER_ENOMEM)
		r = err_nomem(err);
	if (r == 0 && e.paths.n > 0)
		r = not_staged(&e, &targets, fn, data, err);
	if (r == 0 && targets.n > 0)
		r = decide(repo, &targets, mode, err);
	strvec_release(&e.paths);
	strvec_release(&e.pointers);
	return r;
}
