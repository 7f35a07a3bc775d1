/*
 * remotes - the remote sections of the configuration: list, add, remove.
 */
#include <ctype.h>

#include "base/err.h"
#include "base/mem.h"
#include "dver/remote.h"
#include "repo/config_internal.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

/* A remote with a URL somewhere. */
struct found {
	char *name;
	char *url;		/* as it is written */
	int level;
};

struct list {
	struct found *v;	/* by name; the strongest level of each */
	size_t n, cap;
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
	const char *option = remote_key_option(key);
	struct list *l = data;
	AUTO_FREE char *name = NULL;
	struct found *f;

	if (!option || !streq(option, "url"))
		return 0;
	name = str_ndup(key + 7, (size_t)(option - key) - 8);
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
	f->url = strdup(value);
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
	int r = git_settings_each(repo->config->settings, -1, note, l, err);

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

static bool is_shown(const struct remote_option *o)
{
	return !streq(o->k->key.name, "url") &&
	       !(o->k->flags & REMOTE_HIDDEN);
}

/* One remote and its options, secrets hidden; what is wrong shows too. */
static int tell(const struct found *f, struct dver_repo *repo,
		bool is_default, int (*fn)(void *, const struct dver_remote *),
		void *data, struct dver_err *err)
{
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	AUTO_FREE struct dver_remote_option *v = NULL;
	AUTO_FREE char *shown = NULL;
	struct dver_remote x = { .name = f->name, .is_default = is_default,
				 .level = (enum dver_config_level)
					  (f->level + 1) };

	(void)remote_read(&r, repo, f->name, false, NULL);
	v = mem_array(r.n + 1, sizeof(*v));
	shown = remote_url_redact(r.url ? r.url : f->url);
	if (!v || !shown)
		return err_nomem(err);
	for (size_t i = 0; i < r.n; i++) {
		const struct remote_option *o = &r.v[i];

		if (is_shown(o))
			v[x.noptions++] = (struct dver_remote_option){
				o->k->key.name,
				o->k->flags & REMOTE_SECRET ? "***" : o->value,
				o->file };
	}
	x.url = shown;
	x.options = v;
	return fn(data, &x);
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
	for (size_t i = 0; r == 0 && i < l.n; i++)
		r = tell(&l.v[i], repo, standard &&
			 streq(standard, l.v[i].name), fn, data, err);
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

int remote_name(struct dver_repo *repo, const char *name, char **out,
		struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	int r = load(&l, repo, err);

	if (r < 0)
		return r;
	if (!name)
		name = default_name(repo, &l);
	if (!name || !list_find(&l, name))
		return not_found(&l, name, err);
	*out = strdup(name);
	return *out ? 0 : err_nomem(err);
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
	int r = remote_set(repo->config, repo, level, name, "url", url, err);

	return MIN(r, 0);
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

/* The keys of a remote's section in one file, and what they say. */
struct section {
	const char *name;
	struct strvec keys, values;
};

static void section_release(struct section *s)
{
	for (size_t i = 0; i < s->values.n; i++)
		explicit_bzero(s->values.v[i], strlen(s->values.v[i]));
	strvec_release(&s->keys);
	strvec_release(&s->values);
}
#define AUTO_SECTION __attribute__((cleanup(section_release)))

static int on_key(void *data, int level, const char *key, const char *value)
{
	const char *option = remote_key_option(key);
	struct section *s = data;
	size_t len = strlen(s->name);

	(void)level;
	if (!option || (size_t)(option - key) != len + 8 ||
	    strncmp(key + 7, s->name, len) != 0)
		return 0;
	return strvec_push(&s->keys, key) && strvec_push(&s->values, value)
	       ? 0 : -1;
}

/* Move the section in one file to another name (NULL: away). */
static int move_section(struct dver_repo *repo, enum dver_config_level level,
			const char *from, const char *to, struct dver_err *err)
{
	struct git_settings *settings = repo->config->settings;
	AUTO_SECTION struct section s = { .name = from };
	AUTO_FREE struct setting_change *v = NULL;
	AUTO_STRVEC struct strvec fresh = STRVEC_INIT;
	size_t n = 0;

	if (git_settings_each(settings, config_level(level), on_key, &s,
			      NULL) < 0)
		return err_nomem(err);
	if (s.keys.n == 0)
		return 0;
	v = mem_array(2 * s.keys.n, sizeof(*v));
	if (!v)
		return err_nomem(err);
	for (size_t i = 0; to && i < s.keys.n; i++) {
		char *key = remote_key_spell(to,
					     remote_key_option(s.keys.v[i]));

		if (!key || !strvec_take(&fresh, &key))
			return err_nomem(err);
		v[n++] = (struct setting_change){ fresh.v[i], s.values.v[i] };
	}
	for (size_t i = 0; i < s.keys.n; i++)
		v[n++] = (struct setting_change){ s.keys.v[i], NULL };
	return config_write(repo->config, repo, level, v, n,
			    level == DVER_CONFIG_GLOBAL, err);
}

int dver_remote_remove(struct dver_repo *repo, const char *name,
		       struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	const char *standard = config_str(repo, "core.remote");
	struct found *f;
	int r = must_find(&l, repo, name, &f, err);

	for (int i = DVER_CONFIG_GLOBAL; r >= 0 && i <= DVER_CONFIG_LOCAL;
	     i++) {
		enum dver_config_level level = (enum dver_config_level)i;

		r = move_section(repo, level, name, NULL, err);
		if (r >= 0 && standard && streq(standard, name))
			r = dver_config_unset(repo, level, "core.remote",
					      err);
	}
	return MIN(r, 0);
}

int dver_remote_rename(struct dver_repo *repo, const char *from,
		       const char *to, struct dver_err *err)
{
	AUTO_LIST struct list l = { .v = NULL };
	const char *standard = config_str(repo, "core.remote");
	bool was = standard && streq(standard, from);
	struct found *f;
	int r = must_find(&l, repo, from, &f, err);

	if (r == 0 && list_find(&l, to))
		r = err_set(err, DVER_EEXISTS,
			    "there is a remote '%s' already", to);
	if (r == 0)
		r = check_name(to, err);
	for (int i = DVER_CONFIG_GLOBAL; r >= 0 && i <= DVER_CONFIG_LOCAL; i++)
		r = move_section(repo, (enum dver_config_level)i, from, to,
				 err);
	if (r >= 0 && was)
		r = dver_remote_set_default(repo, (enum dver_config_level)
					    (f->level + 1), to, err);
	return MIN(r, 0);
}

const char *dver_remote_option_name(size_t i)
{
	const struct remote_key *k;

	for (size_t at = 0; (k = remote_key_at(at)); at++) {
		if (k->flags & REMOTE_HIDDEN)
			continue;
		if (i-- == 0)
			return k->key.name;
	}
	return NULL;
}
