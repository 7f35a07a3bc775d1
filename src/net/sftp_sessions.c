#include "net/sftp_sessions.h"

#include <poll.h>
#include <pthread.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"

#define BUSY 4			/* users of each before there is another, */
#define BUSY_MUCH 1		/* or where much goes over them: one alone */
#define MUCH (16u << 20)	/* cannot fill a fast line to far away */
#define FIRST_TRIES 3		/* to connect at all */
#define LATER_TRIES 8		/* to connect once more */
#define WORK_TRIES 6
#define PAUSE_MIN 200		/* ms; doubled for each try */
#define PAUSE_MAX 20000

struct session {
	struct sftp_conn *c;	/* owned */
	int users;
};

struct sftp_sessions {
	struct sftp_sessions_opts o;
	pthread_mutex_t mutex;
	pthread_cond_t opened;	/* or not: somebody's try is over */
	struct session *v;	/* under mutex, as all that follows */
	size_t n, cap;
	bool opening, no_more, was_open, failed;
	struct dver_err err;	/* when failed: why */
};

int sftp_sessions_new(struct sftp_sessions **out,
		      const struct sftp_sessions_opts *opts,
		      struct dver_err *err)
{
	struct sftp_sessions *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem(err);
	s->o = *opts;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->opened, NULL);
	*out = s;
	return 0;
}

void sftp_sessions_free(struct sftp_sessions *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		sftp_conn_close(s->v[i].c);
	free(s->v);
	pthread_mutex_destroy(&s->mutex);
	pthread_cond_destroy(&s->opened);
	free(s);
}

/* A random part of a pause that doubles; < 0: interrupted. */
static int pause_for(const struct sftp_sessions *s, int try,
		     struct dver_err *err)
{
	const int step = 50;
	uint32_t random = 0;
	int ms = try < 7 ? PAUSE_MIN << try : PAUSE_MAX;
	int r = rand_bytes(&random, sizeof(random), err);

	ms = (int)(random % (uint32_t)MIN(ms, PAUSE_MAX));
	for (; r == 0 && ms > 0; ms -= step) {
		r = cancel_check(s->o.cancel, err);
		(void)poll(NULL, 0, MIN(ms, step));
	}
	return r;
}

/* Not under the mutex. */
static int try_to_open(struct sftp_sessions *s, struct sftp_conn **out,
		       bool extra, int tries, struct dver_err *err)
{
	for (int try = 0;; try++) {
		bool again = false;
		int r = s->o.open(s->o.data, out, extra, &again, err);
		struct dver_err pause_err;

		if (r == 0 || extra || !again || try + 1 >= tries)
			return r;
		log_at(1, "ssh: %s; trying again",
		       err ? err->msg : "no connection");
		if (pause_for(s, try, &pause_err) < 0)
			return err_set(err, pause_err.code, "%s",
				       pause_err.msg);
	}
}

/* The mutex is held; it is let go of meanwhile.  Extra ones may fail. */
static int open_one(struct sftp_sessions *s, bool extra, struct dver_err *err)
{
	struct sftp_conn *c = NULL;
	struct dver_err why = { 0 };
	int tries = s->was_open ? LATER_TRIES : FIRST_TRIES;
	int r;

	s->opening = true;
	pthread_mutex_unlock(&s->mutex);
	r = try_to_open(s, &c, extra, tries, &why);
	pthread_mutex_lock(&s->mutex);
	s->opening = false;
	if (r == 0 && !mem_grow(&s->v, &s->cap, s->n + 1, sizeof(*s->v))) {
		sftp_conn_close(c);
		r = err_nomem(&why);
	}
	if (r == 0) {
		s->v[s->n++] = (struct session){ c, 0 };
		s->was_open = true;
	} else if (extra) {
		log_at(1, "ssh: one session less than there could be: %s",
		       why.msg);
		s->no_more = true;
	} else {
		s->failed = true;
		s->err = why;
	}
	pthread_cond_broadcast(&s->opened);
	return r < 0 && !extra ? err_set(err, r, "%s", why.msg) : 0;
}

/* The living one with the fewest users. */
static struct session *least_busy(struct sftp_sessions *s, size_t *alive)
{
	struct session *best = NULL;

	*alive = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct session *v = &s->v[i];

		if (sftp_conn_is_dead(v->c))
			continue;
		++*alive;
		if (!best || v->users < best->users)
			best = v;
	}
	return best;
}

static bool is_busy(const struct session *v)
{
	return v->users >= (sftp_conn_bytes(v->c) > MUCH ? BUSY_MUCH : BUSY);
}

static int take(struct sftp_sessions *s, struct sftp_conn **out,
		struct dver_err *err)
{
	int r = 0;

	pthread_mutex_lock(&s->mutex);
	*out = NULL;
	while (r == 0 && !*out) {
		size_t alive;
		struct session *best = least_busy(s, &alive);
		bool more = !s->no_more && alive < (size_t)s->o.max;

		if (best && (!is_busy(best) || !more || s->opening)) {
			best->users++;
			*out = best->c;
		} else if (!best && s->failed) {
			r = err_set(err, s->err.code, "%s", s->err.msg);
		} else if (s->opening) {
			pthread_cond_wait(&s->opened, &s->mutex);
		} else {
			r = open_one(s, best != NULL, err);
		}
	}
	pthread_mutex_unlock(&s->mutex);
	return r;
}

static void give(struct sftp_sessions *s, struct sftp_conn *c)
{
	struct sftp_conn *gone = NULL;

	pthread_mutex_lock(&s->mutex);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].c != c)
			continue;
		if (--s->v[i].users == 0 && sftp_conn_is_dead(c)) {
			gone = c;
			s->v[i] = s->v[--s->n];
		}
		break;
	}
	pthread_mutex_unlock(&s->mutex);
	sftp_conn_close(gone);
}

int sftp_sessions_do(struct sftp_sessions *s, sftp_session_fn fn, void *data,
		     struct dver_err *err)
{
	for (int try = 0;; try++) {
		struct dver_err pause_err;
		struct sftp_conn *c;
		int r = take(s, &c, err);

		if (r < 0)
			return r;
		r = fn(data, c, try, err);
		if (r == DVER_ENET && cancel_is_set(s->o.cancel))
			r = cancel_check(s->o.cancel, err);
		give(s, c);
		if (r != DVER_ENET || try + 1 >= WORK_TRIES)
			return r;
		log_at(1, "ssh: %s; trying again",
		       err ? err->msg : "the connection was lost");
		if (pause_for(s, try, &pause_err) < 0)
			return err_set(err, pause_err.code, "%s",
				       pause_err.msg);
	}
}
