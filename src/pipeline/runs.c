#include "pipeline/runs.h"

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "repo/runfile.h"
#include "store/local.h"
#include "workspace/exchange.h"
#include "workspace/stage_data.h"

bool runs_allowed(const struct stage *s, const struct locked_stage *now)
{
	if (s->always_changed || !now->nouts || (!now->ndeps && !now->nparams))
		return false;
	for (size_t i = 0; i < s->nouts; i++)
		if (s->outs[i].persist ||
		    (!s->outs[i].cache && s->outs[i].kind == STAGE_OUT))
			return false;
	/* When it ran: what was made is known. */
	for (size_t i = 0; i < now->nouts; i++)
		if (now->outs[i].keep && now->outs[i].p.kind &&
		    (now->outs[i].p.kind != ROOT_FILE ||
		     now->outs[i].p.size > STAGE_KEEP_MAX))
			return false;
	return true;
}

int runs_put(struct dver_repo *repo, const struct locked_stage *done,
	     struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(RUNFILE_MAX + 1);
	struct run_id id;
	int r = runfile_format(&text, &id, done, err);

	return r < 0 ? r : runfile_write(repo->cache, &id, text.data, text.len,
					 err);
}

/* Its outputs are all in the local store: 1, 0, < 0. */
static int is_here(struct dver_repo *repo, const struct locked_stage *run,
		   struct dver_err *err)
{
	int r = 1;

	for (size_t i = 0; r > 0 && i < run->nouts; i++)
		r = stage_data_stored(repo, &run->outs[i].p, err);
	return r;
}

/* They are now, or not all of them are in the remote: 1, 0, < 0. */
static int bring(struct dver_repo *repo, const struct locked_stage *run,
		 struct dver_err *err)
{
	AUTO_FREE struct transfer_root *roots = mem_array(run->nouts + 1,
							  sizeof(*roots));
	AUTO_LOCK struct lock *lock = NULL;
	struct dver_err why;
	int r = is_here(repo, run, err);

	if (r != 0)
		return r;
	if (!roots)
		return err_nomem(err);
	for (size_t i = 0; i < run->nouts; i++)
		roots[i] = (struct transfer_root){
			.kind = run->outs[i].p.kind, .id = run->outs[i].p.id,
			.size = run->outs[i].p.size,
			.label = run->outs[i].p.out };
	r = local_lock(&lock, repo->cache, LOCK_SHARED, NULL, NULL,
		       &repo->cancel, err);
	if (r < 0)
		return r;
	r = exchange_fetch(repo, roots, run->nouts, &why);
	if (r == DVER_ECANCEL || r == DVER_ENOMEM)
		return err_set(err, r, "%s", why.msg);
	if (r < 0 && r != DVER_EMISSING)
		repo_note(repo, DVER_NOTE_WARNING, "what an earlier run made "
			  "cannot be fetched: %s", why.msg);
	return r < 0 ? 0 : is_here(repo, run, err);
}

typedef int (*run_fn)(struct dver_repo *repo, const struct locked_stage *run,
		      struct dver_err *err);

/* 1 and *out when the run can be read and has(). */
static int try_run(struct dver_repo *repo, const struct run_id *id, run_fn has,
		   struct locked_stage *out, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = runfile_read(&run, &text, &len, repo->cache, id, err);

	if (r > 0)
		r = has(repo, &run, err);
	if (r > 0) {
		*out = run;
		run = (struct locked_stage){ .name = NULL };
	}
	return r;
}

/* When a run was; of two at a time the one with the larger value is later. */
struct moment {
	int64_t when;
	struct oid value;
};

static bool is_before(const struct moment *a, const struct moment *b)
{
	return a->when != b->when ? a->when < b->when
				  : oid_cmp(&a->value, &b->value) < 0;
}

/* The latest before *m, into it: 1, 0, < 0. */
static int newest(struct moment *m, const char *dir, struct dver_err *err)
{
	const struct moment before = *m;
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	bool any = false;
	int r = dir_open(&d, AT_FDCWD, dir, NULL);

	if (r < 0)
		return 0;
	while ((r = dir_next(d, &e, err)) > 0) {
		struct moment at;
		struct os_stat st;

		if (strlen(e.name) != OID_HEX ||
		    oid_parse(&at.value, e.name) < 0 ||
		    os_statat(dir_fd(d), e.name, &st, true) < 0)
			continue;
		at.when = st.mtime_ns;
		if (!is_before(&at, &before) || (any && is_before(&at, m)))
			continue;
		*m = at;
		any = true;
	}
	return r < 0 ? r : any;
}

/* The latest run with the inputs of `now` that has(). */
static int find(struct dver_repo *repo, const struct locked_stage *now,
		run_fn has, struct locked_stage *out, struct dver_err *err)
{
	struct moment m = { .when = INT64_MAX };
	AUTO_FREE char *dir = NULL;
	struct run_id id;
	int r = runfile_key(&id.key, now, err);

	dir = r == 0 ? runfile_folder(repo->cache, &id.key) : NULL;
	if (!dir)
		return r < 0 ? r : err_nomem(err);
	while (r == 0) {
		r = newest(&m, dir, err);
		if (r <= 0)
			return r;
		id.value = m.value;
		r = try_run(repo, &id, has, out, err);
	}
	return r;
}

int runs_find(struct dver_repo *repo, const struct locked_stage *now,
	      struct locked_stage *out, struct dver_err *err)
{
	return find(repo, now, is_here, out, err);
}

int runs_fetch(struct dver_repo *repo, const struct locked_stage *now,
	       struct locked_stage *out, struct dver_err *err)
{
	return find(repo, now, bring, out, err);
}

static int whatever(struct dver_repo *repo, const struct locked_stage *run,
		    struct dver_err *err)
{
	(void)repo;
	(void)run;
	(void)err;
	return 1;
}

int runs_known(struct dver_repo *repo, const struct locked_stage *now,
	       struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };

	return find(repo, now, whatever, &run, err);
}
