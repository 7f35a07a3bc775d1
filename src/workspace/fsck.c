/*
 * fsck - look at every stored object; say which files of which commits use
 * what is damaged; bring it back from an intact workspace file or a remote.
 *
 * A damaged place is forgotten by the indexes (merged without it) once the
 * object has another one; the bytes stay in their pack until gc rewrites it.
 */
#include <errno.h>
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"
#include "dver/cache.h"
#include "repo/config.h"
#include "repo/git.h"
#include "repo/remotes.h"
#include "store/chunker.h"
#include "store/loose.h"
#include "store/rebuild.h"
#include "store/recipe.h"
#include "store/tidy.h"
#include "store/verify.h"
#include "store/walk.h"
#include "transfer/remote.h"
#include "transfer/transfer.h"
#include "workspace/session.h"

typedef int (*damage_fn)(void *data, const struct dver_damage *d);

/* Something that is damaged, and what is known of it. */
struct damaged {
	struct oid id;
	bool has_id;
	bool loose;
	struct fact fact;	/* place and pack, when it has one */
	bool has_fact;
	char *key, *problem;	/* owned */
	char *path, *commit;	/* of the first user found; owned or NULL */
	char *output;		/* owned or NULL */
	struct oid user;	/* the file or tree that uses it */
	uint64_t user_size;
	bool on_disk;		/* the user is of the pointers on the disk */
	bool restored;
	bool dropped;		/* a recipe that the remote has */
};

struct fsck {
	struct session *ss;
	struct scanner *s;
	const struct dver_fsck_opts *opts;
	struct store *target;	/* what is checked; borrowed */
	struct remote at;	/* owned */
	struct store *remote;	/* owned; NULL: none */
	char *folder;		/* of the remote; owned */
	struct damaged *v;
	size_t n, cap;
	struct keymap ids;	/* id -> index + 1 in v */
};

static void fsck_release(struct fsck *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].key);
		free(f->v[i].problem);
		free(f->v[i].path);
		free(f->v[i].commit);
		free(f->v[i].output);
	}
	free(f->v);
	keymap_release(&f->ids);
	store_close(f->remote);
	remote_release(&f->at);
	free(f->folder);
}

static int on_damage(void *data, const struct verify_damage *d,
		     struct dver_err *err)
{
	struct fsck *f = data;
	struct damaged x = { .has_id = d->id != NULL,
			     .loose = str_starts(d->key, "loose/"),
			     .has_fact = d->fact != NULL };
	size_t *slot;

	if (d->id)
		x.id = *d->id;
	if (d->fact)
		x.fact = *d->fact;
	x.key = strdup(d->key);
	x.problem = strdup(d->problem);
	if (!x.key || !x.problem ||
	    !mem_grow(&f->v, &f->cap, f->n + 1, sizeof(x))) {
		free(x.key);
		free(x.problem);
		return err_nomem(err);
	}
	f->v[f->n++] = x;
	if (!d->id)
		return 0;
	slot = keymap_put(&f->ids, d->id->id, NULL);
	if (!slot)
		return err_nomem(err);
	*slot = f->n;
	return 0;
}

/* Which root is being walked, to say who uses what. */
struct user {
	struct fsck *f;
	const struct output *o;
	const char *commit;	/* NULL: the disk */
	const char *path;	/* below the output, of the file whose chunks
				   are looked at */
	struct oid id;
	uint64_t size;
};

static int found(struct user *u, const struct oid *id, struct dver_err *err)
{
	const size_t *at = keymap_get(&u->f->ids, id->id);
	struct damaged *d = at ? &u->f->v[*at - 1] : NULL;

	if (!d || d->path)
		return 0;
	d->path = path_join(u->o->path, u->path);
	d->output = strdup(u->o->path);
	d->commit = u->commit ? strdup(u->commit) : NULL;
	d->on_disk = !u->commit;
	d->user = u->id;
	d->user_size = u->size;
	return d->path && d->output && (!u->commit || d->commit)
		       ? 0 : err_nomem(err);
}

static int on_chunk(void *data, const struct recipe_entry *e,
		    struct dver_err *err)
{
	return found(data, &e->id, err);
}

