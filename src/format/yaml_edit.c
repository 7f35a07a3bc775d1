/*
 * yaml_edit - an edit cuts some bytes and puts others in.  It is worked out
 * from where the parser saw keys begin, and believed only when the result
 * parses to what it should.
 */
#include "format/yaml_edit.h"

#include "base/err.h"
#include "format/yaml.h"
#include "format/yaml_place.h"

/* text[0..cut) text[cut_end..at) new text[at_end..] */
struct patch {
	size_t cut, cut_end;
	size_t at, at_end;
	struct buf new;		/* owned */
};

static void patch_release(struct patch *p)
{
	buf_release(&p->new);
}
#define AUTO_PATCH __attribute__((cleanup(patch_release)))
#define PATCH_INIT { .new = BUF_BIG }

static const struct value *get(const struct value *map, const char *key)
{
	return map && map->type == VALUE_MAP ? value_get(map, key) : NULL;
}

/* The value of `key`, which is most likely the one at *i or after it. */
static const struct value *get_near(const struct value *map, const char *key,
				    size_t *i)
{
	for (size_t k = *i; k < map->n && k < *i + 2; k++)
		if (value_is(value_key(map, k), key)) {
			*i = k + 1;
			return value_at(map, k);
		}
	return value_get(map, key);
}

/* Are these the same but for what lies at the place? */
static bool same_but(const struct value *a, const struct value *b,
		     struct yaml_place at)
{
	const struct value *x = get(a, at.keys[0]), *y = get(b, at.keys[0]);
	size_t na = a && a->type == VALUE_MAP ? a->n : 0, near = 0;

	if (!b || b->type != VALUE_MAP || na - !!x != b->n - !!y)
		return false;
	for (size_t i = 0; i < na; i++) {
		const struct value *k = value_key(a, i);
		const struct value *v = value_at(a, i);
		const struct value *w = get_near(b, k->text, &near);

		if (v != x && (!w || !value_same(v, w)))
			return false;
	}
	if (at.n == 1)
		return true;
	return same_but(x, y, (struct yaml_place){ at.keys + 1, at.n - 1 });
}

static const struct value *lookup(const struct value *v, struct yaml_place at)
{
	for (size_t i = 0; v && i < at.n; i++)
		v = get(v, at.keys[i]);
	return v;
}

/* Try a patch; *text changes if it says `want` (NULL: nothing) there. */
static int apply(struct buf *text, const struct yaml_source *s,
		 const struct patch *p, struct yaml_place at,
		 const struct value *want, struct dver_err *err)
{
	AUTO_SOURCE struct yaml_source after = { .name = s->name };
	AUTO_BUF struct buf out = BUF_BIG;
	const struct value *got;
	int r;

	buf_add(&out, s->text, p->cut);
	buf_add(&out, s->text + p->cut_end, p->at - p->cut_end);
	if (p->at == s->len && s->len > 0 && yaml_line(s, p->at) != p->at)
		buf_addc(&out, '\n');
	buf_add(&out, p->new.data, p->new.len);
	buf_add(&out, s->text + p->at_end, s->len - p->at_end);
	if (!buf_ok(&out) || !buf_ok(&p->new))
		return err_nomem(err);
	r = yaml_source_parse(&after, s->name, out.data, out.len, err);
	if (r == DVER_ENOMEM)
		return r;
	got = lookup(after.doc.root, at);
	if (r < 0 || !same_but(s->doc.root, after.doc.root, at) ||
	    !got != !want || (got && !value_same(got, want)))
		return yaml_refuse(s, s->doc.root, "this cannot be changed "
				   "without what is around it", err);
	buf_clear(text);
	buf_add(text, out.data, out.len);
	return buf_check(text, err);
}

static bool has_crlf(const struct yaml_source *s)
{
	const char *nl = memchr(s->text, '\n', s->len);

	return nl && nl > s->text && nl[-1] == '\r';
}

