/*
 * plots_def_x - which column x is, of which file, for each column of y.
 *
 * As DVC has it: "x: column" is of the file of y, and "x: {file: column}" goes
 * with every y.  Of more columns there are as many as of y, and they go
 * together in the order of both; or else each is for the y of its own file.
 */
#include "report/plots_def_x.h"

#include "base/err.h"

struct column { const char *path, *name; };

/* All that a mapping names; *out in the arena. */
static int columns(struct plots_defs *d, const struct reader *rd,
		   const struct value *x, struct column **out, size_t *n,
		   struct dver_err *err)
{
	struct column *v = arena_alloc(&d->arena, (x->n + 1) * sizeof(*v));

	*out = v;
	*n = 0;
	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < x->n; i++) {
		const struct value *name = value_at(x, i);
		int r = reader_path(rd, value_key(x, i), "x", &v[*n].path,
				    err);

		if (r < 0)
			return r;
		v[*n].name = name->text;
		*n += name->type == VALUE_SCALAR;
	}
	return 0;
}

static void set(struct plots_source *s, const struct column *c)
{
	s->x = c->name;
	s->x_path = streq(c->path, s->path) ? NULL : c->path;
}

/* Is there just one column for each file of y, in that file? */
static bool by_file(struct plots_def *def, const struct column *v, size_t n)
{
	for (size_t i = 0; i < def->n; i++) {
		size_t found = 0;

		for (size_t k = 0; k < n; k++)
			if (streq(v[k].path, def->v[i].path)) {
				set(&def->v[i], &v[k]);
				found++;
			}
		if (found != 1)
			return false;
	}
	return true;
}

/* A source for each column of y, so that each has its own x. */
static int split(struct plots_defs *d, struct plots_def *def,
		 const struct column *v, size_t n, struct dver_err *err)
{
	struct plots_source *to = arena_alloc(&d->arena, n * sizeof(*to));
	size_t k = 0;

	if (!to)
		return err_nomem(err);
	for (size_t i = 0; i < def->n; i++) {
		size_t ny = def->v[i].ny;

		for (size_t c = 0; c < MAX(ny, (size_t)1); c++, k++) {
			to[k] = def->v[i];
			to[k].y += c;
			to[k].ny = MIN(ny, (size_t)1);
			to[k].split = ny > 1;
			set(&to[k], &v[k]);
		}
	}
	def->v = to;
	def->n = k;
	return 0;
}

static int no_match(struct plots_defs *d, struct plots_def *def, size_t nx,
		    size_t ny, struct dver_err *err)
{
	AUTO_FREE char *why = str_printf("plot '%s' has %zu columns of x for "
					 "%zu of y: one for all is needed, or "
					 "one for each", def->id, nx, ny);

	def->problem = why ? arena_strdup(&d->arena, why, strlen(why)) : NULL;
	return def->problem ? 0 : err_nomem(err);
}

int plots_def_x(struct plots_defs *d, const struct reader *rd,
		struct plots_def *def, const struct value *x,
		struct dver_err *err)
{
	struct column *v = NULL;
	size_t n = 0, ny = 0;
	int r;

	for (size_t i = 0; i < def->n; i++) {
		ny += MAX(def->v[i].ny, (size_t)1);
		if (x && x->type == VALUE_SCALAR)
			def->v[i].x = x->text;
	}
	if (!x || x->type != VALUE_MAP)
		return 0;
	r = columns(d, rd, x, &v, &n, err);
	for (size_t i = 0; r == 0 && n == 1 && i < def->n; i++)
		set(&def->v[i], v);
	if (r < 0 || n <= 1)
		return r;
	if (n == ny)
		return split(d, def, v, n, err);
	return by_file(def, v, n) ? 0 : no_match(d, def, n, ny, err);
}
