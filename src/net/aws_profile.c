/*
 * aws_profile - a profile is what both files say of it together; in config its
 * section is called "profile NAME", in credentials just NAME.
 */
#include "net/aws_profile.h"

#include <stdlib.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "format/ini.h"

#define FILE_BYTES (1u << 20)

struct source {
	char *path;		/* owned */
	struct ini ini;
	bool committed;
};

struct aws_profiles {
	struct source credentials, config;
	char *name;		/* owned */
	bool is_set;
};

const char *aws_env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* "~/x" as AWS's tools take it. */
static char *expand(const char *path)
{
	const char *home = aws_env("HOME");

	if (home && (streq(path, "~") || str_starts(path, "~/")))
		return str_printf("%s%s", home, path + 1);
	return strdup(path);
}

static int load(struct source *s, const char *path, const char *env,
		const char *standard, struct dver_err *err)
{
	bool must = path != NULL;
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	if (!path)
		path = aws_env(env);
	s->path = expand(path ? path : standard);
	if (!s->path)
		return err_nomem(err);
	r = os_slurp(&text, &len, s->path, FILE_BYTES, err);
	if (r == DVER_ENOTFOUND && !must)
		return 0;
	return r < 0 ? r : ini_parse(&s->ini, s->path, text, len, err);
}

static int not_there(const struct aws_profiles *p, struct dver_err *err)
{
	return err_set(err, DVER_ENOTFOUND, "there is no profile '%s' in '%s' "
		       "or '%s'; 'aws configure --profile %s' makes one",
		       p->name, p->config.path, p->credentials.path, p->name);
}

static int choose(struct aws_profiles *p, const char *profile,
		  struct dver_err *err)
{
	const char *name = profile;

	if (!name)
		name = aws_env("AWS_PROFILE");
	if (!name)
		name = aws_env("AWS_DEFAULT_PROFILE");
	p->is_set = profile != NULL;
	p->name = strdup(name ? name : "default");
	if (!p->name)
		return err_nomem(err);
	if (name && !streq(name, "default") && !aws_profile_exists(p, name))
		return not_there(p, err);
	return 0;
}

int aws_profiles_new(struct aws_profiles **out, const struct aws_files *f,
		     struct dver_err *err)
{
	AUTO_AWS_PROFILES struct aws_profiles *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return err_nomem(err);
	p->config.committed = f->config_committed;
	p->credentials.committed = f->credentials_committed;
	r = load(&p->config, f->config, "AWS_CONFIG_FILE", "~/.aws/config",
		 err);
	if (r == 0)
		r = load(&p->credentials, f->credentials,
			 "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials",
			 err);
	if (r == 0)
		r = choose(p, f->profile, err);
	if (r == 0)
		*out = TAKE(p);
	return r;
}

static void source_release(struct source *s)
{
	ini_release(&s->ini);
	free(s->path);
}

void aws_profiles_free(struct aws_profiles *p)
{
	if (!p)
		return;
	source_release(&p->config);
	source_release(&p->credentials);
	free(p->name);
	free(p);
}

const char *aws_profiles_name(const struct aws_profiles *p)
{
	return p->name;
}

bool aws_profiles_is_set(const struct aws_profiles *p)
{
	return p->is_set;
}

/* In config: [profile NAME], or [default] too for that one. */
static const char *config_get(const struct aws_profiles *p,
			      const char *profile, const char *key,
			      const char *sub)
{
	AUTO_FREE char *section = str_printf("profile %s", profile);
	const char *v = section ? ini_get(&p->config.ini, section, key, sub)
				: NULL;

	if (!v && streq(profile, "default"))
		v = ini_get(&p->config.ini, profile, key, sub);
	return v;
}

bool aws_profile_exists(const struct aws_profiles *p, const char *profile)
{
	return config_get(p, profile, "", "") ||
	       ini_has(&p->credentials.ini, profile);
}

static const char *unless_empty(const char *v)
{
	return v && *v ? v : NULL;
}

const char *aws_profile_sub(const struct aws_profiles *p, const char *profile,
			    const char *key, const char *sub)
{
	const char *v = unless_empty(ini_get(&p->credentials.ini, profile,
					     key, sub));

	return v ? v : unless_empty(config_get(p, profile, key, sub));
}

const char *aws_profile_get(const struct aws_profiles *p, const char *profile,
			    const char *key)
{
	return aws_profile_sub(p, profile, key, "");
}

const char *aws_profile_other(const struct aws_profiles *p,
			      const char *section, const char *key,
			      const char *sub)
{
	return unless_empty(ini_get(&p->config.ini, section, key, sub));
}

int aws_profile_trusted(const struct aws_profiles *p, const char *profile,
			const char *key, const char **value,
			struct dver_err *err)
{
	const struct source *s = &p->credentials;

	*value = unless_empty(ini_get(&s->ini, profile, key, ""));
	if (!*value) {
		s = &p->config;
		*value = unless_empty(config_get(p, profile, key, ""));
	}
	if (!*value)
		return 0;
	if (!s->committed)
		return 1;
	return err_set(err, DVER_EAUTH, "'%s' of profile '%s' is not used: a "
		       "committed setting names its file '%s'; set '%s' with "
		       "'dver remote modify --local'", key, profile, s->path,
		       s == &p->config ? "configpath" : "credentialpath");
}

const char *aws_region(const struct aws_profiles *p)
{
	const char *v = aws_env("AWS_REGION");

	if (!v)
		v = aws_env("AWS_DEFAULT_REGION");
	return v ? v : aws_profile_get(p, p->name, "region");
}

static const char *endpoint_env(const char *service)
{
	AUTO_FREE char *name = str_printf("AWS_ENDPOINT_URL_%s", service);
	const char *v;

	for (char *c = name; c && *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	v = name ? aws_env(name) : NULL;
	return v ? v : aws_env("AWS_ENDPOINT_URL");
}

const char *aws_endpoint(const struct aws_profiles *p, const char *service)
{
	const char *ignore = aws_env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	const char *services, *v = NULL;

	if (ignore && strcasecmp(ignore, "true") == 0)
		return NULL;
	v = endpoint_env(service);
	/* Tokens go to the others, on no committed file's word. */
	if (v || (!streq(service, "s3") && p->config.committed))
		return v;
	services = aws_profile_get(p, p->name, "services");
	if (services) {
		AUTO_FREE char *section = str_printf("services %s", services);

		v = section ? aws_profile_other(p, section, service,
						"endpoint_url") : NULL;
	}
	return v ? v : aws_profile_get(p, p->name, "endpoint_url");
}

const char *aws_ca_bundle(const struct aws_profiles *p)
{
	const char *v = aws_env("AWS_CA_BUNDLE");

	return v ? v : aws_profile_get(p, p->name, "ca_bundle");
}
