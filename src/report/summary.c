/*
 * summary - dver_report(): one part after the other.
 */
#include "report/summary.h"

#include "base/err.h"
#include "base/mem.h"
#include "report/compare.h"

static int tell_ends(const struct summary *s)
{
	struct dver_report_ends e = {
		.asked = s->asked, .base = *s->base ? s->base : NULL,
		.rev = s->o->workspace ? "workspace"
		       : s->o->rev ? s->o->rev : "HEAD",
		.commit = *s->commit ? s->commit : NULL };

	return s->calls->ends ? s->calls->ends(s->calls->data, &e) : 0;
}

/* Without commits of a side there is nothing on it. */
static int values(struct summary *s, enum dver_values what, change_fn fn,
		  struct dver_err *err)
{
	struct view old = { .rep = NULL }, now = { .rep = NULL };
	struct report rep;
	int r = report_open(&rep, s->repo, what, 0, NULL, 0, err);

	old.rep = &rep;
	if (r == 0 && *s->base)
		r = view_open(&old, &rep, s->base, err);
	if (r == 0)
		r = view_open(&now, &rep, *s->commit ? s->commit : NULL, err);
	if (r == 0)
		r = compare(&old, &now, false, fn, s->calls->data, err);
	view_release(&old);
	view_release(&now);
	report_release(&rep);
	return r;
}

static int on_event(void *data, const struct dver_stage_event *e)
{
	const struct summary *s = data;

	if (e->kind != DVER_STAGE_START && e->kind != DVER_STAGE_FAILED)
		return 0;
	return s->calls->run(s->calls->data, e);
}

/* What would run, if the workspace is what is told of. */
static int runs(struct summary *s, struct dver_err *err)
{
	const struct dver_repro_opts o = { .dry = true, .keep_going = true,
					   .known = true,
					   .allow_missing = true,
					   .event = on_event, .data = s };
	struct dver_repro_stats stats;
	int r;

	if ((*s->commit && !streq(s->commit, s->head)) ||
	    !dver_has_stages(s->repo))
		return 0;
	r = dver_repro(s->repo, NULL, 0, &o, &stats, err);
	/* There are none, or some that cannot run: both were told. */
	return r == DVER_ENOTFOUND || r == DVER_ECHILD ? 0 : r;
}

/* A part that fails is told of, and the others are shown. */
static int or_told(const struct summary *s, int r, const struct dver_err *err)
{
	if (r >= 0 || r == DVER_ENOMEM || r == DVER_ECANCEL ||
	    !s->calls->problem)
		return r;
	return s->calls->problem(s->calls->data, err->msg);
}

static int tell(struct summary *s, struct dver_err *err)
{
	const struct dver_report_calls *c = s->calls;
	int r = tell_ends(s);

	if (r == 0 && c->output)
		r = or_told(s, summary_data(s, err), err);
	if (r == 0 && c->output && c->rows)
		r = or_told(s, summary_rows(s, err), err);
	if (r == 0 && c->param)
		r = or_told(s, values(s, DVER_PARAMS, c->param, err), err);
	if (r == 0 && c->metric)
		r = or_told(s, values(s, DVER_METRICS, c->metric, err), err);
	if (r == 0 && (c->plots || c->image))
		r = or_told(s, summary_plots(s, err), err);
	if (r == 0 && c->image)
		r = or_told(s, summary_images(s, err), err);
	if (r == 0 && c->stage)
		r = or_told(s, summary_stages(s, err), err);
	if (r == 0 && c->run)
		r = or_told(s, runs(s, err), err);
	return r;
}

int dver_report(struct dver_repo *repo, const struct dver_report_opts *opts,
		const struct dver_report_calls *calls, struct dver_err *err)
{
	static const struct dver_report_opts none = { .base = NULL };
	struct summary s = { .repo = repo, .o = opts ? opts : &none,
			     .calls = calls };
	int r;

	if (s.o->workspace && s.o->rev)
		return err_set(err, DVER_EINVAL, "the workspace or a revision, "
			       "not both");
	r = summary_ends(&s, err);
	/* Parts have stores of their own, but one remote that may be down. */
	repo->remote_once = true;
	repo->remote_off = s.o->no_fetch;
	if (r == 0)
		r = tell(&s, err);
	repo->remote_once = repo->remote_off = false;
	for (size_t i = 0; i < s.nfiles; i++)
		free(s.files[i].path);
	summary_images_release(&s);
	free(s.asked);
	return r;
}
