/*
 * history_find - dver_meanings(): which value, stage or data a word names.
 */
#include "base/err.h"
#include "base/path.h"
#include "dver/data.h"
#include "pipeline/targets.h"
#include "report/history.h"
#include "report/view.h"

#define KINDS (DVER_MEANS_METRIC | DVER_MEANS_PARAM | DVER_MEANS_STAGE)

struct meaning {
	enum dver_meaning_kind kind;
	char *path, *name;	/* owned */
};

struct finding {
	struct dver_repo *repo;
	const char *word;
	unsigned kinds;
	struct buf here;	/* the current folder */
	bool near;		/* read nothing that lies far away */
	struct report reps[2];	/* of metrics and of parameters */
	struct meaning *v;	/* owned */
	size_t n, cap;
	char *problem;		/* of the workspace's pipeline; owned */
};

static int add(struct finding *f, enum dver_meaning_kind kind,
	       const char *path, const char *name, struct dver_err *err)
{
	struct meaning m = { .kind = kind };

	/* A file may be one of metrics and of parameters. */
	for (size_t i = 0; i < f->n; i++)
		if (streq(f->v[i].path, path) && streq(f->v[i].name, name))
			return 0;
	m.path = strdup(path);
	m.name = strdup(name);
	if (!m.path || !m.name ||
	    !mem_grow(&f->v, &f->cap, f->n + 1, sizeof(m))) {
		free(m.path);
		free(m.name);
		return err_nomem(err);
	}
	f->v[f->n++] = m;
	return 0;
}

/* 2: it is called so, 1: its last parts are, 0. */
static int match(const char *name, const char *word)
{
	size_t n = strlen(name), len = strlen(word);

	if (n < len || !streq(name + n - len, word))
		return 0;
	return n == len ? 2 : name[n - len - 1] == '.';
}

/*
 * Values of a file that `word` (NULL: any) names: in full (`least` is 2), by
 * its end (1), or none, but the file cannot be read (0).
 */
static int add_values(struct finding *f, struct view *view,
		      const struct item *item, enum dver_meaning_kind kind,
		      const char *word, int least, struct dver_err *err)
{
	const struct flat *x;
	int r;

	if (f->near && item->where == ITEM_STORE)
		return 0;
	report_trim(view->rep);
	r = view_read(view, item, &x, err);
	/* One that is broken now may have had any name that it is said to. */
	if (r == 0 && x->problem && least == 0 &&
	    (item->where != ITEM_NOWHERE || x->code != DVER_ENOTFOUND))
		return add(f, kind, item->path, word, err);
	for (size_t i = 0; r == 0 && i < x->n; i++)
		if (!word || (least && match(x->v[i].name, word) >= least))
			r = add(f, kind, item->path, x->v[i].name, err);
	return r;
}

/*
 * What its name or a plan says; the rest may be anything.  That all of a
 * dver.yaml or dver.lock is meant, nobody guesses.
 */
static bool may_have_values(const struct view *view, const char *path,
			    bool whole)
{
	const char *base = path_base(path);

	for (size_t i = 0; i < view->n; i++)
		if (streq(view->v[i].path, path))
			return true;
	if (whole && (streq(base, PIPELINE_FILE) || lockfile_is_name(base)))
		return false;
	return flat_is_name(path) || (view->rep->what == DVER_PARAMS &&
				      str_ends(path, ".py"));
}

/* "FILE:NAME" of any file, or "FILE" of one that has values. */
static int add_of_file(struct finding *f, struct view *view, const char *file,
		       enum dver_meaning_kind kind, const char *name,
		       struct dver_err *err)
{
	static const struct item like = { .path = NULL };
	AUTO_BUF struct buf path = BUF_PATH;
	struct dver_err why;
	size_t first = view->n, before = f->n;
	int r = repo_path(f->repo, &path, file, &why);

	if (r < 0 || !path.len || !may_have_values(view, path.data, !name))
		return r == DVER_ENOMEM ? err_nomem(err) : 0;
	r = view_add_path(view, path.data, &like, true, err);
	for (int least = 2; r == 0 && least >= 0 && f->n == before; least--)
		for (size_t i = first; r == 0 && i < view->n; i++)
			if (streq(view->v[i].path, path.data) &&
			    (name || least))
				r = add_values(f, view, &view->v[i], kind,
					       name, least, err);
	return r;
}

