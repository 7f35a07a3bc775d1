/*
 * web_login - what a server wants that the settings do not say.
 *
 * The first request that is answered 401 has a password looked for, by the
 * person's credential helper or by asking; the others wait.  Then a new engine
 * takes over, which has it from the start.  A server that wants a digest of a
 * password that is there gets that.
 */
#include <strings.h>

#include "base/err.h"
#include "net/url.h"
#include "remotes/web.h"

struct http *web_engine(struct web *w, int *generation)
{
	struct http *h;

	pthread_mutex_lock(&w->mutex);
	h = w->http;
	*generation = w->generation;
	pthread_mutex_unlock(&w->mutex);
	return h;
}

/* "https://host:port/path/" as a credential helper wants it. */
struct place {
	char *protocol, *host, *path;
};

static void place_release(struct place *p)
{
	free(p->protocol);
	free(p->host);
	free(p->path);
}
#define AUTO_PLACE __attribute__((cleanup(place_release)))

static int place_of(const struct web *w, struct place *p, struct dver_err *err)
{
	struct url u;
	int r = url_cut(&u, w->base, err);

	if (r < 0)
		return r;
	p->protocol = url_part_dup(&u.scheme);
	p->host = str_ndup(u.host.at, (size_t)(u.path.at - u.host.at));
	p->path = str_ndup(u.path.at + 1, u.path.len - 1);
	return p->protocol && p->host && p->path ? 0 : err_nomem(err);
}

/* Does it want a digest, and nothing that shows the password? */
static bool wants_digest(const struct http_reply *reply)
{
	bool digest = false;

	for (size_t i = 0; i < reply->headers.n; i++) {
		const char *line = reply->headers.v[i];

		if (!str_starts(line, "www-authenticate: "))
			continue;
		line += strlen("www-authenticate: ");
		if (strncasecmp(line, "basic", 5) == 0)
			return false;
		digest |= strncasecmp(line, "digest", 6) == 0;
	}
	return digest;
}

static int ask(struct web *w, struct dver_err *err)
{
	const struct transport_config *cfg = w->cfg;
	AUTO_PLACE struct place p = { .host = NULL };
	struct transport_login l = { .user = NULL };
	int r = place_of(w, &p, err);

	if (r == 0 && w->user) {
		l.user = strdup(w->user);
		r = l.user ? 0 : err_nomem(err);
	}
	l.protocol = p.protocol;
	l.host = p.host;
	l.path = p.path;
	if (r == 0)
		r = cfg->login(cfg->ask_data, &l, err);
	if (r > 0) {
		free(w->user);
		w->user = TAKE(l.user);
		w->password = TAKE(l.password);
	}
	transport_login_release(&l);
	return r;
}

/* Only one thread is here; nobody else looks at opts and password. */
static int find(struct web *w, struct http **made,
		const struct http_reply *reply, struct dver_err *err)
{
	bool digest = !w->opts.digest && wants_digest(reply);
	int r = digest;

	if (!w->credentials && w->cfg->login)
		r = ask(w, err);
	if (r <= 0 || !w->password)
		return MIN(r, 0);
	w->opts.digest |= digest;
	w->opts.user = w->user;
	w->opts.password = w->password;
	w->opts.netrc = false;
	r = http_new(made, &w->opts, err);
	return r < 0 ? r : 1;
}

/* 1: there is a newer one, 0: there will be none, -1: make it. */
static int wait_turn(struct web *w, int generation)
{
	int r;

	pthread_mutex_lock(&w->mutex);
	while (w->asking)
		pthread_cond_wait(&w->changed, &w->mutex);
	r = w->generation != generation ? 1 : w->asked ? 0 : -1;
	if (r < 0)
		w->asked = w->asking = true;
	pthread_mutex_unlock(&w->mutex);
	return r;
}

int web_login(struct web *w, int generation, const struct http_reply *reply,
	      struct dver_err *err)
{
	struct http *made = NULL;
	int r = wait_turn(w, generation);

	if (r >= 0)
		return r;
	r = find(w, &made, reply, err);
	pthread_mutex_lock(&w->mutex);
	if (r > 0) {
		w->before = w->http;
		w->http = made;
		w->generation++;
	}
	w->asking = false;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->mutex);
	return r;
}

void web_login_done(struct web *w, int generation, bool taken)
{
	AUTO_PLACE struct place p = { .host = NULL };
	struct transport_login l = { .user = NULL };

	if (generation == 0 || w->credentials || !w->cfg->login_done ||
	    atomic_exchange(&w->told, true) || place_of(w, &p, NULL) < 0)
		return;
	l.protocol = p.protocol;
	l.host = p.host;
	l.path = p.path;
	l.user = w->user;
	l.password = w->password;
	w->cfg->login_done(w->cfg->ask_data, &l, taken);
}
