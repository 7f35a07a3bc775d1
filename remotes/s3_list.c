/*
 * s3_list - ListObjectsV2, and version 1 where a server has only that.  Keys
 * come percent-encoded (encoding-type=url), because XML cannot say all of
 * them.
 */
#include "remotes/s3.h"

#include <stdatomic.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/xml.h"
#include "net/url.h"

struct entry {
	char *key;		/* owned, as it came */
	uint64_t size;
	int64_t mtime;
};

/* One page of the listing. */
struct page {
	struct entry *v;
	size_t n, cap;
	struct entry next;	/* being read */
	bool is_list;		/* it is a listing at all */
	bool encoded, truncated;
	char *token, *marker;	/* owned: where the next page begins */
};

static void page_release(struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].key);
	free(p->v);
	free(p->next.key);
	free(p->token);
	free(p->marker);
}
#define AUTO_PAGE __attribute__((cleanup(page_release)))

static int keep(char **to, const struct xml_node *node, struct dver_err *err)
{
	free(*to);
	*to = str_ndup(node->text, node->len);
	return *to ? 0 : err_nomem(err);
}

static int end_entry(struct page *p, struct dver_err *err)
{
	if (!p->next.key)
		return err_set(err, DVER_EFORMAT, "an entry has no key");
	if (!mem_grow(&p->v, &p->cap, p->n + 1, sizeof(*p->v)))
		return err_nomem(err);
	p->v[p->n++] = p->next;
	p->next = (struct entry){ 0 };
	return 0;
}

static int in_entry(struct page *p, const char *name,
		    const struct xml_node *node, struct dver_err *err)
{
	char *end;

	if (streq(name, "Key"))
		return keep(&p->next.key, node, err);
	if (streq(name, "Size")) {
		p->next.size = strtoull(node->text, &end, 10);
		if (node->len == 0 || *end)
			return err_set(err, DVER_EFORMAT, "'%.40s' is no size",
				       node->text);
	}
	if (streq(name, "LastModified") &&
	    aws_time(node->text, &p->next.mtime) < 0)
		return err_set(err, DVER_EFORMAT, "'%.40s' is no time",
			       node->text);
	return 0;
}

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	static const char root[] = "ListBucketResult/";
	static const char contents[] = "Contents/";
	struct page *p = data;
	const char *name = node->path;

	if (streq(name, "ListBucketResult"))
		p->is_list = true;
	if (!str_starts(name, root))
		return 0;
	name += strlen(root);
	if (streq(name, "Contents"))
		return end_entry(p, err);
	if (str_starts(name, contents))
		return in_entry(p, name + strlen(contents), node, err);
	if (streq(name, "IsTruncated"))
		p->truncated = streq(node->text, "true");
	if (streq(name, "EncodingType"))
		p->encoded = streq(node->text, "url");
	if (streq(name, "NextContinuationToken"))
		return keep(&p->token, node, err);
	if (streq(name, "NextMarker"))
		return keep(&p->marker, node, err);
	return 0;
}

/* As a form has it: '+' is a blank. */
static int decode(struct buf *out, const char *key, struct dver_err *err)
{
	AUTO_FREE char *copy = strdup(key);

	if (!copy)
		return err_nomem(err);
	for (char *p = copy; *p; p++)
		if (*p == '+')
			*p = ' ';
	return url_unescape(out, copy, strlen(copy), err);
}

/* Where a listing goes on. */
struct place {
	const char *prefix;	/* whole */
	struct buf after;	/* token of version 2, last key of version 1 */
	bool more;
};

static void write_query(struct buf *q, const struct place *at, bool v1)
{
	buf_clear(q);
	/* Sorted, for servers that do not sort what they check. */
	if (at->more && !v1) {
		buf_addstr(q, "continuation-token=");
		url_escape(q, at->after.data, "");
		buf_addc(q, '&');
	}
	buf_addstr(q, "encoding-type=url");
	if (!v1)
		buf_addstr(q, "&list-type=2");
	if (at->more && v1) {
		buf_addstr(q, "&marker=");
		url_escape(q, at->after.data, "");
	}
	buf_addstr(q, "&max-keys=1000&prefix=");
	url_escape(q, at->prefix, "");
}

