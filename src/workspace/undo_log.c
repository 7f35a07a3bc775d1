#include "workspace/undo_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "workspace/lines.h"

#define HEAD "dver undo 1\n"
#define ENTRY_MAX (1u << 30)
#define POINTER_TEXT_MAX (1u << 20)
#define NAMED 8			/* outputs that the command line tells */

void undo_release(struct undo *u)
{
	for (size_t i = 0; i < u->npointers; i++) {
		free(u->pointers[i].path);
		free(u->pointers[i].was);
		free(u->pointers[i].is);
	}
	for (size_t i = 0; i < u->ndisks; i++)
		free(u->disks[i].path);
	for (size_t i = 0; i < u->nmoves; i++) {
		free(u->moves[i].from);
		free(u->moves[i].to);
	}
	for (size_t i = 0; i < u->nfiles; i++) {
		free(u->files[i].path);
		free(u->files[i].before);
		free(u->files[i].after);
	}
	free(u->pointers);
	free(u->disks);
	free(u->moves);
	free(u->files);
	buf_release(&u->command);
	strvec_release(&u->outputs);
	record_release(&u->record);
	*u = (struct undo)UNDO_INIT;
}

int undo_add_output(struct undo *u, const struct session *s, const char *path,
		    struct dver_err *err)
{
	const struct recorded *e = record_find(&s->record, path);

	if (!strvec_push(&u->outputs, path))
		return err_nomem(err);
	return e && e->kind ? record_copy(&u->record, e, path, err) : 0;
}

/* Takes the three strings. */
static int push_pointer(struct undo *u, char *path, char *was, char *is,
			struct dver_err *err)
{
	if (!path || !mem_grow(&u->pointers, &u->pointers_cap,
			       u->npointers + 1, sizeof(*u->pointers))) {
		free(path);
		free(was);
		free(is);
		return err_nomem(err);
	}
	u->pointers[u->npointers++] = (struct undo_pointer){ path, was, is };
	return 0;
}

int undo_add_pointer(struct undo *u, struct dver_repo *repo, const char *path,
		     const char *is, struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(repo->root, path);
	AUTO_FREE char *copy = is ? strdup(is) : NULL;
	char *was = NULL;
	size_t len;
	int r;

	if (!disk || (is && !copy))
		return err_nomem(err);
	r = os_slurp(&was, &len, disk, POINTER_TEXT_MAX, err);
	if (r == DVER_ENOTFOUND)
		r = 0;
	return r < 0 ? r : push_pointer(u, strdup(path), was, TAKE(copy), err);
}

int undo_add_disk(struct undo *u, const char *path, const struct scanned *at,
		  struct dver_err *err)
{
	struct undo_disk d = { strdup(path), *at };

	if (!d.path || !mem_grow(&u->disks, &u->disks_cap, u->ndisks + 1,
				 sizeof(d))) {
		free(d.path);
		return err_nomem(err);
	}
	u->disks[u->ndisks++] = d;
	return 0;
}

int undo_add_move(struct undo *u, const char *from, const char *to,
		  struct dver_err *err)
{
	struct undo_move m = { strdup(from), strdup(to) };

	if (!m.from || !m.to || !mem_grow(&u->moves, &u->moves_cap,
					  u->nmoves + 1, sizeof(m))) {
		free(m.from);
		free(m.to);
		return err_nomem(err);
	}
	u->moves[u->nmoves++] = m;
	return 0;
}

static int add_file(struct undo *u, const char *path, const char *before,
		    const char *after, struct dver_err *err)
{
	struct undo_file f = { strdup(path), strdup(before), strdup(after) };

	if (!f.path || !f.before || !f.after ||
	    !mem_grow(&u->files, &u->files_cap, u->nfiles + 1, sizeof(f))) {
		free(f.path);
		free(f.before);
		free(f.after);
		return err_nomem(err);
	}
	u->files[u->nfiles++] = f;
	return 0;
}

static void put(struct buf *out, const char *word, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(out, "%s ", word);
	lines_put(out, value);
}

