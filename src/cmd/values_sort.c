/*
 * values_sort - the order of rows, and rows told as the files they are.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "cmd/values_rows.h"

#define CANDIDATES 8	/* that an error names */

static const struct dver_value *key_of(const struct rows *s,
				       const struct row *x)
{
	return s->sort_path && !streq(s->sort_path, x->path)
	       ? NULL : rows_value(x, s->sort_by);
}

/* Numbers come first, then texts, then what is not there: 0, 1, 2. */
static int sort_class(const struct dver_value *v)
{
	if (!v)
		return 2;
	return (v->kind == DVER_VALUE_INT || v->kind == DVER_VALUE_FLOAT) &&
	       !isnan(v->number) ? 0 : 1;
}

/* The best first: the highest, unless lower is better. */
static int by_value(const void *a, const void *b, void *data)
{
	const struct rows *s = data;
	const struct row *x = a, *y = b;
	const struct dver_value *v = key_of(s, x), *w = key_of(s, y);
	int c = sort_class(v) - sort_class(w);

	if (c == 0 && v && w && sort_class(v) == 0) {
		c = (v->number < w->number) - (v->number > w->number);
		if (s->better[s->sort_by] == DVER_BETTER_LOWER)
			c = -c;
	} else if (c == 0 && v && w) {
		c = strcmp(v->text, w->text);
	}
	return c ? c : (x->nth > y->nth) - (x->nth < y->nth);
}

/* The parts of a name are divided by '.', those of a path by '/'. */
static bool ends_with_part(const char *name, const char *end, char divider)
{
	size_t n = strlen(name), len = strlen(end);

	return len && n > len && streq(name + n - len, end) &&
	       name[n - len - 1] == divider;
}

static void candidates(struct buf *out, const struct rows *s, const char *end)
{
	size_t n = 0;

	for (size_t i = 0; i < s->names.n; i++) {
		if (end && !ends_with_part(s->names.v[i], end, '.'))
			continue;
		if (n++ < CANDIDATES)
			buf_addf(out, "%s%.80s", n > 1 ? ", " : "",
				 s->names.v[i]);
	}
	if (n > CANDIDATES)
		buf_addf(out, " and %zu more", n - CANDIDATES);
}

/* The column that a word names: 1; 0: none; DVER_EINVAL: several. */
static int column(struct rows *s, const char *word, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	size_t n = 0;

	for (size_t i = 0; i < s->names.n; i++) {
		if (streq(s->names.v[i], word)) {
			s->sort_by = i;
			return 1;
		}
		if (ends_with_part(s->names.v[i], word, '.')) {
			s->sort_by = i;
			n++;
		}
	}
	if (n < 2)
		return (int)n;
	candidates(&b, s, word);
	return err_set(err, DVER_EINVAL, "'%s' is ambiguous: %s", word,
		       buf_ok(&b) ? b.data : "");
}

/* "FILE:NAME", the file as seen from the root, or from a folder. */
static int column_of_file(struct rows *s, const char *word,
			  struct dver_err *err)
{
	const char *colon = strchr(word, ':');
	int r = 0;

	for (; r == 0 && colon; colon = strchr(colon + 1, ':')) {
		AUTO_FREE char *file = str_ndup(word, (size_t)(colon - word));

		if (!file)
			return err_nomem(err);
		for (size_t i = 0; i < s->n; i++)
			if (streq(s->v[i].path, file) ||
			    (!s->sort_path &&
			     ends_with_part(s->v[i].path, file, '/')))
				s->sort_path = s->v[i].path;
		r = s->sort_path ? column(s, colon + 1, err) : 0;
	}
	return r;
}

int rows_sort(struct rows *s, const char *name, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	int r = s->n ? column(s, name, err) : 0;

	if (!s->n)
		return 0;
	if (r == 0)
		r = column_of_file(s, name, err);
	if (r > 0)
		qsort_r(s->v, s->n, sizeof(*s->v), by_value, s);
	if (r)
		return MIN(r, 0);
	candidates(&b, s, NULL);
	return err_set(err, DVER_ENOTFOUND, "there is no '%s' to sort by%s%s",
		       name, b.len ? ": there are " : "",
		       b.len ? b.data : "");
}

static int tell_row(const struct rows *s, const struct row *x,
		    int (*fn)(void *data, const struct dver_values_file *f),
		    void *data)
{
	AUTO_FREE struct dver_named_value *v = mem_array(x->n + 1, sizeof(*v));
	struct dver_values_file f = {
		.rev = x->rev, .nnames = x->names.n,
		.names = (const char *const *)x->names.v,
		.commit = x->commit, .time = x->time, .path = x->path,
		.values = v, .n = x->n, .problem = x->problem,
		.code = x->code };

	if (!v)
		return DVER_ENOMEM;
	for (size_t k = 0; k < x->n; k++)
		v[k] = (struct dver_named_value){
			.name = s->names.v[x->v[k].column],
			.value = x->v[k].value,
			.better = s->better[x->v[k].column] };
	return fn(data, &f);
}

int rows_each(const struct rows *s,
	      int (*fn)(void *data, const struct dver_values_file *f),
	      void *data)
{
	/* Of rows the next one of the revision; of revisions the last row. */
	AUTO_FREE size_t *next = mem_array(s->n + 1, sizeof(*next));
	AUTO_FREE size_t *last = mem_array(s->revs + 1, sizeof(*last));
	AUTO_FREE bool *first = mem_array(s->n + 1, sizeof(*first));
	int r = next && last && first ? 0 : DVER_ENOMEM;

	for (size_t i = 0; r == 0 && i <= s->revs; i++)
		last[i] = SIZE_MAX;
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		size_t *before = &last[s->v[i].rev_nth];

		next[i] = SIZE_MAX;
		first[i] = *before == SIZE_MAX;
		if (!first[i])
			next[*before] = i;
		*before = i;
	}
	for (size_t i = 0; r == 0 && i < s->n; i++)
		for (size_t k = first[i] ? i : SIZE_MAX;
		     r == 0 && k != SIZE_MAX; k = next[k])
			r = tell_row(s, &s->v[k], fn, data);
	return r;
}
