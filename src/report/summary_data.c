/*
 * summary_data - outputs that differ, and how many files of which folders.
 *
 * Entries come in the order of their paths, so the files of a folder come
 * together, but for those of folders above it: only the newest folder of each
 * level is still counted.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "format/image.h"
#include "report/summary.h"
#include "workspace/diff.h"

#define LEVELS 3		/* of an output: itself and two below */
#define FOLDERS_MAX 20
#define FOLDERS_HELD 4096	/* before the smallest are summed */
#define MOVES_MAX 20

struct counting {
	struct summary *s;
	struct summary_moved moved;
	struct dver_report_output o;
	struct dver_report_folder *v;	/* paths owned */
	size_t n, cap;
	size_t open[LEVELS];		/* places in v, plus 1 */
	struct dver_report_move moves[MOVES_MAX];	/* owned */
};

static void drop(char const *text)
{
	free((char *)(uintptr_t)text);
}

static void clear(struct counting *c)
{
	for (size_t i = 0; i < c->n; i++)
		drop(c->v[i].path);
	for (size_t i = 0; i < c->o.nmoves; i++) {
		drop(c->moves[i].from);
		drop(c->moves[i].to);
	}
	c->n = 0;
	c->o = (struct dver_report_output){ .path = NULL };
	memset(c->open, 0, sizeof(c->open));
}

static uint64_t total(const struct dver_report_folder *f)
{
	return f->added + f->modified + f->deleted + f->moved;
}

static void count(struct dver_report_folder *f, char status)
{
	f->added += status == 'A';
	f->deleted += status == 'D';
	f->moved += status == 'R';
	f->modified += status == 'M' || status == 'T';
}

static int most_first(const void *a, const void *b)
{
	const struct dver_report_folder *x = a, *y = b;
	uint64_t m = total(x), n = total(y);

	return m != n ? (m < n) - (m > n) : strcmp(x->path, y->path);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct dver_report_folder *)a)->path,
		      ((const struct dver_report_folder *)b)->path);
}

/* Keep the `max` folders with the most changes, sum the others. */
static void keep_most(struct counting *c, size_t max)
{
	if (c->n > max)
		qsort(c->v, c->n, sizeof(*c->v), most_first);
	while (c->n > max) {
		struct dver_report_folder *f = &c->v[--c->n];

		c->o.rest.added += f->added;
		c->o.rest.modified += f->modified;
		c->o.rest.deleted += f->deleted;
		c->o.rest.moved += f->moved;
		c->o.nrest++;
		drop(f->path);
	}
	/* Their places are others now. */
	memset(c->open, 0, sizeof(c->open));
}

/* The folder of `path`, at most LEVELS deep; how long its name is. */
static size_t folder_of(const char *output, const char *path, size_t *level)
{
	size_t len = strlen(output);

	for (*level = 0; *level + 1 < LEVELS; (*level)++) {
		const char *slash = path[len] ? strchr(path + len + 1, '/')
					      : NULL;

		if (!slash)
			break;
		len = (size_t)(slash - path);
	}
	return len;
}

static int count_folder(struct counting *c, const struct dver_diff_entry *e)
{
	size_t level, len = folder_of(e->output, e->path, &level);
	size_t at = c->open[level];

	if (!at || strncmp(c->v[at - 1].path, e->path, len) != 0 ||
	    c->v[at - 1].path[len]) {
		if (c->n == FOLDERS_HELD)
			keep_most(c, FOLDERS_HELD / 2);
		if (!mem_grow(&c->v, &c->cap, c->n + 1, sizeof(*c->v)))
			return DVER_ENOMEM;
		c->v[c->n] = (struct dver_report_folder){
			.path = str_ndup(e->path, len) };
		if (!c->v[c->n].path)
			return DVER_ENOMEM;
		at = c->open[level] = ++c->n;
	}
	count(&c->v[at - 1], e->status);
	return 0;
}

/* Remember a file whose rows may be compared. */
static int note_file(struct summary *s, const struct dver_diff_entry *e,
		     const struct oid *old, const struct oid *now)
{
	bool table;
	char *copy;

	if (!s->calls->rows || e->status != 'M' || e->directory ||
	    e->old_size > SUMMARY_FILE_MAX || e->new_size > SUMMARY_FILE_MAX ||
	    !summary_is_text(e->path, &table))
		return 0;
	if (s->nfiles == SUMMARY_FILES) {
		s->more_files++;
		return 0;
	}
	copy = strdup(e->path);
	if (!copy)
		return DVER_ENOMEM;
	s->files[s->nfiles++] = (struct summary_file){ copy, *old, *now };
	return 0;
}

