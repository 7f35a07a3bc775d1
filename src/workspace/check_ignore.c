/*
 * check_ignore - dver/ignore.h on top of judge.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/ignore.h"
#include "workspace/judge.h"

struct dver_ignore {
	struct session ss;
	struct judge judge;
	char *file;		/* owned; that dver_ignored lends */
};

void dver_ignore_free(struct dver_ignore *ig)
{
	if (!ig)
		return;
	judge_close(&ig->judge);
	session_close(&ig->ss);
	free(ig->file);
	free(ig);
}

int dver_ignore_open(struct dver_ignore **out, struct dver_repo *repo,
		     struct dver_err *err)
{
	struct dver_ignore *ig = calloc(1, sizeof(*ig));
	int r;

	*out = NULL;
	if (!ig)
		return err_nomem(err);
	ig->judge = (struct judge)JUDGE_INIT;
	r = session_open(&ig->ss, repo, SESSION_READ, NULL, 0, err);
	if (r == 0)
		r = judge_open(&ig->judge, &ig->ss, err);
	if (r < 0) {
		dver_ignore_free(ig);
		return r;
	}
	*out = ig;
	return 0;
}

static bool is_folder(const struct dver_ignore *ig, const char *path,
		      const char *typed)
{
	struct os_stat st;

	if (os_statat(ig->judge.root_fd, path, &st, true) == 0)
		return S_ISDIR(st.mode);
	return str_ends(typed, "/");
}

int dver_ignore_check(struct dver_ignore *ig, const char *path,
		      struct dver_ignored *out, struct dver_err *err)
{
	AUTO_BUF struct buf clean = BUF_PATH;
	struct verdict v = { .rule = NULL };
	int r = repo_path(ig->ss.repo, &clean, path, err);

	*out = (struct dver_ignored){ .ignored = false };
	if (r == 0 && clean.len)
		r = judge_path(&ig->judge, clean.data,
			       is_folder(ig, clean.data, path), &v, err);
	if (r < 0 || !v.rule)
		return r;
	free(ig->file);
	ig->file = rule_file(v.rule);
	if (!ig->file)
		return err_nomem(err);
	out->ignored = v.ignored && !v.tracked;
	out->tracked = v.tracked;
	out->file = ig->file;
	out->line = v.rule->line;
	out->pattern = v.rule->text;
	return 0;
}
