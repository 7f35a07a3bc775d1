/*
 * transport_mem - keys in an array behind one mutex: for tests.
 */
#include "store/transport.h"

#include <pthread.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

struct value {
	char *key;	/* owned */
	char *data;	/* owned */
	size_t len;
	int64_t mtime;
};

struct mem {
	struct transport t;
	pthread_mutex_t mutex;
	struct value *v;	/* under mutex, with n and cap */
	size_t n;
	size_t cap;
};

static struct mem *mem_of(struct transport *t)
{
	return (struct mem *)t;
}

/* The mutex is held. */
static struct value *find(struct mem *m, const char *key)
{
	for (size_t i = 0; i < m->n; i++)
		if (streq(m->v[i].key, key))
			return &m->v[i];
	return NULL;
}

static int mem_list(struct transport *t, const char *prefix,
		    transport_list_fn fn, void *data, struct dver_err *err)
{
	struct mem *m = mem_of(t);
	int r = 0;

	pthread_mutex_lock(&m->mutex);
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		struct transport_key k = { m->v[i].key, m->v[i].len,
					   m->v[i].mtime };

		if (str_starts(k.key, prefix))
			r = fn(data, &k, err);
	}
	pthread_mutex_unlock(&m->mutex);
	return r;
}

static int mem_get(struct transport *t, const char *key, uint64_t off,
		   void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct mem *m = mem_of(t);
	const struct value *v;
	int r = 0;

	pthread_mutex_lock(&m->mutex);
	v = find(m, key);
	if (v) {
		*got = off < v->len ? MIN(len, v->len - (size_t)off) : 0;
		memcpy(out, v->data + (*got ? off : 0), *got);
	} else {
		r = err_set(err, DVER_ENOTFOUND, "no key '%s' in memory", key);
	}
	pthread_mutex_unlock(&m->mutex);
	return r;
}

/* Adopts *data. */
static int store_value(struct mem *m, const char *key, char **data, size_t len,
		       struct dver_err *err)
{
	struct value *v;
	int r = 0;

	pthread_mutex_lock(&m->mutex);
	v = find(m, key);
	if (!v) {
		AUTO_FREE char *copy = strdup(key);

		if (copy && mem_grow(&m->v, &m->cap, m->n + 1, sizeof(*v))) {
			v = &m->v[m->n++];
			*v = (struct value){ .key = TAKE(copy) };
		}
	}
	if (v) {
		free(v->data);
		v->data = TAKE(*data);
		v->len = len;
		v->mtime = (int64_t)time(NULL);
	} else {
		r = err_nomem(err);
	}
	pthread_mutex_unlock(&m->mutex);
	return r;
}

static int mem_put(struct transport *t, const char *key,
		   const struct transport_src *src, struct dver_err *err)
{
	AUTO_FREE char *copy = NULL;
	size_t len = src->len;

	if (!src->data) {
		int r = os_slurp(&copy, &len, src->path, SIZE_MAX / 4, err);

		if (r < 0)
			return r;
		if (len != src->len)
			return err_set(err, DVER_EIO, "'%s' has %zu bytes, "
				       "not %zu", src->path, len, src->len);
		if (src->consume)
			(void)os_unlink(src->path);
	} else {
		copy = str_ndup(src->data, len);
		if (!copy)
			return err_nomem(err);
	}
	return store_value(mem_of(t), key, &copy, len, err);
}

static int mem_replace(struct transport *t, const char *key, const void *data,
		       size_t len, struct dver_err *err)
{
	AUTO_FREE char *copy = str_ndup(data, len);

	if (!copy)
		return err_nomem(err);
	return store_value(mem_of(t), key, &copy, len, err);
}

static void drop(struct value *v)
{
	free(v->key);
	free(v->data);
}

static int mem_del(struct transport *t, const char *key, struct dver_err *err)
{
	struct mem *m = mem_of(t);
	struct value *v;

	(void)err;
	pthread_mutex_lock(&m->mutex);
	v = find(m, key);
	if (v) {
		drop(v);
		*v = m->v[--m->n];
	}
	pthread_mutex_unlock(&m->mutex);
	return 0;
}

static int mem_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;
}

static void mem_close(struct transport *t)
{
	struct mem *m = mem_of(t);

	for (size_t i = 0; i < m->n; i++)
		drop(&m->v[i]);
	free(m->v);
	pthread_mutex_destroy(&m->mutex);
	free(m);
}

static const struct transport_ops mem_ops = {
	.name = "memory", .list = mem_list, .get = mem_get, .put = mem_put,
	.replace = mem_replace, .del = mem_del, .flush = mem_flush,
	.close = mem_close,
};

int transport_mem_open(struct transport **out, struct dver_err *err)
{
	struct mem *m = calloc(1, sizeof(*m));

	if (!m)
		return err_nomem(err);
	m->t.ops = &mem_ops;
	m->t.url = "memory:";
	pthread_mutex_init(&m->mutex, NULL);
	*out = &m->t;
	return 0;
}
