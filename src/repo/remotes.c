/*
 * remotes - the remote sections of the configuration.
 */
#include <ctype.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/remote.h"
#include "repo/config_internal.h"

struct found {
	char *name;
	char *url;
	int level;
};

struct list {
	struct config *c;
	struct found *v;	/* by name; the strongest level of each */
	size_t n, cap;
	bool failed;
};

static void list_release(struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].url);
	}
	free(l->v);
}
#define AUTO_LIST __attribute__((cleanup(list_release)))

static struct found *list_find(const struct list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (streq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

static int note(void *data, int level, const char *key, const char *value)
{
	struct list *l = data;
	size_t len = strlen(key);
	AUTO_FREE char *name = NULL;
	struct found *f;

	if (!str_starts(key, "remote.") || !str_ends(key, ".url") || len < 12)
		return 0;
	name = str_ndup(key + 7, len - 11);
	if (!name)
		return -1;
	f = list_find(l, name);
	if (!f) {
		if (!mem_grow(&l->v, &l->cap, l->n + 1, sizeof(*l->v)))
			return -1;
		f = &l->v[l->n++];
		*f = (struct found){ .name = TAKE(name) };
	}
	free(f->url);
	f->url = config_resolve(l->c, level, value);
	f->level = level;
	return f->url ? 0 : -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct found *)a)->name,
		      ((const struct found *)b)->name);
}

static int load(struct list *l, struct dver_repo *repo, struct dver_err *err)
{
	int r;

	l->c = repo->config;
	r = git_settings_each(l->c->settings, -1, note, l, err);
	if (r < 0)
		return err_nomem(err);
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_name);
	return 0;
}

/* The default: core.remote, else the only one there is. */
static const char *default_name(struct dver_repo *repo, const struct list *l)
{
	const char *name = config_str(repo, "core.remote");

	if (name)
		return name;
	return l->n == 1 ? l->v[0].name : NULL;
}

int dver_remote_each(struct dver_repo *repo,
		     int (*fn)(void *data, const struct dver_remote *remote),
		     void *data, struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	const char *standard;
	int r = load(&l, repo, err);

	if (r < 0)
		return r;
	standard = default_name(repo, &l);
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		const struct found *f = &l.v[i];
		struct dver_remote remote = {
			f->name, f->url, standard && streq(standard, f->name),
			(enum dver_config_level)(f->level + 1),
		};

		r = fn(data, &remote);
	}
	return r;
}

static int not_found(const struct list *l, const char *name,
		     struct dver_err *err)
{
	AUTO_BUF struct buf names = BUF_INIT(300);

	for (size_t i = 0; i < l->n; i++)
		buf_addf(&names, "%s'%s'", i ? ", " : "", l->v[i].name);
	if (l->n == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no remote: add "
			       "one with dver remote add NAME URL");
	if (name)
		return err_set(err, DVER_ENOTFOUND, "there is no remote "
			       "'%s', but %s", name, names.data);
	return err_set(err, DVER_ENOTFOUND, "no default remote is set: choose "
		       "one of %s with dver remote default NAME", names.data);
}

static int check_url(const char *url, struct dver_err *err)
{
	if (strstr(url, "://") && !str_starts(url, "file://"))
		return err_set(err, DVER_EUNSUPPORTED, "'%.*s' remotes are not "
			       "known to this version: use the path of a "
			       "folder", (int)(strstr(url, "://") - url), url);
	return 0;
}

int config_remote(struct dver_repo *repo, const char *name, char **found,
		  char **url, struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	const struct found *f;
	int r = load(&l, repo, err);

	if (r < 0)
		return r;
	if (!name)
		name = default_name(repo, &l);
	f = name ? list_find(&l, name) : NULL;
	if (!f)
		return not_found(&l, name, err);
	r = check_url(f->url, err);
	if (r < 0)
		return r;
	*found = strdup(f->name);
	*url = strdup(f->url);
	if (*found && *url)
		return 0;
	free(TAKE(*found));
	free(TAKE(*url));
	return err_nomem(err);
}

static int check_name(const char *name, struct dver_err *err)
{
	const char *p = name;

	while (isalnum((unsigned char)*p) || (p > name && strchr("-_.", *p) &&
					      *p))
		p++;
	if (*name && !*p)
		return 0;
	return err_set(err, DVER_EINVAL, "'%s' is no name for a remote: use "
		       "letters, digits, '-', '_' and '.'", name);
}

