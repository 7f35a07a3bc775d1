/*
 * http - the thread that drives curl's multi interface, and its queue.
 *
 * Callers put transfers in the queue and wait on a condition variable each.
 * The thread takes as many at once as the limit allows, watches that none
 * stalls, and hands each back when it ends.  It sleeps in epoll_wait(), and
 * curl is told of those sockets only where something happened: with many
 * requests in flight all else would cost a system call for each of them.
 */
#include <curl/curl.h>
#include <signal.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/mem.h"
#include "net/http_engine.h"

#define SECOND 1000000000LL
#define MILLI 1000000LL
#define TICK_MS 100	/* how soon an interruption is seen */
#define IDLE_MS 60000
#define DRIP 16		/* bytes a second that are too few, */
#define DRIP_TIMES 5	/* over so many times the time of a stall */
#define STREAMS 8	/* HTTP/2: more requests get another connection */

int64_t http_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static int64_t clock_of(const struct http *h)
{
	return http_now() - h->slept;
}

static void unlink_running(struct http *h, struct transfer *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		h->running = t->next;
	if (t->next)
		t->next->prev = t->prev;
	h->n_running--;
}

/* From here on it is its caller's. */
static void hand_back(struct http *h, struct transfer *t)
{
	pthread_mutex_lock(&h->mutex);
	t->done = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&h->mutex);
}

static void finish(struct http *h, struct transfer *t)
{
	(void)curl_multi_remove_handle(h->multi, t->easy);
	unlink_running(h, t);
	hand_back(h, t);
}

static void start(struct http *h, struct transfer *t)
{
	t->started = t->active = t->mark = clock_of(h);
	t->prev = NULL;
	t->next = h->running;
	if (h->running)
		h->running->prev = t;
	h->running = t;
	h->n_running++;
	if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		t->result = err_nomem(&t->err);
		finish(h, t);
	}
}

/*
 * The next in the queue, if there is room; else the thread sleeps, and whoever
 * queues something wakes it.  false: stop.
 */
static bool take_next(struct http *h, struct transfer **t)
{
	bool stop;

	pthread_mutex_lock(&h->mutex);
	*t = h->n_running < http_limit_get(&h->limit) ? h->first : NULL;
	if (*t) {
		h->first = (*t)->next;
		if (!h->first)
			h->last = NULL;
	}
	h->polling = !*t;
	stop = h->stop;
	pthread_mutex_unlock(&h->mutex);
	return !stop;
}

static void collect(struct http *h)
{
	const CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct transfer *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		t->code = (int)m->data.result;
		finish(h, t);
	}
}

static void cancel_all(struct http *h)
{
	struct transfer *t, *next;

	while (h->running) {
		t = h->running;
		t->result = cancel_check(h->opts.cancel, &t->err);
		finish(h, t);
	}
	pthread_mutex_lock(&h->mutex);
	t = h->first;
	h->first = h->last = NULL;
	pthread_mutex_unlock(&h->mutex);
	for (; t; t = next) {
		next = t->next;
		t->result = cancel_check(h->opts.cancel, &t->err);
		hand_back(h, t);
	}
}

/*
 * A transfer stalls when neither curl nor the system moved a byte of it: what
 * was written to a socket may take its time on a slow line.
 */
static bool stalls(struct transfer *t, int64_t now)
{
	long seconds = t->h->opts.stall_timeout;
	uint64_t moved;
	int unsent;

	if (now - t->active > SECOND) {
		unsent = http_easy_unsent(t);
		if (unsent != t->unsent)
			t->active = now;
		t->unsent = unsent;
	}
	if (now - t->active > seconds * SECOND)
		return true;
	if (now - t->mark <= DRIP_TIMES * seconds * SECOND)
		return false;
	moved = http_easy_moved(t);
	if (moved - t->marked < (uint64_t)(DRIP * DRIP_TIMES * seconds))
		return true;
	t->marked = moved;
	t->mark = now;
	return false;
}

static void end_stalled(struct http *h)
{
	int64_t now = clock_of(h);
	struct transfer *t, *next;

	for (t = h->running; t; t = next) {
		next = t->next;
		if (!stalls(t, now))
			continue;
		t->stalled = true;
		finish(h, t);
	}
}

/*
 * Some servers (Ceph's gateway, as it comes) send head and body of an answer in
 * two pieces, the second only when the first was acknowledged, and a kernel
 * that has just sent a request holds that back for 40 ms.
 */
static void acknowledge_at_once(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* curl: this is what to wait for on the socket. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data,
		     void *known)
{
	struct http *h = data;
	struct epoll_event e = { .data.fd = fd };
	struct transfer *t = NULL;

	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
	if (t)
		t->socket = what == CURL_POLL_REMOVE ? -1 : fd;
	if (what == CURL_POLL_REMOVE) {
		(void)epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		acknowledge_at_once(fd);
	e.events = ((what & CURL_POLL_IN) ? EPOLLIN : 0U) |
		   ((what & CURL_POLL_OUT) ? EPOLLOUT : 0U);
	if (known && epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &e) == 0)
		return 0;
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		(void)epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &e);
	(void)curl_multi_assign(h->multi, fd, h);
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *data)
{
	struct http *h = data;

	(void)multi;
	h->due = ms < 0 ? -1 : http_now() + ms * MILLI;
	return 0;
}

