/*
 * world - who runs, what time it is, what lies in the place.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "tests/simulate/sim.h"

const char *const rule_names[RULES] = {
	"all rules", "no re-check of gc/", "condemned packs relied on",
	"no second listing", "condemned taken back", "roots not counted",
	"no grace" };

/* The actor whose thread this is; NULL: main(). */
static __thread struct actor *self;
static struct rng setup = { 88172645463325252u };

uint64_t rng_next(struct rng *r)
{
	r->x ^= r->x << 13;
	r->x ^= r->x >> 7;
	r->x ^= r->x << 17;
	return r->x * 2685821657736338717u;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

/* The linker sends base/rand.c here. */
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags)
{
	uint8_t *p = out;

	(void)flags;
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(rng_next(self ? &self->rng : &setup) >> 56);
	return (ssize_t)len;
}

/* The clock of an actor's machine: right, as clocks mostly are. */
time_t __real_time(time_t *out);
time_t __wrap_time(time_t *out);
time_t __wrap_time(time_t *out)
{
	time_t now = self ? (time_t)self->w->now : __real_time(NULL);

	if (out)
		*out = now;
	return now;
}

static void set_pace(struct world *w)
{
	w->page = rng_chance(&w->rng, 30) ? 1000
					  : 1 + (int)rng_below(&w->rng, 6);
	w->stale = rng_chance(&w->rng, 60) ? 0 : DAY;
	w->pace = (int)rng_below(&w->rng, 4);
	w->deaths = rng_chance(&w->rng, 50) ? 0 : 30;
	/* The grace is there for listings that lag. */
	if (w->broken == NO_GRACE) {
		w->stale = DAY;
		w->pace = 1;
	}
}

struct world *world_new(uint64_t seed, enum rule broken,
			const struct data *data)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w || transport_mem_open(&w->mem, NULL) < 0)
		abort();
	w->rng.x = (seed + 1) * 0x9e3779b97f4a7c15u;
	for (int i = 0; i < 8; i++)
		(void)rng_next(&w->rng);
	w->broken = broken;
	w->data = data;
	w->now = 1700000000;
	w->running = -1;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->over, NULL);
	set_pace(w);
	return w;
}

void world_free(struct world *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->keys[i].name);
	for (int i = 0; i < w->nactors; i++) {
		free(w->actor[i].folder);
		pthread_cond_destroy(&w->actor[i].turn);
	}
	for (int i = 0; i < w->nlate; i++)
		free(w->late[i].key);
	free(w->keys);
	transport_close(w->mem);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->over);
	free(w);
}

void world_violated(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->why[0])
		return;
	va_start(ap, fmt);
	(void)vsnprintf(w->why, sizeof(w->why), fmt, ap);
	va_end(ap);
}

void world_trace(const struct actor *a, const char *fmt, ...)
{
	static const char *const roles[] = { "push", "read", "gc" };
	va_list ap;

	if (!a->w->trace)
		return;
	(void)fprintf(stderr, "# day %9.5f %s %d: ",
		      (double)(a->w->now - 1700000000) / DAY, roles[a->role],
		      a->id);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

bool world_protects(const struct world *w, int version)
{
	const struct claim *c = &w->claim[version];

	return c->in_git || w->now < c->until;
}

/* The key as it is now, or NULL. */
static struct key *find(struct world *w, const char *name)
{
	for (size_t i = w->n; i-- > 0;)
		if (w->keys[i].died == NEVER && streq(w->keys[i].name, name))
			return &w->keys[i];
	return NULL;
}

void world_add_key(struct world *w, const char *name, uint64_t size,
		   int64_t born)
{
	struct key *old = find(w, name);

	if (old)
		old->died = born;
	if (!mem_grow(&w->keys, &w->cap, w->n + 1, sizeof(*w->keys)))
		abort();
	w->keys[w->n++] = (struct key){ strdup(name), size, born, NEVER };
}

void world_remove_key(struct world *w, const char *name)
{
	struct key *k = find(w, name);

	if (k)
		k->died = w->now;
	(void)transport_del(w->mem, name, NULL);
}

int world_copy(struct world *to, struct world *from)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct key *k = &from->keys[i];
		AUTO_FREE char *data = malloc((size_t)k->size + 1);
		struct transport_src src = { .data = data,
					     .len = (size_t)k->size };
		size_t got;

		if (k->died != NEVER)
			continue;
		if (!data || transport_get(from->mem, k->name, 0, data,
					   src.len, &got, NULL) < 0 ||
		    transport_put(to->mem, k->name, &src, NULL) < 0)
			return DVER_ENOMEM;
		world_add_key(to, k->name, k->size, k->born);
	}
	memcpy(to->claim, from->claim, sizeof(to->claim));
	to->now = from->now;
	return 0;
}

