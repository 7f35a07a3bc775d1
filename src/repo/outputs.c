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
	free(o->stage);
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

/* Takes what `made` holds, also when it fails. */
static int push(struct outputs *o, struct output *made, struct dver_err *err)
{
	if (!made->path || !made->pointer_path ||
	    !mem_grow(&o->v, &o->cap, o->n + 1, sizeof(*made))) {
		output_release(made);
		return err_nomem(err);
	}
	o->v[o->n++] = *made;
	return 0;
}

struct reading {
	struct outputs *o;
	const char *pointer_path;
};

static int on_pointed(void *data, const struct pointed *p,
		      struct dver_err *err)
{
	struct reading *x = data;
	struct output made = {
		.path = strdup(p->path),
		.pointer_path = strdup(x->pointer_path),
		.stage = p->stage ? strdup(p->stage) : NULL,
		.no_push = p->no_push, .pointer = *p->p };

	made.pointer.out = strdup(p->p->out);
	if (!made.pointer.out || (p->stage && !made.stage)) {
		output_release(&made);
		return err_nomem(err);
	}
	return push(x->o, &made, err);
}

/* One that cannot be read: its name suggests what it is of. */
static int push_broken(struct outputs *o, const char *pointer_path,
		       const char *problem, struct dver_err *err)
{
	size_t len = strlen(pointer_path);
	struct output made = { .pointer_path = strdup(pointer_path),
			       .problem = strdup(problem) };

	if (!lockfile_is_name(pointer_path))
		len -= strlen(POINTER_SUFFIX);
	made.path = str_ndup(pointer_path, len);
	if (!made.problem) {
		output_release(&made);
		return err_nomem(err);
	}
	return push(o, &made, err);
}

static int add_text(struct outputs *o, const char *pointer_path,
		    const char *name, const void *text, size_t len,
		    struct dver_err *err)
{
	struct reading x = { o, pointer_path };
	struct dver_err why;
	int r = pointers_each(pointer_path, name, text, len, on_pointed, &x,
			      &why);

	if (r == DVER_ENOMEM)
		return err_nomem(err);
	return r < 0 ? push_broken(o, pointer_path, why.msg, err) : 0;
}

/* Names in git's index and trees are another's: judge them first. */
static bool is_safe(const char *pointer_path)
{
	return path_check_workspace(pointer_path, NULL) == 0;
}

