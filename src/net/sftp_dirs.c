/*
 * sftp_dirs - folders made and synced, many at a time.
 */
#include <string.h>

#include "base/mem.h"
#include "net/sftp_ops_internal.h"

#define AT_ONCE 64

/* Ask the same of up to AT_ONCE paths; which answered well shows in w->v. */
static int ask_each(struct sftp_work *w, enum sftp_type type,
		    enum sftp_type want, const char *const *v, size_t n,
		    void (*more)(struct buf *packet), struct dver_err *err)
{
	for (size_t i = 0; i < n; i++) {
		int r;

		sftp_begin(&w->packet, type, 0);
		sftp_add_str(&w->packet, v[i]);
		more(&w->packet);
		r = sftp_work_send(w, &w->v[i], want, NULL, 0, err);
		if (r < 0)
			return r;
	}
	while (sftp_next(w->b))
		;
	for (size_t i = 0; i < n; i++)
		if (w->v[i].type == 0)
			return sftp_conn_why(w->c, err);
	return 0;
}

static void no_attrs(struct buf *packet)
{
	sftp_add_mode(packet, 0);
}

static int set_modes(struct sftp_work *w, const char *const *v, size_t n,
		     uint32_t mode, struct dver_err *err)
{
	size_t made = 0;

	for (size_t i = 0; i < n; i++) {
		int r;

		if (w->v[i].status != SFTP_OK)
			continue;
		sftp_begin(&w->packet, SFTP_SETSTAT, 0);
		sftp_add_str(&w->packet, v[i]);
		sftp_add_mode(&w->packet, mode);
		r = sftp_work_send(w, &w->v[made++], SFTP_STATUS, NULL, 0,
				   err);
		if (r < 0)
			return r;
	}
	while (sftp_next(w->b))
		;
	return 0;
}

int sftp_mkdirs(struct sftp_conn *c, const char *const *v, size_t n,
		uint32_t mode, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, AT_ONCE, err);

	for (size_t i = 0; r == 0 && i < n; i += AT_ONCE) {
		size_t k = MIN(n - i, (size_t)AT_ONCE);

		r = ask_each(&w, SFTP_MKDIR, SFTP_STATUS, v + i, k, no_attrs,
			     err);
		if (r == 0 && mode)
			r = set_modes(&w, v + i, k, mode, err);
	}
	return r;
}

static void for_reading(struct buf *packet)
{
	sftp_add_u32(packet, SFTP_OPEN_READ);
	sftp_add_mode(packet, 0);
}

/* The folders that w->v has opened. */
static int sync_opened(struct sftp_work *w, size_t n, struct dver_err *err)
{
	struct sftp_handle h;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (w->v[i].type != SFTP_HANDLE)
			continue;
		r = sftp_take_handle(&w->v[i], &h, err);
		if (r < 0)
			break;
		sftp_begin(&w->packet, SFTP_EXTENDED, 0);
		sftp_add_str(&w->packet, "fsync@openssh.com");
		sftp_add_handle(&w->packet, &h);
		w->v[i].slow = true;
		r = sftp_work_send(w, &w->v[i], SFTP_STATUS, NULL, 0, err);
		/* Behind the sync: a server keeps the order of one file. */
		sftp_post_close(w, &h);
	}
	while (sftp_next(w->b))
		;
	for (size_t i = 0; r == 0 && i < n; i++)
		if (w->v[i].type == 0)
			r = sftp_conn_why(w->c, err);
	return r;
}

int sftp_sync_dirs(struct sftp_conn *c, const char *const *v, size_t n,
		   struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, AT_ONCE, err);

	for (size_t i = 0; r == 0 && i < n; i += AT_ONCE) {
		size_t k = MIN(n - i, (size_t)AT_ONCE);

		for (size_t j = 0; j < k; j++)
			w.v[j].slow = false;
		r = ask_each(&w, SFTP_OPEN, SFTP_HANDLE, v + i, k, for_reading,
			     err);
		if (r == 0)
			r = sync_opened(&w, k, err);
	}
	return r;
}
