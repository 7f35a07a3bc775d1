/*
 * record - read whole, changed in memory, replaced whole: like a pointer.
 */
#include "workspace/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "workspace/lines.h"

#define HEAD "dver workspace 1\n"
#define RECORD_MAX (1u << 30)

static void recorded_release(struct recorded *e)
{
	free(e->path);
	strvec_release(&e->here);
	strvec_release(&e->lack);
}

void record_release(struct record *r)
{
	for (size_t i = 0; i < r->n; i++)
		recorded_release(&r->v[i]);
	free(r->v);
	*r = (struct record)RECORD_INIT;
}

/* Where `path` is, or would be inserted; *found tells which. */
static size_t position(const struct record *r, const char *path, bool *found)
{
	size_t lo = 0, hi = r->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(r->v[mid].path, path);

		if (c == 0)
			*found = true;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct recorded *record_find(const struct record *r, const char *path)
{
	bool found;
	size_t at = position(r, path, &found);

	return found ? &r->v[at] : NULL;
}

struct recorded *record_put(struct record *r, const char *path)
{
	bool found;
	size_t at = position(r, path, &found);
	char *copy;

	if (found)
		return &r->v[at];
	copy = strdup(path);
	if (!copy || !mem_grow(&r->v, &r->cap, r->n + 1, sizeof(*r->v))) {
		free(copy);
		return NULL;
	}
	memmove(r->v + at + 1, r->v + at, (r->n - at) * sizeof(*r->v));
	r->n++;
	r->v[at] = (struct recorded){ .path = copy };
	return &r->v[at];
}

void record_remove(struct record *r, const char *path)
{
	bool found;
	size_t at = position(r, path, &found);

	if (!found)
		return;
	recorded_release(&r->v[at]);
	r->n--;
	memmove(r->v + at, r->v + at + 1, (r->n - at) * sizeof(*r->v));
}

static bool copy_all(struct strvec *to, const struct strvec *from)
{
	bool ok = true;

	strvec_release(to);
	for (size_t i = 0; i < from->n; i++)
		ok = ok && strvec_push(to, from->v[i]);
	return ok;
}

int record_copy(struct record *r, const struct recorded *from,
		const char *path, struct dver_err *err)
{
	struct recorded *e = record_put(r, path);

	if (!e)
		return err_nomem(err);
	e->kind = from->kind;
	e->exec = from->exec;
	e->chosen = from->chosen;
	e->over = from->over;
	e->unfinished = from->unfinished;
	e->id = from->id;
	e->bytes = from->bytes;
	e->files = from->files;
	e->partial = from->partial;
	e->dropped = from->dropped;
	return copy_all(&e->here, &from->here) &&
	       copy_all(&e->lack, &from->lack) ? 0 : err_nomem(err);
}

void recorded_whole(struct recorded *e)
{
	e->partial = e->dropped = e->unfinished = false;
	strvec_release(&e->here);
	strvec_release(&e->lack);
}

/* The longest path of `v` that holds `sub` decides; paths below make it 2. */
static void weigh(const struct strvec *v, const char *sub, int value,
		  size_t *longest, int *answer, bool *below)
{
	for (size_t i = 0; i < v->n; i++) {
		size_t len = strlen(v->v[i]) + 1;

		if (path_inside(sub, v->v[i])) {
			if (len > *longest) {
				*longest = len;
				*answer = value;
			}
		} else if (path_inside(v->v[i], sub)) {
			*below = true;
		}
	}
}

int recorded_here(const struct recorded *e, const char *sub)
{
	int answer = !e->partial;
	bool here = false, lack = false;
	size_t longest = 0;

	weigh(&e->here, sub, 1, &longest, &answer, &here);
	weigh(&e->lack, sub, 0, &longest, &answer, &lack);
	return (answer && lack) || (!answer && here) ? 2 : answer;
}

/* What lies in `sub` has no entry of its own any more. */
static void drop_below(struct strvec *v, const char *sub)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (path_inside(v->v[i], sub))
			free(v->v[i]);
		else
			v->v[kept++] = v->v[i];
	}
	v->n = kept;
}

static int note_part(struct recorded *e, struct strvec *v, const char *sub,
		     int wanted, struct dver_err *err)
{
	drop_below(&e->here, sub);
	drop_below(&e->lack, sub);
	if (recorded_here(e, sub) == wanted)
		return 0;
	if (!strvec_push(v, sub))
		return err_nomem(err);
	strvec_sort(v);
	return 0;
}

int recorded_add_here(struct recorded *e, const char *sub,
		      struct dver_err *err)
{
	return note_part(e, &e->here, sub, 1, err);
}

int recorded_add_lack(struct recorded *e, const char *sub,
		      struct dver_err *err)
{
	return note_part(e, &e->lack, sub, 0, err);
}

