/*
 * aws_sign - a request is written down in one canonical form, that is hashed,
 * and the hash is signed with a key made for this day, region and service.
 */
#include "net/aws_sign.h"

#include <stdio.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "net/aws_canonical.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define TEXT_MAX (1u << 20)

int aws_hash(char out[AWS_HASH_HEX], const void *data, size_t len,
	     struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	int r = hash_bytes(sum, data, len, err);

	if (r == 0)
		hex_encode(out, sum, sizeof(sum));
	return r;
}

/* "20130524T000000Z"; its first eight characters are the day. */
#define STAMP_SIZE 17
static int stamp(char out[STAMP_SIZE], int64_t now, struct dver_err *err)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (!gmtime_r(&t, &tm) ||
	    strftime(out, STAMP_SIZE, "%Y%m%dT%H%M%SZ", &tm) == 0)
		return err_set(err, DVER_EINVAL, "%lld is no time",
			       (long long)now);
	return 0;
}

static void add_scope(struct buf *out, const struct aws_scope *s,
		      const char *when)
{
	buf_addf(out, "%.8s/%s/%s/aws4_request", when, s->region, s->service);
}

int aws_string_to_sign(struct buf *out, const struct aws_scope *s,
		       const char *text, struct dver_err *err)
{
	char hex[AWS_HASH_HEX];
	char when[STAMP_SIZE];
	int r = stamp(when, s->now, err);

	if (r == 0)
		r = aws_hash(hex, text, strlen(text), err);
	if (r < 0)
		return r;
	buf_addf(out, "%s\n%s\n", ALGORITHM, when);
	add_scope(out, s, when);
	buf_addf(out, "\n%s", hex);
	return buf_check(out, err);
}

/* key = HMAC(key, text), again and again. */
static int step(uint8_t key[HASH_SIZE], const char *text, size_t len,
		struct dver_err *err)
{
	uint8_t old[HASH_SIZE];

	memcpy(old, key, sizeof(old));
	return hash_hmac(key, old, sizeof(old), text, len, err);
}

static int signature(char hex[AWS_HASH_HEX], const struct aws_scope *s,
		     const char *text, struct dver_err *err)
{
	AUTO_FREE char *first = str_printf("AWS4%s", s->key->secret);
	uint8_t key[HASH_SIZE];
	char when[STAMP_SIZE];
	int r = stamp(when, s->now, err);

	if (!first)
		return err_nomem(err);
	if (r == 0)
		r = hash_hmac(key, first, strlen(first), when, 8, err);
	explicit_bzero(first, strlen(first));
	if (r == 0)
		r = step(key, s->region, strlen(s->region), err);
	if (r == 0)
		r = step(key, s->service, strlen(s->service), err);
	if (r == 0)
		r = step(key, "aws4_request", strlen("aws4_request"), err);
	if (r == 0)
		r = step(key, text, strlen(text), err);
	if (r == 0)
		hex_encode(hex, key, sizeof(key));
	return r;
}

static int sign_text(char hex[AWS_HASH_HEX], const struct aws_scope *s,
		     const char *text, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(1000);
	int r = aws_string_to_sign(&b, s, text, err);

	return r < 0 ? r : signature(hex, s, b.data, err);
}

static const char *const ours[] = { "x-amz-date:", "x-amz-security-token:",
				    "x-amz-content-sha256:",
				    "authorization:" };

static void take_out_ours(struct strvec *headers)
{
	size_t kept = 0;

	for (size_t i = 0; i < headers->n; i++) {
		bool mine = false;

		for (size_t k = 0; k < ARRAY_SIZE(ours); k++)
			mine |= strncasecmp(headers->v[i], ours[k],
					    strlen(ours[k])) == 0;
		if (mine)
			free(headers->v[i]);
		else
			headers->v[kept++] = headers->v[i];
	}
	headers->n = kept;
	if (headers->v)
		headers->v[kept] = NULL;
}

static int add_header(struct http_request *rq, const char *name,
		      const char *value, struct dver_err *err)
{
	AUTO_FREE char *line = str_printf("%s: %s", name, value);

	return line && strvec_take(&rq->headers, &line) ? 0 : err_nomem(err);
}

