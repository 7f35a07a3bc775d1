#include "pipeline/targets.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/near.h"
#include "base/path.h"

int targets_here(struct dver_repo *repo, struct buf *out,
		 struct dver_err *err)
{
	struct dver_err why;
	int r = repo_path(repo, out, ".", &why);

	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r < 0)
		buf_clear(out);
	return 0;
}

static bool mark_path(const struct pipeline *p, const char *path,
		      unsigned char *marks)
{
	bool found = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct stage *s = &p->v[i];
		bool is = path_inside(s->file, path);

		for (size_t j = 0; !is && j < s->nouts; j++)
			is = path_inside(path, s->outs[j].path) ||
			     path_inside(s->outs[j].path, path);
		if (is)
			marks[i] = 1;
		found |= is;
	}
	return found;
}

static int none(const struct pipeline *p, const char *word,
		struct dver_err *err)
{
	struct near near;

	near_init(&near, word);
	for (size_t i = 0; i < p->n; i++) {
		near_look(&near, p->v[i].address);
		if (p->v[i].group)
			near_look(&near, p->v[i].group);
	}
	if (near.n)
		return err_set(err, DVER_ENOTFOUND, "there is no stage '%s', "
			       "and none makes a file of this name: is '%s' "
			       "meant?", word, near.v[0]);
	return err_set(err, DVER_ENOTFOUND, "there is no stage '%s', and none "
		       "makes a file of this name", word);
}

static int mark(const struct pipeline *p, struct dver_repo *repo,
		const char *here, const char *word, unsigned char *marks,
		struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct dver_err why;
	size_t n;
	const struct stage *s = pipeline_find(p, here, word, &n);
	int r;

	if (s) {
		memset(marks + (s - p->v), 1, n);
		return 0;
	}
	r = repo_path(repo, &path, word, &why);
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r < 0 || !mark_path(p, path.data, marks))
		return none(p, word, err);
	return 0;
}

int targets_mark(const struct pipeline *p, struct dver_repo *repo,
		 const char *const *words, size_t n, unsigned char *marks,
		 struct dver_err *err)
{
	AUTO_BUF struct buf here = BUF_PATH;
	int r = targets_here(repo, &here, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = mark(p, repo, here.data, words[i], marks, err);
	return r;
}
