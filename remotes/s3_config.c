/*
 * s3_config - where the bucket is and how it is spoken to: settings first, the
 * environment and the profile of AWS's tools behind them.
 */
#include "remotes/http_settings.h"
#include "remotes/s3.h"

#include <ctype.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/url.h"

static int bad(const struct transport_config *cfg, const char *key,
	       const char *takes, struct dver_err *err)
{
	const struct transport_setting *s = transport_setting(cfg, key);

	return err_set(err, DVER_EINVAL, "'remote.%s.%s' in '%s' takes %s, "
		       "not '%s'", cfg->name, key, s->file, takes, s->value);
}

static int set(char **to, char *made, struct dver_err *err)
{
	*to = made;
	return made ? 0 : err_nomem(err);
}

/* "s3://bucket/a/b": what stands behind the bucket is taken as it is. */
static int cut_url(struct s3_config *c, const char *url, struct dver_err *err)
{
	const char *p = strstr(url, "://");
	size_t bucket, len;
	int r;

	p = p ? p + 3 : url;
	bucket = strcspn(p, "/");
	if (bucket == 0 || memchr(p, '@', bucket))
		return err_set(err, DVER_EINVAL, "'%s' is no URL of a bucket: "
			       "it reads s3://bucket/prefix, keys go into "
			       "access_key_id and secret_access_key",
			       bucket ? "s3://...@..." : url);
	r = set(&c->bucket, str_ndup(p, bucket), err);
	p += bucket;
	p += strspn(p, "/");
	len = strlen(p);
	while (len && p[len - 1] == '/')
		len--;
	if (r == 0)
		r = set(&c->prefix, str_printf("%.*s%s", (int)len, p,
					       len ? "/" : ""), err);
	if (r == 0)
		r = set(&c->url, str_printf("s3://%s%s%.*s", c->bucket,
					    len ? "/" : "", (int)len, p), err);
	return r;
}

/* "host:port", "https://host/path/" and how TLS is asked for besides. */
static int set_base(struct s3 *s, const struct transport_config *cfg,
		    struct dver_err *err)
{
	const char *url = transport_setting_str(cfg, "endpointurl");
	struct s3_config *c = &s->c;
	struct url u;
	size_t len;
	int r = transport_setting_bool(cfg, "use_ssl", true, &c->tls, err);

	if (r == 0 && !url)
		url = aws_endpoint(s->profiles, "s3");
	if (r < 0 || !url)
		return r;
	len = strlen(url);
	while (len && url[len - 1] == '/')
		len--;
	r = set(&c->base, str_printf("%s%.*s", strstr(url, "://") ? ""
				     : c->tls ? "https://" : "http://",
				     (int)len, url), err);
	if (r == 0)
		r = url_cut(&u, c->base, err);
	if (r == 0 && !url_part_is(&u.scheme, "http") &&
	    !url_part_is(&u.scheme, "https"))
		r = err_set(err, DVER_EINVAL, "the endpoint '%s' of '%s' is "
			    "neither http:// nor https://", c->base, c->url);
	if (r == 0 && (u.query.len || u.fragment.len || u.userinfo.len))
		r = err_set(err, DVER_EINVAL, "the endpoint of '%s' is more "
			    "than a host and a path", c->url);
	if (r == 0)
		c->tls = url_part_is(&u.scheme, "https");
	return r;
}

/* Could the bucket be the first part of a host's name with a certificate? */
static bool is_host_name(const char *bucket)
{
	for (const char *p = bucket; *p; p++)
		if (!islower((unsigned char)*p) &&
		    !isdigit((unsigned char)*p) && *p != '-')
			return false;
	return strlen(bucket) >= 3 && strlen(bucket) <= 63;
}

static int set_style(struct s3 *s, const struct transport_config *cfg,
		     struct dver_err *err)
{
	const char *v = transport_setting_str(cfg, "addressing_style");
	struct s3_config *c = &s->c;

	if (!v)
		v = aws_profile_sub(s->profiles,
				    aws_profiles_name(s->profiles), "s3",
				    "addressing_style");
	if (!v || streq(v, "auto"))
		c->virtual_host = !c->base && is_host_name(c->bucket);
	else if (streq(v, "virtual"))
		c->virtual_host = true;
	else if (!streq(v, "path"))
		return transport_setting(cfg, "addressing_style")
		       ? bad(cfg, "addressing_style", "auto, path or virtual",
			     err)
		       : err_set(err, DVER_EINVAL, "'addressing_style' of the "
				 "profile takes auto, path or virtual, not "
				 "'%s'", v);
	return 0;
}

static int set_region(struct s3 *s, const struct transport_config *cfg,
		      struct dver_err *err)
{
	const char *v = transport_setting_str(cfg, "region");

