/*
 * complete_words - where candidates come from: tables, settings, git, and the
 * trees of tracked data, whether or not it is on this disk.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/vec.h"
#include "cmd/complete.h"
#include "dver/artifacts.h"
#include "dver/config.h"
#include "dver/data.h"
#include "dver/pipeline.h"
#include "dver/plots.h"
#include "dver/remote.h"

/* A line is all that a shell is given: no name with an end of line. */
static bool is_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

void offer_word(const struct offer *o, const char *word, const char *what)
{
	if (strncmp(word, o->typed, strlen(o->typed)) != 0 || !is_line(word))
		return;
	(void)printf("%s%s%s%s\n", o->head, word, what ? "\t" : "",
		     what ? what : "");
}

void offer_release(struct offer *o)
{
	dver_repo_free(o->repo);
	o->repo = NULL;
}

static struct dver_repo *repo_of(struct offer *o)
{
	struct dver_err err;

	if (!o->tried && dver_repo_open(&o->repo, NULL, NULL, &err) < 0)
		o->repo = NULL;
	o->tried = true;
	return o->repo;
}

void offer_commands(struct offer *o)
{
	for (size_t i = 0; commands[i]; i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			offer_word(o, commands[i]->name, commands[i]->summary);
}

static int one_remote(void *data, const struct dver_remote *remote)
{
	offer_word(data, remote->name, remote->url);
	return 0;
}

void offer_remotes(struct offer *o)
{
	struct dver_err err;

	if (repo_of(o))
		(void)dver_remote_each(o->repo, one_remote, o, &err);
}

void offer_remote_options(struct offer *o, const char *end)
{
	const char *name;

	for (size_t i = 0; (name = dver_remote_option_name(i)); i++) {
		AUTO_FREE char *word = str_printf("%s%s", name, end);

		if (word)
			offer_word(o, word, NULL);
	}
}

static int one_stage(void *data, const struct dver_stage *stage)
{
	offer_word(data, stage->address, stage->desc);
	return 0;
}

void offer_stages(struct offer *o)
{
	struct dver_err err;

	if (repo_of(o))
		(void)dver_stages_each(o->repo, NULL, 0, DVER_STAGES_ALL,
				       one_stage, o, &err);
}

static int one_file(void *data, const struct dver_values_file *f)
{
	struct strvec *names = data;

	for (size_t i = 0; i < f->n; i++)
		if (!strvec_push(names, f->values[i].name))
			return 1;
	return 0;
}

void offer_values(struct offer *o, enum dver_values what)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	struct dver_err err;

	if (repo_of(o))
		(void)dver_values_each(o->repo, what, NULL, 0, NULL, one_file,
				       &names, &err);
	strvec_sort(&names);
	strvec_uniq(&names);
	for (size_t i = 0; i < names.n; i++)
		offer_word(o, names.v[i], NULL);
}

static int one_artifact(void *data, const struct dver_artifact *a)
{
	offer_word(data, a->name, a->desc);
	return 0;
}

void offer_artifacts(struct offer *o)
{
	struct dver_err err;

	if (repo_of(o))
		(void)dver_artifacts_each(o->repo, NULL, 0, one_artifact, o,
					  &err);
}

static int one_template(void *data, const char *name, bool own)
{
	(void)own;
	offer_word(data, name, NULL);
	return 0;
}

void offer_templates(struct offer *o)
{
	struct dver_err err;

	if (repo_of(o))
		(void)dver_plots_templates(o->repo, one_template, o, &err);
}

void offer_keys(struct offer *o)
{
	const char *name;

	for (size_t i = 0; (name = dver_config_key(i)); i++)
		offer_word(o, name, NULL);
}

void offer_revs(struct offer *o, const char *end)
{
	static const char *const argv[] = {
		"git", "for-each-ref", "--format=%(refname:short)",
		"refs/heads", "refs/tags", "refs/remotes", NULL };
	AUTO_BUF struct buf out = BUF_INIT(16u << 20);
	AUTO_FREE char *head = str_printf("HEAD%s", end);
	struct dver_err err;
	char *line, *next;

	if (!head || proc_run(argv, NULL, NULL, 0, &out, &err) != 0)
		return;
	offer_word(o, head, NULL);
	for (line = out.data; *line; line = next) {
		size_t len = strcspn(line, "\n");
		AUTO_FREE char *word = str_printf("%.*s%s", (int)len, line,
						  end);

		next = line + len + (line[len] == '\n');
		if (word && len)
			offer_word(o, word, NULL);
	}
}

struct listing {
	struct offer *o;
	const char *rev;
	const char *dir;	/* as it was typed, with its slash */
	const char *below;	/* the same from the root; "" is the root */
	char *last;		/* that was offered; owned */
};

/*
 * Of "a/b/out" below "a" it is "b/" that is offered: the next word of the
 * path.  What is on the disk the shell finds itself.
 */
static int one_target(void *data, const struct dver_entry *e)
{
	struct listing *l = data;
	size_t skip = strlen(l->below);
	const char *name = e->path;
	AUTO_FREE char *word = NULL;
	size_t len;
	bool folder;

	if (skip && (strncmp(name, l->below, skip) != 0 || name[skip] != '/'))
		return 0;
	name += skip ? skip + 1 : 0;
	len = strcspn(name, "/");
	folder = name[len] == '/' || e->kind == DVER_DIRECTORY;
	word = str_printf("%s%.*s%s", l->dir, (int)len, name,
			  folder ? "/" : "");
	if (!word || (l->last && strcmp(l->last, word) == 0) ||
	    (!l->rev && access(word, F_OK) == 0))
		return 0;
	offer_word(l->o, word, NULL);
	free(l->last);
	l->last = TAKE(word);
	return 0;
}

/* The folder from the root of the workspace on; -1: it is outside. */
static int from_root(struct offer *o, const char *dir, struct buf *out)
{
	const char *root = dver_repo_root(o->repo);
	AUTO_BUF struct buf full = BUF_PATH;

	if (path_absolute(&full, *dir ? dir : ".", NULL) < 0 ||
	    path_relative(out, root, full.data, NULL) < 0 ||
	    strncmp(out->data, "..", 2) == 0)
		return -1;
	if (strcmp(out->data, ".") == 0)
		buf_clear(out);
	return 0;
}

void offer_targets(struct offer *o, const char *rev)
{
	const char *slash = strrchr(o->typed, '/');
	AUTO_FREE char *dir = str_ndup(o->typed, slash ? (size_t)(slash -
							o->typed) + 1 : 0);
	AUTO_FREE char *path = NULL;
	AUTO_BUF struct buf below = BUF_PATH;
	struct listing l = { .o = o, .rev = rev, .dir = dir };
	struct dver_err err;

	if (!dir || !repo_of(o) || from_root(o, dir, &below) < 0)
		return;
	l.below = below.data;
	path = *dir ? str_ndup(dir, MAX(strlen(dir) - 1, (size_t)1))
		    : strdup(".");
	if (path)
		(void)dver_ls(o->repo, rev, path, false, one_target, &l,
			      &err);
	free(l.last);
}
