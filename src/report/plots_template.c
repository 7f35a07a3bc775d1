/*
 * plots_template - templates by their names: files of the workspace go before
 * those that dver has.
 */
#include <fcntl.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/path.h"
#include "report/plots.h"
#include "report/vega_template.h"

bool plots_template_path(const char *name)
{
	return strchr(name, '/') || str_ends(name, ".json");
}

/* "plots/NAME.json" of the folder of settings. */
static char *own_path(const struct dver_repo *repo, const char *name)
{
	return str_printf("%s/plots/%s.json", path_base(repo->meta), name);
}

static int read_file(struct dver_repo *repo, const char *path, char **text,
		     size_t *len, struct dver_err *err)
{
	struct report rep = { .repo = repo };
	struct view view = { .rep = &rep };
	int r = view_read_disk(&view, path, text, len, err);

	if (r == 0 && *len > VEGA_TEMPLATE_MAX)
		r = err_set(err, DVER_EFORMAT, "%s: a template of more than "
			    "%u MiB", path, VEGA_TEMPLATE_MAX >> 20);
	return r;
}

/* *path is owned by the caller; DVER_ENOTFOUND: there is no such file. */
static int find(struct dver_repo *repo, const char *name, char **path,
		char **text, size_t *len, struct dver_err *err)
{
	*path = plots_template_path(name) ? strdup(name)
					  : own_path(repo, name);
	return *path ? read_file(repo, *path, text, len, err)
		     : err_nomem(err);
}

static int is_not_there(struct plots_chart *c, const char *name,
			struct dver_err *err)
{
	if (c && plots_kind(c, name))
		return 1;
	if (plots_template_path(name))
		return err_set(err, DVER_ENOTFOUND, "there is no template "
			       "'%s'", name);
	return err_set(err, DVER_ENOTFOUND, "there is no template '%s': 'dver "
		       "plots templates' lists those there are", name);
}

static int load(const struct plots_rev *at, struct plots_chart *c,
		const char *name, struct dver_err *err)
{
	AUTO_FREE char *text = NULL, *path = NULL;
	const char *like = NULL;
	size_t len = 0;
	int r = find(at->view->rep->repo, name, &path, &text, &len, err);

	c->text = NULL;
	if (r == DVER_ENOTFOUND)
		return is_not_there(c, name, err);
	if (r == 0)
		r = vega_check(path, text, len, &like, err);
	if (r < 0)
		return r;
	c->text = arena_strdup(&at->p->arena, text, len);
	c->text_len = len;
	(void)plots_kind(c, like);
	return c->text ? 1 : err_nomem(err);
}

int plots_template(const struct plots_rev *at, struct plots_chart *c,
		   const char *name, const char **why, struct dver_err *err)
{
	struct dver_err no;
	int r = load(at, c, name, &no);

	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r > 0)
		return 1;
	(void)plots_kind(c, "linear");
	*why = arena_strdup(&at->p->arena, no.msg, strlen(no.msg));
	return *why ? 0 : err_nomem(err);
}

int dver_plots_template(struct dver_repo *repo, const char *name,
			dver_plots_write fn, void *data, struct dver_err *err)
{
	AUTO_FREE char *text = NULL, *path = NULL;
	const char *ours;
	size_t len = 0;
	int r = find(repo, name, &path, &text, &len, err);

	if (r == 0)
		return fn(data, text, len);
	ours = r == DVER_ENOTFOUND ? vega_template(name, &len) : NULL;
	if (ours)
		return fn(data, ours, len);
	return r == DVER_ENOTFOUND ? is_not_there(NULL, name, err) : r;
}

/* The names of files in the folder of templates, if there is one. */
static int list_own(const struct dver_repo *repo, struct strvec *names,
		    struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->meta, "plots");
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = path ? dir_open(&d, AT_FDCWD, path, err) : err_nomem(err);

	if (r == DVER_ENOTFOUND)
		return 0;
	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		size_t len = strlen(e.name);

		r = 0;
		if (len > 5 && str_ends(e.name, ".json") &&
		    !strvec_pushn(names, e.name, len - 5))
			return err_nomem(err);
	}
	return r;
}

int dver_plots_templates(struct dver_repo *repo, dver_plots_template_fn fn,
			 void *data, struct dver_err *err)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	int r = list_own(repo, &names, err);
	const char *name;

	strvec_sort(&names);
	for (size_t i = 0; r == 0 && (name = vega_template_name(i)); i++)
		if (!strvec_has(&names, name))
			r = fn(data, name, false);
	for (size_t i = 0; r == 0 && i < names.n; i++)
		r = fn(data, names.v[i], true);
	return r;
}