static void put_entry(struct buf *out, const struct recorded *e)
{
	char hex[OID_HEX + 1];

	oid_hex(hex, &e->id);
	if (e->kind == ROOT_FILE)
		buf_addf(out, "%s %s %" PRIu64 " ", e->exec ? "exec" : "file",
			 hex, e->bytes);
	else
		buf_addf(out, "tree %s %" PRIu64 " %" PRIu64 " ", hex,
			 e->bytes, e->files);
	lines_put(out, e->path);
	if (e->chosen)
		buf_addf(out, "chosen %s\n", oid_hex(hex, &e->over));
	if (e->unfinished)
		buf_addstr(out, "unfinished .\n");
	/* A partial tree of which nothing is here has one empty path. */
	if (e->partial && e->here.n == 0)
		buf_addstr(out, "here .\n");
	for (size_t i = 0; e->partial && i < e->here.n; i++) {
		buf_addstr(out, "here ");
		lines_put(out, e->here.v[i]);
	}
	for (size_t i = 0; i < e->lack.n; i++) {
		buf_addstr(out, "lack ");
		lines_put(out, e->lack.v[i]);
	}
	if (e->dropped && e->lack.n)
		buf_addstr(out, "dropped .\n");
}

int record_format(const struct record *r, struct buf *out,
		  struct dver_err *err)
{
	buf_addstr(out, HEAD);
	for (size_t i = 0; i < r->n; i++)
		put_entry(out, &r->v[i]);
	return lines_seal(out, err);
}

static bool is_safe(const char *path)
{
	return path_check_workspace(path, NULL) == 0;
}

static bool get_entry(struct record *r, const char *p, const char *end,
		      struct buf *path)
{
	struct recorded e = { .kind = *p == 't' ? ROOT_TREE : ROOT_FILE,
			      .exec = *p == 'e', .files = 1 };
	struct recorded *slot;

	p += 5;
	if (end - p < OID_HEX + 1 || oid_parse(&e.id, p) < 0 ||
	    p[OID_HEX] != ' ')
		return false;
	p = lines_number(p + OID_HEX + 1, end, &e.bytes);
	if (p && e.kind == ROOT_TREE)
		p = lines_number(p, end, &e.files);
	if (!p || !lines_get(path, p, (size_t)(end - p)) ||
	    !is_safe(path->data))
		return false;
	slot = record_put(r, path->data);
	if (!slot || slot->kind)
		return false;
	e.path = slot->path;
	*slot = e;
	return true;
}

/* A "here" or "lack" line. */
static bool get_part(struct recorded *last, const char *p, const char *end,
		     struct buf *path)
{
	if (!last || !lines_get(path, p + 5, (size_t)(end - p - 5)) ||
	    (last->kind != ROOT_TREE && !streq(path->data, ".")))
		return false;
	if (*p == 'l')
		return is_safe(path->data) &&
		       strvec_push(&last->lack, path->data);
	last->partial = true;
	return streq(path->data, ".") ||
	       (is_safe(path->data) && strvec_push(&last->here, path->data));
}

static bool is_line(const char *p, const char *nl, const char *line)
{
	return (size_t)(nl - p) == strlen(line) &&
	       memcmp(p, line, strlen(line)) == 0;
}

/* A line that is a mark on the entry before it. */
static bool get_mark(struct recorded *last, const char *p, const char *nl)
{
	if (!last)
		return false;
	if (is_line(p, nl, "dropped ."))
		last->dropped = true;
	else if (is_line(p, nl, "unfinished ."))
		last->unfinished = true;
	else if (nl - p == 7 + OID_HEX && memcmp(p, "chosen ", 7) == 0 &&
		 oid_parse(&last->over, p + 7) == 0)
		last->chosen = true;
	else
		return false;
	return true;
}

static bool parse_lines(struct record *r, const char *p, const char *end)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct recorded *last = NULL;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl || nl - p < 6)
			return false;
		if (memcmp(p, "here ", 5) == 0 ||
		    memcmp(p, "lack ", 5) == 0) {
			if (!get_part(last, p, nl, &path))
				return false;
		} else if (memcmp(p, "file ", 5) == 0 ||
			   memcmp(p, "exec ", 5) == 0 ||
			   memcmp(p, "tree ", 5) == 0) {
			if (!get_entry(r, p, nl, &path))
				return false;
			last = record_find(r, path.data);
		} else if (!get_mark(last, p, nl)) {
			return false;
		}
		p = nl + 1;
	}
	return true;
}

int record_parse(struct record *out, const char *data, size_t len)
{
	AUTO_RECORD struct record r = RECORD_INIT;
	const char *from, *to;

	*out = (struct record)RECORD_INIT;
	if (!lines_open(HEAD, data, len, &from, &to) ||
	    !parse_lines(&r, from, to))
		return -1;
	*out = r;
	r = (struct record)RECORD_INIT;
	return 0;
}

int record_load(struct record *out, const char *path, struct dver_err *err)
{
	AUTO_FREE char *data = NULL;
	struct os_stat st;
	size_t len;
	int ret;

	*out = (struct record)RECORD_INIT;
	if (os_stat(path, &st, true) < 0 && errno == ENOENT)
		return 0;
	ret = os_slurp(&data, &len, path, RECORD_MAX, err);
	if (ret < 0)
		return ret;
	errno = 0;
	if (record_parse(out, data, len) == 0)
		return 0;
	if (errno == ENOMEM)
		return err_nomem(err);
	return err_set(err, DVER_ECORRUPT, "the workspace record '%s' is "
		       "damaged: move it away, then compare with dver status "
		       "what was changed", path);
}
