/*
 * vec - arrays that grow, and a list of owned strings.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

struct strvec {
	char **v;	/* owned strings; v[n] is NULL once one is in */
	size_t n;
	size_t cap;
};
#define STRVEC_INIT { NULL, 0, 0 }
bool strvec_push(struct strvec *v, const char *s);	/* copies */
bool strvec_pushn(struct strvec *v, const char *s, size_t len);
bool strvec_take(struct strvec *v, char **s);		/* adopts, *s = NULL */
void strvec_sort(struct strvec *v);			/* bytewise */
void strvec_uniq(struct strvec *v);			/* sorted before */
bool strvec_has(const struct strvec *v, const char *s);
void strvec_clear(struct strvec *v);
void strvec_release(struct strvec *v);
#define AUTO_STRVEC __attribute__((cleanup(strvec_release)))

/*
 * A set of fixed-size binary keys with a value each: open addressing, one
 * block of memory, no allocation per key.  Keys are hashes already: their
 * first 8 bytes spread them.  Not thread-safe.
 */
struct keymap {
	size_t ksize;		/* bytes of a key, >= 8 */
	size_t vsize;		/* bytes of a value, 0 for a set */
	size_t n;
	size_t cap;		/* slots, a power of two */
	unsigned char *slots;	/* value, key, used flag */
};
void keymap_init(struct keymap *m, size_t ksize, size_t vsize);
void keymap_release(struct keymap *m);
/* The value of `key` (or, in a set, a non-NULL pointer), NULL: not there. */
void *keymap_get(const struct keymap *m, const void *key);
/*
 * The value slot of `key`, added zeroed if new (*added says so).  NULL: out
 * of memory.  Valid until the next keymap_put().
 */
void *keymap_put(struct keymap *m, const void *key, bool *added);
bool keymap_delete(struct keymap *m, const void *key);
void keymap_clear(struct keymap *m);
/* Walk: start with *pos = 0; NULL at the end. */
const void *keymap_next(const struct keymap *m, size_t *pos, void **value);
#define AUTO_KEYMAP __attribute__((cleanup(keymap_release)))

#endif
