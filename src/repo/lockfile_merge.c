/*
 * lockfile_merge - the stages of both sides, in the order of their names, each
 * held against the base.
 */
#include "repo/lockfile_merge.h"

#include "base/err.h"
#include "base/mem.h"

/* What is known of the version that both sides come from. */
struct lock_base {
	bool vague;		/* nothing */
	bool marked;		/* each stage is as in `a` or as in `b` */
	struct lockfile a, b;
};

struct locks {
	const struct lockfile_merge *m;
	struct lock_base base;
	struct lockfile ours, theirs;
	struct buf body;	/* stages */
	bool clashed;
};

/* One name; NULL: a side has it not. */
struct three {
	const struct locked_stage *ours, *theirs;
	struct buf ours_text, theirs_text, base_text;
};
#define THREE_INIT { NULL, NULL, BUF_INIT(LOCKFILE_MAX), \
		     BUF_INIT(LOCKFILE_MAX), BUF_INIT(LOCKFILE_MAX) }

static void three_release(struct three *t)
{
	buf_release(&t->ours_text);
	buf_release(&t->theirs_text);
	buf_release(&t->base_text);
}
#define AUTO_THREE __attribute__((cleanup(three_release)))

static void locks_release(struct locks *x)
{
	lockfile_release(&x->base.a);
	lockfile_release(&x->base.b);
	lockfile_release(&x->ours);
	lockfile_release(&x->theirs);
	buf_release(&x->body);
}
#define AUTO_LOCKS __attribute__((cleanup(locks_release)))