/* Read one of the workspace; one that is gone is left out. */
static int add_file(struct outputs *o, struct dver_repo *repo,
		    const char *pointer_path, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(repo->root, pointer_path);
	AUTO_FREE char *text = NULL;
	struct dver_err why;
	struct os_stat st;
	size_t len;

	if (!disk)
		return err_nomem(err);
	if (!is_safe(pointer_path) || os_stat(disk, &st, true) < 0 ||
	    S_ISDIR(st.mode))
		return 0;
	if (!S_ISREG(st.mode)) {
		(void)err_set(&why, DVER_EFORMAT, "'%s' is no regular file",
			      pointer_path);
		return push_broken(o, pointer_path, why.msg, err);
	}
	if (os_slurp(&text, &len, disk, lockfile_is_name(pointer_path)
		     ? LOCKFILE_MAX : POINTER_MAX, &why) < 0)
		return why.code == DVER_ENOMEM
		       ? err_nomem(err)
		       : push_broken(o, pointer_path, why.msg, err);
	return add_text(o, pointer_path, disk, text, len, err);
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

/* A lock file has a path twice: of a stage renamed on one side of a merge. */
static int set_twice(struct output *o, const struct output *other,
		     struct dver_err *err)
{
	if (o->problem || !o->stage || !other->stage ||
	    streq(o->stage, other->stage) || oid_eq(&o->pointer.id,
						    &other->pointer.id))
		return 0;
	o->problem = str_printf("'%s' has '%s' of two stages, '%s' and '%s': "
				"dver repro drops the one that is no more",
				o->pointer_path, o->path, o->stage,
				other->stage);
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
		if (!kept || by_path(&o->v[kept - 1], &o->v[i]) != 0) {
			o->v[kept++] = o->v[i];
			continue;
		}
		if (r == 0)
			r = set_twice(&o->v[kept - 1], &o->v[i], err);
		output_release(&o->v[i]);
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
			 pointer_is_name(e.name))
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

/* The folder `dir` and those above it may have a lock file. */
static int note_locks(struct strvec *out, const char *path,
		      struct dver_err *err)
{
	AUTO_FREE char *at = strdup(path);

	while (at && *at) {
		char *slash = strrchr(at, '/');
		AUTO_FREE char *lock = NULL;

		*(slash ? slash : at) = '\0';
		lock = path_join(at, LOCKFILE_NAME);
		if (!lock)
			return err_nomem(err);
		/* Neighbours in the record have the same folders above. */
		if (out->n && streq(out->v[out->n - 1], lock))
			break;
		if (!strvec_take(out, &lock))
			return err_nomem(err);
	}
	return at ? 0 : err_nomem(err);
}

/* Lock files that git does not know yet: above what is recorded. */
static int add_locks(struct outputs *o, struct dver_repo *repo,
		     const struct strvec *known, const struct strvec *extra,
		     struct dver_err *err)
{
	AUTO_STRVEC struct strvec locks = STRVEC_INIT;
	int r = strvec_push(&locks, LOCKFILE_NAME) ? 0 : err_nomem(err);

	for (size_t i = 0; r == 0 && extra && i < extra->n; i++)
		r = note_locks(&locks, extra->v[i], err);
	strvec_sort(&locks);
	strvec_uniq(&locks);
	for (size_t i = 0; r == 0 && i < locks.n; i++)
		if (!strvec_has(known, locks.v[i]))
			r = add_file(o, repo, locks.v[i], err);
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
	if (r == 0 && repo->git)
		r = add_locks(&o, repo, &names, extra, err);
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

	if (!name)
		return err_nomem(err);
	return is_safe(path) ? add_text(a->o, path, name, bytes, len, err) : 0;
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

int output_check_own(const struct output *o, struct dver_err *err)
{
	if (!o->stage)
		return 0;
	return err_set(err, DVER_EINVAL, "'%s' is an output of stage '%s': "
		       "dver repro makes it, dver repro --accept records what "
		       "is there, and " PIPELINE_NAME " has its name", o->path,
		       o->stage);
}

/*
 * The first output whose path is not before the first `len` bytes of `path`
 * and `after` ('\0': nothing).  None of these asks for memory: who looks for
 * an output cannot tell a lack of it from one that is not there.
 */
static size_t lower_bound(const struct outputs *o, const char *path,
			  size_t len, unsigned char after)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *at = o->v[mid].path;
		int r = strncmp(at, path, len);

		if (r < 0 || (r == 0 && (unsigned char)at[len] < after))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool starts(const struct output *o, const char *path, size_t len)
{
	return strncmp(o->path, path, len) == 0;
}

static struct output *find(const struct outputs *o, const char *path,
			   size_t len)
{
	size_t i = lower_bound(o, path, len, '\0');

	return i < o->n && starts(&o->v[i], path, len) && !o->v[i].path[len]
		? &o->v[i] : NULL;
}

struct output *outputs_find(const struct outputs *o, const char *path)
{
	return find(o, path, strlen(path));
}

struct output *outputs_holding(const struct outputs *o, const char *path)
{
	size_t len = strlen(path);
	struct output *found = find(o, path, len);

	while (!found && len) {
		if (path[--len] == '/')
			found = find(o, path, len);
	}
	return found;
}

size_t outputs_below(const struct outputs *o, const char *path,
		     struct output **first)
{
	size_t len = strlen(path), lo, hi;

	*first = o->v;
	if (!len)
		return o->n;
	lo = hi = lower_bound(o, path, len, '/');
	while (hi < o->n && starts(&o->v[hi], path, len) &&
	       o->v[hi].path[len] == '/')
		hi++;
	*first = o->v + lo;
	return hi - lo;
}
