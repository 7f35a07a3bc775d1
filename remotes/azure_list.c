/*
 * azure_list - List Blobs, a page of up to 5,000 at a time.  A name that XML
 * cannot hold comes percent-encoded and says so.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/xml.h"
#include "net/http_date.h"
#include "net/url.h"
#include "remotes/azure.h"

struct page {
	const struct azure *a;
	transport_list_fn fn;
	void *data;
	struct buf name;	/* of the blob being read */
	struct transport_key k;
	bool encoded;		/* its name is */
	bool is_list;
	int stop;		/* what fn said to end it */
	struct buf next;	/* marker of the page after this */
};

static int on_start(void *data, const struct xml_node *node,
		    struct dver_err *err)
{
	struct page *p = data;
	const char *encoded;

	(void)err;
	if (streq(node->path, "EnumerationResults"))
		p->is_list = true;
	if (!str_ends(node->path, "/Blob/Name"))
		return 0;
	encoded = xml_attr(node, "Encoded");
	p->encoded = encoded && streq(encoded, "true");
	return 0;
}

static int end_blob(struct page *p, struct dver_err *err)
{
	size_t skip = strlen(p->a->c.prefix);
	struct transport_key k = p->k;

	p->k = (struct transport_key){ .key = NULL };
	/* A folder's mark that another tool left is no value. */
	if (p->name.len <= skip ||
	    !str_starts(p->name.data, p->a->c.prefix) ||
	    str_ends(p->name.data, "/"))
		return 0;
	k.key = p->name.data + skip;
	p->stop = p->fn(p->data, &k, err);
	/* The parser knows only errors as a reason to stop. */
	return p->stop > 0 ? DVER_ECANCEL : p->stop;
}

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	struct page *p = data;
	const char *path = node->path;
	char *end;

	if (str_ends(path, "/Blob/Name")) {
		buf_clear(&p->name);
		if (p->encoded)
			return url_unescape(&p->name, node->text, node->len,
					    err);
		buf_add(&p->name, node->text, node->len);
		return buf_check(&p->name, err);
	}
	if (str_ends(path, "/Properties/Content-Length")) {
		p->k.size = strtoull(node->text, &end, 10);
		if (node->len == 0 || *end)
			return err_set(err, DVER_EFORMAT, "'%.40s' is no size",
				       node->text);
	}
	if (str_ends(path, "/Properties/Last-Modified") &&
	    !http_date_parse(&p->k.mtime, node->text))
		return err_set(err, DVER_EFORMAT, "'%.40s' is no time",
			       node->text);
	if (str_ends(path, "/Blobs/Blob"))
		return end_blob(p, err);
	if (streq(path, "EnumerationResults/NextMarker")) {
		buf_add(&p->next, node->text, node->len);
		return buf_check(&p->next, err);
	}
	return 0;
}

static int read_page(struct azure *a, const char *prefix,
		     const struct buf *marker, struct page *p,
		     struct dver_err *err)
{
	AUTO_BUF struct buf query = BUF_INIT(65536);
	AUTO_AZURE_RQ struct azure_rq rq = { .method = "GET",
					     .verb = "cannot list" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	buf_addstr(&query, "restype=container&comp=list&maxresults=5000"
		   "&prefix=");
	url_escape(&query, a->c.prefix, "");
	url_escape(&query, prefix, "");
	if (marker->len) {
		buf_addstr(&query, "&marker=");
		url_escape(&query, marker->data, "");
	}
	r = buf_check(&query, err);
	rq.query = query.data;
	if (r == 0)
		r = azure_send(a, &rq, &reply, err);
	if (r < 0)
		return r;
	r = xml_parse("the listing", reply.body.data, reply.body.len, on_start,
		      on_end, p, err);
	if (p->stop)
		return p->stop;
	if (r == 0 && !p->is_list)
		r = err_set(err, DVER_EREMOTE, "cannot list '%s': the answer "
			    "is no listing: check the account's endpoint and "
			    "the proxy", a->c.url);
	return r;
}

int azure_list(struct transport *t, const char *prefix, transport_list_fn fn,
	       void *data, struct dver_err *err)
{
	struct azure *a = (struct azure *)t;
	AUTO_BUF struct buf marker = BUF_INIT(65536);
	struct page p = { .a = a, .fn = fn, .data = data,
			  .name = BUF_INIT(65536), .next = BUF_INIT(65536) };
	int r;

	do {
		buf_clear(&p.next);
		p.is_list = false;
		r = read_page(a, prefix, &marker, &p, err);
		if (r == 0 && p.next.len && streq(marker.data, p.next.data))
			r = err_set(err, DVER_EREMOTE, "cannot list '%s': the "
				    "server sends the same page again and "
				    "again", a->c.url);
		buf_setstr(&marker, p.next.len ? p.next.data : "");
	} while (r == 0 && marker.len);
	buf_release(&p.name);
	buf_release(&p.next);
	return r;
}