struct actor *world_actor(struct world *w, enum role role, const char *dir)
{
	struct actor *a = &w->actor[w->nactors];

	*a = (struct actor){ .w = w, .role = role, .id = w->nactors,
			     .dies_in = -1 };
	a->rng.x = rng_next(&w->rng) | 1;
	a->folder = str_printf("%s/actor-%d", dir, a->id);
	pthread_cond_init(&a->turn, NULL);
	w->nactors++;
	return a;
}

/* How long until the next request of anyone. */
static int64_t pause_of(struct world *w)
{
	static const uint32_t hours[4] = { 0, 2, 10, 10 };
	static const uint32_t weeks[4] = { 0, 0, 0, 2 };
	uint32_t x = rng_below(&w->rng, 100);

	if (x < weeks[w->pace])
		return rng_below(&w->rng, 14 * DAY);
	if (x < weeks[w->pace] + hours[w->pace])
		return rng_below(&w->rng, 12 * HOUR);
	return x < 40 ? 1 + rng_below(&w->rng, 60) : 0;
}

static void late_deletes(struct world *w, int64_t now)
{
	for (int i = 0; i < w->nlate; i++) {
		if (w->late[i].at > now)
			continue;
		world_remove_key(w, w->late[i].key);
		free(w->late[i].key);
		w->late[i--] = w->late[--w->nlate];
	}
}

void world_settle(struct world *w)
{
	late_deletes(w, NEVER);
	w->page = 1000;
	w->stale = w->pace = w->deaths = 0;
}

/* The next to run: one that is awake, else the one that wakes first. */
static void pick(struct world *w)
{
	int awake[ACTORS_MAX];
	int first = -1, n = 0;

	w->steps++;
	w->now += pause_of(w);
	for (int i = 0; i < w->nactors; i++) {
		const struct actor *a = &w->actor[i];

		if (a->done)
			continue;
		if (a->wake <= w->now)
			awake[n++] = i;
		if (first < 0 || a->wake < w->actor[first].wake)
			first = i;
	}
	if (n > 0)
		first = awake[rng_below(&w->rng, (uint32_t)n)];
	else if (first >= 0)
		w->now = w->actor[first].wake;
	late_deletes(w, w->now);
	w->running = first;
	if (first >= 0)
		pthread_cond_signal(&w->actor[first].turn);
	else
		pthread_cond_signal(&w->over);
}

void actor_yield(struct actor *a)
{
	struct world *w = a->w;

	pthread_mutex_lock(&w->mutex);
	pick(w);
	while (w->running != a->id)
		pthread_cond_wait(&a->turn, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
}

void actor_sleep(struct actor *a, int64_t seconds)
{
	a->wake = a->w->now + seconds;
	actor_yield(a);
}

void actor_restart(struct actor *a)
{
	a->dead = false;
	a->dies_in = -1;
}

struct start {
	struct actor *a;
	void *(*main_of)(struct actor *a);
};

static void *thread_main(void *arg)
{
	struct start *s = arg;
	struct actor *a = s->a;
	struct world *w = a->w;

	self = a;
	pthread_mutex_lock(&w->mutex);
	while (w->running != a->id)
		pthread_cond_wait(&a->turn, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	(void)s->main_of(a);
	pthread_mutex_lock(&w->mutex);
	a->done = true;
	pick(w);
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

void world_run(struct world *w, void *(*main_of)(struct actor *a))
{
	struct start start[ACTORS_MAX];
	bool runs[ACTORS_MAX];

	for (int i = 0; i < w->nactors; i++) {
		struct actor *a = &w->actor[i];

		start[i] = (struct start){ a, main_of };
		runs[i] = !a->done;
		if (runs[i] && pthread_create(&a->thread, NULL, thread_main,
					      &start[i]) != 0)
			abort();
	}
	pthread_mutex_lock(&w->mutex);
	pick(w);
	while (w->running >= 0)
		pthread_cond_wait(&w->over, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	for (int i = 0; i < w->nactors; i++)
		if (runs[i])
			(void)pthread_join(w->actor[i].thread, NULL);
}
