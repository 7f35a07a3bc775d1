/*
 * artifacts - names of models and data, and which commits are their versions.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "cmd/value_json.h"
#include "dver/artifacts.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "NAME...", OPT_REST, 0, "@artifacts",
	  "all versions of these artifacts" },
	OPTS_END
};

struct listing {
	bool all;	/* versions */
	size_t told;
	struct json j;
	struct table t;
};

static void put_json(struct json *j, const struct dver_artifact *a)
{
	json_object(j, NULL);
	json_string(j, "name", a->name);
	json_string(j, "file", a->file);
	json_string(j, "path", a->path);
	json_string(j, "type", a->type);
	json_string(j, "desc", a->desc);
	json_array(j, "labels");
	for (size_t i = 0; i < a->nlabels; i++)
		json_string(j, NULL, a->labels[i]);
	json_end_array(j);
	if (a->meta)
		value_json_text(j, "meta", a->meta);
	else
		json_null(j, "meta");
	json_bool(j, "deprecated", a->deprecated);
	json_array(j, "versions");
	for (size_t i = 0; i < a->nversions; i++) {
		json_object(j, NULL);
		json_string(j, "version", a->versions[i].version);
		json_string(j, "tag", a->versions[i].tag);
		json_string(j, "commit", a->versions[i].commit);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "stages");
	for (size_t i = 0; i < a->nstages; i++) {
		json_object(j, NULL);
		json_string(j, "stage", a->stages[i].stage);
		json_string(j, "tag", a->stages[i].tag);
		json_string(j, "commit", a->stages[i].commit);
		json_string(j, "version", a->stages[i].version);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void put_row(struct listing *l, const struct dver_artifact *a,
		    const char *version, const char *stages,
		    const char *commit)
{
	AUTO_FREE char *name = str_printf("%s%s", a->name, a->deprecated
					  ? " (deprecated)" : "");
	char id[11];

	(void)snprintf(id, sizeof(id), "%s", commit ? commit : "");
	table_add(&l->t, name);
	table_add(&l->t, version);
	table_add(&l->t, stages);
	table_add(&l->t, commit ? id : NULL);
	table_add(&l->t, a->type);
	table_add(&l->t, a->path);
	if (!name)
		l->t.failed = true;
}

/* The stages that a version is in: "dev, prod"; NULL if none. */
static char *stages_of(struct listing *l, const struct dver_artifact *a,
		       const char *version)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < a->nstages; i++)
		if (a->stages[i].version &&
		    strcmp(a->stages[i].version, version) == 0)
			buf_addf(&b, "%s%s", b.len ? ", " : "",
				 a->stages[i].stage);
	l->t.failed |= !buf_ok(&b);
	return b.len ? buf_detach(&b) : NULL;
}

/* The newest version, those in a stage, and all if that is wanted. */
static void put_rows(struct listing *l, const struct dver_artifact *a)
{
	bool any = a->nversions > 0;

	for (size_t i = 0; i < a->nversions; i++) {
		const struct dver_artifact_version *v = &a->versions[i];
		AUTO_FREE char *stages = stages_of(l, a, v->version);

		if (i == 0 || l->all || stages)
			put_row(l, a, v->version, stages, v->commit);
	}
	for (size_t i = 0; i < a->nstages; i++)
		if (!a->stages[i].version) {
			put_row(l, a, NULL, a->stages[i].stage,
				a->stages[i].commit);
			any = true;
		}
	if (!any)
		put_row(l, a, NULL, NULL, NULL);
}

static int tell(void *data, const struct dver_artifact *a)
{
	struct listing *l = data;

	l->told++;
	if (l->j.to)
		put_json(&l->j, a);
	else
		put_rows(l, a);
	return 0;
}

static void begin(struct listing *l, bool as_json)
{
	static const char *const head[] = { "Artifact", "Version", "Stages",
					    "Commit", "Type", "Path" };

	table_init(&l->t, ARRAY_SIZE(head));
	for (size_t i = 0; i < ARRAY_SIZE(head); i++)
		table_add(&l->t, head[i]);
	if (!as_json)
		return;
	json_begin(&l->j, stdout);
	json_object(&l->j, NULL);
	json_array(&l->j, "artifacts");
}

static int end(struct listing *l, bool quiet, struct dver_err *err)
{
	if (l->j.to) {
		json_end_array(&l->j);
		json_end_object(&l->j);
		json_end(&l->j);
		return 0;
	}
	if (quiet)
		return 0;
	if (!l->told)
		say("there are no artifacts: 'dver help artifacts' tells how "
		    "to name one");
	return table_put(&l->t, TABLE_TEXT) < 0 ? err_nomem(err) : 0;
}

static int artifacts(struct cmd_ctx *ctx, const void *data, char **words,
		     int n, struct dver_err *err)
{
	struct listing l = { .all = n > 0 };
	int r;

	(void)data;
	begin(&l, ctx->json);
	r = dver_artifacts_each(ctx->repo, (const char *const *)words,
				(size_t)n, tell, &l, err);
	if (r == 0)
		r = end(&l, ctx->quiet, err);
	table_release(&l.t);
	return r;
}

const struct cmd cmd_artifacts = {
	"artifacts", "pipelines", "list named models and data, and versions",
	opts, sizeof(struct args), artifacts, CMD_NEEDS_REPO
};