static int look_at(struct user *u, const struct oid *id, uint64_t size,
		   const char *path, struct dver_err *err)
{
	int r;

	u->path = path;
	u->id = *id;
	u->size = size;
	r = found(u, id, err);
	if (r < 0 || size <= CHUNK_MAX)
		return r;
	/* Without a readable recipe there are no chunks to ask about. */
	(void)store_each_chunk(u->f->target, u->f->s->main_io, id, on_chunk, u,
			       NULL);
	return 0;
}

static int on_entry(void *data, const char *path, const struct tree_entry *e,
		    struct dver_err *err)
{
	struct user *u = data;
	int r = cancel_check(&u->f->ss->repo->cancel, err);

	if (r == 0)
		r = look_at(u, &e->id, e->bytes, path, err);
	return r < 0 ? r : WALK_ON;
}

static int find_users(struct fsck *f, const struct outputs *o,
		      const char *commit, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n; i++) {
		const struct pointer *p = &o->v[i].pointer;
		struct user u = { .f = f, .o = &o->v[i], .commit = commit };

		if (o->v[i].problem)
			continue;
		r = look_at(&u, &p->id, p->kind == ROOT_FILE ? p->size : 0, "",
			    err);
		if (r == 0 && p->kind == ROOT_TREE &&
		    walk_tree(f->target, f->s->main_io, &p->id, on_entry, &u,
			      err) == DVER_ENOMEM)
			r = DVER_ENOMEM;
	}
	return r;
}

static int find_all_users(struct fsck *f, struct dver_err *err)
{
	struct dver_repo *repo = f->ss->repo;
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	int r;

	if (f->n == 0)
		return 0;
	r = find_users(f, &f->ss->outputs, NULL, err);
	if (r == 0 && repo->git)
		r = git_refs(repo->git, GIT_BRANCHES | GIT_TAGS, &commits,
			     err);
	for (size_t i = 0; r == 0 && i < commits.n; i++) {
		AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;

		r = outputs_at(&o, repo, commits.v[i], err);
		if (r == 0)
			r = find_users(f, &o, commits.v[i], err);
	}
	return r;
}

/* A damaged loose object must not be taken for the object any more. */
static int set_aside(struct fsck *f, const struct damaged *d,
		     struct dver_err *err)
{
	const char *root = store_local_root(f->s->store);
	AUTO_BUF struct buf from = BUF_PATH;
	AUTO_FREE char *dir = path_join(root, "damaged");
	AUTO_FREE char *to = NULL;
	char hex[OID_HEX + 1];

	loose_path(&from, root, &d->id);
	to = dir ? path_join(dir, oid_hex(hex, &d->id)) : NULL;
	if (!to)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0 || os_rename(from.data, to) < 0)
		return err_sys(err, "cannot move '%s' away", from.data);
	return 0;
}

/* From the workspace file that uses it, if that still has the bytes. */
static int from_workspace(struct fsck *f, struct writer *w,
			  const struct damaged *d, struct dver_err *err)
{
	struct ingest_opts io = { .loose_above = d->loose ? 0 : UINT64_MAX,
				  .order = &f->s->order };
	struct link_order copy = { { LINK_COPY }, 1 };
	struct os_stat st;
	struct oid real;
	bool linked;
	int r;

	io.order = &copy;
	if (!d->on_disk || !d->path ||
	    os_statat(f->s->root_fd, d->path, &st, true) < 0 ||
	    !S_ISREG(st.mode))
		return 0;
	/* Nothing is stored before it is known to be the right bytes. */
	io.hash_only = true;
	r = ingest_file(NULL, 0, f->s->main_io, f->s->root_fd, d->path, &io,
			&real, &st, &linked, NULL);
	if (r < 0 || !oid_eq(&real, &d->user))
		return 0;
	io.hash_only = false;
	r = ingest_file(w, 0, f->s->main_io, f->s->root_fd, d->path, &io, &real,
			&st, &linked, err);
	return r < 0 ? r : oid_eq(&real, &d->user);
}

