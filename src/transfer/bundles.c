/*
 * bundles - the files with runs of a remote: listed, read, kept, put.
 */
#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"
#include "store/heads.h"
#include "transfer/bundle.h"

#define FILE_MAX (64u << 20)
#define MANY 16			/* of a level become one of the next */
#define LEVELS 10
#define NAME_MAX_ (2 + RAND_NAME_HEX)

struct bundles {
	struct store *remote;
	struct transport *t;
	const char *folder;
	struct strvec names;		/* listed; "0-<random>" */
	bool gone;			/* one was listed and not there */
	bundle_fn fn;
	void (*bad)(void *data, const char *why);
	void *data;
};

/* Its level, or < 0: it is none. */
static int level_of(const char *name)
{
	uint8_t id[RAND_NAME];

	return strlen(name) == NAME_MAX_ - 1 && name[0] >= '0' &&
	       name[0] <= '9' && name[1] == '-' &&
	       hex_decode(id, sizeof(id), name + 2) == 0 ? name[0] - '0' : -1;
}

/* Names that this version does not know are not its business. */
static int on_key(void *data, const struct transport_key *k,
		  struct dver_err *err)
{
	const char *name = k->key + strlen(BUNDLE_PREFIX);
	struct bundles *b = data;

	if (level_of(name) < 0)
		return 0;
	return strvec_push(&b->names, name) ? 0 : err_nomem(err);
}

/* Layout plain has no `heads`, until somebody pushed runs there. */
static bool has_no_heads(const struct bundles *b)
{
	size_t got;
	char c;

	return store_is_plain(b->remote) &&
	       transport_get(b->t, "heads", 0, &c, 1, &got, NULL) ==
	       DVER_ENOTFOUND;
}

static int list(struct bundles *b, struct dver_err *err)
{
	int r;

	strvec_clear(&b->names);
	r = transport_list(b->t, BUNDLE_PREFIX, on_key, b, err);
	if (r == DVER_EREMOTE && has_no_heads(b))
		r = 0;
	strvec_sort(&b->names);
	return r;
}

static char *kept_path(const char *folder, const char *name)
{
	return str_printf("%s/" BUNDLE_PREFIX "%s", folder, name);
}

/* The next request is spared; nothing depends on it. */
static void keep(const struct bundles *b, const char *name, const void *data,
		 size_t len)
{
	AUTO_FREE char *dir = str_printf("%s/runs", b->folder);
	AUTO_FREE char *path = kept_path(b->folder, name);

	if (dir && path && os_mkdirs(dir, 0777) == 0)
		(void)afile_replace(path, data, len, 0666, AFILE_NOSYNC, NULL);
}

/* What was merged meanwhile is kept no longer, nor what a killed run left. */
static void drop_unlisted(const struct bundles *b)
{
	AUTO_FREE char *path = str_printf("%s/runs", b->folder);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	if (!path || dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0)
		if (!strvec_has(&b->names, e.name))
			(void)os_unlinkat(dir_fd(d), e.name, 0);
}

static int read_kept(struct bundle *out, const char *folder, const char *name)
{
	AUTO_FREE char *path = kept_path(folder, name);
	AUTO_FREE char *text = NULL;
	size_t len;

	return path && os_slurp(&text, &len, path, FILE_MAX, NULL) == 0 &&
	       bundle_parse(out, path, text, len, NULL) == 0;
}

/* 1: read, 0: it is gone, < 0. */
static int fetch(const struct bundles *b, struct bundle *out, const char *name,
		 struct dver_err *err)
{
	AUTO_FREE char *key = str_printf(BUNDLE_PREFIX "%s", name);
	AUTO_FREE char *what = str_printf("%s/" BUNDLE_PREFIX "%s", b->t->url,
					  name);
	AUTO_FREE char *data = malloc(FILE_MAX);
	size_t got;
	int r;

