/*
 * resolve_lock - lock files that git left in conflict, stage by stage.
 *
 * A target is a stage (as dver repro has it, or a group of them), or a path:
 * of an output, in one, of a folder with outputs, of the lock file or its
 * dver.yaml.  Decisions name stages.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "workspace/merge_lock.h"
#include "workspace/resolve_internal.h"

struct deciding {
	struct resolving *z;
	const char *lock_path;
	char *dir;		/* its folder; "" is the root; owned */
	bool foreign_here;	/* the folder where we are has no stages */
	bool whole;		/* all of it is meant */
	bool meant;		/* or some of its clashes are */
	bool undivided;		/* it clashes as a whole */
	struct decided *e;
	uint64_t left;
};

static void deciding_release(struct deciding *d)
{
	free(d->dir);
}
#define AUTO_DECIDING __attribute__((cleanup(deciding_release)))

/* "fit" is the stage fit, or each of the group's (fit@1, fit@2). */
static bool is_stage(const char *word, const char *stage)
{
	size_t len = strlen(word);

	return len && strncmp(stage, word, len) == 0 &&
	       (stage[len] == '\0' || stage[len] == '@');
}

/* Is that, seen from here, the lock file's folder or its dver.yaml? */
static bool is_dir(const struct deciding *d, const char *word, size_t len)
{
	AUTO_FREE char *copy = str_ndup(word, len);
	AUTO_FREE char *full = copy ? path_join(d->z->here.data, copy) : NULL;
	AUTO_BUF struct buf clean = BUF_PATH;
	const char *base;
	size_t keep;

	if (!full || path_clean(&clean, full, NULL) < 0)
		return false;
	base = path_base(clean.data);
	if (streq(base, PIPELINE_NAME)) {
		keep = (size_t)(base - clean.data);
		buf_truncate(&clean, keep - (keep > 0));
	}
	if (streq(clean.data, "."))
		buf_clear(&clean);
	return streq(clean.data, d->dir);
}

/* Is the word (not the path) the stage's name? */
static bool names(const struct deciding *d, const char *word,
		  const char *stage)
{
	bool bare = streq(d->dir, d->z->here.data) ||
		    (!*d->dir && d->foreign_here);

	if (bare && is_stage(word, stage))
		return true;
	/* Items may have colons in their names, paths too. */
	for (const char *c = strchr(word, ':'); c; c = strchr(c + 1, ':'))
		if (is_stage(c + 1, stage) &&
		    is_dir(d, word, (size_t)(c - word)))
			return true;
	return false;
}

/* Does the stage make what is at the path, or (`below`) something in it? */
static bool makes(const struct locked_stage *s, const char *path, bool below)
{
	for (size_t i = 0; s && i < s->nouts; i++)
		if (path_inside(path, s->outs[i].p.out) ||
		    (below && path_inside(s->outs[i].p.out, path)))
			return true;
	return false;
}

static bool is_of(const struct deciding *d, size_t target, const char *stage,
		  const struct locked_stage *ours,
		  const struct locked_stage *theirs, bool below)
{
	const char *path = d->z->targets.v[target];

	return names(d, d->z->words.v[target], stage) ||
	       makes(ours, path, below) || makes(theirs, path, below);
}

/* Is the stage meant?  Targets that mean it are noted. */
static int is_meant(struct deciding *d, const struct lock_clash *c,
		    struct dver_err *err)
{
	struct resolving *z = d->z;
	int meant = 0;

	for (size_t i = 0; i < z->targets.n; i++) {
		if (!is_of(d, i, c->stage, c->ours, c->theirs, true))
			continue;
		meant = 1;
		d->meant = true;
		if (!strvec_has(&z->met, z->targets.v[i]) &&
		    !strvec_push(&z->met, z->targets.v[i]))
			return err_nomem(err);
	}
	return meant;
}

static enum dver_side side_of(const struct decided *e, const char *stage)
{
	return strvec_has(&e->ours, stage) ? DVER_OURS
	       : strvec_has(&e->theirs, stage) ? DVER_THEIRS : DVER_NEITHER;
}

static int decide(void *data, const struct lock_clash *c, enum dver_side *side,
		  struct dver_err *err)
{
	struct deciding *d = data;
	struct resolving *z = d->z;
	int meant = c->stage ? is_meant(d, c, err) : 0;
	int r = MIN(meant, 0);