static int from_remote(struct fsck *f, struct writer *w,
		       const struct damaged *d, struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(CHUNK_MAX);
	int r;

	if (!f->remote || d->loose ||
	    (d->has_fact && d->fact.kind == FACT_RECIPE))
		return 0;
	r = store_read(f->remote, f->s->main_io, &d->id, CHUNK_MAX, &bytes,
		       NULL);
	if (r < 0)
		return 0;
	r = writer_put(w, 0, f->s->main_io, d->has_fact ? d->fact.place
						      : PLACE_PACK,
		       &d->id, bytes.data, bytes.len, err);
	return r < 0 ? r : 1;
}

/* A large object, whole, as a fetch brings it. */
static int fetch_whole(struct fsck *f, const struct damaged *d,
		       struct dver_err *err)
{
	struct transfer_root root = { .kind = ROOT_FILE, .id = d->user,
				      .size = d->user_size,
				      .label = d->output ? d->output : "" };
	struct transfer_opts to = { .jobs = f->ss->repo->jobs,
				    .folder = f->folder, .loose_above = 0,
				    .slice = UINT64_MAX,
				    .cancel = &f->ss->repo->cancel };
	struct transfer_stats st;
	int r;

	if (!f->remote || !d->path)
		return 0;
	r = transfer_fetch(f->s->store, f->remote, &root, 1, &to, &st, err);
	if (r == DVER_EMISSING || r == DVER_ECORRUPT)
		return 0;
	return r < 0 ? r : st.missing == 0;
}

static int restore_one(struct fsck *f, struct writer *w, struct damaged *d,
		       struct dver_err *err)
{
	int r = d->loose ? set_aside(f, d, err) : 0;

	if (r == 0)
		r = from_workspace(f, w, d, err);
	if (r == 0)
		r = from_remote(f, w, d, err);
	d->restored = r > 0;
	return MIN(r, 0);
}

static bool keep_fact(void *data, const struct fact *x)
{
	const struct fsck *f = data;

	for (size_t i = 0; i < f->n; i++) {
		const struct damaged *d = &f->v[i];

		if (d->has_fact && (d->restored || d->dropped) &&
		    memcmp(d->fact.pack, x->pack, sizeof(x->pack)) == 0 &&
		    d->fact.offset == x->offset && oid_eq(&d->id, &x->id))
			return false;
	}
	return true;
}

static int merge_without(struct fsck *f, struct dver_err *err)
{
	int r = store_load_indexes(f->s->store, err);

	if (r == 0)
		r = tidy_merge_all(f->s->store, keep_fact, f, err);
	if (r == 0)
		r = store_refresh(f->s->store, err);
	return r < 0 ? r : store_load_indexes(f->s->store, err);
}

/* As long as a damaged recipe is known, no fetch brings the remote's. */
static int drop_recipes(struct fsck *f, struct dver_err *err)
{
	bool any = false;

	for (size_t i = 0; f->remote && i < f->n; i++) {
		struct damaged *d = &f->v[i];

		d->dropped = !d->restored && d->has_fact && d->path &&
			     d->fact.kind == FACT_RECIPE &&
			     store_has(f->remote, &d->id, NULL) > 0;
		any |= d->dropped;
	}
	return any ? merge_without(f, err) : 0;
}

static int restore(struct fsck *f, struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	struct writer_opts wo = { .workers = 1, .reuse = false };
	AUTO_WRITER struct writer *w = NULL;
	struct writer_stats st;
	bool places = false;
	int r = tmpdir_new(&tmp, f->s->repo->cache, err);

	if (r < 0)
		return r;
	wo.stage = tmpdir_path(tmp);
	r = writer_open(&w, f->s->store, &wo, err);
	for (size_t i = 0; r == 0 && i < f->n; i++)
		if (f->v[i].has_id)
			r = restore_one(f, w, &f->v[i], err);
	if (r == 0)
		r = writer_commit(&w, &st, err);
	if (r == 0)
		r = store_refresh(f->s->store, err);
	if (r == 0)
		r = store_load_indexes(f->s->store, err);
	/* Trees that came back may say who uses the rest. */
	if (r == 0)
		r = find_all_users(f, err);
	if (r == 0)
		r = drop_recipes(f, err);
	for (size_t i = 0; r >= 0 && i < f->n; i++) {
		struct damaged *d = &f->v[i];

		if (d->has_id && !d->restored && (d->loose || d->dropped)) {
			r = fetch_whole(f, d, err);
			d->restored = r > 0;
		}
		places |= d->restored && d->has_fact && !d->dropped;
	}
	return r >= 0 && places ? merge_without(f, err) : MIN(r, 0);
}

