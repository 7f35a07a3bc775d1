/*
 * s3_multipart - a large value in parts, several at a time, each sent again by
 * itself when it fails.
 *
 * When the network or the person stops it, the parts stay, and the next put of
 * the same key goes on: a part that the server has is not sent again if its
 * ETag is the MD5 of what would be.  Any other failure takes them away.
 */
#include "remotes/s3.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/pool.h"
#include "base/rand.h"
#include "format/xml.h"
#include "net/url.h"

#define SENDERS 8
#define ETAG_BYTES 128

struct part {
	uint64_t off, len;
	char etag[ETAG_BYTES];	/* "": not stored yet */
	uint64_t there;		/* bytes of one that the server has */
};

struct upload {
	struct s3 *s;
	const char *path;
	char *key;		/* owned, whole */
	char *id;		/* owned */
	char *id_query;		/* owned: "uploadId=..." */
	struct part *v;		/* owned */
	size_t n;
	bool known;		/* goes on where another one stopped */
};

static void upload_release(struct upload *u)
{
	free(u->key);
	free(u->id);
	free(u->id_query);
	free(u->v);
}
#define AUTO_UPLOAD __attribute__((cleanup(upload_release)))

static int cut(struct upload *u, uint64_t size, struct dver_err *err)
{
	uint64_t step = u->s->c.part_size;

	/* 10,000 parts are the most; whole MiB, so that a resume agrees. */
	if (size / step >= S3_PARTS_MAX)
		step = (size / S3_PARTS_MAX | ((1u << 20) - 1)) + 1;
	u->n = (size_t)((size + step - 1) / step);
	u->v = mem_array(u->n, sizeof(*u->v));
	if (!u->v)
		return err_nomem(err);
	for (size_t i = 0; i < u->n; i++) {
		u->v[i].off = i * step;
		u->v[i].len = MIN(step, size - i * step);
	}
	return 0;
}

static int set_id(struct upload *u, const char *id, struct dver_err *err)
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

/* The transport counts one request for all of it; the others here. */
static void count(struct upload *u)
{
	atomic_fetch_add(&u->s->t.requests, 1);
}

static int ask(struct upload *u, const char *key, const char *query,
	       struct http_reply *reply, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "GET", .key = key,
				       .verb = "cannot read the uploads of",
				       .query = query };

	count(u);
	return s3_send(u->s, &rq, reply, err);
}

/*
 * Is there one that was cut off?  Whoever cannot tell (no right to, no such
 * request) starts anew.
 */
static int find(struct upload *u, struct dver_err *err)
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
		r = set_id(u, l.best, err);
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
	struct upload *u;
	size_t number;
	char etag[ETAG_BYTES];
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
		struct part *part = &l->u->v[l->number - 1];

		memcpy(part->etag, l->etag, sizeof(part->etag));
		part->there = l->size;
	}
	return 0;
}

static int list_parts(struct upload *u, struct dver_err *err)
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

static int on_id(void *data, const struct xml_node *node, struct dver_err *err)
{
	return str_ends(node->path, "/UploadId") ? keep(data, node, err) : 0;
}

static int begin(struct upload *u, struct dver_err *err)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "POST", .key = u->key,
				       .verb = "cannot write",
				       .query = "uploads=", .stores = true,
				       .uses_key = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	AUTO_FREE char *id = NULL;
	int r;

	http_reply_init(&reply);
	count(u);
	r = s3_send(u->s, &rq, &reply, err);
	if (r == 0)
		r = xml_parse("the upload", reply.body.data, reply.body.len,
			      NULL, on_id, &id, err);
	if (r == 0 && (!id || !*id))
		r = err_set(err, DVER_EREMOTE, "cannot write 's3://%s/%s': "
			    "the server begins no upload", u->s->c.bucket,
			    u->key);
	return r < 0 ? r : set_id(u, id, err);
}

