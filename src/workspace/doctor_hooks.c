/*
 * doctor_hooks - are git's hooks and the merge driver such as dver install of
 * this version leaves them?
 */
#include "workspace/doctor.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/proc.h"
#include "repo/git.h"
#include "repo/hooks_internal.h"
#include "repo/merge_driver.h"
#include "repo/pointer.h"

#define FRAMEWORK ".pre-commit-config.yaml"

enum state { CURRENT, OLD, EDITED, ASLEEP, NOT_OURS, ABSENT, STATES };

static const char *const what[STATES] = {
	[OLD] = "of another version", [EDITED] = "edited",
	[ASLEEP] = "not executable, so git does not run it",
	[NOT_OURS] = "not ours", [ABSENT] = "missing",
};

struct hooks {
	struct buf names[STATES];
	size_t n[STATES];
};

static void hooks_release(struct hooks *h)
{
	for (int i = 0; i < STATES; i++)
		buf_release(&h->names[i]);
}
#define AUTO_HOOKS __attribute__((cleanup(hooks_release)))

static enum state judge(struct doctor *d, const struct hook *h)
{
	const char *dir = *d->repo->prefix ? d->repo->prefix : ".";
	AUTO_BUF struct buf text = BUF_INIT(HOOK_MAX);
	AUTO_FREE char *there = NULL;
	size_t len = 0;

	if (h->kind == HOOK_NONE)
		return ABSENT;
	if (h->kind == HOOK_FOREIGN)
		return NOT_OURS;
	if (h->kind == HOOK_EDITED)
		return EDITED;
	if (!strvec_has(&h->dirs, dir))
		return ABSENT;
	if (hook_text(&text, h->name, &h->dirs, NULL) < 0 ||
	    os_slurp(&there, &len, h->path, HOOK_MAX, NULL) < 0 ||
	    len != text.len || memcmp(there, text.data, len) != 0)
		return OLD;
	return h->mode & 0111 ? CURRENT : ASLEEP;
}

static int look(struct doctor *d, const char *folder, struct hooks *all,
		struct dver_err *err)
{
	for (size_t i = 0; i < HOOKS; i++) {
		AUTO_HOOK struct hook h = { .name = NULL };
		int r = hook_load(&h, folder, hook_names[i], err);
		enum state s;

		if (r < 0)
			return r;
		s = judge(d, &h);
		buf_addf(&all->names[s], "%s%s", all->n[s] ? ", " : "",
			 h.name);
		all->n[s]++;
	}
	return 0;
}

/* The pre-commit framework runs what its file says. */
static bool in_framework(struct doctor *d)
{
	AUTO_FREE char *path = path_join(git_workdir(d->repo->git), FRAMEWORK);
	AUTO_FREE char *text = NULL;
	size_t len;

	return path && os_slurp(&text, &len, path, HOOK_MAX, NULL) == 0 &&
	       strstr(text, "dver hook ");
}

static void tell_folder(struct doctor *d, const char *folder)
{
	if (hooks_folder_is_own(d->repo, folder, NULL) != 0)
		return;
	doctor_say(d, DVER_VERDICT_NOTE, "git's hooks are in '%s', outside of "
		   "this repository: other repositories may run them too",
		   folder);
	doctor_do(d, "git config --local core.hooksPath .git/hooks, if only "
		  "this one should");
}

/* Some are in place and some are not. */
static void tell_odd(struct doctor *d, const struct hooks *all)
{
	for (int s = OLD; s < STATES; s++) {
		if (!all->n[s])
			continue;
		doctor_say(d, DVER_VERDICT_WARNING, "hooks %s: %s", what[s],
			   all->names[s].data);
		if (s == EDITED)
			doctor_do(d, "dver install -f writes them anew; lines "
				  "of your own belong into NAME.before-dver");
		else
			doctor_do(d, "dver install");
	}
}

