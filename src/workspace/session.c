#include "workspace/session.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config.h"
#include "store/tidy.h"
#include "transfer/remote.h"

void session_tidy(struct dver_repo *repo)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;

	if (!repo->store || store_index_names(repo->store)->n < 16 ||
	    store_refresh(repo->store, NULL) < 0 ||
	    tmpdir_new(&tmp, repo->cache, NULL) < 0)
		return;
	(void)tidy_after_commit(repo->store, tmpdir_path(tmp), NULL);
}

void session_close(struct session *s)
{
	struct dver_repo *repo = s->lock && s->cache_lock ? s->repo : NULL;

	for (size_t i = 0; i < s->n; i++)
		free(s->targets[i].sub);
	free(s->targets);
	outputs_release(&s->outputs);
	record_release(&s->record);
	free(s->record_path);
	if (s->tmp)
		s->repo->tmp = NULL;
	tmpdir_free(s->tmp);
	lock_release(s->cache_lock);
	if (repo)
		session_tidy(repo);
	lock_release(s->lock);
	*s = (struct session){ .repo = NULL };
}

static void on_wait(void *data, const char *line)
{
	repo_note(data, DVER_NOTE_WAIT, "%s", line);
}

int session_lock_reader(struct dver_repo *repo, struct lock **out,
			struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->cache, "lock");
	struct dver_err why;
	int r;

	if (!path)
		return err_nomem(err);
	if (access(path, W_OK) < 0)
		return 0;
	r = local_lock(out, repo->cache, LOCK_SHARED, on_wait, repo,
		       &repo->cancel, &why);
	return r == DVER_ELOCKED || r == DVER_ECANCEL
	       ? err_set(err, r, "%s", why.msg) : 0;
}

static int take_locks(struct session *s, struct dver_err *err)
{
	struct store *store;
	int r = repo_lock(s->repo, &s->lock, err);

	/* Nobody else changes the workspace now: what killed runs left goes. */
	if (r == 0) {
		local_sweep(s->repo->meta);
		scanner_sweep(s->repo);
		r = tmpdir_new(&s->tmp, s->repo->meta, err);
	}
	if (r == 0) {
		s->repo->tmp = tmpdir_path(s->tmp);
		r = repo_store(s->repo, &store, err);
	}
	/* Who may not write to it changes nothing that gc minds. */
	if (r == 0 && access(s->repo->cache, W_OK) < 0)
		return session_lock_reader(s->repo, &s->cache_lock, err);
	return r < 0 ? r : local_lock(&s->cache_lock, s->repo->cache,
				      LOCK_SHARED, on_wait, s->repo,
				      &s->repo->cancel, err);
}

/* Outputs that may have a pointer besides those that git names. */
static int extra_names(const struct session *s, const char *const *typed,
		       size_t n, struct strvec *out, struct dver_err *err)
{
	bool ok = true;

	for (size_t i = 0; i < s->record.n; i++)
		ok = ok && strvec_push(out, s->record.v[i].path);
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;

		if (repo_target(s->repo, &path, typed[i], NULL) == 0 &&
		    path.len)
			ok = ok && strvec_push(out, path.data);
	}
	return ok ? 0 : err_nomem(err);
}

int session_open(struct session *s, struct dver_repo *repo,
		 enum session_mode mode, const char *const *typed, size_t n,
		 struct dver_err *err)
{
	AUTO_STRVEC struct strvec extra = STRVEC_INIT;
	int r;

	*s = (struct session){ .repo = repo };
	s->record_path = path_join(repo->meta, "workspace");
	r = s->record_path ? config_check(repo, err) : err_nomem(err);
	if (r == 0 && mode != SESSION_READ)
		r = take_locks(s, err);
	else if (r == 0)
		r = session_lock_reader(repo, &s->cache_lock, err);
	if (r == 0)
		r = record_load(&s->record, s->record_path, err);
	if (r < 0 || mode == SESSION_RECORD)
		return r;
	r = extra_names(s, typed, n, &extra, err);
	return r < 0 ? r : outputs_load(&s->outputs, repo, &extra, err);
}

