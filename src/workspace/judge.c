#include "workspace/judge.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/walk.h"

int judge_open(struct judge *j, const struct session *ss,
	       struct dver_err *err)
{
	struct dver_repo *repo = ss->repo;

	*j = (struct judge){ .ss = ss, .root_fd = -1 };
	j->root_fd = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	if (j->root_fd < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	return rules_set_new(&j->set, repo->cache, err);
}

void judge_close(struct judge *j)
{
	rules_set_free(j->set);
	store_io_free(j->io);
	if (j->root_fd >= 0)
		(void)os_close(j->root_fd);
	*j = (struct judge)JUDGE_INIT;
}

int judge_tracks(struct judge *j, const char *output, const char *sub,
		 struct dver_err *err)
{
	struct scan_base base = session_base(j->ss, output);
	struct walk_found f;
	struct store *store;
	int r = repo_store(j->ss->repo, &store, err);

	if (r == 0 && !j->io)
		r = store_io_new(&j->io, err);
	for (int i = 0; r == 0 && i < base.n; i++) {
		r = walk_find(store, j->io, &base.tracked[i], sub, &f, err);
		if (r == DVER_EMISSING)
			r = 0;
	}
	return r;
}

static int is_tracked(struct judge *j, const struct output *o,
		      const char *path, struct dver_err *err)
{
	struct output *first;

	if (!o)
		return outputs_below(&j->ss->outputs, path, &first) > 0;
	path += strlen(o->path);
	return *path ? judge_tracks(j, o->path, path + 1, err) : 1;
}

int judge_path(struct judge *j, const char *path, bool folder,
	       struct verdict *out, struct dver_err *err)
{
	const struct output *o = outputs_holding(&j->ss->outputs, path);
	size_t from = o && !streq(o->path, path) ? strlen(o->path) : 0;
	int r = rules_judge(j->set, &out->rule, j->root_fd, path, from, folder,
			    err);

	out->ignored = r > 0;
	if (r > 0)
		r = is_tracked(j, o, path, err);
	out->tracked = r > 0;
	return MIN(r, 0);
}
