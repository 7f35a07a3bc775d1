#include "workspace/merge_differences.h"

void differences_release(struct differences *d)
{
	free(d->v);
	arena_release(&d->texts);
}

static bool add(struct differences *d, enum dver_reason_kind kind,
		const char *name, const char *ours, const char *theirs)
{
	if (!mem_grow(&d->v, &d->cap, d->n + 1, sizeof(*d->v)))
		return false;
	d->v[d->n++] = (struct dver_merge_difference){ kind, name, ours,
						       theirs };
	return true;
}

/* The commands, a line each. */
static const char *commands(struct differences *d, const struct strvec *v)
{
	AUTO_BUF struct buf b = BUF_INIT(LOCKFILE_MAX);

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i ? "\n" : "", v->v[i]);
	return buf_ok(&b) ? arena_strdup(&d->texts, b.data, b.len) : NULL;
}

static bool add_commands(struct differences *d, const struct locked_stage *o,
			 const struct locked_stage *t)
{
	const char *ours = commands(d, &o->cmds);
	const char *theirs = commands(d, &t->cmds);

	return ours && theirs &&
	       ((streq(ours, theirs) && o->cmd_list == t->cmd_list) ||
		add(d, DVER_REASON_COMMAND, NULL, ours, theirs));
}

static bool same_entry(const struct locked *a, const struct locked *b)
{
	return pointer_same(&a->p, &b->p) && a->no_cache == b->no_cache &&
	       a->no_push == b->no_push;
}

static bool add_entry(struct differences *d, enum dver_reason_kind kind,
		      const struct locked *o, const struct locked *t)
{
	const struct locked *const side[2] = { o, t };
	const char *id[2] = { NULL, NULL };

	if (o && t && same_entry(o, t))
		return true;
	for (int i = 0; i < 2; i++) {
		char hex[OID_HEX + 1];

		if (!side[i])
			continue;
		id[i] = arena_strdup(&d->texts, oid_hex(hex, &side[i]->p.id),
				     OID_HEX);
		if (!id[i])
			return false;
	}
	return add(d, kind, (o ? o : t)->p.out, id[0], id[1]);
}

/* Both are sorted by path. */
static bool add_entries(struct differences *d, enum dver_reason_kind kind,
			const struct locked *o, size_t no,
			const struct locked *t, size_t nt)
{
	size_t i = 0, j = 0;
	bool ok = true;

	while (ok && (i < no || j < nt)) {
		int c = i == no ? 1 : j == nt ? -1
			: strcmp(o[i].p.out, t[j].p.out);
		const struct locked *a = c <= 0 ? &o[i++] : NULL;
		const struct locked *b = c >= 0 ? &t[j++] : NULL;

		ok = add_entry(d, kind, a, b);
	}
	return ok;
}

/* `p` is the one or the other. */
static bool add_param(struct differences *d, const struct locked_param *p,
		      const struct locked_param *o,
		      const struct locked_param *t)
{
	AUTO_FREE char *name = NULL;
	const char *copy;

	if (o && t && streq(o->text, t->text))
		return true;
	name = str_printf("%s:%s", p->file, p->key);
	copy = name ? arena_strdup(&d->texts, name, strlen(name)) : NULL;
	return copy && add(d, DVER_REASON_PARAM, copy, o ? o->text : NULL,
			   t ? t->text : NULL);
}

/* Both are sorted by file and key. */
static bool add_params(struct differences *d, const struct locked_stage *o,
		       const struct locked_stage *t)
{
	size_t i = 0, j = 0;
	bool ok = true;

	while (ok && (i < o->nparams || j < t->nparams)) {
		int c = i == o->nparams ? 1 : j == t->nparams ? -1
			: locked_param_compare(&o->params[i], &t->params[j]);
		const struct locked_param *a, *b, *p;

		p = c <= 0 ? &o->params[i] : &t->params[j];
		a = c <= 0 ? &o->params[i++] : NULL;
		b = c >= 0 ? &t->params[j++] : NULL;
		ok = add_param(d, p, a, b);
	}
	return ok;
}

bool differences_find(struct differences *d, const struct locked_stage *ours,
		      const struct locked_stage *theirs)
{
	return add_commands(d, ours, theirs) &&
	       add_entries(d, DVER_REASON_INPUT, ours->deps, ours->ndeps,
			   theirs->deps, theirs->ndeps) &&
	       add_params(d, ours, theirs) &&
	       add_entries(d, DVER_REASON_OUTPUT, ours->outs, ours->nouts,
			   theirs->outs, theirs->nouts);
}
