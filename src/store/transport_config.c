#include "store/transport_config.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

const struct transport_setting *
transport_setting(const struct transport_config *cfg, const char *key)
{
	for (size_t i = 0; i < cfg->n; i++)
		if (streq(cfg->v[i].key, key))
			return &cfg->v[i];
	return NULL;
}

const char *transport_setting_str(const struct transport_config *cfg,
				  const char *key)
{
	const struct transport_setting *s = transport_setting(cfg, key);

	return s ? s->value : NULL;
}

void transport_login_release(struct transport_login *l)
{
	if (l->password)
		explicit_bzero(l->password, strlen(l->password));
	free(l->user);
	free(l->password);
	l->user = l->password = NULL;
}

static int makes_no_sense(const struct transport_config *cfg,
			  const struct transport_setting *s, const char *what,
			  struct dver_err *err)
{
	return err_set(err, DVER_EINVAL, "'remote.%s.%s' in '%s' takes %s, "
		       "not '%s'", cfg->name, s->key, s->file, what, s->value);
}

static bool is_any(const char *value, const char *const words[4])
{
	for (int i = 0; i < 4; i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

int transport_setting_bool(const struct transport_config *cfg,
			   const char *key, bool otherwise, bool *out,
			   struct dver_err *err)
{
	static const char *const yes[4] = { "true", "yes", "on", "1" };
	static const char *const no[4] = { "false", "no", "off", "0" };
	const struct transport_setting *s = transport_setting(cfg, key);

	*out = s ? is_any(s->value, yes) : otherwise;
	if (!s || *out || is_any(s->value, no))
		return 0;
	return makes_no_sense(cfg, s, "true or false", err);
}

int transport_setting_number(const struct transport_config *cfg,
			     const char *key, uint64_t otherwise,
			     uint64_t *out, struct dver_err *err)
{
	const struct transport_setting *s = transport_setting(cfg, key);
	unsigned long long n;
	char *end;

	*out = otherwise;
	if (!s)
		return 0;
	errno = 0;
	n = strtoull(s->value, &end, 10);
	if (errno || end == s->value || *end || *s->value == '-')
		return makes_no_sense(cfg, s, "a number", err);
	*out = n;
	return 0;
}
