/*
 * git_index - names out of git's index file, read as it lies on the disk.
 *
 * gitformat-index(5): "DIRC", version, count; an entry has 62 fixed bytes
 * (two more with extended flags), then the name, padded to 8 (versions 2, 3)
 * or cut against the name before (version 4).  Extensions follow; `link`
 * (split index) and `sdir` (sparse index) change what the entries mean, so
 * these are left to git itself.
 */
#include <errno.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/git_index.h"
#include "repo/git_internal.h"
#include "repo/pointer.h"

#define ENTRY_FIXED 62u
#define TRAILER 20u		/* SHA-1 of all before it */
#define FLAG_EXTENDED 0x4000u
#define FLAG_SKIP_WORKTREE 0x4000u	/* in the extended flags */

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static unsigned be16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* git's offset varint. */
static const uint8_t *get_offset(const uint8_t *p, const uint8_t *end,
				 size_t *v)
{
	size_t x;

	if (p == end)
		return NULL;
	x = *p & 127;
	while (*p++ & 128) {
		if (p == end || x > (1u << 24))
			return NULL;
		x = ((x + 1) << 7) | (*p & 127);
	}
	*v = x;
	return p;
}

struct reading {
	const uint8_t *p, *end;
	unsigned version;
	struct buf name;	/* version 4: the last name */
	git_index_fn fn;
	void *data;
};

/* The end of the entry that starts at `p` and whose name ends at `nul`. */
static const uint8_t *padded(const uint8_t *p, const uint8_t *nul,
			     const uint8_t *end)
{
	size_t used = (size_t)(nul - p) + 1;
	size_t all = (used + 7) & ~(size_t)7;

	return all > (size_t)(end - p) ? NULL : p + all;
}

/* 0, 1: stop, < 0: not an index. */
static int one_entry(struct reading *rd)
{
	const uint8_t *start = rd->p;
	const uint8_t *p, *nul;
	struct index_entry e;
	unsigned flags, more = 0;
	size_t strip = 0;

	if ((size_t)(rd->end - start) < ENTRY_FIXED + 3)
		return -1;
	flags = be16(start + 60);
	p = start + ENTRY_FIXED;
	if (flags & FLAG_EXTENDED) {
		more = be16(p);
		p += 2;
	}
	if (rd->version == 4) {
		p = get_offset(p, rd->end, &strip);
		if (!p || strip > rd->name.len)
			return -1;
	}
	nul = memchr(p, 0, (size_t)(rd->end - p));
	if (!nul)
		return -1;
	e = (struct index_entry){
		.name = (const char *)p, .len = (size_t)(nul - p),
		.skip_worktree = (more & FLAG_SKIP_WORKTREE) != 0,
		.mode = be32(start + 24), .size = be32(start + 36),
	};
	if (rd->version == 4) {
		buf_truncate(&rd->name, rd->name.len - strip);
		buf_add(&rd->name, p, e.len);
		if (!buf_ok(&rd->name))
			return -1;
		e.name = rd->name.data;
		e.len = rd->name.len;
		rd->p = nul + 1;
	} else {
		rd->p = padded(start, nul, rd->end);
		if (!rd->p)
			return -1;
	}
	return rd->fn(rd->data, &e);
}

/* Is there an extension that changes what the entries mean? */
static bool is_odd(const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 8) {
		size_t len = be32(p + 4);

		if (memcmp(p, "link", 4) == 0 || memcmp(p, "sdir", 4) == 0)
			return true;
		if (len > (size_t)(end - p) - 8)
			return false;
		p += 8 + len;
	}
	return false;
}

int git_index_parse(const void *data, size_t len, git_index_fn fn, void *arg)
{
	struct reading rd = { .p = data, .name = BUF_PATH, .fn = fn,
			      .data = arg };
	uint32_t count;
	int r = 0;

	if (len < 12 + TRAILER || memcmp(data, "DIRC", 4) != 0)
		return -1;
	rd.version = be32(rd.p + 4);
	count = be32(rd.p + 8);
	if (rd.version < 2 || rd.version > 4)
		return GIT_INDEX_ODD;
	rd.end = rd.p + len - TRAILER;
	rd.p += 12;
	for (uint32_t i = 0; r == 0 && i < count; i++)
		r = one_entry(&rd);
	buf_release(&rd.name);
	if (r == 0 && is_odd(rd.p, rd.end))
		return GIT_INDEX_ODD;
	return r;
}

/* The same through git itself, for what the parser does not do. */
static int slowly(struct git *g, git_index_fn fn, void *arg,
		  struct dver_err *err)
{
	static const char *const args[] = { "ls-files", "-z", "-t",
					    "--full-name", NULL };
	AUTO_BUF struct buf out = BUF_BIG;
	int r = git_run(g, args, &out, err);

