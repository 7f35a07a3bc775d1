/*
 * azure_put - a value in one request; a large file in blocks, several at a
 * time, which nobody sees before all are there.  Blocks of a put that was cut
 * off stay for a week, and the next put of the key sends only the others:
 * keys are used once, so a block of the same place and size is the same.
 */
#include <stdio.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/pool.h"
#include "format/xml.h"
#include "net/url.h"
#include "remotes/azure.h"

#define SENDERS 8
#define ID_BYTES 64

struct upload {
	struct azure *a;
	const char *key;
	const char *path;
	uint64_t size, step;
	size_t n;
	bool *there;		/* owned, one a block */
};

struct block_job {
	struct pool_job job;
	struct upload *u;
	size_t i;
};

static uint64_t block_len(const struct upload *u, size_t i)
{
	return MIN(u->step, u->size - i * u->step);
}

/* Base64 of "dver-<number>-<step>": the same length for all of a blob. */
static void block_id(const struct upload *u, size_t i, char out[ID_BYTES])
{
	AUTO_BUF struct buf b = BUF_INIT(ID_BYTES);
	char text[40];

	(void)snprintf(text, sizeof(text), "dver-%06zu-%012llu", i,
		       (unsigned long long)u->step);
	base64_encode(&b, text, strlen(text));
	(void)snprintf(out, ID_BYTES, "%s", b.data);
}

static int send(struct azure *a, struct azure_rq *rq, struct dver_err *err)
{
	AUTO_HTTP_REPLY struct http_reply reply;

	http_reply_init(&reply);
	rq->method = "PUT";
	rq->verb = "cannot write";
	return azure_send(a, rq, &reply, err);
}

/*
 * A blob with a control character can be made, and then the container cannot
 * be listed; a backslash becomes a slash.
 */
static int check_key(const struct azure *a, const char *key,
		     struct dver_err *err)
{
	for (const unsigned char *p = (const unsigned char *)key; *p; p++)
		if (*p < ' ' || *p == 0x7f || *p == '\\')
			return err_set(err, DVER_EINVAL, "cannot write to "
				       "'%s': a blob's name can have no "
				       "backslash and no control characters",
				       a->c.url);
	return 0;
}

static int put_whole(struct azure *a, struct azure_rq *rq,
		     struct dver_err *err)
{
	return strvec_push(&rq->headers, "x-ms-blob-type: BlockBlob")
		       ? send(a, rq, err) : err_nomem(err);
}

static int block_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct block_job *j = (struct block_job *)job;
	struct upload *u = j->u;
	AUTO_BUF struct buf query = BUF_INIT(300);
	AUTO_AZURE_RQ struct azure_rq rq = {
		.key = u->key, .path = u->path, .off = j->i * u->step,
		.len = block_len(u, j->i),
	};
	char id[ID_BYTES];

	(void)worker;
	if (u->there[j->i])
		return 0;
	block_id(u, j->i, id);
	buf_addstr(&query, "comp=block&blockid=");
	url_escape(&query, id, "");
	rq.query = query.data;
	return send(u->a, &rq, err);
}

static void block_release(struct pool_job *job)
{
	free(job);
}

static int send_blocks(struct upload *u, struct dver_err *err)
{
	AUTO_POOL struct pool *pool = NULL;
	int threads = MIN(u->a->c.jobs, SENDERS), w;
	int r = pool_new(&pool, threads, 2, err);

	for (size_t i = 0; r == 0 && i < u->n; i++) {
		struct block_job *j = calloc(1, sizeof(*j));

		if (!j) {
			r = err_nomem(err);
			break;
		}
		*j = (struct block_job){ { block_run, block_release, NULL, 0 },
					 u, i };
		r = pool_submit(pool, &j->job, err);
	}
	if (!pool)
		return r;
	w = pool_wait(pool, r < 0 ? NULL : err);
	return r < 0 ? r : w;
}

struct known {
	struct upload *u;
	char id[ID_BYTES];
};

static int on_block(void *data, const struct xml_node *node,
		    struct dver_err *err)
{
	struct known *k = data;
	char want[ID_BYTES];