int session_target(struct session *s, struct output *o, const char *sub,
		   struct dver_err *err)
{
	struct target t = { o, strdup(sub) };

	if (!t.sub || !mem_grow(&s->targets, &s->cap, s->n + 1, sizeof(t))) {
		free(t.sub);
		return err_nomem(err);
	}
	s->targets[s->n++] = t;
	return 0;
}

static int resolve(struct session *s, const char *typed, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct output *o;
	size_t n;
	int r = repo_target(s->repo, &path, typed, err);

	if (r < 0)
		return r;
	o = outputs_holding(&s->outputs, path.data);
	if (o) {
		const char *sub = path.data + strlen(o->path);

		sub += *sub == '/';
		if (o->problem)
			return err_set(err, DVER_EFORMAT, "%s", o->problem);
		if (*sub && o->pointer.kind != ROOT_TREE)
			return err_set(err, DVER_ENOTFOUND, "'%s' is a file: "
				       "there is no '%s' in it", o->path, sub);
		return session_target(s, o, sub, err);
	}
	n = outputs_below(&s->outputs, path.data, &o);
	if (n == 0 && path.len)
		return err_set(err, DVER_ENOTFOUND, "'%s' is not tracked: "
			       "dver add tracks it", typed);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = session_target(s, &o[i], "", err);
	return r;
}

int session_targets(struct session *s, const char *const *typed, size_t n,
		    struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = resolve(s, typed[i], err);
	for (size_t i = 0; r == 0 && n == 0 && i < s->outputs.n; i++)
		r = session_target(s, &s->outputs.v[i], "", err);
	session_sort(s);
	return r;
}

static int by_output(const void *a, const void *b)
{
	const struct target *x = a;
	const struct target *y = b;

	if (x->output != y->output)
		return x->output < y->output ? -1 : 1;
	return strcmp(x->sub, y->sub);
}

void session_sort(struct session *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->targets, s->n, sizeof(*s->targets), by_output);
	for (size_t i = 0; i < s->n; i++) {
		struct target *t = &s->targets[i];
		const struct target *last = kept ? &s->targets[kept - 1]
						 : NULL;

		if (last && last->output == t->output &&
		    path_inside(t->sub, last->sub))
			free(t->sub);
		else
			s->targets[kept++] = *t;
	}
	s->n = kept;
}

size_t session_group(const struct session *s, size_t i)
{
	size_t n = 1;

	while (i + n < s->n && s->targets[i + n].output ==
			       s->targets[i].output)
		n++;
	return n;
}

int session_save(struct session *s, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_BIG;
	int r = record_format(&s->record, &text, err);

	return r < 0 ? r : repo_replace(s->repo, s->record_path, text.data,
					text.len, err);
}

static enum root_kind root_of(enum tree_kind k)
{
	return k == TREE_DIR ? ROOT_TREE : ROOT_FILE;
}

bool scanned_is_pointer(const struct scanned *d, const struct pointer *p)
{
	return d->kind && root_of(d->kind) == p->kind &&
	       (d->kind == TREE_EXEC) == p->exec && oid_eq(&d->id, &p->id);
}

bool scanned_is_recorded(const struct scanned *d, const struct recorded *r)
{
	return d->kind && root_of(d->kind) == r->kind &&
	       (d->kind == TREE_EXEC) == r->exec && oid_eq(&d->id, &r->id);
}

bool pointer_is_recorded(const struct pointer *p, const struct recorded *r)
{
	return p->kind == r->kind && p->exec == r->exec &&
	       oid_eq(&p->id, &r->id);
}

bool pointer_moved(const struct pointer *p, const struct recorded *r)
{
	if (!r || !r->kind || r->unfinished)
		return true;
	return !pointer_is_recorded(p, r) &&
	       !(r->chosen && oid_eq(&r->over, &p->id));
}