	if (r > 0)
		r = err_set(err, DVER_ECHILD,
			    "git ls-files failed with exit code %d", r);
	/* A letter (S: skip-worktree), a space, the name, a NUL. */
	for (size_t i = 0; r == 0 && i + 2 < out.len;) {
		struct index_entry e = {
			.name = out.data + i + 2,
			.len = strlen(out.data + i + 2),
			.skip_worktree = out.data[i] == 'S',
		};

		r = fn(arg, &e);
		i += e.len + 3;
	}
	return r;
}

static char *index_path(const struct git *g)
{
	const char *env = g->other ? NULL : getenv("GIT_INDEX_FILE");

	return env && *env ? strdup(env)
			   : str_printf("%sindex", git_dir(g));
}

int git_index_each(struct git *g, bool *slow, git_index_fn fn, void *arg,
		   struct dver_err *err)
{
	AUTO_FREE char *path = index_path(g);
	AUTO_CLOSE int fd = -1;
	struct os_stat st;
	void *map;
	int r;

	if (!path)
		return err_nomem(err);
	if (*slow)
		return slowly(g, fn, arg, err);
	fd = os_open(path, O_RDONLY, 0);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || os_fstat(fd, &st) < 0)
		return err_sys(err, "cannot open git's index '%s'", path);
	if (st.size == 0)
		return 0;
	map = mmap(NULL, (size_t)st.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(err, "cannot read git's index '%s'", path);
	r = git_index_parse(map, (size_t)st.size, fn, arg);
	(void)munmap(map, (size_t)st.size);
	*slow = r < 0 && r != DVER_ENOMEM;
	return *slow ? 0 : r;
}

struct names {
	const struct git *g;
	const char *base;	/* of the files; NULL: pointers, lock files */
	size_t prefix_len;
	struct strvec *out;
};

/* The name below the prefix, or NULL. */
static const char *below(const struct names *n, const char *name)
{
	if (n->prefix_len == 0)
		return name;
	if (strncmp(name, n->g->prefix, n->prefix_len) != 0 ||
	    name[n->prefix_len] != '/')
		return NULL;
	return name + n->prefix_len + 1;
}

static int note_name(void *data, const struct index_entry *e)
{
	struct names *n = data;
	const char *name;

	if (e->skip_worktree || !(n->base ? streq(path_base(e->name), n->base)
					  : pointer_is_name(e->name)))
		return 0;
	name = below(n, e->name);
	return !name || strvec_push(n->out, name) ? 0 : DVER_ENOMEM;
}

static int gather(struct git *g, const char *base, struct strvec *out,
		  struct dver_err *err)
{
	struct names n = { .g = g, .base = base, .out = out,
			   .prefix_len = g->prefix ? strlen(g->prefix) : 0 };
	bool slow = false;
	int r = git_index_each(g, &slow, note_name, &n, err);

	if (r == 0 && slow) {
		strvec_clear(out);
		r = git_index_each(g, &slow, note_name, &n, err);
	}
	strvec_sort(out);
	strvec_uniq(out);
	return r == DVER_ENOMEM ? err_nomem(err) : r;
}

int git_index_names(struct git *g, struct strvec *out, struct dver_err *err)
{
	return gather(g, NULL, out, err);
}

int git_index_called(struct git *g, const char *base, struct strvec *out,
		     struct dver_err *err)
{
	return gather(g, base, out, err);
}

static int is_inside(void *data, const struct index_entry *e)
{
	const char *path = data;
	size_t n = strlen(path);

	return e->len >= n && memcmp(e->name, path, n) == 0 &&
	       (e->name[n] == '\0' || e->name[n] == '/');
}

static int is_file_inside(void *data, const struct index_entry *e)
{
	return !pointer_is_name(e->name) &&
	       !streq(path_base(e->name), ".gitignore") && is_inside(data, e);
}

static int any(struct git *g, const char *path, git_index_fn fn,
	       struct dver_err *err)
{
	AUTO_FREE char *full = git_full_path(g, path);
	bool slow = false;
	int r;

	if (!full)
		return err_nomem(err);
	r = git_index_each(g, &slow, fn, full, err);
	return slow ? git_index_each(g, &slow, fn, full, err) : r;
}

int git_tracks(struct git *g, const char *path, struct dver_err *err)
{
	return any(g, path, is_inside, err);
}

int git_tracks_files(struct git *g, const char *path, struct dver_err *err)
{
	return any(g, path, is_file_inside, err);
}
