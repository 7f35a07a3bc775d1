/*
 * summary_moved - outputs that have another name now: one is gone and one is
 * new, and both hold the same.
 */
#include "base/err.h"
#include "base/mem.h"
#include "report/summary.h"

static int load(struct summary_moved *m, const struct summary *s,
		struct dver_err *err)
{
	int r = 0;

	if (*s->base)
		r = outputs_at(&m->old, s->repo, s->base, err);
	if (r < 0)
		return r;
	return *s->commit ? outputs_at(&m->now, s->repo, s->commit, err)
			  : outputs_load(&m->now, s->repo, NULL, err);
}

/* Empty ones are all the same and say nothing. */
static bool is_lone(const struct output *o, const struct outputs *others)
{
	return !o->problem && o->pointer.size &&
	       !outputs_find(others, o->path);
}

/* By id those that are gone; of several that are the same the first. */
static int find_gone(struct keymap *gone, const struct summary_moved *m,
		     struct dver_err *err)
{
	for (size_t i = 0; i < m->old.n; i++) {
		const struct output *o = &m->old.v[i];
		size_t *slot;

		if (!is_lone(o, &m->now))
			continue;
		slot = keymap_put(gone, o->pointer.id.id, NULL);
		if (!slot)
			return err_nomem(err);
		if (!*slot)
			*slot = i + 1;
	}
	return 0;
}

static int join(struct summary_moved *m, struct keymap *gone,
		struct dver_err *err)
{
	for (size_t i = 0; gone->n && i < m->now.n; i++) {
		const struct output *o = &m->now.v[i];
		size_t *slot = keymap_get(gone, o->pointer.id.id);

		if (!slot || !*slot || !is_lone(o, &m->old) ||
		    m->old.v[*slot - 1].pointer.kind != o->pointer.kind)
			continue;
		if (!mem_grow(&m->by_to, &m->cap, m->n + 1, sizeof(*m->by_to)))
			return err_nomem(err);
		m->by_to[m->n++] = (struct summary_move){
			m->old.v[*slot - 1].path, o->path };
		*slot = 0;
	}
	return 0;
}

static int by_from(const void *a, const void *b)
{
	return strcmp(((const struct summary_move *)a)->from,
		      ((const struct summary_move *)b)->from);
}

static int by_to(const void *a, const void *b)
{
	return strcmp(((const struct summary_move *)a)->to,
		      ((const struct summary_move *)b)->to);
}

int summary_moved_find(struct summary_moved *m, const struct summary *s,
		       struct dver_err *err)
{
	AUTO_KEYMAP struct keymap gone;
	int r;

	*m = (struct summary_moved){ .n = 0 };
	keymap_init(&gone, HASH_SIZE, sizeof(size_t));
	r = load(m, s, err);
	if (r == 0)
		r = find_gone(&gone, m, err);
	if (r == 0)
		r = join(m, &gone, err);
	if (r < 0 || !m->n)
		return r;
	m->by_from = mem_array(m->n, sizeof(*m->by_from));
	if (!m->by_from)
		return err_nomem(err);
	/* What is now came in the order of its paths. */
	memcpy(m->by_from, m->by_to, m->n * sizeof(*m->by_from));
	qsort(m->by_from, m->n, sizeof(*m->by_from), by_from);
	return 0;
}

void summary_moved_release(struct summary_moved *m)
{
	outputs_release(&m->old);
	outputs_release(&m->now);
	free(m->by_from);
	free(m->by_to);
}

const char *summary_moved_other(const struct summary_moved *m,
				const char *path, bool is_new)
{
	struct summary_move key = { path, path };
	const struct summary_move *found;

	if (!m->n)
		return NULL;
	found = bsearch(&key, is_new ? m->by_to : m->by_from, m->n,
			sizeof(key), is_new ? by_to : by_from);
	return !found ? NULL : is_new ? found->from : found->to;
}
