/*
 * add_resolve - which outputs the words of an add stand for.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git.h"
#include "workspace/add_internal.h"

/* Who names an ignored path may have meant another, or must say so. */
static int check_ignored(struct add *a, const char *path, struct dver_err *err)
{
	struct os_stat st = { .mode = 0 };
	AUTO_FREE char *file = NULL;
	struct verdict v;
	int r;

	(void)os_statat(a->s->root_fd, path, &st, true);
	r = judge_path(&a->judge, path, S_ISDIR(st.mode), &v, err);
	if (r < 0 || !v.ignored || v.tracked || a->opts->force)
		return r;
	file = rule_file(v.rule);
	if (!file)
		return err_nomem(err);
	return err_set(err, DVER_EINVAL, "'%s' is ignored by '%s:%u: %s': "
		       "--force adds it all the same", path, file,
		       v.rule->line, v.rule->text);
}

static int push(struct add *a, const char *path, const struct output *o,
		const struct target *subs, size_t nsubs, struct dver_err *err)
{
	struct adding x = { .path = strdup(path), .output = o, .subs = subs,
			    .nsubs = nsubs,
			    .was = record_find(&a->ss->record, path) };

	x.pointer_path = o ? strdup(o->pointer_path)
			   : str_printf("%s%s", path, POINTER_SUFFIX);
	if (!x.path || !x.pointer_path ||
	    !mem_grow(&a->v, &a->cap, a->n + 1, sizeof(x))) {
		adding_release(&x);
		return err_nomem(err);
	}
	a->v[a->n++] = x;
	return 0;
}

/* A path that no pointer knows: may it become an output? */
static int check_new(struct add *a, const char *path, struct dver_err *err)
{
	struct dver_repo *repo = a->ss->repo;
	int kind = scan_kind(a->s, path, err);
	int r;

	if (kind < 0)
		return kind;
	if (kind == 0)
		return err_set(err, DVER_ENOTFOUND, "'%s' does not exist",
			       path);
	if (strlen(path_base(path)) + strlen(POINTER_SUFFIX) > TREE_NAME_MAX)
		return err_set(err, DVER_EINVAL, "the name '%s' is too long: "
			       "its pointer would have over 255 bytes", path);
	r = repo->git ? git_tracks(repo->git, path, err) : 0;
	if (r > 0)
		r = err_set(err, DVER_EEXISTS, "git tracks '%s': take it out "
			    "with 'git rm -r --cached %s' first", path, path);
	return r < 0 ? r : check_ignored(a, path, err);
}

static int resolve_new(struct add *a, const char *path, struct dver_err *err)
{
	struct output *first;
	size_t n = outputs_below(&a->ss->outputs, path, &first);
	int r = 0;

	if (!*path && n == 0)
		return err_set(err, DVER_EINVAL, "the workspace itself cannot "
			       "be an output: name files or folders in it");
	if (n == 0) {
		r = check_new(a, path, err);
		return r < 0 ? r : push(a, path, NULL, NULL, 0, err);
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!first[i].stage &&
		    scan_kind(a->s, first[i].path, NULL) != 0)
			r = session_target(a->ss, &first[i], "", err);
	return r;
}

static int resolve_one(struct add *a, const char *typed, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct output *o;
	const char *sub;
	int r = repo_target(a->ss->repo, &path, typed, err);

	if (r < 0)
		return r;
	o = outputs_holding(&a->ss->outputs, path.data);
	if (!o)
		return resolve_new(a, path.data, err);
	if (o->problem)
		return err_set(err, DVER_EFORMAT, "%s", o->problem);
	r = output_check_own(o, err);
	sub = path.data + strlen(o->path);
	sub += *sub == '/';
	/* A file that became a folder is added as a whole. */
	if (*sub && o->pointer.kind != ROOT_TREE)
		sub = "";
	if (r == 0 && *sub)
		r = check_ignored(a, path.data, err);
	return r < 0 ? r : session_target(a->ss, o, sub, err);
}

/* No targets: everything that is here (dver add -u). */
static int resolve_all(struct add *a, struct dver_err *err)
{
	struct outputs *o = &a->ss->outputs;
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n; i++) {
		if (o->v[i].problem)
			return err_set(err, DVER_EFORMAT, "%s",
				       o->v[i].problem);
		if (!o->v[i].stage && scan_kind(a->s, o->v[i].path, NULL) > 0)
			r = session_target(a->ss, &o->v[i], "", err);
	}
	return r;
}

static int resolve_words(struct add *a, const char *const *typed, size_t n,
			 struct dver_err *err)
{
	struct session *ss = a->ss;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = resolve_one(a, typed[i], err);
	if (r == 0 && n == 0)
		r = resolve_all(a, err);
	session_sort(ss);
	for (size_t i = 0; r == 0 && i < ss->n;) {
		const struct target *t = &ss->targets[i];
		size_t group = session_group(ss, i);
		bool whole = *t->sub == '\0';

		r = push(a, t->output->path, t->output, whole ? NULL : t,
			 whole ? 0 : group, err);
		i += group;
	}
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct adding *)a)->path,
		      ((const struct adding *)b)->path);
}

/* New outputs must not lie in one another. */
static int check_overlaps(struct add *a, struct dver_err *err)
{
	size_t kept = 0;

	if (a->n)
		qsort(a->v, a->n, sizeof(*a->v), by_path);
	for (size_t i = 0; i < a->n; i++) {
		struct adding *last = kept ? &a->v[kept - 1] : NULL;

		if (last && streq(last->path, a->v[i].path)) {
			adding_release(&a->v[i]);
			continue;
		}
		if (last && path_inside(a->v[i].path, last->path)) {
			int r = err_set(err, DVER_EINVAL, "'%s' lies in '%s': "
					"add one of them", a->v[i].path,
					last->path);

			memmove(a->v + kept, a->v + i,
				(a->n - i) * sizeof(*a->v));
			a->n = kept + a->n - i;
			return r;
		}
		a->v[kept++] = a->v[i];
	}
	a->n = kept;
	return 0;
}

int add_resolve(struct add *a, const char *const *typed, size_t n,
		struct dver_err *err)
{
	int r = resolve_words(a, typed, n, err);

	return r < 0 ? r : check_overlaps(a, err);
}
