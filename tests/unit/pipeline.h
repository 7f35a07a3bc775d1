/*
 * pipeline - for tests of the pipeline room: a workspace here, its stages as
 * text.
 */
#ifndef TESTS_UNIT_PIPELINE_H
#define TESTS_UNIT_PIPELINE_H

#include "base/buf.h"
#include "dver/repo.h"
#include "pipeline/pipeline.h"

/* The workspace of this test's folder, without git; made at the first call. */
static inline struct dver_repo *open_here(void)
{
	struct dver_repo *repo = NULL;
	struct dver_err err;

	assert_true(dver_repo_init(NULL, DVER_INIT_NO_GIT, &err) >= 0);
	assert_int_equal(dver_repo_open(&repo, NULL, NULL, &err), 0);
	return repo;
}

/* The pipeline of this test's folder, or NULL with err. */
static inline struct pipeline *load_here(struct dver_err *err)
{
	struct dver_repo *repo = open_here();
	struct pipeline *p = NULL;
	int r = pipeline_load(&p, repo, err);

	assert_int_equal(r < 0, p == NULL);
	dver_repo_free(repo);
	return p;
}

static inline void put_out(struct buf *b, const struct stage_out *o)
{
	static const char *const kinds[] = { "out", "metric", "plot" };

	buf_addf(b, " %s=%s%s%s%s", kinds[o->kind], o->path,
		 o->cache ? "" : "!cache", o->persist ? "+persist" : "",
		 o->push ? "" : "!push");
	if (o->remote)
		buf_addf(b, "@%s", o->remote);
	if (o->desc)
		buf_addf(b, "(%s)", o->desc);
	if (o->type)
		buf_addf(b, "<%s>", o->type);
}

/* One stage on a line. */
static inline void put_stage(struct buf *b, const struct stage *s)
{
	buf_addf(b, "%s", s->address);
	if (s->group)
		buf_addf(b, " of %s", s->group);
	if (*s->dir)
		buf_addf(b, " in %s", s->dir);
	for (size_t i = 0; i < s->cmds.n; i++)
		buf_addf(b, " $%s '%s'", s->cmd_list ? "$" : "",
			 s->cmds.v[i]);
	for (size_t i = 0; i < s->ndeps; i++)
		buf_addf(b, " dep=%s", s->deps[i].path);
	for (size_t i = 0; i < s->nparams; i++) {
		buf_addf(b, " params=%s%s", s->params[i].file,
			 s->params[i].whole ? ":*" : "");
		for (size_t k = 0; k < s->params[i].keys.n; k++)
			buf_addf(b, ":%s", s->params[i].keys.v[k]);
	}
	for (size_t i = 0; i < s->nouts; i++)
		put_out(b, &s->outs[i]);
	if (s->desc)
		buf_addf(b, " desc=%s", s->desc);
	buf_addf(b, "%s%s\n", s->frozen ? " frozen" : "",
		 s->always_changed ? " always" : "");
}

/* All stages, or what went wrong; owned. */
static inline char *stages_here(void)
{
	struct dver_err err = { .code = 0 };
	AUTO_PIPELINE struct pipeline *p = load_here(&err);
	AUTO_BUF struct buf b = BUF_BIG;

	if (!p)
		buf_addstr(&b, err.msg);
	for (size_t i = 0; p && i < p->n; i++)
		put_stage(&b, &p->v[i]);
	return buf_detach(&b);
}

/* A file says these stages, or this is wrong with it. */
struct said { const char *text, *want; };

static inline void check_said(const struct said *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *is = NULL;

		spit(PIPELINE_FILE, s[i].text);
		is = stages_here();
		if (!streq(is ? is : "", s[i].want))
			fail_msg("\n%s\nsays:\n%s\nnot:\n%s", s[i].text,
				 is ? is : "(nothing)", s[i].want);
	}
}

#endif
