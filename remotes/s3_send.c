/*
 * s3_send - a request is written anew for each try: by then the keys, the
 * region or the clock may have turned out to be others.
 */
#include "remotes/s3_exchange.h"

#include <time.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"
#include "net/url.h"

#define URL_BYTES 65536
#define BODY_BYTES (64u << 20)	/* of a page of a listing */
#define LEARN_MAX 4		/* times that we let ourselves be taught */

static void exchange_release(struct s3_exchange *x)
{
	http_request_release(&x->call.rq);
	aws_keys_release(&x->keys);
	buf_release(&x->url);
	free(x->elsewhere);
	free(x->what);
}
#define AUTO_EXCHANGE __attribute__((cleanup(exchange_release)))

void s3_rq_release(struct s3_rq *rq)
{
	strvec_release(&rq->headers);
}

char *s3_key(const struct s3 *s, const char *key)
{
	return str_printf("%s%s", s->c.prefix, key);
}

static void get_region(struct s3_exchange *x)
{
	pthread_mutex_lock(&x->s->mutex);
	buf_clear(&x->url);
	buf_addf(&x->url, "%.63s", x->s->region);
	pthread_mutex_unlock(&x->s->mutex);
	memcpy(x->region, x->url.data, x->url.len + 1);
	buf_clear(&x->url);
}

/* scheme://host/ of the endpoint, or of AWS's in this region. */
static void add_base(struct s3_exchange *x)
{
	const struct s3_config *c = &x->s->c;
	const char *bucket = c->virtual_host ? c->bucket : "";
	const char *dot = c->virtual_host ? "." : "";
	const char *host;

	if (!c->base) {
		buf_addf(&x->url, "%s://%s%ss3.%s.amazonaws.com%s",
			 c->tls ? "https" : "http", bucket, dot, x->region,
			 str_starts(x->region, "cn-") ? ".cn" : "");
		return;
	}
	host = strstr(c->base, "://") + 3;
	buf_addf(&x->url, "%.*s%s%s%s", (int)(host - c->base), c->base, bucket,
		 dot, host);
}

static int write_url(struct s3_exchange *x, struct dver_err *err)
{
	const struct s3_rq *rq = x->rq;

	get_region(x);
	if (x->elsewhere) {
		buf_addstr(&x->url, x->elsewhere);
	} else {
		add_base(x);
		buf_addc(&x->url, '/');
		if (!x->s->c.virtual_host) {
			url_escape(&x->url, x->s->c.bucket, "");
			if (rq->key)
				buf_addc(&x->url, '/');
		}
		if (rq->key)
			url_escape(&x->url, rq->key, "/");
	}
	if (rq->query)
		buf_addf(&x->url, "?%s", rq->query);
	x->call.rq.url = x->url.data;
	return buf_check(&x->url, err);
}

static int hash_file(struct hash *h, const char *path, uint64_t off,
		     uint64_t len, struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(path, O_RDONLY, 0);
	AUTO_FREE char *block = malloc(1u << 18);
	int r = 0;

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (!block)
		return err_nomem(err);
	while (r == 0 && len) {
		size_t want = (size_t)MIN(len, (uint64_t)1 << 18);
		ssize_t n = os_pread_full(fd, block, want, off);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", path);
		if ((size_t)n < want)
			return err_set(err, DVER_EIO, "'%s' became shorter "
				       "while it was sent", path);
		r = hash_update(h, block, want, err);
		off += want;
		len -= want;
	}
	return r;
}

static int hash_body(struct hash *h, uint8_t *sum, const struct s3_rq *rq,
		     struct dver_err *err)
{
	int r = hash_init(h, err);

	if (r == 0)
		r = rq->path ? hash_file(h, rq->path, rq->off, rq->len, err)
			     : hash_update(h, rq->data ? rq->data : "",
					   rq->data ? (size_t)rq->len : 0,
					   err);
	return r < 0 ? r : hash_final(h, sum, err);
}

int s3_md5(uint8_t sum[HASH_MD5_SIZE], const struct s3_rq *rq,
	   struct dver_err *err)
{
	AUTO_HASH struct hash *h = NULL;
	int r = hash_new_md5(&h, err);

	return r < 0 ? r : hash_body(h, sum, rq, err);
}

/* What the signature says of the body; once for all tries. */
static int seal_body(struct s3_exchange *x, struct dver_err *err)
{
	const struct s3_config *c = &x->s->c;
	const char *unsigned_ = AWS_UNSIGNED;
	AUTO_HASH struct hash *h = NULL;
	int r;

	if (x->s->c.anonymous || (c->tls && !c->sign_payload && x->rq->len)) {
		memcpy(x->payload, unsigned_, strlen(unsigned_) + 1);
		return 0;
	}
	r = hash_new(&h, err);
	if (r == 0)
		r = hash_body(h, x->sum, x->rq, err);
	if (r < 0)
		return r;
	hex_encode(x->payload, x->sum, sizeof(x->sum));
	x->sum_known = true;
	return 0;
}

