#include "report/revs.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "repo/git_snapshot.h"
#include "repo/repo.h"

#define SHORT 10	/* digits of an id that nobody has a name for */

struct ref {
	enum git_ref_kind kind;
	char *name, *commit;	/* owned */
};

struct finding {
	struct revs *out;
	struct dver_repo *repo;
	const struct dver_values_opts *o;
	struct ref *refs;	/* owned; by commit once they are all here */
	size_t nrefs, refs_cap;
	struct keymap seen;	/* commits: each is told once */
};

static void rev_release(struct rev *x)
{
	free(x->name);
	free(x->commit);
	strvec_release(&x->names);
}

void revs_release(struct revs *r)
{
	for (size_t i = 0; i < r->n; i++)
		rev_release(&r->v[i]);
	free(r->v);
	r->v = NULL;
	r->n = r->cap = 0;
}

static int on_ref(void *data, enum git_ref_kind kind, const char *name,
		  const char *commit, struct dver_err *err)
{
	struct finding *f = data;
	struct ref x = { kind, strdup(name), strdup(commit) };

	if (!x.name || !x.commit ||
	    !mem_grow(&f->refs, &f->refs_cap, f->nrefs + 1, sizeof(x))) {
		free(x.name);
		free(x.commit);
		return err_nomem(err);
	}
	f->refs[f->nrefs++] = x;
	return 0;
}

static int by_commit(const void *a, const void *b)
{
	const struct ref *x = a, *y = b;
	int c = strcmp(x->commit, y->commit);

	if (c)
		return c;
	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				  : strcmp(x->name, y->name);
}

/* Branches and tags that mean the commit, else some of its id. */
static bool names_of(struct strvec *out, const struct finding *f,
		     const char *commit)
{
	char id[SHORT + 1];
	size_t lo = 0, hi = f->nrefs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(f->refs[mid].commit, commit) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < f->nrefs && streq(f->refs[lo].commit, commit); lo++)
		if (f->refs[lo].kind != GIT_REF_REMOTE &&
		    !strvec_push(out, f->refs[lo].name))
			return false;
	(void)snprintf(id, sizeof(id), "%s", commit);
	return out->n || strvec_push(out, id);
}

/* "main, v1"; NULL: no memory. */
static char *joined(const struct strvec *names)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < names->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", names->v[i]);
	return buf_detach(&b);
}

static bool in_time(const struct finding *f, const char *commit)
{
	int64_t t;

	if (!f->o->since && !f->o->until)
		return true;
	t = git_commit_seconds(f->repo->git, commit);
	return t >= f->o->since && (!f->o->until || t <= f->o->until);
}

static uint8_t digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* 1: it is new, 0: it was seen. */
static int is_new(struct finding *f, const char *commit, struct dver_err *err)
{
	uint8_t id[GIT_ID_SIZE];
	bool added;

	for (size_t i = 0; i < sizeof(id); i++)
		id[i] = (uint8_t)(digit(commit[2 * i]) << 4 |
				  digit(commit[2 * i + 1]));
	return keymap_put(&f->seen, id, &added) ? added : err_nomem(err);
}

/* `name` NULL: what its references say. */
static int add(struct finding *f, const char *name, const char *commit,
	       bool implied, struct dver_err *err)
{
	struct rev x = { .implied = implied };
	int r = commit ? is_new(f, commit, err) : 1;

	if (r <= 0 || (commit && !in_time(f, commit)))
		return r;
	if (name ? strvec_push(&x.names, name)
		 : names_of(&x.names, f, commit))
		x.name = joined(&x.names);
	x.commit = commit ? strdup(commit) : NULL;
	if (!x.name || (commit && !x.commit) ||
	    !mem_grow(&f->out->v, &f->out->cap, f->out->n + 1, sizeof(x))) {
		rev_release(&x);
		return err_nomem(err);
	}
	f->out->v[f->out->n++] = x;
	return 0;
}

static int add_all(struct finding *f, const struct strvec *commits,
		   struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < commits->n; i++)
		r = add(f, NULL, commits->v[i], false, err);
	return MIN(r, 0);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct ref *const *)a)->name,
		      (*(const struct ref *const *)b)->name);
}

/* Tips of branches, or tags, by name. */
static int add_refs(struct finding *f, enum git_ref_kind kind,
		    struct dver_err *err)
{
	AUTO_FREE const struct ref **sorted = mem_array(f->nrefs + 1,
							sizeof(*sorted));
	size_t n = 0;
	int r = 0;

	if (!sorted)
		return err_nomem(err);
	for (size_t i = 0; i < f->nrefs; i++)
		if (f->refs[i].kind == kind)
			sorted[n++] = &f->refs[i];
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = add(f, NULL, sorted[i]->commit, false, err);
	return MIN(r, 0);
}