static int add_authorization(struct http_request *rq,
			     const struct aws_scope *s, const char *when,
			     const char *payload, struct dver_err *err)
{
	AUTO_AWS_FIELDS struct aws_fields f = { NULL, 0 };
	AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf auth = BUF_INIT(TEXT_MAX);
	char hex[AWS_HASH_HEX];
	struct url u;
	int r = url_cut(&u, rq->url, err);

	if (r == 0)
		r = aws_fields_sort(&f, rq, &u, err);
	if (r == 0)
		r = aws_canonical_text(&text, rq->method, &u, u.query.at,
				       u.query.len, &f, payload, err);
	if (r == 0)
		r = sign_text(hex, s, text.data, err);
	if (r < 0)
		return r;
	buf_addf(&auth, ALGORITHM " Credential=%s/", s->key->id);
	add_scope(&auth, s, when);
	buf_addstr(&auth, ", SignedHeaders=");
	aws_fields_names(&auth, &f);
	buf_addf(&auth, ", Signature=%s", hex);
	r = buf_check(&auth, err);
	return r < 0 ? r : add_header(rq, "Authorization", auth.data, err);
}

int aws_sign(struct http_request *rq, const struct aws_scope *s,
	     const char *payload, bool tell_hash, struct dver_err *err)
{
	char when[STAMP_SIZE];
	int r = stamp(when, s->now, err);

	take_out_ours(&rq->headers);
	if (r == 0)
		r = add_header(rq, "x-amz-date", when, err);
	if (r == 0 && tell_hash)
		r = add_header(rq, "x-amz-content-sha256", payload, err);
	if (r == 0 && s->key->token)
		r = add_header(rq, "x-amz-security-token", s->key->token, err);
	return r < 0 ? r : add_authorization(rq, s, when, payload, err);
}

/* The parameters that stand for the headers. */
static int add_presign_query(struct buf *q, const struct aws_scope *s,
			     const char *when, unsigned seconds,
			     struct dver_err *err)
{
	AUTO_BUF struct buf scope = BUF_INIT(TEXT_MAX);
	int r;

	buf_addf(q, "X-Amz-Algorithm=" ALGORITHM "&X-Amz-Credential=");
	url_escape(q, s->key->id, "");
	buf_addc(&scope, '/');
	add_scope(&scope, s, when);
	r = buf_check(&scope, err);
	if (r < 0)
		return r;
	url_escape(q, scope.data, "");
	buf_addf(q, "&X-Amz-Date=%s&X-Amz-Expires=%u", when, seconds);
	if (s->key->token) {
		buf_addstr(q, "&X-Amz-Security-Token=");
		url_escape(q, s->key->token, "");
	}
	buf_addstr(q, "&X-Amz-SignedHeaders=host");
	return buf_check(q, err);
}

int aws_presign(struct buf *out, const struct http_request *rq,
		const struct aws_scope *s, unsigned seconds,
		struct dver_err *err)
{
	AUTO_AWS_FIELDS struct aws_fields f = { NULL, 0 };
	AUTO_BUF struct buf query = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct http_request bare = { .method = rq->method, .url = rq->url };
	bool s3 = streq(s->service, "s3");
	char hex[AWS_HASH_HEX];
	char when[STAMP_SIZE];
	struct url u;
	int r = url_cut(&u, rq->url, err);

	if (r == 0)
		r = stamp(when, s->now, err);
	if (r == 0)
		r = aws_hash(hex, rq->data, rq->data ? rq->len : 0, err);
	if (r == 0)
		r = aws_fields_sort(&f, &bare, &u, err);
	if (r < 0)
		return r;
	buf_addf(&query, "%.*s%s", (int)u.query.len, u.query.at,
		 u.query.len ? "&" : "");
	r = add_presign_query(&query, s, when, seconds, err);
	if (r == 0)
		r = aws_canonical_text(&text, rq->method, &u, query.data,
				       query.len, &f,
				       s3 ? AWS_UNSIGNED : hex, err);
	if (r == 0)
		r = sign_text(hex, s, text.data, err);
	if (r < 0)
		return r;
	buf_addf(out, "%.*s%s?%s&X-Amz-Signature=%s",
		 (int)(u.path.at - rq->url + (ptrdiff_t)u.path.len), rq->url,
		 u.path.len ? "" : "/", query.data, hex);
	return buf_check(out, err);
}
