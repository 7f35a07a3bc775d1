/*
 * aws_credentials - one thread gets new keys while the others go on with the
 * old ones; only when those are about to end do they wait.
 */
#include "net/aws_credentials.h"

#include <pthread.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/aws_sources.h"

#define EARLY 300	/* seconds before their end new keys are got */
#define LATE 60		/* and from when on the old ones are not used */

struct aws_credentials {
	struct aws_credentials_opts opts;
	pthread_mutex_t mutex;
	pthread_cond_t done;	/* `busy` is over */
	/* under mutex: */
	struct aws_keys keys;	/* id is NULL: none yet */
	bool busy;		/* one thread is getting new ones */
	bool stale;		/* a server said so */
};

int aws_credentials_new(struct aws_credentials **out,
			const struct aws_credentials_opts *opts,
			struct dver_err *err)
{
	struct aws_credentials *c = calloc(1, sizeof(*c));

	if (!c)
		return err_nomem(err);
	c->opts = *opts;
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->done, NULL);
	*out = c;
	return 0;
}

void aws_credentials_free(struct aws_credentials *c)
{
	if (!c)
		return;
	aws_keys_release(&c->keys);
	pthread_cond_destroy(&c->done);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

/* The mutex is held. */
static bool good_for(const struct aws_credentials *c, int64_t seconds)
{
	if (!c->keys.id || c->stale)
		return false;
	return c->keys.expires == 0 ||
	       (int64_t)time(NULL) + seconds < c->keys.expires;
}

static int fetch(struct aws_credentials *c, struct aws_keys *out,
		 struct dver_err *err)
{
	struct aws_world w = { c->opts.profiles, &c->opts };
	int r = aws_chain(&w, out, err);

	if (r == 0)
		log_at(2, "aws: credentials from %s", out->source);
	return r;
}

/* The mutex is held, and let go meanwhile. */
static int refresh(struct aws_credentials *c, struct dver_err *err)
{
	AUTO_AWS_KEYS struct aws_keys fresh = AWS_KEYS_INIT;
	struct dver_err why = { 0 };
	int r;

	c->busy = true;
	pthread_mutex_unlock(&c->mutex);
	r = fetch(c, &fresh, &why);
	pthread_mutex_lock(&c->mutex);
	c->busy = false;
	pthread_cond_broadcast(&c->done);
	if (r == 0) {
		struct aws_keys old = c->keys;

		c->keys = fresh;
		fresh = old;
		c->stale = false;
		return 0;
	}
	/* The old ones may do for a while. */
	if (good_for(c, LATE)) {
		log_at(1, "aws: %s", why.msg);
		return 0;
	}
	return err_set(err, r, "%s", why.msg);
}

int aws_credentials_get(struct aws_credentials *c, struct aws_keys *out,
			struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&c->mutex);
	while (c->busy && !good_for(c, LATE))
		pthread_cond_wait(&c->done, &c->mutex);
	if (!c->busy && !good_for(c, EARLY))
		r = refresh(c, err);
	if (r == 0)
		r = aws_keys_copy(out, &c->keys, err);
	pthread_mutex_unlock(&c->mutex);
	return r;
}

bool aws_credentials_expired(struct aws_credentials *c,
			     const struct aws_keys *k)
{
	bool others;

	pthread_mutex_lock(&c->mutex);
	others = c->keys.id && !streq(c->keys.id, k->id);
	if (!others && k->token && k->expires) {
		c->stale = true;
		others = true;
	}
	pthread_mutex_unlock(&c->mutex);
	return others;
}