/* The first page is counted by the transport. */
static int read_page(struct s3 *s, const struct place *at, struct page *p,
		     struct dver_err *err)
{
	AUTO_BUF struct buf query = BUF_INIT(65536);
	AUTO_S3_RQ struct s3_rq rq = { .method = "GET",
				       .verb = "cannot list" };
	AUTO_HTTP_REPLY struct http_reply reply;
	bool v1 = s->list_v1;
	int r;

	http_reply_init(&reply);
	if (at->more)
		atomic_fetch_add(&s->t.requests, 1);
	write_query(&query, at, v1);
	r = buf_check(&query, err);
	rq.query = query.data;
	if (r == 0)
		r = s3_send(s, &rq, &reply, err);
	if (r < 0)
		return r;
	r = xml_parse("the listing", reply.body.data, reply.body.len, NULL,
		      on_end, p, err);
	if (r == 0 && !p->is_list)
		r = err_set(err, DVER_EREMOTE, "the answer is no listing: "
			    "check endpointurl and the proxy");
	return r < 0 ? err_wrap(err, "cannot list '%s'", s->c.url) : r;
}

/* A server that does not know version 2 is asked for version 1. */
static int get_page(struct s3 *s, struct place *at, struct page *p,
		    struct dver_err *err)
{
	int r = read_page(s, at, p, err);

	if (r != DVER_EUNSUPPORTED || s->list_v1 || at->more)
		return r;
	s->list_v1 = true;
	return read_page(s, at, p, err);
}

static int tell(const struct s3 *s, const struct page *p,
		transport_list_fn fn, void *data, struct buf *last,
		struct dver_err *err)
{
	size_t skip = strlen(s->c.prefix);
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		struct transport_key k = { .size = p->v[i].size,
					   .mtime = p->v[i].mtime };

		buf_clear(last);
		if (p->encoded)
			r = decode(last, p->v[i].key, err);
		else
			buf_addstr(last, p->v[i].key);
		if (r == 0)
			r = buf_check(last, err);
		/* A folder's mark that another tool left is no value. */
		if (r < 0 || last->len <= skip ||
		    !str_starts(last->data, s->c.prefix) ||
		    str_ends(last->data, "/"))
			continue;
		k.key = last->data + skip;
		r = fn(data, &k, err);
	}
	return r;
}

/*
 * No token though there is more: this was version 1 all the time, which goes
 * on behind the last key.
 */
static int next_place(struct s3 *s, struct place *at, const struct page *p,
		      const struct buf *last, struct dver_err *err)
{
	AUTO_BUF struct buf was = BUF_INIT(65536);
	int r = 0;

	buf_addstr(&was, at->more ? at->after.data : "");
	at->more = p->truncated;
	if (!p->truncated)
		return 0;
	buf_clear(&at->after);
	if (p->token) {
		buf_addstr(&at->after, p->token);
	} else {
		s->list_v1 = true;
		if (p->marker && p->encoded)
			r = decode(&at->after, p->marker, err);
		else
			buf_addstr(&at->after, p->marker ? p->marker
						       : last->data);
	}
	if (r == 0)
		r = buf_check(&at->after, err);
	if (r == 0 && (at->after.len == 0 ||
		       streq(was.data, at->after.data)))
		r = err_set(err, DVER_EREMOTE, "cannot list '%s': the server "
			    "sends the same page again and again", s->c.url);
	return r;
}

int s3_list(struct transport *t, const char *prefix, transport_list_fn fn,
	    void *data, struct dver_err *err)
{
	struct s3 *s = (struct s3 *)t;
	AUTO_FREE char *whole = s3_key(s, prefix);
	AUTO_BUF struct buf last = BUF_INIT(65536);
	struct place at = { .prefix = whole, .after = BUF_INIT(65536) };
	int r = whole ? 0 : err_nomem(err);

	do {
		AUTO_PAGE struct page p = { 0 };

		if (r == 0)
			r = get_page(s, &at, &p, err);
		if (r == 0)
			r = tell(s, &p, fn, data, &last, err);
		if (r == 0)
			r = next_place(s, &at, &p, &last, err);
	} while (r == 0 && at.more);
	buf_release(&at.after);
	return r;
}
