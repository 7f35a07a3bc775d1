#include "pipeline/last.h"

#include "base/afile.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "format/json.h"
#include "format/values.h"
#include "pipeline/exec.h"
#include "store/local.h"

#define LAST_MAX (4u << 20)
#define LOG ".log"

void last_release(struct last *l)
{
	why_release(&l->why);
}

char *last_path(const struct dver_repo *repo, const struct stage *s)
{
	AUTO_FREE char *log = exec_log_path(repo, s);

	return log ? str_printf("%.*s.json", (int)(strlen(log) - strlen(LOG)),
				log) : NULL;
}

static void text_or_null(struct json *j, const char *key, const char *s)
{
	if (s)
		json_string(j, key, s);
}

static void put(FILE *to, const struct last *l)
{
	struct json j;

	json_begin(&j, to);
	json_object(&j, NULL);
	json_number(&j, "time", (uint64_t)l->time);
	json_number(&j, "milliseconds", l->ms);
	json_number(&j, "memory", l->memory);
	json_number(&j, "code", (uint64_t)l->code);
	json_array(&j, "reasons");
	for (size_t i = 0; i < l->why.n; i++) {
		const struct dver_reason *r = &l->why.v[i];

		json_object(&j, NULL);
		json_number(&j, "kind", r->kind);
		text_or_null(&j, "name", r->name);
		text_or_null(&j, "was", r->was);
		text_or_null(&j, "is", r->is);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_end(&j);
}

int last_write(struct dver_repo *repo, const struct stage *s,
	       const struct last *l, struct dver_err *err)
{
	AUTO_FREE char *path = last_path(repo, s);
	char *text = NULL;
	size_t len = 0;
	FILE *to = path ? open_memstream(&text, &len) : NULL;
	int r;

	if (!to)
		return err_nomem(err);
	put(to, l);
	r = fclose(to) == 0 ? local_replace(repo->meta, path, text, len,
					    AFILE_NOSYNC, err)
			    : err_nomem(err);
	free(text);
	return r;
}

static uint64_t number(const struct value *root, const char *key)
{
	const struct value *v = value_get(root, key);
	uint64_t n;

	return v && value_u64(v, &n) ? n : 0;
}

static const char *text(const struct value *map, const char *key)
{
	const struct value *v = value_get(map, key);

	return v && v->type == VALUE_SCALAR ? v->text : NULL;
}

static int take(struct last *out, const struct value *root,
		struct dver_err *err)
{
	const struct value *v = value_get(root, "reasons");
	int r = 0;

	out->time = (int64_t)number(root, "time");
	out->ms = number(root, "milliseconds");
	out->memory = number(root, "memory");
	out->code = (int)number(root, "code");
	for (size_t i = 0; r == 0 && v && v->type == VALUE_SEQ && i < v->n;
	     i++) {
		const struct value *x = &v->items[i];
		uint64_t kind = number(x, "kind");

		if (x->type == VALUE_MAP && kind <= DVER_REASON_FORCED)
			r = why_add(&out->why, (enum dver_reason_kind)kind,
				    text(x, "name"), text(x, "was"),
				    text(x, "is"), err);
	}
	return r;
}

int last_read(struct last *out, struct dver_repo *repo, const struct stage *s,
	      struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { .root = NULL };
	AUTO_FREE char *path = last_path(repo, s);
	AUTO_FREE char *data = NULL;
	size_t len;
	int r;

	if (!path)
		return err_nomem(err);
	if (os_slurp(&data, &len, path, LAST_MAX, NULL) < 0 ||
	    values_parse(&doc, path, data, len, NULL) < 0 || !doc.root ||
	    doc.root->type != VALUE_MAP)
		return 0;
	r = take(out, doc.root, err);
	return r < 0 ? r : 1;
}
