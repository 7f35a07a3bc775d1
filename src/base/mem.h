/*
 * mem - owned locals, checked sizes, formatted strings, arenas.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void mem_freep(void *p) { free(*(void **)p); }
static inline void mem_closep(int *fd);

/* Freed at the end of the scope; initialise at the declaration. */
#define AUTO_FREE __attribute__((cleanup(mem_freep)))
/* Closed at the end of the scope if >= 0; initialise to -1. */
#define AUTO_CLOSE __attribute__((cleanup(mem_closep)))

/* Hand over what `var` owns: yields its value and leaves NULL behind. */
#define TAKE(var) __extension__({ \
	__typeof__(var) take_tmp_ = (var); \
	(var) = NULL; \
	take_tmp_; })

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* malloc(n * size), zeroed; NULL on overflow or out of memory. */
void *mem_array(size_t n, size_t size);
/* Grow *array to hold `need` elements, amortised; false: out of memory. */
bool mem_grow(void *array_ptr, size_t *cap, size_t need, size_t size);
/* A formatted string that the caller owns; NULL: out of memory. */
char *str_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *str_ndup(const char *s, size_t len);

/*
 * An arena: many small pieces, freed together.  Not thread-safe.
 */
struct arena { struct arena_block *head; size_t used; };
#define ARENA_INIT { NULL, 0 }
void *arena_alloc(struct arena *a, size_t len);	/* 8-byte aligned */
char *arena_strdup(struct arena *a, const char *s, size_t len); /* adds NUL */
size_t arena_bytes(const struct arena *a);	/* held from malloc */
void arena_release(struct arena *a);
#define AUTO_ARENA __attribute__((cleanup(arena_release)))

#include <unistd.h>
static inline void mem_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#endif
