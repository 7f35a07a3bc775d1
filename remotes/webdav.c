/*
 * webdav - webdav:// and webdavs://: HTTP with folders (RFC 4918).
 *
 * A value is put under a name in tmp/ and then moved to its key, so that no
 * reader sees a part of it, whatever the server makes of a PUT.  MOVE with
 * "Overwrite: F" leaves what is there, though not on every server when two try
 * at once; keys are used once, so nothing rests on that.  Folders are made
 * when something cannot be put without them.
 */
#include <pthread.h>

#include "base/err.h"
#include "base/rand.h"
#include "remotes/web.h"

#define TMP "tmp/"
#define LITTER_AGE (7 * 24 * 3600)	/* seconds; no upload takes so long */

struct webdav {
	struct web w;		/* first */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	enum { UNKNOWN, BEING_MADE, MADE } tmp;	/* under mutex */
	atomic_bool no_move;	/* the server does not know it */
	atomic_bool by_path;	/* it does not know its own name */
};

static struct webdav *webdav_of(struct transport *t)
{
	return (struct webdav *)t;
}

struct litter {
	struct webdav *d;
	struct strvec old;
};

static int on_tmp(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	struct litter *l = data;

	if (k->mtime == 0 || l->d->w.now - k->mtime < LITTER_AGE)
		return 0;
	return strvec_push(&l->old, k->key) ? 0 : err_nomem(err);
}

/* What killed pushes left in tmp/; a failure is nobody's. */
static void sweep(struct webdav *d)
{
	struct litter l = { d, STRVEC_INIT };

	(void)web_list(&d->w, TMP, on_tmp, &l, NULL);
	for (size_t i = 0; i < l.old.n; i++)
		(void)web_del(&d->w.t, l.old.v[i], NULL);
	strvec_release(&l.old);
}

/* One thread sees to it that tmp/ is there; the others wait for it. */
static int prepare(struct webdav *d, struct dver_err *err)
{
	bool mine;
	int r;

	pthread_mutex_lock(&d->mutex);
	while (d->tmp == BEING_MADE)
		pthread_cond_wait(&d->changed, &d->mutex);
	mine = d->tmp == UNKNOWN;
	if (mine)
		d->tmp = BEING_MADE;
	pthread_mutex_unlock(&d->mutex);
	if (!mine)
		return 0;
	r = web_make_folders(&d->w, TMP, err);
	if (r == 0)
		sweep(d);
	pthread_mutex_lock(&d->mutex);
	d->tmp = r == 0 ? MADE : UNKNOWN;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
	return r;
}

static int add_destination(struct webdav *d, struct web_rq *rq,
			   const char *key, struct dver_err *err)
{
	AUTO_FREE char *url = web_url(&d->w, key);
	const char *at = url;

	if (!url)
		return err_nomem(err);
	if (d->by_path) {
		at = strstr(url, "://") + 3;
		at += strcspn(at, "/");
	}
	return http_header_add(&rq->call.rq, "Destination", at, err);
}

/* Also 0 for a status in `fine`; it is told. */
static int move(struct webdav *d, const char *from, const char *to,
		const int *fine, int *status, struct dver_err *err)
{
	AUTO_WEB_RQ struct web_rq rq = { .method = "MOVE", .key = to,
					 .what = "cannot write" };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *url = web_url(&d->w, from);
	int r = url ? add_destination(d, &rq, to, err) : err_nomem(err);

	http_reply_init(&reply);
	rq.url = url;
	if (r == 0)
		r = http_header_add(&rq.call.rq, "Overwrite", "F", err);
	if (r == 0)
		r = web_send(&d->w, &rq, fine, &reply, err);
	*status = reply.status;
	return r;
}

/* Something is there, or it was done and only the answer was lost. */
static int taken(struct webdav *d, const char *tmp, const char *key,
		 uint64_t size, struct dver_err *err)
{
	int r = web_is_there(&d->w, key, size, err);

	if (r < 0)
		return r;
	(void)web_del(&d->w.t, tmp, NULL);
	return r == 1 ? 0 : err_set(err, DVER_EEXISTS, "cannot write '%s/%s': "
				    "another value is there", d->w.t.url, key);
}