static int format(const struct undo *u, struct buf *out, struct dver_err *err)
{
	AUTO_BUF struct buf record = BUF_BIG;
	char hex[OID_HEX + 1];
	int r = record_format(&u->record, &record, err);

	buf_addf(out, HEAD "time %" PRId64 " \n", u->time);
	put(out, "command", u->command.data);
	for (size_t i = 0; i < u->npointers; i++) {
		put(out, "pointer", u->pointers[i].path);
		put(out, "was", u->pointers[i].was);
		put(out, "is", u->pointers[i].is);
	}
	for (size_t i = 0; i < u->outputs.n; i++)
		put(out, "output", u->outputs.v[i]);
	put(out, "record", record.data);
	for (size_t i = 0; i < u->ndisks; i++) {
		const struct undo_disk *d = &u->disks[i];

		buf_addf(out, "disk %d %s %" PRIu64 " %" PRIu64 " ",
			 (int)d->at.kind, oid_hex(hex, &d->at.id),
			 d->at.bytes, d->at.files);
		lines_put(out, d->path);
	}
	for (size_t i = 0; i < u->nmoves; i++) {
		put(out, "move", u->moves[i].from);
		put(out, "to", u->moves[i].to);
	}
	for (size_t i = 0; i < u->nfiles; i++) {
		put(out, "file", u->files[i].path);
		put(out, "before", u->files[i].before);
		put(out, "after", u->files[i].after);
	}
	return r < 0 ? r : lines_seal(out, err);
}

static char *entry_path(const struct dver_repo *repo, uint64_t seq)
{
	return str_printf("%s/undo/%08" PRIu64, repo->meta, seq);
}

void undo_forget(struct dver_repo *repo, uint64_t seq)
{
	AUTO_FREE char *path = entry_path(repo, seq);

	if (path)
		(void)os_unlink(path);
}

static int newest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

int undo_numbers(struct dver_repo *repo, uint64_t **out, size_t *n,
		 struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/undo", repo->meta);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	size_t cap = 0;
	int r = path ? dir_open(&d, AT_FDCWD, path, err) : err_nomem(err);

	*out = NULL;
	*n = 0;
	if (r == DVER_ENOTFOUND)
		return 0;
	while (r == 0 && (r = dir_next(d, &e, err)) > 0) {
		char *end;
		uint64_t seq = strtoull(e.name, &end, 10);

		r = 0;
		if (*end || end == e.name)
			continue;
		if (!mem_grow(out, &cap, *n + 1, sizeof(**out)))
			r = err_nomem(err);
		else
			(*out)[(*n)++] = seq;
	}
	if (*n)
		qsort(*out, *n, sizeof(**out), newest_first);
	if (r < 0) {
		free(*out);
		*out = NULL;
	}
	return r;
}

static void describe(struct undo *u, const char *verb)
{
	buf_setstr(&u->command, verb);
	for (size_t i = 0; i < u->outputs.n && i < NAMED; i++)
		buf_addf(&u->command, " %s", u->outputs.v[i]);
	if (u->outputs.n > NAMED)
		buf_addf(&u->command, " and %zu more", u->outputs.n - NAMED);
}

static int save(const struct undo *u, struct dver_repo *repo,
		struct dver_err *err)
{
	AUTO_FREE char *dir = str_printf("%s/undo", repo->meta);
	AUTO_FREE char *path = entry_path(repo, u->seq);
	AUTO_BUF struct buf text = BUF_BIG;
	int r = dir && path ? format(u, &text, err) : err_nomem(err);

	if (r < 0)
		return r;
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	return afile_replace_via(repo->tmp ? repo->tmp : dir, path, text.data,
				 text.len, 0666, AFILE_NOSYNC, err);
}

int undo_write(struct undo *u, struct dver_repo *repo, const char *verb,
	       struct dver_err *err)
{
	AUTO_FREE uint64_t *old = NULL;
	size_t n;
	int r = undo_numbers(repo, &old, &n, err);

	if (r < 0)
		return r;
	u->seq = n ? old[0] + 1 : 1;
	u->time = (int64_t)time(NULL);
	describe(u, verb);
	r = save(u, repo, err);
	/* One more: a command that changes nothing takes its entry back. */
	for (size_t i = UNDO_KEPT; r == 0 && i < n; i++)
		undo_forget(repo, old[i]);
	return r;
}

static char *value_of(const char *p, const char *nl)
{
	AUTO_BUF struct buf b = BUF_BIG;

	return lines_get(&b, p, (size_t)(nl - p)) ? buf_detach(&b) : NULL;
}

static bool get_disk(struct undo *u, const char *p, const char *nl)
{
	struct undo_disk d = { .path = NULL };
	uint64_t kind;

	p = lines_number(p, nl, &kind);
	if (!p || kind > TREE_DIR || nl - p < OID_HEX + 1 ||
	    oid_parse(&d.at.id, p) < 0 || p[OID_HEX] != ' ')
		return false;
	d.at.kind = (enum tree_kind)kind;
	p = lines_number(p + OID_HEX + 1, nl, &d.at.bytes);
	p = p ? lines_number(p, nl, &d.at.files) : NULL;
	d.path = p ? value_of(p, nl) : NULL;
	if (!d.path || path_check_workspace(d.path, NULL) < 0 ||
	    !mem_grow(&u->disks, &u->disks_cap, u->ndisks + 1, sizeof(d))) {
		free(d.path);
		return false;
	}
	u->disks[u->ndisks++] = d;
	return true;
}