/* Is the part that is there ours?  1, 0, < 0. */
static int is_stored(const struct part *p, const struct s3_rq *rq,
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

static int send_part(struct upload *u, size_t i, struct dver_err *err)
{
	struct part *p = &u->v[i];
	AUTO_FREE char *query = str_printf("partNumber=%zu&%s", i + 1,
					   u->id_query);
	AUTO_S3_RQ struct s3_rq rq = { .method = "PUT", .key = u->key,
				       .verb = "cannot write",
				       .query = query, .path = u->path,
				       .off = p->off, .len = p->len,
				       .uses_key = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	const char *etag;
	int r = u->known ? is_stored(p, &rq, err) : 0;

	http_reply_init(&reply);
	if (r != 0)
		return MIN(r, 0);
	if (!query)
		return err_nomem(err);
	count(u);
	r = s3_send(u->s, &rq, &reply, err);
	if (r < 0)
		return r;
	etag = http_reply_header(&reply, "etag");
	if (!etag || !*etag || strlen(etag) >= sizeof(p->etag))
		return err_set(err, DVER_EREMOTE, "cannot write 's3://%s/%s': "
			       "the server gives no ETag for a part",
			       u->s->c.bucket, u->key);
	memcpy(p->etag, etag, strlen(etag) + 1);
	return 0;
}

struct job {
	struct pool_job job;
	struct upload *u;
	size_t i;
};

static int run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct job *j = (struct job *)job;

	(void)worker;
	return send_part(j->u, j->i, err);
}

static void release(struct pool_job *job)
{
	free(job);
}

static int send_parts(struct upload *u, struct dver_err *err)
{
	AUTO_POOL struct pool *pool = NULL;
	int threads = MIN(MIN(u->s->c.jobs, SENDERS), (int)MIN(u->n, 64u));
	int r = pool_new(&pool, threads, 2, err), w;

	for (size_t i = 0; r == 0 && i < u->n; i++) {
		struct job *j = calloc(1, sizeof(*j));

		if (!j)
			return err_nomem(err);
		j->job.run = run;
		j->job.release = release;
		j->u = u;
		j->i = i;
		r = pool_submit(pool, &j->job, err);
	}
	if (!pool)
		return r;
	w = pool_wait(pool, err);
	return r < 0 ? r : w;
}

static int finish(struct upload *u, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(4u << 20);
	AUTO_S3_RQ struct s3_rq rq = { .method = "POST", .key = u->key,
				       .verb = "cannot write",
				       .query = u->id_query,
				       .uses_key = true,
				       .may_fail_later = true };
	AUTO_HTTP_REPLY struct http_reply reply;
	int r;

	http_reply_init(&reply);
	buf_addstr(&b, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws."
		   "com/doc/2006-03-01/\">");
	for (size_t i = 0; i < u->n; i++) {
		buf_addf(&b, "<Part><PartNumber>%zu</PartNumber><ETag>",
			 i + 1);
		xml_escape(&b, u->v[i].etag);
		buf_addstr(&b, "</ETag></Part>");
	}
	buf_addstr(&b, "</CompleteMultipartUpload>");
	r = buf_check(&b, err);
	rq.data = b.data;
	rq.len = b.len;
	return r < 0 ? r : s3_send(u->s, &rq, &reply, err);
}

static void give_up(struct upload *u)
{
	AUTO_S3_RQ struct s3_rq rq = { .method = "DELETE", .key = u->key,
				       .verb = "cannot give up writing",
				       .query = u->id_query };
	AUTO_HTTP_REPLY struct http_reply reply;
	struct dver_err err;

	http_reply_init(&reply);
	if (s3_send(u->s, &rq, &reply, &err) < 0)
		log_at(1, "s3: %s", err.msg);
}

static int upload(struct upload *u, struct dver_err *err)
{
	int r = 0;

	if (u->id)
		r = list_parts(u, err);
	else
		r = begin(u, err);
	if (r == 0)
		r = send_parts(u, err);
	return r < 0 ? r : finish(u, err);
}

/*
 * The upload that we went on with is gone: another process went on with it
 * too and finished it, or somebody tidied up.
 */
static int after_all(struct upload *u, const char *key, uint64_t size,
		     struct dver_err *err)
{
	uint64_t there;

	if (s3_size(u->s, key, &there, err) == 0 && there == size)
		return 0;
	free(TAKE(u->id));
	u->known = false;
	for (size_t i = 0; i < u->n; i++)
		*u->v[i].etag = '\0';
	return upload(u, err);
}

int s3_put_parts(struct s3 *s, const char *key, const char *path,
		 uint64_t size, struct dver_err *err)
{
	AUTO_UPLOAD struct upload u = { .s = s, .path = path };
	int r;

	u.key = s3_key(s, key);
	if (!u.key)
		return err_nomem(err);
	r = cut(&u, size, err);
	if (r == 0)
		r = find(&u, err);
	if (r == 0)
		r = upload(&u, err);
	if (r == DVER_ENOTFOUND && u.known)
		r = after_all(&u, key, size, err);
	if (r < 0 && r != DVER_ENET && r != DVER_ECANCEL && u.id)
		give_up(&u);
	return r;
}
