/*
 * git_commits - walk over commits, the newest first, as lazily as it goes.
 * libgit2's walk fails where a shallow clone is cut off.  Where clocks were
 * wrong, a commit that ought to be hidden may be told.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git_internal.h"

struct dated {
	git_oid id;
	int64_t time;
	uint64_t nth;		/* in which it was found */
};

struct git_commits {
	struct git *g;
	struct dated *heap;	/* owned; the newest first */
	size_t n, cap;
	uint64_t found, wanted;	/* so far; in the heap and not hidden */
	struct keymap seen;	/* id -> enum state */
};

void git_commits_free(struct git_commits *w)
{
	if (!w)
		return;
	keymap_release(&w->seen);
	free(w->heap);
	free(w);
}

static bool before(const struct dated *a, const struct dated *b)
{
	return a->time != b->time ? a->time > b->time : a->nth < b->nth;
}

static void swap(struct dated *a, struct dated *b)
{
	struct dated x = *a;

	*a = *b;
	*b = x;
}

static void sift_up(struct dated *v, size_t i)
{
	for (; i && before(&v[i], &v[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&v[i], &v[(i - 1) / 2]);
}

static void sift_down(struct dated *v, size_t n, size_t i)
{
	for (;;) {
		size_t best = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2; k++)
			if (k < n && before(&v[k], &v[best]))
				best = k;
		if (best == i)
			return;
		swap(&v[i], &v[best]);
		i = best;
	}
}

enum state { FOUND = 1, HIDDEN, TOLD };

/* A commit that is cut off is left out. */
static int find(struct git_commits *w, const git_oid *id, enum state as,
		struct dver_err *err)
{
	uint8_t *state = keymap_put(&w->seen, id->id, NULL);
	git_commit *c = NULL;
	int r = 0;

	if (!state)
		return err_nomem(err);
	if (*state == FOUND && as == HIDDEN) {
		*state = HIDDEN;
		w->wanted--;
	}
	if (*state)
		return 0;
	*state = (uint8_t)as;
	r = git_commit_lookup(&c, w->g->repo, id);
	if (r < 0)
		return git_repository_is_shallow(w->g->repo)
		       ? 0 : git_fail(r, "read commit", git_oid_tostr_s(id),
				      err);
	if (mem_grow(&w->heap, &w->cap, w->n + 1, sizeof(*w->heap))) {
		w->heap[w->n] = (struct dated){ *id, git_commit_time(c),
						w->found++ };
		sift_up(w->heap, w->n++);
		w->wanted += as == FOUND;
	} else {
		r = err_nomem(err);
	}
	git_commit_free(c);
	return r;
}

int git_commits_push(struct git_commits *w, const git_oid *id,
		     struct dver_err *err)
{
	return find(w, id, FOUND, err);
}

int git_commits_hide(struct git_commits *w, const git_oid *id,
		     struct dver_err *err)
{
	return find(w, id, HIDDEN, err);
}

/* The newest, and its parents are looked at: 1 and *id, 0: it is hidden. */
static int pop(struct git_commits *w, git_oid *id, struct dver_err *err)
{
	git_commit *c = NULL;
	uint8_t *state;
	enum state was;
	int r;

	*id = w->heap[0].id;
	w->heap[0] = w->heap[--w->n];
	sift_down(w->heap, w->n, 0);
	state = keymap_get(&w->seen, id->id);
	was = state ? (enum state)*state : HIDDEN;
	if (was == FOUND) {
		*state = TOLD;
		w->wanted--;
	}
	r = git_commit_lookup(&c, w->g->repo, id);
	if (r < 0)
		return git_fail(r, "read commit", git_oid_tostr_s(id), err);
	for (unsigned i = 0; r == 0 && i < git_commit_parentcount(c); i++)
		r = find(w, git_commit_parent_id(c, i), was, err);
	git_commit_free(c);
	return r < 0 ? r : was == FOUND;
}

int git_commits_new(struct git_commits **out, struct git *g,
		    struct dver_err *err)
{
	struct git_commits *w = calloc(1, sizeof(*w));

	if (!w)
		return err_nomem(err);
	w->g = g;
	keymap_init(&w->seen, GIT_OID_RAWSZ, 1);
	*out = w;
	return 0;
}

static int add_range(struct git_commits *w, const char *range,
		     struct dver_err *err)
{
	git_revspec spec = { .from = NULL };
	git_object *a = NULL, *b = NULL;
	int r = git_revparse(&spec, w->g->repo, range);

	if (r == 0)
		r = git_object_peel(&b, spec.to ? spec.to : spec.from,
				    GIT_OBJECT_COMMIT);
	if (r == 0 && spec.to)
		r = git_object_peel(&a, spec.from, GIT_OBJECT_COMMIT);
	if (r < 0)
		r = err_set(err, DVER_ENOTFOUND, "'%s' is no revision that "
			    "git knows", range);
	if (r == 0 && a)
		r = git_commits_hide(w, git_object_id(a), err);
	if (r == 0)
		r = git_commits_push(w, git_object_id(b), err);
	git_object_free(a);
	git_object_free(b);
	git_object_free(spec.from);
	git_object_free(spec.to);
	return r;
}

int git_commits_open(struct git_commits **out, struct git *g,
		     const char *range, struct dver_err *err)
{
	struct git_commits *w = NULL;
	int r = git_commits_new(&w, g, err);

	if (r < 0)
		return r;
	if (range || git_repository_head_unborn(g->repo) != 1)
		r = add_range(w, range ? range : "HEAD", err);
	if (r < 0) {
		git_commits_free(w);
		return r;
	}
	*out = w;
	return 0;
}

int git_commits_next(struct git_commits *w, git_oid *id, struct dver_err *err)
{
	while (w->wanted) {
		int r = pop(w, id, err);

		if (r)
			return r;
	}
	return 0;
}

bool git_is_range(struct git *g, const char *range)
{
	git_revspec spec = { .from = NULL };
	bool ok = git_revparse(&spec, g->repo, range) == 0;

	git_object_free(spec.from);
	git_object_free(spec.to);
	return ok;
}

static int add_other(git_revwalk *walk, struct git *g, const char *name,
		     const char *mine, struct strvec *others,
		     struct dver_err *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_reference *ref = NULL;
	git_object *c = NULL;
	int r = 0;

	if (streq(name, mine) || git_reference_lookup(&ref, g->repo, name) < 0)
		return 0;
	/* origin/HEAD is no reference of its own. */
	if (git_reference_type(ref) == GIT_REFERENCE_DIRECT &&
	    git_reference_peel(&c, ref, GIT_OBJECT_COMMIT) == 0) {
		(void)git_revwalk_hide(walk, git_object_id(c));
		(void)git_oid_tostr(hex, sizeof(hex), git_object_id(c));
		r = strvec_push(others, hex) ? 0 : err_nomem(err);
	}
	git_object_free(c);
	git_reference_free(ref);
	return r;
}

static int walk_only(git_revwalk *walk, struct git *g, git_reference *ref,
		     struct strvec *only, struct strvec *others,
		     struct dver_err *err)
{
	git_strarray refs = { NULL, 0 };
	git_object *c = NULL;
	git_oid id;
	int r = git_reference_list(&refs, g->repo);

	for (size_t i = 0; r == 0 && i < refs.count; i++)
		r = add_other(walk, g, refs.strings[i],
			      git_reference_name(ref), others, err);
	if (r == 0 && git_repository_head_detached(g->repo) == 1)
		r = add_other(walk, g, "HEAD", git_reference_name(ref), others,
			      err);
	if (r == 0)
		r = git_reference_peel(&c, ref, GIT_OBJECT_COMMIT);
	if (r == 0)
		r = git_revwalk_push(walk, git_object_id(c));
	git_object_free(c);
	git_strarray_dispose(&refs);
	if (r < 0)
		return git_fail(r, "walk", git_reference_name(ref), err);
	while ((r = git_revwalk_next(&id, walk)) == 0)
		if (!strvec_push(only, git_oid_tostr_s(&id)))
			return err_nomem(err);
	return r == GIT_ITEROVER || git_repository_is_shallow(g->repo)
	       ? 0 : git_fail(r, "walk", git_reference_name(ref), err);
}

int git_only(struct git *g, const char *name, struct strvec *only,
	     struct strvec *others, struct dver_err *err)
{
	git_reference *ref = NULL;
	git_revwalk *walk = NULL;
	int r = git_reference_dwim(&ref, g->repo, name);

	if (r < 0)
		return err_set(err, DVER_ENOTFOUND, "there is no branch or tag "
			       "'%s'", name);
	r = git_revwalk_new(&walk, g->repo);
	r = r < 0 ? git_fail(r, "walk", name, err)
		  : walk_only(walk, g, ref, only, others, err);
	git_revwalk_free(walk);
	git_reference_free(ref);
	return r;
}