static int add_md5(struct s3_exchange *x, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(100);
	uint8_t sum[HASH_MD5_SIZE];
	int r = s3_md5(sum, x->rq, err);

	if (r < 0)
		return r;
	base64_encode(&b, sum, sizeof(sum));
	memcpy(x->md5, b.data, b.len + 1);
	return 0;
}

static int add_all(struct http_request *rq, const struct strvec *v,
		   struct dver_err *err)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strvec_push(&rq->headers, v->v[i]))
			return err_nomem(err);
	return 0;
}

/* Cold storage is for data alone: what tells where it is stays at hand. */
static bool is_data(const struct s3 *s, const char *key)
{
	const char *p = key + strlen(s->c.prefix);

	return !str_starts(p, "meta/") && !str_starts(p, "index/") &&
	       !str_starts(p, "gc/") && strchr(p, '/');
}

/* AWS keeps and compares it; what others do with it is not known. */
static int add_checksum(struct s3_exchange *x, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(100);

	if (x->s->c.base || !x->sum_known)
		return 0;
	base64_encode(&b, x->sum, sizeof(x->sum));
	return http_header_add(&x->call.rq, "x-amz-checksum-sha256", b.data,
			       err);
}

static int write_headers(struct s3_exchange *x, struct dver_err *err)
{
	const struct s3_config *c = &x->s->c;
	struct http_request *to = &x->call.rq;
	const struct s3_rq *rq = x->rq;
	int r;

	strvec_clear(&to->headers);
	r = add_all(to, &rq->headers, err);
	if (r == 0 && rq->stores)
		r = add_all(to, &c->put, err);
	if (r == 0 && rq->stores && c->storage_class &&
	    is_data(x->s, rq->key))
		r = http_header_add(to, "x-amz-storage-class",
				    c->storage_class, err);
	if (r == 0 && rq->uses_key)
		r = add_all(to, &c->secret, err);
	if (r == 0 && c->requester_pays)
		r = http_header_add(to, "x-amz-request-payer", "requester",
				    err);
	if (r == 0 && streq(rq->method, "PUT"))
		r = add_checksum(x, err);
	if (r == 0 && x->s->want_md5 && !*x->md5 && streq(rq->method, "PUT"))
		r = add_md5(x, err);
	if (r == 0 && *x->md5)
		r = http_header_add(to, "Content-MD5", x->md5, err);
	return r;
}

static int prepare(void *data, struct http_request *to, struct dver_err *err)
{
	struct s3_exchange *x = data;
	struct aws_scope scope = { .service = "s3", .region = x->region };
	struct aws_key key;
	int r = write_url(x, err);

	if (r == 0)
		r = write_headers(x, err);
	if (r < 0 || x->s->c.anonymous)
		return r;
	r = aws_credentials_get(x->s->credentials, &x->keys, err);
	if (r < 0)
		return err_wrap(err, "%s", x->what);
	x->skew = x->s->skew;
	key = aws_keys_key(&x->keys);
	scope.key = &key;
	scope.now = (int64_t)time(NULL) + x->skew;
	return aws_sign(to, &scope, x->payload, true, err);
}

static bool is_fine(const struct s3_rq *rq, int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(rq->fine); i++)
		if (rq->fine[i] && rq->fine[i] == status)
			return true;
	return status / 100 == 2;
}

static int judge(void *data, struct http_reply *reply, struct dver_err *err)
{
	struct s3_exchange *x = data;
	struct s3_error e;

	if (is_fine(x->rq, reply->status) && !x->rq->may_fail_later)
		return 0;
	s3_error_read(&e, reply);
	if (is_fine(x->rq, reply->status) && !*e.code && !e.is_page)
		return 0;
	if (s3_learn(x, reply, &e))
		return 1;
	return s3_error_tell(x->s, x->rq, x->what, reply, &e, err);
}

int s3_send(struct s3 *s, struct s3_rq *rq, struct http_reply *reply,
	    struct dver_err *err)
{
	AUTO_EXCHANGE struct s3_exchange x = {
		.s = s, .rq = rq, .keys = AWS_KEYS_INIT,
		.url = BUF_INIT(URL_BYTES),
	};
	int r;

	x.what = str_printf("%s 's3://%s%s%s'", rq->verb, s->c.bucket,
			    rq->key ? "/" : "", rq->key ? rq->key : "");
	if (!x.what)
		return err_nomem(err);
	r = seal_body(&x, err);
	if (r < 0)
		return err_wrap(err, "%s", x.what);
	x.call = (struct http_call){
		.rq = { .method = rq->method, .data = rq->data,
			.path = rq->path, .off = rq->off, .len = rq->len,
			.out = rq->out, .out_len = rq->out_len,
			.body_max = BODY_BYTES },
		.prepare = prepare, .judge = judge, .data = &x,
		.what = x.what,
	};
	/* An engine may look at the URL before it asks for a better one. */
	r = write_url(&x, err);
	return r < 0 ? r : http_call(s->http, &x.call, reply, err);
}
