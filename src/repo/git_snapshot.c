/*
 * git_snapshot - look-ups go through the folder of the last one: libgit2
 * parses a tree anew each time it is asked for a path in it.
 */
#include "repo/git_snapshot.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git_internal.h"

#define DEPTH_MAX 1024

struct git_snapshot {
	struct git *g;
	git_tree *root;		/* below the prefix; NULL: it has none */
	char *dir;		/* that was looked into last; owned */
	git_tree *dir_tree;	/* NULL: there is no such folder */
	int64_t time;
	char id[GIT_OID_HEXSZ + 1];
};

void git_snapshot_free(struct git_snapshot *s)
{
	if (!s)
		return;
	git_tree_free(s->dir_tree);
	git_tree_free(s->root);
	free(s->dir);
	free(s);
}

const char *git_snapshot_id(const struct git_snapshot *s) { return s->id; }
int64_t git_snapshot_time(const struct git_snapshot *s) { return s->time; }

static int open_commit(struct git_snapshot *s, const git_oid *id,
		       struct dver_err *err)
{
	git_commit *c = NULL;
	git_tree *top = NULL;
	int r = git_commit_lookup(&c, s->g->repo, id);

	if (r == 0)
		r = git_commit_tree(&top, c);
	if (r < 0)
		r = git_fail(r, "read commit", s->id, err);
	else
		r = git_prefix_tree(s->g, top, &s->root, err);
	if (r == 0)
		s->time = git_commit_time(c);
	git_tree_free(top);
	git_commit_free(c);
	return r;
}

int git_snapshot_open(struct git_snapshot **out, struct git *g,
		      const char *commit, struct dver_err *err)
{
	AUTO_GIT_SNAPSHOT struct git_snapshot *s = calloc(1, sizeof(*s));
	git_oid id;
	int r;

	if (!s)
		return err_nomem(err);
	s->g = g;
	/* Most callers have the full id: nothing to look up then. */
	if ((strlen(commit) != GIT_OID_HEXSZ ||
	     git_oid_fromstr(&id, commit) < 0) &&
	    !git_commit_of(g, commit, &id))
		return err_set(err, DVER_ENOTFOUND,
			       "'%s' is no revision that git knows", commit);
	(void)git_oid_tostr(s->id, sizeof(s->id), &id);
	r = open_commit(s, &id, err);
	if (r == 0)
		*out = TAKE(s);
	return r;
}

static void entry_of(struct git_entry *out, const git_tree_entry *e)
{
	*out = (struct git_entry){ .kind = GIT_ENTRY_NONE };
	if (!e)
		return;
	memcpy(out->id, git_tree_entry_id(e)->id, GIT_ID_SIZE);
	switch (git_tree_entry_filemode(e)) {
	case GIT_FILEMODE_TREE:
		out->kind = GIT_ENTRY_DIR;
		break;
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		out->kind = GIT_ENTRY_FILE;
		break;
	default:
		out->kind = GIT_ENTRY_OTHER;
		break;
	}
}

/* The tree of a folder, kept for the next question; NULL: none. */
static int enter(struct git_snapshot *s, const char *dir, size_t len,
		 git_tree **out, struct dver_err *err)
{
	git_tree_entry *e = NULL;
	int r;

	*out = s->root;
	if (len == 0 || !s->root)
		return 0;
	*out = s->dir_tree;
	if (s->dir && strlen(s->dir) == len && memcmp(s->dir, dir, len) == 0)
		return 0;
	free(s->dir);
	s->dir = str_ndup(dir, len);
	git_tree_free(s->dir_tree);
	*out = s->dir_tree = NULL;
	if (!s->dir)
		return err_nomem(err);
	r = git_tree_entry_bypath(&e, s->root, s->dir);
	if (r == GIT_ENOTFOUND)
		return 0;
	if (r == 0 && git_tree_entry_type(e) == GIT_OBJECT_TREE)
		r = git_tree_lookup(&s->dir_tree, s->g->repo,
				    git_tree_entry_id(e));
	git_tree_entry_free(e);
	*out = s->dir_tree;
	return r < 0 ? git_fail(r, "read", s->dir, err) : 0;
}

int git_snapshot_find(struct git_snapshot *s, const char *path,
		      struct git_entry *out, struct dver_err *err)
{
	const char *base = path_base(path);
	git_tree *t;
	int r = enter(s, path, base > path ? (size_t)(base - path) - 1 : 0, &t,
		      err);

	entry_of(out, NULL);
	if (r < 0 || !t)
		return r;
	if (*path) {
		entry_of(out, git_tree_entry_byname(t, base));
	} else {
		out->kind = GIT_ENTRY_DIR;
		memcpy(out->id, git_tree_id(t)->id, GIT_ID_SIZE);
	}
	return 0;
}

/* A walk over files: all, or those of one name. */
struct walking {
	struct git_snapshot *s;
	const char *base;	/* NULL: all */
	struct keymap *without;
	git_entry_fn fn;
	void *data;
	struct dver_err *err;
	uint64_t told;
};

static int walk(struct walking *w, const git_tree *t, const char *dir,
		int depth);

