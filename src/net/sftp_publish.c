/*
 * sftp_publish - how a file gets into the folder.
 *
 * In a round trip each: open the new file (with the folders that may be
 * missing asked for before it, and a look at whether the name is there), all
 * of its bytes with sync and close, the rename.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"
#include "net/sftp_folder_internal.h"

struct put {
	struct sftp_folder *f;
	const char *name;
	const char *path;	/* of that name on the server */
	const struct sftp_source *src;
	int fd;			/* of src->path, or -1 */
	bool replace;
	struct buf tmp;		/* path of the file while it is unfinished */
	const char *doing;	/* for messages */
	struct sftp_fail fail;
};

/* The folders that `path` lies in, the outer ones first. */
static int parents_of(struct strvec *out, const char *path,
		      struct dver_err *err)
{
	for (const char *p = path + 1; *path && (p = strchr(p, '/')); p++)
		if (p[-1] != '/' &&
		    !strvec_pushn(out, path, (size_t)(p - path)))
			return err_nomem(err);
	return 0;
}

/* Was this folder asked for before?  It counts as such from now on. */
static bool is_known(struct sftp_folder *f, const char *path)
{
	uint8_t sum[HASH_SIZE];
	bool added = true;

	if (hash_bytes(sum, path, strlen(path), NULL) < 0)
		return false;
	pthread_mutex_lock(&f->mutex);
	(void)keymap_put(&f->known, sum, &added);
	pthread_mutex_unlock(&f->mutex);
	return !added;
}

static uint32_t folder_mode(const struct sftp_folder *f)
{
	uint32_t mask = (uint32_t)f->mode_mask & 0666;

	/* Who may read may enter; what is made in it is the group's too. */
	return mask ? 02755 | mask | (mask & 0444) >> 2 : 0;
}

/*
 * Ask for the folders below the top that may be missing.  Nobody waits: when
 * one cannot be had, the rename shows it.
 */
static int post_folders(struct put *p, struct sftp_conn *c,
			struct dver_err *err)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	int r = parents_of(&v, p->tmp.data, err);

	if (r == 0)
		r = parents_of(&v, p->path, err);
	for (size_t i = 0; r == 0 && i < v.n; i++)
		if (strlen(v.v[i]) > strlen(p->f->path) &&
		    !is_known(p->f, v.v[i]))
			sftp_post_mkdir(c, v.v[i]);
	return r;
}

/* Make the folders of `path`, and wait. */
static int make_folders(struct put *p, struct sftp_conn *c, const char *path,
			struct dver_err *err)
{
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	int r = parents_of(&v, path, err);

	return r < 0 ? r : sftp_mkdirs(c, (const char *const *)v.v, v.n,
				       folder_mode(p->f), err);
}

static int write_tmp(struct put *p, struct sftp_conn *c,
		     struct sftp_upload *up, struct dver_err *err)
{
	struct sftp_folder *f = p->f;
	int r = 0;

	p->doing = "write";
	/* Folders that several write to need their modes set: wait there. */
	if (!f->mode_mask)
		r = post_folders(p, c, err);
	if (r == 0)
		r = sftp_write(c, up, &p->fail, err);
	if (r != 1 || !sftp_is_absent(&p->fail))
		return r;
	r = make_folders(p, c, up->path, err);
	return r < 0 ? r : sftp_write(c, up, &p->fail, err);
}

static int place(struct put *p, struct sftp_conn *c, struct dver_err *err)
{
	return p->replace
	       ? sftp_replace(c, p->tmp.data, p->path, &p->fail, err)
	       : sftp_rename(c, p->tmp.data, p->path, &p->fail, err);
}

/*
 * The rename failed.  0: the name is taken by what was to have it; 1: the
 * server means what it said.
 */
static int look_at_taken(struct put *p, struct sftp_conn *c,
			 struct dver_err *err)
{
	struct sftp_fail fail;
	struct sftp_attrs a;
	int r = sftp_stat(c, p->path, &a, &fail, err);

	if (r < 0)
		return r;
	/* A file system without link(2): nobody else has this name. */
	if (r > 0)
		return sftp_is_absent(&fail) &&
		       (sftp_conn_extensions(c) & SFTP_POSIX_RENAME)
		       ? sftp_replace(c, p->tmp.data, p->path, &p->fail, err)
		       : 1;
	if ((a.has & SFTP_HAS_SIZE) && a.size == p->src->len &&
	    (!(a.has & SFTP_HAS_MODE) || S_ISREG(a.mode)))
		return 0;
	return err_set(err, DVER_EEXISTS, "cannot write '%s' in '%s': it is "
		       "there already, with another content", p->name,
		       p->f->place);
}

