/*
 * freeze - stages stand still, or run again: `frozen` in dver.yaml.
 */
#include "base/err.h"
#include "base/lock.h"
#include "dver/stage.h"
#include "format/yaml_edit.h"
#include "pipeline/pipeline.h"
#include "pipeline/stage_edit.h"

/* A dver.yaml, as it will be. */
struct edited {
	const char *file;	/* the pipeline's */
	struct buf text;	/* owned */
	bool changed;
};

struct freezing {
	struct dver_repo *repo;
	struct pipeline *pipeline;	/* owned */
	const struct stage **v;		/* in the order they were named */
	size_t n, cap;
	struct edited *files;		/* owned */
	size_t nfiles, files_cap;
	bool frozen;
};

static void freezing_release(struct freezing *f)
{
	for (size_t i = 0; i < f->nfiles; i++)
		buf_release(&f->files[i].text);
	free(f->files);
	free(f->v);
	pipeline_free(f->pipeline);
}
#define AUTO_FREEZING __attribute__((cleanup(freezing_release)))

static bool is_named(const struct freezing *f, const struct stage *s)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i] == s)
			return true;
	return false;
}

static int find(struct freezing *f, const char *dir, const char *name,
		struct dver_err *err)
{
	size_t n;
	const struct stage *s = pipeline_find(f->pipeline, dir, name, &n);

	if (!s)
		return err_set(err, DVER_ENOTFOUND, "there is no stage '%s'",
			       name);
	for (size_t i = 0; i < n; i++) {
		if (s[i].group)
			return err_set(err, DVER_EUNSUPPORTED, "'%s' is one of "
				       "many that '%s' makes: please edit %s "
				       "by hand", s[i].address, s[i].group,
				       s[i].file);
		if (is_named(f, &s[i]))
			continue;
		if (!mem_grow(&f->v, &f->cap, f->n + 1, sizeof(*f->v)))
			return err_nomem(err);
		f->v[f->n++] = &s[i];
	}
	return 0;
}

static int text_of(struct freezing *f, const char *file, struct edited **out,
		   struct dver_err *err)
{
	struct edited *e;
	int r;

	for (size_t i = 0; i < f->nfiles; i++)
		if (streq(f->files[i].file, file)) {
			*out = &f->files[i];
			return 0;
		}
	if (!mem_grow(&f->files, &f->files_cap, f->nfiles + 1, sizeof(*e)))
		return err_nomem(err);
	e = &f->files[f->nfiles++];
	*e = (struct edited){ .file = file };
	buf_init(&e->text, PIPELINE_FILE_MAX);
	*out = e;
	r = stage_file_read(f->repo, &e->text, file, err);
	return MIN(r, 0);
}

static int change(struct freezing *f, const struct stage *s,
		  struct dver_err *err)
{
	const char *const keys[] = { "stages", s->name, "frozen" };
	const struct yaml_place at = { keys, ARRAY_SIZE(keys) };
	struct edited *e = NULL;
	int r;

	if (s->frozen == f->frozen)
		return 0;
	r = text_of(f, s->file, &e, err);
	if (r < 0)
		return r;
	e->changed = true;
	if (f->frozen)
		return yaml_edit_set(&e->text, s->file, at, "true", err);
	r = yaml_edit_remove(&e->text, s->file, at, err);
	/* Between brackets a value is safer to change than a key to remove. */
	if (r == DVER_EUNSUPPORTED)
		r = yaml_edit_set(&e->text, s->file, at, "false", err);
	return r;
}

static int run(struct freezing *f, const char *const *stages, size_t n,
	       struct dver_err *err)
{
	AUTO_BUF struct buf dir = BUF_PATH;
	int r = repo_path(f->repo, &dir, ".", err);

	if (r == 0)
		r = pipeline_load(&f->pipeline, f->repo, err);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = find(f, dir.data, stages[i], err);
	for (size_t i = 0; r == 0 && i < f->n; i++)
		r = change(f, f->v[i], err);
	for (size_t i = 0; r == 0 && i < f->nfiles; i++)
		if (f->files[i].changed)
			r = stage_file_write(f->repo, &f->files[i].text,
					     f->files[i].file, err);
	return r;
}

DVER_API int dver_stage_freeze(struct dver_repo *repo,
			       const char *const *stages, size_t n,
			       bool frozen, dver_stage_change_fn fn,
			       void *data, struct dver_err *err)
{
	AUTO_FREEZING struct freezing f = { .repo = repo, .frozen = frozen };
	AUTO_LOCK struct lock *lock = NULL;
	int r = repo_lock(repo, &lock, err);

	if (r == 0)
		r = run(&f, stages, n, err);
	for (size_t i = 0; r == 0 && fn && i < f.n; i++) {
		const struct dver_stage_change x = {
			.stage = f.v[i]->address, .file = f.v[i]->file,
			.changed = f.v[i]->frozen != frozen
		};

		r = fn(data, &x);
	}
	return r;
}
