/*
 * azure - a container of Azure Blob Storage: every value is a block blob.
 */
#include "remotes/azure.h"

#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"

static int read_only(const struct azure *a, const char *key,
		     struct dver_err *err)
{
	if (!a->read_only)
		return 0;
	return err_set(err, DVER_EAUTH, "'%s' is read-only: '%s' is not "
		       "written", a->c.url, key);
}

/* "bytes 5-9/100" of the reply: is it what was asked for? */
static int check_range(const struct azure *a, const char *key, uint64_t off,
		       const struct http_reply *reply, struct dver_err *err)
{
	const char *range = http_reply_header(reply, "content-range");
	unsigned long long from;

	if (reply->status == 200 && off == 0)
		return 0;
	if (range && sscanf(range, "bytes %llu-", &from) == 1 && from == off)
		return 0;
	return err_set(err, DVER_EREMOTE, "cannot read '%s/%s': the server "
		       "answers with another part than was asked for",
		       a->c.url, key);
}

static int azure_get(struct transport *t, const char *key, uint64_t off,
		     void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct azure *a = (struct azure *)t;
	AUTO_AZURE_RQ struct azure_rq rq = {
		.method = len ? "GET" : "HEAD", .verb = "cannot read",
		.key = key, .out = out, .out_len = len, .fine = 416,
	};
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *range = NULL;
	int r;

	http_reply_init(&reply);
	*got = 0;
	range = str_printf("Range: bytes=%llu-%llu", (unsigned long long)off,
			   (unsigned long long)(off + len - 1));
	if (!range || (len && !strvec_take(&rq.headers, &range)))
		return err_nomem(err);
	r = azure_send(a, &rq, &reply, err);
	/* 416: the value ends before, or is empty. */
	if (r < 0 || reply.status == 416 || len == 0)
		return r;
	r = check_range(a, key, off, &reply, err);
	if (r == 0)
		*got = reply.got;
	return r;
}

static int azure_del(struct transport *t, const char *key,
		     struct dver_err *err)
{
	struct azure *a = (struct azure *)t;
	AUTO_AZURE_RQ struct azure_rq rq = { .method = "DELETE", .key = key,
					     .verb = "cannot delete" };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r = read_only(a, key, err);

	http_reply_init(&reply);
	if (r == 0)
		r = azure_send(a, &rq, &reply, err);
	return r == DVER_ENOTFOUND ? 0 : r;
}

static int put_checked(struct transport *t, const char *key,
		       const struct transport_src *src, struct dver_err *err)
{
	int r = read_only((struct azure *)t, key, err);

	return r < 0 ? r : azure_put(t, key, src, err);
}

static int replace_checked(struct transport *t, const char *key,
			   const void *data, size_t len, struct dver_err *err)
{
	int r = read_only((struct azure *)t, key, err);

	return r < 0 ? r : azure_replace(t, key, data, len, err);
}

/* What the server said is stored is durable. */
static int azure_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;
}

static void azure_close(struct transport *t)
{
	struct azure *a = (struct azure *)t;

	http_free(a->http);
	azure_token_free(a->token);
	azure_config_release(&a->c);
	free(a);
}

static const struct transport_ops azure_ops = {
	.name = "azure", .list = azure_list, .get = azure_get,
	.put = put_checked, .replace = replace_checked, .del = azure_del,
	.flush = azure_flush, .close = azure_close,
};

int transport_azure_open(struct transport **out,
			 const struct transport_config *cfg,
			 struct dver_err *err)
{
	struct azure *a = calloc(1, sizeof(*a));
	struct http_opts http = { 0 };
	int r;

	if (!a)
		return err_nomem(err);
	a->t.ops = &azure_ops;
	a->read_only = cfg->flags & TRANSPORT_READONLY;
	r = azure_configure(a, cfg, &http, err);
	a->t.url = a->c.url;
	if (r == 0)
		r = http_new(&a->http, &http, err);
	if (r < 0) {
		azure_close(&a->t);
		return r;
	}
	*out = &a->t;
	return 0;
}
