/*
 * origin - which commit brought bytes to a path: of interest when they are
 * gone, because its author may still have them.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/history.h"
#include "repo/git_log.h"
#include "store/walk.h"
#include "workspace/session.h"

struct wanted {
	struct oid id;
	const char *sub;	/* of the output */
	bool found;		/* in the commit that is looked at */
	bool told;
};

struct finding {
	struct dver_repo *repo;
	struct store *store;
	struct store_io *io;
	const struct dver_missing *v;
	struct wanted *w;	/* owned */
	size_t n, left;
	int (*fn)(void *data, size_t i, const struct dver_origin *o);
	void *data;
};

struct asking {
	struct finding *f;
	const struct wanted *w;
	const char *output;
};

/* 1: this output has the bytes at that path. */
static int on_pointed(void *data, const struct pointed *p,
		      struct dver_err *err)
{
	const struct asking *a = data;
	struct walk_found found;

	(void)err;
	if (!streq(p->path, a->output))
		return 0;
	if (!*a->w->sub)
		return oid_eq(&p->p->id, &a->w->id);
	return p->p->kind == ROOT_TREE &&
	       walk_find(a->f->store, a->f->io, &p->p->id, a->w->sub, &found,
			 NULL) > 0 && oid_eq(&found.id, &a->w->id);
}

/* Has this version the bytes?  Unknown is no. */
static bool has(struct finding *f, const char *name, const void *text,
		size_t len, const char *output, const struct wanted *w)
{
	struct asking a = { f, w, output };

	return text && pointers_each(name, name, text, len, on_pointed, &a,
				     NULL) > 0;
}

/* May this pointer or lock file be that of the output? */
static bool is_of(const char *path, const char *output)
{
	size_t len = strlen(output), dir = strlen(path);

	if (strncmp(path, output, len) == 0 &&
	    streq(path + len, POINTER_SUFFIX))
		return true;
	dir -= MIN(dir, strlen(LOCKFILE_NAME));
	return lockfile_is_name(path) && strncmp(path, output, dir) == 0;
}

static int on_change(void *data, const struct git_blob_change *c,
		     struct dver_err *err)
{
	struct finding *f = data;
	int r = cancel_check(&f->repo->cancel, err);

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		struct wanted *w = &f->w[i];
		const char *output = f->v[i].output;

		if (w->told || !is_of(c->path, output))
			continue;
		w->found = has(f, c->path, c->is, c->is_len, output, w) &&
			   !has(f, c->path, c->was, c->was_len, output, w);
	}
	return r;
}

static int on_end(void *data, const struct git_commit_view *c,
		  struct dver_err *err)
{
	struct finding *f = data;
	struct dver_origin o = { c->id, c->author, c->mail, c->subject,
				 c->time };
	int r = 0;

	(void)err;
	for (size_t i = 0; r == 0 && i < f->n; i++) {
		if (!f->w[i].found)
			continue;
		f->w[i].found = false;
		f->w[i].told = true;
		f->left--;
		r = f->fn(f->data, i, &o);
	}
	return r ? r : f->left == 0;
}

static int prepare(struct finding *f, struct dver_err *err)
{
	f->w = mem_array(f->n + 1, sizeof(*f->w));
	if (!f->w)
		return err_nomem(err);
	f->left = f->n;
	for (size_t i = 0; i < f->n; i++) {
		const struct dver_missing *m = &f->v[i];
		size_t len = strlen(m->output);
		bool inside = strncmp(m->path, m->output, len) == 0 &&
			      m->path[len] == '/';

		f->w[i].sub = inside ? m->path + len + 1 : "";
		if (oid_parse(&f->w[i].id, m->id) < 0) {
			f->w[i].told = true;
			f->left--;
		}
	}
	return 0;
}

int dver_origins(struct dver_repo *repo, const struct dver_missing *v,
		 size_t n, int (*fn)(void *data, size_t i,
				     const struct dver_origin *o),
		 void *data, struct dver_err *err)
{
	struct finding f = { .repo = repo, .v = v, .n = n, .fn = fn,
			     .data = data };
	struct git_log log = { .g = repo->git,
			       .change = on_change, .end = on_end, .data = &f };
	struct reading_remote rr = { .repo = NULL };
	int r = repo->git && n ? prepare(&f, err) : 0;

	if (r == 0 && f.w && f.left) {
		log.range = v[0].commit;
		r = repo_store(repo, &f.store, err);
		if (r == 0)
			r = store_io_new(&f.io, err);
		if (r == 0) {
			reading_begin(&rr, repo, f.store);
			r = git_log_run(&log, err);
			reading_end(&rr, f.store);
		}
	}
	store_io_free(f.io);
	free(f.w);
	return r;
}
