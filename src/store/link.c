/*
 * link - a new file is written or linked under a name that nobody sees yet;
 * the caller renames it once this says that its bytes are right.
 */
#include "store/link.h"

#include <limits.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "store/loose.h"

#define HOLE 4096u	/* runs of zeros are looked for in such blocks */

static const char *const names[LINK_TYPES] = {
	[LINK_REFLINK] = "reflink", [LINK_COPY] = "copy",
	[LINK_HARDLINK] = "hardlink", [LINK_SYMLINK] = "symlink",
};

const char *link_name(enum link_type t)
{
	return names[t];
}

static int type_of(const char *word, size_t len)
{
	for (int i = 0; i < LINK_TYPES; i++)
		if (strlen(names[i]) == len &&
		    memcmp(names[i], word, len) == 0)
			return i;
	return -1;
}

int link_order_parse(struct link_order *out, const char *text,
		     struct dver_err *err)
{
	bool seen[LINK_TYPES] = { false };

	out->n = 0;
	while (*text) {
		size_t len;
		int t;

		text += strspn(text, ", ");
		len = strcspn(text, ", ");
		if (len == 0)
			break;
		t = type_of(text, len);
		if (t < 0)
			return err_set(err, DVER_EINVAL, "'%.*s' is no link "
				       "type: use reflink, copy, hardlink, "
				       "symlink", (int)len, text);
		if (!seen[t])
			out->type[out->n++] = (enum link_type)t;
		seen[t] = true;
		text += len;
	}
	if (!seen[LINK_COPY])
		out->type[out->n++] = LINK_COPY;
	return 0;
}

/* Try one type with a file in the cache; does it work here? */
static bool works(enum link_type t, const char *from, const char *to)
{
	AUTO_CLOSE int in = -1;
	AUTO_CLOSE int out = -1;

	if (t == LINK_COPY)
		return true;
	if (t == LINK_SYMLINK)
		return os_symlinkat(from, AT_FDCWD, to) == 0 &&
		       access(to, R_OK) == 0;
	if (t == LINK_HARDLINK)
		return os_link(from, to) == 0;
	in = os_open(from, O_RDONLY, 0);
	out = os_open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
	return in >= 0 && out >= 0 && os_clone(out, in) == 0;
}

int link_works(enum link_type t, const char *cache, const char *workspace,
	       struct dver_err *err)
{
	AUTO_FREE char *from = NULL;
	AUTO_FREE char *to = NULL;
	AUTO_CLOSE int fd = -1;
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	if (r < 0)
		return r;
	from = str_printf("%s/probe-%s", cache, name);
	to = str_printf("%s/probe-%s-2", workspace, name);
	if (!from || !to)
		return err_nomem(err);
	fd = os_open(from, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return err_sys(err, "cannot write '%s'", from);
	r = os_write_all(fd, name, 1) < 0
	    ? err_sys(err, "cannot write '%s'", from) : works(t, from, to);
	(void)os_unlink(to);
	(void)os_unlink(from);
	return r;
}

int link_shares(const struct link_order *order, const char *cache,
		const char *workspace, struct dver_err *err)
{
	for (int i = 0; i < order->n; i++) {
		int r = order->type[i] == LINK_COPY
			? 1 : link_works(order->type[i], cache, workspace, err);

		if (r != 0)
			return r < 0 ? r : order->type[i] != LINK_COPY;
	}
	return 0;
}

struct sink {
	int fd;
	uint64_t off;		/* written or left as a hole so far */
	uint64_t end;		/* of the last byte written */
	const char *name;
	_Atomic uint64_t *progress;
};

static bool all_zero(const uint8_t *p, size_t len)
{
	return p[0] == 0 && memcmp(p, p + 1, len - 1) == 0;
}

/* Bytes up to the next boundary of a block that is all zeros (or not). */
static size_t run_length(const uint8_t *p, size_t len, uint64_t off,
			 bool *zero)
{
	size_t n = MIN(len, (size_t)(HOLE - off % HOLE));

	*zero = n == HOLE && all_zero(p, n);
	while (len - n >= HOLE && all_zero(p + n, HOLE) == *zero)
		n += HOLE;
	if (!*zero && len - n < HOLE)
		n = len;
	return n;
}

static int write_sparse(void *data, const void *bytes, size_t len,
			struct dver_err *err)
{
	struct sink *s = data;
	const uint8_t *p = bytes;

