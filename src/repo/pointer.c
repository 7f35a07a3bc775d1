/*
 * pointer - read strictly, written one way.
 */
#include "repo/pointer.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "format/markers.h"
#include "format/yaml.h"
#include "repo/pointer_text.h"

bool lockfile_is_name(const char *name)
{
	size_t len = strlen(name), want = strlen(LOCKFILE_NAME);

	return str_ends(name, LOCKFILE_NAME) &&
	       (len == want || name[len - want - 1] == '/');
}

bool pointer_is_name(const char *name)
{
	size_t len = strlen(name), want = strlen(POINTER_SUFFIX);

	if (str_ends(name, POINTER_SUFFIX))
		return len > want && name[len - want - 1] != '/';
	return lockfile_is_name(name);
}

void pointer_release(struct pointer *p)
{
	free(p->out);
	*p = (struct pointer){ .out = NULL };
}

static int get_path(struct pointer *p, const char *name,
		    const struct value *v, struct dver_err *err)
{
	AUTO_BUF struct buf raw = BUF_INIT(4096);
	int r = text_get_name(&raw, name, v, err);

	if (r < 0)
		return r;
	if (!path_is_component(raw.data, raw.len) ||
	    path_check_workspace(raw.data, NULL) < 0)
		return text_bad(name, v, "'path' must be the name of a file "
				"or folder beside the pointer", err);
	p->out = buf_detach(&raw);
	return p->out ? 0 : err_nomem(err);
}

static int get_key(struct pointer *p, const char *name,
		   const struct value *key, const struct value *v,
		   struct dver_err *err)
{
	int r;

	if (value_is(key, "path"))
		return get_path(p, name, v, err);
	r = text_get_key(p, name, key, v, err);
	if (r != 0)
		return MIN(r, 0);
	if (value_is(key, "source") || value_is(key, "desc") ||
	    value_is(key, "meta"))
		return 0;
	return text_bad(name, key, "unknown key", err);
}

static int get_output(struct pointer *p, const char *name,
		      const struct value *v, struct dver_err *err)
{
	int r = 0;

	if (v->type != VALUE_MAP)
		return text_bad(name, v, "an output must be a map", err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = get_key(p, name, value_key(v, i), value_at(v, i), err);
	if (r == 0 && !p->out)
		return text_bad(name, v, "'path' is missing", err);
	if (r == 0 && !p->kind)
		return text_bad(name, v, "'sha256' or 'tree' is missing", err);
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
			return text_bad(name, key, "unknown key", err);
	}
	outs = value_get(root, "outs");
	if (!outs)
		return text_bad(name, root, "'outs' is missing", err);
	if (outs->type != VALUE_SEQ || outs->n != 1)
		return text_bad(name, outs, "'outs' must have one output", err);
	return get_output(p, name, &outs->items[0], err);
}

int pointer_parse(struct pointer *out, const char *name, const void *data,
		  size_t len, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	int r;

	*out = (struct pointer){ .out = NULL };
	if (text_has_markers(data, len))
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

int pointer_format(struct buf *out, const struct pointer *p,
		   struct dver_err *err)
{
	buf_clear(out);
	buf_addstr(out, "outs:\n- path: ");
	text_put_name(out, p->out);
	buf_addc(out, '\n');
	text_put_keys(out, "  ", p);
	return buf_check(out, err);
}
