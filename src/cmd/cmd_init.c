#include <string.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "dver/ci.h"
#include "format/json.h"

struct args { const char *ci; bool no_git, subdir, force; };

static const struct opt opts[] = {
	{ 0, "no-git", OPT_FLAG, AT(no_git), NULL, "a workspace without git" },
	{ 0, "subdir", OPT_FLAG, AT(subdir), NULL,
	  "a workspace in a folder of git's tree" },
	{ 0, "ci", OPT_STR, AT(ci), "FORGE",
	  "a job for github or gitlab, too" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL,
	  "--ci: over a workflow that is another one" },
	{ 0, "DIR", OPT_REST, 0, "@dirs", "the folder; this one if none" },
	OPTS_END
};

struct done { bool created, wrote; char *text; };

/* GitHub's is written, GitLab's is the text to be put into its file. */
static int add_ci(const struct args *a, const char *dir, struct done *d,
		  struct dver_err *err)
{
	struct dver_repo *repo;
	int r = dver_repo_open(&repo, dir, NULL, err);

	if (r < 0)
		return r;
	if (strcmp(a->ci, "github") == 0) {
		r = dver_ci_write(repo, a->force, err);
		d->wrote = r > 0;
	} else {
		r = dver_ci_text(repo, DVER_GITLAB, &d->text, err);
	}
	dver_repo_free(repo);
	return r < 0 ? r : 0;
}

static void as_json(const struct args *a, const struct done *d)
{
	struct json j;

	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_bool(&j, "created", d->created);
	if (a->ci) {
		json_object(&j, "ci");
		json_string(&j, "forge", a->ci);
		if (d->text) {
			json_string(&j, "text", d->text);
		} else {
			json_string(&j, "path", DVER_CI_GITHUB);
			json_bool(&j, "written", d->wrote);
		}
		json_end_object(&j);
	}
	json_end_object(&j);
	json_end(&j);
}

static void as_text(const struct args *a, const struct done *d, bool quiet)
{
	/* What is to go into a file is alone on stdout. */
	FILE *to = d->text ? stderr : stdout;

	if (!quiet && (d->created || !a->ci))
		(void)fprintf(to, d->created
			      ? "made a dver workspace; next: dver add\n"
			      : "this is a dver workspace already\n");
	if (d->text)
		(void)fputs(d->text, stdout);
	else if (a->ci && !quiet)
		(void)printf(d->wrote ? "wrote %s; next: fill in DVER_SOURCE "
			     "there\n" : "%s is there already\n",
			     DVER_CI_GITHUB);
}

static int init(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	const char *dir = n ? words[0] : ".";
	struct done d = { .text = NULL };
	int r;

	if (n > 1)
		return cmd_usage(err, "init takes one folder");
	if (a->ci && strcmp(a->ci, "github") != 0 &&
	    strcmp(a->ci, "gitlab") != 0)
		return cmd_usage(err, "--ci takes github or gitlab");
	if (a->force && !a->ci)
		return cmd_usage(err, "--force is for --ci");
	r = dver_repo_init(dir, (a->no_git ? DVER_INIT_NO_GIT : 0u) |
			   (a->subdir ? DVER_INIT_SUBDIR : 0u), err);
	d.created = r > 0;
	if (r >= 0)
		r = a->ci ? add_ci(a, dir, &d, err) : 0;
	if (r == 0 && ctx->json)
		as_json(a, &d);
	else if (r == 0)
		as_text(a, &d, ctx->quiet);
	dver_free(d.text);
	return r;
}

const struct cmd cmd_init = {
	"init", "data", "make this folder a workspace", opts,
	sizeof(struct args), init, 0
};
