#include "workspace/winnames.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/winname.h"

void winnames_release(struct winnames *w)
{
	strvec_release(&w->first);
	w->n = 0;
}

bool winnames_is(const char *name, size_t len)
{
	return winname_problem(name, len) != NULL;
}

/* Whoever finds it first: the same few are shown. */
static int show(struct winnames *w, const char *path, struct dver_err *err)
{
	if (!strvec_push(&w->first, path))
		return err_nomem(err);
	strvec_sort(&w->first);
	if (w->first.n > WINNAMES_SHOWN) {
		free(w->first.v[--w->first.n]);
		w->first.v[w->first.n] = NULL;
	}
	return 0;
}

int winnames_note(struct winnames *w, const char *dir, const char *name,
		  size_t len, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s%s%.*s", dir, *dir ? "/" : "",
					  (int)len, name);

	w->n++;
	return path ? show(w, path, err) : err_nomem(err);
}

int winnames_join(struct winnames *to, const struct winnames *from,
		  struct dver_err *err)
{
	int r = 0;

	to->n += from->n;
	for (size_t i = 0; r == 0 && i < from->first.n; i++)
		r = show(to, from->first.v[i], err);
	return r;
}