/*
 * Let what is in tmp/ be the value of a key; 1: the server cannot.  A refusal
 * may be for want of the folder (409; Apache 500), or because a server behind
 * a proxy does not know the name that it is called by (400, 502): a path is
 * tried instead.  The second time an answer is final.
 */
static int publish(struct webdav *d, const char *tmp, const char *key,
		   uint64_t size, struct dver_err *err)
{
	static const int fine[] = { 400, 403, 404, 405, 409, 412, 500, 501,
				    502, 0 };
	int status;
	int r = move(d, tmp, key, fine, &status, err);

	if (r < 0 || status < 300)
		return r;
	if (status == 405 || status == 501) {
		d->no_move = true;
		return 1;
	}
	if (status == 412)
		return taken(d, tmp, key, size, err);
	if (status == 400 || status == 502)
		d->by_path = true;
	else
		(void)web_make_folders(&d->w, key, NULL);
	r = move(d, tmp, key, NULL, &status, err);
	if (r < 0 && (status == 404 || status == 412))
		r = taken(d, tmp, key, size, err);
	return r;
}

static int put(struct webdav *d, const char *key,
	       const struct transport_src *src, struct dver_err *err)
{
	char name[RAND_NAME_HEX], tmp[sizeof(TMP) + sizeof(name)] = TMP;
	int r = web_check_key(key, err);

	if (r == 0)
		r = prepare(d, err);
	if (r == 0)
		r = rand_name(name, err);
	if (r < 0)
		return r;
	if (d->no_move)
		return web_upload(&d->w, key, "PUT", src, err);
	memcpy(tmp + strlen(TMP), name, sizeof(name));
	r = web_upload(&d->w, tmp, "PUT", src, err);
	if (r < 0)
		return r;
	r = publish(d, tmp, key, src->len, err);
	/* Whatever it was, nobody will ask for this name again. */
	if (r != 0)
		(void)web_del(&d->w.t, tmp, NULL);
	return r > 0 ? web_upload(&d->w, key, "PUT", src, err) : r;
}

static int webdav_put(struct transport *t, const char *key,
		      const struct transport_src *src, struct dver_err *err)
{
	int r = put(webdav_of(t), key, src, err);

	if (r == 0)
		web_consumed(src);
	return r;
}

/*
 * Not by a MOVE: Apache deletes what it replaces before it moves.  What is
 * replaced has a checksum.
 */
static int webdav_replace(struct transport *t, const char *key,
			  const void *data, size_t len, struct dver_err *err)
{
	struct transport_src src = { .data = data, .len = len };
	struct web *w = &webdav_of(t)->w;
	int r = web_check_key(key, err);

	return r < 0 ? r : web_upload(w, key, "PUT", &src, err);
}

static int webdav_list(struct transport *t, const char *prefix,
		       transport_list_fn fn, void *data, struct dver_err *err)
{
	return web_list(&webdav_of(t)->w, prefix, fn, data, err);
}

static int webdav_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;	/* what a server said is stored is durable */
}

static void webdav_close(struct transport *t)
{
	struct webdav *d = webdav_of(t);

	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->mutex);
	web_close(&d->w);
}

static const struct transport_ops webdav_ops = {
	.name = "webdav", .list = webdav_list, .get = web_get,
	.put = webdav_put, .replace = webdav_replace, .del = web_del,
	.flush = webdav_flush, .close = webdav_close,
};

int transport_webdav_open(struct transport **out,
			  const struct transport_config *cfg,
			  struct dver_err *err)
{
	struct webdav *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return err_nomem(err);
	d->w.t.ops = &webdav_ops;
	pthread_mutex_init(&d->mutex, NULL);
	pthread_cond_init(&d->changed, NULL);
	r = web_open(&d->w, cfg, str_starts(cfg->url, "webdavs:")
				 ? "https" : "http", err);
	if (r < 0) {
		webdav_close(&d->w.t);
		return r;
	}
	*out = &d->w.t;
	return 0;
}
