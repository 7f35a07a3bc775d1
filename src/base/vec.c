/*
 * vec - string lists, and maps with open addressing and linear probing.
 */
#include "base/vec.h"

#include "base/le.h"
#include "base/mem.h"

bool strvec_take(struct strvec *v, char **s)
{
	if (!*s || !mem_grow(&v->v, &v->cap, v->n + 2, sizeof(*v->v)))
		return false;
	v->v[v->n++] = TAKE(*s);
	v->v[v->n] = NULL;
	return true;
}

bool strvec_pushn(struct strvec *v, const char *s, size_t len)
{
	AUTO_FREE char *copy = str_ndup(s, len);

	return strvec_take(v, &copy);
}

bool strvec_push(struct strvec *v, const char *s)
{
	return strvec_pushn(v, s, strlen(s));
}

static int str_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort(struct strvec *v)
{
	if (v->n > 1)
		qsort(v->v, v->n, sizeof(*v->v), str_cmp);
}

void strvec_uniq(struct strvec *v)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		if (kept && streq(v->v[kept - 1], v->v[i]))
			free(v->v[i]);
		else
			v->v[kept++] = v->v[i];
	}
	v->n = kept;
	if (v->v)
		v->v[kept] = NULL;
}

bool strvec_has(const struct strvec *v, const char *s)
{
	for (size_t i = 0; i < v->n; i++)
		if (streq(v->v[i], s))
			return true;
	return false;
}

void strvec_clear(struct strvec *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	v->n = 0;
	if (v->v)
		v->v[0] = NULL;
}

void strvec_release(struct strvec *v)
{
	strvec_clear(v);
	free(v->v);
	*v = (struct strvec)STRVEC_INIT;
}

/* A slot: the value, the key, then one byte that says whether it is used. */
static size_t slot_size(const struct keymap *m)
{
	return (m->vsize + m->ksize + 1 + 7) & ~(size_t)7;
}

static unsigned char *slot_at(const struct keymap *m, size_t i)
{
	return m->slots + i * slot_size(m);
}

static unsigned char *slot_key(const struct keymap *m, unsigned char *slot)
{
	return slot + m->vsize;
}

static unsigned char *slot_used(const struct keymap *m, unsigned char *slot)
{
	return slot + m->vsize + m->ksize;
}

void keymap_init(struct keymap *m, size_t ksize, size_t vsize)
{
	*m = (struct keymap){ .ksize = ksize, .vsize = vsize };
}

void keymap_release(struct keymap *m)
{
	free(m->slots);
	keymap_init(m, m->ksize, m->vsize);
}

void keymap_clear(struct keymap *m)
{
	if (m->slots)
		memset(m->slots, 0, m->cap * slot_size(m));
	m->n = 0;
}

/* The slot that holds `key`, or the free one where it belongs. */
static size_t keymap_seek(const struct keymap *m, const void *key)
{
	size_t i = (size_t)le64_get(key) & (m->cap - 1);

	for (;; i = (i + 1) & (m->cap - 1)) {
		unsigned char *slot = slot_at(m, i);

		if (!*slot_used(m, slot) ||
		    memcmp(slot_key(m, slot), key, m->ksize) == 0)
			return i;
	}
}

static bool keymap_resize(struct keymap *m, size_t cap)
{
	struct keymap old = *m;

	m->slots = calloc(cap, slot_size(m));
	if (!m->slots) {
		m->slots = old.slots;
		return false;
	}
	m->cap = cap;
	for (size_t i = 0; i < old.cap; i++) {
		unsigned char *from = slot_at(&old, i);

		if (*slot_used(m, from))
			memcpy(slot_at(m, keymap_seek(m, slot_key(m, from))),
			       from, slot_size(m));
	}
	free(old.slots);
	return true;
}

void *keymap_get(const struct keymap *m, const void *key)
{
	unsigned char *slot;

	if (m->n == 0)
		return NULL;
	slot = slot_at(m, keymap_seek(m, key));
	return *slot_used(m, slot) ? slot : NULL;
}

void *keymap_put(struct keymap *m, const void *key, bool *added)
{
	unsigned char *slot;
	bool is_new;

	if (m->n + 1 > m->cap / 4 * 3 &&
	    !keymap_resize(m, m->cap ? m->cap * 2 : 16))
		return NULL;
	slot = slot_at(m, keymap_seek(m, key));
	is_new = !*slot_used(m, slot);
	if (is_new) {
		memset(slot, 0, m->vsize);
		memcpy(slot_key(m, slot), key, m->ksize);
		*slot_used(m, slot) = 1;
		m->n++;
	}
	if (added)
		*added = is_new;
	return slot;
}

/* Knuth's algorithm R: close the gap so that no probe stops too early. */
bool keymap_delete(struct keymap *m, const void *key)
{
	size_t mask = m->cap - 1;
	size_t gap, i;

	if (!keymap_get(m, key))
		return false;
	gap = keymap_seek(m, key);
	for (i = (gap + 1) & mask; *slot_used(m, slot_at(m, i));
	     i = (i + 1) & mask) {
		unsigned char *slot = slot_at(m, i);
		size_t home = (size_t)le64_get(slot_key(m, slot)) & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		memcpy(slot_at(m, gap), slot, slot_size(m));
		gap = i;
	}
	memset(slot_at(m, gap), 0, slot_size(m));
	m->n--;
	return true;
}

const void *keymap_next(const struct keymap *m, size_t *pos, void **value)
{
	while (*pos < m->cap) {
		unsigned char *slot = slot_at(m, (*pos)++);

		if (!*slot_used(m, slot))
			continue;
		if (value)
			*value = slot;
		return slot_key(m, slot);
	}
	return NULL;
}
