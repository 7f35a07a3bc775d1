/*
 * remote_modify - set and unset options of remotes, and say where secrets may
 * go.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/remote.h"
#include "repo/config_internal.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

/* What is being set. */
struct setting {
	struct config *c;
	struct dver_repo *repo;	/* may be NULL */
	enum dver_config_level level;
	const char *name;
	const struct remote_key *k;
};

/* Files that nobody but the person writes and reads. */
static bool is_private_level(enum dver_config_level level)
{
	return level == DVER_CONFIG_LOCAL || level == DVER_CONFIG_GLOBAL;
}

static int check_level(const struct setting *s, struct dver_err *err)
{
	const char *key = s->k->key.name;

	if ((s->k->flags & REMOTE_SECRET) && !is_private_level(s->level))
		return err_set(err, DVER_EINVAL, "'%s' is a secret, and '%s' "
			       "is read by others: use --local", key,
			       s->c->path[config_level(s->level)]);
	if ((s->k->flags & REMOTE_OWN) && s->level == DVER_CONFIG_REPO)
		return err_set(err, DVER_EINVAL, "'%s' cannot be set for "
			       "everybody, only for yourself: use --local",
			       key);
	return 0;
}

/* The option must be one that this kind of remote has. */
static int check_scheme(const struct setting *s, const struct remote *r,
			struct dver_err *err)
{
	AUTO_BUF struct buf theirs = BUF_INIT(200);
	AUTO_BUF struct buf ours = BUF_INIT(200);

	if (!r->url || (s->k->schemes & r->scheme))
		return 0;
	remote_schemes_say(&theirs, s->k->schemes);
	remote_schemes_say(&ours, r->scheme);
	return err_set(err, DVER_EINVAL, "'%s' is an option of %s remotes, "
		       "and '%s' is a %s remote", s->k->key.name, theirs.data,
		       s->name, ours.data);
}

/* A path that was typed here, as the file is to say it. */
static int path_as_written(const struct setting *s, const char *path,
			   struct buf *out, struct dver_err *err)
{
	AUTO_BUF struct buf abs = BUF_PATH;
	int r;

	if (str_starts(path, "file://"))
		path += strlen("file://");
	if (str_starts(path, "~/")) {
		buf_setstr(out, path);
		return buf_check(out, err);
	}
	if (*path == '/' || !s->repo || s->level == DVER_CONFIG_GLOBAL ||
	    s->level == DVER_CONFIG_SYSTEM)
		return path_absolute(out, path, err);
	r = path_absolute(&abs, path, err);
	return r < 0 ? r : path_relative(out, s->repo->meta, abs.data, err);
}

static int as_written(const struct setting *s, const char *value,
		      struct buf *out, struct dver_err *err)
{
	AUTO_REMOTE_URL struct remote_url u = { .scheme = 0 };
	enum config_type type = s->k->key.type;
	bool is_url = streq(s->k->key.name, "url");
	int r = 0;

	if (type == CONFIG_URL && remote_url_has_password(value))
		return err_set(err, DVER_EINVAL, "leave the password out of "
			       "the URL: dver remote modify --local %s "
			       "password - asks for it", s->name);
	if (is_url && !str_starts(value, "remote://"))
		r = remote_url_parse(&u, value, err);
	if (r < 0)
		return r;
	if (type == CONFIG_PATH || (is_url && remote_url_is_path(value)) ||
	    (type == CONFIG_TRUST && git_settings_bool(value) < 0))
		return path_as_written(s, value, out, err);
	buf_setstr(out, value);
	return buf_check(out, err);
}

/* Has the file another secret of the remote than `but`? */
static bool has_other_secret(const struct setting *s,
			     const struct remote_key *but)
{
	const struct remote_key *k;

	for (size_t i = 0; (k = remote_key_at(i)); i++) {
		AUTO_FREE char *key = NULL;
		AUTO_FREE char *value = NULL;
		int found;

		if (k == but || !(k->flags & REMOTE_SECRET))
			continue;
		key = remote_key_spell(s->name, k->key.name);
		if (key && git_settings_get(s->c->settings,
					    config_level(s->level), key,
					    &value, &found, NULL) > 0) {
			explicit_bzero(value, strlen(value));
			return true;
		}
	}
	return false;
}

static int set_secret(const struct setting *s, const struct remote *r,
		      const char *value, struct dver_err *err)
{
	AUTO_FREE char *key = remote_key_spell(s->name, s->k->key.name);
	AUTO_FREE char *note = remote_key_spell(s->name, REMOTE_BOUND);
	AUTO_FREE char *target = r->url ? remote_target(r, r->url) : NULL;
	AUTO_FREE char *was = NULL;
	struct setting_change v[2];
	int found;
	int ret;

	if (!r->url)
		return err_set(err, DVER_ENOTFOUND, "there is no remote '%s' "
			       "that the secret could be for: dver remote add "
			       "%s URL comes first", s->name, s->name);
	if (!key || !note || !target)
		return err_nomem(err);
	ret = git_settings_get(s->c->settings, config_level(s->level), note,
			       &was, &found, err);
	if (ret < 0)
		return ret;
	/* One note speaks for all secrets of the file. */
	if (ret > 0 && !streq(was, target) && has_other_secret(s, s->k))
		return err_set(err, DVER_ECONFLICT, "other secrets of remote "
			       "'%s' were given for '%s', and now it is '%s': "
			       "unset them, or allow that with dver remote "
			       "trust %s", s->name, was, target, s->name);
	v[0] = (struct setting_change){ key, value };
	v[1] = (struct setting_change){ note, target };
	return config_write(s->c, s->repo, s->level, v, 2, true, err);
}

