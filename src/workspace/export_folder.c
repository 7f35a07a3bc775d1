/*
 * export_folder - into a folder.  A file appears whole, under its name, and
 * what is there is looked at before it is replaced.  Nothing is written
 * through a symlink.
 */
#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "workspace/export.h"

#define LINK_MAX_LEN 4096

struct folder {
	struct export_place place;	/* first */
	char *path;			/* owned */
	int fd;
};

int export_in_the_way(const char *place, const char *path,
		      struct dver_err *err)
{
	return err_set(err, DVER_EEXISTS, "'%s' in '%s' is something else: "
		       "--force replaces files", path, place);
}

/* A file that is being made. */
struct making {
	int dir;		/* where it belongs */
	int fd;
	char tmp[RAND_NAME_HEX + 16];	/* "": it has no name */
};

static void making_release(struct making *m)
{
	if (*m->tmp)
		(void)os_unlinkat(m->dir, m->tmp, 0);
	if (m->fd >= 0)
		(void)os_close(m->fd);
	if (m->dir >= 0)
		(void)os_close(m->dir);
}
#define AUTO_MAKING __attribute__((cleanup(making_release)))

static int temp_name(struct making *m, struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	if (r == 0)
		(void)snprintf(m->tmp, sizeof(m->tmp), ".dver-%s", name);
	return r;
}

static int create(struct making *m, mode_t mode, struct dver_err *err)
{
	int r;

	m->fd = os_openat(m->dir, ".", O_RDWR | O_TMPFILE, mode);
	if (m->fd >= 0)
		return 0;
	r = temp_name(m, err);
	if (r < 0)
		return r;
	m->fd = os_openat(m->dir, m->tmp, O_RDWR | O_CREAT | O_EXCL, mode);
	if (m->fd >= 0)
		return 0;
	*m->tmp = '\0';
	return err_sys(err, "cannot create a file");
}

