/*
 * repoint - dependencies that name a path which was moved name the new one.
 *
 * Each stands somewhere in its dver.yaml as it was typed: that word alone is
 * replaced.  What a template makes is the person's to change.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/stage.h"
#include "format/yaml.h"
#include "pipeline/pipeline.h"
#include "pipeline/stage_edit.h"
#include "workspace/undo_log.h"

/* One word of a file, and what is to stand there. */
struct word {
	const struct stage *s;
	const struct stage_dep *dep;
};

struct repointing {
	struct dver_repo *repo;
	const char *from, *to;
	struct word *v;		/* owned */
	size_t n, cap;
};

/* By file, the last in it first: what is before it keeps its place. */
static int by_place(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int c = strcmp(x->s->file, y->s->file);

	if (c)
		return c;
	if (x->dep->line != y->dep->line)
		return x->dep->line > y->dep->line ? -1 : 1;
	return (x->dep->col < y->dep->col) - (x->dep->col > y->dep->col);
}

static int gather(struct repointing *x, const struct pipeline *p,
		  struct dver_err *err)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t j = 0; j < p->v[i].ndeps; j++) {
			if (!path_inside(p->v[i].deps[j].path, x->from))
				continue;
			if (!mem_grow(&x->v, &x->cap, x->n + 1,
				      sizeof(*x->v)))
				return err_nomem(err);
			x->v[x->n++] = (struct word){ &p->v[i],
						      &p->v[i].deps[j] };
		}
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_place);
	return 0;
}

/* Where the word begins, or the end of the text. */
static size_t find_place(const struct buf *text, unsigned line, unsigned col)
{
	size_t at = 0;

	for (; line > 1 && at < text->len; at++)
		line -= text->data[at] == '\n';
	/* Columns count characters. */
	for (; col > 1 && at < text->len; col--) {
		at++;
		while (at < text->len &&
		       ((unsigned char)text->data[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* How long it is: in quotes, or up to what ends a plain word. */
static size_t length(const char *p)
{
	size_t n = 0;

	if (*p == '"' || *p == '\'') {
		const char *end = strchr(p + 1, *p);

		return end ? (size_t)(end - p) + 1 : 0;
	}
	while (p[n] && p[n] != '\n' && p[n] != '\r' && p[n] != ',' &&
	       p[n] != ']' && p[n] != '}' &&
	       !(p[n] == '#' && n && is_blank(p[n - 1])))
		n++;
	while (n && is_blank(p[n - 1]))
		n--;
	return n;
}

/* Does the word say that path, and no template or escape? */
static bool says(const struct word *w, const char *p, size_t len)
{
	AUTO_FREE char *raw = NULL;
	AUTO_FREE char *full = NULL;
	AUTO_BUF struct buf clean = BUF_PATH;
	bool quoted = len > 1 && (*p == '"' || *p == '\'');

	raw = quoted ? str_ndup(p + 1, len - 2) : str_ndup(p, len);
	full = raw ? path_join(w->s->dir, raw) : NULL;
	return full && len && !strpbrk(raw, "\\${") &&
	       path_clean(&clean, full, NULL) == 0 &&
	       streq(clean.data, w->dep->path);
}

/* The new path, as the stage's folder sees it. */
static int new_word(const struct repointing *x, const struct word *w,
		    struct buf *out, struct dver_err *err)
{
	const char *rest = w->dep->path + strlen(x->from);
	AUTO_FREE char *path = str_printf("/%s%s", x->to, rest);
	AUTO_FREE char *dir = str_printf("/%s", w->s->dir);
	AUTO_BUF struct buf rel = BUF_PATH;
	int r = path && dir ? path_relative(&rel, dir, path, err)
			    : err_nomem(err);

	if (r == 0)
		yaml_put_string(out, rel.data, rel.len);
	return r < 0 ? r : buf_check(out, err);
}

static int replace(const struct repointing *x, const struct word *w,
		   struct buf *text, bool *changed, struct dver_err *err)
{
	size_t at = find_place(text, w->dep->line, w->dep->col);
	size_t len = length(text->data + at);
	AUTO_BUF struct buf made = BUF_BIG;
	int r;

	if (!says(w, text->data + at, len)) {
		repo_note(x->repo, DVER_NOTE_WARNING, "%s:%u: stage '%s' reads "
			  "'%s', which was moved: change that by hand",
			  w->s->file, w->dep->line, w->s->address,
			  w->dep->path);
		return 0;
	}
	buf_add(&made, text->data, at);
	r = new_word(x, w, &made, err);
	buf_add(&made, text->data + at + len, text->len - at - len);
	if (r == 0)
		r = buf_check(&made, err);
	if (r < 0)
		return r;
	buf_clear(text);
	buf_add(text, made.data, made.len);
	*changed = true;
	return buf_check(text, err);
}

static int put_file(const struct repointing *x, const char *file,
		    char *before, const struct buf *text, struct dver_err *err)
{
	AUTO_FREE char *path = strdup(file);
	const struct undo_file f = { path, before, text->data };
	int r = path ? undo_amend_move(x->repo, x->from, x->to, &f, err)
		     : err_nomem(err);

	return r < 0 ? r : stage_file_write(x->repo, text, file, err);
}

/* All words of one file: v[i] up to what comes back. */
static int one_file(const struct repointing *x, size_t i, size_t *end,
		    struct dver_err *err)
{
	const char *file = x->v[i].s->file;
	AUTO_BUF struct buf text = BUF_INIT(PIPELINE_FILE_MAX);
	AUTO_FREE char *before = NULL;
	bool changed = false;
	int r = stage_file_read(x->repo, &text, file, err);

	before = str_ndup(text.data, text.len);
	if (r >= 0 && !before)
		r = err_nomem(err);
	for (*end = i; r >= 0 && *end < x->n &&
		       streq(x->v[*end].s->file, file); ++*end) {
		const struct word *w = &x->v[*end];

		/* Stages of one foreach stand in one place. */
		if (*end > i && w->dep->line == w[-1].dep->line &&
		    w->dep->col == w[-1].dep->col)
			continue;
		r = replace(x, w, &text, &changed, err);
	}
	return r < 0 || !changed ? MIN(r, 0)
				 : put_file(x, file, before, &text, err);
}

int dver_stage_repoint(struct dver_repo *repo, const char *from,
		       const char *to, struct dver_err *err)
{
	AUTO_PIPELINE struct pipeline *p = NULL;
	struct repointing x = { .repo = repo, .from = from, .to = to };
	size_t i = 0;
	int r = pipeline_load(&p, repo, err);

	if (r == 0)
		r = gather(&x, p, err);
	while (r == 0 && i < x.n)
		r = one_file(&x, i, &i, err);
	free(x.v);
	return r;
}
