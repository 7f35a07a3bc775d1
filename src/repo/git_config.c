/*
 * git_config - one libgit2 configuration a level, so that a level can be
 * asked and written alone.
 */
#include "repo/git_config.h"

#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

struct git_settings {
	char *path[SETTINGS_LEVELS];		/* owned */
	git_config *level[SETTINGS_LEVELS];	/* NULL: no file (yet) */
};

void git_settings_free(struct git_settings *s)
{
	if (!s)
		return;
	for (int i = 0; i < SETTINGS_LEVELS; i++) {
		git_config_free(s->level[i]);
		free(s->path[i]);
	}
	free(s);
	git_libgit2_shutdown();
}

static int fail(const char *path, struct dver_err *err)
{
	const git_error *e = git_error_last();

	return err_set(err, DVER_EFORMAT, "cannot read '%s': %s", path,
		       e && e->message ? e->message : "unknown reason");
}

static int load(struct git_settings *s, int i, struct dver_err *err)
{
	if (access(s->path[i], R_OK) == 0 &&
	    git_config_open_ondisk(&s->level[i], s->path[i]) < 0)
		return fail(s->path[i], err);
	return 0;
}

int git_settings_open(struct git_settings **out,
		      const char *const paths[SETTINGS_LEVELS],
		      struct dver_err *err)
{
	struct git_settings *s = calloc(1, sizeof(*s));
	int r = 0;

	if (!s)
		return err_nomem(err);
	git_libgit2_init();
	for (int i = 0; r == 0 && i < SETTINGS_LEVELS; i++) {
		if (!paths[i])
			continue;
		s->path[i] = strdup(paths[i]);
		r = s->path[i] ? load(s, i, err) : err_nomem(err);
	}
	if (r < 0) {
		git_settings_free(s);
		return r;
	}
	*out = s;
	return 0;
}

static int get_one(struct git_settings *s, int i, const char *key,
		   char **value, struct dver_err *err)
{
	git_config_entry *e = NULL;
	int r;

	if (!s->level[i])
		return 0;
	r = git_config_get_entry(&e, s->level[i], key);
	if (r == GIT_ENOTFOUND || r == GIT_EINVALIDSPEC)
		return 0;
	if (r < 0)
		return fail(s->path[i], err);
	*value = strdup(e->value ? e->value : "true");
	git_config_entry_free(e);
	return *value ? 1 : err_nomem(err);
}

int git_settings_get(struct git_settings *s, int level, const char *key,
		     char **value, int *found, struct dver_err *err)
{
	for (int i = SETTINGS_LEVELS - 1; i >= 0; i--) {
		int r = level < 0 || level == i
				? get_one(s, i, key, value, err) : 0;

		if (r != 0) {
			*found = i;
			return r;
		}
	}
	return 0;
}

static int make_file(struct git_settings *s, int i, struct dver_err *err)
{
	if (s->level[i])
		return 0;
	if (!s->path[i])
		return err_set(err, DVER_ENOTFOUND,
			       "there is no file for this level");
	if (git_config_open_ondisk(&s->level[i], s->path[i]) < 0)
		return fail(s->path[i], err);
	return 0;
}

static int fail_write(const struct git_settings *s, int level,
		      const char *key, struct dver_err *err)
{
	const git_error *e = git_error_last();
	AUTO_FREE char *lock = str_printf("%s.lock", s->path[level]);
	struct os_stat st;

	if (lock && e && e->message && strstr(e->message, "lock") &&
	    os_stat(lock, &st, true) == 0)
		return err_set(err, DVER_ELOCKED, "cannot set '%s': '%s' is "
			       "there: a command is writing the file, or was "
			       "killed while it did; remove it if none is at "
			       "work", key, lock);
	return err_set(err, DVER_EIO, "cannot set '%s' in '%s': %s", key,
		       s->path[level], e && e->message ? e->message : "?");
}

/* How many changed, < 0. */
static int change_all(struct git_settings *s, int level,
		      const struct setting_change *v, size_t n,
		      struct dver_err *err)
{
	git_config *c = s->level[level];
	int changed = 0;

	for (size_t i = 0; i < n; i++) {
		int r = v[i].value
			? git_config_set_string(c, v[i].key, v[i].value)
			: git_config_delete_entry(c, v[i].key);

		if (r < 0 && r != GIT_ENOTFOUND)
			return fail_write(s, level, v[i].key, err);
		changed += r == 0;
	}
	return changed;
}

/* Is there anything to do? */
static bool has_change(struct git_settings *s, int level,
		       const struct setting_change *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *was = NULL;

		if (v[i].value || get_one(s, level, v[i].key, &was, NULL) != 0)
			return true;
	}
	return false;
}

int git_settings_change(struct git_settings *s, int level,
			const struct setting_change *v, size_t n,
			bool private, struct dver_err *err)
{
	git_transaction *tx = NULL;
	bool left;
	mode_t mask;
	int r;

	if (!has_change(s, level, v, n))
		return 0;
	/* libgit2 makes a new file each time, as the mask has it. */
	mask = private ? umask(077) : 0;
	r = make_file(s, level, err);
	if (r == 0 && git_config_lock(&tx, s->level[level]) < 0)
		r = fail_write(s, level, v[0].key, err);
	if (r == 0)
		r = change_all(s, level, v, n, err);
	left = tx && r <= 0;
	if (r > 0 && git_transaction_commit(tx) < 0)
		r = fail_write(s, level, v[0].key, err);
	git_transaction_free(tx);
	if (left) {
		/* libgit2 1.5 freed it with what was not committed. */
		s->level[level] = NULL;
		(void)load(s, level, NULL);
	}
	if (private)
		(void)umask(mask);
	return r;
}

int git_settings_each(struct git_settings *s, int level,
		      int (*fn)(void *data, int level, const char *key,
				const char *value),
		      void *data, struct dver_err *err)
{
	int r = 0;

	for (int i = 0; r == 0 && i < SETTINGS_LEVELS; i++) {
		git_config_iterator *it = NULL;
		git_config_entry *e;

		if (!s->level[i] || (level >= 0 && level != i))
			continue;
		if (git_config_iterator_new(&it, s->level[i]) < 0)
			return fail(s->path[i], err);
		while (r == 0 && git_config_next(&e, it) == 0)
			r = fn(data, i, e->name, e->value ? e->value : "true");
		git_config_iterator_free(it);
	}
	return r;
}

int git_settings_bool(const char *value)
{
	int out;

	return git_config_parse_bool(&out, value) < 0 ? -1 : out;
}

int git_settings_size(const char *value, uint64_t *out)
{
	int64_t v;

	if (git_config_parse_int64(&v, value) < 0 || v < 0)
		return -1;
	*out = (uint64_t)v;
	return 0;
}