/* A path that was typed here, as the config file is to say it. */
static int as_written(struct dver_repo *repo, enum dver_config_level level,
		      const char *url, struct buf *out, struct dver_err *err)
{
	AUTO_BUF struct buf abs = BUF_PATH;
	int r = check_url(url, err);

	if (str_starts(url, "file://"))
		url += strlen("file://");
	if (r < 0)
		return r;
	if (*url == '\0')
		return err_set(err, DVER_EINVAL, "the URL is empty");
	if (*url == '/' || level == DVER_CONFIG_GLOBAL ||
	    level == DVER_CONFIG_SYSTEM)
		return path_absolute(out, url, err);
	r = path_absolute(&abs, url, err);
	return r < 0 ? r : path_relative(out, repo->meta, abs.data, err);
}

int dver_remote_set_default(struct dver_repo *repo,
			    enum dver_config_level level, const char *name,
			    struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	int r;

	if (!name) {
		r = dver_config_unset(repo, level, "core.remote", err);
		return r < 0 ? r : 0;
	}
	r = load(&l, repo, err);
	if (r == 0 && !list_find(&l, name))
		r = not_found(&l, name, err);
	return r < 0 ? r : dver_config_set(repo, level, "core.remote", name,
					   err);
}

static int set_url(struct dver_repo *repo, enum dver_config_level level,
		   const char *name, const char *url, struct dver_err *err)
{
	AUTO_FREE char *key = str_printf("remote.%s.url", name);
	AUTO_BUF struct buf written = BUF_PATH;
	int r = key ? as_written(repo, level, url, &written, err)
		    : err_nomem(err);

	return r < 0 ? r : dver_config_set(repo, level, key, written.data,
					   err);
}

int dver_remote_add(struct dver_repo *repo, enum dver_config_level level,
		    const char *name, const char *url, unsigned flags,
		    struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	int r = check_name(name, err);

	if (r == 0)
		r = load(&l, repo, err);
	if (r == 0 && list_find(&l, name) && !(flags & DVER_REMOTE_FORCE))
		r = err_set(err, DVER_EEXISTS, "there is a remote '%s' "
			    "already: dver remote set-url changes it", name);
	if (r == 0)
		r = set_url(repo, level, name, url, err);
	if (r == 0 && ((flags & DVER_REMOTE_DEFAULT) || l.n == 0))
		r = dver_remote_set_default(repo, level, name, err);
	return r;
}

static int must_find(struct list *l, struct dver_repo *repo, const char *name,
		     struct found **out, struct dver_err *err)
{
	int r = load(l, repo, err);

	*out = r == 0 ? list_find(l, name) : NULL;
	if (r == 0 && !*out)
		r = not_found(l, name, err);
	return r;
}

int dver_remote_set_url(struct dver_repo *repo, const char *name,
			const char *url, struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	struct found *f;
	int r = must_find(&l, repo, name, &f, err);

	if (r < 0 || !f)
		return r;
	return set_url(repo, (enum dver_config_level)(f->level + 1), name,
		       url, err);
}

int dver_remote_remove(struct dver_repo *repo, const char *name,
		       struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	AUTO_FREE char *key = str_printf("remote.%s.url", name);
	const char *standard = config_str(repo, "core.remote");
	struct found *f;
	int r = key ? must_find(&l, repo, name, &f, err) : err_nomem(err);

	for (int i = DVER_CONFIG_GLOBAL; r >= 0 && i <= DVER_CONFIG_LOCAL;
	     i++) {
		enum dver_config_level level = (enum dver_config_level)i;

		r = dver_config_unset(repo, level, key, err);
		if (r >= 0 && standard && streq(standard, name))
			r = dver_config_unset(repo, level, "core.remote",
					      err);
	}
	return r < 0 ? r : 0;
}

int dver_remote_rename(struct dver_repo *repo, const char *from,
		       const char *to, struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	const char *standard = config_str(repo, "core.remote");
	bool was = standard && streq(standard, from);
	enum dver_config_level level;
	struct found *f;
	int r = must_find(&l, repo, from, &f, err);

	if (r == 0 && list_find(&l, to))
		r = err_set(err, DVER_EEXISTS,
			    "there is a remote '%s' already", to);
	if (r == 0)
		r = check_name(to, err);
	if (r < 0 || !f)
		return r;
	level = (enum dver_config_level)(f->level + 1);
	r = set_url(repo, level, to, f->url, err);
	if (r == 0)
		r = dver_remote_remove(repo, from, err);
	if (r == 0 && was)
		r = dver_remote_set_default(repo, level, to, err);
	return r;
}
