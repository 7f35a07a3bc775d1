/*
 * simulate - run seeds.
 *
 *	simulate [-n SEEDS] [-s FIRST] [-b RULE] [-k] [-v] FOLDER
 *
 * All rules kept, no seed may find a violation; with one broken (-b 1 ..),
 * one must.  Without -b: each in turn, as TAP.  -k goes on after a violation,
 * -v tells a seed's history.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/os.h"
#include "tests/simulate/sim.h"

#define OLD_VERSIONS 15	/* pushed before the story begins */

static struct data data;
static struct world *before;	/* what each seed starts from */
static const char *top;

static void die(const char *what, const struct dver_err *err)
{
	(void)printf("Bail out! %s: %s\n", what, err->msg);
	exit(1);
}

/* Half a year of pushes, one after the other. */
static void *history_main(struct actor *a)
{
	struct dver_err err = { 0 };

	for (int i = 0; i < OLD_VERSIONS; i++) {
		if (pusher_push(a, i, &err) < 0)
			die("history", &err);
		actor_restart(a);
		a->w->claim[i].in_git = i % 3 != 1;
		a->w->now += (i < 10 ? 10 : 5) * DAY;
	}
	return NULL;
}

static void prepare(void)
{
	AUTO_FREE char *root = str_printf("%s/source", top);
	struct dver_err err = { 0 };
	struct world *w;

	if (os_mkdirs(top, 0777) < 0 || data_make(&data, root, &err) < 0)
		die("source", &err);
	before = world_new(1, ALL_RULES, &data);
	w = before;
	world_settle(w);
	(void)world_actor(w, PUSHER, top);
	world_run(w, history_main);
}

/* In the end: is all there that should be? */
static void *check_main(struct actor *a)
{
	struct world *w = a->w;

	for (int i = 0; i < w->data->n; i++) {
		AUTO_STORE struct store *s = NULL;
		struct dver_err err = { 0 };
		int r;

		if (!world_protects(w, i))
			continue;
		r = actor_store(a, &s, &err);
		if (r == 0)
			r = reader_verify(s, &w->data->v[i].id, &err);
		if (r < 0)
			world_violated(w, "version %d is lost: %s", i,
				       err.msg);
	}
	return NULL;
}

/* false: *why says what happened. */
static bool run_seed(uint64_t seed, enum rule broken, bool trace, char *why,
		     size_t size, uint64_t *steps)
{
	AUTO_FREE char *dir = str_printf("%s/seed", top);
	struct world *w = world_new(seed, broken, &data);
	int page = w->page, stale = (int)w->stale, pace = w->pace;
	int deaths = w->deaths;
	bool ok;

	w->trace = trace;
	if (!dir || world_copy(w, before) < 0)
		abort();
	for (uint32_t i = 2 + rng_below(&w->rng, 3); i > 0; i--)
		(void)world_actor(w, PUSHER, dir);
	for (uint32_t i = 1 + rng_below(&w->rng, 2); i > 0; i--)
		(void)world_actor(w, COLLECTOR, dir);
	(void)world_actor(w, READER, dir);
	world_run(w, actor_main);
	world_settle(w);
	(void)world_actor(w, READER, dir);
	world_run(w, check_main);
	ok = !w->why[0];
	if (!ok)
		(void)snprintf(why, size, "%.900s (page %d, stale %d, pace %d, "
			       "deaths %d)", w->why, page, stale, pace, deaths);
	*steps += w->steps;
	world_free(w);
	if (dir_remove_all(AT_FDCWD, dir, NULL) < 0)
		ok = ok && errno == ENOENT;
	return ok;
}

struct options {
	uint64_t first, n;
	int broken;		/* < 0: each in turn */
	bool trace;
	bool on;		/* also after a violation */
};

/* The first seed that finds something, or UINT64_MAX. */
static uint64_t run_seeds(const struct options *o, enum rule broken,
			  char *why, size_t size, uint64_t *steps)
{
	uint64_t found = UINT64_MAX;
	/* A broken rule may need luck to be seen; the first sight is enough. */
	uint64_t n = broken == ALL_RULES ? o->n : o->n * 20;

	for (uint64_t seed = o->first; seed < o->first + n; seed++) {
		if (run_seed(seed, broken, o->trace, why, size, steps))
			continue;
		found = MIN(found, seed);
		if (!o->on)
			break;
		(void)printf("# seed %llu: %s\n", (unsigned long long)seed,
			     why);
	}
	return found;
}

static int run_all(const struct options *o)
{
	int n = 0, bad = 0;

	for (int i = 0; i < RULES; i++) {
		char why[1500] = "";
		uint64_t steps = 0, found;
		bool ok;

		if (o->broken >= 0 && o->broken != i)
			continue;
		found = run_seeds(o, (enum rule)i, why, sizeof(why), &steps);
		ok = (found == UINT64_MAX) == (i == ALL_RULES);
		bad += !ok;
		(void)printf("%sok %d - %s: %llu seeds, %llu requests\n",
			     ok ? "" : "not ", ++n, rule_names[i],
			     (unsigned long long)(found != UINT64_MAX
					? found - o->first + 1
					: i == ALL_RULES ? o->n : o->n * 20),
			     (unsigned long long)steps);
		if (found != UINT64_MAX)
			(void)printf("# seed %llu: %s\n",
				     (unsigned long long)found, why);
		(void)fflush(stdout);
	}
	(void)printf("1..%d\n", n);
	return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct options o = { .first = 1, .n = 200, .broken = -1 };
	int opt;

	while ((opt = getopt(argc, argv, "n:s:b:vk")) != -1) {
		if (opt == 'n')
			o.n = strtoull(optarg, NULL, 10);
		else if (opt == 's')
			o.first = strtoull(optarg, NULL, 10);
		else if (opt == 'b')
			o.broken = (int)strtol(optarg, NULL, 10);
		else if (opt == 'k')
			o.on = true;
		else if (opt == 'v')
			o.trace = true;
		else
			return 2;
	}
	if (optind + 1 != argc)
		return 2;
	top = argv[optind];
	prepare();
	opt = run_all(&o);
	world_free(before);
	free(data.root);
	(void)dir_remove_all(AT_FDCWD, top, NULL);
	return opt;
}
