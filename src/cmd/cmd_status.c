#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/status_stages.h"
#include "dver/workspace.h"
#include "format/json.h"

struct args {
	bool cloud, exit_code, all;
	const char *remote, *why;
};

static const struct opt opts[] = {
	{ 'a', "all", OPT_FLAG, AT(all), NULL, "clean outputs too" },
	{ 'c', "cloud", OPT_FLAG, AT(cloud), NULL,
	  "what the default remote lacks, too" },
	{ 'r', "remote", OPT_STR, AT(remote), "NAME",
	  "what remote NAME lacks, too" },
	{ 0, "exit-code", OPT_FLAG, AT(exit_code), NULL,
	  "exit 1 when there is anything to do" },
	{ 0, "why", OPT_STR, AT(why), "STAGE",
	  "why a stage would run, and how it ran last" },
	{ 0, "PATH", OPT_REST, 0, "@targets", "outputs; all if none" },
	OPTS_END
};

static const char *const words_for[] = {
	[DVER_CLEAN] = "clean", [DVER_CHANGED] = "changed",
	[DVER_BEHIND] = "behind", [DVER_CONFLICT] = "conflict",
	[DVER_NOT_HERE] = "not here", [DVER_BROKEN] = "broken",
};

static const char *const mends[] = {
	[DVER_CLEAN] = "", [DVER_CHANGED] = "dver add",
	[DVER_BEHIND] = "dver checkout",
	[DVER_CONFLICT] = "dver diff, then dver add -f or checkout --force",
	[DVER_NOT_HERE] = "dver pull", [DVER_BROKEN] = "git checkout",
};

static void as_json(struct json *j, const struct dver_status *s)
{
	json_object(j, NULL);
	json_string(j, "path", s->path);
	json_string(j, "pointer", s->pointer);
	if (s->stage)
		json_string(j, "stage", s->stage);
	json_string(j, "state", words_for[s->state]);
	json_bool(j, "directory", s->directory);
	if (s->problem)
		json_string(j, "problem", s->problem);
	json_number(j, "added", s->added);
	json_number(j, "modified", s->modified);
	json_number(j, "deleted", s->deleted);
	json_number(j, "absent", s->absent);
	json_number(j, "files", s->files);
	json_number(j, "bytes", s->bytes);
	json_number(j, "push_files", s->push_files);
	json_number(j, "push_bytes", s->push_bytes);
	json_end_object(j);
}

static void counts(const struct dver_status *s)
{
	if (s->added)
		(void)printf(" +%llu", (unsigned long long)s->added);
	if (s->modified)
		(void)printf(" ~%llu", (unsigned long long)s->modified);
	if (s->deleted)
		(void)printf(" -%llu", (unsigned long long)s->deleted);
}

/* Edits of what a stage makes are no new version of it. */
static const char *mend(const struct dver_repo *repo,
			const struct dver_status *s)
{
	if (s->state == DVER_BROKEN && !dver_repo_has_git(repo))
		return "remove the pointer, then dver add";
	if (s->state == DVER_NOT_HERE && s->stored)
		return "dver checkout";
	if (!s->stage || (s->state != DVER_CHANGED &&
			  s->state != DVER_CONFLICT))
		return mends[s->state];
	return "dver repro, or dver checkout --force";
}

static void as_lines(const struct dver_repo *repo,
		     const struct dver_status *s)
{
	char size[OUT_SIZE];

	if (s->state != DVER_CLEAN) {
		out_colour(s->state == DVER_CHANGED ? OUT_YELLOW : OUT_RED);
		(void)printf("%-9s", words_for[s->state]);
		out_plain();
		out_path(stdout, s->path);
		counts(s);
		/* Most say themselves what to do. */
		if (s->problem)
			(void)printf(": %s", s->problem);
		if (s->problem && strstr(s->problem, "dver "))
			(void)putchar('\n');
		else
			(void)printf("  (%s)\n", mend(repo, s));
	}
	if (s->absent && s->state != DVER_NOT_HERE) {
		(void)printf("%-9s", "partly");
		out_path(stdout, s->path);
		(void)printf(": %llu file%s not here  (dver pull ",
			     (unsigned long long)s->absent, out_s(s->absent));
		out_path(stdout, s->path);
		(void)printf(")\n");
	}
	if (s->push_files) {
		(void)printf("%-9s", "to push");
		out_path(stdout, s->path);
		(void)printf(": %llu file%s, %s  (dver push)\n",
			     (unsigned long long)s->push_files,
			     out_s(s->push_files),
			     out_size(size, s->push_bytes));
	}
	if (s->state == DVER_CLEAN && !s->absent && !s->push_files) {
		(void)printf("%-9s", "clean");
		out_path(stdout, s->path);
		(void)putchar('\n');
	}
}

static int tell(void *data, const struct dver_status *s)
{
	struct status_telling *t = data;

	t->told++;
	t->dirty += s->state != DVER_CLEAN || s->push_files;
	if (t->ctx->json)
		as_json(&t->j, s);
	else if (!t->ctx->quiet)
		as_lines(t->ctx->repo, s);
	return 0;
}

static int status(struct cmd_ctx *ctx, const void *data, char **words, int n,
		  struct dver_err *err)
{
	const struct args *a = data;
	struct dver_status_opts o = { .all = a->all, .remote = a->remote };
	struct status_telling t = { .ctx = ctx };
	int r;

	if (a->why && n)
		return cmd_usage(err, "--why is about one stage, not paths");
	if (a->why)
		return status_why(&t, a->why, err);
	if (a->cloud && !o.remote)
		o.remote = "";
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "outputs");
	}
	r = dver_status(ctx->repo, (const char *const *)words, (size_t)n, &o,
			tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_array(&t.j, "stages");
	}
	r = n == 0 ? status_stages(&t, err) : 0;
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_bool(&t.j, "clean", t.dirty == 0);
		json_end_object(&t.j);
		json_end(&t.j);
	} else if (!ctx->quiet && t.told == 0) {
		(void)puts("everything is as its pointers say");
	}
	return a->exit_code && t.dirty ? CMD_DIFFERS : 0;
}

const struct cmd cmd_status = {
	"status", "data", "show what differs from the pointers", opts,
	sizeof(struct args), status, CMD_NEEDS_REPO | CMD_PROGRESS
};