	d->undivided |= !c->stage;
	if (meant > 0 && z->opts->side != DVER_NEITHER)
		r = decisions_put(&z->decisions, d->e, c->stage,
				  (enum merge_side)z->opts->side, err);
	if (r < 0)
		return r;
	*side = c->stage ? side_of(d->e, c->stage) : DVER_NEITHER;
	if (*side == DVER_NEITHER && d->whole)
		*side = z->opts->side;
	d->left += *side == DVER_NEITHER;
	if ((!meant && !d->whole) ||
	    (*side != DVER_NEITHER && !z->opts->list))
		return 0;
	return merge_lock_tell(z->conflict, z->data, d->lock_path, c, *side,
			       err);
}

/* A version that cannot be read has no stages. */
static int read_version(struct lockfile *out, const struct deciding *d,
			const char *text, size_t len, struct dver_err *err)
{
	int r = text ? lockfile_parse(out, d->lock_path, d->lock_path, text,
				      len, NULL) : 0;

	return r == DVER_ENOMEM ? err_nomem(err) : 0;
}

static bool is_known(const struct deciding *d, size_t target,
		     const struct lockfile *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_of(d, target, l->v[i].name, &l->v[i], NULL, false))
			return true;
	return false;
}

/* Stages of this file, or outputs of them, that were named and not met. */
static int check_met(const struct deciding *d, const struct git_conflict *c,
		     struct dver_err *err)
{
	const struct resolving *z = d->z;
	AUTO_LOCKFILE struct lockfile ours = LOCKFILE_INIT;
	AUTO_LOCKFILE struct lockfile theirs = LOCKFILE_INIT;
	int r = read_version(&ours, d, c->ours, c->ours_len, err);

	if (r == 0)
		r = read_version(&theirs, d, c->theirs, c->theirs_len, err);
	for (size_t i = 0; r == 0 && i < z->targets.n; i++) {
		if (strvec_has(&z->met, z->targets.v[i]) ||
		    (!is_known(d, i, &ours) && !is_known(d, i, &theirs)))
			continue;
		r = err_set(err, DVER_ENOTFOUND, d->undivided
			    ? "'%s' is in '%s', on all of which the sides "
			      "disagree: name that file"
			    : "'%s' is not in conflict in '%s': dver resolve "
			      "--list shows what is", z->words.v[i],
			    d->lock_path);
	}
	return r;
}

static int wants_all(struct deciding *d, struct dver_err *err)
{
	AUTO_FREE char *pipeline = path_join(d->dir, PIPELINE_NAME);

	if (!pipeline)
		return err_nomem(err);
	d->whole = resolve_wants(d->z, d->lock_path) ||
		   strvec_has(&d->z->targets, pipeline);
	return 0;
}

static int begin(struct deciding *d, struct dver_err *err)
{
	struct dver_repo *repo = d->z->ss->repo;
	AUTO_FREE char *folder = path_join(repo->root, d->z->here.data);
	AUTO_FREE char *own = folder ? path_join(folder, PIPELINE_NAME) : NULL;
	size_t len = strlen(d->lock_path) - strlen(LOCKFILE_NAME);

	d->dir = str_ndup(d->lock_path, len - (len > 0));
	if (!d->dir || !own)
		return err_nomem(err);
	d->foreign_here = access(own, F_OK) < 0;
	return wants_all(d, err);
}

int resolve_lock(void *data, const struct git_conflict *c,
		 struct dver_err *err)
{
	struct resolving *z = data;
	AUTO_DECIDING struct deciding d = { .z = z, .lock_path = c->path };
	struct lockfile_merge m = { .path = c->path, .clash = decide,
				    .data = &d };
	AUTO_BUF struct buf out = BUF_INIT(LOCKFILE_MAX);
	enum lock_merged how;
	int r;

	if (!lockfile_is_name(c->path) ||
	    path_check_workspace(c->path, NULL) < 0)
		return 0;
	r = begin(&d, err);
	if (r == 0)
		r = resolve_decided(&d.e, z, c, err);
	if (r == 0)
		r = lockfile_merge(&m, (struct lock_text){ c->base,
							   c->base_len },
				   (struct lock_text){ c->ours, c->ours_len },
				   (struct lock_text){ c->theirs,
						       c->theirs_len },
				   &out, &how, err);
	if (r == 0 && z->targets.n)
		r = check_met(&d, c, err);
	if (r < 0 || (!d.whole && !d.meant))
		return r;
	if (d.left)
		return resolve_leave(z, c->path, d.left);
	if (!z->opts->list)
		decisions_clear(&z->decisions, d.e);
	return resolve_finish(z, c->path, &out, how == LOCK_GONE, err);
}