static bool same_text(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static bool equal(struct lock_text a, struct lock_text b)
{
	if (!a.text || !b.text)
		return !a.text && !b.text;
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* No stage has no text. */
static int text_of(const struct locks *x, const struct locked_stage *s,
		   struct buf *out, struct dver_err *err)
{
	buf_clear(out);
	return s ? locked_stage_put(out, x->m->path, s, err) : 0;
}

static int read_view(struct lockfile *out, const char *path,
		     struct lock_text t, enum dver_side side,
		     struct dver_err *err)
{
	AUTO_BUF struct buf text = BUF_INIT(LOCKFILE_MAX);
	int r;

	if (!lockfile_side(&text, t, side))
		return err_set(err, DVER_EFORMAT, "%s: odd markers", path);
	r = buf_check(&text, err);
	return r < 0 ? r : lockfile_parse(out, path, path, text.data, text.len,
					  err);
}

/* A base that cannot be read is no reason to fail. */
static int read_base(struct lock_base *b, const char *path,
		     struct lock_text t, struct dver_err *err)
{
	struct dver_err why;
	int r;

	if (!t.text)
		return 0;
	r = lockfile_parse(&b->a, path, path, t.text, t.len, &why);
	if (r == DVER_EFORMAT) {
		b->marked = true;
		r = read_view(&b->a, path, t, DVER_OURS, &why);
		if (r == 0)
			r = read_view(&b->b, path, t, DVER_THEIRS, &why);
	}
	if (r == DVER_ENOMEM)
		return err_nomem(err);
	b->vague = r < 0;
	return 0;
}

/* The base's text of a stage ("": none); 0: it is not known. */
static int base_of(struct locks *x, const char *name, struct buf *out,
		   struct dver_err *err)
{
	AUTO_BUF struct buf other = BUF_INIT(LOCKFILE_MAX);
	int r;

	if (x->base.vague)
		return 0;
	r = text_of(x, lockfile_find(&x->base.a, name), out, err);
	if (r < 0 || !x->base.marked)
		return r < 0 ? r : 1;
	r = text_of(x, lockfile_find(&x->base.b, name), &other, err);
	return r < 0 ? r : same_text(out, &other);
}

static bool same_params(const struct locked_stage *a,
			const struct locked_stage *b)
{
	if (a->nparams != b->nparams)
		return false;
	for (size_t i = 0; i < a->nparams; i++)
		if (!streq(a->params[i].file, b->params[i].file) ||
		    !streq(a->params[i].key, b->params[i].key) ||
		    !streq(a->params[i].text, b->params[i].text))
			return false;
	return true;
}

static bool same_entries(const struct locked *a, size_t na,
			 const struct locked *b, size_t nb)
{
	if (na != nb)
		return false;
	for (size_t i = 0; i < na; i++)
		if (!streq(a[i].p.out, b[i].p.out) ||
		    !pointer_same(&a[i].p, &b[i].p) ||
		    a[i].p.has_size != b[i].p.has_size ||
		    a[i].p.size != b[i].p.size ||
		    a[i].p.has_nfiles != b[i].p.has_nfiles ||
		    a[i].p.nfiles != b[i].p.nfiles ||
		    a[i].no_cache != b[i].no_cache ||
		    a[i].no_push != b[i].no_push)
			return false;
	return true;
}

static bool same_cmds(const struct locked_stage *a,
		      const struct locked_stage *b)
{
	if (a->cmds.n != b->cmds.n || a->cmd_list != b->cmd_list)
		return false;
	for (size_t i = 0; i < a->cmds.n; i++)
		if (!streq(a->cmds.v[i], b->cmds.v[i]))
			return false;
	return true;
}

static unsigned differences(const struct locked_stage *a,
			    const struct locked_stage *b)
{
	unsigned d = 0;

	if (!a || !b)
		return 0;
	if (!same_cmds(a, b))
		d |= LOCK_CMD;
	if (!same_entries(a->deps, a->ndeps, b->deps, b->ndeps))
		d |= LOCK_DEPS;
	if (!same_params(a, b))
		d |= LOCK_PARAMS;
	if (!same_entries(a->outs, a->nouts, b->outs, b->nouts))
		d |= LOCK_OUTS;
	return d;
}

static const char *reason(const struct three *t, unsigned differs, int known)
{
	if (!t->ours || !t->theirs) {
		if (!known)
			return t->ours ? "here and not there"
				       : "there and not here";
		return t->ours ? "changed here, deleted there"
			       : "deleted here, changed there";
	}
	if (differs == LOCK_OUTS)
		return "the same inputs on both sides gave other outputs";
	return !known || t->base_text.len ? "changed on both sides"
					  : "added on both sides";
}

static void put_marked(struct buf *out, const struct three *t)
{
	buf_addstr(out, "<<<<<<< ours\n");
	buf_add(out, t->ours_text.data, t->ours_text.len);
	buf_addstr(out, "=======\n");
	buf_add(out, t->theirs_text.data, t->theirs_text.len);
	buf_addstr(out, ">>>>>>> theirs\n");
}

static int disagree(struct locks *x, const struct three *t, const char *name,
		    int known, struct dver_err *err)
{
	unsigned differs = differences(t->ours, t->theirs);
	enum dver_side side = DVER_NEITHER;
	int r = x->m->clash(x->m->data, &(struct lock_clash){
		.stage = name, .why = reason(t, differs, known),
		.differs = differs, .ours = t->ours, .theirs = t->theirs },
		&side, err);

	if (side == DVER_NEITHER) {
		x->clashed = true;
		put_marked(&x->body, t);
	} else {
		const struct buf *b = side == DVER_OURS ? &t->ours_text
							: &t->theirs_text;

		buf_add(&x->body, b->data, b->len);
	}
	return r;
}

static int merge_stage(struct locks *x, const char *name,
		       const struct locked_stage *ours,
		       const struct locked_stage *theirs,
		       struct dver_err *err)
{
	AUTO_THREE struct three t = THREE_INIT;
	const struct buf *b = &t.ours_text;
	int known = 1;
	int r;

	t.ours = ours;
	t.theirs = theirs;
	r = text_of(x, ours, &t.ours_text, err);
	if (r == 0)
		r = text_of(x, theirs, &t.theirs_text, err);
	if (r < 0)
		return r;
	if (!same_text(&t.ours_text, &t.theirs_text)) {
		known = base_of(x, name, &t.base_text, err);
		if (known < 0)
			return known;
		if (known && same_text(&t.base_text, &t.ours_text))
			b = &t.theirs_text;
		else if (!known || !same_text(&t.base_text, &t.theirs_text))
			return disagree(x, &t, name, known, err);
	}
	buf_add(&x->body, b->data, b->len);
	return 0;
}

/* Both lists are sorted; a stage that only the base has is gone. */
static int merge_stages(struct locks *x, struct dver_err *err)
{
	const struct lockfile *o = &x->ours, *t = &x->theirs;
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < o->n || j < t->n)) {
		int c = i == o->n ? 1 : j == t->n ? -1
			: strcmp(o->v[i].name, t->v[j].name);
		const char *name = c <= 0 ? o->v[i].name : t->v[j].name;
		const struct locked_stage *a = c <= 0 ? &o->v[i++] : NULL;
		const struct locked_stage *b = c >= 0 ? &t->v[j++] : NULL;

		r = merge_stage(x, name, a, b, err);
	}
	return r < 0 ? r : buf_check(&x->body, err);
}

