/*
 * summary_locked - what was recorded of a stage, on both sides, entry by
 * entry: both lists are in order, so one walk is enough.
 */
#include "report/summary.h"

#include "base/err.h"
#include "base/mem.h"

static struct dver_report_result *add(struct summary_results *out,
				      const char *kind)
{
	if (out->n == SUMMARY_RESULTS) {
		out->more++;
		return NULL;
	}
	out->v[out->n] = (struct dver_report_result){ .kind = kind };
	return &out->v[out->n++];
}

static const char *keep(struct summary_results *out, const char *text,
			size_t len, bool *ok)
{
	const char *copy = arena_strdup(&out->arena, text, len);

	*ok = *ok && copy;
	return copy;
}

static const char *keep_id(struct summary_results *out,
			   const struct pointer *p, bool *ok)
{
	char hex[OID_HEX + 1];

	return keep(out, oid_hex(hex, &p->id), OID_HEX, ok);
}

static int entry(struct summary_results *out, const char *kind,
		 const struct locked *a, const struct locked *b,
		 struct dver_err *err)
{
	struct dver_report_result *x = add(out, kind);
	const char *name = b ? b->p.out : a->p.out;
	bool ok = true;

	if (!x)
		return 0;
	x->status = !a ? 'A' : !b ? 'D' : 'M';
	x->name = keep(out, name, strlen(name), &ok);
	if (a) {
		x->old = keep_id(out, &a->p, &ok);
		x->old_size = a->p.size;
		x->old_files = a->p.kind == ROOT_TREE ? a->p.nfiles : 1;
	}
	if (b) {
		x->now = keep_id(out, &b->p, &ok);
		x->new_size = b->p.size;
		x->new_files = b->p.kind == ROOT_TREE ? b->p.nfiles : 1;
	}
	x->sized = (!a || a->p.has_size) && (!b || b->p.has_size);
	return ok ? 0 : err_nomem(err);
}

static int entries(struct summary_results *out, const char *kind,
		   const struct locked *a, size_t na, const struct locked *b,
		   size_t nb, struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < na || j < nb)) {
		int c = i == na ? 1 : j == nb ? -1
			: strcmp(a[i].p.out, b[j].p.out);

		if (c || !pointer_same(&a[i].p, &b[j].p))
			r = entry(out, kind, c <= 0 ? &a[i] : NULL,
				  c >= 0 ? &b[j] : NULL, err);
		i += c <= 0;
		j += c >= 0;
	}
	return r;
}

static int param(struct summary_results *out, const struct locked_param *a,
		 const struct locked_param *b, struct dver_err *err)
{
	struct dver_report_result *x = add(out, "parameter");
	const struct locked_param *p = b ? b : a;
	AUTO_FREE char *name = str_printf("%s%s%s", p->file,
					  *p->key ? ":" : "", p->key);
	bool ok = name != NULL;

	if (!x)
		return 0;
	x->status = !a ? 'A' : !b ? 'D' : 'M';
	x->name = ok ? keep(out, name, strlen(name), &ok) : NULL;
	if (a)
		x->old = keep(out, a->text, strlen(a->text), &ok);
	if (b)
		x->now = keep(out, b->text, strlen(b->text), &ok);
	return ok ? 0 : err_nomem(err);
}

static int params(struct summary_results *out, const struct locked_stage *a,
		  const struct locked_stage *b, struct dver_err *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->nparams || j < b->nparams)) {
		int c = i == a->nparams ? 1 : j == b->nparams ? -1
			: locked_param_compare(&a->params[i], &b->params[j]);

		if (c || !streq(a->params[i].text, b->params[j].text))
			r = param(out, c <= 0 ? &a->params[i] : NULL,
				  c >= 0 ? &b->params[j] : NULL, err);
		i += c <= 0;
		j += c >= 0;
	}
	return r;
}

/* Several commands are one text. */
static const char *command(struct summary_results *out,
			   const struct locked_stage *s, bool *ok)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (!s->cmds.n)
		return NULL;
	for (size_t i = 0; i < s->cmds.n; i++)
		buf_addf(&b, "%s%s", i ? "; " : "", s->cmds.v[i]);
	*ok = *ok && buf_ok(&b);
	return *ok ? keep(out, b.data, b.len, ok) : NULL;
}

static int commands(struct summary_results *out, const struct locked_stage *a,
		    const struct locked_stage *b, struct dver_err *err)
{
	bool ok = true;
	const char *old = command(out, a, &ok);
	const char *now = command(out, b, &ok);
	struct dver_report_result *x;

	if (!ok)
		return err_nomem(err);
	if (old == now || (old && now && streq(old, now)))
		return 0;
	x = add(out, "command");
	if (x) {
		x->status = !old ? 'A' : !now ? 'D' : 'M';
		x->name = "";
		x->old = old;
		x->now = now;
	}
	return 0;
}

int summary_locked(struct summary_results *out, const struct locked_stage *a,
		   const struct locked_stage *b, struct dver_err *err)
{
	static const struct locked_stage none = { .name = NULL };
	int r;

	a = a ? a : &none;
	b = b ? b : &none;
	r = commands(out, a, b, err);
	if (r == 0)
		r = entries(out, "input", a->deps, a->ndeps, b->deps,
			    b->ndeps, err);
	if (r == 0)
		r = params(out, a, b, err);
	return r < 0 ? r : entries(out, "output", a->outs, a->nouts, b->outs,
				   b->nouts, err);
}

void summary_results_clear(struct summary_results *x)
{
	arena_release(&x->arena);
	*x = (struct summary_results){ .n = 0 };
}
