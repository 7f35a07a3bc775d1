/*
 * index_merge - the pure union of several indexes, read in step.
 *
 * Inputs are walked in id order, a page of each at a time; a new file starts
 * when the one being filled would pass INDEX_MAX_BYTES.  The first file
 * carries the roots, the names that are replaced and the unknown sections.
 */
#include "store/index.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/index_layout.h"

#define FACTS_MAX ((INDEX_MAX_BYTES - (1u << 20)) / FACT_SIZE)

struct cursor {
	struct index_file *file;
	uint64_t next;
	struct fact fact;	/* valid while `more` */
	bool more;
};

struct merge {
	struct strvec *out;
	const char *dir;
	unsigned level;
	struct cursor *in;
	size_t n;
	struct fact *facts;	/* of the file being filled */
	size_t nfacts;
	size_t cap;
	struct index_tail all;	/* tails of all inputs together */
	struct strvec replaces;
	bool first_written;
};

static int advance(struct cursor *c, struct dver_err *err)
{
	c->more = c->next < index_count(c->file);
	return c->more ? index_at(c->file, c->next++, &c->fact, err) : 0;
}

static struct cursor *least(struct merge *m)
{
	struct cursor *best = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->in[i].more &&
		    (!best || fact_cmp(&m->in[i].fact, &best->fact) < 0))
			best = &m->in[i];
	return best;
}

static int oid_order(const void *a, const void *b)
{
	return oid_cmp(a, b);
}

/* The loose ids that the facts of this file name. */
static int loose_of(struct merge *m, struct oid **out, size_t *n,
		    struct dver_err *err)
{
	size_t cap = 0;

	for (size_t i = 0; i < m->nfacts; i++) {
		const struct oid *id;

		if (m->facts[i].place != PLACE_LOOSE)
			continue;
		id = index_loose_id(&m->all, &m->facts[i]);
		if (!id)
			return err_set(err, DVER_ECORRUPT,
				       "index names a loose object that is "
				       "not in its list");
		if (!mem_grow(out, &cap, *n + 1, sizeof(**out)))
			return err_nomem(err);
		(*out)[(*n)++] = *id;
	}
	if (*n > 1)
		qsort(*out, *n, sizeof(**out), oid_order);
	for (size_t i = 0, all = *n; i < all; i++) {
		if (i == 0)
			*n = 0;
		if (!*n || !oid_eq(&(*out)[*n - 1], &(*out)[i]))
			(*out)[(*n)++] = (*out)[i];
	}
	return 0;
}

static int write_one(struct merge *m, struct dver_err *err)
{
	AUTO_FREE struct oid *loose = NULL;
	struct index_content c = { .facts = m->facts, .nfacts = m->nfacts };
	char name[INDEX_NAME_MAX];
	int r = loose_of(m, &loose, &c.nloose, err);

	if (r < 0)
		return r;
	c.loose = loose;
	if (!m->first_written) {
		c.roots = m->all.roots;
		c.nroots = m->all.nroots;
		c.other = m->all.other.data;
		c.other_len = m->all.other.len;
	}
	c.replaces = &m->replaces;
	r = index_write(name, m->dir, m->level, &c, err);
	if (r < 0)
		return r;
	m->first_written = true;
	m->nfacts = 0;
	return strvec_push(m->out, name) ? 0 : err_nomem(err);
}

static int add_fact(struct merge *m, const struct fact *f,
		    struct dver_err *err)
{
	bool same = m->nfacts &&
		    fact_cmp(&m->facts[m->nfacts - 1], f) == 0;
	int r = 0;

	if (same)
		return 0;
	if (m->nfacts >= FACTS_MAX)
		r = write_one(m, err);
	if (r < 0)
		return r;
	if (!mem_grow(&m->facts, &m->cap, m->nfacts + 1, sizeof(*m->facts)))
		return err_nomem(err);
	m->facts[m->nfacts++] = *f;
	return 0;
}

