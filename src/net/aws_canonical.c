/*
 * aws_canonical - method, path, sorted query, sorted headers and the hash of
 * the body, a line each.
 */
#include "net/aws_canonical.h"

#include <strings.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/aws_sign.h"

/* Parameters are sorted as they are escaped; "a" is signed as "a=". */
static int add_query(struct buf *out, const char *query, size_t len,
		     struct dver_err *err)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	const char *end = query + len;

	while (query < end) {
		const char *amp = memchr(query, '&', (size_t)(end - query));
		size_t n = (size_t)((amp ? amp : end) - query);
		AUTO_FREE char *one = NULL;

		one = str_printf("%.*s%s", (int)n, query,
				 n && !memchr(query, '=', n) ? "=" : "");
		if (!one || (*one && !strvec_take(&v, &one)))
			return err_nomem(err);
		query += n + (amp != NULL);
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

static int by_name(const void *a, const void *b)
{
	const struct aws_field *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

void aws_fields_release(struct aws_fields *f)
{
	for (size_t i = 0; f->v && i < f->n; i++)
		free(f->v[i].name);
	free(f->v);
}

static bool add_field(struct aws_fields *f, const char *line, size_t len)
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
	f->v[f->n] = (struct aws_field){ copy, colon + 1, f->n };
	f->n++;
	return true;
}

/* As it is sent: a port that the scheme has anyway is left out. */
static bool add_host(struct aws_fields *f, const struct url *u)
{
	bool standard = url_part_is(&u->port, url_part_is(&u->scheme, "https")
					      ? "443" : "80");
	AUTO_FREE char *line = NULL;

	line = str_printf("host:%.*s%s%.*s", (int)u->host.len, u->host.at,
			  u->port.len && !standard ? ":" : "",
			  standard ? 0 : (int)u->port.len, u->port.at);
	return line && add_field(f, line, strlen(line));
}

int aws_fields_sort(struct aws_fields *f, const struct http_request *rq,
		    const struct url *u, struct dver_err *err)
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
	if (ok && !host)
		ok = add_host(f, u);
	qsort(f->v, f->n, sizeof(*f->v), by_name);
	return ok ? 0 : err_nomem(err);
}

void aws_fields_names(struct buf *out, const struct aws_fields *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (i == 0 || !streq(f->v[i].name, f->v[i - 1].name))
			buf_addf(out, "%s%s", i ? ";" : "", f->v[i].name);
}

static void add_headers(struct buf *out, const struct aws_fields *f)
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
	aws_fields_names(out, f);
}

int aws_canonical_text(struct buf *out, const char *method,
		       const struct url *u, const char *query, size_t len,
		       const struct aws_fields *f, const char *payload,
		       struct dver_err *err)
{
	int r;

	buf_addf(out, "%s\n", method);
	if (u->path.len)
		buf_add(out, u->path.at, u->path.len);
	else
		buf_addc(out, '/');
	buf_addc(out, '\n');
	r = add_query(out, query, len, err);
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
	AUTO_AWS_FIELDS struct aws_fields f = { NULL, 0 };
	struct url u;
	int r = url_cut(&u, rq->url, err);

	if (r == 0)
		r = aws_fields_sort(&f, rq, &u, err);
	if (r == 0)
		r = aws_canonical_text(out, rq->method, &u, u.query.at,
				       u.query.len, &f, payload, err);
	return r;
}

