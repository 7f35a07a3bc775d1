/*
 * remote_check - may these options be used, and are these values any?
 *
 * Whoever can push can change a committed file.  What must not come from
 * there is refused, also when a stronger file says otherwise: it is out, and
 * the person has to know.
 */
#include <ctype.h>

#include "base/err.h"
#include "base/mem.h"
#include "repo/config_internal.h"
#include "repo/git.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

#define LOCAL ".dver/config.local"

static int is_out(const struct remote *r, const struct remote_option *o,
		  struct dver_err *err)
{
	const char *key = o->k->key.name;

	if (o->k->flags & REMOTE_SECRET)
		return err_set(err, DVER_EINVAL, "'%s' has the %s of remote "
			       "'%s', and git shows it to everybody: take it "
			       "out, make a new one, and give that to dver "
			       "remote modify --local %s %s -", o->file, key,
			       r->name, r->name, key);
	return err_set(err, DVER_EINVAL, "'%s' of remote '%s' must not stand "
		       "in '%s', where others can change it: move it with "
		       "dver remote modify --local %s %s VALUE", key, r->name,
		       o->file, r->name, key);
}

/* 1: config.local was committed, so it is no better than the other. */
static int local_is_committed(struct dver_repo *repo, struct dver_err *err)
{
	return repo->git ? git_tracks(repo->git, LOCAL, err) : 0;
}

static int check_committed(const struct remote *r, struct dver_repo *repo,
			   struct dver_err *err)
{
	int local = -1;

	for (size_t i = 0; i < r->n; i++) {
		const struct remote_option *o = &r->v[i];

		if (!(o->k->flags & (REMOTE_SECRET | REMOTE_OWN)))
			continue;
		if (o->committed)
			return is_out(r, o, err);
		if (o->level != config_level(DVER_CONFIG_LOCAL) || local == 0)
			continue;
		local = local_is_committed(repo, err);
		if (local < 0)
			return local;
		if (local)
			return err_set(err, DVER_EINVAL, "'%s' is in git, and "
				       "it has '%s' of remote '%s': git rm "
				       "--cached it first", o->file,
				       o->k->key.name, r->name);
	}
	return 0;
}

static int check_scheme(const struct remote *r, const struct remote_option *o,
			struct dver_err *err)
{
	AUTO_BUF struct buf theirs = BUF_INIT(200);
	AUTO_BUF struct buf ours = BUF_INIT(200);

	if (o->k->schemes & r->scheme)
		return 0;
	remote_schemes_say(&theirs, o->k->schemes);
	remote_schemes_say(&ours, r->scheme);
	return err_set(err, DVER_EINVAL, "'%s' in '%s' is an option of %s "
		       "remotes, and '%s' is a %s remote", o->k->key.name,
		       o->file, theirs.data, r->name, ours.data);
}

static int check_value(const struct remote *r, const struct remote_option *o,
		       struct dver_err *err)
{
	const char *key = o->k->key.name;
	int ret = 0;

	for (const char *c = o->value; *c; c++)
		if (iscntrl((unsigned char)*c))
			ret = err_set(err, DVER_EINVAL, "'%s' has control "
				      "characters", key);
	if (ret == 0 && streq(key, "user") && *o->value == '-')
		ret = err_set(err, DVER_EINVAL, "no '%s' starts with '-'",
			      key);
	if (ret == 0 && !(o->k->flags & REMOTE_SECRET))
		ret = config_key_check(&o->k->key, key, o->value, err);

	if (ret == 0 && o->k->key.type == CONFIG_URL && !streq(key, "url") &&
	    remote_url_has_password(o->value))
		ret = err_set(err, DVER_EINVAL, "'%s' has no place for a "
			      "password", key);
	return ret < 0 ? err_wrap(err, "remote '%s' in '%s'", r->name, o->file)
		       : 0;
}

int remote_check(const struct remote *r, struct dver_repo *repo,
		 struct dver_err *err)
{
	int ret = check_committed(r, repo, err);

	for (size_t i = 0; ret == 0 && i < r->n; i++) {
		ret = check_scheme(r, &r->v[i], err);
		if (ret == 0)
			ret = check_value(r, &r->v[i], err);
	}
	return ret < 0 ? ret : remote_check_bound(r, err);
}

/* Does this say anything that its default does not? */
static bool says_more(const struct remote_option *o)
{
	return !((streq(o->k->key.name, "use_ssl") ||
		  streq(o->k->key.name, "ssl_verify")) &&
		 git_settings_bool(o->value) == 1);
}

char *remote_target(const struct remote *r, const char *home)
{
	AUTO_BUF struct buf b = BUF_INIT(65536);
	const struct remote_key *k;

	buf_addstr(&b, home);
	for (size_t i = 0; (k = remote_key_at(i)); i++) {
		const struct remote_option *o = remote_option(r, k->key.name);

		if (o && (k->flags & REMOTE_WHERE) &&
		    !streq(k->key.name, "url") && says_more(o))
			buf_addf(&b, " %s=%s", k->key.name, o->value);
	}
	return buf_detach(&b);
}

/* The file that others can change and that has a say in it, or NULL. */
static const char *committed_file(const struct remote *r,
				  const struct remote_option *secret)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct remote_option *o = &r->v[i];
		bool url = streq(o->k->key.name, "url");

		if ((o->k->flags & REMOTE_WHERE) &&
		    (o->committed || (url && r->url_committed &&
				      streq(secret->home, r->url))))
			return o->file;
	}
	return NULL;
}

static int not_bound(const struct remote_option *o, const char *target,
		     const char *file, struct dver_err *err)
{
	const char *name = o->section;

	if (o->bound)
		return err_set(err, DVER_EAUTH, "the %s of remote '%s' was "
			       "given for '%s' and is not sent to '%s', which "
			       "'%s' says now: dver remote trust %s allows it",
			       o->k->key.name, name, o->bound, target, file,
			       name);
	return err_set(err, DVER_EAUTH, "the %s of remote '%s' in '%s' is not "
		       "sent to '%s', which comes from '%s': dver remote trust "
		       "%s allows it", o->k->key.name, name, o->file, target,
		       file, name);
}

int remote_check_bound(const struct remote *r, struct dver_err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct remote_option *o = &r->v[i];
		AUTO_FREE char *target = NULL;
		const char *file;

		/* The environment speaks of this run alone. */
		if (!(o->k->flags & REMOTE_SECRET) ||
		    o->level == REMOTE_LEVEL_ENV)
			continue;
		file = committed_file(r, o);
		if (!file)
			continue;
		target = remote_target(r, o->home);
		if (!target)
			return err_nomem(err);
		if (!o->bound || !streq(o->bound, target))
			return not_bound(o, target, file, err);
	}
	return 0;
}
