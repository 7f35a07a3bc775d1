/*
 * What git runs to merge a pointer or a lock file (gitattributes(5)): %O %A %B
 * %P.  Of a pointer that it cannot merge git's own conflict markers stand in
 * the file that it gets back.  Of a lock file markers stand around the stages
 * that clash; one that cannot be read leaves our version as it is, because a
 * merge of such texts by lines would be anything.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/proc.h"
#include "cmd/cmd.h"
#include "cmd/conflict.h"
#include "cmd/say.h"
#include "dver/merge.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "BASE OURS THEIRS PATH", OPT_REST, 0, NULL, "as git has them" },
	OPTS_END
};

static int on_conflict(void *data, const struct dver_merge_conflict *c)
{
	(void)data;
	(void)fputs("dver: conflict: ", stderr);
	conflict_print(stderr, c);
	return 0;
}

static bool is_lock(const char *path)
{
	return strcmp(path_base(path), "dver.lock") == 0;
}

/* The text with both sides in it; always a conflict for git. */
static int mark(char **words, struct dver_err *err)
{
	const char *const argv[] = {
		"git", "merge-file", "-q", "-L", "ours", "-L", "base", "-L",
		"theirs", words[1], words[0], words[2], NULL };
	int r = proc_run(argv, NULL, NULL, 0, NULL, err);

	return r < 0 ? r : 1;
}

/* The workspace may lie in a folder of the repository. */
static int open_repo(struct dver_repo **out, const char *path,
		     struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);

	while (dir && access(dir, F_OK) != 0 && strcmp(dir, ".") != 0) {
		char *up = path_dir(dir);

		free(dir);
		dir = up;
	}
	if (!dir)
		return err_set(err, DVER_ENOMEM, "out of memory");
	return dver_repo_open(out, dir, NULL, err);
}

static int merge_driver(struct cmd_ctx *ctx, const void *data, char **words,
			int n, struct dver_err *err)
{
	struct dver_repo *repo = NULL;
	const char *path;
	char *here;
	int r;

	(void)ctx;
	(void)data;
	if (n != 4)
		return cmd_usage(err, "git calls this with four words");
	r = open_repo(&repo, words[3], err);
	if (r == 0) {
		here = realpath(".", NULL);
		path = words[3];
		/* git's path, from the top of its tree; ours, from the root. */
		if (here && strlen(dver_repo_root(repo)) > strlen(here))
			path += strlen(dver_repo_root(repo)) - strlen(here);
		free(here);
		r = dver_merge_files(repo, words[0], words[1], words[2], path,
				     on_conflict, NULL, err);
	}
	dver_repo_free(repo);
	if (r < 0)
		say("%s", err->msg);
	else if (r > 0)
		say("dver resolve --ours or --theirs decides");
	if (r == 0 || is_lock(words[3]))
		return r == 0 ? 0 : 1;
	return mark(words, err);
}

const struct cmd cmd_merge_driver = {
	"merge-driver", "care", "merge a pointer or lock file for git", opts,
	sizeof(struct args), merge_driver, CMD_HIDDEN
};
