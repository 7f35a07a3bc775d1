/*
 * git_conflict - stages 1 to 3 of git's index.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git_internal.h"

struct texts {
	git_blob *base, *ours, *theirs;
};

static int load(struct git *g, const git_index_entry *e, git_blob **out,
		const char **text, size_t *len, struct dver_err *err)
{
	int r;

	if (!e)
		return 0;
	r = git_blob_lookup(out, g->repo, &e->id);
	if (r < 0)
		return git_fail(r, "read", e->path, err);
	*text = git_blob_rawcontent(*out);
	*len = (size_t)git_blob_rawsize(*out);
	return 0;
}

/* The path below the prefix, or NULL. */
static const char *below(const struct git *g, const char *path)
{
	size_t len = g->prefix ? strlen(g->prefix) : 0;

	if (!len)
		return path;
	return path_inside(path, g->prefix) && path[len] == '/'
	       ? path + len + 1 : NULL;
}

/*
 * libgit2 hands out conflicts from memory of the index, so that fn may stage
 * what it resolved only after the last of them.
 */
int git_each_conflict(struct git *g, const char *suffix,
		      int (*fn)(void *data, const struct git_conflict *c,
				struct dver_err *err),
		      void *data, struct dver_err *err)
{
	const git_index_entry *b, *o, *t;
	git_index_conflict_iterator *it = NULL;
	git_index *index = NULL;
	int r = git_repository_index(&index, g->repo);

	if (r == 0)
		r = git_index_read(index, 1);
	if (r == 0)
		r = git_index_conflict_iterator_new(&it, index);
	if (r < 0)
		r = git_fail(r, "read the index of", g->workdir, err);
	while (r == 0 && git_index_conflict_next(&b, &o, &t, it) == 0) {
		const char *full = o ? o->path : t ? t->path : b->path;
		struct texts x = { NULL, NULL, NULL };
		struct git_conflict c = { .path = below(g, full) };

		if (!c.path || !str_ends(c.path, suffix))
			continue;
		r = load(g, b, &x.base, &c.base, &c.base_len, err);
		if (r == 0)
			r = load(g, o, &x.ours, &c.ours, &c.ours_len, err);
		if (r == 0)
			r = load(g, t, &x.theirs, &c.theirs, &c.theirs_len,
				 err);
		if (r == 0)
			r = fn(data, &c, err);
		git_blob_free(x.base);
		git_blob_free(x.ours);
		git_blob_free(x.theirs);
	}
	git_index_conflict_iterator_free(it);
	git_index_free(index);
	return r;
}
