#include "store/tidy.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/heads.h"
#include "store/local.h"
#include "store/store_internal.h"

#define FACTOR 16		/* indexes of a level that become one */
#define LEVELS 16
#define GRACE (7 * 24 * 3600)	/* seconds, before inputs are deleted */

static int publish(struct store *s, const char *stage, const struct strvec *v,
		   struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < v->n; i++) {
		AUTO_FREE char *path = str_printf("%s/%s", stage, v->v[i]);
		AUTO_FREE char *key = str_printf("index/%s", v->v[i]);
		struct transport_src src = { .path = path, .consume = true };
		struct index_name n;

		if (!path || !key)
			return err_nomem(err);
		if (index_name_parse(&n, v->v[i]) == 0)
			src.len = (size_t)n.bytes;
		r = transport_put(s->t, key, &src, err);
		if (r == 0)
			r = heads_note(s, v->v[i], err);
	}
	return r < 0 ? r : transport_flush(s->t, err);
}

static int delete_all(struct store *s, const struct strvec *names,
		      struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < names->n; i++) {
		AUTO_FREE char *key = str_printf("index/%s", names->v[i]);

		r = key ? transport_del(s->t, key, err) : err_nomem(err);
	}
	return r;
}

/* Merge the listed indexes of one level (-1: all); their names go to `old`. */
static int merge(struct store *s, const char *stage, int level,
		 bool (*keep)(void *data, const struct fact *f), void *data,
		 struct strvec *old, struct dver_err *err)
{
	AUTO_FREE struct index_file **in = mem_array(s->n + 1, sizeof(*in));
	AUTO_FREE int64_t *born = mem_array(s->n + 1, sizeof(*born));
	AUTO_STRVEC struct strvec made = STRVEC_INIT;
	unsigned top = 0;
	size_t n = 0;
	int r = in && born ? 0 : err_nomem(err);

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		struct index_name name;

		if (index_name_parse(&name, s->index[i].name) < 0 ||
		    (level >= 0 && name.level != (unsigned)level))
			continue;
		r = listed_open(&s->index[i], err);
		if (r == 0 && !strvec_push(old, s->index[i].name))
			r = err_nomem(err);
		born[n] = s->index[i].born;
		in[n++] = s->index[i].file;
		top = MAX(top, name.level);
	}
	if (r < 0 || n == 0)
		return r;
	r = index_merge(&made, stage, top + 1, in, born, n, keep, data, err);
	return r < 0 ? r : publish(s, stage, &made, err);
}

int tidy_merge_all(struct store *s,
		   bool (*keep)(void *data, const struct fact *f), void *data,
		   struct dver_err *err)
{
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	AUTO_STRVEC struct strvec old = STRVEC_INIT;
	int r = tmpdir_new(&tmp, s->local, err);

	if (r == 0)
		r = merge(s, tmpdir_path(tmp), -1, keep, data, &old, err);
	if (r == 0)
		r = delete_all(s, &old, err);
	return r < 0 ? r : store_refresh(s, err);
}

/* A level with enough indexes, or -1. */
static int full_level(const struct store *s, const struct strvec *replaced)
{
	int count[LEVELS] = { 0 };

	for (size_t i = 0; i < s->n; i++) {
		struct index_name name;

		if (index_name_parse(&name, s->index[i].name) == 0 &&
		    name.level < LEVELS - 1 &&
		    !strvec_has(replaced, s->index[i].name))
			count[name.level]++;
	}
	for (int i = 0; i < LEVELS; i++)
		if (count[i] >= FACTOR)
			return i;
	return -1;
}

/* The newest time that the listing told: it is later by now. */
static int64_t newest(const struct store *s)
{
	int64_t now = 0;

	for (size_t i = 0; i < s->n; i++)
		now = MAX(now, s->index[i].born);
	return now;
}

/*
 * Inputs of merges that are long over.  What counts is the age of the merged
 * index: whoever listed before it appeared reads the inputs.
 */
static int delete_old(struct store *s, struct dver_err *err)
{
	AUTO_STRVEC struct strvec old = STRVEC_INIT;
	int64_t now = newest(s);

	for (size_t i = 0; i < s->n; i++) {
		const struct listed *l = &s->index[i];
		const struct strvec *v = &l->tail.replaces;

		if (!l->has_tail || now - l->born <= GRACE)
			continue;
		for (size_t j = 0; j < v->n; j++)
			if (strvec_has(store_index_names(s), v->v[j]) &&
			    !strvec_push(&old, v->v[j]))
				return err_nomem(err);
	}
	return delete_all(s, &old, err);
}

int tidy_after_commit(struct store *s, const char *stage, struct dver_err *err)
{
	AUTO_STRVEC struct strvec replaced = STRVEC_INIT;
	AUTO_STRVEC struct strvec old = STRVEC_INIT;
	AUTO_LOCK struct lock *lock = NULL;
	int level;
	int r = s->n < FACTOR ? 0 : store_replaced_names(s, &replaced, err);

	if (r < 0 || s->n < FACTOR)
		return r;
	level = full_level(s, &replaced);
	if (level < 0)
		return s->local || replaced.n == 0 ? 0 : delete_old(s, err);
	if (s->local) {
		AUTO_FREE char *path = str_printf("%s/lock", s->local);

		if (!path)
			return err_nomem(err);
		if (lock_take(&lock, path, LOCK_EXCLUSIVE, 0, NULL, NULL,
			      NULL, NULL) < 0)
			return 0;
	}
	r = merge(s, stage, level, NULL, NULL, &old, err);
	if (r == 0 && s->local)
		r = delete_all(s, &old, err);
	return r < 0 ? r : store_refresh(s, err);
}
