#include "repo/merge_driver.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/git.h"
#include "repo/pointer.h"

static const char *const lines[] = {
	"*" POINTER_SUFFIX " merge=dver",
	LOCKFILE_NAME " merge=dver",
};
#define LINES ARRAY_SIZE(lines)
#define ATTRIBUTES_MAX (16u << 20)

static int git_config(struct dver_repo *repo, const char *a, const char *b,
		      const char *c, struct buf *out, struct dver_err *err)
{
	const char *const argv[] = { "git", "config", "--local", a, b, c,
				     NULL };

	return proc_run(argv, git_workdir(repo->git), NULL, 0, out, err);
}

/* Also an empty value is one. */
static int set_one(struct dver_repo *repo, const char *key, const char *value,
		   struct dver_err *err)
{
	AUTO_BUF struct buf now = BUF_PATH;
	int r = git_config(repo, "--get", key, NULL, &now, err);

	while (now.len && now.data[now.len - 1] == '\n')
		buf_truncate(&now, now.len - 1);
	if (r == 0 && streq(now.data, value))
		return 0;
	if (r >= 0)
		r = git_config(repo, "--replace-all", key, value, NULL, err);
	if (r > 0)
		return err_set(err, DVER_ECHILD, "git cannot set '%s' in the "
			       "configuration of '%s'", key,
			       git_workdir(repo->git));
	return r < 0 ? r : 1;
}

/* Which of our lines it is, or LINES. */
static size_t which(const char *p, size_t len)
{
	size_t i = 0;

	while (i < LINES && (len != strlen(lines[i]) ||
			     memcmp(p, lines[i], len) != 0))
		i++;
	return i;
}

/* The text without our lines, or with each once: did that change it? */
static bool edit(struct buf *out, const char *text, bool on)
{
	bool had[LINES] = { false }, changed = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t i = which(text, len);

		if (i == LINES || (on && !had[i])) {
			buf_add(out, text, len);
			buf_addc(out, '\n');
		}
		if (i < LINES) {
			changed |= !on;
			had[i] = true;
		}
		text += len;
		text += *text == '\n';
	}
	for (size_t i = 0; on && i < LINES; i++) {
		if (had[i])
			continue;
		buf_addf(out, "%s\n", lines[i]);
		changed = true;
	}
	return changed;
}

static int put_line(struct dver_repo *repo, bool on, struct dver_err *err)
{
	AUTO_FREE char *dir = path_join(git_common_dir(repo->git), "info");
	AUTO_FREE char *path = dir ? path_join(dir, "attributes") : NULL;
	AUTO_BUF struct buf text = BUF_INIT(ATTRIBUTES_MAX + 64);
	AUTO_FREE char *old = NULL;
	bool exact = repo->mode_mask != 0;	/* shared, as git has it */
	mode_t mode = exact ? 0644 | (repo->mode_mask & 0666) : 0666;
	struct os_stat st;
	size_t len;
	int r;

	if (!path)
		return err_nomem(err);
	if (os_stat(path, &st, false) == 0) {
		exact = true;
		mode = st.mode & 07777;
		r = os_slurp(&old, &len, path, ATTRIBUTES_MAX, err);
		if (r < 0)
			return r;
	} else if (errno != ENOENT) {
		return err_sys(err, "cannot read '%s'", path);
	}
	if (!edit(&text, old ? old : "", on))
		return 0;
	if (on && os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	if (text.len == 0)
		return os_unlink(path) < 0
			       ? err_sys(err, "cannot remove '%s'", path) : 1;
	r = buf_check(&text, err);
	if (r == 0)
		r = repo_replace_mode(repo, path, text.data, text.len, mode,
				      exact, err);
	return r < 0 ? r : 1;
}

int merge_driver_register(struct dver_repo *repo, struct dver_err *err)
{
	int changed = set_one(repo, "merge.dver.name",
			      "merge pointers and lock files of dver", err);
	int r = changed < 0 ? changed
			    : set_one(repo, "merge.dver.driver",
				      MERGE_DRIVER, err);

	if (r < 0)
		return r;
	changed |= r;
	r = put_line(repo, true, err);
	return r < 0 ? r : changed | r;
}

int merge_driver_forget(struct dver_repo *repo, struct dver_err *err)
{
	AUTO_BUF struct buf now = BUF_PATH;
	int changed = put_line(repo, false, err);
	int r = changed < 0 ? changed
			    : git_config(repo, "--get-regexp",
					 "^merge\\.dver\\.", NULL, &now, err);

	if (r != 0)
		return r < 0 ? r : changed;
	r = git_config(repo, "--remove-section", "merge.dver", NULL, NULL,
		       err);
	if (r > 0)
		r = err_set(err, DVER_ECHILD, "git cannot remove 'merge.dver' "
			    "from the configuration of '%s'",
			    git_workdir(repo->git));
	return r < 0 ? r : 1;
}