static int add_with_colon(struct finding *f, struct view *view,
			  enum dver_meaning_kind kind, struct dver_err *err)
{
	size_t before = f->n;
	int r = 0;

	for (const char *colon = strchr(f->word, ':');
	     r == 0 && f->n == before && colon;
	     colon = strchr(colon + 1, ':')) {
		AUTO_FREE char *file = str_ndup(f->word, (size_t)(colon -
								  f->word));

		if (!file)
			return err_nomem(err);
		if (*file && colon[1])
			r = add_of_file(f, view, file, kind, colon + 1, err);
	}
	return r;
}

/* Values that a plan knows, or that a word with a file names. */
static int find_values(struct finding *f, enum dver_values what,
		       const char *commit, struct dver_err *err)
{
	enum dver_meaning_kind kind = what == DVER_METRICS ? DVER_MEANS_METRIC
							   : DVER_MEANS_PARAM;
	AUTO_VIEW struct view view = { .rep = NULL };
	size_t known, before = f->n;
	int r = view_open(&view, &f->reps[what], commit, err);

	known = view.n;
	for (int least = 2; r == 0 && f->n == before && least > 0; least--)
		for (size_t i = 0; r == 0 && i < known; i++)
			r = add_values(f, &view, &view.v[i], kind, f->word,
				       least, err);
	if (r == 0 && f->n == before)
		r = add_with_colon(f, &view, kind, err);
	if (r == 0 && f->n == before)
		r = add_of_file(f, &view, f->word, kind, NULL, err);
	return r;
}

/* A stage, a group, or all of a file; a folder is no stage. */
static bool is_called(const struct stage *s, const char *word)
{
	const char *colon = strrchr(word, ':');
	const char *name = colon ? colon + 1 : word;

	return streq(path_base(word), PIPELINE_FILE) ||
	       streq(s->name, name) || (s->group && streq(s->group, name));
}

static int find_stages(struct finding *f, const char *commit,
		       struct dver_err *err)
{
	AUTO_GIT_SNAPSHOT struct git_snapshot *snap = NULL;
	const struct plan *plan = NULL;
	const struct stage *s;
	size_t n = 0;
	int r = 0;

	if (commit)
		r = git_snapshot_open(&snap, f->repo->git, commit, err);
	if (r == 0)
		r = plan_for(&plan, &f->reps[DVER_PARAMS], snap, err);
	if (r == 0 && !plan->p && !commit && !f->problem) {
		f->problem = strdup(plan->problem);
		r = f->problem ? 0 : err_nomem(err);
	}
	if (r < 0 || !plan->p)
		return r;
	s = pipeline_find(plan->p, f->here.data, f->word, &n);
	for (size_t i = 0; r == 0 && s && i < n; i++)
		if (is_called(&s[i], f->word))
			r = add(f, DVER_MEANS_STAGE, s[i].file, s[i].name,
				err);
	return r;
}

static int find_at(struct finding *f, const char *commit,
		   struct dver_err *err)
{
	int r = 0;

	if (f->kinds & DVER_MEANS_METRIC)
		r = find_values(f, DVER_METRICS, commit, err);
	if (r == 0 && f->kinds & DVER_MEANS_PARAM)
		r = find_values(f, DVER_PARAMS, commit, err);
	if (r == 0 && f->kinds & DVER_MEANS_STAGE)
		r = find_stages(f, commit, err);
	return r;
}

static int on_entry(void *data, const struct dver_entry *e)
{
	(void)data;
	(void)e;
	return 1;
}

/* Tracked data, or a folder above some? */
static int find_data(struct finding *f, const char *rev, struct dver_err *err)
{
	struct dver_err why;
	int r = dver_ls(f->repo, rev, f->word, false, on_entry, NULL, &why);

	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	return r > 0 ? add(f, DVER_MEANS_DATA, f->word, "", err) : 0;
}