static int give_name(struct put *p, struct sftp_conn *c, struct dver_err *err)
{
	int r;

	p->doing = "name";
	r = place(p, c, err);
	if (r == 1 && sftp_is_absent(&p->fail)) {
		r = make_folders(p, c, p->path, err);
		if (r == 0)
			r = place(p, c, err);
	}
	if (r == 0)
		return 0;
	if (r == 1 && !p->replace && !sftp_is_absent(&p->fail))
		r = look_at_taken(p, c, err);
	sftp_post_remove(c, p->tmp.data);
	return r;
}

static int new_tmp(struct put *p, struct sftp_conn *c, struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	/* Left by the connection that died. */
	if (p->tmp.len)
		sftp_post_remove(c, p->tmp.data);
	if (r == 0)
		r = sftp_folder_path(&p->tmp, p->f, SFTP_TMP, err);
	if (r < 0)
		return r;
	buf_addpath(&p->tmp, name);
	return buf_check(&p->tmp, err);
}

/* Remember what flush() has to sync, and the server's time. */
static int note_done(struct put *p, int64_t now, struct dver_err *err)
{
	struct sftp_folder *f = p->f;
	AUTO_FREE char *dir = path_dir(p->path);
	AUTO_FREE char *parent = dir ? path_dir(dir) : NULL;
	bool ok = parent != NULL;

	pthread_mutex_lock(&f->mutex);
	f->now = now ? now : f->now;
	ok = ok && (strvec_has(&f->dirty, dir) || strvec_push(&f->dirty, dir));
	if (ok && strlen(parent) >= strlen(f->path) && !streq(dir, f->path))
		ok = strvec_has(&f->dirty, parent) ||
		     strvec_push(&f->dirty, parent);
	pthread_mutex_unlock(&f->mutex);
	return ok ? 0 : err_nomem(err);
}

static int put_once(void *data, struct sftp_conn *c, int try,
		    struct dver_err *err)
{
	struct put *p = data;
	struct sftp_folder *f = p->f;
	struct sftp_upload up = {
		.data = p->src->data, .fd = p->fd, .len = p->src->len,
		.mode = 0444 | ((uint32_t)f->mode_mask & 0444),
		.exact_mode = f->mode_mask != 0, .sync = !f->nosync,
		.cancel = f->cancel, .name = p->src->path,
		.probe = p->replace ? NULL : p->path,
	};
	int r = new_tmp(p, c, err);

	(void)try;
	up.path = p->tmp.data;
	if (r == 0)
		r = write_tmp(p, c, &up, err);
	if (r == 0 && !up.found)
		r = give_name(p, c, err);
	return r == 0 ? note_done(p, up.mtime, err) : r;
}

struct room {
	struct put *p;
	uint64_t bytes, names;
};

static int room_once(void *data, struct sftp_conn *c, int try,
		     struct dver_err *err)
{
	struct room *room = data;
	struct sftp_fail fail;

	(void)try;
	if (!(sftp_conn_extensions(c) & SFTP_STATVFS))
		return 1;
	return sftp_room(c, room->p->f->path, &room->bytes, &room->names,
			 &fail, err);
}

/*
 * "Failure" is what most servers say of a full disk and of a quota. The room
 * tells which; other writers may have given up theirs by now.
 */
static int say_no(struct put *p, struct dver_err *err)
{
	struct room room = { p, 0, 0 };
	struct sftp_folder *f = p->f;

	if (p->fail.status != SFTP_FAILURE ||
	    sftp_sessions_do(f->sessions, room_once, &room, NULL) != 0)
		return sftp_folder_no(f, p->doing, p->name, &p->fail, err);
	return err_set(err, DVER_EREMOTE, "cannot %s '%s' in '%s': the server "
		       "says '%s': check quota and disk there, where %llu kB "
		       "and %llu names are free", p->doing, p->name, f->place,
		       p->fail.words, (unsigned long long)room.bytes / 1024,
		       (unsigned long long)room.names);
}

static int put(struct put *p, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	int r = sftp_folder_path(&path, p->f, p->name, err);

	p->path = path.data;
	buf_init(&p->tmp, SFTP_PATH_MAX);
	if (r == 0)
		r = sftp_sessions_do(p->f->sessions, put_once, p, err);
	buf_release(&p->tmp);
	return r > 0 ? say_no(p, err) : r;
}

int sftp_folder_put(struct sftp_folder *f, const char *name,
		    const struct sftp_source *src, struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	struct put p = { .f = f, .name = name, .src = src, .fd = -1 };

	if (!src->data) {
		fd = os_open(src->path, O_RDONLY | O_NOFOLLOW, 0);
		if (fd < 0)
			return err_sys(err, "cannot read '%s'", src->path);
		p.fd = fd;
	}
	return put(&p, err);
}

int sftp_folder_replace(struct sftp_folder *f, const char *name,
			const void *data, size_t len, struct dver_err *err)
{
	struct sftp_source src = { .data = data, .len = len };
	struct put p = { .f = f, .name = name, .src = &src, .fd = -1,
			 .replace = true };

	return put(&p, err);
}