static enum tree_kind kind_of(enum root_kind root, bool exec)
{
	return root == ROOT_TREE ? TREE_DIR : exec ? TREE_EXEC : TREE_FILE;
}

struct scanned scanned_of_pointer(const struct pointer *p)
{
	if (!p)
		return (struct scanned){ .kind = 0 };
	return (struct scanned){
		.kind = kind_of(p->kind, p->exec), .id = p->id,
		.bytes = p->size,
		.files = p->kind == ROOT_TREE ? p->nfiles : 1,
		.no_size = !p->has_size ||
			   (p->kind == ROOT_TREE && !p->has_nfiles),
	};
}

struct scanned scanned_of_recorded(const struct recorded *e)
{
	if (!e || !e->kind)
		return (struct scanned){ .kind = 0 };
	return (struct scanned){
		.kind = kind_of(e->kind, e->exec), .id = e->id,
		.bytes = e->bytes, .files = e->files,
	};
}

void recorded_set(struct recorded *r, const struct scanned *d)
{
	r->kind = root_of(d->kind);
	r->exec = d->kind == TREE_EXEC;
	r->id = d->id;
	r->bytes = d->bytes;
	r->files = d->files;
}

void scan_base_add(struct scan_base *b, const struct scanned *tree)
{
	if (tree->kind != TREE_DIR)
		return;
	for (int i = 0; i < b->n; i++)
		if (oid_eq(&b->tracked[i], &tree->id))
			return;
	if (b->n < SCAN_TRACKED)
		b->tracked[b->n++] = tree->id;
}

struct scan_base session_base(const struct session *s, const char *path)
{
	const struct output *o = outputs_find(&s->outputs, path);
	const struct recorded *e = record_find(&s->record, path);
	struct scanned pointer = scanned_of_pointer(o && !o->problem
						    ? &o->pointer : NULL);
	struct scanned recorded = scanned_of_recorded(e);
	struct scan_base base = { .n = 0 };

	scan_base_add(&base, &recorded);
	scan_base_add(&base, &pointer);
	return base;
}

static int open_remote(void *data, struct store **out, struct dver_err *err)
{
	struct reading_remote *rr = data;
	struct dver_err why;
	int r;

	*out = NULL;
	if (rr->repo->remote_off)
		return 0;
	if (!rr->store) {
		/* Set back once it is open. */
		rr->repo->remote_off = rr->repo->remote_once;
		remote_release(&rr->at);
		r = config_remote(rr->repo, NULL, &rr->at, &why);
		if (r == DVER_ENOTFOUND)
			return 0;
		if (r < 0)
			return err_set(err, r, "%s", why.msg);
		r = remote_open(&rr->store, &rr->at.cfg, rr->repo->cache, err);
		if (r < 0)
			return err_wrap(err, "remote '%s'", rr->at.name);
		rr->repo->remote_off = false;
	}
	*out = rr->store;
	return 0;
}

void reading_begin(struct reading_remote *rr, struct dver_repo *repo,
		   struct store *local)
{
	*rr = (struct reading_remote){ .repo = repo };
	store_set_fallback(local, open_remote, rr);
}

void reading_release(struct reading_remote *rr)
{
	store_close(TAKE(rr->store));
	remote_release(&rr->at);
}

void reading_end(struct reading_remote *rr, struct store *local)
{
	store_set_fallback(local, NULL, NULL);
	reading_release(rr);
}

void reading_failed(struct dver_repo *repo, struct store *local, int code)
{
	if (code != DVER_ENET && code != DVER_EREMOTE && code != DVER_EAUTH)
		return;
	if (local)
		store_set_fallback(local, NULL, NULL);
	repo->remote_off |= repo->remote_once;
}

int reading_remote_has(struct reading_remote *rr, const struct oid *id,
		       struct dver_err *err)
{
	struct store *remote;

	if (open_remote(rr, &remote, NULL) < 0 || !remote ||
	    store_load_indexes(remote, NULL) < 0)
		return 0;
	return store_has(remote, id, err);
}