	if (!v)
		v = aws_region(s->profiles);
	if (!v)
		v = "us-east-1";
	for (const char *p = v; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return err_set(err, DVER_EINVAL, "'%.60s' is no "
				       "region", v);
	return set(&s->region, strdup(v), err);
}

static int set_http(struct s3 *s, const struct transport_config *cfg,
		    struct http_opts *o, struct dver_err *err)
{
	o->ca_file = aws_ca_bundle(s->profiles);
	s->cancel = cfg->cancel;
	s->c.jobs = MAX(cfg->jobs, 1);
	return http_settings(o, cfg, err);
}

static bool is_committed(const struct transport_config *cfg, const char *key)
{
	const struct transport_setting *s = transport_setting(cfg, key);

	return s && s->committed;
}

static int load_profiles(struct s3 *s, const struct transport_config *cfg,
			 struct dver_err *err)
{
	struct aws_files f = {
		.config = transport_setting_str(cfg, "configpath"),
		.credentials = transport_setting_str(cfg, "credentialpath"),
		.config_committed = is_committed(cfg, "configpath"),
		.credentials_committed = is_committed(cfg, "credentialpath"),
		.profile = transport_setting_str(cfg, "profile"),
	};

	return aws_profiles_new(&s->profiles, &f, err);
}

static int set_credentials(struct s3 *s, const struct transport_config *cfg,
			   const struct http_opts *o, struct dver_err *err)
{
	int r = transport_setting_bool(cfg, "allow_anonymous_login", false,
				       &s->c.anonymous, err);

	s->from = (struct aws_credentials_opts){
		.profiles = s->profiles,
		.id = transport_setting_str(cfg, "access_key_id"),
		.secret = transport_setting_str(cfg, "secret_access_key"),
		.token = transport_setting_str(cfg, "session_token"),
		.ca_file = aws_ca_bundle(s->profiles), .proxy = o->proxy,
		.cancel = o->cancel,
		.ask = cfg->ask, .ask_data = cfg->ask_data,
	};
	return r < 0 ? r : aws_credentials_new(&s->credentials, &s->from, err);
}

/* "16MB" as AWS's tools write sizes; 0: it is none. */
static uint64_t size_of(const char *v)
{
	char *end;
	uint64_t n = strtoull(v, &end, 10);

	switch (*end) {
	case 'K': case 'k':
		return n << 10;
	case 'M': case 'm':
		return n << 20;
	case 'G': case 'g':
		return n << 30;
	case '\0':
		return n;
	}
	return 0;
}

/* A setting, or what the profile's s3 block says under the same name. */
static int get_size(const struct s3 *s, const struct transport_config *cfg,
		    const char *key, uint64_t otherwise, uint64_t *out,
		    struct dver_err *err)
{
	const char *v = aws_profile_sub(s->profiles,
					aws_profiles_name(s->profiles), "s3",
					key);

	return transport_setting_number(cfg, key, v ? size_of(v) : otherwise,
					out, err);
}

static int set_parts(struct s3 *s, const struct transport_config *cfg,
		     struct dver_err *err)
{
	struct s3_config *c = &s->c;
	int r = get_size(s, cfg, "multipart_chunksize", 16u << 20,
			 &c->part_size, err);

	if (r == 0)
		r = get_size(s, cfg, "multipart_threshold", 64u << 20,
			     &c->part_above, err);
	/* The least that AWS takes, and the most. */
	c->part_size = MIN(MAX(c->part_size, S3_PART_MIN), S3_PART_MAX);
	c->part_above = MIN(MAX(c->part_above, c->part_size), S3_PART_MAX);
	return r;
}

int s3_configure(struct s3 *s, const struct transport_config *cfg,
		 struct http_opts *o, struct dver_err *err)
{
	struct s3_config *c = &s->c;
	int r = cut_url(c, cfg->url, err);

	if (r == 0)
		r = load_profiles(s, cfg, err);
	if (r == 0)
		r = set_base(s, cfg, err);
	if (r == 0)
		r = set_style(s, cfg, err);
	if (r == 0)
		r = set_region(s, cfg, err);
	if (r == 0)
		r = set_http(s, cfg, o, err);
	if (r == 0)
		r = set_credentials(s, cfg, o, err);
	if (r == 0)
		r = transport_setting_bool(cfg, "sign_payload", true,
					   &c->sign_payload, err);
	if (r == 0)
		r = transport_setting_bool(cfg, "requester_pays", false,
					   &c->requester_pays, err);
	if (r == 0)
		r = s3_configure_headers(c, cfg, err);
	return r < 0 ? r : set_parts(s, cfg, err);
}

void s3_config_release(struct s3_config *c)
{
	free(c->bucket);
	free(c->prefix);
	free(c->url);
	free(c->base);
	free(c->storage_class);
	strvec_release(&c->put);
	for (size_t i = 0; i < c->secret.n; i++)
		explicit_bzero(c->secret.v[i], strlen(c->secret.v[i]));
	strvec_release(&c->secret);
}
