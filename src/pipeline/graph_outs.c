#include "pipeline/graph_outs.h"

#include "base/err.h"

void mades_release(struct mades *m)
{
	free(m->v);
	*m = (struct mades){ .v = NULL };
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct made *)a)->path,
		      ((const struct made *)b)->path);
}

/* How the first `len` bytes of `path` compare with a whole path. */
static int compare(const char *path, size_t len, const char *whole)
{
	int c = strncmp(path, whole, len);

	return c ? c : whole[len] ? -1 : 0;
}

static const struct made *find(const struct mades *m, const char *path,
			       size_t len)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = compare(path, len, m->v[mid].path);

		if (c == 0)
			return &m->v[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* What a folder above `path` is, `path` itself left out. */
static const struct made *above(const struct mades *m, const char *path)
{
	const struct made *found = NULL;
	size_t len = strlen(path);

	while (!found && len) {
		while (len && path[len - 1] != '/')
			len--;
		if (!len)
			break;
		found = find(m, path, --len);
	}
	return found;
}

const struct made *mades_holding(const struct mades *m, const char *path)
{
	const struct made *found = find(m, path, strlen(path));

	return found ? found : above(m, path);
}

const struct made *mades_below(const struct mades *m, const char *path,
			       size_t *n)
{
	size_t len = strlen(path), lo = 0, hi = m->n, end;

	/* The first that is not before "path/". */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strncmp(m->v[mid].path, path, len);

		if (c == 0)
			c = (unsigned char)m->v[mid].path[len] < '/' ? -1 : 0;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < m->n && strncmp(m->v[end].path, path, len) == 0 &&
		       m->v[end].path[len] == '/'; end++)
		;
	*n = end - lo;
	return m->v + lo;
}

static int clash(const struct pipeline *p, const struct made *a,
		 const struct made *b, struct dver_err *err)
{
	const struct stage *x = &p->v[a->stage], *y = &p->v[b->stage];

	if (streq(a->path, b->path))
		return err_set(err, DVER_EINVAL, "%s:%u:%u: '%s' is an output "
			       "of stage '%s' and of stage '%s': let one of "
			       "them make it", y->file, b->out->line,
			       b->out->col, b->path, x->address, y->address);
	return err_set(err, DVER_EINVAL, "%s:%u:%u: the output '%s' of stage "
		       "'%s' lies in the output '%s' of stage '%s': give each "
		       "its own folder", y->file, b->out->line, b->out->col,
		       b->path, y->address, a->path, x->address);
}

int mades_gather(struct mades *m, const struct pipeline *p,
		 struct dver_err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->v[i].nouts;
	m->n = 0;
	m->v = mem_array(n + 1, sizeof(*m->v));
	if (!m->v)
		return err_nomem(err);
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < p->v[i].nouts; j++)
			m->v[m->n++] = (struct made){
				p->v[i].outs[j].path, i, &p->v[i].outs[j] };
	qsort(m->v, m->n, sizeof(*m->v), by_path);
	for (size_t i = 0; i < m->n; i++) {
		const struct made *over = above(m, m->v[i].path);

		if (i && streq(m->v[i].path, m->v[i - 1].path))
			over = &m->v[i - 1];
		if (over)
			return clash(p, over, &m->v[i], err);
	}
	return 0;
}