static int tell(struct fsck *f, damage_fn fn, void *data,
		struct dver_fsck_stats *st)
{
	int r = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct damaged *d = &f->v[i];
		char hex[OID_HEX + 1] = "";

		st->damaged++;
		st->restored += d->restored;
		if (d->has_id)
			(void)oid_hex(hex, &d->id);
		if (r == 0 && fn)
			r = fn(data, &(struct dver_damage){
				.id = hex, .key = d->key,
				.problem = d->problem, .path = d->path,
				.commit = d->commit, .restored = d->restored,
			});
	}
	return r;
}

static int open_remote(struct fsck *f, const char *name, bool must,
		       struct dver_err *err)
{
	struct dver_repo *repo = f->ss->repo;
	int r = config_remote(repo, name, &f->at, err);

	if (r == 0)
		r = remote_folder(&f->folder, &f->at.cfg, repo->cache, err);
	if (r == 0)
		r = remote_open(&f->remote, &f->at.cfg, repo->cache, err);
	if (r == 0)
		r = store_load_indexes(f->remote, err);
	return must ? r : 0;
}

/* Indexes come first: without them nothing else can be looked at. */
static int mend_indexes(struct fsck *f, struct dver_err *err)
{
	AUTO_STRVEC struct strvec bad = STRVEC_INIT;
	int r = store_rebuild(f->target, &bad, err);

	for (size_t i = 0; r == 0 && i < bad.n; i++) {
		AUTO_FREE char *key = path_join("index", bad.v[i]);
		struct verify_damage d = { NULL, NULL, key,
					   "it was damaged and is made anew" };

		r = key ? on_damage(f, &d, err) : err_nomem(err);
		if (r == 0)
			f->v[f->n - 1].restored = true;
	}
	return r;
}

static int run(struct fsck *f, struct dver_fsck_stats *st,
	       struct dver_err *err)
{
	struct dver_repo *repo = f->ss->repo;
	struct verify v = { .s = f->target, .pool = f->s->pool,
			    .io = f->s->io, .cancel = &repo->cancel,
			    .objects = &repo->files, .bytes = &repo->bytes,
			    .damage = on_damage, .data = f };
	int r;

	repo_phase(repo, "checking");
	r = store_verify(&v, err);
	st->objects = atomic_load(&repo->files);
	st->bytes = atomic_load(&repo->bytes);
	if (r == 0)
		r = find_all_users(f, err);
	if (r == 0 && f->n && !f->opts->no_restore && !f->opts->remote) {
		r = open_remote(f, NULL, false, err);
		if (r == 0)
			r = restore(f, err);
	}
	return r;
}

int dver_fsck(struct dver_repo *repo, const struct dver_fsck_opts *opts,
	      damage_fn fn, void *data, struct dver_fsck_stats *st,
	      struct dver_err *err)
{
	static const struct dver_fsck_opts none = { .remote = NULL };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct fsck f = { .ss = &ss, .opts = opts ? opts : &none };
	int r = session_open(&ss, repo, SESSION_WRITE, NULL, 0, err);

	*st = (struct dver_fsck_stats){ 0 };
	keymap_init(&f.ids, HASH_SIZE, sizeof(size_t));
	if (r == 0)
		r = repo_store(repo, &f.target, err);
	if (r == 0 && !f.opts->no_restore && !f.opts->remote)
		r = mend_indexes(&f, err);
	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	f.s = s;
	if (r == 0 && f.opts->remote)
		r = open_remote(&f, f.opts->remote, true, err);
	if (r == 0) {
		f.target = f.opts->remote ? f.remote : s->store;
		r = run(&f, st, err);
	}
	if (r == 0)
		r = tell(&f, fn, data, st);
	if (r == 0 && st->damaged > st->restored)
		r = err_set(err, DVER_ECORRUPT, "%" PRIu64 " damaged, %" PRIu64
			    " of them restored", st->damaged, st->restored);
	fsck_release(&f);
	return r;
}
