/*
 * mem - checked allocation, strings, and an arena of growing blocks.
 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s);
	size_t end = strlen(suffix);

	return len >= end && streq(s + len - end, suffix);
}

void *mem_array(size_t n, size_t size)
{
	return calloc(n ? n : 1, size ? size : 1);
}

bool mem_grow(void *array_ptr, size_t *cap, size_t need, size_t size)
{
	void **array = array_ptr;
	size_t want = *cap ? *cap : 16;
	size_t bytes;
	void *grown;

	if (need <= *cap)
		return true;
	while (want < need) {
		if (want > SIZE_MAX / 2)
			return false;
		want *= 2;
	}
	if (__builtin_mul_overflow(want, size, &bytes))
		return false;
	grown = realloc(*array, bytes);
	if (!grown)
		return false;
	*array = grown;
	*cap = want;
	return true;
}

char *str_printf(const char *fmt, ...)
{
	char *out = NULL;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(&out, fmt, ap);
	va_end(ap);
	return r < 0 ? NULL : out;
}

char *str_ndup(const char *s, size_t len)
{
	char *out = malloc(len + 1);

	if (!out)
		return NULL;
	memcpy(out, s, len);
	out[len] = '\0';
	return out;
}

#define ARENA_BLOCK (64u << 10)

struct arena_block {
	struct arena_block *next;
	size_t cap;
	_Alignas(8) uint8_t data[];
};

void *arena_alloc(struct arena *a, size_t len)
{
	struct arena_block *b = a->head;
	void *out;

	if (len > SIZE_MAX - sizeof(*b) - 8)
		return NULL;
	len = (len + 7) & ~(size_t)7;
	if (!b || b->cap - a->used < len) {
		size_t cap = MAX(len, ARENA_BLOCK);

		b = malloc(sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->next = a->head;
		b->cap = cap;
		a->head = b;
		a->used = 0;
	}
	out = b->data + a->used;
	a->used += len;
	return out;
}

char *arena_strdup(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);

	if (!out)
		return NULL;
	memcpy(out, s, len);
	out[len] = '\0';
	return out;
}

size_t arena_bytes(const struct arena *a)
{
	size_t sum = 0;

	for (const struct arena_block *b = a->head; b; b = b->next)
		sum += sizeof(*b) + b->cap;
	return sum;
}

void arena_release(struct arena *a)
{
	while (a->head) {
		struct arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
	a->used = 0;
}
