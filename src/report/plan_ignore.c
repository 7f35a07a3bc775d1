/*
 * plan_ignore - files that the .dverignore files of a commit leave out, as
 * those of the workspace do.
 */
#include "report/plan_ignore.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/dverignore.h"

/* Rules of the folders down to a file, each below the one before. */
struct chain {
	struct rules *last;	/* owned, with all above */
	struct rules_at at;
};

static void chain_release(struct chain *c)
{
	while (c->last) {
		struct rules *up = (struct rules *)(uintptr_t)c->last->up;

		rules_free(c->last);
		c->last = up;
	}
	rules_leave(&c->at);
}
#define AUTO_CHAIN __attribute__((cleanup(chain_release)))

/* Go into a folder: its rules hold, too. */
static int enter(struct chain *c, struct git *git, struct git_snapshot *snap,
		 const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(dir, DVERIGNORE);
	AUTO_FREE char *text = NULL;
	struct rules *own = NULL;
	struct git_entry e;
	size_t len;
	int r = path ? git_snapshot_find(snap, path, &e, err)
		     : err_nomem(err);

	/* Like git, it takes a symlink for none. */
	if (r == 0 && e.kind == GIT_ENTRY_FILE) {
		r = git_blob_text(git, e.id, path, DVERIGNORE_MAX, &text, &len,
				  err);
		if (r == 0)
			r = rules_parse(&own, dir, &text, err);
	}
	if (own) {
		own->up = c->last;
		c->last = own;
	}
	return r < 0 ? r : rules_enter(&c->at, c->last, dir, err);
}

int plan_ignored(struct git *git, struct git_snapshot *snap, const char *path,
		 struct dver_err *err)
{
	AUTO_CHAIN struct chain c = { .at = RULES_AT_INIT };
	AUTO_FREE char *at = strdup(path);
	const struct rule *found = NULL;
	char *name = at;
	int r = at ? enter(&c, git, snap, "", err) : err_nomem(err);

	/* Nothing below an ignored folder can be brought back. */
	while (r == 0) {
		char *slash = strchr(name, '/');

		if (slash)
			*slash = '\0';
		found = rules_match(&c.at, name, strlen(name), slash != NULL);
		if (!slash || (found && !found->negated))
			break;
		r = enter(&c, git, snap, at, err);
		*slash = '/';
		name = slash + 1;
	}
	return r < 0 ? r : found && !found->negated;
}
