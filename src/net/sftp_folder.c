/*
 * sftp_folder - reading and listing, and the words for what goes wrong.
 */
#include "net/sftp_folder_internal.h"

#include <poll.h>

#include "base/hash.h"
#include "base/mem.h"

#define LOOK_AGAIN 40	/* ms */

int sftp_folder_new(struct sftp_folder **out,
		    const struct sftp_folder_opts *opts, struct dver_err *err)
{
	struct sftp_folder *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return err_nomem(err);
	pthread_mutex_init(&f->mutex, NULL);
	keymap_init(&f->known, HASH_SIZE, 0);
	f->path = strdup(opts->path);
	f->place = strdup(opts->place);
	f->nosync = opts->nosync;
	f->mode_mask = opts->mode_mask;
	f->cancel = opts->sessions.cancel;
	r = f->path && f->place
	    ? sftp_sessions_new(&f->sessions, &opts->sessions, err)
	    : err_nomem(err);
	if (r < 0) {
		sftp_folder_free(f);
		return r;
	}
	*out = f;
	return 0;
}

void sftp_folder_free(struct sftp_folder *f)
{
	if (!f)
		return;
	sftp_sessions_free(f->sessions);
	pthread_mutex_destroy(&f->mutex);
	keymap_release(&f->known);
	strvec_release(&f->dirty);
	free(f->path);
	free(f->place);
	free(f);
}

int sftp_folder_path(struct buf *out, const struct sftp_folder *f,
		     const char *name, struct dver_err *err)
{
	buf_setstr(out, f->path);
	if (*name)
		buf_addpath(out, name);
	return buf_check(out, err);
}

int sftp_folder_no(struct sftp_folder *f, const char *verb, const char *name,
		   const struct sftp_fail *fail, struct dver_err *err)
{
	const char *advice = "";
	int code = DVER_EREMOTE;

	if (sftp_is_absent(fail)) {
		code = DVER_ENOTFOUND;
	} else if (sftp_is_denied(fail)) {
		code = DVER_EAUTH;
		advice = ": check what the user may do there";
	} else if (fail->status == SFTP_NO_SPACE ||
		   fail->status == SFTP_QUOTA) {
		advice = ": free some space there";
	}
	return err_set(err, code, "cannot %s '%s' in '%s': the server says "
		       "'%s'%s", verb, name, f->place, fail->words, advice);
}

struct get {
	const char *path;
	uint64_t off;
	void *out;
	size_t len, *got;
	struct sftp_fail fail;
};

static int get_once(void *data, struct sftp_conn *c, int try,
		    struct dver_err *err)
{
	bool one_step = sftp_conn_extensions(c) & SFTP_POSIX_RENAME;
	struct get *g = data;

	(void)try;
	for (int ms = 10;; ms *= 2) {
		int r = sftp_read(c, g->path, g->off, g->out, g->len, g->got,
				  &g->fail, err);

		/* Where replacing is two, it may be there in a moment. */
		if (r != 1 || !sftp_is_absent(&g->fail) || one_step ||
		    ms > LOOK_AGAIN)
			return r;
		(void)poll(NULL, 0, ms);
	}
}

int sftp_folder_get(struct sftp_folder *f, const char *name, uint64_t off,
		    void *out, size_t len, size_t *got, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct get g = { .off = off, .out = out, .len = len, .got = got };
	int r = sftp_folder_path(&path, f, name, err);

	if (r < 0)
		return r;
	g.path = path.data;
	r = sftp_sessions_do(f->sessions, get_once, &g, err);
	return r > 0 ? sftp_folder_no(f, "read", name, &g.fail, err) : r;
}

struct removal {
	const char *path;
	struct sftp_fail fail;
};

static int remove_once(void *data, struct sftp_conn *c, int try,
		       struct dver_err *err)
{
	struct removal *rm = data;

	(void)try;
	return sftp_remove(c, rm->path, &rm->fail, err);
}

int sftp_folder_remove(struct sftp_folder *f, const char *name,
		       struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct removal rm = { 0 };
	int r = sftp_folder_path(&path, f, name, err);

	if (r < 0)
		return r;
	rm.path = path.data;
	r = sftp_sessions_do(f->sessions, remove_once, &rm, err);
	if (r > 0 && sftp_is_absent(&rm.fail))
		return 0;
	return r > 0 ? sftp_folder_no(f, "delete", name, &rm.fail, err) : r;
}

struct listing {
	struct sftp_list *l;
	const char *prefix;
	int (*fn)(void *data, const struct sftp_listed *l,
		  struct dver_err *err);
	void *data;
	int stopped;
	struct sftp_fail fail;
};

static bool enters(void *data, const char *path)
{
	const struct listing *li = data;
	size_t n = MIN(strlen(path), strlen(li->prefix));

	return strncmp(path, li->prefix, n) == 0 && !streq(path, SFTP_TMP);
}

static int on_file(void *data, const struct sftp_listed *l,
		   struct dver_err *err)
{
	const struct listing *li = data;

	return str_starts(l->path, li->prefix) ? li->fn(li->data, l, err) : 0;
}

static int list_once(void *data, struct sftp_conn *c, int try,
		     struct dver_err *err)
{
	struct listing *li = data;

	(void)try;
	return sftp_list_run(li->l, c, &li->stopped, &li->fail, err);
}

int sftp_folder_list(struct sftp_folder *f, const char *prefix,
		     int (*fn)(void *data, const struct sftp_listed *l,
			       struct dver_err *err),
		     void *data, struct dver_err *err)
{
	AUTO_SFTP_LIST struct sftp_list *l = NULL;
	const char *slash = strrchr(prefix, '/');
	AUTO_FREE char *under = str_ndup(prefix, slash ? (size_t)(slash -
							  prefix) : 0);
	struct listing li = { .prefix = prefix, .fn = fn, .data = data };
	struct sftp_list_opts o = {
		.top = f->path, .under = under, .enters = enters,
		.file = on_file, .data = &li, .cancel = f->cancel,
	};
	int r = under ? sftp_list_new(&l, &o, err) : err_nomem(err);

	if (r < 0)
		return r;
	li.l = l;
	r = sftp_sessions_do(f->sessions, list_once, &li, err);
	if (r > 0)
		return sftp_folder_no(f, "list", sftp_list_where(l), &li.fail,
				      err);
	return r < 0 ? r : li.stopped;
}
