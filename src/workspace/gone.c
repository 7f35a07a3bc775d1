#include "workspace/gone.h"

#include "base/err.h"
#include "base/mem.h"
#include "repo/git.h"

/* 1: gone, 2: taken, 0: neither. */
static int judge(struct session *ss, const struct recorded *e,
		 struct dver_err *err)
{
	AUTO_FREE char *pointer = str_printf("%s%s", e->path, POINTER_SUFFIX);
	struct git *g = ss->repo->git;
	int r;

	if (!pointer)
		return err_nomem(err);
	if (!e->kind || outputs_find(&ss->outputs, e->path))
		return 0;
	r = git_tracks(g, pointer, err);
	if (r != 0)
		return MIN(r, 0);
	if (outputs_holding(&ss->outputs, e->path))
		return 2;
	r = git_tracks_files(g, e->path, err);
	return r < 0 ? r : r ? 2 : 1;
}

int gone_find(struct session *ss, struct strvec *out, struct strvec *taken,
	      struct dver_err *err)
{
	for (size_t i = 0; ss->repo->git && i < ss->record.n; i++) {
		const struct recorded *e = &ss->record.v[i];
		int r = judge(ss, e, err);
		struct strvec *to = r == 1 ? out : r == 2 ? taken : NULL;

		if (r < 0)
			return r;
		if (to && !strvec_push(to, e->path))
			return err_nomem(err);
	}
	return 0;
}
