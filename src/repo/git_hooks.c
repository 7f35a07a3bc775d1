/*
 * git_hooks - where hooks lie, and the settings that go with them.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/git_internal.h"

static char *without_slash(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return str_ndup(path, len);
}

int git_hooks_dir(struct git *g, char **out, bool *shared,
		  struct dver_err *err)
{
	AUTO_FREE char *common = without_slash(git_common_dir(g));
	git_config *config = NULL;
	git_buf set = { NULL, 0, 0 };
	char *real;

	*out = NULL;
	*shared = false;
	if (git_repository_config_snapshot(&config, g->repo) == 0 &&
	    git_config_get_path(&set, config, "core.hooksPath") == 0 &&
	    set.size)
		*out = *set.ptr == '/' ? without_slash(set.ptr)
				       : path_join(g->workdir, set.ptr);
	else if (common)
		*out = path_join(common, "hooks");
	git_buf_dispose(&set);
	git_config_free(config);
	if (!*out || !common)
		return err_nomem(err);
	real = realpath(*out, NULL);
	*shared = strstr(real ? real : *out, "/../") ||
		  (!path_inside(real ? real : *out, common) &&
		   !path_inside(real ? real : *out, g->workdir));
	free(real);
	return 0;
}

int git_set_config(struct git *g, const char *key, const char *value,
		   struct dver_err *err)
{
	git_config *all = NULL, *own = NULL;
	int r = git_repository_config(&all, g->repo);

	if (r == 0)
		r = git_config_open_level(&own, all, GIT_CONFIG_LEVEL_LOCAL);
	if (r == 0)
		r = value ? git_config_set_string(own, key, value)
			  : git_config_delete_entry(own, key);
	if (r == GIT_ENOTFOUND && !value)
		r = 0;
	git_config_free(own);
	git_config_free(all);
	return r < 0 ? git_fail(r, "change its setting", key, err) : 0;
}

bool git_is_rebasing(struct git *g)
{
	AUTO_FREE char *a = path_join(git_dir(g), "rebase-merge");
	AUTO_FREE char *b = path_join(git_dir(g), "rebase-apply");

	return (a && access(a, F_OK) == 0) || (b && access(b, F_OK) == 0);
}
