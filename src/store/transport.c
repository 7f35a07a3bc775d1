/*
 * transport - the table, called with counters.
 */
#include "store/transport.h"

#include <stdatomic.h>

#include "base/err.h"
#include "base/log.h"

static void count(struct transport *t, const char *verb, const char *key)
{
	atomic_fetch_add(&t->requests, 1);
	log_at(2, "%s: %s %s", t->ops->name, verb, key);
}

int transport_list(struct transport *t, const char *prefix,
		   transport_list_fn fn, void *data, struct dver_err *err)
{
	count(t, "list", prefix);
	return t->ops->list(t, prefix, fn, data, err);
}

int transport_get(struct transport *t, const char *key, uint64_t off,
		  void *out, size_t len, size_t *got, struct dver_err *err)
{
	int r;

	count(t, "get", key);
	r = t->ops->get(t, key, off, out, len, got, err);
	if (r == 0)
		atomic_fetch_add(&t->bytes_in, *got);
	return r;
}

static int may_write(const struct transport *t, const char *key,
		     struct dver_err *err)
{
	if (!t->read_only)
		return 0;
	return err_set(err, DVER_EAUTH, "'%s' is read-only: '%s' is not "
		       "written", t->url, key);
}

int transport_put(struct transport *t, const char *key,
		  const struct transport_src *src, struct dver_err *err)
{
	int r = may_write(t, key, err);

	if (r < 0)
		return r;
	count(t, "put", key);
	r = t->ops->put(t, key, src, err);
	if (r == 0)
		atomic_fetch_add(&t->bytes_out, src->len);
	return r;
}

int transport_replace(struct transport *t, const char *key, const void *data,
		      size_t len, struct dver_err *err)
{
	int r = may_write(t, key, err);

	if (r < 0)
		return r;
	count(t, "replace", key);
	r = t->ops->replace(t, key, data, len, err);
	if (r == 0)
		atomic_fetch_add(&t->bytes_out, len);
	return r;
}

int transport_del(struct transport *t, const char *key, struct dver_err *err)
{
	int r = may_write(t, key, err);

	if (r < 0)
		return r;
	count(t, "delete", key);
	return t->ops->del(t, key, err);
}

int transport_flush(struct transport *t, struct dver_err *err)
{
	return t->ops->flush(t, err);
}

void transport_close(struct transport *t)
{
	if (t)
		t->ops->close(t);
}