static bool has_branch(const struct finding *f, const char *name)
{
	for (size_t i = 0; i < f->nrefs; i++)
		if (f->refs[i].kind == GIT_REF_BRANCH &&
		    streq(f->refs[i].name, name))
			return true;
	return false;
}

/* A fresh clone has one branch of its own: tell of the others. */
static void note_remotes(const struct finding *f)
{
	const char *like = NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->nrefs; i++) {
		const char *name = f->refs[i].name;
		const char *slash = strchr(name, '/');

		if (f->refs[i].kind != GIT_REF_REMOTE || !slash ||
		    streq(slash, "/HEAD") || has_branch(f, slash + 1))
			continue;
		if (!like || strcmp(name, like) < 0)
			like = name;
		n++;
	}
	if (n)
		repo_note(f->repo, DVER_NOTE_INFO, "%zu branch%s of remotes "
			  "%s no local branch%s, which is what -a shows: name "
			  "%s, as in '%s'", n, n > 1 ? "es" : "",
			  n > 1 ? "are" : "is", n > 1 ? "es" : "",
			  n > 1 ? "them" : "it", like);
}

static int add_flags(struct finding *f, struct dver_err *err)
{
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	unsigned flags = f->o->flags;
	int r = 0;

	if (!(flags & (DVER_VALUES_BRANCHES | DVER_VALUES_TAGS |
		       DVER_VALUES_COMMITS)))
		return 0;
	r = add(f, REVS_WORKSPACE, NULL, true, err);
	if (r >= 0 && flags & DVER_VALUES_BRANCHES)
		r = add_refs(f, GIT_REF_BRANCH, err);
	if (r >= 0 && flags & DVER_VALUES_BRANCHES)
		note_remotes(f);
	if (r >= 0 && flags & DVER_VALUES_TAGS)
		r = add_refs(f, GIT_REF_TAG, err);
	if (r >= 0 && flags & DVER_VALUES_COMMITS)
		r = git_refs(f->repo->git, GIT_BRANCHES | GIT_TAGS |
			     GIT_HISTORY, &commits, err);
	return r < 0 ? r : add_all(f, &commits, err);
}

static int add_rev(struct finding *f, const char *rev, struct dver_err *err)
{
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	int r;

	if (streq(rev, REVS_WORKSPACE) &&
	    git_is_rev(f->repo->git, rev, NULL) <= 0)
		return add(f, REVS_WORKSPACE, NULL, false, err);
	r = git_range(f->repo->git, rev, &commits, err);
	if (r < 0)
		return r;
	if (strstr(rev, ".."))
		return add_all(f, &commits, err);
	r = add(f, rev, commits.v[0], false, err);
	return MIN(r, 0);
}

static int add_history(struct finding *f, struct dver_err *err)
{
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	int r = git_history(f->repo->git, "HEAD", &commits, err);

	return r < 0 ? r : add_all(f, &commits, err);
}

static int find(struct finding *f, struct dver_err *err)
{
	int r = git_each_ref(f->repo->git, on_ref, f, err);

	if (f->nrefs)
		qsort(f->refs, f->nrefs, sizeof(*f->refs), by_commit);
	if (r == 0)
		r = add_flags(f, err);
	for (size_t i = 0; r >= 0 && i < f->o->nrevs; i++)
		r = add_rev(f, f->o->revs[i], err);
	if (r >= 0 && !f->o->nrevs && !f->out->n &&
	    (f->o->since || f->o->until))
		r = add_history(f, err);
	return MIN(r, 0);
}

int revs_find(struct revs *out, struct dver_repo *repo,
	      const struct dver_values_opts *o, struct dver_err *err)
{
	struct finding f = { .out = out, .repo = repo, .o = o };
	struct git_snapshot *head = NULL;
	int r = 0;

	*out = (struct revs){ .v = NULL };
	if (!o->nrevs && !o->since && !o->until &&
	    !(o->flags & (DVER_VALUES_BRANCHES | DVER_VALUES_TAGS |
			  DVER_VALUES_COMMITS)))
		return add(&f, REVS_WORKSPACE, NULL, false, err);
	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: it has no revisions");
	keymap_init(&f.seen, GIT_ID_SIZE, 0);
	r = find(&f, err);
	if (git_snapshot_open(&head, repo->git, "HEAD", NULL) == 0)
		(void)snprintf(out->head, sizeof(out->head), "%s",
			       git_snapshot_id(head));
	git_snapshot_free(head);
	for (size_t i = 0; i < f.nrefs; i++) {
		free(f.refs[i].name);
		free(f.refs[i].commit);
	}
	free(f.refs);
	keymap_release(&f.seen);
	return r;
}
