#include "report/stage_parts.h"

#include "base/err.h"
#include "base/mem.h"

static int push(struct strvec *out, const char *text, struct dver_err *err)
{
	return text && strvec_push(out, text) ? 0 : err_nomem(err);
}

int stage_commands(struct strvec *out, const struct stage *s,
		   struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->cmds.n; i++)
		r = push(out, s->cmds.v[i], err);
	return r;
}

int stage_inputs(struct strvec *out, const struct stage *s,
		 struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->ndeps; i++)
		r = push(out, s->deps[i].path, err);
	return r;
}

int stage_parameters(struct strvec *out, const struct stage *s,
		     struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nparams; i++) {
		const struct stage_params *p = &s->params[i];

		if (p->whole)
			r = push(out, p->file, err);
		for (size_t k = 0; r == 0 && k < p->keys.n; k++) {
			AUTO_FREE char *text = str_printf("%s:%s", p->file,
							  p->keys.v[k]);

			r = push(out, text, err);
		}
	}
	return r;
}

int stage_outputs(struct strvec *out, const struct stage *s,
		  struct dver_err *err)
{
	static const char *const kinds[] = { "", " (metrics)", " (plots)" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->nouts; i++) {
		const struct stage_out *o = &s->outs[i];
		AUTO_FREE char *text = str_printf(
			"%s%s%s%s", o->path, kinds[o->kind],
			o->cache ? "" : " (kept by git)",
			o->persist ? " (persists)" : "");

		r = push(out, text, err);
	}
	return r;
}
