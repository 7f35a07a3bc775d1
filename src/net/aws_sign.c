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

#define ALGORITHM "AWS4-HMAC-SHA256"
#define TEXT_MAX (1u << 20)

/* A URL cut into what is signed; all borrowed from it. */
struct parts {
	const char *host;
	size_t host_len;
	const char *path;
	size_t path_len;
	const char *query;	/* "" if there is none */
};

static int cut_url(struct parts *p, const char *url, struct dver_err *err)
{
	const char *host = strstr(url, "://");

	if (!host)
		return err_set(err, DVER_EINVAL, "'%s' is no URL", url);
	p->host = host + 3;
	p->host_len = strcspn(p->host, "/?#");
	p->path = p->host + p->host_len;
	p->path_len = strcspn(p->path, "?#");
	p->query = p->path + p->path_len;
	p->query += *p->query == '?';
	return 0;
}

int aws_hash(char out[AWS_HASH_HEX], const void *data, size_t len,
	     struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	int r = hash_bytes(sum, data, len, err);

	if (r == 0)
		hex_encode(out, sum, sizeof(sum));
	return r;
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
	       c == '~';
}

void aws_escape(struct buf *out, const char *s, bool path)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_unreserved(c) || (path && c == '/'))
			buf_addc(out, c);
		else
			buf_addf(out, "%%%02X", c);
	}
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

/* Parameters are sorted as they are escaped; "a" is signed as "a=". */
static int add_query(struct buf *out, const char *query, struct dver_err *err)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;

	while (*query && *query != '#') {
		size_t len = strcspn(query, "&#");
		size_t name = strcspn(query, "=&#");
		AUTO_FREE char *one = NULL;

		one = str_printf("%.*s%s", (int)len, query,
				 len && name == len ? "=" : "");
		if (!one || (*one && !strvec_take(&v, &one)))
			return err_nomem(err);
		query += len;
		query += *query == '&';
	}
	/* '=' sorts before all that a name is made of but '-' and '.'. */
	for (size_t i = 0; i < v.n; i++)
		*strchr(v.v[i], '=') = '\001';
	strvec_sort(&v);
	for (size_t i = 0; i < v.n; i++) {
		*strchr(v.v[i], '\001') = '=';
		buf_addf(out, "%s%s", i ? "&" : "", v.v[i]);
	}
	return 0;
}

