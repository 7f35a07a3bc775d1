/*
 * remote_test - which rights do we have there?
 *
 * What is tried is what a push and a pull do: a read of the key `store`, a
 * listing of index/, a key put, read back and deleted.
 */
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "dver/remote.h"
#include "repo/remotes.h"

struct test {
	struct remote at;
	struct transport *t;	/* owned; NULL: it could not be opened */
	bool read_only;
	char *key;		/* that is written; owned */
	char value[RAND_NAME_HEX];
	int (*fn)(void *data, const struct dver_right *right);
	void *data;
	bool lacking;		/* something that is needed */
};

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

enum { READ, LIST, WRITE, DELETE, RIGHTS };

struct advice {
	unsigned scheme;
	const char *right[RIGHTS];
};

/* What to check when the remote says no. */
static const struct advice refused[] = {
	{ SCHEME_FOLDER, { "the permissions of the folder",
			   "the permissions of the folder",
			   "the permissions of the folder, and whether it is "
			   "mounted read-only",
			   "the permissions of the folder" } },
	{ SCHEME_S3, { "the credentials, and the right s3:GetObject",
		       "the right s3:ListBucket for the bucket",
		       "the right s3:PutObject",
		       "the right s3:DeleteObject" } },
	{ SCHEME_AZURE, { "the credentials, and the right to read (r, or the "
			  "role Storage Blob Data Reader)",
			  "the right to list (l)",
			  "the rights to create and write (cw, or the role "
			  "Storage Blob Data Contributor)",
			  "the right to delete (d)" } },
	{ SCHEME_HTTP, { "user, password or token, and what the server allows",
			 "whether the server lets its folders be listed",
			 "whether the server allows PUT",
			 "whether the server allows DELETE" } },
	{ SCHEME_WEBDAV, { "user, password or token, and what the server "
			   "allows",
			   "whether the server allows PROPFIND",
			   "whether the server allows PUT and MKCOL",
			   "whether the server allows DELETE" } },
	{ SCHEME_SSH, { "the login, and the permissions of the folder there",
			"the permissions of the folder there",
			"the permissions of the folder there, and its quota",
			"the permissions of the folder there" } },
};

static const char *advice_for(const struct test *t, int right, int code)
{
	if (code == DVER_ENET)
		return "the URL and its endpoint, the network, a proxy";
	if (code != DVER_EAUTH && code != DVER_EIO && code != DVER_EREMOTE)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (refused[i].scheme == t->at.scheme)
			return refused[i].right[right];
	return NULL;
}

static int tell(struct test *t, int right, int result, double since,
		const struct dver_err *why)
{
	static const char *const names[RIGHTS] = { "read", "list", "write",
						   "delete" };
	struct dver_right x = {
		.name = names[right],
		.state = result < 0 ? DVER_RIGHT_FAILS
			 : result ? DVER_RIGHT_UNTRIED : DVER_RIGHT_WORKS,
		.needed = right < WRITE || (right == WRITE && !t->read_only),
		.seconds = result > 0 ? 0 : now() - since,
	};

	if (result < 0) {
		x.problem = why->msg;
		x.advice = advice_for(t, right, result);
	}
	t->lacking |= x.needed && result != 0;
	return t->fn ? t->fn(t->data, &x) : 0;
}

static int open_it(struct test *t, struct dver_err *err)
{
	struct dver_err why;
	int r = transport_open(&t->t, &t->at.cfg, &why);

	/* A push makes the folder; for a pull there is nothing to read yet. */
	if (r == DVER_ENOTFOUND && !t->read_only) {
		t->at.cfg.flags |= TRANSPORT_CREATE;
		r = transport_open(&t->t, &t->at.cfg, &why);
	}
	return r < 0 ? err_set(err, r, "%s", why.msg) : 0;
}

static int try_read(struct test *t, struct dver_err *err)
{
	char text[64];
	size_t got;
	int r = transport_get(t->t, "store", 0, text, sizeof(text), &got, err);

	/* Nobody pushed there yet. */
	return r == DVER_ENOTFOUND ? 0 : r;
}

static int on_key(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	(void)data;
	(void)k;
	(void)err;
	return 0;
}

static int try_write(struct test *t, struct dver_err *err)
{
	struct transport_src src = { .data = t->value,
				     .len = strlen(t->value) };
	char back[sizeof(t->value)];
	size_t got = 0;
	int r = transport_put(t->t, t->key, &src, err);

	if (r == 0)
		r = transport_flush(t->t, err);
	if (r == 0)
		r = transport_get(t->t, t->key, 0, back, sizeof(back), &got,
				  err);
	if (r == 0 && (got != src.len || memcmp(back, t->value, got) != 0))
		r = err_set(err, DVER_EREMOTE, "'%s' in '%s' is not what was "
			    "written a moment ago", t->key, t->t->url);
	return r;
}

static int try_delete(struct test *t, struct dver_err *err)
{
	char back[4];
	size_t got;
	int r = transport_del(t->t, t->key, err);

	if (r < 0)
		return r;
	r = transport_get(t->t, t->key, 0, back, sizeof(back), &got, NULL);
	return r < 0 ? 0 : err_set(err, DVER_EREMOTE, "'%s' in '%s' is still "
				   "there after it was deleted", t->key,
				   t->t->url);
}

static int run(struct test *t)
{
	struct dver_err why = { 0 };
	double since = now();
	int r = open_it(t, &why);
	bool opened = r == 0;
	int told;

	if (opened)
		r = try_read(t, &why);
	told = tell(t, READ, r, since, &why);
	since = now();
	r = opened ? transport_list(t->t, "index/", on_key, NULL, &why) : 1;
	if (told == 0)
		told = tell(t, LIST, r, since, &why);
	since = now();
	r = opened && !t->read_only ? try_write(t, &why) : 1;
	if (told == 0)
		told = tell(t, WRITE, r, since, &why);
	since = now();
	r = r == 0 ? try_delete(t, &why) : 1;
	return told ? told : tell(t, DELETE, r, since, &why);
}

static int make_key(struct test *t, struct dver_err *err)
{
	int r = rand_name(t->value, err);

	if (r < 0)
		return r;
	t->key = str_printf("tmp/test-%s", t->value);
	return t->key ? 0 : err_nomem(err);
}

int dver_remote_test(struct dver_repo *repo, const char *name, unsigned flags,
		     int (*fn)(void *data, const struct dver_right *right),
		     void *data, struct dver_err *err)
{
	struct test t = { .fn = fn, .data = data };
	int r = config_remote(repo, name, &t.at, err);

	if (r == 0)
		r = make_key(&t, err);
	t.read_only = (flags & DVER_REMOTE_READ_ONLY) ||
		      (t.at.cfg.flags & TRANSPORT_READONLY);
	if (r == 0)
		r = run(&t);
	if (r == 0 && t.lacking)
		r = err_set(err, DVER_EREMOTE, "remote '%s' cannot be %s",
			    t.at.name, t.read_only ? "pulled from"
						   : "pushed to");
	transport_close(t.t);
	remote_release(&t.at);
	free(t.key);
	return r;
}