static bool all_zero(const uint8_t *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

/* Blocks of zeros become holes. */
static int write_on(void *data, const void *bytes, size_t len,
		    struct dver_err *err)
{
	struct making *m = data;

	if (len >= CHUNK_MIN && all_zero(bytes, len))
		return lseek(m->fd, (off_t)len, SEEK_CUR) < 0
		       ? err_sys(err, "cannot write") : 0;
	return os_write_all(m->fd, bytes, len) < 0
	       ? err_sys(err, "cannot write") : 0;
}

/* Give it its name; one that is there is replaced. */
static int name_it(struct making *m, const char *name, struct dver_err *err)
{
	char self[32];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", m->fd);
	if (!*m->tmp && linkat(AT_FDCWD, self, m->dir, name,
			       AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (!*m->tmp) {
		int r = errno == EEXIST ? temp_name(m, err)
					: err_sys(err, "cannot name it");

		if (r == 0 && linkat(AT_FDCWD, self, m->dir, m->tmp,
				     AT_SYMLINK_FOLLOW) < 0) {
			*m->tmp = '\0';
			r = err_sys(err, "cannot name it");
		}
		if (r < 0)
			return r;
	}
	if (os_renameat(m->dir, m->tmp, m->dir, name) < 0)
		return err_sys(err, "cannot rename");
	*m->tmp = '\0';
	return 0;
}

static int make_file(struct folder *f, struct making *m, struct store_io *io,
		     const char *name, const struct export_entry *e,
		     struct dver_err *err)
{
	int r = create(m, e->kind == TREE_EXEC ? 0777 : 0666, err);

	if (r == 0)
		r = store_stream(f->place.store, io, &e->id, write_on, m,
				 &f->place.repo->cancel, err);
	if (r == 0 && os_ftruncate(m->fd, (uint64_t)lseek(m->fd, 0,
							  SEEK_CUR)) < 0)
		r = err_sys(err, "cannot write");
	return r < 0 ? r : name_it(m, name, err);
}

/* Has the file these bytes?  1, 0, < 0. */
static int is_same(int dir, const char *name, const struct export_entry *e,
		   struct store_io *io, struct dver_err *err)
{
	AUTO_CLOSE int fd = os_openat(dir, name, O_RDONLY | O_NOFOLLOW |
				      O_NONBLOCK, 0);
	AUTO_HASH struct hash *h = NULL;
	struct oid real;
	ssize_t n = 1;
	int r;

	if (fd < 0)
		return err_sys(err, "cannot read");
	r = hash_new(&h, err);
	if (r == 0)
		r = hash_init(h, err);
	while (r == 0 && n > 0) {
		n = os_read_full(fd, store_io_chunk(io), CHUNK_MAX);
		if (n < 0)
			return err_sys(err, "cannot read");
		r = hash_update(h, store_io_chunk(io), (size_t)n, err);
	}
	if (r == 0)
		r = hash_final(h, real.id, err);
	return r < 0 ? r : oid_eq(&real, &e->id);
}

/* 1: it is there already, 0: write it, < 0. */
static int look(struct folder *f, int dir, const char *name,
		const struct export_entry *e, struct store_io *io,
		struct dver_err *err)
{
	bool exec = e->kind == TREE_EXEC;
	struct os_stat st;
	int r = 0;

	if (os_statat(dir, name, &st, true) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot look at it");
	if (S_ISREG(st.mode) && st.size == e->size &&
	    exec == ((st.mode & 0100) != 0))
		r = is_same(dir, name, e, io, err);
	if (r != 0)
		return r;
	return f->place.force && S_ISREG(st.mode)
	       ? 0 : export_in_the_way(f->path, e->path, err);
}

static int add_file(struct folder *f, struct making *m, struct store_io *io,
		    const char *name, const struct export_entry *e,
		    struct dver_err *err)
{
	int r = look(f, m->dir, name, e, io, err);

	if (r > 0)
		atomic_fetch_add(&f->place.counts->unchanged, 1);
	if (r != 0)
		return MIN(r, 0);
	r = make_file(f, m, io, name, e, err);
	if (r == 0) {
		atomic_fetch_add(&f->place.counts->files, 1);
		atomic_fetch_add(&f->place.counts->bytes, e->size);
	}
	return r;
}

static int add_link(struct folder *f, struct making *m, struct store_io *io,
		    const char *name, const struct export_entry *e,
		    struct dver_err *err)
{
	AUTO_BUF struct buf to = BUF_INIT(LINK_MAX_LEN);
	AUTO_FREE char *there = calloc(1, LINK_MAX_LEN);
	ssize_t n;
	int r = there ? store_read(f->place.store, io, &e->id, LINK_MAX_LEN,
				   &to, err) : err_nomem(err);

	if (r < 0)
		return r;
	if (strlen(to.data) != to.len)
		return err_set(err, DVER_EFORMAT, "the symlink '%s' has a "
			       "NUL in it", e->path);
	if (os_symlinkat(to.data, m->dir, name) == 0) {
		atomic_fetch_add(&f->place.counts->files, 1);
		return 0;
	}
	if (errno != EEXIST)
		return err_sys(err, "cannot make the symlink");
	n = readlinkat(m->dir, name, there, LINK_MAX_LEN);
	if (n != (ssize_t)to.len || memcmp(there, to.data, to.len) != 0)
		return export_in_the_way(f->path, e->path, err);
	atomic_fetch_add(&f->place.counts->unchanged, 1);
	return 0;
}

static int add_in(struct folder *f, struct making *m, struct store_io *io,
		  const struct export_entry *e, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(e->path);
	bool folder = e->kind == TREE_DIR;
	const char *parent = folder ? e->path : dir;

	if (!dir)
		return err_nomem(err);
	if (!streq(parent, ".") &&
	    os_mkdirs_beneath(f->fd, parent, 0777) < 0)
		return err_sys(err, "cannot make its folder");
	if (folder)
		return 0;
	m->dir = os_open_beneath(f->fd, parent, O_RDONLY | O_DIRECTORY);
	if (m->dir < 0)
		return err_sys(err, "cannot open its folder");
	if (e->kind == TREE_SYMLINK)
		return add_link(f, m, io, path_base(e->path), e, err);
	return add_file(f, m, io, path_base(e->path), e, err);
}

static int folder_add(struct export_place *p, struct store_io *io,
		      const struct export_entry *e, struct dver_err *err)
{
	struct folder *f = (struct folder *)p;
	AUTO_MAKING struct making m = { -1, -1, "" };
	struct dver_err why = { 0 };
	/* A .git that comes along would be run by git. */
	int r = path_check_workspace(e->path, err);

	if (r == 0)
		r = add_in(f, &m, io, e, &why);
	if (r == DVER_EIO)
		return err_set(err, r, "'%s' in '%s': %s", e->path, f->path,
			       why.msg);
	return r < 0 && why.code ? err_set(err, r, "%s", why.msg) : r;
}

static int folder_finish(struct export_place *p, struct dver_err *err)
{
	struct folder *f = (struct folder *)p;

	if (!p->repo->nosync && os_syncfs(f->fd) < 0)
		return err_sys(err, "cannot sync '%s'", f->path);
	return 0;
}

static void folder_close(struct export_place *p)
{
	struct folder *f = (struct folder *)p;

	if (f->fd >= 0)
		(void)os_close(f->fd);
	free(f->path);
	free(f);
}

static const struct export_ops folder_ops = { folder_add, folder_finish,
					      folder_close };

int export_folder_open(struct export_place **out, struct dver_repo *repo,
		       const char *path, struct dver_err *err)
{
	struct folder *f = calloc(1, sizeof(*f));
	int r = 0;

	if (!f)
		return err_nomem(err);
	f->place.ops = &folder_ops;
	f->place.repo = repo;
	f->fd = -1;
	f->path = strdup(path);
	if (!f->path)
		r = err_nomem(err);
	if (r == 0 && os_mkdirs(path, 0777) < 0)
		r = err_sys(err, "cannot make folder '%s'", path);
	if (r == 0) {
		f->fd = os_open(path, O_RDONLY | O_DIRECTORY, 0);
		if (f->fd < 0)
			r = err_sys(err, "cannot open folder '%s'", path);
	}
	if (r < 0) {
		folder_close(&f->place);
		return r;
	}
	*out = &f->place;
	return 0;
}
