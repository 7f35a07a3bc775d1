#include "repo/login.h"

#include <pthread.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "repo/config_internal.h"

#define ANSWER_MAX (64u << 10)

/* One that was found, so that nobody is asked twice. */
struct known {
	char *where;		/* "https://host user", or a question */
	char *user, *password;
};

struct logins {
	pthread_mutex_t mutex;	/* of all; held while somebody is asked */
	struct known *v;
	size_t n, cap;
};

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

static void known_release(struct known *k)
{
	free(k->where);
	free(k->user);
	wipe(k->password);
}

void logins_free(struct logins *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		known_release(&l->v[i]);
	free(l->v);
	pthread_mutex_destroy(&l->mutex);
	free(l);
}

static struct known *find(struct logins *l, const char *where)
{
	for (size_t i = 0; i < l->n; i++)
		if (streq(l->v[i].where, where))
			return &l->v[i];
	return NULL;
}

static void forget(struct logins *l, const char *where)
{
	struct known *k = find(l, where);

	if (!k)
		return;
	known_release(k);
	*k = l->v[--l->n];
}

/* A failure to remember costs a question. */
static void remember(struct logins *l, const char *where, const char *user,
		     const char *password)
{
	struct known k = { strdup(where), user ? strdup(user) : NULL,
			   strdup(password) };

	forget(l, where);
	if (k.where && k.password && (!user || k.user) &&
	    mem_grow(&l->v, &l->cap, l->n + 1, sizeof(k)))
		l->v[l->n++] = k;
	else
		known_release(&k);
}

/* What is said to and by a helper: lines of "key=value". */
static int say(struct buf *b, const struct transport_login *l,
	       bool with_password, struct dver_err *err)
{
	buf_addf(b, "protocol=%s\nhost=%s\n", l->protocol, l->host);
	if (l->path && *l->path)
		buf_addf(b, "path=%s\n", l->path);
	if (l->user)
		buf_addf(b, "username=%s\n", l->user);
	if (with_password)
		buf_addf(b, "password=%s\n", l->password);
	buf_addc(b, '\n');
	return buf_check(b, err);
}

static void wipe_buf(struct buf *b)
{
	if (b->len)
		explicit_bzero(b->data, b->len);
	buf_release(b);
}
#define SECRET_BUF __attribute__((cleanup(wipe_buf)))

/* A line break would be another line of the protocol. */
static bool is_safe(const struct transport_login *l)
{
	return !strchr(l->protocol, '\n') && !strchr(l->host, '\n') &&
	       !(l->path && strchr(l->path, '\n')) &&
	       !(l->user && strchr(l->user, '\n')) &&
	       !(l->password && strchr(l->password, '\n'));
}

/*
 * Run `git credential VERB`: with /dev/null as its repository, so that the
 * settings of whatever lies here have no say; and it asks no question itself.
 */
static int helper(const char *verb, const struct transport_login *l,
		  bool with_password, struct buf *out, struct dver_err *err)
{
	const char *const argv[] = { "git", "credential", verb, NULL };
	const char *const env[] = { "GIT_DIR=/dev/null", "GIT_WORK_TREE",
				    "GIT_COMMON_DIR", "GIT_INDEX_FILE",
				    "GIT_TERMINAL_PROMPT=0", NULL };
	SECRET_BUF struct buf in = BUF_INIT(ANSWER_MAX);
	int r;

	if (!is_safe(l))
		return 1;
	r = say(&in, l, with_password, err);
	return r < 0 ? r : proc_ask(argv, "/", env, in.data, in.len, out, err);
}

static char *line_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	while (*text) {
		size_t end = strcspn(text, "\n");

		if (end > len && strncmp(text, key, len) == 0)
			return str_ndup(text + len, end - len);
		text += end;
		text += *text == '\n';
	}
	return NULL;
}

/* 1: found, 0: it knows nothing (there may be none at all). */
static int ask_helper(struct transport_login *l)
{
	SECRET_BUF struct buf out = BUF_INIT(ANSWER_MAX);
	AUTO_FREE char *user = NULL;
	char *password;

	if (helper("fill", l, false, &out, NULL) != 0)
		return 0;
	user = line_of(out.data, "username=");
	password = line_of(out.data, "password=");
	if (!user || !password) {
		wipe(password);
		return 0;
	}
	free(l->user);
	l->user = TAKE(user);
	l->password = password;
	l->from_helper = true;
	return 1;
}

static int ask_person(struct dver_repo *repo, struct transport_login *l,
		      struct dver_err *err)
{
	AUTO_FREE char *prompt = NULL;
	int r = 0;

