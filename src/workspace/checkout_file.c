/*
 * checkout_file - one file, made under a temporary name and renamed over
 * whatever was there.
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/checkout_internal.h"

/* Does it lie in one of the paths (1), or one of them in it (2)? */
static int holds(const struct strvec *paths, const char *sub)
{
	int some = 0;

	for (size_t i = 0; i < paths->n; i++) {
		if (path_inside(sub, paths->v[i]))
			return 1;
		if (path_inside(paths->v[i], sub))
			some = 2;
	}
	return some;
}

int checkout_wants(const struct checkout *c, const char *sub)
{
	int wanted = c->parts ? holds(c->parts, sub) : 1;
	int left_out = c->without && wanted ? holds(c->without, sub) : 0;

	if (left_out == 1)
		return 0;
	return left_out ? 2 : wanted;
}

bool checkout_is_apart(const struct checkout *c, const char *sub)
{
	return c->apart && holds(c->apart, sub) == 1;
}

int checkout_name(const struct checkout *c, const char *sub,
		  const struct tree_entry *e, struct dver_err *err)
{
	if (!(e->name_len == 4 && strncasecmp(e->name, ".git", 4) == 0) &&
	    !(e->name_len == 5 && strncasecmp(e->name, ".dver", 5) == 0))
		return 0;
	return err_set(err, DVER_EINVAL, "'%s%s%s' has an entry '%.*s', which "
		       "no data may have: it is not checked out", c->path,
		       *sub ? "/" : "", sub, (int)e->name_len, e->name);
}

void checkout_tmp_name(struct checkout *c, char out[32])
{
	(void)snprintf(out, 32, "%u", atomic_fetch_add(&c->next_tmp, 1));
}

int checkout_missing(struct checkout *c, const char *sub,
		     const struct dver_err *why, struct dver_err *err)
{
	bool ok;

	pthread_mutex_lock(&c->mutex);
	if (c->missing.n == 0)
		c->why_missing = *why;
	ok = strvec_push(&c->missing, sub);
	pthread_mutex_unlock(&c->mutex);
	return ok ? 0 : err_nomem(err);
}

int checkout_wrote(struct checkout *c, const struct os_stat *st,
		   const struct oid *id, struct dver_err *err)
{
	struct wrote_key key = { st->ino, st->size, st->mtime_ns };
	struct oid *slot;

	pthread_mutex_lock(&c->mutex);
	slot = keymap_put(&c->s->wrote, &key, NULL);
	if (slot)
		*slot = *id;
	pthread_mutex_unlock(&c->mutex);
	return slot ? 0 : err_nomem(err);
}

int checkout_make(struct checkout *c, int worker, int dir, const char *name,
		  const char *sub, const struct tree_entry *e,
		  struct os_stat *st, uint8_t *flags, struct dver_err *err)
{
	struct dver_repo *repo = c->ss->repo;
	struct link_opts opts = { .order = &c->s->order,
				  .cancel = &repo->cancel,
				  .progress = &repo->bytes };
	struct store_io *io = c->s->io[worker];
	enum link_type used = LINK_COPY;
	struct dver_err why = { 0 };
	int r;

	if (e->kind == TREE_SYMLINK)
		r = link_symlink(c->s->store, io, dir, name, &e->id, &why);
	else
		r = link_file(c->s->store, io, dir, name, &e->id, e->bytes,
			      e->kind == TREE_EXEC, &opts, &used, &why);
	atomic_fetch_add(&repo->files, 1);
	if (r == DVER_EMISSING)
		return checkout_missing(c, sub, &why, err);
	if (r < 0)
		return err_set(err, r, "'%s%s%s': %s", c->path,
			       *sub ? "/" : "", sub, why.msg);
	atomic_fetch_add(&c->written, e->bytes);
	if (used == LINK_HARDLINK)
		*flags |= STAT_LINKED;
	if (os_statat(dir, name, st, true) < 0)
		return err_sys(err, "cannot stat '%s/%s'", c->path, sub);
	return 1;
}

struct write_job {
	struct pool_job job;
	struct checkout *c;
	char *sub;		/* owned */
	struct tree_entry e;
};

static int put_in_place(struct write_job *j, const char *tmp,
			struct os_stat *st, struct dver_err *err)
{
	struct checkout *c = j->c;
	AUTO_FREE char *full = path_join(c->path, j->sub);
	AUTO_FREE char *dir = NULL;
	AUTO_CLOSE int at = -1;

	dir = full ? path_dir(full) : NULL;
	if (!dir)
		return err_nomem(err);
	at = os_open_beneath(c->s->root_fd, dir, O_RDONLY | O_DIRECTORY);
	if (at < 0)
		return err_sys(err, "cannot open folder '%s'", dir);
	if (os_renameat(c->tmp_fd, tmp, at, path_base(full)) < 0)
		return err_sys(err, "cannot replace '%s'", full);
	/* Renaming a link of a file onto another link of it does nothing. */
	(void)os_unlinkat(c->tmp_fd, tmp, 0);
	if (os_statat(at, path_base(full), st, true) < 0)
		return err_sys(err, "cannot stat '%s'", full);
	return 0;
}

static int write_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct write_job *j = (struct write_job *)job;
	struct os_stat st;
	uint8_t flags = 0;
	char tmp[32];
	int r;

	checkout_tmp_name(j->c, tmp);
	r = checkout_make(j->c, worker, j->c->tmp_fd, tmp, j->sub, &j->e, &st,
			  &flags, err);
	if (r <= 0)
		return r;
	r = put_in_place(j, tmp, &st, err);
	return r < 0 ? r : checkout_wrote(j->c, &st, &j->e.id, err);
}

static void write_release(struct pool_job *job)
{
	struct write_job *j = (struct write_job *)job;

	free(j->sub);
	free(j);
}

int checkout_submit(struct checkout *c, const char *sub,
		    const struct tree_entry *e, struct dver_err *err)
{
	struct write_job *j = calloc(1, sizeof(*j));

	if (!j)
		return err_nomem(err);
	j->job.run = write_run;
	j->job.release = write_release;
	j->c = c;
	j->e = *e;
	j->e.name = NULL;
	j->sub = strdup(sub);
	if (!j->sub) {
		free(j);
		return err_nomem(err);
	}
	return pool_submit(c->s->pool, &j->job, err);
}