static void tell(struct doctor *d, const struct hooks *all, const char *folder)
{
	size_t ours = HOOKS - all->n[ABSENT] - all->n[NOT_OURS];

	if (ours == 0 && in_framework(d)) {
		doctor_say(d, DVER_VERDICT_OK, "the pre-commit framework runs "
			   "dver's hooks (" FRAMEWORK ")");
	} else if (ours == 0) {
		doctor_say(d, DVER_VERDICT_NOTE, "dver's hooks are not "
			   "installed: git switch leaves the data as it is, "
			   "and git push sends no data");
		doctor_do(d, "dver install");
	} else if (all->n[CURRENT] == HOOKS) {
		doctor_say(d, DVER_VERDICT_OK, "all %d hooks are in '%s'",
			   HOOKS, folder);
	} else {
		tell_odd(d, all);
	}
	if ((ours || in_framework(d)) && !proc_find("dver", NULL)) {
		doctor_say(d, DVER_VERDICT_WARNING, "dver is not in PATH: the "
			   "hooks cannot run it, and git commit and git push "
			   "fail");
		doctor_do(d, "put its folder into PATH for every shell");
	}
}

void doctor_hooks(struct doctor *d)
{
	AUTO_HOOKS struct hooks all = { .n = { 0 } };
	AUTO_FREE char *folder = NULL;
	struct dver_err err;
	int r;

	if (!d->repo->git)
		return;
	for (int i = 0; i < STATES; i++)
		buf_init(&all.names[i], 1000);
	r = hooks_folder(d->repo, &folder, &err);
	if (r == 0)
		r = look(d, folder, &all, &err);
	if (r < 0) {
		doctor_say(d, DVER_VERDICT_WARNING, "%s", err.msg);
		doctor_do(d, "dver install, once that is mended");
		return;
	}
	tell_folder(d, folder);
	tell(d, &all, folder);
}

/* "x.dver NUL merge NUL dver NUL": the last word of the attribute. */
static bool has_attribute(struct doctor *d, const char *path,
			  const char *name, const char *value)
{
	const char *const args[] = { "check-attr", "-z", name, "--", path,
				     NULL };
	AUTO_BUF struct buf out = BUF_PATH;
	const char *p;

	if (doctor_git(d, args, &out, NULL) != 0)
		return false;
	p = memchr(out.data, 0, out.len);
	p = p ? p + 1 + strlen(p + 1) + 1 : NULL;
	return p && p < out.data + out.len && streq(p, value);
}

#define ANY_POINTER "dver-doctor" POINTER_SUFFIX

static void tell_lfs(struct doctor *d)
{
	if (!has_attribute(d, ANY_POINTER, "filter", "lfs"))
		return;
	doctor_say(d, DVER_VERDICT_WARNING, "git's attributes send pointers "
		   "(*%s) through git-lfs: dver reads them from commits and "
		   "finds something else", POINTER_SUFFIX);
	doctor_do(d, "put the line '*%s !filter !diff text' after that one in "
		  ".gitattributes, then git add --renormalize .",
		  POINTER_SUFFIX);
}

void doctor_merge(struct doctor *d)
{
	static const char *const args[] = { "config", "--get",
					    "merge.dver.driver", NULL };
	AUTO_BUF struct buf driver = BUF_PATH;
	bool pointers, locks, there;

	if (!d->repo->git)
		return;
	there = doctor_git(d, args, &driver, NULL) == 0;
	pointers = has_attribute(d, ANY_POINTER, "merge", "dver");
	locks = has_attribute(d, LOCKFILE_NAME, "merge", "dver");
	buf_truncate(&driver, strcspn(driver.data, "\n"));
	tell_lfs(d);
	if (there && !streq(driver.data, MERGE_DRIVER)) {
		doctor_say(d, DVER_VERDICT_WARNING, "merge.dver.driver is "
			   "'%s', which is not this version's", driver.data);
	} else if ((pointers || locks) && !there) {
		doctor_say(d, DVER_VERDICT_WARNING, "git's attributes name the "
			   "merge driver 'dver', which this clone does not "
			   "have: folders that two branches changed stay in "
			   "conflict");
	} else if (there && (!pointers || !locks)) {
		doctor_say(d, DVER_VERDICT_WARNING, "the merge driver 'dver' "
			   "is set up, but no attribute gives it %s: git "
			   "merges them as text", pointers
			   ? "the lock files (" LOCKFILE_NAME ")"
			   : "the pointers");
	} else if (there) {
		doctor_say(d, DVER_VERDICT_OK, "git merges pointers and lock "
			   "files by dver");
		return;
	} else {
		doctor_say(d, DVER_VERDICT_NOTE, "git merges pointers and "
			   "lock files as text: folders that two branches "
			   "changed stay in conflict (dver resolve)");
	}
	doctor_do(d, "dver install");
}