	if (!repo->ask)
		return 0;
	if (!l->user) {
		prompt = str_printf("User name at '%s://%s': ", l->protocol,
				    l->host);
		r = prompt ? repo->ask(repo->ask_data, prompt, false, &l->user,
				       err) : err_nomem(err);
		free(TAKE(prompt));
	}
	if (r < 0)
		return r;
	prompt = str_printf("Password for '%s' at '%s://%s': ", l->user,
			    l->protocol, l->host);
	r = prompt ? repo->ask(repo->ask_data, prompt, true, &l->password,
			       err) : err_nomem(err);
	return r < 0 ? r : 1;
}

/*
 * Does a committed file make the connection one that others can listen to?
 * Then the helper's passwords are kept back; a person who is asked decides.
 */
static bool is_weakened(const struct remote *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct remote_option *o = &r->v[i];

		if (o->committed && streq(o->k->key.name, "ssl_verify") &&
		    git_settings_bool(o->value) != 1)
			return true;
	}
	return false;
}

static char *where_of(const struct transport_login *l)
{
	return str_printf("%s://%s", l->protocol, l->host);
}

static int from_known(struct logins *known, const char *where,
		      struct transport_login *l)
{
	const struct known *k = find(known, where);

	if (!k || (l->user && k->user && !streq(l->user, k->user)))
		return 0;
	if (!l->user)
		l->user = k->user ? strdup(k->user) : NULL;
	l->password = strdup(k->password);
	return l->user && l->password;
}

static int login(void *data, struct transport_login *l, struct dver_err *err)
{
	struct remote *r = data;
	struct dver_repo *repo = r->repo;
	AUTO_FREE char *where = where_of(l);
	int ret;

	if (!where)
		return err_nomem(err);
	pthread_mutex_lock(&repo->logins->mutex);
	ret = from_known(repo->logins, where, l);
	if (ret == 0 && !is_weakened(r))
		ret = ask_helper(l);
	if (ret == 0)
		ret = ask_person(repo, l, err);
	if (ret > 0)
		remember(repo->logins, where, l->user, l->password);
	pthread_mutex_unlock(&repo->logins->mutex);
	return ret;
}

static void login_done(void *data, const struct transport_login *l, bool taken)
{
	struct remote *r = data;
	struct logins *known = r->repo->logins;
	AUTO_FREE char *where = where_of(l);
	AUTO_BUF struct buf out = BUF_INIT(ANSWER_MAX);

	if (!l->user || !l->password)
		return;
	pthread_mutex_lock(&known->mutex);
	if (where && !taken)
		forget(known, where);
	(void)helper(taken ? "approve" : "reject", l, true, &out, NULL);
	pthread_mutex_unlock(&known->mutex);
}

static int ask(void *data, const char *prompt, char **answer,
	       struct dver_err *err)
{
	struct dver_repo *repo = ((struct remote *)data)->repo;
	const struct known *k;
	int r = 0;

	pthread_mutex_lock(&repo->logins->mutex);
	k = find(repo->logins, prompt);
	if (k) {
		*answer = strdup(k->password);
		r = *answer ? 0 : err_nomem(err);
	} else {
		r = repo->ask(repo->ask_data, prompt, true, answer, err);
		if (r == 0)
			remember(repo->logins, prompt, NULL, *answer);
	}
	pthread_mutex_unlock(&repo->logins->mutex);
	return r;
}

static int confirm(void *data, const char *prompt, char **answer,
		   struct dver_err *err)
{
	struct dver_repo *repo = ((struct remote *)data)->repo;
	int r;

	pthread_mutex_lock(&repo->logins->mutex);
	r = repo->ask(repo->ask_data, prompt, false, answer, err);
	pthread_mutex_unlock(&repo->logins->mutex);
	return r;
}

int login_attach(struct remote *r, struct dver_repo *repo,
		 struct dver_err *err)
{
	if (!repo->logins) {
		repo->logins = calloc(1, sizeof(*repo->logins));
		if (!repo->logins)
			return err_nomem(err);
		pthread_mutex_init(&repo->logins->mutex, NULL);
	}
	r->repo = repo;
	r->cfg.ask = repo->ask ? ask : NULL;
	r->cfg.confirm = repo->ask ? confirm : NULL;
	r->cfg.login = login;
	r->cfg.login_done = login_done;
	r->cfg.ask_data = r;
	return 0;
}

void dver_repo_set_ask(struct dver_repo *repo, dver_ask_fn fn, void *data)
{
	repo->ask = fn;
	repo->ask_data = data;
}
