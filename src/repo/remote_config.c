/*
 * remote_config - a remote's options as transport_open() takes them.
 */
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config_internal.h"
#include "repo/login.h"
#include "repo/remotes.h"

#define NET_JOBS 16	/* requests in flight: they wait, they do not compute */
#define JOBS_MAX 1024

/* ~/x, or relative to the folder of the file that says it. */
static char *absolute_path(const struct config *c, const char *value,
			   int level)
{
	const char *home = getenv("HOME");

	if (str_starts(value, "~/") && home)
		return path_join(home, value + 2);
	return config_resolve(c, level, value);
}

/* As a driver reads it: true and false, plain numbers, whole paths. */
static char *plain_value(const struct config *c, const struct remote_option *o)
{
	int truth = git_settings_bool(o->value);
	uint64_t size;

	switch (o->k->key.type) {
	case CONFIG_TRUST:
		if (truth < 0)
			return absolute_path(c, o->value, o->level);
		/* fallthrough */
	case CONFIG_BOOL:
		return strdup(truth > 0 ? "true" : "false");
	case CONFIG_SIZE:
		return git_settings_size(o->value, &size) < 0
			       ? NULL : str_printf("%" PRIu64, size);
	case CONFIG_PATH:
		return absolute_path(c, o->value, o->level);
	case CONFIG_STR:
	case CONFIG_COUNT:
	case CONFIG_LINKS:
	case CONFIG_URL:
	case CONFIG_WORD:
	case CONFIG_SHARED:
		break;
	}
	return strdup(o->value);
}

static int jobs_of(const struct remote *r, const struct dver_repo *repo)
{
	const struct remote_option *o = remote_option(r, "jobs");
	int n = repo->jobs_asked;

	if (n <= 0 && o)
		n = (int)strtoul(o->value, NULL, 10);
	if (n <= 0)
		n = r->scheme == SCHEME_FOLDER ? repo->jobs : NET_JOBS;
	return MIN(n, JOBS_MAX);
}

static bool is_true(const struct remote *r, const char *key)
{
	const struct remote_option *o = remote_option(r, key);

	return o && git_settings_bool(o->value) > 0;
}

static int fill(struct remote *r, struct dver_repo *repo, struct dver_err *err)
{
	size_t n = 0;

	r->settings = mem_array(r->n + 1, sizeof(*r->settings));
	if (!r->settings)
		return err_nomem(err);
	for (size_t i = 0; i < r->n; i++) {
		struct remote_option *o = &r->v[i];
		char *value;

		if (streq(o->k->key.name, "url"))
			continue;
		value = plain_value(repo->config, o);
		if (!value)
			return err_nomem(err);
		free(o->value);
		o->value = value;
		r->settings[n++] = (struct transport_setting){
			o->k->key.name, value, o->file, o->committed };
	}
	r->cfg = (struct transport_config){
		.name = r->name, .url = r->url,
		.url_committed = r->url_committed, .v = r->settings, .n = n,
		.flags = (repo->nosync ? TRANSPORT_NOSYNC : 0u) |
			 (is_true(r, "read_only") ? TRANSPORT_READONLY : 0u),
		.jobs = jobs_of(r, repo), .mode_mask = repo->mode_mask,
		.cancel = &repo->cancel,
	};
	return login_attach(r, repo, err);
}

int config_remote(struct dver_repo *repo, const char *name, struct remote *out,
		  struct dver_err *err)
{
	AUTO_FREE char *found = NULL;
	int r;

	*out = (struct remote)REMOTE_INIT;
	r = remote_name(repo, name, &found, err);
	if (r == 0)
		r = remote_read(out, repo, found, true, err);
	if (r == 0)
		r = remote_check(out, repo, err);
	return r < 0 ? r : fill(out, repo, err);
}

int config_remote_url(struct dver_repo *repo, const char *url,
		      struct remote *out, struct dver_err *err)
{
	int r = remote_read_url(out, repo, url, err);

	if (r == 0)
		r = remote_check(out, repo, err);
	return r < 0 ? r : fill(out, repo, err);
}
