/*
 * http_new - the engine as a thing: options, counts.  The thread is started
 * with the first request.
 */
#include "base/mem.h"
#include "net/http_engine.h"

static bool copy(const char **s)
{
	if (!*s)
		return true;
	*s = strdup(*s);
	return *s != NULL;
}

/* The strings point to the caller's; let them be our own. */
static bool copy_opts(struct http_opts *o)
{
	const char **const all[] = {
		&o->ca_file, &o->cert, &o->key, &o->proxy, &o->user,
		&o->password,
	};
	bool ok = true;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		ok &= copy(all[i]);
	return ok;
}

static void drop(const char *s)
{
	free((void *)(uintptr_t)s);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	http_engine_stop(h);
	for (size_t i = 0; i < h->n_idle; i++)
		http_easy_free(h->idle[i]);
	free(h->idle);
	(void)pthread_mutex_destroy(&h->mutex);
	drop(h->opts.ca_file);
	drop(h->opts.cert);
	drop(h->opts.key);
	drop(h->opts.proxy);
	drop(h->opts.user);
	drop(h->opts.password);
	free(h);
}

/* As curl's own tool: the person may have told all programs. */
static const char *ca_of_environment(void)
{
	const char *ca = getenv("CURL_CA_BUNDLE");

	if (!ca || !*ca)
		ca = getenv("SSL_CERT_FILE");
	return ca && *ca ? ca : NULL;
}

int http_new(struct http **out, const struct http_opts *opts,
	     struct dver_err *err)
{
	AUTO_HTTP struct http *h = calloc(1, sizeof(*h));
	struct http_opts *o;

	if (!h)
		return err_nomem(err);
	(void)pthread_mutex_init(&h->mutex, NULL);
	h->epoll = h->event = -1;
	h->due = -1;
	h->opts = *opts;
	o = &h->opts;
	if (!o->ca_file)
		o->ca_file = ca_of_environment();
	if (!copy_opts(o))
		return err_nomem(err);
	o->max_requests = o->max_requests > 0 ? o->max_requests : 64;
	o->connect_timeout = o->connect_timeout > 0 ? o->connect_timeout : 30;
	o->stall_timeout = o->stall_timeout > 0 ? o->stall_timeout : 60;
	o->tries = o->tries > 0 ? o->tries : 8;
	h->in.per_second = h->out.per_second = o->max_rate;
	/* Many that share a trickle would all be too slow for a server. */
	if (o->max_rate > 0)
		o->max_requests = (int)MIN((uint64_t)o->max_requests,
					   o->max_rate / 32768 + 1);
	http_limit_init(&h->limit, o->max_requests);
	*out = TAKE(h);
	return 0;
}

void http_stats(const struct http *h, struct http_stats *out)
{
	out->requests = h->requests;
	out->tries = h->tries;
	out->bytes_in = h->bytes_in;
	out->bytes_out = h->bytes_out;
}
