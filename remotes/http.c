/*
 * http - a store that a web server serves: http:// and https://.
 *
 * Readers send GET and HEAD only.  Such a server cannot list, so what is in
 * index/, gc/ and runs/ is read from `heads`, which every push writes.
 *
 * Writers send PUT and DELETE (`method` may name another than PUT) and list by
 * PROPFIND.  A server that takes PUT but does not know PROPFIND is written to
 * only where `method` is set: then `heads` is all that says what is there, and
 * of two who push at once one may be forgotten until the next push.
 */
#include <pthread.h>

#include "base/err.h"
#include "remotes/web.h"

#define HEADS "heads"
#define HEADS_MAX (64u << 20)

struct http_remote {
	struct web w;		/* first */
	const char *method;	/* of uploads; owned */
	bool by_heads;		/* where it cannot be listed: write all the
				   same */
	pthread_mutex_t mutex;
	struct heads_list heads;	/* under mutex */
	bool kept;		/* read for index/, not yet used for gc/ */
};

static struct http_remote *remote_of(struct transport *t)
{
	return (struct http_remote *)t;
}

static int get_heads(struct http_remote *h, struct heads_list *out,
		     struct dver_err *err)
{
	AUTO_FREE char *name = str_printf("%s/" HEADS, h->w.t.url);
	AUTO_FREE char *text = malloc(HEADS_MAX);
	size_t got;
	int r = name && text ? web_get(&h->w.t, HEADS, 0, text, HEADS_MAX,
				       &got, err)
			     : err_nomem(err);

	return r < 0 ? r : heads_parse(out, name, text, got, err);
}

static int read_heads(struct http_remote *h, struct heads_list *out,
		      struct dver_err *err)
{
	int r = DVER_ECORRUPT;
	uint64_t size;

	/* While it is replaced, Apache sends the one at the other's length. */
	for (int i = 0; i < 3 && r == DVER_ECORRUPT; i++)
		r = get_heads(h, out, err);
	if (r != DVER_ENOTFOUND)
		return r;
	/* Nothing was pushed yet, if there is nothing else. */
	if (h->w.t.lists_by_heads ||
	    web_size(&h->w, "store", &size, NULL) == DVER_ENOTFOUND)
		return 0;
	return err_set(err, DVER_EREMOTE, "'%s' has no '" HEADS "', which "
		       "tells what is there where a server cannot list: the "
		       "next push to it by another way writes it",
		       h->w.t.url);
}

static int tell(const struct heads_list *heads, const char *prefix,
		transport_list_fn fn, void *data, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < heads->n; i++) {
		struct transport_key k = { .key = heads->v[i].key,
					   .size = heads->v[i].size };

		if (str_starts(k.key, prefix))
			r = fn(data, &k, err);
	}
	return r;
}

/* The list that was kept; false: there is none. */
static bool take_kept(struct http_remote *h, struct heads_list *out)
{
	bool kept;

	pthread_mutex_lock(&h->mutex);
	kept = h->kept;
	h->kept = false;
	*out = h->heads;
	h->heads = (struct heads_list){ .v = NULL };
	pthread_mutex_unlock(&h->mutex);
	return kept;
}

static void keep_heads(struct http_remote *h, struct heads_list *heads)
{
	pthread_mutex_lock(&h->mutex);
	heads_release(&h->heads);
	h->heads = *heads;
	*heads = (struct heads_list){ .v = NULL };
	h->kept = true;
	pthread_mutex_unlock(&h->mutex);
}

/*
 * Always as it is now, but for the listing of gc/ right behind that of index/:
 * what one request answered is not asked twice.
 */
static int list_by_heads(struct http_remote *h, const char *prefix,
			 transport_list_fn fn, void *data,
			 struct dver_err *err)
{
	AUTO_HEADS struct heads_list heads = { .v = NULL };
	bool gc = str_starts(prefix, "gc/");
	bool index = str_starts(prefix, "index/");
	int r = 0;

	if (!gc || !take_kept(h, &heads))
		r = read_heads(h, &heads, err);
	if (r == 0)
		r = tell(&heads, prefix, fn, data, err);
	if (r == 0 && index)
		keep_heads(h, &heads);
	return r;
}

static int http_list(struct transport *t, const char *prefix,
		     transport_list_fn fn, void *data, struct dver_err *err)
{
	struct http_remote *h = remote_of(t);
	bool in_heads = str_starts(prefix, "index/") ||
			str_starts(prefix, "gc/") ||
			str_starts(prefix, "runs/");
	int r;

	if (in_heads && (!h->w.writes || t->lists_by_heads))
		return list_by_heads(h, prefix, fn, data, err);
	r = web_list(&h->w, prefix, fn, data, err);
	if (r != DVER_EUNSUPPORTED || !in_heads)
		return r;
	if (!h->by_heads)
		return err_wrap(err, "use a server with WebDAV, or set "
				"'method = PUT' if nobody else pushes there");
	t->lists_by_heads = true;
	return list_by_heads(h, prefix, fn, data, err);
}

static int http_put(struct transport *t, const char *key,
		    const struct transport_src *src, struct dver_err *err)
{
	struct http_remote *h = remote_of(t);
	int r = web_check_key(key, err);

	if (r == 0)
		r = web_upload(&h->w, key, h->method, src, err);
	if (r == 0)
		web_consumed(src);
	return r;
}

static int http_replace(struct transport *t, const char *key, const void *data,
			size_t len, struct dver_err *err)
{
	struct transport_src src = { .data = data, .len = len };
	struct http_remote *h = remote_of(t);
	int r = web_check_key(key, err);

	return r < 0 ? r : web_upload(&h->w, key, h->method, &src, err);
}

static int http_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;	/* what a server said is stored is durable */
}

static void http_close(struct transport *t)
{
	struct http_remote *h = remote_of(t);

	heads_release(&h->heads);
	pthread_mutex_destroy(&h->mutex);
	free((void *)(uintptr_t)h->method);
	web_close(&h->w);
}

static const struct transport_ops http_ops = {
	.name = "http", .list = http_list, .get = web_get, .put = http_put,
	.replace = http_replace, .del = web_del, .flush = http_flush,
	.close = http_close,
};

int transport_http_open(struct transport **out,
			const struct transport_config *cfg,
			struct dver_err *err)
{
	struct http_remote *h = calloc(1, sizeof(*h));
	const char *method = transport_setting_str(cfg, "method");
	int r = 0;

	if (!h)
		return err_nomem(err);
	h->w.t.ops = &http_ops;
	pthread_mutex_init(&h->mutex, NULL);
	h->by_heads = method != NULL;
	h->method = strdup(method ? method : "PUT");
	if (!h->method)
		r = err_nomem(err);
	if (r == 0)
		r = web_open(&h->w, cfg, str_starts(cfg->url, "https:")
					 ? "https" : "http", err);
	if (r < 0) {
		http_close(&h->w.t);
		return r;
	}
	*out = &h->w.t;
	return 0;
}