/* An entry below those keys that are not there yet. */
static void put_entry(struct buf *out, const struct yaml_source *s,
		      struct yaml_place missing, size_t indent,
		      const char *entry)
{
	const char *end = has_crlf(s) ? "\r\n" : "\n";

	for (size_t i = 0; i < missing.n; i++, indent += 2) {
		buf_addf(out, "%*s", (int)indent, "");
		yaml_put_string(out, missing.keys[i], strlen(missing.keys[i]));
		buf_addf(out, ":%s", end);
	}
	while (*entry) {
		size_t len = strcspn(entry, "\n");

		if (len)
			buf_addf(out, "%*s", (int)indent, "");
		buf_add(out, entry, len);
		buf_addstr(out, end);
		entry += len + (entry[len] == '\n');
	}
}

/* In the place of a null or "{}", below the line of its key. */
static int fill(struct patch *p, const struct yaml_source *s,
		const struct value *empty, const struct value *key,
		struct yaml_place missing, const char *entry,
		struct dver_err *err)
{
	size_t at = yaml_offset(s, empty), end = at;

	if (empty->type == VALUE_MAP)
		end = at + 2 <= s->len && memcmp(s->text + at, "{}", 2) == 0
			? at + 2 : 0;
	else if (empty->len)
		end = yaml_scalar_end(s, empty);
	if (!end || (key && !yaml_leads(s, key)))
		return yaml_refuse(s, empty, "this cannot be filled", err);
	if (end > at) {
		p->cut = at;
		p->cut_end = end;
	}
	p->at = yaml_next_line(s, key ? yaml_offset(s, key) : at);
	if (p->at < p->cut_end)
		return yaml_refuse(s, empty, "this cannot be filled", err);
	p->at_end = p->at;
	put_entry(&p->new, s, missing, key ? key->col + 1 : 0, entry);
	return 0;
}

/* In a mapping in block style: a new last entry, or in place of another. */
static int insert(struct patch *p, const struct yaml_source *s,
		  const struct yaml_spot *spot, struct yaml_place at,
		  const char *entry, bool trim, struct dver_err *err)
{
	const struct value *map = spot->map;
	const struct value *key = spot->key;
	const struct value *last = value_key(map, map->n - 1);
	struct yaml_place missing = { at.keys + spot->depth,
				      at.n - 1 - spot->depth };
	size_t indent = value_key(map, 0)->col - 1;

	if (map->flow || !yaml_leads(s, value_key(map, 0)) ||
	    !yaml_leads(s, key ? key : last))
		return yaml_refuse(s, map, "a mapping in brackets", err);
	p->at_end = key ? spot->next : spot->limit;
	if (trim)
		p->at_end = yaml_trim(s, p->at_end, yaml_next_line(s,
				      yaml_offset(s, key ? key : last)),
				      key ? indent + 1 : indent);
	p->at = key ? yaml_line(s, yaml_offset(s, key)) : p->at_end;
	if (entry)
		put_entry(&p->new, s, missing, indent, entry);
	return 0;
}

static int plan(struct patch *p, const struct yaml_source *s,
		const struct yaml_spot *spot, struct yaml_place at,
		const char *entry, bool trim, struct dver_err *err)
{
	size_t done = spot->depth + 1;

	if (!spot->map) {
		p->at = p->at_end = yaml_trim(s, s->len, 0, 0);
		put_entry(&p->new, s, (struct yaml_place){ at.keys, at.n - 1 },
			  0, entry);
		return 0;
	}
	if (spot->null)
		return fill(p, s, spot->null, spot->null_key,
			    (struct yaml_place){ at.keys + done,
						 at.n - 1 - done },
			    entry, err);
	if (spot->map->n == 0)
		return fill(p, s, spot->map, spot->null_key,
			    (struct yaml_place){ at.keys + spot->depth,
						 at.n - 1 - spot->depth },
			    entry, err);
	return insert(p, s, spot, at, entry, trim, err);
}

/* First without the blank lines and comments at the end, then with them. */
static int edit(struct buf *text, const struct yaml_source *s,
		const struct yaml_spot *spot, struct yaml_place at,
		const char *entry, const struct value *want,
		struct dver_err *err)
{
	int r = DVER_EUNSUPPORTED;

