/*
 * stage_add - a new stage goes into dver.yaml.
 *
 * Nothing is written before the whole pipeline was read as it will be: a path
 * that leads out of the workspace, or a template that does not resolve, is
 * known by then.
 */
#include <errno.h>

#include "base/err.h"
#include "base/lock.h"
#include "base/path.h"
#include "dver/stage.h"
#include "format/yaml.h"
#include "format/yaml_edit.h"
#include "pipeline/graph.h"
#include "pipeline/stage_edit.h"
#include "pipeline/stage_write.h"
#include "workspace/tracking.h"

struct adding {
	struct dver_repo *repo;
	const struct dver_stage_new *stage;
	struct buf file;	/* dver.yaml, from the root */
	struct buf text;	/* as it will be */
	struct pipeline *pipeline;	/* the same */
	struct tracking tracking;
};

static void adding_release(struct adding *a)
{
	buf_release(&a->file);
	buf_release(&a->text);
	pipeline_free(a->pipeline);
	tracking_release(&a->tracking);
}
#define AUTO_ADDING __attribute__((cleanup(adding_release)))

/* In a dver.yaml as it stands. */
static int is_there(const struct adding *a, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *stages = NULL;
	int r = yaml_parse_flags(&doc, a->file.data, a->text.data,
				 a->text.len, YAML_ALIASES, err);

	if (r < 0)
		return r;
	if (doc.root && doc.root->type == VALUE_MAP)
		stages = value_get(doc.root, "stages");
	return stages && stages->type == VALUE_MAP &&
	       value_get(stages, a->stage->name);
}

static int compose(struct adding *a, struct dver_err *err)
{
	const char *const keys[] = { "stages", a->stage->name };
	AUTO_BUF struct buf entry = BUF_INIT(PIPELINE_FILE_MAX);
	AUTO_BUF struct buf was = BUF_INIT(PIPELINE_FILE_MAX);
	bool there;
	int r = stage_write(&entry, a->stage, err);

	if (r == 0)
		r = stage_file_read(a->repo, &a->text, a->file.data, err);
	if (r >= 0)
		r = is_there(a, err);
	if (r < 0)
		return r;
	there = r > 0;
	if (there && !a->stage->force)
		buf_addstr(&was, a->text.data);
	r = buf_check(&was, err);
	if (r == 0)
		r = yaml_edit_put(&a->text, a->file.data,
				  (struct yaml_place){ keys,
						       ARRAY_SIZE(keys) },
				  entry.data, err);
	/* The very same one, perhaps of an attempt that failed: it goes on. */
	if (there && !a->stage->force &&
	    (r < 0 || !streq(a->text.data, was.data)) && r != DVER_ENOMEM)
		return err_set(err, DVER_EEXISTS, "there is a stage '%s' in "
			       "'%s' already: --force replaces it",
			       a->stage->name, a->file.data);
	return r;
}

static const struct stage *find(const struct adding *a)
{
	for (size_t i = 0; i < a->pipeline->n; i++)
		if (streq(a->pipeline->v[i].file, a->file.data) &&
		    streq(a->pipeline->v[i].name, a->stage->name))
			return &a->pipeline->v[i];
	return NULL;
}

/* 1, 0, < 0. */
static int is_folder(const struct dver_repo *repo, const char *path,
		     struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(repo->root, path);
	struct os_stat st;

	if (!disk)
		return err_nomem(err);
	if (os_stat(disk, &st, false) == 0)
		return S_ISDIR(st.mode);
	return errno == ENOENT || errno == ENOTDIR
	       ? 0 : err_sys(err, "cannot stat '%s'", path);
}

static int ignore_all(struct adding *a, const struct stage *s,
		      struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		AUTO_FREE char *dir = path_dir(s->outs[i].path);

		if (!dir)
			return err_nomem(err);
		if (!s->outs[i].cache)
			continue;
		r = is_folder(a->repo, dir, err);
		if (r > 0)
			r = tracking_ignore(&a->tracking, s->outs[i].path,
					    true, err);
		else if (r == 0)
			repo_note(a->repo, DVER_NOTE_INFO, "'%s' is not there "
				  "yet: .gitignore will get its line when the "
				  "stage has run", dir);
	}
	return r;
}

static int add(struct adding *a, struct dver_err *err)
{
	AUTO_GRAPH struct graph *graph = NULL;
	const struct stage *s;
	int r = repo_path(a->repo, &a->file, ".", err);

	if (r < 0)
		return r;
	buf_addpath(&a->file, PIPELINE_FILE);
	r = buf_check(&a->file, err);
	if (r == 0)
		r = compose(a, err);
	if (r == 0)
		r = pipeline_load_with(&a->pipeline, a->repo, a->file.data,
				       a->text.data, a->text.len, err);
	if (r == 0)
		r = graph_new(&graph, a->pipeline, err);
	if (r == 0)
		r = graph_check_tracked(a->pipeline, a->repo, err);
	if (r < 0)
		return r;
	s = find(a);
	if (!s)
		return err_set(err, DVER_EINVAL, "the stage '%s' would not be "
			       "read from '%s'", a->stage->name, a->file.data);
	r = is_folder(a->repo, s->dir, err);
	if (r == 0)
		return err_set(err, DVER_EINVAL, "the folder '%s', where '%s' "
			       "is to run, is not there", s->dir, s->name);
	r = r > 0 ? ignore_all(a, s, err) : r;
	if (r == 0)
		r = tracking_put(&a->tracking, a->file.data, a->text.data,
				 err);
	return r < 0 ? r : tracking_stage(&a->tracking, err);
}

DVER_API int dver_stage_add(struct dver_repo *repo,
			    const struct dver_stage_new *stage, char **file,
			    struct dver_err *err)
{
	AUTO_ADDING struct adding a = {
		.repo = repo, .stage = stage, .file = BUF_PATH,
		.text = BUF_INIT(PIPELINE_FILE_MAX),
		.tracking = { .repo = repo }
	};
	AUTO_LOCK struct lock *lock = NULL;
	int r = repo_lock(repo, &lock, err);

	if (r == 0)
		r = add(&a, err);
	if (r == 0 && file) {
		*file = buf_detach(&a.file);
		if (!*file)
			return err_nomem(err);
	}
	return r;
}