	if (!key || !what || !data)
		return err_nomem(err);
	r = transport_get(b->t, key, 0, data, FILE_MAX, &got, err);
	if (r < 0)
		return r == DVER_ENOTFOUND ? 0 : r;
	r = bundle_parse(out, what, data, got, err);
	if (r < 0)
		return r;
	keep(b, name, data, got);
	return 1;
}

static int get(const struct bundles *b, struct bundle *out, const char *name,
	       struct dver_err *err)
{
	return read_kept(out, b->folder, name) ? 1
					       : fetch(b, out, name, err);
}

static int each(struct bundles *b, struct dver_err *err)
{
	int r = list(b, err);

	b->gone = false;
	for (size_t i = 0; r == 0 && i < b->names.n; i++) {
		AUTO_BUNDLE struct bundle x = BUNDLE_INIT;
		struct dver_err why = { 0 };

		r = get(b, &x, b->names.v[i], &why);
		b->gone |= r == 0;
		if (r == DVER_ECORRUPT) {
			b->bad(b->data, why.msg);
			r = 0;
		}
		if (r < 0)
			return err_set(err, r, "%s", why.msg);
		r = 0;
		for (size_t j = 0; r == 0 && j < x.n; j++)
			r = b->fn(b->data, &x.v[j], err);
	}
	return r;
}

int bundles_each(struct store *remote, const char *folder, bundle_fn fn,
		 void (*bad)(void *data, const char *why), void *data,
		 struct dver_err *err)
{
	struct bundles b = { .remote = remote, .t = store_transport(remote),
			     .folder = folder, .fn = fn, .bad = bad,
			     .data = data };
	int r = each(&b, err);

	/* Merged since it was listed. */
	if (r == 0 && b.gone)
		r = each(&b, err);
	if (r == 0)
		drop_unlisted(&b);
	strvec_release(&b.names);
	return r;
}

static int put_bundle(struct bundles *b, int level,
		      const struct bundle_entry *v, size_t n,
		      struct dver_err *err)
{
	AUTO_BUF struct buf bytes = BUF_INIT(FILE_MAX);
	char key[sizeof(BUNDLE_PREFIX) + NAME_MAX_];
	char *name = key + strlen(BUNDLE_PREFIX);
	struct transport_src src = { .len = 0 };
	int r = bundle_format(&bytes, v, n, err);

	memcpy(key, BUNDLE_PREFIX, strlen(BUNDLE_PREFIX));
	name[0] = (char)('0' + level);
	name[1] = '-';
	if (r == 0)
		r = rand_name(name + 2, err);
	if (r < 0)
		return r;
	src.data = bytes.data;
	src.len = bytes.len;
	r = transport_put(b->t, key, &src, err);
	if (r == 0)
		r = transport_flush(b->t, err);
	if (r == 0)
		r = heads_note_run(b->remote, key, bytes.len, err);
	if (r < 0)
		return r;
	keep(b, name, bytes.data, bytes.len);
	return strvec_push(&b->names, name) ? 0 : err_nomem(err);
}

/* As many to a bundle as go into one. */
static int put_all(struct bundles *b, const struct bundle_entry *v, size_t n,
		   struct dver_err *err)
{
	size_t first = 0, bytes = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (bytes + v[i].len > BUNDLE_TEXT_MAX) {
			r = put_bundle(b, 0, v + first, i - first, err);
			first = i;
			bytes = 0;
		}
		bytes += v[i].len;
	}
	return r < 0 || first == n ? r : put_bundle(b, 0, v + first,
						    n - first, err);
}

/* Entries of bundles, each once. */
struct merging {
	struct bundle in[MANY];
	const char *names[MANY];	/* borrowed */
	size_t n;
	struct bundle_entry *v;		/* owned */
	size_t nv, cap, bytes;
	struct keymap seen;
};

static int merge_in(struct merging *m, const struct bundle *x,
		    struct dver_err *err)
{
	for (size_t i = 0; i < x->n; i++) {
		bool added;

		if (!keymap_put(&m->seen, x->v[i].value.id, &added) ||
		    !mem_grow(&m->v, &m->cap, m->nv + 1, sizeof(*m->v)))
			return err_nomem(err);
		if (!added)
			continue;
		m->v[m->nv++] = x->v[i];
		m->bytes += x->v[i].len;
	}
	return 0;
}

