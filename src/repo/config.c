/*
 * config - four files, one table of keys.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/config_internal.h"
#include "repo/config_keys.h"
#include "repo/git.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

#define CONFIG_FILE ".dver/config"	/* from the workspace on */

int config_level(enum dver_config_level level)
{
	return (int)level - 1;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	git_settings_free(c->settings);
	for (int i = 0; i < SETTINGS_LEVELS; i++)
		free(c->path[i]);
	strvec_release(&c->kept);
	free(c);
}

static char *global_path(void)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (xdg && *xdg)
		return str_printf("%s/dver/config", xdg);
	return str_printf("%s/.config/dver/config", home ? home : "");
}

int config_load(struct config **out, const char *meta, struct dver_err *err)
{
	const char *const *paths;
	struct config *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return err_nomem(err);
	c->path[0] = strdup("/etc/dver/config");
	c->path[1] = global_path();
	if (meta) {
		c->path[2] = str_printf("%s/config", meta);
		c->path[3] = str_printf("%s/config.local", meta);
	}
	paths = (const char *const *)c->path;
	r = c->path[0] && c->path[1] && (!meta || (c->path[2] && c->path[3]))
		    ? git_settings_open(&c->settings, paths, err)
		    : err_nomem(err);
	if (r < 0) {
		config_free(c);
		return r;
	}
	*out = c;
	return 0;
}

char *config_resolve(const struct config *c, int level, const char *url)
{
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *joined = NULL;
	AUTO_BUF struct buf clean = BUF_PATH;

	if (str_starts(url, "file://"))
		url += strlen("file://");
	if (strstr(url, "://"))
		return strdup(url);
	/* Of the environment: relative to where we are. */
	if (level >= SETTINGS_LEVELS)
		return path_absolute(&clean, url, NULL) < 0
			       ? NULL : buf_detach(&clean);
	dir = path_dir(c->path[level]);
	joined = url[0] == '/' ? strdup(url)
			       : dir ? path_join(dir, url) : NULL;
	if (!joined || path_clean(&clean, joined, NULL) < 0)
		return NULL;
	return buf_detach(&clean);
}

/* What is asked must be in the table: a typing error in our own code. */
const char *config_str(struct dver_repo *repo, const char *key)
{
	const struct config_key *k = config_key_find(key);
	struct config *c = repo->config;
	AUTO_FREE char *value = NULL;
	AUTO_FREE char *path = NULL;
	int level;

	if (git_settings_get(c->settings, -1, key, &value, &level, NULL) <= 0)
		return k ? k->standard : NULL;
	if (streq(key, "cache.dir")) {
		path = config_resolve(c, level, value);
		return path && strvec_take(&c->kept, &path)
			       ? c->kept.v[c->kept.n - 1] : NULL;
	}
	return strvec_take(&c->kept, &value) ? c->kept.v[c->kept.n - 1] : NULL;
}

int config_check(struct dver_repo *repo, struct dver_err *err)
{
	struct config *c = repo->config;
	const struct config_key *k;
	int r = 0;

	for (size_t i = 0; r == 0 && (k = config_key_at(i)); i++) {
		AUTO_FREE char *value = NULL;
		int level;

		if (git_settings_get(c->settings, -1, k->name, &value, &level,
				     NULL) <= 0)
			continue;
		r = config_key_check(k, k->name, value, err);
		if (r < 0)
			(void)err_wrap(err, "'%s'", c->path[level]);
	}
	return r;
}

bool config_bool(struct dver_repo *repo, const char *key)
{
	const char *value = config_str(repo, key);

	return value && git_settings_bool(value) > 0;
}

uint64_t config_size(struct dver_repo *repo, const char *key)
{
	const char *value = config_str(repo, key);
	uint64_t size = 0;

	if (value)
		(void)git_settings_size(value, &size);
	return size;
}

/* The settings of a repository, or those of none. */
struct view {
	struct config *c;
	struct config *own;	/* to be freed */
};

static int view_open(struct view *v, struct dver_repo *repo,
		     struct dver_err *err)
{
	int r;

	*v = (struct view){ .c = repo ? repo->config : NULL };
	r = v->c ? 0 : config_load(&v->own, NULL, err);
	if (r == 0 && !v->c)
		v->c = v->own;
	return r;
}

static int known(const char *key, const struct config_key **k,
		 struct dver_err *err)
{
	const char *option = remote_key_option(key);

	*k = config_key_find(key);
	if (*k)
		return 0;
	if (option)
		return remote_key_unknown(option, err);
	return err_set(err, DVER_EINVAL, "there is no setting '%s': see "
		       "dver-config(5)", key);
}

/* Nobody is shown a secret: what is shown may be logged. */
static int hide(const char *key, char **value, struct dver_err *err)
{
	char *shown = dver_config_is_secret(key) ? strdup("***")
						 : remote_url_redact(*value);

	explicit_bzero(*value, strlen(*value));
	free(*value);
	*value = shown;
	return shown ? 1 : err_nomem(err);
}

const char *dver_config_key(size_t i)
{
	const struct config_key *k = config_key_at(i);

	return k ? k->name : NULL;
}

