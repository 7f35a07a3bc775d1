#include "remotes/http_settings.h"

#include <stdio.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"

#define SECONDS_MAX 1000000

int http_setting_seconds(long *out, const struct transport_config *cfg,
			 const char *key, struct dver_err *err)
{
	uint64_t n;
	int r = transport_setting_number(cfg, key, (uint64_t)*out, &n, err);

	if (r == 0 && n > SECONDS_MAX)
		r = err_set(err, DVER_EINVAL, "'remote.%s.%s' takes seconds, "
			    "up to %d", cfg->name, key, SECONDS_MAX);
	if (r == 0)
		*out = (long)n;
	return r;
}

static int set_limits(struct http_opts *o, const struct transport_config *cfg,
		      struct dver_err *err)
{
	int r = http_setting_seconds(&o->connect_timeout, cfg, "timeout", err);

	o->stall_timeout = o->connect_timeout;
	if (r == 0)
		r = http_setting_seconds(&o->connect_timeout, cfg,
					 "connect_timeout", err);
	if (r == 0)
		r = http_setting_seconds(&o->stall_timeout, cfg,
					 "read_timeout", err);
	return r < 0 ? r : transport_setting_number(cfg, "max_rate", 0,
						    &o->max_rate, err);
}

static int set_trust(struct http_opts *o, const struct transport_config *cfg,
		     struct dver_err *err)
{
	static const char *const words[] = { "true", "yes", "on", "1",
					     "false", "no", "off", "0" };
	const char *v = transport_setting_str(cfg, "ssl_verify");
	bool is_word = false, verify;
	int r;

	for (size_t i = 0; v && i < ARRAY_SIZE(words); i++)
		is_word |= strcasecmp(v, words[i]) == 0;
	if (v && !is_word) {
		o->ca_file = v;
		return 0;
	}
	r = transport_setting_bool(cfg, "ssl_verify", true, &verify, err);
	o->insecure = !verify;
	return r;
}

int http_settings(struct http_opts *o, const struct transport_config *cfg,
		  struct dver_err *err)
{
	int r = set_limits(o, cfg, err);

	o->proxy = transport_setting_str(cfg, "proxy");
	o->max_requests = cfg->jobs;
	o->cancel = cfg->cancel;
	return r < 0 ? r : set_trust(o, cfg, err);
}

int http_check_range(const struct http_reply *reply, uint64_t off,
		     const char *what, struct dver_err *err)
{
	const char *range = http_reply_header(reply, "content-range");
	unsigned long long from;

	if (reply->status == 200 && off == 0)
		return 0;
	if (range && sscanf(range, "bytes %llu-", &from) == 1 && from == off)
		return 0;
	return err_set(err, DVER_EREMOTE, "cannot read '%s': the server "
		       "answers with another part than was asked for", what);
}