static bool take_text(char **to, char **value)
{
	free(*to);
	*to = TAKE(*value);
	return true;
}

/* A line whose value is one string, which is taken. */
static bool take_value(struct undo *u, const char *word, char *v)
{
	struct undo_pointer *p = u->npointers
				 ? &u->pointers[u->npointers - 1] : NULL;
	AUTO_FREE char *value = v;
	bool safe = path_check_workspace(value, NULL) == 0;

	if (streq(word, "command")) {
		buf_setstr(&u->command, value);
		return buf_ok(&u->command);
	}
	if (streq(word, "pointer"))
		return safe && push_pointer(u, TAKE(value), NULL, NULL,
					    NULL) == 0;
	if (streq(word, "was") && p && !p->was)
		return (p->was = TAKE(value)) != NULL;
	if (streq(word, "is") && p && !p->is)
		return (p->is = TAKE(value)) != NULL;
	if (streq(word, "output"))
		return safe && strvec_take(&u->outputs, &value);
	if (streq(word, "record"))
		return record_parse(&u->record, value, strlen(value)) == 0;
	if (streq(word, "file"))
		return safe && add_file(u, value, "", "", NULL) == 0;
	if (streq(word, "before") && u->nfiles)
		return take_text(&u->files[u->nfiles - 1].before, &value);
	if (streq(word, "after") && u->nfiles)
		return take_text(&u->files[u->nfiles - 1].after, &value);
	if (streq(word, "move"))
		return safe && undo_add_move(u, value, "", NULL) == 0;
	return streq(word, "to") && safe && u->nmoves &&
	       take_text(&u->moves[u->nmoves - 1].to, &value);
}

static bool parse_line(struct undo *u, const char *p, const char *nl)
{
	const char *space = memchr(p, ' ', (size_t)(nl - p));
	char word[16];
	uint64_t n;
	char *value;

	if (!space || space - p >= (long)sizeof(word))
		return false;
	memcpy(word, p, (size_t)(space - p));
	word[space - p] = '\0';
	p = space + 1;
	if (streq(word, "time")) {
		if (!lines_number(p, nl, &n))
			return false;
		u->time = (int64_t)n;
		return true;
	}
	if (streq(word, "disk"))
		return get_disk(u, p, nl);
	value = value_of(p, nl);
	return value && take_value(u, word, value);
}

int undo_load(struct undo *out, struct dver_repo *repo, uint64_t seq,
	      struct dver_err *err)
{
	AUTO_FREE char *path = entry_path(repo, seq);
	AUTO_UNDO struct undo u = UNDO_INIT;
	AUTO_FREE char *data = NULL;
	const char *p, *end;
	size_t len;

	if (!path)
		return err_nomem(err);
	if (os_slurp(&data, &len, path, ENTRY_MAX, NULL) < 0 ||
	    !lines_open(HEAD, data, len, &p, &end))
		return 0;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl || !parse_line(&u, p, nl))
			return 0;
		p = nl + 1;
	}
	u.seq = seq;
	*out = u;
	u = (struct undo)UNDO_INIT;
	return 1;
}

/* Is it about that move? */
static bool is_move(const struct undo *u, const char *from, const char *to)
{
	if (!str_starts(u->command.data, "mv "))
		return false;
	for (size_t i = 0; i < u->nmoves; i++)
		if (streq(u->moves[i].from, from))
			return streq(u->moves[i].to, to);
	/* Data that is not here does not move; its pointer does. */
	for (size_t i = 0; u->nmoves == 0 && i < u->outputs.n; i++)
		if (path_inside(from, u->outputs.v[i]))
			return true;
	return false;
}

int undo_amend_move(struct dver_repo *repo, const char *from, const char *to,
		    const struct undo_file *file, struct dver_err *err)
{
	AUTO_FREE uint64_t *numbers = NULL;
	size_t n;
	int r = undo_numbers(repo, &numbers, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		AUTO_UNDO struct undo u = UNDO_INIT;

		r = undo_load(&u, repo, numbers[i], err);
		if (r <= 0 || !is_move(&u, from, to)) {
			r = MIN(r, 0);
			continue;
		}
		r = add_file(&u, file->path, file->before, file->after, err);
		return r < 0 ? r : save(&u, repo, err);
	}
	return r;
}