int dver_config_get(struct dver_repo *repo, enum dver_config_level level,
		    const char *key, char **value, struct dver_err *err)
{
	const char *option = remote_key_option(key);
	AUTO_FREE char *spelled = NULL;
	const struct config_key *k;
	struct view v;
	int found;
	int r = known(key, &k, err);

	if (r == 0)
		r = view_open(&v, repo, err);
	if (r < 0)
		return r;
	if (option)
		spelled = remote_key_spell_key(key);
	if (option && !spelled)
		r = err_nomem(err);
	if (r == 0)
		r = git_settings_get(v.c->settings, config_level(level),
				     option ? spelled : key, value, &found,
				     err);
	if (r > 0 && option)
		r = hide(key, value, err);
	config_free(v.own);
	return r;
}

enum dver_config_level config_written(enum dver_config_level level)
{
	return level == DVER_CONFIG_ANY ? DVER_CONFIG_REPO : level;
}

/* It is written: that git has it busy is no failure. */
static void stage(struct dver_repo *repo)
{
	AUTO_STRVEC struct strvec paths = STRVEC_INIT;
	struct dver_err why = { 0 };
	int r;

	/* As it is now: the change may be of this very setting. */
	if (!repo->git || !config_bool(repo, "core.autostage"))
		return;
	r = git_ignored(repo->git, CONFIG_FILE, &why);
	if (r > 0)
		return;
	if (r == 0)
		r = strvec_push(&paths, CONFIG_FILE)
		    ? git_stage(repo->git, &paths, &why) : err_nomem(&why);
	if (r < 0)
		repo_note(repo, DVER_NOTE_WARNING, "'" CONFIG_FILE "' is "
			  "written and not staged: %s", why.msg);
}

int config_write(struct config *c, struct dver_repo *repo,
		 enum dver_config_level level, const struct setting_change *v,
		 size_t n, bool private, struct dver_err *err)
{
	int i = config_level(config_written(level));
	AUTO_FREE char *dir = NULL;
	int r;

	if (!c->path[i])
		return err_set(err, DVER_ENOTFOUND, "this is no dver "
			       "workspace: use --global, or run dver init");
	dir = path_dir(c->path[i]);
	if (!dir)
		return err_nomem(err);
	if (v[0].value && os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	/* Secrets may come into these, or be there. */
	private |= i == config_level(DVER_CONFIG_LOCAL) ||
		   i == config_level(DVER_CONFIG_GLOBAL);
	r = git_settings_change(c->settings, i, v, n, private, err);
	if (r > 0 && repo && i == config_level(DVER_CONFIG_REPO))
		stage(repo);
	return r;
}

/* Set, or unset (NULL). */
static int change(struct dver_repo *repo, enum dver_config_level level,
		  const char *key, const char *value, struct dver_err *err)
{
	const char *option = remote_key_option(key);
	AUTO_FREE char *name = NULL;
	struct view v;
	int r = view_open(&v, repo, err);

	if (r < 0)
		return r;
	if (option) {
		name = str_ndup(key + 7, (size_t)(option - key) - 8);
		r = name ? remote_set(v.c, repo, level, name, option, value,
				      err) : err_nomem(err);
	} else {
		r = config_write(v.c, repo, level,
				 &(struct setting_change){ key, value }, 1,
				 false, err);
	}
	config_free(v.own);
	return r;
}

int dver_config_set(struct dver_repo *repo, enum dver_config_level level,
		    const char *key, const char *value, struct dver_err *err)
{
	const struct config_key *k;
	int r = known(key, &k, err);

	if (r == 0)
		r = config_key_check(k, key, value, err);
	if (r == 0)
		r = change(repo, level, key, value, err);
	return r < 0 ? r : 0;
}

int dver_config_unset(struct dver_repo *repo, enum dver_config_level level,
		      const char *key, struct dver_err *err)
{
	return change(repo, level, key, NULL, err);
}

bool dver_config_is_secret(const char *key)
{
	const char *option = remote_key_option(key);
	const struct remote_key *k = option ? remote_key_find(option) : NULL;

	return k && (k->flags & REMOTE_SECRET);
}

struct each {
	struct config *c;
	int (*fn)(void *data, const struct dver_config_entry *e);
	void *data;
};

/* As options of remotes are called, whatever the file has to write. */
static char *called(const char *key)
{
	const char *option = remote_key_option(key);
	const struct remote_key *k = option ? remote_key_find(option) : NULL;

	return k ? str_printf("%.*s%s", (int)(option - key), key, k->key.name)
		 : strdup(key);
}

static int tell(void *data, int level, const char *key, const char *value)
{
	struct each *x = data;
	AUTO_FREE char *name = called(key);
	AUTO_FREE char *shown = dver_config_is_secret(key)
				? strdup("***") : remote_url_redact(value);
	struct dver_config_entry e = {
		(enum dver_config_level)(level + 1), name, shown,
		x->c->path[level],
	};

	return name && shown ? x->fn(x->data, &e) : DVER_ENOMEM;
}

int dver_config_each(struct dver_repo *repo, enum dver_config_level level,
		     int (*fn)(void *data, const struct dver_config_entry *e),
		     void *data, struct dver_err *err)
{
	struct each x = { NULL, fn, data };
	struct view v;
	int r = view_open(&v, repo, err);

	if (r < 0)
		return r;
	x.c = v.c;
	r = git_settings_each(v.c->settings, config_level(level), tell, &x,
			      err);
	config_free(v.own);
	return r;
}
