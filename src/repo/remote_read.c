/*
 * remote_read - the options of one remote from all files and the environment.
 */
#include <ctype.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config_internal.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

#define NESTED_MAX 8		/* remote://a/.. that is remote://b/.. ... */
#define OTHER "remote://"

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static void option_release(struct remote_option *o)
{
	wipe(o->value);
	free(o->file);
	free(o->section);
	free(o->home);
	free(o->bound);
}

void remote_release(struct remote *r)
{
	for (size_t i = 0; i < r->n; i++)
		option_release(&r->v[i]);
	free(r->v);
	free(r->settings);
	free(r->name);
	free(r->url);
	*r = (struct remote)REMOTE_INIT;
}

const struct remote_option *remote_option(const struct remote *r,
					  const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (streq(r->v[i].k->key.name, key))
			return &r->v[i];
	return NULL;
}

/* The slot of an option, made if it is not there; NULL: out of memory. */
static struct remote_option *slot(struct remote *r, const struct remote_key *k)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].k == k)
			return &r->v[i];
	if (!mem_grow(&r->v, &r->cap, r->n + 1, sizeof(*r->v)))
		return NULL;
	r->v[r->n] = (struct remote_option){ .k = k };
	return &r->v[r->n++];
}

/* What stands in a stronger file replaces what stands in a weaker one. */
static int put(struct remote *r, const struct remote_key *k, const char *value,
	       const char *file, int level)
{
	struct remote_option *o = slot(r, k);

	if (!o)
		return -1;
	option_release(o);
	*o = (struct remote_option){
		.k = k, .value = strdup(value), .file = strdup(file),
		.level = level, .committed = level == config_level(
			DVER_CONFIG_REPO),
	};
	return o->value && o->file ? 0 : -1;
}

/* One section while it is read. */
struct section {
	struct remote *r;
	struct config *c;
	const char *bound[SETTINGS_LEVELS];	/* borrowed from `kept` */
	struct strvec kept;
	struct dver_err *err;
	bool strict;
};

static int unknown(const struct section *s, const char *option, int level)
{
	(void)remote_key_unknown(option, s->err);
	return err_wrap(s->err, "'%s'", s->c->path[level]);
}

static int on_setting(void *data, int level, const char *key,
		      const char *value)
{
	struct section *s = data;
	const char *option = remote_key_option(key);
	size_t name = strlen(s->r->name);
	const struct remote_key *k;

	if (!option || (size_t)(option - key) != name + 8 ||
	    strncmp(key + 7, s->r->name, name) != 0)
		return 0;
	k = remote_key_find(option);
	if (!k)
		return s->strict ? unknown(s, option, level) : 0;
	if (!streq(k->key.name, REMOTE_BOUND))
		return put(s->r, k, value, s->c->path[level], level) < 0
			       ? err_nomem(s->err) : 0;
	if (!strvec_push(&s->kept, value))
		return err_nomem(s->err);
	s->bound[level] = s->kept.v[s->kept.n - 1];
	return 0;
}

/* DVER_REMOTE_ORIGIN_SECRET_ACCESS_KEY: for machines that have no files. */
static int read_environment(struct section *s, struct dver_err *err)
{
	const struct remote_key *k;

	for (size_t i = 0; (k = remote_key_at(i)); i++) {
		AUTO_FREE char *var = NULL;
		const char *value;

		if (k->flags & REMOTE_HIDDEN)
			continue;
		var = str_printf("DVER_REMOTE_%s_%s", s->r->name, k->key.name);
		for (char *p = var; p && *p; p++)
			*p = isalnum((unsigned char)*p)
			     ? (char)toupper((unsigned char)*p) : '_';
		value = var ? getenv(var) : NULL;
		if (!var || (value && *value &&
			     put(s->r, k, value, var, REMOTE_LEVEL_ENV) < 0))
			return err_nomem(err);
	}
	return 0;
}

/* A user name or password in the URL, unless an option says another. */
static int from_url(struct remote *r, const char *key, const char *value,
		    const char *file, int level, struct dver_err *err)
{
	if (!value || remote_option(r, key))
		return 0;
	return put(r, remote_key_find(key), value, file, level) < 0
		       ? err_nomem(err) : 0;
}

static int take_url(struct remote *r, const struct config *c,
		    const struct remote_option *o, struct dver_err *err)
{
	AUTO_REMOTE_URL struct remote_url u = { .scheme = 0 };
	AUTO_FREE char *file = strdup(o->file);
	int level = o->level;
	int ret;

	if (!file)
		return err_nomem(err);
	ret = remote_url_parse(&u, o->value, err);
	if (ret < 0)
		return err_wrap(err, "'remote.%s.url' in '%s'", r->name, file);
	r->scheme = u.scheme;
	if (u.scheme == SCHEME_FOLDER)
		r->url = config_resolve(c, level, o->value);
	else
		r->url = TAKE(u.url);
	if (!r->url)
		return err_nomem(err);
	ret = from_url(r, "user", u.user, file, level, err);
	return ret < 0 ? ret : from_url(r, "password", u.password, file,
					level, err);
}

