/*
 * pointer - read strictly, written one way.
 */
#include "repo/pointer.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/utf8.h"
#include "format/yaml.h"

#define BYTES_TAG "!bytes"

void pointer_release(struct pointer *p)
{
	free(p->out);
	*p = (struct pointer){ .out = NULL };
}

static int bad(const char *name, const struct value *v, const char *what,
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

static int get_path(struct pointer *p, const char *name,
		    const struct value *v, struct dver_err *err)
{
	AUTO_BUF struct buf raw = BUF_INIT(4096);

	if (v->type != VALUE_SCALAR)
		return bad(name, v, "'path' must be a name", err);
	if (v->tag && !streq(v->tag, BYTES_TAG))
		return bad(name, v, "'path' has an unknown tag", err);
	if (!v->tag)
		buf_add(&raw, v->text, v->len);
	else if (!unescape(&raw, v))
		return bad(name, v, "'path' has a bad % escape", err);
	if (!path_is_component(raw.data, raw.len) ||
	    path_check_workspace(raw.data, NULL) < 0)
		return bad(name, v, "'path' must be the name of a file or "
			   "folder beside the pointer", err);
	p->out = buf_detach(&raw);
	return p->out ? 0 : err_nomem(err);
}

static int get_id(struct pointer *p, const char *name, enum root_kind kind,
		  const struct value *v, struct dver_err *err)
{
	if (p->kind)
		return bad(name, v, "there must be one of 'sha256' and 'tree'",
			   err);
	if (v->type != VALUE_SCALAR || v->len != OID_HEX ||
	    oid_parse(&p->id, v->text) < 0)
		return bad(name, v, "the id must be 64 lower-case hex digits",
			   err);
	p->kind = kind;
	return 0;
}

static int get_key(struct pointer *p, const char *name,
		   const struct value *key, const struct value *v,
		   struct dver_err *err)
{
	if (value_is(key, "path"))
		return get_path(p, name, v, err);
	if (value_is(key, "sha256"))
		return get_id(p, name, ROOT_FILE, v, err);
	if (value_is(key, "tree"))
		return get_id(p, name, ROOT_TREE, v, err);
	if (value_is(key, "size") || value_is(key, "nfiles")) {
		bool size = value_is(key, "size");

		if (!value_u64(v, size ? &p->size : &p->nfiles))
			return bad(name, v, "this must be a whole number",
				   err);
		*(size ? &p->has_size : &p->has_nfiles) = true;
		return 0;
	}
	if (value_is(key, "isexec")) {
		p->exec = value_is(v, "true");
		if (!p->exec && !value_is(v, "false"))
			return bad(name, v, "this must be true or false",
				   err);
		return 0;
	}
	if (value_is(key, "source") || value_is(key, "desc") ||
	    value_is(key, "meta"))
		return 0;
	return bad(name, key, "unknown key", err);
}

static int get_output(struct pointer *p, const char *name,
		      const struct value *v, struct dver_err *err)
{
	int r = 0;

	if (v->type != VALUE_MAP)
		return bad(name, v, "an output must be a map", err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = get_key(p, name, value_key(v, i), value_at(v, i), err);
	if (r == 0 && !p->out)
		return bad(name, v, "'path' is missing", err);
	if (r == 0 && !p->kind)
		return bad(name, v, "'sha256' or 'tree' is missing", err);
	return r;
}

static int get_all(struct pointer *p, const char *name,
		   const struct value *root, struct dver_err *err)
{
	const struct value *outs;

	if (!root || root->type != VALUE_MAP)
		return err_set(err, DVER_EFORMAT, "%s: this is no pointer: it "
			       "has no 'outs'", name);
	for (size_t i = 0; i < root->n; i++) {
		const struct value *key = value_key(root, i);

		if (!value_is(key, "outs") && !value_is(key, "source") &&
		    !value_is(key, "desc") && !value_is(key, "meta"))
			return bad(name, key, "unknown key", err);
	}
	outs = value_get(root, "outs");
	if (!outs)
		return bad(name, root, "'outs' is missing", err);
	if (outs->type != VALUE_SEQ || outs->n != 1)
		return bad(name, outs, "'outs' must have one output", err);
	return get_output(p, name, &outs->items[0], err);
}

/* git's "<<<<<<< ours" at the start of a line. */
static bool has_markers(const char *text, size_t len)
{
	const char *p = text;

	while ((size_t)(text + len - p) >= 8) {
		const char *nl;

		if (memcmp(p, "<<<<<<< ", 8) == 0)
			return true;
		nl = memchr(p, '\n', (size_t)(text + len - p));
		if (!nl)
			break;
		p = nl + 1;
	}
	return false;
}

int pointer_parse(struct pointer *out, const char *name, const void *data,
		  size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	int r;

	*out = (struct pointer){ .out = NULL };
	if (has_markers(data, len))
		return err_set(err, DVER_EFORMAT, "%s: a merge left conflicts "
			       "in it: dver resolve", name);
	if (len > POINTER_MAX)
		return err_set(err, DVER_EFORMAT, "%s: too long for a pointer",
			       name);
	r = yaml_parse(&doc, name, data, len, err);
	if (r == 0)
		r = get_all(out, name, doc.root, err);
	if (r < 0)
		pointer_release(out);
	return r;
}

int pointer_read(struct pointer *out, const char *path, struct dver_err *err)
{
	AUTO_FREE char *data = NULL;
	size_t len;
	int r = os_slurp(&data, &len, path, POINTER_MAX, err);

	*out = (struct pointer){ .out = NULL };
	return r < 0 ? r : pointer_parse(out, path, data, len, err);
}

static bool printable(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return utf8_valid(s, len);
}

static void put_path(struct buf *out, const char *s)
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

int pointer_format(struct buf *out, const struct pointer *p,
		   struct dver_err *err)
{
	char hex[OID_HEX + 1];

	buf_clear(out);
	buf_addstr(out, "outs:\n- path: ");
	put_path(out, p->out);
	buf_addf(out, "\n  %s: %s\n",
		 p->kind == ROOT_TREE ? "tree" : "sha256",
		 oid_hex(hex, &p->id));
	if (p->has_size)
		buf_addf(out, "  size: %" PRIu64 "\n", p->size);
	if (p->has_nfiles)
		buf_addf(out, "  nfiles: %" PRIu64 "\n", p->nfiles);
	if (p->exec)
		buf_addstr(out, "  isexec: true\n");
	return buf_check(out, err);
}
