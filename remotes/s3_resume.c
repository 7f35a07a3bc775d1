/*
 * s3_resume - what is left of an upload that was cut off.
 */
#include <stdatomic.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"
#include "format/xml.h"
#include "net/url.h"
#include "remotes/s3_upload.h"

int s3_upload_set_id(struct s3_upload *u, const char *id, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(10000);

	buf_addstr(&b, "uploadId=");
	url_escape(&b, id, "");
	free(u->id);
	free(u->id_query);
	u->id = strdup(id);
	u->id_query = buf_detach(&b);
	return u->id && u->id_query ? 0 : err_nomem(err);
}

/* The listing of uploads: the newest of our key. */
struct uploads {
	const char *key;
	char *one_key, *one_id, *when, *best;	/* owned */
	char *best_when;
};

static int keep(char **to, const struct xml_node *node, struct dver_err *err)
{
	free(*to);
	*to = str_ndup(node->text, node->len);
	return *to ? 0 : err_nomem(err);
}

static void take_newest(struct uploads *l)
{
	if (!l->one_key || !l->one_id || !streq(l->one_key, l->key))
		return;
	if (l->best_when && l->when && strcmp(l->when, l->best_when) <= 0)
		return;
	free(l->best);
	free(l->best_when);
	l->best = TAKE(l->one_id);
	l->best_when = TAKE(l->when);
}

static int on_upload(void *data, const struct xml_node *node,
		     struct dver_err *err)
{
	struct uploads *l = data;

	if (str_ends(node->path, "/Upload/Key"))
		return keep(&l->one_key, node, err);
	if (str_ends(node->path, "/Upload/UploadId"))
		return keep(&l->one_id, node, err);
	if (str_ends(node->path, "/Upload/Initiated"))
		return keep(&l->when, node, err);
	if (str_ends(node->path, "/Upload"))
		take_newest(l);
	return 0;
}

void s3_upload_count(struct s3_upload *u)
{
	atomic_fetch_add(&u->s->t.requests, 1);
}

static int ask(struct s3_upload *u, const char *key, const char *query,
	       struct http_reply *reply, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "GET", .key = key,
				       .verb = "cannot read the uploads of",
				       .query = query };

	s3_upload_count(u);
	return s3_send(u->s, &rq, reply, err);
}

int s3_resume_find(struct s3_upload *u, struct dver_err *err)
{
	struct uploads l = { .key = u->key };
	AUTO_BUF struct buf query = BUF_INIT(65536);
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err why;
	int r;

	http_reply_init(&reply);
	buf_addstr(&query, "prefix=");
	url_escape(&query, u->key, "");
	buf_addstr(&query, "&uploads=");
	r = buf_check(&query, err);
	if (r < 0)
		return r;
	r = ask(u, NULL, query.data, &reply, &why);
	if (r == 0)
		r = xml_parse("the uploads", reply.body.data, reply.body.len,
			      NULL, on_upload, &l, &why);
	if (r == 0 && l.best) {
		r = s3_upload_set_id(u, l.best, err);
		u->known = r == 0;
	} else if (r == DVER_ECANCEL || r == DVER_ENOMEM) {
		r = err_set(err, r, "%s", why.msg);
	} else {
		if (r < 0)
			log_at(2, "s3: no upload is gone on with: %s",
			       why.msg);
		r = 0;
	}
	free(l.one_key);
	free(l.one_id);
	free(l.when);
	free(l.best);
	free(l.best_when);
	return r;
}

struct parts {
	struct s3_upload *u;
	size_t number;
	char etag[S3_ETAG_BYTES];
	uint64_t size;
	bool truncated;
	char marker[32];
};

static int on_part(void *data, const struct xml_node *node,
		   struct dver_err *err)
{
	struct parts *l = data;
	const char *p = node->path;

	(void)err;
	if (str_ends(p, "/Part/PartNumber"))
		l->number = strtoul(node->text, NULL, 10);
	else if (str_ends(p, "/Part/ETag"))
		(void)snprintf(l->etag, sizeof(l->etag), "%s", node->text);
	else if (str_ends(p, "/Part/Size"))
		l->size = strtoull(node->text, NULL, 10);
	else if (str_ends(p, "/IsTruncated"))
		l->truncated = streq(node->text, "true");
	else if (str_ends(p, "/NextPartNumberMarker"))
		(void)snprintf(l->marker, sizeof(l->marker), "%lu",
			       strtoul(node->text, NULL, 10));
	else if (str_ends(p, "/Part") && l->number >= 1 &&
		 l->number <= l->u->n) {
		struct s3_part *part = &l->u->v[l->number - 1];

		memcpy(part->etag, l->etag, sizeof(part->etag));
		part->there = l->size;
	}
	return 0;
}

int s3_resume_parts(struct s3_upload *u, struct dver_err *err)
{
	struct parts l = { .u = u };
	int r = 0;

	do {
		AUTO_HTTP_REPLY struct http_reply reply;
		AUTO_FREE char *query = NULL;

		http_reply_init(&reply);
		l.truncated = false;
		query = *l.marker ? str_printf("part-number-marker=%s&%s",
					       l.marker, u->id_query)
				  : strdup(u->id_query);
		if (!query)
			return err_nomem(err);
		*l.marker = '\0';
		r = ask(u, u->key, query, &reply, err);
		if (r == 0)
			r = xml_parse("the parts", reply.body.data,
				      reply.body.len, NULL, on_part, &l, err);
	} while (r == 0 && l.truncated && *l.marker);
	return r;
}

int s3_resume_has(const struct s3_part *p, const struct s3_rq *rq,
		  struct dver_err *err)
{
	uint8_t sum[HASH_MD5_SIZE];
	char hex[2 * HASH_MD5_SIZE + 1];
	int r;

	if (!*p->etag || p->there != p->len)
		return 0;
	r = s3_md5(sum, rq, err);
	if (r < 0)
		return r == DVER_EUNSUPPORTED ? 0 : r;
	hex_encode(hex, sum, sizeof(sum));
	return strncmp(p->etag + (*p->etag == '"'), hex, strlen(hex)) == 0;
}
