/*
 * graph_tracked - outputs of stages that a pointer of their own tracks.
 *
 * Pointers stand beside their data: a look for each output and each folder
 * above it is enough, and costs less than reading all pointers there are.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/os.h"
#include "base/path.h"
#include "pipeline/graph.h"
#include "repo/pointer.h"

/* Is there a pointer for the first `len` bytes of the path? */
static bool has_pointer(int root, const char *path, size_t len)
{
	AUTO_BUF struct buf name = BUF_PATH;
	struct os_stat st;

	buf_add(&name, path, len);
	buf_addstr(&name, POINTER_SUFFIX);
	return buf_ok(&name) && os_statat(root, name.data, &st, true) == 0 &&
	       S_ISREG(st.mode);
}

static int tracked(const struct stage *s, const struct stage_out *o,
		   size_t len, struct dver_err *err)
{
	return err_set(err, DVER_EINVAL, "%s:%u:%u: '%s' is an output of stage "
		       "'%s', and '%.*s" POINTER_SUFFIX "' tracks it: stop "
		       "that with dver rm --cached '%.*s'", s->file, o->line,
		       o->col, o->path, s->address, (int)len, o->path,
		       (int)len, o->path);
}

/* `above` is a folder that was looked at before, with those above it. */
static int check(int root, const struct stage *s, const struct stage_out *o,
		 struct buf *above, struct dver_err *err)
{
	size_t len = strlen(o->path);

	if (has_pointer(root, o->path, len))
		return tracked(s, o, len, err);
	while (len && o->path[len] != '/')
		len--;
	if (len == above->len && memcmp(o->path, above->data, len) == 0)
		return 0;
	buf_clear(above);
	buf_add(above, o->path, len);
	for (; len; len--)
		if ((o->path[len] == '/' || !o->path[len]) &&
		    has_pointer(root, o->path, len))
			return tracked(s, o, len, err);
	return buf_check(above, err);
}

int graph_check_tracked(const struct pipeline *p, struct dver_repo *repo,
			struct dver_err *err)
{
	AUTO_BUF struct buf above = BUF_PATH;
	AUTO_CLOSE int root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	int r = 0;

	if (root < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		for (size_t j = 0; r == 0 && j < p->v[i].nouts; j++)
			r = check(root, &p->v[i], &p->v[i].outs[j], &above,
				  err);
	return r;
}
