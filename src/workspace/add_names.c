/*
 * add_names - names that an add records for the first time and that Windows
 * cannot hold: those that scans found, and those of what was named itself.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config.h"
#include "workspace/add_internal.h"

/* The component of a part that was named, sub[start..end). */
static int part_name(struct add *a, struct adding *x, const char *sub,
		     size_t start, size_t end, struct dver_err *err)
{
	AUTO_FREE char *upto = str_ndup(sub, end);
	AUTO_FREE char *dir = str_printf("%s%s%.*s", x->path,
					 start ? "/" : "",
					 start ? (int)start - 1 : 0, sub);
	int r;

	if (!upto || !dir)
		return err_nomem(err);
	r = judge_tracks(&a->judge, x->path, upto, err);
	if (r != 0)
		return MIN(r, 0);
	return winnames_note(&x->winnames, dir, sub + start, end - start,
			     err);
}

static int part_names(struct add *a, struct adding *x, const char *sub,
		      struct dver_err *err)
{
	size_t start = 0;
	int r = 0;

	while (r == 0 && sub[start]) {
		size_t len = strcspn(sub + start, "/");

		if (winnames_is(sub + start, len))
			r = part_name(a, x, sub, start, start + len, err);
		start += len;
		start += sub[start] == '/';
	}
	return r;
}

static int gather(struct add *a, struct adding *x, struct dver_err *err)
{
	const char *name = path_base(x->path);
	AUTO_FREE char *dir = path_dir(x->path);
	int r = dir ? 0 : err_nomem(err);

	if (r == 0 && !x->output && winnames_is(name, strlen(name)))
		r = winnames_note(&x->winnames, streq(dir, ".") ? "" : dir,
				  name, strlen(name), err);
	for (size_t i = 0; r == 0 && i < x->nsubs; i++)
		r = part_names(a, x, x->subs[i].sub, err);
	for (size_t i = 0; r == 0 && i < x->nscans; i++)
		r = winnames_join(&x->winnames, scan_winnames(x->scans[i]),
				  err);
	return r;
}

static int refuse(const struct winnames *w, struct dver_err *err)
{
	AUTO_FREE char *more = str_printf(" and %llu others",
					  (unsigned long long)(w->n - 1));

	if (!more)
		return err_nomem(err);
	return err_set(err, DVER_EINVAL, "Windows cannot hold the name '%s'%s: "
		       "rename, or set core.windowsNames to warn or allow",
		       w->first.v[0], w->n > 1 ? more : "");
}

int add_winnames(struct add *a, struct dver_err *err)
{
	const char *mode = config_str(a->ss->repo, "core.windowsNames");
	int r = 0;

	if (a->s->allow_winnames)
		return 0;
	for (size_t i = 0; r == 0 && i < a->n; i++) {
		r = gather(a, &a->v[i], err);
		if (r == 0 && mode && streq(mode, "refuse") &&
		    a->v[i].winnames.n)
			r = refuse(&a->v[i].winnames, err);
	}
	return r;
}
