/*
 * summary_compare - rows of a table, or lines of a text, that only one of two
 * files has.
 *
 * Both are sorted and merged: rows by their first column where no two are
 * alike, else whole lines.  A line that only moved is no difference.
 */
#include "base/err.h"
#include "base/mem.h"
#include "report/summary.h"

#define SHOWN 10	/* lines: changed ones first, then those that went */
#define SHOWN_CHANGED 6
#define SHOWN_DELETED 8

struct row {
	const char *text;
	size_t len, key;	/* bytes; of its first column */
	size_t at;		/* in the file */
};
struct rows {
	struct row *v;		/* owned */
	size_t n, cap;
	/* By place in the file: 0 the same, 1 not there; of the new file 2
	   and more: the row changed, and 2 less is its old place in v. */
	size_t *mark;		/* owned */
};

bool summary_is_text(const char *path, bool *table)
{
	static const char *const texts[] = {
		".txt", ".md", ".json", ".jsonl", ".ndjson", ".yaml", ".yml",
		".toml", ".xml", ".html", ".ini", ".cfg", ".log", ".sql",
	};

	*table = str_ends(path, ".csv") || str_ends(path, ".tsv");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (str_ends(path, texts[i]))
			return true;
	return *table;
}

/* Where a row ends: a newline between quotes (RFC 4180) is a part of it. */
static size_t row_end(const char *p, size_t n, bool table, char separator,
		      size_t *key)
{
	bool quoted = false;
	size_t i = 0;

	*key = SIZE_MAX;
	for (; i < n && (p[i] != '\n' || quoted); i++) {
		if (table && p[i] == '"')
			quoted = !quoted;
		else if (p[i] == separator && !quoted && *key == SIZE_MAX)
			*key = i;
	}
	*key = MIN(*key, i);
	return i;
}

static int split(struct rows *out, const char *text, size_t len,
		 const struct dver_report_rows *how, struct dver_err *err)
{
	char separator = str_ends(how->path, ".tsv") ? '\t' : ',';

	while (len) {
		struct row r = { .text = text, .at = out->n };
		size_t end = row_end(text, len, how->table, separator, &r.key);

		r.len = end && text[end - 1] == '\r' ? end - 1 : end;
		r.key = MIN(r.key, r.len);
		if (!mem_grow(&out->v, &out->cap, out->n + 1, sizeof(r)))
			return err_nomem(err);
		out->v[out->n++] = r;
		end += end < len;
		text += end;
		len -= end;
	}
	out->mark = mem_array(out->n + 1, sizeof(*out->mark));
	return out->mark ? 0 : err_nomem(err);
}

static int compare_bytes(const char *a, size_t alen, const char *b,
			 size_t blen)
{
	int c = memcmp(a, b, MIN(alen, blen));

	return c ? c : (alen > blen) - (alen < blen);
}

static int by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return compare_bytes(x->text, x->key, y->text, y->key);
}

static int compare_texts(const struct row *x, const struct row *y)
{
	return compare_bytes(x->text, x->len, y->text, y->len);
}

static int by_text(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int c = compare_texts(x, y);

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* Sorted by their keys: are no two the same? */
static bool is_unique(struct rows *r)
{
	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_key);
	for (size_t i = 1; i < r->n; i++)
		if (by_key(&r->v[i - 1], &r->v[i]) == 0)
			return false;
	return true;
}

static void mark(struct dver_report_rows *out, struct rows *a, struct rows *b,
		 bool keyed)
{
	size_t i = 0, j = 0;

	while (i < a->n || j < b->n) {
		int c = i == a->n ? 1 : j == b->n ? -1
			: keyed ? by_key(&a->v[i], &b->v[j])
				: compare_texts(&a->v[i], &b->v[j]);

		if (c < 0) {
			a->mark[a->v[i].at] = 1;
			out->deleted++;
		} else if (c > 0) {
			b->mark[b->v[j].at] = 1;
			out->added++;
		} else if (compare_texts(&a->v[i], &b->v[j]) != 0) {
			b->mark[b->v[j].at] = 2 + i;
			out->changed++;
		}
		i += c <= 0;
		j += c >= 0;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static int show(struct dver_report_rows *out, struct dver_report_part *v,
		char sign, const struct row *r, struct dver_err *err)
{
	char *text = str_ndup(r->text, r->len);

	if (!text)
		return err_nomem(err);
	v[out->nshown++] = (struct dver_report_part){ sign, "row", text };
	return 0;
}

/* Rows of `r` that are marked so, in the file's order. */
static int show_marked(struct dver_report_rows *out,
		       struct dver_report_part *v, char sign,
		       const struct rows *r, size_t max, struct dver_err *err)
{
	int e = 0;

	for (size_t i = 0; e == 0 && i < r->n && out->nshown < max; i++)
		if (r->mark[i] == 1)
			e = show(out, v, sign, &r->v[i], err);
	return e;
}

static int show_some(struct dver_report_rows *out, struct rows *a,
		     struct rows *b, struct dver_err *err)
{
	struct dver_report_part *v = mem_array(SHOWN, sizeof(*v));
	int r = 0;

	if (!v)
		return err_nomem(err);
	out->shown = v;
	/* Old rows are found by their place in what is sorted by key. */
	if (b->n)
		qsort(b->v, b->n, sizeof(*b->v), by_place);
	for (size_t i = 0; r == 0 && i < b->n && out->nshown < SHOWN_CHANGED;
	     i++) {
		if (b->mark[i] < 2)
			continue;
		r = show(out, v, '-', &a->v[b->mark[i] - 2], err);
		if (r == 0)
			r = show(out, v, '+', &b->v[i], err);
	}
	if (a->n)
		qsort(a->v, a->n, sizeof(*a->v), by_place);
	if (r == 0)
		r = show_marked(out, v, '-', a, SHOWN_DELETED, err);
	return r < 0 ? r : show_marked(out, v, '+', b, SHOWN, err);
}

int summary_compare_rows(struct dver_report_rows *out, const char *a,
			 size_t alen, const char *b, size_t blen,
			 struct dver_err *err)
{
	struct rows x = { .v = NULL }, y = { .v = NULL };
	int r = split(&x, a, alen, out, err);
	bool keyed;

	if (r == 0)
		r = split(&y, b, blen, out, err);
	if (r == 0) {
		keyed = out->table && is_unique(&x) && is_unique(&y);
		if (!keyed && x.n)
			qsort(x.v, x.n, sizeof(*x.v), by_text);
		if (!keyed && y.n)
			qsort(y.v, y.n, sizeof(*y.v), by_text);
		mark(out, &x, &y, keyed);
		r = show_some(out, &x, &y, err);
	}
	free(x.v);
	free(x.mark);
	free(y.v);
	free(y.mark);
	return r;
}

void summary_rows_release(struct dver_report_rows *rows)
{
	for (size_t i = 0; i < rows->nshown; i++)
		free((char *)(uintptr_t)rows->shown[i].text);
	free((struct dver_report_part *)(uintptr_t)rows->shown);
	rows->shown = NULL;
	rows->nshown = 0;
}
