/*
 * outputs - gathered, sorted by path, judged for overlaps.
 */
#include "repo/outputs.h"

#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/git.h"

#define DEPTH_MAX 256

static void output_release(struct output *o)
{
	free(o->path);
	free(o->pointer_path);
	free(o->problem);
	pointer_release(&o->pointer);
}

void outputs_release(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		output_release(&o->v[i]);
	free(o->v);
	*o = (struct outputs)OUTPUTS_INIT;
}

/* The path of the data: beside the pointer. */
static char *data_path(const char *pointer_path, const struct pointer *p)
{
	AUTO_FREE char *dir = path_dir(pointer_path);
	AUTO_FREE char *guess = NULL;

	if (!dir)
		return NULL;
	if (p->out)
		return path_join(dir, p->out);
	/* Unreadable: what the name of the pointer suggests. */
	guess = str_ndup(pointer_path, strlen(pointer_path) -
			 strlen(POINTER_SUFFIX));
	return TAKE(guess);
}

static int push(struct outputs *o, const char *pointer_path,
		struct pointer *p, const struct dver_err *problem,
		struct dver_err *err)
{
	struct output made = { .pointer = *p };

	*p = (struct pointer){ .out = NULL };
	made.pointer_path = strdup(pointer_path);
	made.path = made.pointer_path ? data_path(pointer_path, &made.pointer)
				      : NULL;
	if (problem)
		made.problem = strdup(problem->msg);
	if (!made.path || (problem && !made.problem) ||
	    !mem_grow(&o->v, &o->cap, o->n + 1, sizeof(made))) {
		output_release(&made);
		return err_nomem(err);
	}
	o->v[o->n++] = made;
	return 0;
}

/* Names in git's index and trees are another's: judge them first. */
static bool is_safe(const char *pointer_path)
{
	return path_check_workspace(pointer_path, NULL) == 0;
}

/* Read a pointer of the workspace; one that is gone is left out. */
static int add_file(struct outputs *o, struct dver_repo *repo,
		    const char *pointer_path, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(repo->root, pointer_path);
	AUTO_POINTER struct pointer p = { .out = NULL };
	struct dver_err why;
	struct os_stat st;
	int r;

	if (!disk)
		return err_nomem(err);
	if (!is_safe(pointer_path) || os_stat(disk, &st, true) < 0 ||
	    S_ISDIR(st.mode))
		return 0;
	if (!S_ISREG(st.mode))
		r = err_set(&why, DVER_EFORMAT, "'%s' is no regular file",
			    pointer_path);
	else
		r = pointer_read(&p, disk, &why);
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	return push(o, pointer_path, &p, r < 0 ? &why : NULL, err);
}

static int by_path(const void *a, const void *b)
{
	const struct output *x = a;
	const struct output *y = b;
	int c = strcmp(x->path, y->path);

	return c ? c : strcmp(x->pointer_path, y->pointer_path);
}

static int set_problem(struct output *o, const struct output *other,
		       struct dver_err *err)
{
	if (o->problem)
		return 0;
	o->problem = str_printf("'%s' and '%s' overlap: keep one of them",
				o->pointer_path, other->pointer_path);
	return o->problem ? 0 : err_nomem(err);
}

/* Sort, drop what came twice, and mark outputs that lie in one another. */
static int finish(struct outputs *o, struct dver_err *err)
{
	size_t kept = 0;
	int r = 0;

	if (o->n)
		qsort(o->v, o->n, sizeof(*o->v), by_path);
	for (size_t i = 0; i < o->n; i++) {
		if (kept && streq(o->v[kept - 1].pointer_path,
				  o->v[i].pointer_path))
			output_release(&o->v[i]);
		else
			o->v[kept++] = o->v[i];
	}
	o->n = kept;
	for (size_t i = 0; r == 0 && i < o->n; i++) {
		for (size_t j = i + 1; r == 0 && j < o->n; j++) {
			if (strncmp(o->v[j].path, o->v[i].path,
				    strlen(o->v[i].path)) != 0)
				break;
			if (!path_inside(o->v[j].path, o->v[i].path))
				continue;
			r = set_problem(&o->v[i], &o->v[j], err);
			if (r == 0)
				r = set_problem(&o->v[j], &o->v[i], err);
		}
	}
	return r;
}

struct finding {
	struct dver_repo *repo;
	struct strvec pointers;
	struct strvec dirs;
};