	while (len > 0) {
		bool zero;
		size_t n = run_length(p, len, s->off, &zero);

		if (!zero && os_pwrite_all(s->fd, p, n, s->off) < 0)
			return err_sys(err, "cannot write '%s'", s->name);
		s->off += n;
		if (!zero)
			s->end = s->off;
		if (s->progress)
			atomic_fetch_add(s->progress, n);
		p += n;
		len -= n;
	}
	return 0;
}

static int write_out(struct store *s, struct store_io *io, int fd,
		     const char *name, const struct oid *id, uint64_t size,
		     const struct link_opts *opts, struct dver_err *err)
{
	struct sink out = { fd, 0, 0, name, opts->progress };
	char hex[OID_HEX + 1];
	int r = store_stream(s, io, id, write_sparse, &out, opts->cancel,
			     err);

	if (r == 0 && out.off != size)
		return err_set(err, DVER_ECORRUPT, "object %s has %llu bytes, "
			       "but its tree or pointer says %llu",
			       oid_hex(hex, id), (unsigned long long)out.off,
			       (unsigned long long)size);
	if (r == 0 && out.end < out.off && os_ftruncate(fd, out.off) < 0)
		return err_sys(err, "cannot write '%s'", name);
	return r;
}

static int create_and_write(struct store *s, struct store_io *io, int dir,
			    const char *name, const struct oid *id,
			    uint64_t size, bool exec,
			    const struct link_opts *opts,
			    struct dver_err *err)
{
	AUTO_CLOSE int fd = os_openat(dir, name,
				      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
				      exec ? 0777 : 0666);
	int r;

	if (fd < 0)
		return err_sys(err, "cannot create '%s'", name);
	r = write_out(s, io, fd, name, id, size, opts, err);
	if (r < 0)
		(void)os_unlinkat(dir, name, 0);
	return r;
}

static int reflink(int loose, int dir, const char *name, bool exec)
{
	AUTO_CLOSE int fd = os_openat(dir, name,
				      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
				      exec ? 0777 : 0666);

	if (fd < 0)
		return -1;
	if (os_clone(fd, loose) == 0)
		return 0;
	(void)os_unlinkat(dir, name, 0);
	return -1;
}

/* 0, or -1 when this type does not work for this file. */
static int try_link(enum link_type t, int loose, const char *path, int dir,
		    const char *name, bool exec, bool empty)
{
	if (t == LINK_REFLINK)
		return reflink(loose, dir, name, exec);
	if (exec || empty)
		return -1;
	if (t == LINK_HARDLINK)
		return os_linkat(AT_FDCWD, path, dir, name);
	return os_symlinkat(path, dir, name);
}

int link_file(struct store *s, struct store_io *io, int dir, const char *name,
	      const struct oid *id, uint64_t size, bool exec,
	      const struct link_opts *opts, enum link_type *used,
	      struct dver_err *err)
{
	const struct link_order *o = opts->order;
	const char *root = store_local_root(s);
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_CLOSE int loose = -1;
	bool checked = false;
	uint64_t real;

	*used = LINK_COPY;
	if (o->type[0] != LINK_COPY && root &&
	    loose_open(&loose, &real, root, id, NULL) < 0)
		loose = -1;
	if (loose >= 0)
		loose_path(&path, root, id);
	for (int i = 0; loose >= 0 && i < o->n && o->type[i] != LINK_COPY;
	     i++) {
		int r = 0;

		if (try_link(o->type[i], loose, path.data, dir, name, exec,
			     size == 0) < 0)
			continue;
		if (!checked)
			r = loose_verify(root, id, opts->cancel, err);
		if (r < 0) {
			(void)os_unlinkat(dir, name, 0);
			return r;
		}
		if (opts->progress)
			atomic_fetch_add(opts->progress, size);
		*used = o->type[i];
		return 0;
	}
	return create_and_write(s, io, dir, name, id, size, exec, opts, err);
}

int link_symlink(struct store *s, struct store_io *io, int dir,
		 const char *name, const struct oid *id, struct dver_err *err)
{
	AUTO_BUF struct buf target = BUF_PATH;
	int r = store_read(s, io, id, PATH_MAX - 1, &target, err);

	if (r < 0)
		return r;
	if (target.len == 0 || strlen(target.data) != target.len)
		return err_set(err, DVER_ECORRUPT, "the symlink '%s' has a "
			       "target that no file system can hold", name);
	if (os_symlinkat(target.data, dir, name) < 0)
		return err_sys(err, "cannot create symlink '%s'", name);
	return 0;
}

bool link_is_loose(const char *root, const char *target, struct oid *id)
{
	size_t len = strlen(root);
	char hex[OID_HEX + 1];
	const char *p = target + len;

	if (strncmp(target, root, len) != 0 ||
	    strncmp(p, "/loose/", 7) != 0 || strlen(p) != 10 + OID_HEX - 2 ||
	    p[9] != '/')
		return false;
	memcpy(hex, p + 7, 2);
	memcpy(hex + 2, p + 10, OID_HEX - 2);
	hex[OID_HEX] = '\0';
	return oid_parse(id, hex) == 0;
}