static int sleep_ms(const struct http *h)
{
	int64_t ms = h->n_running > 0 ? TICK_MS : IDLE_MS;

	if (h->due >= 0)
		ms = MIN(ms, MAX((h->due - http_now() + MILLI - 1) / MILLI, 0));
	return (int)ms;
}

static void tell_curl(struct http *h, const struct epoll_event *e)
{
	int what = ((e->events & EPOLLIN) ? CURL_CSELECT_IN : 0) |
		   ((e->events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
		   ((e->events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
	uint64_t ignored;
	int n;

	if (e->data.fd != h->event)
		(void)curl_multi_socket_action(h->multi, e->data.fd, what, &n);
	else if (read(h->event, &ignored, sizeof(ignored)) < 0)
		return;
}

static void wait_and_work(struct http *h)
{
	struct epoll_event e[64];
	int n = epoll_wait(h->epoll, e, ARRAY_SIZE(e), sleep_ms(h));

	for (int i = 0; i < n; i++)
		tell_curl(h, &e[i]);
	if (h->due >= 0 && http_now() >= h->due) {
		h->due = -1;
		(void)curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT,
					       0, &n);
	}
	collect(h);
}

static void *engine_main(void *arg)
{
	struct http *h = arg;
	int64_t looked = http_now();
	struct transfer *t;

	while (take_next(h, &t)) {
		if (t) {
			start(h, t);
			continue;
		}
		wait_and_work(h);
		if (cancel_is_set(h->opts.cancel))
			cancel_all(h);
		if (http_now() - looked > TICK_MS * MILLI) {
			end_stalled(h);
			looked = http_now();
		}
	}
	return NULL;
}

static void global_init(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool open_multi(struct http *h)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct epoll_event e = { .events = EPOLLIN };
	CURLM *m;

	(void)pthread_once(&once, global_init);
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	h->event = e.data.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (h->epoll < 0 || h->event < 0 ||
	    epoll_ctl(h->epoll, EPOLL_CTL_ADD, h->event, &e) < 0)
		return false;
	m = h->multi = curl_multi_init();
	return m &&
	       !curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, on_socket) &&
	       !curl_multi_setopt(m, CURLMOPT_SOCKETDATA, h) &&
	       !curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer) &&
	       !curl_multi_setopt(m, CURLMOPT_TIMERDATA, h) &&
	       !curl_multi_setopt(m, CURLMOPT_MAXCONNECTS,
				  (long)h->opts.max_requests + 8) &&
	       !curl_multi_setopt(m, CURLMOPT_MAX_CONCURRENT_STREAMS,
				  (long)STREAMS);
}

static void close_multi(struct http *h)
{
	if (h->multi)
		(void)curl_multi_cleanup(h->multi);
	h->multi = NULL;
	if (h->epoll >= 0)
		(void)close(h->epoll);
	if (h->event >= 0)
		(void)close(h->event);
	h->epoll = h->event = -1;
}

/* Under mutex, with the first request.  Signals are the main thread's. */
static int start_thread(struct http *h, struct dver_err *err)
{
	sigset_t all, old;
	int r;

	if (h->started)
		return 0;
	if (!open_multi(h)) {
		close_multi(h);
		return err_sys(err, "cannot start the HTTP engine");
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&h->thread, NULL, engine_main, h);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0) {
		close_multi(h);
		return err_set(err, err_from_errno(r),
			       "cannot start a thread for HTTP");
	}
	h->started = true;
	return 0;
}

static void wake(const struct http *h)
{
	uint64_t one = 1;

	if (write(h->event, &one, sizeof(one)) < 0)
		return;		/* full: it is awake already */
}

int http_engine_run(struct http *h, struct transfer *t, struct dver_err *err)
{
	bool sleeps;
	int r;

	pthread_mutex_lock(&h->mutex);
	r = start_thread(h, err);
	if (r < 0) {
		pthread_mutex_unlock(&h->mutex);
		return r;
	}
	t->next = NULL;
	if (h->last)
		h->last->next = t;
	else
		h->first = t;
	h->last = t;
	sleeps = h->polling;
	h->polling = false;
	pthread_mutex_unlock(&h->mutex);
	if (sleeps)
		wake(h);
	pthread_mutex_lock(&h->mutex);
	while (!t->done)
		pthread_cond_wait(&t->wake, &h->mutex);
	pthread_mutex_unlock(&h->mutex);
	return 0;
}

void http_engine_stop(struct http *h)
{
	pthread_mutex_lock(&h->mutex);
	h->stop = true;
	pthread_mutex_unlock(&h->mutex);
	if (!h->started)
		return;
	wake(h);
	(void)pthread_join(h->thread, NULL);
	close_multi(h);
}

void http_library(struct buf *out)
{
	buf_addf(out, "libcurl %s",
		 curl_version_info(CURLVERSION_NOW)->version);
}
