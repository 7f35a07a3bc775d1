/*
 * scan - what the readers of JSON, TOML and Python literals share: a place in
 * a text, errors that name it, and lists that become values in an arena.
 *
 * Not thread-safe: one thread per struct scan.
 */
#ifndef FORMAT_SCAN_H
#define FORMAT_SCAN_H

#include "base/buf.h"
#include "format/value.h"

struct dver_err;

#define SCAN_DEPTH_MAX 48
#define SCAN_NODES_MAX (2u << 20)	/* values in a document */
#define SCAN_KEYS_MAX 20000		/* keys in a map */

struct scan {
	struct arena *arena;
	const char *name;	/* of the document, for messages */
	const char *p, *end;
	const char *mark;	/* where line and col were last known */
	unsigned line, col;
	unsigned depth;
	size_t nodes;
	struct dver_err *err;
};

void scan_init(struct scan *s, struct arena *arena, const char *name,
	       const void *data, size_t len, struct dver_err *err);
/* Is there text left, and what comes `ahead` bytes from here?  0: the end. */
static inline char scan_peek(const struct scan *s, size_t ahead)
{
	return (size_t)(s->end - s->p) > ahead ? s->p[ahead] : '\0';
}
/* Does this stand here? */
bool scan_is(const struct scan *s, const char *word);
/* The same, and pass over it. */
bool scan_take(struct scan *s, const char *word);
/* A value that begins here; a place already passed has no position. */
struct value scan_value(struct scan *s, enum value_type type);
/* DVER_EFORMAT "name:line:col: ..." for this place. */
int scan_bad(struct scan *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* As scan_bad() with "..., found 'what stands here'". */
int scan_expected(struct scan *s, const char *what);
/* The error for a key that comes twice. */
int scan_again(struct scan *s, const struct value *key);
/* Set a scalar's text. */
int scan_text(struct scan *s, struct value *v, const char *text, size_t len,
	      bool quoted);
/* The canonical text of a number in YAML's spelling. */
int scan_number(struct scan *s, struct value *v, const char *text,
		size_t len);
/* One level down, refusing too many of them; and up again. */
int scan_enter(struct scan *s);
static inline void scan_leave(struct scan *s) { s->depth--; }
/*
 * Append a code point as UTF-8; false: it is none (a surrogate, too large).
 */
bool scan_put_utf8(struct buf *out, uint32_t c);
/* `n` hexadecimal digits; false when there are fewer. */
bool scan_hex(struct scan *s, unsigned n, uint32_t *out);

/* The items of a list, or the keys and values of a map, until it is whole. */
struct scan_items { struct value *v; size_t n, cap; };
#define SCAN_ITEMS_INIT { NULL, 0, 0 }
void scan_items_release(struct scan_items *items);
#define AUTO_ITEMS __attribute__((cleanup(scan_items_release)))
int scan_add(struct scan *s, struct scan_items *items, const struct value *v);
/*
 * Set a key, whose value is `v`.  When it is there already its value is
 * replaced if `replace`, else that is an error at the key.
 */
int scan_set(struct scan *s, struct scan_items *items,
	     const struct value *key, const struct value *v, bool replace);
/* Copy the items into the arena, as those of `v`. */
int scan_done(struct scan *s, struct value *v,
	      const struct scan_items *items);

#endif
