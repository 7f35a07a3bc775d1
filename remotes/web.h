/*
 * web - what remotes over plain HTTP and over WebDAV share: settings and
 * credentials, the URLs of keys, GET, PUT, DELETE, and PROPFIND where a server
 * has it.  Keys are paths below the remote's URL.
 */
#ifndef REMOTES_WEB_H
#define REMOTES_WEB_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "net/http.h"
#include "store/transport_config.h"

struct web {
	struct transport t;	/* first: a transport is a web; url is owned */
	const struct transport_config *cfg;
	struct http_opts opts;	/* of `http`; strings of cfg, or owned below */
	char *base;		/* URL of the store with a slash, no userinfo */
	struct strvec headers;	/* credentials, for each request */
	bool credentials;	/* some were given, of whatever kind */
	pthread_mutex_t mutex;	/* of what follows */
	pthread_cond_t changed;
	bool asking;		/* somebody looks for a password */
	bool asked;		/* that was done, once is enough */
	struct http *http;
	atomic_int generation;	/* of http: more than 0, with a password */
	struct http *before;	/* without; others may still use it */
	char *user, *password;
	bool writes;		/* the remote was opened to write to it */
	atomic_bool told;	/* the helper knows whether it was right */
	_Atomic int64_t now;	/* the server's clock when it spoke last; 0 */
};

/*
 * Fill in *w from the remote's settings; `scheme` is what is really spoken
 * ("http", "https").  web_close() also after a failure.
 */
int web_open(struct web *w, const struct transport_config *cfg,
	     const char *scheme, struct dver_err *err);
void web_close(struct web *w);

/* The engine to use now; `generation` is for web_login(). */
struct http *web_engine(struct web *w, int *generation);
/*
 * The engine of that generation was answered 401: 1: another has what the
 * server wants, maybe; 0: nobody knows a password.
 */
int web_login(struct web *w, int generation, const struct http_reply *reply,
	      struct dver_err *err);
/* Tell the helper that knew it; the first answer counts. */
void web_login_done(struct web *w, int generation, bool taken);

/* A request for a key; `what` is for messages: "cannot read". */
struct web_rq {
	const char *method;
	const char *key;	/* also for messages */
	const char *url;	/* NULL: the key's */
	const char *what;
	struct http_call call;	/* headers, body, where the answer goes */
	void (*rewind)(void *data);	/* NULL: nothing to do */
	void *data;		/* its */
};
void web_rq_release(struct web_rq *rq);
#define AUTO_WEB_RQ __attribute__((cleanup(web_rq_release)))
/*
 * Send it, with credentials.  0: the server answered with 2xx or, at once, with
 * one of the statuses in `fine` (which ends with 0); else err says what to
 * check.
 */
int web_send(struct web *w, struct web_rq *rq, const int *fine,
	     struct http_reply *reply, struct dver_err *err);
/* The URL of a key, escaped; NULL: out of memory. */
char *web_url(const struct web *w, const char *key);

/* DVER_EINVAL: no URL can have such a key. */
int web_check_key(const char *key, struct dver_err *err);
int web_get(struct transport *t, const char *key, uint64_t off, void *out,
	    size_t len, size_t *got, struct dver_err *err);
/* The size of a value. */
int web_size(struct web *w, const char *key, uint64_t *size,
	     struct dver_err *err);
/*
 * PUT, and folders where a server makes none; src->consume is the caller's
 * business.
 */
int web_upload(struct web *w, const char *key, const char *method,
	       const struct transport_src *src, struct dver_err *err);
int web_del(struct transport *t, const char *key, struct dver_err *err);
/* The file of src is not needed any more. */
void web_consumed(const struct transport_src *src);
/* Did an earlier try put it?  1, 0, < 0. */
int web_is_there(struct web *w, const char *key, uint64_t size,
		 struct dver_err *err);

/*
 * MKCOL for all folders that the key lies in, and those of the store's URL
 * above it.
 */
int web_make_folders(struct web *w, const char *key, struct dver_err *err);

/*
 * List by PROPFIND.  DVER_EUNSUPPORTED: the server does not know that.
 * tmp/ is left out unless the prefix names it.
 */
int web_list(struct web *w, const char *prefix, transport_list_fn fn,
	     void *data, struct dver_err *err);

/* What a `heads` says; keys in one block. */
struct heads_entry {
	char *key;
	uint64_t size;
};
struct heads_list {
	char *text;		/* owned; the keys lie in it */
	struct heads_entry *v;
	size_t n;
};
/* DVER_ECORRUPT: it is none, or was cut off.  `name` is for messages. */
int heads_parse(struct heads_list *out, const char *name, const char *text,
		size_t len, struct dver_err *err);
void heads_release(struct heads_list *h);
#define AUTO_HEADS __attribute__((cleanup(heads_release)))

#endif