static int set_option(const struct setting *s, const struct remote *r,
		      const char *value, struct dver_err *err)
{
	AUTO_FREE char *key = remote_key_spell(s->name, s->k->key.name);
	AUTO_BUF struct buf written = BUF_PATH;
	int ret;

	if (!key)
		return err_nomem(err);
	ret = as_written(s, value, &written, err);
	if (ret == 0 && !streq(s->k->key.name, "url"))
		ret = check_scheme(s, r, err);
	return ret < 0 ? ret
	       : config_write(s->c, s->repo, s->level,
			      &(struct setting_change){ key, written.data }, 1,
			      false, err);
}

static int unset(const struct setting *s, struct dver_err *err)
{
	AUTO_FREE char *key = remote_key_spell(s->name, s->k->key.name);
	AUTO_FREE char *note = remote_key_spell(s->name, REMOTE_BOUND);
	struct setting_change v[2] = { { key, NULL }, { note, NULL } };
	bool last = (s->k->flags & REMOTE_SECRET) &&
		    !has_other_secret(s, s->k);
	AUTO_FREE char *was = NULL;
	int found, r;

	if (!key || !note)
		return err_nomem(err);
	r = git_settings_get(s->c->settings, config_level(s->level), key,
			     &was, &found, err);
	if (r <= 0)
		return r;
	r = config_write(s->c, s->repo, s->level, v, last ? 2 : 1, false, err);
	return MIN(r, 1);
}

int remote_set(struct config *c, struct dver_repo *repo,
	       enum dver_config_level level, const char *name,
	       const char *option, const char *value, struct dver_err *err)
{
	struct setting s = { c, repo, level, name, remote_key_find(option) };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	int ret;

	if (s.k && level == DVER_CONFIG_ANY)
		s.level = s.k->flags & (REMOTE_SECRET | REMOTE_OWN)
			  ? DVER_CONFIG_LOCAL : DVER_CONFIG_REPO;
	if (!s.k || (s.k->flags & REMOTE_HIDDEN))
		return remote_key_unknown(option, err);
	if (!value)
		return unset(&s, err);
	if (!c->path[config_level(s.level)])
		return err_set(err, DVER_ENOTFOUND, "this is no dver "
			       "workspace: use --global, or run dver init");
	ret = check_level(&s, err);
	if (ret == 0)
		ret = config_key_check(&s.k->key, s.k->key.name, value, err);
	/* What is wrong with the rest of it can be mended one by one. */
	if (ret == 0 && repo)
		(void)remote_read(&r, repo, name, false, NULL);
	if (ret == 0)
		ret = s.k->flags & REMOTE_SECRET
		      ? check_scheme(&s, &r, err) : 0;
	if (ret == 0)
		ret = s.k->flags & REMOTE_SECRET
		      ? set_secret(&s, &r, value, err)
		      : set_option(&s, &r, value, err);
	return MIN(ret, 0);
}

static int must_be_there(struct dver_repo *repo, const char *name,
			 struct dver_err *err)
{
	AUTO_FREE char *found = NULL;

	return remote_name(repo, name, &found, err);
}

int dver_remote_modify(struct dver_repo *repo, enum dver_config_level level,
		       const char *name, const char *option, const char *value,
		       struct dver_err *err)
{
	int r = must_be_there(repo, name, err);

	if (r == 0)
		r = remote_set(repo->config, repo, level, name, option, value,
			       err);
	return r;
}

int dver_remote_trust(struct dver_repo *repo, const char *name,
		      struct dver_err *err)
{
	static const enum dver_config_level levels[] = { DVER_CONFIG_GLOBAL,
							 DVER_CONFIG_LOCAL };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	AUTO_FREE char *note = remote_key_spell(name, REMOTE_BOUND);
	AUTO_FREE char *target = NULL;
	int ret = note ? must_be_there(repo, name, err) : err_nomem(err);
	int changed = 0;

	if (ret == 0)
		ret = remote_read(&r, repo, name, true, err);
	target = ret == 0 ? remote_target(&r, r.url) : NULL;
	if (ret == 0 && !target)
		ret = err_nomem(err);
	for (size_t i = 0; ret >= 0 && i < ARRAY_SIZE(levels); i++) {
		struct setting s = { repo->config, repo, levels[i], name,
				     NULL };

		if (!has_other_secret(&s, NULL))
			continue;
		ret = config_write(s.c, repo, s.level,
				   &(struct setting_change){ note, target }, 1,
				   true, err);
		changed++;
	}
	return ret < 0 ? ret : changed > 0;
}
