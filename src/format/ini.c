#include "format/ini.h"

#include "base/buf.h"
#include "base/err.h"

#define VALUE_BYTES 65536

struct parse {
	struct ini *ini;
	const char *name;	/* of the file */
	const char *section;
	const char *key;	/* the last one, for what is indented */
	unsigned line;
};

static int bad(const struct parse *p, const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s:%u: %s", p->name, p->line, what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* A piece of a line without the blanks around it. */
struct piece {
	const char *s;
	size_t len;
};

static struct piece trim(const char *s, size_t len)
{
	while (len && is_blank(*s)) {
		s++;
		len--;
	}
	while (len && is_blank(s[len - 1]))
		len--;
	return (struct piece){ s, len };
}

/* A comment within a line stands behind a blank. */
static size_t without_comment(const char *s, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if ((s[i] == '#' || s[i] == ';') && is_blank(s[i - 1]))
			return i - 1;
	return len;
}

static int add(struct parse *p, const char *key, const char *sub,
	       struct piece value, struct dver_err *err)
{
	struct ini *i = p->ini;
	const char *text = arena_strdup(&i->arena, value.s, value.len);

	if (!text || !mem_grow(&i->v, &i->cap, i->n + 1, sizeof(*i->v)))
		return err_nomem(err);
	i->v[i->n++] = (struct ini_entry){ p->section, key, sub, text,
					   p->line };
	return 0;
}

/* `profile  "a b"` becomes `profile a b`. */
static int section(struct parse *p, const char *s, size_t len,
		   struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(VALUE_BYTES);
	const char *end = memchr(s, ']', len);
	bool quoted = false, gap = false;
	int r;

	if (!end)
		return bad(p, "']' is missing", err);
	for (s++; s < end; s++) {
		if (*s == '"' || *s == '\'') {
			quoted = !quoted;
		} else if (!quoted && is_blank(*s)) {
			gap = b.len > 0;
		} else {
			if (gap)
				buf_addc(&b, ' ');
			gap = false;
			buf_addc(&b, *s);
		}
	}
	r = buf_check(&b, err);
	if (r < 0)
		return r;
	p->section = arena_strdup(&p->ini->arena, b.data, b.len);
	p->key = NULL;
	if (!p->section)
		return err_nomem(err);
	return add(p, "", "", (struct piece){ "", 0 }, err);
}

static const char *key_of(struct parse *p, struct piece name,
			  struct dver_err *err)
{
	char *key = arena_strdup(&p->ini->arena, name.s, name.len);

	if (!key)
		(void)err_nomem(err);
	for (char *c = key; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return key;
}

/* "key = value"; -1 when there is none. */
static int cut(const char *s, size_t len, struct piece *name,
	       struct piece *value)
{
	size_t at = 0;

	while (at < len && s[at] != '=' && s[at] != ':')
		at++;
	*name = trim(s, at);
	if (at == len || name->len == 0)
		return -1;
	/* With the '=', so that a comment right behind it has its blank. */
	*value = trim(s + at + 1, without_comment(s + at, len - at) - 1);
	return 0;
}

static int pair(struct parse *p, const char *s, size_t len,
		struct dver_err *err)
{
	struct piece name, value;

	if (!p->section)
		return bad(p, "no [section] stands before this", err);
	if (cut(s, len, &name, &value) < 0)
		return bad(p, "expected 'key = value'", err);
	p->key = key_of(p, name, err);
	return p->key ? add(p, p->key, "", value, err) : DVER_ENOMEM;
}

/* One more line of the value before, which was not empty. */
static int go_on(struct parse *p, struct piece more, struct dver_err *err)
{
	struct ini_entry *e = &p->ini->v[p->ini->n - 1];
	AUTO_BUF struct buf b = BUF_INIT(VALUE_BYTES);
	int r;

	buf_addf(&b, "%s\n%.*s", e->value, (int)more.len, more.s);
	r = buf_check(&b, err);
	if (r < 0)
		return r;
	e->value = arena_strdup(&p->ini->arena, b.data, b.len);
	return e->value ? 0 : err_nomem(err);
}

static int indented(struct parse *p, const char *s, size_t len,
		    struct dver_err *err)
{
	struct piece name, value;
	const struct ini_entry *e;
	const char *sub;

	if (!p->key)
		return bad(p, "an indented line belongs to no key", err);
	e = &p->ini->v[p->ini->n - 1];
	if (!*e->sub && *e->value)
		return go_on(p, trim(s, without_comment(s, len)), err);
	if (cut(s, len, &name, &value) < 0)
		return bad(p, "expected 'key = value'", err);
	sub = key_of(p, name, err);
	return sub ? add(p, p->key, sub, value, err) : DVER_ENOMEM;
}

static int one_line(struct parse *p, const char *s, size_t len,
		    struct dver_err *err)
{
	struct piece line = trim(s, len);

	if (line.len == 0 || *line.s == '#' || *line.s == ';')
		return 0;
	if (memchr(s, '\0', len))
		return bad(p, "a NUL byte", err);
	if (is_blank(*s))
		return indented(p, line.s, line.len, err);
	if (*s == '[')
		return section(p, s, len, err);
	return pair(p, line.s, line.len, err);
}

int ini_parse(struct ini *out, const char *name, const char *text, size_t len,
	      struct dver_err *err)
{
	AUTO_INI struct ini ini = INI_INIT;
	struct parse p = { &ini, name, NULL, NULL, 0 };
	const char *end = text + len;

	if (len >= 3 && memcmp(text, "\357\273\277", 3) == 0)
		text += 3;
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;
		int r;

		p.line++;
		r = one_line(&p, text, (size_t)(stop - text), err);
		if (r < 0)
			return r;
		text = nl ? nl + 1 : end;
	}
	*out = ini;
	ini = (struct ini)INI_INIT;
	return 0;
}

void ini_release(struct ini *i)
{
	arena_release(&i->arena);
	free(i->v);
	*i = (struct ini)INI_INIT;
}

bool ini_has(const struct ini *i, const char *name)
{
	return ini_get(i, name, "", "") != NULL;
}

const char *ini_get(const struct ini *i, const char *name, const char *key,
		    const char *sub)
{
	for (size_t k = i->n; k-- > 0;)
		if (streq(i->v[k].section, name) && streq(i->v[k].key, key) &&
		    streq(i->v[k].sub, sub))
			return i->v[k].value;
	return NULL;
}
