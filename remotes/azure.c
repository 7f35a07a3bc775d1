/*
 * azure - a container of Azure Blob Storage: every value is a block blob.
 */
#include "remotes/azure.h"

#include "base/err.h"
#include "base/mem.h"
#include "remotes/http_settings.h"

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
	AUTO_FREE char *what = str_printf("%s/%s", a->c.url, key);
	int r;

	http_reply_init(&reply);
	*got = 0;
	range = str_printf("Range: bytes=%llu-%llu", (unsigned long long)off,
			   (unsigned long long)(off + len - 1));
	if (!range || !what || (len && !strvec_take(&rq.headers, &range)))
		return err_nomem(err);
	r = azure_send(a, &rq, &reply, err);
	/* 416: the value ends before, or is empty. */
	if (r < 0 || reply.status == 416 || len == 0)
		return r;
	r = http_check_range(&reply, off, what, err);
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
	int r;

	http_reply_init(&reply);
	r = azure_send(a, &rq, &reply, err);
	return r == DVER_ENOTFOUND ? 0 : r;
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
	.put = azure_put, .replace = azure_replace, .del = azure_del,
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
	a->t.read_only = cfg->flags & TRANSPORT_READONLY;
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