/* What is damaged or gone keeps the others from nothing. */
static int read_level(struct merging *m, const struct bundles *b, int level,
		      struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < b->names.n && m->n < MANY; i++) {
		if (level_of(b->names.v[i]) != level)
			continue;
		m->names[m->n] = b->names.v[i];
		r = get(b, &m->in[m->n], b->names.v[i], err);
		if (r == DVER_ECORRUPT)
			r = 0;
		if (r > 0)
			r = merge_in(m, &m->in[m->n++], err);
	}
	return MIN(r, 0);
}

/* Deleted once what they had is there again.  1: there is one less level. */
static int merge_level(struct bundles *b, int level, struct dver_err *err)
{
	struct merging m = { .n = 0 };
	int r;

	keymap_init(&m.seen, HASH_SIZE, 0);
	r = read_level(&m, b, level, err);
	if (r == 0 && m.n == MANY && m.bytes <= BUNDLE_TEXT_MAX) {
		r = put_bundle(b, level + 1, m.v, m.nv, err);
		for (size_t i = 0; r == 0 && i < m.n; i++) {
			AUTO_FREE char *key = str_printf(BUNDLE_PREFIX "%s",
							 m.names[i]);

			r = key ? transport_del(b->t, key, err)
				: err_nomem(err);
		}
	}
	for (size_t i = 0; i < MANY; i++)
		bundle_release(&m.in[i]);
	free(m.v);
	keymap_release(&m.seen);
	return r;
}

static int tidy(struct bundles *b, struct dver_err *err)
{
	int r = 0;

	for (int level = 0; r == 0 && level + 1 < LEVELS; level++) {
		size_t n = 0;

		for (size_t i = 0; i < b->names.n; i++)
			n += level_of(b->names.v[i]) == level;
		if (n >= MANY)
			r = merge_level(b, level, err);
	}
	return r;
}

int bundles_put(struct store *remote, const char *folder,
		const struct bundle_entry *v, size_t n, struct dver_err *err)
{
	struct bundles b = { .remote = remote, .t = store_transport(remote),
			     .folder = folder };
	struct dver_err why;
	int r = list(&b, err);

	if (r == 0)
		r = put_all(&b, v, n, err);
	/* Fewer requests for others: who may not delete goes without. */
	if (r == 0 && !b.t->lists_by_heads)
		(void)tidy(&b, NULL);
	if (r == 0 && heads_write(remote, &why) < 0 && b.t->lists_by_heads)
		r = err_set(err, why.code, "%s", why.msg);
	strvec_release(&b.names);
	return r;
}

static int known_in(const char *folder,
		    int (*fn)(void *data, const struct oid *value,
			      struct dver_err *err),
		    void *data, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/runs", folder);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r;

	if (!path)
		return err_nomem(err);
	if (dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return 0;
	while ((r = dir_next(d, &e, err)) > 0) {
		AUTO_BUNDLE struct bundle x = BUNDLE_INIT;

		if (level_of(e.name) < 0 || !read_kept(&x, folder, e.name))
			continue;
		for (size_t i = 0; i < x.n; i++) {
			r = fn(data, &x.v[i].value, err);
			if (r < 0)
				return r;
		}
	}
	return r;
}

int bundles_known(const char *cache,
		  int (*fn)(void *data, const struct oid *value,
			    struct dver_err *err),
		  void *data, struct dver_err *err)
{
	AUTO_FREE char *remotes = str_printf("%s/remotes", cache);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r;

	if (!remotes)
		return err_nomem(err);
	if (dir_open(&d, AT_FDCWD, remotes, NULL) < 0)
		return 0;
	while ((r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *folder = str_printf("%s/%s", remotes, e.name);

		r = folder ? known_in(folder, fn, data, err) : err_nomem(err);
		if (r < 0)
			return r;
	}
	return r;
}
