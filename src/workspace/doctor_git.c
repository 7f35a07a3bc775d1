/*
 * doctor_git - what about a git repository gets in the way of dver.  git
 * itself is asked, so that this works where libgit2 cannot open it.
 */
#include "workspace/doctor.h"

#include <time.h>

#include "base/mem.h"
#include "base/path.h"

#define LOCK_AGE 60	/* seconds; git holds it for less */

/* What git prints for these words, without the newline; false: it failed. */
static bool says(struct doctor *d, struct buf *out, const char *a,
		 const char *b, const char *c)
{
	const char *const args[] = { a, b, c, NULL };

	if (doctor_git(d, args, out, NULL) != 0)
		return false;
	while (out->len && out->data[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
	return true;
}

static void check_shallow(struct doctor *d)
{
	AUTO_BUF struct buf out = BUF_PATH;

	if (!says(d, &out, "rev-parse", "--is-shallow-repository", NULL) ||
	    !streq(out.data, "true"))
		return;
	doctor_say(d, DVER_VERDICT_NOTE, "this is a shallow clone: dver log, "
		   "du and check see the commits that it has, and gc counts no "
		   "others");
	doctor_do(d, "git fetch --unshallow");
}

static void check_partial(struct doctor *d)
{
	AUTO_BUF struct buf out = BUF_PATH;

	if (!says(d, &out, "config", "--get-regexp",
		  "^remote\\..*\\.promisor$"))
		return;
	doctor_say(d, DVER_VERDICT_WARNING, "this is a partial clone: pointers "
		   "of earlier commits may be on the server alone, where dver "
		   "log, push --all-commits and gc cannot read them");
	doctor_do(d, "git fetch --refetch --no-filter");
}

static void check_sparse(struct doctor *d)
{
	AUTO_BUF struct buf out = BUF_PATH;

	if (!says(d, &out, "config", "--bool", "core.sparseCheckout") ||
	    !streq(out.data, "true"))
		return;
	doctor_say(d, DVER_VERDICT_NOTE, "this is a sparse checkout: outputs "
		   "whose pointers it leaves out are left alone");
	doctor_do(d, "git sparse-checkout add DIR brings a folder in; git "
		  "sparse-checkout disable all of them");
}

static void check_lock(struct doctor *d)
{
	AUTO_BUF struct buf out = BUF_PATH;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *word = NULL;
	struct os_stat st;

	if (!says(d, &out, "rev-parse", "--git-path", "index.lock"))
		return;
	path = *out.data == '/' ? strdup(out.data)
				: path_join(d->root, out.data);
	if (!path || os_stat(path, &st, true) < 0 ||
	    st.mtime_ns / 1000000000 + LOCK_AGE > (int64_t)time(NULL))
		return;
	word = doctor_word(path);
	doctor_say(d, DVER_VERDICT_WARNING, "'%s' has been there for a while: "
		   "a git that was killed left it, and neither git nor dver "
		   "can stage anything", path);
	doctor_do(d, "rm %s, if no git is at work", word ? word : "");
}

void doctor_repository(struct doctor *d)
{
	AUTO_BUF struct buf out = BUF_PATH;
	AUTO_BUF struct buf said = BUF_PATH;
	static const char *const args[] = { "rev-parse", "--git-dir", NULL };

	if (doctor_git(d, args, &out, &said) != 0) {
		/* What cannot be opened was told already. */
		if (d->repo && said.len &&
		    !strstr(said.data, "not a git repository"))
			doctor_say(d, DVER_VERDICT_PROBLEM, "git: %s",
				   said.data);
		return;
	}
	check_shallow(d);
	check_partial(d);
	check_sparse(d);
	check_lock(d);
	if (doctor_quiet(d))
		doctor_say(d, DVER_VERDICT_OK, "the repository is whole, and "
			   "nothing locks it");
}
