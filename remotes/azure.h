/*
 * azure - what the files of the Azure Blob Storage driver share.  Source: the
 * Blob service REST API, version 2021-12-02.
 */
#ifndef REMOTES_AZURE_H
#define REMOTES_AZURE_H

#include "net/azure_sign.h"
#include "net/azure_token.h"
#include "net/http.h"
#include "store/transport_config.h"

#define AZURE_VERSION "2021-12-02"
#define AZURE_BLOCK (16u << 20)		/* bytes of a block, at least */
#define AZURE_BLOCKS_MAX 50000u
#define AZURE_WHOLE (64u << 20)		/* larger values go in blocks */

struct azure_config {
	char *container;	/* owned */
	char *prefix;		/* owned, "" or with a slash at its end */
	char *url;		/* owned, "azure://container/prefix" */
	char *endpoint;		/* owned, "https://account.blob..." */
	char *account;		/* owned */
	void *key;		/* owned; NULL: no account key */
	size_t key_len;
	char *sas;		/* owned, without '?'; NULL: none */
	bool anonymous;
	int jobs;
};

struct azure {
	struct transport t;
	struct azure_config c;
	struct azure_token *token;
	struct http *http;
	_Atomic int64_t skew;	/* the server's clock minus ours, seconds */
};

/* azure_config.c: settings and environment to azure_config and the rest. */
int azure_configure(struct azure *a, const struct transport_config *cfg,
		    struct http_opts *http, struct dver_err *err);
void azure_config_release(struct azure_config *c);

/* azure_send.c: one request, again where that may help. */
struct azure_rq {
	const char *method;
	const char *verb;	/* for messages: "cannot read" */
	const char *key;	/* of the store; NULL: the container */
	const char *query;	/* escaped; NULL: none */
	struct strvec headers;
	/* The body: memory, or `len` bytes of a file from `off` on. */
	const void *data;
	const char *path;
	uint64_t off, len;
	void *out;		/* where a value goes; NULL: reply->body */
	size_t out_len;
	int fine;		/* a status that is no error */
};
/* 0: 2xx or `fine`, reply says which. */
int azure_send(struct azure *a, struct azure_rq *rq, struct http_reply *reply,
	       struct dver_err *err);
void azure_rq_release(struct azure_rq *rq);
#define AUTO_AZURE_RQ __attribute__((cleanup(azure_rq_release)))

/* azure_error.c: what an answer that is none means; < 0. */
int azure_error(const struct azure *a, const struct azure_rq *rq,
		const char *what, const struct http_reply *reply,
		struct dver_err *err);
/* Its code, "" if it has none; borrowed from the reply. */
const char *azure_error_code(const struct http_reply *reply);

/* azure_list.c */
int azure_list(struct transport *t, const char *prefix, transport_list_fn fn,
	       void *data, struct dver_err *err);
/* azure_put.c */
int azure_put(struct transport *t, const char *key,
	      const struct transport_src *src, struct dver_err *err);
int azure_replace(struct transport *t, const char *key, const void *data,
		  size_t len, struct dver_err *err);

#endif