	(void)err;
	if (str_ends(node->path, "/Block/Name"))
		(void)snprintf(k->id, sizeof(k->id), "%s", node->text);
	if (!str_ends(node->path, "/Block/Size"))
		return 0;
	for (size_t i = 0; i < k->u->n; i++) {
		block_id(k->u, i, want);
		if (streq(want, k->id) &&
		    strtoull(node->text, NULL, 10) == block_len(k->u, i))
			k->u->there[i] = true;
	}
	return 0;
}

/* What an earlier put left; who cannot tell sends all. */
static int find_blocks(struct upload *u, struct dver_err *err)
{
	AUTO_AZURE_RQ struct azure_rq rq = {
		.method = "GET", .verb = "cannot read the blocks of",
		.key = u->key,
		.query = "comp=blocklist&blocklisttype=uncommitted",
	};
	AUTO_HTTP_REPLY struct http_reply reply;
	struct known k = { .u = u };
	struct dver_err why;
	int r;

	http_reply_init(&reply);
	r = azure_send(u->a, &rq, &reply, &why);
	if (r == 0)
		(void)xml_parse("the blocks", reply.body.data, reply.body.len,
				NULL, on_block, &k, &why);
	return r == DVER_ECANCEL || r == DVER_ENOMEM
		       ? err_set(err, r, "%s", why.msg) : 0;
}

static int commit(struct upload *u, struct dver_err *err)
{
	AUTO_BUF struct buf list = BUF_INIT(8u << 20);
	AUTO_AZURE_RQ struct azure_rq rq = { .key = u->key,
					     .query = "comp=blocklist" };
	int r;

	buf_addstr(&list, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		   "<BlockList>");
	for (size_t i = 0; i < u->n; i++) {
		char id[ID_BYTES];

		block_id(u, i, id);
		buf_addf(&list, "<Latest>%s</Latest>", id);
	}
	buf_addstr(&list, "</BlockList>");
	r = buf_check(&list, err);
	rq.data = list.data;
	rq.len = list.len;
	return r < 0 ? r : send(u->a, &rq, err);
}

static int put_blocks(struct azure *a, const char *key, const char *path,
		      uint64_t size, struct dver_err *err)
{
	struct upload u = { .a = a, .key = key, .path = path, .size = size,
			    .step = AZURE_BLOCK };
	AUTO_FREE bool *there = NULL;
	int r;

	if (size / u.step >= AZURE_BLOCKS_MAX)
		u.step = (size / AZURE_BLOCKS_MAX | ((1u << 20) - 1)) + 1;
	u.n = (size_t)((size + u.step - 1) / u.step);
	there = mem_array(u.n, sizeof(*there));
	if (!there)
		return err_nomem(err);
	u.there = there;
	r = find_blocks(&u, err);
	if (r == 0)
		r = send_blocks(&u, err);
	return r < 0 ? r : commit(&u, err);
}

static int put_path(struct azure *a, const char *key,
		    const struct transport_src *src, struct dver_err *err)
{
	AUTO_AZURE_RQ struct azure_rq rq = { .key = key, .path = src->path,
					     .len = src->len };
	struct os_stat st;

	if (os_stat(src->path, &st, true) < 0)
		return err_sys(err, "cannot read '%s'", src->path);
	/* A file that was cut off since it was written is not published. */
	if (st.size != src->len)
		return err_set(err, DVER_EIO, "'%s' has %llu bytes, not %zu",
			       src->path, (unsigned long long)st.size,
			       src->len);
	return src->len > AZURE_WHOLE
		       ? put_blocks(a, key, src->path, src->len, err)
		       : put_whole(a, &rq, err);
}

int azure_put(struct transport *t, const char *key,
	      const struct transport_src *src, struct dver_err *err)
{
	struct azure *a = (struct azure *)t;
	int r = check_key(a, key, err);

	if (r == 0 && src->data)
		return azure_replace(t, key, src->data, src->len, err);
	if (r == 0)
		r = put_path(a, key, src, err);
	if (r == 0 && src->consume)
		(void)os_unlink(src->path);
	return r;
}

int azure_replace(struct transport *t, const char *key, const void *data,
		  size_t len, struct dver_err *err)
{
	AUTO_AZURE_RQ struct azure_rq rq = { .key = key, .data = data,
					     .len = len };

	int r = check_key((struct azure *)t, key, err);

	return r < 0 ? r : put_whole((struct azure *)t, &rq, err);
}
