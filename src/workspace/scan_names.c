/*
 * scan_names - the names of a folder: gathered, judged by the rules, sorted.
 */
#include <dirent.h>
#include <strings.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "repo/dverignore.h"
#include "workspace/clash.h"
#include "workspace/scan_node.h"

/* Names are gathered as: type, length, name, NUL. */
int node_list(struct node *d, struct dver_err *err)
{
	AUTO_DIR struct dir *dir = NULL;
	struct dir_entry e;
	int fd = os_open_beneath(d->sc->s->root_fd, d->path,
				 O_RDONLY | O_DIRECTORY);
	int r;

	if (fd < 0)
		return err_sys(err, "cannot open folder '%s'", d->path);
	d->fd = os_openat(fd, ".", O_RDONLY | O_DIRECTORY, 0);
	r = dir_take(&dir, fd, d->path, err);
	if (r == 0 && d->fd < 0)
		r = err_sys(err, "cannot open folder '%s'", d->path);
	while (r == 0 && (r = dir_next(dir, &e, err)) > 0) {
		size_t len = strlen(e.name);

		buf_addc(&d->names, e.type);
		buf_addc(&d->names, (int)len);
		buf_add(&d->names, e.name, len + 1);
		if (len == strlen(DVERIGNORE) &&
		    memcmp(e.name, DVERIGNORE, len) == 0)
			d->has_rules = true;
		d->n++;
		r = 0;
	}
	return r < 0 ? r : buf_check(&d->names, err);
}

/* A type that getdents did not tell costs a stat. */
static int kind_of(const struct node *d, const char *name, uint8_t type)
{
	struct os_stat st;

	if (type != DT_UNKNOWN)
		return type == DT_DIR ? TREE_DIR : TREE_FILE;
	if (os_statat(d->fd, name, &st, true) < 0)
		return TREE_FILE;
	return S_ISDIR(st.mode) ? TREE_DIR : TREE_FILE;
}

static int check_name(const struct node *d, const char *name,
		      struct dver_err *err)
{
	if (strcasecmp(name, ".git") != 0 && strcasecmp(name, ".dver") != 0)
		return 0;
	return err_set(err, DVER_EINVAL, "'%s/%s' cannot be tracked: move it "
		       "out of the data", d->path, name);
}

/* By the rules: 1 the entry stays, 0 it is passed over, < 0. */
static int judge(struct node *d, int worker, struct rules_at *at,
		 struct statidx_entry *e, struct dver_err *err)
{
	int r = node_passes(d, worker, at, e, err);

	if (r == NODE_TRACKED)
		e->flags = STAT_IGNORED;
	if (r != NODE_PASSED)
		return r < 0 ? r : 1;
	atomic_store(&d->passed, true);
	atomic_store(&d->sc->passed, true);
	return 0;
}

/* May the entry be passed over?  Most are not, and this is asked of all. */
static inline bool is_in_doubt(const struct node *d, const struct rules_at *at,
			       const struct statidx_entry *e)
{
	return d->ignored || (d->rules && (e->kind == TREE_DIR ||
			      rules_may_match(at, e->name, e->name_len)));
}

int node_entries(struct node *d, int worker, struct dver_err *err)
{
	AUTO_RULES_AT struct rules_at at = RULES_AT_INIT;
	const char *p = d->names.data;
	struct statidx_entry *e;
	size_t n = d->n;
	int r = 0;

	d->v = mem_array(n, sizeof(*d->v));
	if (n && !d->v)
		return err_nomem(err);
	if (d->has_rules)
		r = rules_read(d->sc->set, &d->rules, d->rules, d->fd, d->path,
			       err);
	if (r == 0 && d->rules)
		r = rules_enter(&at, d->rules, d->path, err);
	e = d->v;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		e->name_len = (uint8_t)p[1];
		e->name = p + 2;
		e->kind = (uint8_t)kind_of(d, e->name, (uint8_t)p[0]);
		p += e->name_len + 3;
		if (is_in_doubt(d, &at, e)) {
			r = judge(d, worker, &at, e, err);
			if (r <= 0)
				continue;
		}
		r = check_name(d, e->name, err);
		e++;
	}
	d->n = (size_t)(e - d->v);
	if (d->n)
		qsort(d->v, d->n, sizeof(*d->v), node_by_name);
	return MIN(r, 0);
}

static int note_winnames(struct node *d, int worker, struct dver_err *err)
{
	struct scan *sc = d->sc;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < d->n; i++) {
		const struct statidx_entry *e = &d->v[i];

		if (!winnames_is(e->name, e->name_len))
			continue;
		r = node_tracks(d, worker, e, err);
		if (r != 0)
			continue;
		pthread_mutex_lock(&sc->mutex);
		r = winnames_note(&sc->winnames, d->path, e->name,
				  e->name_len, err);
		pthread_mutex_unlock(&sc->mutex);
	}
	return MIN(r, 0);
}

int node_check_names(struct node *d, int worker, struct dver_err *err)
{
	struct scanner *s = d->sc->s;
	int r = 0;

	if (s->writer && !s->allow_clashes)
		r = clash_check(d->path, d->v, d->n, err);
	if (r == 0 && s->writer && !s->allow_winnames)
		r = note_winnames(d, worker, err);
	return r;
}
