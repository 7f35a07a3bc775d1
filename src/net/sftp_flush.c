/*
 * sftp_flush - make names durable, and clear away what killed writers left.
 */
#include "base/mem.h"
#include "base/path.h"
#include "base/rand.h"
#include "net/sftp_folder_internal.h"

#define DEAD_AFTER (24 * 60 * 60)	/* seconds without a byte written */

static int sync_once(void *data, struct sftp_conn *c, int try,
		     struct dver_err *err)
{
	const struct strvec *dirty = data;

	(void)try;
	if (!(sftp_conn_extensions(c) & SFTP_FSYNC))
		return 0;
	return sftp_sync_dirs(c, (const char *const *)dirty->v, dirty->n, err);
}

struct sweep {
	int64_t before;		/* by the server's clock */
	struct strvec names;
};

static bool enters(void *data, const char *path)
{
	(void)data;
	(void)path;
	return false;
}

/* Only what a writer would have made: 32 hex digits. */
static int on_file(void *data, const struct sftp_listed *l,
		   struct dver_err *err)
{
	struct sweep *s = data;
	uint8_t raw[RAND_NAME];

	if (strlen(path_base(l->path)) != RAND_NAME_HEX - 1 ||
	    hex_decode(raw, sizeof(raw), path_base(l->path)) < 0 ||
	    l->mtime >= s->before)
		return 0;
	return strvec_push(&s->names, l->path) ? 0 : err_nomem(err);
}

struct sweeping {
	struct sftp_folder *f;
	struct sftp_list *l;
	const struct sweep *s;
};

static int sweep_once(void *data, struct sftp_conn *c, int try,
		      struct dver_err *err)
{
	struct sweeping *o = data;
	struct sftp_fail fail;
	int stopped;
	int r = sftp_list_run(o->l, c, &stopped, &fail, err);

	(void)try;
	for (size_t i = 0; r == 0 && i < o->s->names.n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;

		r = sftp_folder_path(&path, o->f, o->s->names.v[i], err);
		if (r == 0)
			sftp_post_remove(c, path.data);
	}
	return r;
}

/* What it finds to do is nobody's error when it does not work. */
static void sweep(struct sftp_folder *f, int64_t now)
{
	AUTO_SFTP_LIST struct sftp_list *l = NULL;
	struct sweep s = { .before = now - DEAD_AFTER };
	struct sftp_list_opts o = {
		.top = f->path, .under = SFTP_TMP, .enters = enters,
		.file = on_file, .data = &s, .cancel = f->cancel,
	};
	struct sweeping once = { f, NULL, &s };
	struct dver_err err;

	if (sftp_list_new(&l, &o, &err) == 0) {
		once.l = l;
		(void)sftp_sessions_do(f->sessions, sweep_once, &once, &err);
	}
	strvec_release(&s.names);
}

int sftp_folder_flush(struct sftp_folder *f, struct dver_err *err)
{
	AUTO_STRVEC struct strvec dirty = STRVEC_INIT;
	int64_t now;
	int r = 0;

	pthread_mutex_lock(&f->mutex);
	dirty = f->dirty;
	f->dirty = (struct strvec)STRVEC_INIT;
	now = f->swept ? 0 : f->now;
	f->swept = f->swept || now;
	pthread_mutex_unlock(&f->mutex);
	if (!f->nosync && dirty.n)
		r = sftp_sessions_do(f->sessions, sync_once, &dirty, err);
	if (r == 0 && now)
		sweep(f, now);
	return r;
}
