/*
 * s3_headers - access lists, encryption and storage class: settings that are
 * sent along as headers.
 */
#include "remotes/s3.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

#define CUSTOMER "x-amz-server-side-encryption-customer-"

static int add(struct strvec *to, const char *name, const char *value,
	       struct dver_err *err)
{
	struct http_request rq = { .headers = *to };
	int r = http_header_add(&rq, name, value, err);

	*to = rq.headers;
	return r;
}

static int exclude(const struct transport_config *cfg, const char *a,
		   const char *b, struct dver_err *err)
{
	if (!transport_setting(cfg, a) || !transport_setting(cfg, b))
		return 0;
	return err_set(err, DVER_EINVAL, "'remote.%s.%s' and 'remote.%s.%s' "
		       "exclude each other", cfg->name, a, cfg->name, b);
}

static int add_access(struct s3_config *c, const struct transport_config *cfg,
		      struct dver_err *err)
{
	static const char *const grants[][2] = {
		{ "grant_read", "x-amz-grant-read" },
		{ "grant_read_acp", "x-amz-grant-read-acp" },
		{ "grant_write_acp", "x-amz-grant-write-acp" },
		{ "grant_full_control", "x-amz-grant-full-control" },
	};
	const char *acl = transport_setting_str(cfg, "acl");
	int r = acl ? add(&c->put, "x-amz-acl", acl, err) : 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(grants); i++) {
		const char *v = transport_setting_str(cfg, grants[i][0]);

		r = exclude(cfg, "acl", grants[i][0], err);
		if (r == 0 && v)
			r = add(&c->put, grants[i][1], v, err);
	}
	return r;
}

/* The key: 32 bytes, or base64 of 32 bytes, as DVC has it. */
static int customer_key(struct buf *key, const char *text,
			struct dver_err *err)
{
	if (base64_decode(key, text) == 0 && key->len == 32)
		return 0;
	buf_clear(key);
	buf_addstr(key, text);
	if (key->len == 32)
		return 0;
	return err_set(err, DVER_EINVAL, "'sse_customer_key' takes 32 bytes, "
		       "in base64");
}

static int add_customer(struct s3_config *c,
			const struct transport_config *cfg,
			struct dver_err *err)
{
	const char *text = transport_setting_str(cfg, "sse_customer_key");
	const char *how = transport_setting_str(cfg, "sse_customer_algorithm");
	AUTO_BUF struct buf key = BUF_INIT(100);
	AUTO_BUF struct buf coded = BUF_INIT(100);
	AUTO_BUF struct buf sum = BUF_INIT(100);
	uint8_t md5[HASH_MD5_SIZE];
	int r;

	if (!text)
		return how ? err_set(err, DVER_EINVAL, "'sse_customer_"
				     "algorithm' is set, but no "
				     "'sse_customer_key'") : 0;
	if (!c->tls)
		return err_set(err, DVER_EAUTH, "'sse_customer_key' is sent "
			       "over https only, '%s' is reached by http",
			       c->url);
	r = customer_key(&key, text, err);
	if (r == 0)
		r = hash_md5(md5, key.data, key.len, err);
	if (r < 0)
		return r;
	base64_encode(&coded, key.data, key.len);
	base64_encode(&sum, md5, sizeof(md5));
	explicit_bzero(key.data, key.len);
	r = add(&c->secret, CUSTOMER "algorithm", how ? how : "AES256", err);
	if (r == 0)
		r = add(&c->secret, CUSTOMER "key", coded.data, err);
	if (r == 0)
		r = add(&c->secret, CUSTOMER "key-MD5", sum.data, err);
	explicit_bzero(coded.data, coded.len);
	return r;
}

static int add_encryption(struct s3_config *c,
			  const struct transport_config *cfg,
			  struct dver_err *err)
{
	const char *id = transport_setting_str(cfg, "sse_kms_key_id");
	const char *sse = transport_setting_str(cfg, "sse");
	int r = exclude(cfg, "sse_kms_key_id", "sse_customer_key", err);

	if (r == 0)
		r = exclude(cfg, "sse", "sse_customer_key", err);
	if (id && !sse)
		sse = "aws:kms";
	if (r == 0 && sse)
		r = add(&c->put, "x-amz-server-side-encryption", sse, err);
	if (r == 0 && id)
		r = add(&c->put, "x-amz-server-side-encryption-aws-kms-key-id",
			id, err);
	return r < 0 ? r : add_customer(c, cfg, err);
}

int s3_configure_headers(struct s3_config *c,
			 const struct transport_config *cfg,
			 struct dver_err *err)
{
	const char *class = transport_setting_str(cfg, "storage_class");
	int r = add_access(c, cfg, err);

	if (r == 0)
		r = add_encryption(c, cfg, err);
	if (r == 0 && class) {
		c->storage_class = strdup(class);
		r = c->storage_class ? 0 : err_nomem(err);
	}
	return r;
}