static int write_out(const struct locks *x, struct buf *out,
		     enum lock_merged *how, struct dver_err *err)
{
	*how = x->clashed ? LOCK_MARKED : LOCK_MERGED;
	lockfile_put_head(out, x->body.len > 0);
	buf_add(out, x->body.data, x->body.len);
	return buf_check(out, err);
}

/* A version as it is, but written our way. */
static int take(struct locks *x, struct lock_text t, struct buf *out,
		enum lock_merged *how, struct dver_err *err)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	int r;

	*how = t.text ? LOCK_MERGED : LOCK_GONE;
	if (!t.text)
		return 0;
	r = lockfile_parse(&l, x->m->path, x->m->path, t.text, t.len, err);
	return r < 0 ? r : lockfile_format(out, x->m->path, &l, err);
}

static int decide_whole(struct locks *x, const char *why,
			struct lock_text ours, struct lock_text theirs,
			struct buf *out, enum lock_merged *how,
			struct dver_err *err)
{
	enum dver_side side = DVER_NEITHER;
	int r = x->m->clash(x->m->data, &(struct lock_clash){ .why = why },
			    &side, err);

	*how = LOCK_CLASH;
	if (r < 0 || side == DVER_NEITHER)
		return r;
	return take(x, side == DVER_OURS ? ours : theirs, out, how, err);
}

/* 1: read, 0: a clash of the whole file, told in `why`. */
static int read_side(struct locks *x, struct lockfile *l, struct lock_text t,
		     const char *whose, struct dver_err *why,
		     struct dver_err *err)
{
	int r = lockfile_parse(l, x->m->path, x->m->path, t.text, t.len, why);

	if (r == DVER_ENOMEM)
		return err_nomem(err);
	if (r < 0)
		return err_wrap(why, "%s cannot be read", whose), 0;
	/* Stages after the cut are not to count as deleted. */
	if (t.len && t.text[t.len - 1] != '\n')
		return err_set(why, DVER_EFORMAT, "%s may be cut short: its "
			       "last line has no end", whose), 0;
	return 1;
}

int lockfile_merge(const struct lockfile_merge *m, struct lock_text base,
		   struct lock_text ours, struct lock_text theirs,
		   struct buf *out, enum lock_merged *how,
		   struct dver_err *err)
{
	AUTO_LOCKS struct locks x = { .m = m, .body = BUF_INIT(LOCKFILE_MAX) };
	struct dver_err why;
	int r;

	buf_clear(out);
	if (!ours.text || !theirs.text) {
		if (equal(ours, theirs) || equal(base, theirs))
			return take(&x, ours, out, how, err);
		if (equal(base, ours))
			return take(&x, theirs, out, how, err);
		return decide_whole(&x, ours.text
				    ? "changed here, deleted there"
				    : "deleted here, changed there", ours,
				    theirs, out, how, err);
	}
	r = read_side(&x, &x.ours, ours, "our version", &why, err);
	if (r > 0)
		r = read_side(&x, &x.theirs, theirs, "their version", &why,
			      err);
	if (r <= 0)
		return r < 0 ? r : decide_whole(&x, why.msg, ours, theirs, out,
						how, err);
	r = read_base(&x.base, m->path, base, err);
	if (r == 0)
		r = merge_stages(&x, err);
	return r < 0 ? r : write_out(&x, out, how, err);
}