static int walk_dir(struct walking *w, const git_tree_entry *e,
		    const char *path, int depth)
{
	const uint8_t *id = git_tree_entry_id(e)->id;
	uint64_t before = w->told;
	git_tree *t = NULL;
	int r;

	if (w->without && keymap_get(w->without, id))
		return 0;
	if (depth > DEPTH_MAX)
		return err_set(w->err, DVER_EFORMAT, "git's trees nest over "
			       "%d deep", DEPTH_MAX);
	r = git_tree_lookup(&t, w->s->g->repo, git_tree_entry_id(e));
	if (r < 0)
		return git_fail(r, "read", path, w->err);
	r = walk(w, t, path, depth + 1);
	git_tree_free(t);
	if (r == 0 && w->without && w->told == before &&
	    !keymap_put(w->without, id, NULL))
		r = err_nomem(w->err);
	return r;
}

static int walk(struct walking *w, const git_tree *t, const char *dir,
		int depth)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < git_tree_entrycount(t); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(t, i);
		const char *name = git_tree_entry_name(e);
		AUTO_FREE char *path = NULL;
		struct git_entry x;

		entry_of(&x, e);
		if (x.kind != GIT_ENTRY_DIR && w->base &&
		    !streq(name, w->base))
			continue;
		path = path_join(dir, name);
		if (!path)
			return err_nomem(w->err);
		/* Names in trees are another's: judge them. */
		if (path_check_workspace(path, NULL) < 0)
			continue;
		if (x.kind == GIT_ENTRY_DIR)
			r = walk_dir(w, e, path, depth);
		else if (x.kind == GIT_ENTRY_FILE || !w->base)
			r = w->fn(w->data, path, &x, w->err);
		w->told += x.kind == GIT_ENTRY_FILE;
	}
	return r;
}

int git_snapshot_below(struct git_snapshot *s, const char *dir,
		       git_entry_fn fn, void *data, struct dver_err *err)
{
	struct walking w = { .s = s, .fn = fn, .data = data, .err = err };
	git_tree *t, *own = NULL;
	int r = enter(s, dir, strlen(dir), &t, err);

	/* The callback may look into other folders meanwhile. */
	if (r == 0 && t && git_tree_dup(&own, t) < 0)
		r = err_nomem(err);
	if (r == 0 && own)
		r = walk(&w, own, dir, 0);
	git_tree_free(own);
	return r;
}

int git_snapshot_called(struct git_snapshot *s, const char *base,
			struct keymap *without, git_entry_fn fn, void *data,
			struct dver_err *err)
{
	struct walking w = { .s = s, .base = base, .without = without,
			     .fn = fn, .data = data, .err = err };

	return s->root ? walk(&w, s->root, "", 0) : 0;
}

int git_blob_text(struct git *g, const uint8_t id[GIT_ID_SIZE],
		  const char *name, size_t max, char **text, size_t *len,
		  struct dver_err *err)
{
	git_blob *blob = NULL;
	git_oid oid;
	int r;

	memcpy(oid.id, id, GIT_ID_SIZE);
	r = git_blob_lookup(&blob, g->repo, &oid);
	/* A tree names it: that it is not to be had is no "it is not there". */
	if (r < 0)
		return git_fail(GIT_ERROR, "read", name, err);
	*len = (size_t)git_blob_rawsize(blob);
	if (*len > max)
		r = err_set(err, DVER_EFORMAT, "'%s' is too large", name);
	else
		*text = str_ndup(git_blob_rawcontent(blob), *len);
	git_blob_free(blob);
	return r < 0 ? r : *text ? 0 : err_nomem(err);
}

/* Their names without what tells the kind; NULL: of another kind. */
static const char *ref_name(const char *ref, enum git_ref_kind *kind)
{
	static const char *const starts[] = {
		[GIT_REF_BRANCH] = "refs/heads/",
		[GIT_REF_REMOTE] = "refs/remotes/",
		[GIT_REF_TAG] = "refs/tags/" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		*kind = (enum git_ref_kind)i;
		if (str_starts(ref, starts[i]))
			return ref + strlen(starts[i]);
	}
	return NULL;
}

int git_each_ref(struct git *g,
		 int (*fn)(void *data, enum git_ref_kind kind,
			   const char *name, const char *commit,
			   struct dver_err *err),
		 void *data, struct dver_err *err)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	git_strarray refs = { NULL, 0 };
	int r = 0;

	if (git_reference_list(&refs, g->repo) < 0)
		return git_fail(-1, "list the references of", g->workdir, err);
	for (size_t i = 0; r == 0 && i < refs.count; i++)
		if (!strvec_push(&names, refs.strings[i]))
			r = err_nomem(err);
	git_strarray_dispose(&refs);
	strvec_sort(&names);
	for (size_t i = 0; r == 0 && i < names.n; i++) {
		char hex[GIT_OID_HEXSZ + 1];
		enum git_ref_kind kind;
		const char *name = ref_name(names.v[i], &kind);
		git_oid id;

		/* A tag may mean something else than a commit. */
		if (name && git_commit_of(g, names.v[i], &id))
			r = fn(data, kind, name,
			       git_oid_tostr(hex, sizeof(hex), &id), err);
	}
	return r;
}
