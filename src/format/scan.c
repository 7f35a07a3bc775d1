#include "format/scan.h"

#include <stdio.h>

#include "base/err.h"
#include "base/utf8.h"

void scan_init(struct scan *s, struct arena *arena, const char *name,
	       const void *data, size_t len, struct dver_err *err)
{
	*s = (struct scan){ .arena = arena, .name = name, .p = data,
			    .mark = data, .line = 1, .col = 1, .err = err };
	s->end = s->p + len;
	if (scan_is(s, "\xef\xbb\xbf")) {
		s->p += 3;
		s->mark = s->p;
	}
}

bool scan_is(const struct scan *s, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(s->end - s->p) >= len && memcmp(s->p, word, len) == 0;
}

bool scan_take(struct scan *s, const char *word)
{
	if (!scan_is(s, word))
		return false;
	s->p += strlen(word);
	return true;
}

/* Count lines and characters from the last place that was asked for. */
static void locate(struct scan *s)
{
	for (; s->mark < s->p; s->mark++) {
		if (*s->mark == '\n') {
			s->line++;
			s->col = 1;
		} else if (((unsigned char)*s->mark & 0xc0) != 0x80) {
			s->col++;
		}
	}
}

struct value scan_value(struct scan *s, enum value_type type)
{
	locate(s);
	return (struct value){ .type = type, .line = s->line,
			       .col = s->col };
}

int scan_bad(struct scan *s, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	locate(s);
	return err_set(s->err, DVER_EFORMAT, "%s:%u:%u: %s", s->name, s->line,
		       s->col, text);
}

int scan_expected(struct scan *s, const char *what)
{
	size_t n = 0, left = (size_t)(s->end - s->p);

	if (left == 0)
		return scan_bad(s, "%s was expected, found the end", what);
	if (*s->p == '\n' || *s->p == '\r')
		return scan_bad(s, "%s was expected, found the line's end",
				what);
	while (n < left && n < 20 && (unsigned char)s->p[n] > ' ')
		n++;
	/* Not half a character. */
	while (n > 0 && n < left && ((unsigned char)s->p[n] & 0xc0) == 0x80)
		n--;
	return scan_bad(s, "%s was expected, found '%.*s'", what, (int)n,
			s->p);
}

int scan_text(struct scan *s, struct value *v, const char *text, size_t len,
	      bool quoted)
{
	v->text = arena_strdup(s->arena, text, len);
	v->len = len;
	v->quoted = quoted;
	return v->text ? 0 : err_nomem(s->err);
}

int scan_number(struct scan *s, struct value *v, const char *text, size_t len)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (scalar_of(text, len) == SCALAR_INT)
		scalar_put_int(&b, text, len);
	else
		scalar_put_float(&b, scalar_double(text, len));
	if (!buf_ok(&b))
		return err_nomem(s->err);
	return scan_text(s, v, b.data, b.len, false);
}

int scan_enter(struct scan *s)
{
	if (s->depth == SCAN_DEPTH_MAX)
		return scan_bad(s, "nested too deeply");
	s->depth++;
	return 0;
}

bool scan_put_utf8(struct buf *out, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	if (c < 0x80) {
		buf_addc(out, (int)c);
	} else if (c < 0x800) {
		buf_addc(out, (int)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_addc(out, (int)(0xe0 | c >> 12));
		buf_addc(out, (int)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_addc(out, (int)(0xf0 | c >> 18));
		buf_addc(out, (int)(0x80 | (c >> 12 & 0x3f)));
		buf_addc(out, (int)(0x80 | (c >> 6 & 0x3f)));
	}
	if (c >= 0x80)
		buf_addc(out, (int)(0x80 | (c & 0x3f)));
	return true;
}

bool scan_hex(struct scan *s, unsigned n, uint32_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		char c = scan_peek(s, i);
		const char *hex = "0123456789abcdef";
		const char *at = c ? strchr(hex, c >= 'A' && c <= 'F'
						  ? c + 32 : c) : NULL;

		if (!at)
			return false;
		*out = *out << 4 | (uint32_t)(at - hex);
	}
	s->p += n;
	return true;
}

void scan_items_release(struct scan_items *items)
{
	free(TAKE(items->v));
}

int scan_add(struct scan *s, struct scan_items *items, const struct value *v)
{
	if (++s->nodes > SCAN_NODES_MAX)
		return scan_bad(s, "too many values, over two million");
	if (!mem_grow(&items->v, &items->cap, items->n + 1, sizeof(*v)))
		return err_nomem(s->err);
	items->v[items->n++] = *v;
	return 0;
}

int scan_again(struct scan *s, const struct value *key)
{
	return err_set(s->err, DVER_EFORMAT, "%s:%u:%u: this key was there "
		       "already", s->name, key->line, key->col);
}

int scan_set(struct scan *s, struct scan_items *items,
	     const struct value *key, const struct value *v, bool replace)
{
	int r;

	for (size_t i = 0; i < items->n; i += 2) {
		if (items->v[i].len != key->len ||
		    memcmp(items->v[i].text, key->text, key->len) != 0)
			continue;
		if (!replace)
			return scan_again(s, key);
		items->v[i + 1] = *v;
		return 0;
	}
	if (items->n >= 2 * (size_t)SCAN_KEYS_MAX)
		return scan_bad(s, "too many keys in one place");
	r = scan_add(s, items, key);
	return r < 0 ? r : scan_add(s, items, v);
}

int scan_done(struct scan *s, struct value *v, const struct scan_items *items)
{
	v->n = v->type == VALUE_MAP ? items->n / 2 : items->n;
	if (!items->n)
		return 0;
	v->items = arena_alloc(s->arena, items->n * sizeof(*v));
	if (!v->items)
		return err_nomem(s->err);
	memcpy(v->items, items->v, items->n * sizeof(*v));
	return 0;
}
