/*
 * place - what the world's stores lie in, as one actor reaches it.
 *
 * A listing is made of requests for pages, and the world goes on between two
 * of them.  In a stale world each key that came or went within the last
 * `stale` seconds may be told as it was.
 */
#include "tests/simulate/sim.h"

/* A request: others first, then perhaps never. */
struct place {
	struct transport t;
	struct actor *a;
};

static struct actor *actor_of(struct transport *t)
{
	return ((struct place *)t)->a;
}

static int gone(struct actor *a, struct dver_err *err)
{
	a->dead = true;
	return err_set(err, DVER_ENET, "actor %d is cut off", a->id);
}

/* 1: the request is the last and the server still gets it. */
static int request(struct actor *a, struct dver_err *err)
{
	if (a->dead)
		return gone(a, err);
	actor_yield(a);
	if (a->dies_in < 0 || a->dies_in-- > 0)
		return 0;
	a->dead = true;
	world_trace(a, "dies");
	return rng_chance(&a->w->rng, 50) ? 1 : gone(a, err);
}

/* Did this actor's listing see that moment? */
static bool saw(const struct actor *a, const char *prefix, int64_t moment)
{
	struct world *w = a->w;

	if (a->role == PUSHER && str_starts(prefix, "gc/") &&
	    (w->broken == RELY_ON_CONDEMNED ||
	     (w->broken == NO_RECHECK && moment > a->first_gc)))
		return false;
	if (moment > w->now)
		return false;
	return moment <= w->now - w->stale || rng_chance(&w->rng, 50);
}

/* The least key after `last` that a listing tells now. */
static const struct key *next_key(struct actor *a, const char *prefix,
				  const char *last)
{
	struct world *w = a->w;
	const struct key *best = NULL;

	for (size_t i = 0; i < w->n; i++) {
		const struct key *k = &w->keys[i];

		if (!str_starts(k->name, prefix) ||
		    strcmp(k->name, last) <= 0 ||
		    (best && strcmp(k->name, best->name) >= 0))
			continue;
		if (saw(a, prefix, k->born) &&
		    (k->died == NEVER || !saw(a, prefix, k->died)))
			best = k;
	}
	return best;
}

static int place_list(struct transport *t, const char *prefix,
		      transport_list_fn fn, void *data, struct dver_err *err)
{
	struct actor *a = actor_of(t);
	AUTO_FREE char *last = strdup("");
	int r = 0, left = 0;

	if (str_starts(prefix, "gc/") && !a->first_gc)
		a->first_gc = a->w->now;
	if (str_starts(prefix, "index/"))
		a->listed = a->w->now;
	while (r == 0) {
		const struct key *k;
		struct transport_key out;

		if (left-- == 0) {
			r = request(a, err);
			if (r != 0)
				return r < 0 ? r : gone(a, err);
			left = a->w->page - 1;
		}
		k = next_key(a, prefix, last);
		if (!k)
			break;
		free(last);
		last = strdup(k->name);
		out = (struct transport_key){ last, k->size, k->born };
		r = fn(data, &out, err);
	}
	return r;
}

static int place_get(struct transport *t, const char *key, uint64_t off,
		     void *out, size_t len, size_t *got, struct dver_err *err)
{
	struct actor *a = actor_of(t);
	int r = request(a, err);

	if (r != 0)
		return r < 0 ? r : gone(a, err);
	return transport_get(a->w->mem, key, off, out, len, got, err);
}

static void keep(struct actor *a, const char *key, uint64_t size)
{
	world_add_key(a->w, key, size, a->w->now);
	if (str_starts(key, "index/0-"))	/* not a merged one */
		a->index_put = a->w->now;
	if (!streq(key, "heads"))
		world_trace(a, "put %s", key);
}

static int place_put(struct transport *t, const char *key,
		     const struct transport_src *src, struct dver_err *err)
{
	struct actor *a = actor_of(t);
	int last = request(a, err);
	int r = last < 0 ? last : transport_put(a->w->mem, key, src, err);

	if (r == 0)
		keep(a, key, src->len);
	return r == 0 && last ? gone(a, err) : r;
}

static int place_replace(struct transport *t, const char *key,
			 const void *data, size_t len, struct dver_err *err)
{
	struct actor *a = actor_of(t);
	int last = request(a, err);
	int r = last < 0 ? last
			 : transport_replace(a->w->mem, key, data, len, err);

	if (r == 0)
		keep(a, key, len);
	return r == 0 && last ? gone(a, err) : r;
}

/* What was cut off may still arrive, any time. */
static int place_del(struct transport *t, const char *key,
		     struct dver_err *err)
{
	struct actor *a = actor_of(t);
	struct world *w = a->w;
	bool was_dead = a->dead;
	int r = request(a, err);

	if (r < 0 && !was_dead && w->nlate < 64)
		w->late[w->nlate++] = (struct pending){
			strdup(key), w->now + rng_below(&w->rng, 20 * DAY) };
	if (r >= 0) {
		world_trace(a, "delete %s", key);
		world_remove_key(w, key);
	}
	return r > 0 ? gone(a, err) : r;
}

static int place_flush(struct transport *t, struct dver_err *err)
{
	(void)t;
	(void)err;
	return 0;
}

static void place_close(struct transport *t)
{
	free(t);
}

static const struct transport_ops place_ops = {
	.name = "simulated", .list = place_list, .get = place_get,
	.put = place_put, .replace = place_replace, .del = place_del,
	.flush = place_flush, .close = place_close,
};

int actor_transport(struct actor *a, struct transport **out,
		    struct dver_err *err)
{
	struct place *p = calloc(1, sizeof(*p));

	if (!p)
		return err_nomem(err);
	p->t.ops = &place_ops;
	p->t.url = "sim://place";
	p->a = a;
	*out = &p->t;
	return 0;
}

int actor_store(struct actor *a, struct store **out, struct dver_err *err)
{
	AUTO_FREE char *index = str_printf("%s/index", a->folder);
	struct store_opts opts = { .index_cache = index, .create = true,
				   .nosync = true };
	struct transport *t = NULL;
	int r = actor_transport(a, &t, err);

	return r < 0 ? r : store_open(out, &t, &opts, err);
}
