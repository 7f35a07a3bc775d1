#include "workspace/decisions.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "workspace/lines.h"

#define HEAD "dver resolve 1\n"
#define DECISIONS_MAX (1u << 30)

void decisions_release(struct decisions *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].pointer);
		strvec_release(&d->v[i].ours);
		strvec_release(&d->v[i].theirs);
	}
	free(d->v);
	*d = (struct decisions){ .v = NULL };
}

static struct decided *push(struct decisions *d, const char *pointer,
			    const struct oid *versions)
{
	struct decided e = { .pointer = strdup(pointer),
			     .versions = *versions };

	if (!e.pointer ||
	    !mem_grow(&d->v, &d->cap, d->n + 1, sizeof(*d->v))) {
		free(e.pointer);
		return NULL;
	}
	d->v[d->n] = e;
	return &d->v[d->n++];
}

void decisions_clear(struct decisions *d, struct decided *e)
{
	d->changed |= e->ours.n || e->theirs.n;
	strvec_clear(&e->ours);
	strvec_clear(&e->theirs);
}

struct decided *decisions_of(struct decisions *d, const char *pointer,
			     const struct oid *versions)
{
	struct decided *e = NULL;

	for (size_t i = 0; !e && i < d->n; i++)
		if (streq(d->v[i].pointer, pointer))
			e = &d->v[i];
	if (!e)
		e = push(d, pointer, versions);
	if (!e)
		return NULL;
	if (!oid_eq(&e->versions, versions))
		decisions_clear(d, e);
	e->versions = *versions;
	e->seen = true;
	return e;
}

/* 0, or how long the path is (and 1) that decides. */
static size_t longest(const struct strvec *v, const char *path)
{
	size_t max = 0;

	for (size_t i = 0; i < v->n; i++)
		if (path_inside(path, v->v[i]))
			max = MAX(max, strlen(v->v[i]) + 1);
	return max;
}

enum merge_side decided_side(const struct decided *e, const char *path)
{
	size_t ours = longest(&e->ours, path);
	size_t theirs = longest(&e->theirs, path);

	return ours > theirs ? MERGE_OURS
	       : theirs ? MERGE_THEIRS : MERGE_NEITHER;
}

/* The path itself is in it no more. */
static void leave_out(struct strvec *v, const char *path)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (streq(v->v[i], path))
			free(v->v[i]);
		else
			v->v[kept++] = v->v[i];
	}
	v->n = kept;
}

int decisions_put(struct decisions *d, struct decided *e, const char *path,
		  enum merge_side side, struct dver_err *err)
{
	struct strvec *to = side == MERGE_OURS ? &e->ours : &e->theirs;

	leave_out(&e->ours, path);
	leave_out(&e->theirs, path);
	d->changed = true;
	return strvec_push(to, path) ? 0 : err_nomem(err);
}

static bool get_conflict(struct decisions *d, const char *p, const char *end,
			 struct buf *path)
{
	struct oid id;

	return end - p > OID_HEX && oid_parse(&id, p) == 0 &&
	       p[OID_HEX] == ' ' &&
	       lines_get(path, p + OID_HEX + 1,
			 (size_t)(end - p - OID_HEX - 1)) &&
	       push(d, path->data, &id);
}

static bool get_line(struct decisions *d, const char *p, const char *nl)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct decided *last = d->n ? &d->v[d->n - 1] : NULL;
	const char *space = memchr(p, ' ', (size_t)(nl - p));
	size_t len = space ? (size_t)(space - p) : 0;

	if (len == 8 && memcmp(p, "conflict", 8) == 0)
		return get_conflict(d, space + 1, nl, &path);
	if (!last || !len ||
	    !lines_get(&path, space + 1, (size_t)(nl - space - 1)))
		return false;
	if (len == 4 && memcmp(p, "ours", 4) == 0)
		return strvec_push(&last->ours, path.data);
	return len == 6 && memcmp(p, "theirs", 6) == 0 &&
	       strvec_push(&last->theirs, path.data);
}

static bool parse(struct decisions *d, const char *data, size_t len)
{
	const char *p, *end;

	if (!lines_open(HEAD, data, len, &p, &end))
		return false;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl || !get_line(d, p, nl))
			return false;
		p = nl + 1;
	}
	return true;
}

int decisions_load(struct decisions *d, struct dver_repo *repo,
		   struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->meta, "resolve");
	AUTO_FREE char *data = NULL;
	size_t len;
	int r;

	*d = (struct decisions){ .v = NULL };
	r = path ? os_slurp(&data, &len, path, DECISIONS_MAX, err)
		 : err_nomem(err);
	if (r == DVER_ENOTFOUND)
		return 0;
	if (r < 0 || parse(d, data, len))
		return r;
	decisions_release(d);
	d->changed = true;
	repo_note(repo, DVER_NOTE_WARNING, "'%s' is damaged: what was decided "
		  "of conflicts is to be decided again", path);
	return 0;
}

static void put_side(struct buf *out, const char *side, const struct strvec *v)
{
	for (size_t i = 0; i < v->n; i++) {
		buf_addf(out, "%s ", side);
		lines_put(out, v->v[i]);
	}
}

static int write_all(struct decisions *d, struct dver_repo *repo,
		     const char *path, struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_BIG;
	char hex[OID_HEX + 1];
	bool any = false;
	int r;

	buf_addstr(&text, HEAD);
	for (size_t i = 0; i < d->n; i++) {
		const struct decided *e = &d->v[i];

		if (!e->seen || (!e->ours.n && !e->theirs.n))
			continue;
		any = true;
		buf_addf(&text, "conflict %s ", oid_hex(hex, &e->versions));
		lines_put(&text, e->pointer);
		put_side(&text, "ours", &e->ours);
		put_side(&text, "theirs", &e->theirs);
	}
	if (!any)
		return os_unlink(path) < 0 && errno != ENOENT
		       ? err_sys(err, "cannot remove '%s'", path) : 0;
	r = lines_seal(&text, err);
	return r < 0 ? r : repo_replace(repo, path, text.data, text.len, err);
}

int decisions_save(struct decisions *d, struct dver_repo *repo,
		   struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->meta, "resolve");

	for (size_t i = 0; i < d->n; i++)
		d->changed |= !d->v[i].seen;
	if (!path)
		return err_nomem(err);
	return d->changed ? write_all(d, repo, path, err) : 0;
}