/* From a commit (or HEAD) back, as long as nothing is found. */
static int find_before(struct finding *f, const char *rev,
		       struct dver_err *err)
{
	uint8_t id[GIT_ID_SIZE];
	AUTO_GIT_TRAIL struct git_trail *trail = NULL;
	struct git_place at = { .nparents = 1 };
	int r = f->repo->git ? git_tip(f->repo->git, rev, id, err) : 0;

	if (r <= 0)
		return r;
	r = git_trail_open(&trail, f->repo->git, err);
	while (r == 0 && !f->n && at.nparents) {
		char hex[GIT_HEX];

		git_hex(hex, id);
		r = find_at(f, hex, err);
		if (r == 0)
			r = git_trail_at(trail, id, &at, err);
		if (r == 0 && at.nparents)
			memcpy(id, at.parents[0], sizeof(id));
		f->near = f->kinds & DVER_MEANS_DATA;
	}
	return r;
}

/* What is typed from here: the file of a stage is left out where it can be. */
static int word_for(struct buf *out, const struct finding *f,
		    const struct meaning *m, struct dver_err *err)
{
	AUTO_FREE char *from = path_join("/", f->here.data);
	AUTO_FREE char *to = path_join("/", m->path);
	AUTO_FREE char *own = path_join(f->here.data, PIPELINE_FILE);
	int r = from && to && own ? 0 : err_nomem(err);

	if (r < 0)
		return r;
	if (m->kind == DVER_MEANS_DATA)
		buf_addstr(out, m->path);
	else if (m->kind == DVER_MEANS_STAGE &&
		 (streq(m->path, own) || streq(m->path, PIPELINE_FILE)))
		buf_addstr(out, m->name);
	else if (path_relative(out, from, to, err) < 0)
		return DVER_ENOMEM;
	else
		buf_addf(out, ":%s", m->name);
	return buf_check(out, err);
}

static int tell(const struct finding *f,
		int (*fn)(void *data, const struct dver_meaning *m),
		void *data, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		const struct meaning *m = &f->v[i];
		AUTO_BUF struct buf word = BUF_BIG;

		r = word_for(&word, f, m, err);
		if (r == 0)
			r = fn(data, &(struct dver_meaning){
				.kind = m->kind, .path = m->path,
				.name = m->name,
				.word = word.data });
	}
	return r;
}

int dver_meanings(struct dver_repo *repo, const char *word, unsigned kinds,
		  const char *rev,
		  int (*fn)(void *data, const struct dver_meaning *m),
		  void *data, struct dver_err *err)
{
	struct finding f = { .repo = repo, .word = word, .here = BUF_PATH,
			     .kinds = kinds ? kinds : KINDS |
						      DVER_MEANS_DATA };
	char hex[GIT_HEX];
	uint8_t id[GIT_ID_SIZE];
	int r = targets_here(repo, &f.here, err);

	if (kinds == DVER_MEANS_NOW)
		f.kinds = KINDS | DVER_MEANS_DATA;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(f.reps); i++)
		r = report_open(&f.reps[i], repo, (enum dver_values)i, 0, NULL,
				0, err);
	if (r == 0 && rev && repo->git)
		r = git_tip(repo->git, rev, id, err);
	if (r > 0)
		git_hex(hex, id);
	if (r >= 0)
		r = find_at(&f, rev ? hex : NULL, err);
	if (r == 0 && f.kinds & DVER_MEANS_DATA)
		r = find_data(&f, rev ? hex : NULL, err);
	if (r == 0 && !f.n && !(kinds & DVER_MEANS_NOW))
		r = find_before(&f, rev, err);
	if (r == 0 && !f.n && f.problem)
		repo_note(repo, DVER_NOTE_WARNING, "%s", f.problem);
	if (r == 0)
		r = tell(&f, fn, data, err);
	for (size_t i = 0; i < f.n; i++) {
		free(f.v[i].path);
		free(f.v[i].name);
	}
	free(f.v);
	free(f.problem);
	report_release(&f.reps[0]);
	report_release(&f.reps[1]);
	buf_release(&f.here);
	return r;
}