/* Pointers of one folder; its folders go to `dirs`. */
static int list_folder(struct finding *f, const char *path,
		       struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(f->repo->root, path);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = disk ? dir_open(&d, AT_FDCWD, disk, err) : err_nomem(err);

	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *full = path_join(path, e.name);
		bool ok = full != NULL;

		if (ok && e.type == DT_DIR &&
		    strcasecmp(e.name, ".git") != 0 &&
		    strcasecmp(e.name, ".dver") != 0)
			ok = strvec_push(&f->dirs, full);
		else if (ok && e.type == DT_REG &&
			 str_ends(e.name, POINTER_SUFFIX) &&
			 !streq(e.name, POINTER_SUFFIX))
			ok = strvec_push(&f->pointers, full);
		r = ok ? 0 : err_nomem(err);
	}
	return r < 0 ? r : 0;
}

static bool is_output(const struct outputs *o, const char *path)
{
	for (size_t i = 0; i < o->n; i++)
		if (streq(o->v[i].path, path))
			return true;
	return false;
}

/* Without git: walk, folder by folder, around outputs. */
static int walk(struct outputs *o, struct dver_repo *repo,
		struct dver_err *err)
{
	struct finding f = { .repo = repo };
	int r = strvec_push(&f.dirs, "") ? 0 : err_nomem(err);

	for (size_t i = 0; r == 0 && i < f.dirs.n; i++) {
		size_t first = f.pointers.n;

		if (is_output(o, f.dirs.v[i]))
			continue;
		r = list_folder(&f, f.dirs.v[i], err);
		for (size_t j = first; r == 0 && j < f.pointers.n; j++)
			r = add_file(o, repo, f.pointers.v[j], err);
	}
	strvec_release(&f.dirs);
	strvec_release(&f.pointers);
	return r;
}

static int add_named(struct outputs *o, struct dver_repo *repo,
		     const struct strvec *names, const char *suffix,
		     struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < names->n; i++) {
		AUTO_FREE char *path = str_printf("%s%s", names->v[i],
						  suffix);

		r = path ? add_file(o, repo, path, err) : err_nomem(err);
	}
	return r;
}

int outputs_load(struct outputs *out, struct dver_repo *repo,
		 const struct strvec *extra, struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	int r = 0;

	if (repo->git)
		r = git_index_names(repo->git, &names, err);
	else
		r = walk(&o, repo, err);
	if (r == 0)
		r = add_named(&o, repo, &names, "", err);
	if (r == 0 && extra)
		r = add_named(&o, repo, extra, POINTER_SUFFIX, err);
	if (r == 0)
		r = finish(&o, err);
	if (r < 0)
		return r;
	*out = o;
	o = (struct outputs)OUTPUTS_INIT;
	return 0;
}

struct at {
	struct outputs *o;
	const char *rev;
};

static int on_blob(void *data, const char *path, const void *bytes,
		   size_t len, struct dver_err *err)
{
	struct at *a = data;
	AUTO_FREE char *name = str_printf("%s:%s", a->rev, path);
	AUTO_POINTER struct pointer p = { .out = NULL };
	struct dver_err why;
	int r;

	if (!name)
		return err_nomem(err);
	if (!is_safe(path))
		return 0;
	r = pointer_parse(&p, name, bytes, len, &why);
	return push(a->o, path, &p, r < 0 ? &why : NULL, err);
}

int outputs_at(struct outputs *out, struct dver_repo *repo, const char *rev,
	       struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	struct at a = { &o, rev };
	int r;

	if (!repo->git)
		return err_set(err, DVER_ENOTFOUND, "'%s' is a revision, but "
			       "this workspace is not in git", rev);
	r = git_each_blob(repo->git, rev, on_blob, &a, err);
	if (r == 0)
		r = finish(&o, err);
	if (r < 0)
		return r;
	*out = o;
	o = (struct outputs)OUTPUTS_INIT;
	return 0;
}

/* The first output whose path is not before `path`. */
static size_t lower_bound(const struct outputs *o, const char *path)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(o->v[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct output *outputs_find(const struct outputs *o, const char *path)
{
	size_t i = lower_bound(o, path);

	return i < o->n && streq(o->v[i].path, path) ? &o->v[i] : NULL;
}

struct output *outputs_holding(const struct outputs *o, const char *path)
{
	AUTO_FREE char *at = strdup(path);
	struct output *found = NULL;

	while (at && !found) {
		char *slash;

		found = outputs_find(o, at);
		slash = strrchr(at, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return found;
}

size_t outputs_below(const struct outputs *o, const char *path,
		     struct output **first)
{
	AUTO_FREE char *start = NULL;
	size_t lo, hi;

	*first = o->v;
	if (!*path)
		return o->n;
	start = str_printf("%s/", path);
	if (!start)
		return 0;
	lo = hi = lower_bound(o, start);
	while (hi < o->n && str_starts(o->v[hi].path, start))
		hi++;
	*first = o->v + lo;
	return hi - lo;
}