/* The secrets of this section were given for this. */
static int note_secrets(struct section *s, struct dver_err *err)
{
	struct remote *r = s->r;

	for (size_t i = 0; i < r->n; i++) {
		struct remote_option *o = &r->v[i];
		const char *bound = o->level < SETTINGS_LEVELS
				    ? s->bound[o->level] : NULL;

		/* What was inherited has its own home. */
		if (!(o->k->flags & REMOTE_SECRET) || o->home)
			continue;
		o->section = strdup(r->name);
		o->home = strdup(r->url);
		o->bound = bound ? strdup(bound) : NULL;
		if (!o->section || !o->home || (bound && !o->bound))
			return err_nomem(err);
	}
	return 0;
}

static int read_remote(struct remote *out, struct dver_repo *repo,
		       const char *name, bool strict, int depth,
		       struct dver_err *err);

/* remote://other/path: that remote's URL and options, ours before them. */
static int inherit(struct remote *r, struct dver_repo *repo,
		   const struct remote_option *url, bool strict, int depth,
		   struct dver_err *err)
{
	const char *rest = url->value + strlen(OTHER);
	size_t len = strcspn(rest, "/");
	AUTO_FREE char *name = str_ndup(rest, len);
	AUTO_REMOTE struct remote base = REMOTE_INIT;
	AUTO_BUF struct buf below = BUF_PATH;
	int ret;

	rest += len + (rest[len] == '/');
	if (!name || (*rest && path_clean(&below, rest, NULL) < 0))
		return err_nomem(err);
	if (path_inside(below.data, "..") || below.data[0] == '/')
		return err_set(err, DVER_EINVAL, "'%s' in '%s' leads out of "
			       "that remote", url->value, url->file);
	ret = depth ? read_remote(&base, repo, name, strict, depth - 1, err)
		    : err_set(err, DVER_EINVAL, "'%s' in '%s' refers to "
			      "itself", url->value, url->file);
	if (ret < 0)
		return ret;
	if (!base.url)
		return err_set(err, DVER_ENOTFOUND, "'%s' in '%s' refers to "
			       "the remote '%s', and there is none",
			       url->value, url->file, name);
	r->url = path_join(base.url, streq(below.data, ".") ? "" : below.data);
	if (!r->url)
		return err_nomem(err);
	r->scheme = base.scheme;
	for (size_t i = 0; i < base.n; i++) {
		struct remote_option *o = slot(r, base.v[i].k);

		if (!o)
			return err_nomem(err);
		/* For its secrets, the host is the base's choice. */
		if (streq(o->k->key.name, "url")) {
			r->url_committed |= o->committed;
			o->committed = base.v[i].committed;
		}
		if (o->value)
			continue;
		*o = base.v[i];
		base.v[i] = (struct remote_option){ .k = o->k };
	}
	return 0;
}

static int read_remote(struct remote *out, struct dver_repo *repo,
		       const char *name, bool strict, int depth,
		       struct dver_err *err)
{
	struct section s = { .r = out, .c = repo->config, .err = err,
			     .strict = strict };
	const struct remote_option *url;
	int r;

	*out = (struct remote)REMOTE_INIT;
	out->name = strdup(name);
	if (!out->name)
		return err_nomem(err);
	r = git_settings_each(s.c->settings, -1, on_setting, &s, err);
	if (r == 0)
		r = read_environment(&s, err);
	url = r == 0 ? remote_option(out, "url") : NULL;
	if (url && str_starts(url->value, OTHER))
		r = inherit(out, repo, url, strict, depth, err);
	else if (url)
		r = take_url(out, s.c, url, err);
	if (r == 0 && out->url)
		r = note_secrets(&s, err);
	url = remote_option(out, "url");
	if (r == 0 && url) {
		out->level = url->level;
		out->url_committed |= url->committed;
	}
	strvec_release(&s.kept);
	return r;
}

int remote_read(struct remote *out, struct dver_repo *repo, const char *name,
		bool strict, struct dver_err *err)
{
	return read_remote(out, repo, name, strict, NESTED_MAX, err);
}

int remote_read_url(struct remote *out, struct dver_repo *repo,
		    const char *url, struct dver_err *err)
{
	const struct remote_option *o;
	int r;

	*out = (struct remote)REMOTE_INIT;
	out->name = strdup("");
	if (!out->name || put(out, remote_key_find("url"), url,
			      "the command line", REMOTE_LEVEL_ENV) < 0)
		return err_nomem(err);
	o = &out->v[0];
	if (str_starts(url, OTHER))
		return inherit(out, repo, o, true, NESTED_MAX, err);
	r = take_url(out, repo->config, o, err);
	if (r == 0 && remote_option(out, "password"))
		r = err_set(err, DVER_EINVAL, "leave the password out of the "
			    "URL: a command line is seen by others");
	return r;
}
