/*
 * pointer_text - entries of pointers and lock files, read strictly and written
 * one way.
 */
#include "repo/pointer_text.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "format/yaml.h"

#define BYTES_TAG "!bytes"

int text_bad(const char *name, const struct value *v, const char *what,
	     struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "%s:%u:%u: %s", name, v->line,
		       v->col, what);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%41b" -> "Ab", for names that no YAML string can hold. */
static bool unescape(struct buf *out, const struct value *v)
{
	for (size_t i = 0; i < v->len; i++) {
		int hi, lo;

		if (v->text[i] != '%') {
			buf_addc(out, v->text[i]);
			continue;
		}
		if (v->len - i < 3)
			return false;
		hi = hex_digit(v->text[i + 1]);
		lo = hex_digit(v->text[i + 2]);
		if (hi < 0 || lo < 0)
			return false;
		buf_addc(out, hi * 16 + lo);
		i += 2;
	}
	return buf_ok(out);
}

int text_get_name(struct buf *out, const char *name, const struct value *v,
		  struct dver_err *err)
{
	if (v->type != VALUE_SCALAR)
		return text_bad(name, v, "'path' must be a name", err);
	if (v->tag && !streq(v->tag, BYTES_TAG))
		return text_bad(name, v, "'path' has an unknown tag", err);
	if (!v->tag)
		buf_add(out, v->text, v->len);
	else if (!unescape(out, v))
		return text_bad(name, v, "'path' has a bad % escape", err);
	return buf_check(out, err);
}

static int get_id(struct pointer *p, const char *name, enum root_kind kind,
		  const struct value *v, struct dver_err *err)
{
	if (p->kind)
		return text_bad(name, v, "there must be one of 'sha256' and "
				"'tree'", err);
	if (v->type != VALUE_SCALAR || v->len != OID_HEX ||
	    oid_parse(&p->id, v->text) < 0)
		return text_bad(name, v, "the id must be 64 lower-case hex "
				"digits", err);
	p->kind = kind;
	return 0;
}

static int get_number(struct pointer *p, const char *name, bool size,
		      const struct value *v, struct dver_err *err)
{
	if (!value_u64(v, size ? &p->size : &p->nfiles))
		return text_bad(name, v, "this must be a whole number", err);
	*(size ? &p->has_size : &p->has_nfiles) = true;
	return 1;
}

int text_get_key(struct pointer *p, const char *name, const struct value *key,
		 const struct value *v, struct dver_err *err)
{
	int r;

	if (value_is(key, "sha256") || value_is(key, "tree")) {
		r = get_id(p, name, value_is(key, "tree") ? ROOT_TREE
							  : ROOT_FILE, v, err);
		return r < 0 ? r : 1;
	}
	if (value_is(key, "size") || value_is(key, "nfiles"))
		return get_number(p, name, value_is(key, "size"), v, err);
	if (!value_is(key, "isexec"))
		return 0;
	p->exec = value_is(v, "true");
	if (!p->exec && !value_is(v, "false"))
		return text_bad(name, v, "this must be true or false", err);
	return 1;
}

static bool printable(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return utf8_valid(s, len);
}

void text_put_name(struct buf *out, const char *s)
{
	size_t len = strlen(s);

	if (printable(s, len)) {
		yaml_put_string(out, s, len);
		return;
	}
	buf_addstr(out, BYTES_TAG " \"");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= 0x20 || c >= 0x7f || strchr("%\"\\", c))
			buf_addf(out, "%%%02x", c);
		else
			buf_addc(out, c);
	}
	buf_addc(out, '"');
}

void text_put_keys(struct buf *out, const char *indent,
		   const struct pointer *p)
{
	char hex[OID_HEX + 1];

	buf_addf(out, "%s%s: %s\n", indent,
		 p->kind == ROOT_TREE ? "tree" : "sha256",
		 oid_hex(hex, &p->id));
	if (p->has_size)
		buf_addf(out, "%ssize: %" PRIu64 "\n", indent, p->size);
	if (p->has_nfiles)
		buf_addf(out, "%snfiles: %" PRIu64 "\n", indent, p->nfiles);
	if (p->exec)
		buf_addf(out, "%sisexec: true\n", indent);
}
