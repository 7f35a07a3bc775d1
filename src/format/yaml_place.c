#include "format/yaml_place.h"

#include "base/err.h"
#include "format/yaml.h"

int yaml_source_parse(struct yaml_source *s, const char *name,
		      const char *text, size_t len, struct dver_err *err)
{
	*s = (struct yaml_source){ .name = name, .text = text, .len = len };
	return yaml_parse_flags(&s->doc, name, text, len,
				YAML_ALIASES | YAML_KEEP_MERGES, err);
}

void yaml_source_release(struct yaml_source *s)
{
	value_doc_release(&s->doc);
}

int yaml_refuse(const struct yaml_source *s, const struct value *v,
		const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EUNSUPPORTED, "%s:%u:%u: %s: please edit it "
		       "by hand", s->name, v ? v->line : 1, v ? v->col : 1,
		       what);
}

/* The bytes of a line break, as YAML 1.1 has them; 0: none is here. */
static size_t break_len(const struct yaml_source *s, size_t at)
{
	const char *p = s->text + at;
	size_t left = s->len - at;

	if (left >= 2 && memcmp(p, "\r\n", 2) == 0)
		return 2;
	if (left >= 1 && (*p == '\n' || *p == '\r'))
		return 1;
	if (left >= 2 && memcmp(p, "\xc2\x85", 2) == 0)
		return 2;
	if (left >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 ||
			  memcmp(p, "\xe2\x80\xa9", 3) == 0))
		return 3;
	return 0;
}

static size_t first_byte(const struct yaml_source *s)
{
	return s->len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

size_t yaml_next_line(const struct yaml_source *s, size_t at)
{
	size_t n;

	while (at < s->len) {
		n = break_len(s, at);
		if (n)
			return at + n;
		at++;
	}
	return at;
}

size_t yaml_line(const struct yaml_source *s, size_t at)
{
	size_t line = first_byte(s), next = line;

	/* Breaks of several bytes are only known from the front. */
	while (next <= at && next < s->len) {
		line = next;
		next = yaml_next_line(s, line);
	}
	return at == s->len && at > 0 && next == at &&
	       break_len(s, at - 1) ? at : line;
}

size_t yaml_offset(const struct yaml_source *s, const struct value *v)
{
	size_t at = first_byte(s);

	for (unsigned i = 1; i < v->line; i++)
		at = yaml_next_line(s, at);
	for (unsigned i = 1; i < v->col && at < s->len; i++) {
		at++;
		while (at < s->len &&
		       ((unsigned char)s->text[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

bool yaml_leads(const struct yaml_source *s, const struct value *key)
{
	size_t at = yaml_offset(s, key);

	for (size_t i = yaml_line(s, at); i < at; i++)
		if (s->text[i] != ' ')
			return false;
	return true;
}

static bool can_go(const struct yaml_source *s, size_t at, size_t indent)
{
	size_t end = yaml_next_line(s, at), i = at;

	while (i < end && (s->text[i] == ' ' || s->text[i] == '\t'))
		i++;
	if (i == end || break_len(s, i))
		return true;
	if (s->text[i] == '#')
		return i - at < indent;
	return end - at >= 3 && memcmp(s->text + at, "...", 3) == 0;
}

size_t yaml_trim(const struct yaml_source *s, size_t at, size_t from,
		 size_t indent)
{
	size_t good = from;

	/* Forward, for the same reason as in yaml_line(). */
	for (size_t i = from; i < at; i = yaml_next_line(s, i))
		if (!can_go(s, i, indent))
			good = yaml_next_line(s, i);
	return MIN(good, at);
}

static size_t quoted_end(const struct yaml_source *s, size_t at)
{
	char quote = s->text[at++];

	for (; at < s->len && !break_len(s, at); at++) {
		if (quote == '"' && s->text[at] == '\\')
			at++;
		else if (s->text[at] == quote && quote == '\'' &&
			 at + 1 < s->len && s->text[at + 1] == quote)
			at++;
		else if (s->text[at] == quote)
			return at + 1;
	}
	return 0;
}

size_t yaml_scalar_end(const struct yaml_source *s, const struct value *v)
{
	size_t at = yaml_offset(s, v);

	if (v->type != VALUE_SCALAR || v->tag || at >= s->len)
		return 0;
	if (!v->quoted)
		return v->len && v->len <= s->len - at &&
		       memcmp(s->text + at, v->text, v->len) == 0
			? at + v->len : 0;
	return strchr("'\"", s->text[at]) ? quoted_end(s, at) : 0;
}

/* A value that stands before its key came by an alias. */
static bool is_alias(const struct value *key, const struct value *v)
{
	return v->line < key->line ||
	       (v->line == key->line && v->col < key->col);
}

/* Its own spelling: where a "*name" stands, there is no position of it. */
static const struct value *find(const struct value *map, const char *name,
				const struct value **after)
{
	*after = NULL;
	for (size_t i = 0; i < map->n; i++)
		if (value_is(value_key(map, i), name)) {
			if (i + 1 < map->n)
				*after = value_key(map, i + 1);
			return value_key(map, i);
		}
	return NULL;
}

int yaml_spot_find(const struct yaml_source *s, struct yaml_spot *out,
		   struct yaml_place at, struct dver_err *err)
{
	const struct value *v = s->doc.root, *after;
	size_t next = s->len;

	*out = (struct yaml_spot){ .limit = next, .next = next };
	for (size_t i = 0; i < at.n && v; i++) {
		if (v->type == VALUE_SCALAR && i > 0 &&
		    value_scalar(v) == SCALAR_NULL) {
			out->null = v;
			out->null_key = out->key;
			out->key = NULL;
			return 0;
		}
		if (v->type != VALUE_MAP)
			return yaml_refuse(s, v, "keys and values were "
					   "expected here", err);
		out->map = v;
		out->null_key = i ? out->key : NULL;
		out->depth = i;
		out->limit = next;
		out->key = find(v, at.keys[i], &after);
		if (!out->key)
			return 0;
		if (is_alias(out->key, out->key + 1))
			return yaml_refuse(s, out->key, "an alias stands here",
					   err);
		if (after && !v->flow)
			next = yaml_line(s, yaml_offset(s, after));
		out->next = next;
		v = out->key + 1;
	}
	return 0;
}