static int note_image(struct summary *s, const struct dver_diff_entry *e,
		      const struct oid *old, const struct oid *now)
{
	struct item was = { .where = ITEM_STORE }, is = { .where = ITEM_STORE };
	struct summary_image *x;
	int r;

	/* A file that was moved shows the same. */
	if (!s->calls->image || e->directory || e->status == 'R' ||
	    !image_is_name(e->path) ||
	    (e->status == 'T' && memcmp(old, now, sizeof(*old)) == 0))
		return 0;
	memcpy(was.id, old->id, sizeof(was.id));
	memcpy(is.id, now->id, sizeof(is.id));
	if (!*s->commit)
		is.where = ITEM_DISK;
	r = summary_image_note(s, e->path, e->status == 'A' ? NULL : &was,
			       e->status == 'D' ? NULL : &is, &x);
	if (r > 0) {
		x->sized = true;
		x->old_size = e->old_size;
		x->new_size = e->new_size;
	}
	return r < 0 ? r : 0;
}

static int on_entry(void *data, const struct dver_diff_entry *e,
		    const struct oid *old, const struct oid *now)
{
	struct counting *c = data;
	struct dver_report_folder sum = { .path = NULL };

	if (note_file(c->s, e, old, now) < 0 ||
	    note_image(c->s, e, old, now) < 0)
		return DVER_ENOMEM;
	count(&sum, e->status);
	c->o.added += sum.added;
	c->o.modified += sum.modified;
	c->o.deleted += sum.deleted;
	c->o.moved += sum.moved;
	if (e->status == 'A')
		c->o.added_bytes += e->new_size;
	if (e->status == 'D')
		c->o.deleted_bytes += e->old_size;
	if (e->status == 'R' && c->o.nmoves < MOVES_MAX) {
		struct dver_report_move *m = &c->moves[c->o.nmoves];

		*m = (struct dver_report_move){ strdup(e->from),
						strdup(e->path) };
		c->o.nmoves++;
		if (!m->from || !m->to)
			return DVER_ENOMEM;
	}
	return count_folder(c, e);
}

/* The same folder may have been summed and come again. */
static void join(struct counting *c)
{
	size_t kept = 0;

	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_path);
	for (size_t i = 0; i < c->n; i++) {
		struct dver_report_folder *f = kept ? &c->v[kept - 1] : NULL;

		if (!f || !streq(f->path, c->v[i].path)) {
			c->v[kept++] = c->v[i];
			continue;
		}
		f->added += c->v[i].added;
		f->modified += c->v[i].modified;
		f->deleted += c->v[i].deleted;
		f->moved += c->v[i].moved;
		drop(c->v[i].path);
	}
	c->n = kept;
}

static int on_output(void *data, const struct diff_output *d)
{
	struct counting *c = data;
	struct dver_report_output *o = &c->o;
	int r;

	/* Half of an output is told of as none of it. */
	if (d->problem)
		clear(c);
	o->path = d->path;
	o->status = !d->was ? 'A' : !d->is ? 'D' : 'M';
	if (o->status != 'M')
		o->other = summary_moved_other(&c->moved, d->path, !d->was);
	o->directory = d->directory;
	o->old_files = d->old_files;
	o->new_files = d->new_files;
	o->old_bytes = d->old_bytes;
	o->new_bytes = d->new_bytes;
	/* Of one that is new or gone its pointer says how many. */
	if (d->problem && o->status == 'A') {
		o->added = d->new_files;
		o->added_bytes = d->new_bytes;
	} else if (d->problem && o->status == 'D') {
		o->deleted = d->old_files;
		o->deleted_bytes = d->old_bytes;
	}
	o->problem = d->code != DVER_EMISSING ? d->problem
		     : "the list of its files is not here, nor in a remote "
		       "that could be asked: dver fetch --all-commits brings "
		       "it";
	o->code = d->code;
	join(c);
	keep_most(c, FOLDERS_MAX);
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_path);
	o->rest.path = "";
	o->folders = c->v;
	o->nfolders = d->directory ? c->n : 0;
	o->moves = c->moves;
	r = c->s->calls->output(c->s->calls->data, o);
	clear(c);
	return r;
}

int summary_data(struct summary *s, struct dver_err *err)
{
	struct counting c = { .s = s };
	const struct diff_calls calls = { .entry = on_entry,
					  .output = on_output, .data = &c,
					  .all_new = !*s->base };
	int r = summary_moved_find(&c.moved, s, err);

	if (r == 0) {
		err->code = 0;
		r = diff_revisions(s->repo, *s->base ? s->base : NULL,
				   *s->commit ? s->commit : NULL, NULL, 0,
				   &calls, err);
	}
	clear(&c);
	summary_moved_release(&c.moved);
	free(c.v);
	return r == DVER_ENOMEM && !err->code ? err_nomem(err) : r;
}