/* Blanks around a value go, those in a row become one. */
static void add_trimmed(struct buf *out, const char *value)
{
	size_t start;

	value += strspn(value, " \t");
	for (start = out->len; *value; value++) {
		bool blank = *value == ' ' || *value == '\t';

		if (!blank)
			buf_addc(out, *value);
		else if (out->len == start || out->data[out->len - 1] != ' ')
			buf_addc(out, ' ');
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

struct field {
	char *name;	/* owned, lower case, the value behind its NUL */
	const char *value;
	size_t at;	/* which one it was */
};

static int by_name(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

struct fields {
	struct field *v;
	size_t n;
};

static void fields_release(struct fields *f)
{
	for (size_t i = 0; f->v && i < f->n; i++)
		free(f->v[i].name);
	free(f->v);
}
#define AUTO_FIELDS __attribute__((cleanup(fields_release)))

static bool add_field(struct fields *f, const char *line, size_t len)
{
	char *copy = str_ndup(line, len);
	char *colon = copy ? strchr(copy, ':') : NULL;

	if (!colon) {
		free(copy);
		return copy != NULL;
	}
	*colon = '\0';
	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	f->v[f->n] = (struct field){ copy, colon + 1, f->n };
	f->n++;
	return true;
}

/* Headers by name, "host" from the URL if it is not among them. */
static int sort_headers(struct fields *f, const struct http_request *rq,
			const struct parts *p, struct dver_err *err)
{
	bool host = false, ok = true;

	f->v = mem_array(rq->headers.n + 1, sizeof(*f->v));
	if (!f->v)
		return err_nomem(err);
	for (size_t i = 0; ok && i < rq->headers.n; i++) {
		const char *line = rq->headers.v[i];

		ok = add_field(f, line, strlen(line));
		host |= strncasecmp(line, "host:", 5) == 0;
	}
	if (ok && !host) {
		AUTO_FREE char *line = str_printf("host:%.*s",
						  (int)p->host_len, p->host);

		ok = line && add_field(f, line, strlen(line));
	}
	qsort(f->v, f->n, sizeof(*f->v), by_name);
	return ok ? 0 : err_nomem(err);
}

static void add_names(struct buf *out, const struct fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (i == 0 || !streq(f->v[i].name, f->v[i - 1].name))
			buf_addf(out, "%s%s", i ? ";" : "", f->v[i].name);
}

static void add_headers(struct buf *out, const struct fields *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (i && streq(f->v[i].name, f->v[i - 1].name)) {
			/* One more value of the same header. */
			buf_truncate(out, out->len - 1);
			buf_addc(out, ',');
		} else {
			buf_addf(out, "%s:", f->v[i].name);
		}
		add_trimmed(out, f->v[i].value);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
	add_names(out, f);
}

static int canonical(struct buf *out, const char *method,
		     const struct parts *p, const char *query,
		     const struct fields *f, const char *payload,
		     struct dver_err *err)
{
	int r;

	buf_addf(out, "%s\n", method);
	if (p->path_len)
		buf_add(out, p->path, p->path_len);
	else
		buf_addc(out, '/');
	buf_addc(out, '\n');
	r = add_query(out, query, err);
	if (r < 0)
		return r;
	buf_addc(out, '\n');
	add_headers(out, f);
	buf_addf(out, "\n%s", payload);
	return buf_check(out, err);
}

int aws_canonical(struct buf *out, const struct http_request *rq,
		  const char *payload, struct dver_err *err)
{
	AUTO_FIELDS struct fields f = { NULL, 0 };
	struct parts p;
	int r = cut_url(&p, rq->url, err);

	if (r == 0)
		r = sort_headers(&f, rq, &p, err);
	return r < 0 ? r : canonical(out, rq->method, &p, p.query, &f, payload,
				     err);
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
	AUTO_FIELDS struct fields f = { NULL, 0 };
	AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf auth = BUF_INIT(TEXT_MAX);
	char hex[AWS_HASH_HEX];
	struct parts p;
	int r = cut_url(&p, rq->url, err);

	if (r == 0)
		r = sort_headers(&f, rq, &p, err);
	if (r == 0)
		r = canonical(&text, rq->method, &p, p.query, &f, payload,
			      err);
	if (r == 0)
		r = sign_text(hex, s, text.data, err);
	if (r < 0)
		return r;
	buf_addf(&auth, ALGORITHM " Credential=%s/", s->key->id);
	add_scope(&auth, s, when);
	buf_addstr(&auth, ", SignedHeaders=");
	add_names(&auth, &f);
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
	aws_escape(q, s->key->id, false);
	buf_addc(&scope, '/');
	add_scope(&scope, s, when);
	r = buf_check(&scope, err);
	if (r < 0)
		return r;
	aws_escape(q, scope.data, false);
	buf_addf(q, "&X-Amz-Date=%s&X-Amz-Expires=%u", when, seconds);
	if (s->key->token) {
		buf_addstr(q, "&X-Amz-Security-Token=");
		aws_escape(q, s->key->token, false);
	}
	buf_addstr(q, "&X-Amz-SignedHeaders=host");
	return buf_check(q, err);
}

int aws_presign(struct buf *out, const struct http_request *rq,
		const struct aws_scope *s, unsigned seconds,
		struct dver_err *err)
{
	AUTO_FIELDS struct fields f = { NULL, 0 };
	AUTO_BUF struct buf query = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct http_request bare = { .method = rq->method, .url = rq->url };
	bool s3 = streq(s->service, "s3");
	char hex[AWS_HASH_HEX];
	char when[STAMP_SIZE];
	struct parts p;
	int r = cut_url(&p, rq->url, err);

	if (r == 0)
		r = stamp(when, s->now, err);
	if (r == 0)
		r = aws_hash(hex, rq->data, rq->data ? rq->len : 0, err);
	if (r == 0)
		r = sort_headers(&f, &bare, &p, err);
	if (r < 0)
		return r;
	buf_addf(&query, "%s%s", p.query, *p.query ? "&" : "");
	r = add_presign_query(&query, s, when, seconds, err);
	if (r == 0)
		r = canonical(&text, rq->method, &p, query.data, &f,
			      s3 ? AWS_UNSIGNED : hex, err);
	if (r == 0)
		r = sign_text(hex, s, text.data, err);
	if (r < 0)
		return r;
	buf_addf(out, "%.*s%s?%s&X-Amz-Signature=%s",
		 (int)(p.path - rq->url + (ptrdiff_t)p.path_len), rq->url,
		 p.path_len ? "" : "/", query.data, hex);
	return buf_check(out, err);
}
