/*
 * why_params - which parameters are not those of the last run.  Of maps, what
 * differs in them.
 */
#include "base/err.h"
#include "base/mem.h"
#include "format/yaml.h"
#include "pipeline/why.h"

#define TEXT_MAX (64u << 20)

static const struct locked_param *param(const struct locked_stage *s,
					const struct locked_param *like)
{
	for (size_t i = 0; i < s->nparams; i++)
		if (streq(s->params[i].key, like->key) &&
		    streq(s->params[i].file, like->file))
			return &s->params[i];
	return NULL;
}

static int add(struct why *w, const char *name, const struct value *was,
	       const struct value *is, struct dver_err *err)
{
	AUTO_BUF struct buf a = BUF_INIT(TEXT_MAX);
	AUTO_BUF struct buf b = BUF_INIT(TEXT_MAX);
	int r;

	if (was)
		value_text(&a, was);
	if (is)
		value_text(&b, is);
	r = buf_check(&a, err);
	if (r == 0)
		r = buf_check(&b, err);
	return r < 0 ? r : why_add(w, DVER_REASON_PARAM, name,
				   was ? a.data : NULL, is ? b.data : NULL,
				   err);
}

static int compare(struct why *w, const char *name, const struct value *was,
		   const struct value *is, struct dver_err *err);

/* What `is` has, and `was` or not. */
static int compare_keys(struct why *w, const char *name,
			const struct value *was, const struct value *is,
			struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < is->n; i++) {
		const char *key = value_key(is, i)->text;
		AUTO_FREE char *inner = str_printf("%s.%s", name, key);

		r = inner ? compare(w, inner, value_get(was, key),
				    value_at(is, i), err)
			  : err_nomem(err);
	}
	return r;
}

/* Those of `was` that `is` has not. */
static int compare_gone(struct why *w, const char *name,
			const struct value *was, const struct value *is,
			struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < was->n; i++) {
		const char *key = value_key(was, i)->text;
		AUTO_FREE char *inner = NULL;

		if (value_get(is, key))
			continue;
		inner = str_printf("%s.%s", name, key);
		r = inner ? add(w, inner, value_at(was, i), NULL, err)
			  : err_nomem(err);
	}
	return r;
}

/* As deep as the parser lets values be nested. */
static int compare(struct why *w, const char *name, const struct value *was,
		   const struct value *is, struct dver_err *err)
{
	int r;

	/* 1 is 1.0, and a map is the same in any order. */
	if (was && is && value_same(was, is))
		return 0;
	if (!was || !is || was->type != VALUE_MAP || is->type != VALUE_MAP)
		return add(w, name, was, is, err);
	r = compare_keys(w, name, was, is, err);
	return r < 0 ? r : compare_gone(w, name, was, is, err);
}

static int compare_texts(struct why *w, const struct locked_param *p,
			 const char *was, const char *is, struct dver_err *err)
{
	AUTO_FREE char *name = str_printf("%s:%s", p->file, p->key);
	AUTO_VALUE_DOC struct value_doc a = { .root = NULL };
	AUTO_VALUE_DOC struct value_doc b = { .root = NULL };

	if (!name)
		return err_nomem(err);
	if (was && is && streq(was, is))
		return 0;
	if (!was || !is || yaml_parse(&a, "", was, strlen(was), NULL) < 0 ||
	    yaml_parse(&b, "", is, strlen(is), NULL) < 0 || !a.root || !b.root)
		return why_add(w, DVER_REASON_PARAM, name, was, is, err);
	return compare(w, name, a.root, b.root, err);
}

int why_params(struct why *w, const struct locked_stage *now,
	       const struct locked_stage *was, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < now->nparams; i++) {
		const struct locked_param *p = &now->params[i];
		const struct locked_param *old = param(was, p);

		r = compare_texts(w, p, old ? old->text : NULL, p->text, err);
	}
	for (size_t i = 0; r == 0 && i < was->nparams; i++)
		if (!param(now, &was->params[i]))
			r = compare_texts(w, &was->params[i],
					  was->params[i].text, NULL, err);
	return r;
}
