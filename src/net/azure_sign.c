#include "net/azure_sign.h"

#include <ctype.h>
#include <strings.h>

#include "base/base64.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "net/url.h"

#define TEXT_MAX 65536

/* The value of a header of the request, "" when it has none. */
static const char *header(const struct http_request *rq, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < rq->headers.n; i++) {
		const char *line = rq->headers.v[i];

		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " ");
	}
	return "";
}

static void add_standard(struct buf *out, const struct http_request *rq)
{
	static const char *const before[] = { "Content-Encoding",
					      "Content-Language" };
	static const char *const after[] = {
		"Content-MD5", "Content-Type", "Date", "If-Modified-Since",
		"If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
	};

	buf_addf(out, "%s\n", rq->method);
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		buf_addf(out, "%s\n", header(rq, before[i]));
	if (rq->len)
		buf_addf(out, "%llu", (unsigned long long)rq->len);
	buf_addc(out, '\n');
	for (size_t i = 0; i < ARRAY_SIZE(after); i++)
		buf_addf(out, "%s\n", header(rq, after[i]));
}

/* The x-ms- headers: names in lower case, sorted, a line each. */
static int add_headers(struct buf *out, const struct http_request *rq,
		       struct dver_err *err)
{
	AUTO_STRVEC struct strvec lines = STRVEC_INIT;

	for (size_t i = 0; i < rq->headers.n; i++) {
		const char *line = rq->headers.v[i];
		size_t name = strcspn(line, ":");
		const char *value = line + name + (line[name] == ':');
		AUTO_FREE char *made = NULL;

		if (strncasecmp(line, "x-ms-", 5) != 0)
			continue;
		value += strspn(value, " ");
		made = str_printf("%.*s:%s", (int)name, line, value);
		if (!made)
			return err_nomem(err);
		for (size_t k = 0; k < name; k++)
			made[k] = (char)tolower((unsigned char)made[k]);
		if (!strvec_take(&lines, &made))
			return err_nomem(err);
	}
	strvec_sort(&lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(out, "%s\n", lines.v[i]);
	return 0;
}

/* A parameter of the query, decoded: "name:value". */
static int add_parameter(struct strvec *to, const char *text, size_t len,
			 struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(TEXT_MAX);
	size_t name = 0;
	int r;

	while (name < len && text[name] != '=')
		name++;
	for (size_t i = 0; i < name; i++)
		buf_addc(&b, (char)tolower((unsigned char)text[i]));
	buf_addc(&b, ':');
	if (name < len) {
		r = url_unescape(&b, text + name + 1, len - name - 1, err);
		if (r < 0)
			return r;
	}
	return strvec_push(to, b.data) ? 0 : err_nomem(err);
}

static int add_resource(struct buf *out, const struct http_request *rq,
			const char *account, struct dver_err *err)
{
	AUTO_STRVEC struct strvec query = STRVEC_INIT;
	struct url u;
	int r = url_cut(&u, rq->url, err);

	if (r < 0)
		return r;
	buf_addf(out, "/%s%.*s", account, (int)u.path.len, u.path.at);
	for (size_t i = 0; r == 0 && i < u.query.len; i++) {
		size_t end = i;

		while (end < u.query.len && u.query.at[end] != '&')
			end++;
		r = add_parameter(&query, u.query.at + i, end - i, err);
		i = end;
	}
	strvec_sort(&query);
	for (size_t i = 0; i < query.n; i++)
		buf_addf(out, "\n%s", query.v[i]);
	return r;
}

int azure_string_to_sign(struct buf *out, const struct http_request *rq,
			 const char *account, struct dver_err *err)
{
	int r;

	add_standard(out, rq);
	r = add_headers(out, rq, err);
	if (r == 0)
		r = add_resource(out, rq, account, err);
	return r < 0 ? r : buf_check(out, err);
}

int azure_sign(struct http_request *rq, const struct azure_key *key,
	       struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf value = BUF_INIT(1000);
	uint8_t mac[HASH_SIZE];
	int r = azure_string_to_sign(&text, rq, key->account, err);

	if (r == 0)
		r = hash_hmac(mac, key->key, key->len, text.data, text.len,
			      err);
	if (r < 0)
		return r;
	buf_addf(&value, "SharedKey %s:", key->account);
	base64_encode(&value, mac, sizeof(mac));
	return http_header_add(rq, "Authorization", value.data, err);
}