static int append_roots(struct index_tail *all, const struct index_tail *t,
			int64_t born, struct dver_err *err)
{
	size_t cap = all->nroots;

	if (!mem_grow(&all->roots, &cap, all->nroots + t->nroots,
		      sizeof(*all->roots)))
		return err_nomem(err);
	for (size_t i = 0; i < t->nroots; i++) {
		struct index_root *x = &all->roots[all->nroots++];

		*x = t->roots[i];
		if (!x->time)
			x->time = (uint64_t)born;
	}
	return 0;
}

/* By kind and id, the youngest first; one without a time is none older. */
static int root_order(const void *a, const void *b)
{
	const struct index_root *x = a;
	const struct index_root *y = b;
	int c = x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				   : oid_cmp(&x->id, &y->id);

	if (c || x->time == y->time)
		return c;
	return !x->time || (y->time && x->time > y->time) ? -1 : 1;
}

static void drop_older_roots(struct index_tail *all)
{
	size_t kept = 0;

	if (all->nroots > 1)
		qsort(all->roots, all->nroots, sizeof(*all->roots),
		      root_order);
	for (size_t i = 0; i < all->nroots; i++) {
		const struct index_root *x = &all->roots[i];

		if (!kept || x->kind != all->roots[kept - 1].kind ||
		    !oid_eq(&x->id, &all->roots[kept - 1].id))
			all->roots[kept++] = *x;
	}
	all->nroots = kept;
}

static int append_loose(struct index_tail *all, const struct index_tail *t,
			struct dver_err *err)
{
	size_t cap = all->nloose;

	if (!mem_grow(&all->loose, &cap, all->nloose + t->nloose,
		      sizeof(*all->loose)))
		return err_nomem(err);
	if (t->nloose)
		memcpy(all->loose + all->nloose, t->loose,
		       t->nloose * sizeof(*t->loose));
	all->nloose += t->nloose;
	return 0;
}

static int join_tail(struct merge *m, struct index_file *f, int64_t born,
		     struct dver_err *err)
{
	struct index_tail t;
	int r = index_tail(f, &t, err);

	if (r < 0)
		return r;
	r = append_roots(&m->all, &t, born, err);
	if (r == 0)
		r = append_loose(&m->all, &t, err);
	buf_add(&m->all.other, t.other.data, t.other.len);
	index_tail_release(&t);
	if (r == 0 && !strvec_push(&m->replaces, index_file_name(f)))
		r = err_nomem(err);
	return r < 0 ? r : buf_check(&m->all.other, err);
}

static int merge_facts(struct merge *m,
		       bool (*keep)(void *data, const struct fact *f),
		       void *data, struct dver_err *err)
{
	struct cursor *c;
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->n; i++)
		r = advance(&m->in[i], err);
	while (r == 0 && (c = least(m))) {
		if (!keep || keep(data, &c->fact))
			r = add_fact(m, &c->fact, err);
		if (r == 0)
			r = advance(c, err);
	}
	if (r == 0 && (m->nfacts || !m->first_written))
		r = write_one(m, err);
	return r;
}

int index_merge(struct strvec *out, const char *dir, unsigned level,
		struct index_file *const *in, const int64_t *born, size_t n,
		bool (*keep)(void *data, const struct fact *f), void *data,
		struct dver_err *err)
{
	AUTO_FREE struct cursor *cursors = mem_array(n, sizeof(*cursors));
	struct merge m = { .out = out, .dir = dir, .level = level,
			   .in = cursors, .n = n,
			   .all = { .other = BUF_BIG } };
	int r = cursors ? 0 : err_nomem(err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		cursors[i].file = in[i];
		r = join_tail(&m, in[i], born ? born[i] : 0, err);
	}
	drop_older_roots(&m.all);
	if (r == 0 && m.all.nloose > 1)
		qsort(m.all.loose, m.all.nloose, sizeof(*m.all.loose),
		      oid_order);
	if (r == 0)
		r = merge_facts(&m, keep, data, err);
	free(m.facts);
	strvec_release(&m.replaces);
	index_tail_release(&m.all);
	return r;
}
