/*
 * dverignore_read - the files that hold for a folder or a path.
 */
#include <errno.h>
#include <pthread.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/vec.h"
#include "repo/dverignore.h"
#include "store/link.h"

#define LINK_MAX_LEN 3072

struct rules_set {
	char *cache;		/* owned */
	pthread_mutex_t mutex;
	struct rules *all;	/* owned; under mutex */
	struct keymap dirs;	/* SHA-256 of a path -> struct known */
};

/* What read_down() and judge() know of a folder already. */
struct known {
	const struct rules *rules;
	bool missing;
};

int rules_set_new(struct rules_set **out, const char *cache,
		  struct dver_err *err)
{
	struct rules_set *set = calloc(1, sizeof(*set));

	if (!set)
		return err_nomem(err);
	pthread_mutex_init(&set->mutex, NULL);
	keymap_init(&set->dirs, HASH_SIZE, sizeof(struct known));
	set->cache = strdup(cache);
	if (!set->cache) {
		rules_set_free(set);
		return err_nomem(err);
	}
	*out = set;
	return 0;
}

void rules_set_free(struct rules_set *set)
{
	if (!set)
		return;
	while (set->all) {
		struct rules *next = set->all->next;

		rules_free(set->all);
		set->all = next;
	}
	keymap_release(&set->dirs);
	pthread_mutex_destroy(&set->mutex);
	free(set->cache);
	free(set);
}

/* < 0 with errno.  A tracked file may be a link into the local store. */
static int open_file(const struct rules_set *set, int dir)
{
	int fd = os_openat(dir, DVERIGNORE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
			   0);
	char target[LINK_MAX_LEN];
	struct oid id;
	ssize_t n;

	if (fd >= 0 || errno != ELOOP)
		return fd;
	n = readlinkat(dir, DVERIGNORE, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	target[n] = '\0';
	errno = ELOOP;
	return link_is_loose(set->cache, target, &id)
		       ? os_open(target, O_RDONLY | O_NOFOLLOW, 0) : -1;
}

static int no_list(const char *dir, const char *why, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "'%s%s%s' %s: that is no list of "
		       "patterns", dir, *dir ? "/" : "", DVERIGNORE, why);
}

/* 1 and the text, 0: there is none. */
static int load(const struct rules_set *set, char **text, int dir_fd,
		const char *dir, struct dver_err *err)
{
	AUTO_CLOSE int fd = open_file(set, dir_fd);
	struct os_stat st;
	ssize_t n = -1;

	if (fd < 0 && (errno == ENOENT || errno == ELOOP))
		return 0;
	if (fd >= 0 && os_fstat(fd, &st) == 0) {
		if (!S_ISREG(st.mode))
			return 0;
		if (st.size > DVERIGNORE_MAX)
			return no_list(dir, "is larger than 1 MiB", err);
		*text = malloc(st.size + 1);
		if (!*text)
			return err_nomem(err);
		n = os_read_full(fd, *text, st.size);
	}
	if (n < 0)
		return err_sys(err, "cannot read '%s%s%s'", dir,
			       *dir ? "/" : "", DVERIGNORE);
	(*text)[n] = '\0';
	return memchr(*text, '\0', (size_t)n)
		       ? no_list(dir, "holds a NUL byte", err) : 1;
}

int rules_read(struct rules_set *set, const struct rules **out,
	       const struct rules *up, int fd, const char *dir,
	       struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	struct rules *x = NULL;
	int r = load(set, &text, fd, dir, err);

	*out = up;
	if (r > 0)
		r = rules_parse(&x, dir, &text, err);
	if (r < 0 || !x)
		return r;
	x->up = up;
	pthread_mutex_lock(&set->mutex);
	x->next = set->all;
	set->all = x;
	pthread_mutex_unlock(&set->mutex);
	*out = x;
	return 0;
}

/* Of the folder `dir`, once those above are known.  1: it is not there. */
static int read_one(struct rules_set *set, const struct rules **rules,
		    int root_fd, const char *dir, struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	uint8_t key[HASH_SIZE];
	struct known *k;
	int r = hash_bytes(key, dir, strlen(dir), err);

	if (r < 0)
		return r;
	k = keymap_get(&set->dirs, key);
	if (k) {
		*rules = k->rules;
		return k->missing;
	}
	fd = os_open_beneath(root_fd, dir, O_RDONLY | O_DIRECTORY);
	r = fd < 0 ? 1 : rules_read(set, rules, *rules, fd, dir, err);
	if (r < 0)
		return r;
	k = keymap_put(&set->dirs, key, NULL);
	if (!k)
		return err_nomem(err);
	*k = (struct known){ *rules, r };
	return r;
}

/* Where the next component of the path ends. */
static size_t next_end(const char *path, size_t at)
{
	at += path[at] == '/';
	return at + strcspn(path + at, "/");
}

int rules_read_down(struct rules_set *set, const struct rules **out,
		    int root_fd, const char *dir, struct dver_err *err)
{
	AUTO_FREE char *path = strdup(dir);
	size_t end = 0;
	int r;

	*out = NULL;
	if (!path)
		return err_nomem(err);
	r = read_one(set, out, root_fd, "", err);
	while (r == 0 && dir[end]) {
		end = next_end(dir, end);
		path[end] = '\0';
		r = read_one(set, out, root_fd, path, err);
		path[end] = dir[end];
	}
	return MIN(r, 0);
}

/* The name at path[start..end), with a NUL of its own. */
static const struct rule *match_part(struct rules_at *at, const char *path,
				     size_t start, size_t end, bool folder)
{
	char name[256];
	size_t len = MIN(end - start, sizeof(name) - 1);

	memcpy(name, path + start, len);
	name[len] = '\0';
	return rules_match(at, name, len, path[end] || folder);
}

int rules_judge(struct rules_set *set, const struct rule **rule, int root_fd,
		const char *path, size_t from, bool folder,
		struct dver_err *err)
{
	AUTO_RULES_AT struct rules_at at = RULES_AT_INIT;
	AUTO_FREE char *dir = strdup(path);
	const struct rules *rules = NULL;
	const struct rule *found = NULL;
	size_t start = 0;
	int r = dir ? 0 : err_nomem(err);

	while (r >= 0 && path[start] && (!found || found->negated)) {
		size_t end = next_end(path, start);

		dir[start] = '\0';
		/* A folder that is not there has no rules of its own. */
		r = read_one(set, &rules, root_fd, dir, err);
		if (r >= 0)
			r = rules_enter(&at, rules, dir, err);
		dir[start] = path[start];
		start += path[start] == '/';
		if (r == 0 && end > from)
			found = match_part(&at, path, start, end, folder);
		start = end;
	}
	if (rule)
		*rule = found;
	return r < 0 ? r : found && !found->negated;
}
