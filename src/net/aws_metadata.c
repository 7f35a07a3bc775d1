/*
 * aws_metadata - keys from the machine itself: a container's credential
 * endpoint (ECS, EKS) and the metadata service of an EC2 instance (version 2,
 * with a session token, which a request that somebody smuggled in cannot get).
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "format/json_read.h"
#include "net/aws_sources.h"
#include "net/url.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"

static int take_json(const char *what, const char *source,
		     const struct http_reply *reply, struct aws_keys *out,
		     struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	int r = json_parse(&doc, what, reply->body.data, reply->body.len, err);

	if (r == 0)
		r = aws_keys_from_json(out, what, doc.root, source, err);
	return r < 0 ? r : 1;
}

/* Plain HTTP only to this machine and to what ECS and EKS have there. */
static bool may_ask(const struct url *u)
{
	static const char *const hosts[] = {
		"localhost", "[::1]", "169.254.170.2", "169.254.170.23",
		"[fd00:ec2::23]",
	};

	if (url_part_is(&u->scheme, "https"))
		return true;
	if (!url_part_is(&u->scheme, "http"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++)
		if (url_part_is(&u->host, hosts[i]))
			return true;
	/* 127.0.0.0/8, as numbers: "127.evil.example" is a name. */
	return u->host.len > 4 && strncmp(u->host.at, "127.", 4) == 0 &&
	       strspn(u->host.at, "0123456789.") >= u->host.len;
}

static int container_url(char **out, struct dver_err *err)
{
	const char *rest = aws_env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
	const char *full = aws_env("AWS_CONTAINER_CREDENTIALS_FULL_URI");
	struct url u;
	int r = 0;

	*out = NULL;
	if (!rest && !full)
		return 0;
	*out = rest ? str_printf("http://169.254.170.2%s", rest)
		    : strdup(full);
	if (!*out)
		return err_nomem(err);
	r = url_cut(&u, *out, err);
	if (r == 0 && !may_ask(&u))
		r = err_set(err, DVER_EAUTH, "'%s' in AWS_CONTAINER_"
			    "CREDENTIALS_FULL_URI is not asked for "
			    "credentials: it is neither https nor this "
			    "machine", *out);
	return r < 0 ? r : 1;
}

static int add_authorization(struct http_request *rq, struct dver_err *err)
{
	const char *path = aws_env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	const char *token = aws_env("AWS_CONTAINER_AUTHORIZATION_TOKEN");
	AUTO_BUF struct buf b = BUF_INIT(1u << 20);
	int r = 0;

	if (!path && !token)
		return 0;
	if (path)
		r = aws_read_token(&b, path, err);
	else
		buf_addstr(&b, token);
	if (r == 0)
		r = http_header_add(rq, "Authorization", b.data, err);
	explicit_bzero(b.data, b.len);
	return r;
}

int aws_from_container(const struct aws_world *w, struct aws_keys *out,
		       struct dver_err *err)
{
	static const char what[] = "cannot get the container's credentials";
	AUTO_HTTP_REQUEST struct http_request rq = { 0 };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *url = NULL;
	struct aws_ask ask = { .what = what, .method = "GET", .timeout = 2 };
	int r = container_url(&url, err);

	http_reply_init(&reply);
	if (r <= 0)
		return r;
	ask.url = url;
	r = add_authorization(&rq, err);
	/* A container that just started may be early: three times. */
	for (int i = 0; r == 0 && i < 3; i++) {
		r = aws_ask(w, &ask, &rq, &reply, err);
		if (r == 0 && reply.status < 500)
			break;
		if (r == DVER_ENET && i < 2)
			r = 0;
	}
	if (r < 0)
		return r;
	return reply.status == 200
	       ? take_json(what, "the container", &reply, out, err)
	       : aws_refused(what, &reply, NULL, err);
}

struct instance {
	const struct aws_world *w;
	const char *base;
	long timeout;
	char *token;		/* owned */
};

static const char *instance_base(const struct aws_world *w)
{
	const struct aws_profiles *p = w->profiles;
	const char *v = aws_env("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = aws_env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	const char *name = aws_profiles_name(p);

	if (!v)
		v = aws_profile_get(p, name, "ec2_metadata_service_endpoint");
	if (v)
		return v;
	if (!mode)
		mode = aws_profile_get(p, name,
				       "ec2_metadata_service_endpoint_mode");
	return mode && strcasecmp(mode, "ipv6") == 0
	       ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
}

static bool is_disabled(void)
{
	const char *v = aws_env("AWS_EC2_METADATA_DISABLED");

	return v && strcasecmp(v, "true") == 0;
}

static int ask_instance(const struct instance *i, const char *method,
			const char *path, struct http_reply *reply,
			struct dver_err *err)
{
	AUTO_HTTP_REQUEST struct http_request rq = { 0 };
	size_t len = strlen(i->base);
	AUTO_FREE char *url = NULL;
	struct aws_ask ask = {
		.what = "cannot ask the instance's metadata service",
		.method = method, .timeout = i->timeout,
	};
	int r;

	while (len && i->base[len - 1] == '/')
		len--;
	url = str_printf("%.*s%s", (int)len, i->base, path);
	if (!url)
		return err_nomem(err);
	ask.url = url;
	r = i->token
	    ? http_header_add(&rq, "X-aws-ec2-metadata-token", i->token, err)
	    : http_header_add(&rq, "X-aws-ec2-metadata-token-ttl-seconds",
			      "21600", err);
	return r < 0 ? r : aws_ask(i->w, &ask, &rq, reply, err);
}

/* 0: there is no such service, or not for us. */
static int get_token(struct instance *i, struct dver_err *err)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err why;
	int r;

	http_reply_init(&reply);
	r = ask_instance(i, "PUT", "/latest/api/token", &reply, &why);
	if (r == DVER_ENET || (r == 0 && reply.status != 200)) {
		log_at(2, "aws: no instance metadata: %s",
		       r < 0 ? why.msg : "no token");
		return 0;
	}
	if (r < 0)
		return err_set(err, r, "%s", why.msg);
	i->token = str_ndup(reply.body.data, reply.body.len);
	return i->token ? 1 : err_nomem(err);
}

static int get_role(const struct instance *i, char **path,
		    struct dver_err *err)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_BUF struct buf b = BUF_INIT(10000);
	size_t len;
	int r;

	http_reply_init(&reply);
	r = ask_instance(i, "GET", ROLES, &reply, err);
	if (r < 0)
		return r;
	len = strcspn(reply.body.data, "\r\n");
	/* An instance without a role has no such page. */
	if (reply.status != 200 || len == 0)
		return 0;
	buf_truncate(&reply.body, len);
	buf_addstr(&b, ROLES);
	url_escape(&b, reply.body.data, "");
	*path = buf_detach(&b);
	return *path ? 1 : err_nomem(err);
}

static int get_keys(const struct instance *i, const char *path,
		    struct aws_keys *out, struct dver_err *err)
{
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	r = ask_instance(i, "GET", path, &reply, err);
	if (r < 0)
		return r;
	return reply.status == 200
	       ? take_json("cannot get the instance's credentials",
			   "the instance", &reply, out, err)
	       : aws_refused("cannot get the instance's credentials", &reply,
			     NULL, err);
}

int aws_from_instance(const struct aws_world *w, struct aws_keys *out,
		      struct dver_err *err)
{
	const char *timeout = aws_env("AWS_METADATA_SERVICE_TIMEOUT");
	struct instance i = { .w = w, .base = instance_base(w) };
	AUTO_FREE char *path = NULL;
	int r;

	if (is_disabled())
		return 0;
	i.timeout = timeout ? strtol(timeout, NULL, 10) : 0;
	if (i.timeout < 1 || i.timeout > 3600)
		i.timeout = 1;
	r = get_token(&i, err);
	if (r > 0)
		r = get_role(&i, &path, err);
	if (r > 0)
		r = get_keys(&i, path, out, err);
	free(i.token);
	return r;
}