	for (int trim = 1; r == DVER_EUNSUPPORTED && trim >= 0; trim--) {
		AUTO_PATCH struct patch p = PATCH_INIT;

		r = plan(&p, s, spot, at, entry, trim, err);
		if (r == 0)
			r = apply(text, s, &p, at, want, err);
	}
	return r;
}

int yaml_edit_put(struct buf *text, const char *name, struct yaml_place at,
		  const char *entry, struct dver_err *err)
{
	AUTO_SOURCE struct yaml_source s = { .name = name };
	AUTO_SOURCE struct yaml_source new = { .name = name };
	struct yaml_spot spot;
	int r = yaml_source_parse(&s, name, text->data, text->len, err);

	if (r == 0)
		r = yaml_source_parse(&new, "entry", entry, strlen(entry),
				      err);
	if (r == 0)
		r = yaml_spot_find(&s, &spot, at, err);
	if (r < 0)
		return r;
	if (!new.doc.root || new.doc.root->type != VALUE_MAP ||
	    new.doc.root->n != 1)
		return err_set(err, DVER_EINVAL, "no entry with a key");
	return edit(text, &s, &spot, at, entry, value_at(new.doc.root, 0),
		    err);
}

int yaml_edit_remove(struct buf *text, const char *name, struct yaml_place at,
		     struct dver_err *err)
{
	AUTO_SOURCE struct yaml_source s = { .name = name };
	struct yaml_spot spot;
	int r = yaml_source_parse(&s, name, text->data, text->len, err);

	if (r == 0)
		r = yaml_spot_find(&s, &spot, at, err);
	if (r < 0)
		return r;
	if (!spot.key || spot.depth + 1 < at.n)
		return err_set(err, DVER_ENOTFOUND, "%s: there is no '%s'",
			       name, at.keys[at.n - 1]);
	if (spot.map->n == 1)
		return yaml_refuse(&s, spot.key, "nothing would be left here",
				   err);
	return edit(text, &s, &spot, at, NULL, NULL, err);
}

/* "key: value" into a mapping in brackets, as its first. */
static void set_in_flow(struct patch *p, const struct yaml_source *s,
			const struct value *map, const char *key,
			const char *value)
{
	p->at = p->at_end = yaml_offset(s, map) + 1;
	yaml_put_string(&p->new, key, strlen(key));
	buf_addf(&p->new, ": %s%s", value, map->n ? ", " : "");
}

int yaml_edit_set(struct buf *text, const char *name, struct yaml_place at,
		  const char *value, struct dver_err *err)
{
	AUTO_SOURCE struct yaml_source s = { .name = name };
	AUTO_SOURCE struct yaml_source new = { .name = name };
	AUTO_PATCH struct patch p = PATCH_INIT;
	AUTO_BUF struct buf entry = BUF_BIG;
	const char *key = at.keys[at.n - 1];
	struct yaml_spot spot;
	size_t end = 0;
	int r = yaml_source_parse(&s, name, text->data, text->len, err);

	if (r == 0)
		r = yaml_source_parse(&new, "value", value, strlen(value),
				      err);
	if (r == 0)
		r = yaml_spot_find(&s, &spot, at, err);
	if (r < 0)
		return r;
	if (!spot.map || spot.null || spot.depth + 1 < at.n)
		return err_set(err, DVER_ENOTFOUND, "%s: there is no mapping "
			       "with '%s'", name, key);
	if (spot.key)
		end = yaml_scalar_end(&s, spot.key + 1);
	if (end) {
		p.at = yaml_offset(&s, spot.key + 1);
		p.at_end = end;
		buf_addstr(&p.new, value);
	} else if (spot.map->flow && !spot.key) {
		set_in_flow(&p, &s, spot.map, key, value);
	} else {
		yaml_put_string(&entry, key, strlen(key));
		buf_addf(&entry, ": %s\n", value);
		return edit(text, &s, &spot, at, entry.data, new.doc.root,
			    err);
	}
	return apply(text, &s, &p, at, new.doc.root, err);
}
