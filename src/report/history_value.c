#include "report/history_value.h"

#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/path.h"
#include "workspace/exchange.h"

static int open_version(struct history *h, const uint8_t id[GIT_ID_SIZE],
			const struct git_place *at, uint32_t *version,
			struct dver_err *err);
static int state_of(struct history *h, uint32_t version, uint32_t *state,
		    struct dver_err *err);

/* The file, pointers that may keep it, lock files that may know it. */
static int watch(struct value_history *v, const struct plan *plan,
		 struct dver_err *err)
{
	AUTO_FREE char *at = strdup(v->path);
	int r = at ? git_trail_watch(v->h.trail, v->path, err)
		   : err_nomem(err);

	while (r == 0) {
		AUTO_FREE char *pointer = str_printf("%s%s", at,
						     POINTER_SUFFIX);
		AUTO_FREE char *dir = path_dir(at);
		AUTO_FREE char *lock = dir ? path_join(dir, LOCKFILE_NAME)
					   : NULL;

		if (!pointer || !lock)
			return err_nomem(err);
		r = git_trail_watch(v->h.trail, pointer, err);
		if (r == 0)
			r = git_trail_watch(v->h.trail, lock, err);
		if (streq(dir, "."))
			break;
		free(at);
		at = TAKE(dir);
	}
	for (size_t i = 0; r == 0 && i < plan->dirs.n; i++) {
		AUTO_FREE char *lock = path_join(plan->dirs.v[i],
						 LOCKFILE_NAME);

		r = lock ? git_trail_watch(v->h.trail, lock, err)
			 : err_nomem(err);
	}
	return r;
}

static void look_up_better(struct value_history *v, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (path_inside(v->path, plan->v[i].path) &&
		    plan->v[i].better)
			v->better = plan_better(plan->v[i].better, v->name);
}

/* What the plan of the end of the line says of the value. */
static int read_plan(struct value_history *v, bool workspace,
		     struct dver_err *err)
{
	AUTO_GIT_SNAPSHOT struct git_snapshot *snap = NULL;
	const struct plan *plan;
	char hex[GIT_HEX];
	int r = 0;

	if (!workspace && v->h.born) {
		git_hex(hex, v->h.tip);
		r = git_snapshot_open(&snap, v->h.repo->git, hex, err);
	}
	if (r == 0)
		r = plan_for(&plan, &v->rep, snap, err);
	if (r < 0)
		return r;
	look_up_better(v, plan);
	return watch(v, plan, err);
}

int value_history_open(struct value_history *v, struct dver_repo *repo,
		       enum dver_values what, const char *path,
		       const char *name, const char *rev,
		       struct dver_err *err)
{
	static const struct dver_moment nothing = {
		.kind = DVER_MOMENT_NOTHING, .value = { .text = "" }
	};
	int r = report_open(&v->rep, repo, what, 0, NULL, 0, err);

	v->h.open = open_version;
	v->h.state = state_of;
	v->path = path;
	v->name = name;
	keymap_init(&v->known, REPORT_KEY, sizeof(uint32_t));
	if (r == 0)
		r = history_begin(&v->h, repo, rev, err);
	if (r == 0 && !mem_grow(&v->states, &v->states_cap, 1,
				sizeof(*v->states)))
		r = err_nomem(err);
	if (r < 0)
		return r;
	v->states[v->nstates++] = nothing;
	return read_plan(v, !rev, err);
}

void value_history_close(struct value_history *v)
{
	for (size_t i = 0; i < v->nversions; i++) {
		free(v->versions[i].item.path);
		free(v->versions[i].item.problem);
	}
	free(v->versions);
	free(v->states);
	keymap_release(&v->known);
	arena_release(&v->arena);
	history_end(&v->h);
	report_release(&v->rep);
}

static int add_version(struct value_history *v, struct item *item,
		       uint32_t *version, struct dver_err *err)
{
	if (v->nversions == UINT32_MAX ||
	    !mem_grow(&v->versions, &v->versions_cap, v->nversions + 1,
		      sizeof(*v->versions)))
		return err_nomem(err);
	*version = (uint32_t)v->nversions;
	v->versions[v->nversions++] = (struct value_version){ .item = *item };
	item->path = item->problem = NULL;
	return 0;
}

static const struct item all_keys = { .keys = NULL };

/* Where the store or a lock file keeps it, the plan of the commit tells. */
static int open_commit(struct value_history *v,
		       const uint8_t id[GIT_ID_SIZE], uint32_t *version,
		       struct dver_err *err)
{
	AUTO_VIEW struct view view = { .rep = NULL };
	struct item none = { .path = NULL };
	char hex[GIT_HEX];
	int r;

	git_hex(hex, id);
	r = view_begin(&view, &v->rep, hex, err);
	if (r == 0)
		r = view_add_path(&view, v->path, &all_keys, true, err);
	return r < 0 ? r : add_version(v, view.n ? &view.v[0] : &none,
				       version, err);
}

static int open_version(struct history *h, const uint8_t id[GIT_ID_SIZE],
			const struct git_place *at, uint32_t *version,
			struct dver_err *err)
{
	struct value_history *v = (struct value_history *)h;
	struct item item = { .where = ITEM_GIT };
	bool any = false;
	int r;

	for (size_t i = 0; i < at->n; i++)
		any |= at->entries[i].kind != GIT_ENTRY_NONE;
	if (!any)
		return add_version(v, &item, version, err);
	if (at->entries[0].kind != GIT_ENTRY_FILE)
		return open_commit(v, id, version, err);
	item.path = strdup(v->path);
	if (!item.path)
		return err_nomem(err);
	memcpy(item.id, at->entries[0].id, GIT_ID_SIZE);
	r = add_version(v, &item, version, err);
	free(item.path);
	return r;
}

static bool is_number(const struct dver_value *x)
{
	return x->kind == DVER_VALUE_FLOAT ||
	       (x->kind == DVER_VALUE_INT && strlen(x->text) <= 15);
}

/*
 * Equal values have one key: numbers by what they are worth.  Files that are
 * not to be had have one, too, whatever was said of each.
 */
static int key_of(uint8_t key[REPORT_KEY], const struct dver_moment *m,
		  int code, struct dver_err *err)
{
	const char *text = !m->problem ? m->value.text
			   : code == DVER_EFORMAT ? m->problem : "";
	char number[64];

	if (m->kind == DVER_MOMENT_VALUE && is_number(&m->value) &&
	    !isnan(m->value.number)) {
		(void)snprintf(number, sizeof(number), "%a",
			       m->value.number + 0.0);
		return report_key(key, (const uint8_t *)"n", 1, number,
				  strlen(number), err);
	}
	number[0] = (char)('0' + m->kind);
	number[1] = (char)('0' + m->value.kind);
	return report_key(key, (const uint8_t *)number, 2, text, strlen(text),
			  err);
}

static int add_state(struct value_history *v, struct dver_moment m, int code,
		     uint32_t *out, struct dver_err *err)
{
	uint8_t key[REPORT_KEY];
	uint32_t *slot;
	bool added;
	int r = key_of(key, &m, code, err);

	if (r < 0)
		return r;
	slot = keymap_put(&v->known, key, &added);
	if (!slot)
		return err_nomem(err);
	if (added) {
		m.value.text = arena_strdup(&v->arena, m.value.text,
					    strlen(m.value.text));
		if (m.problem)
			m.problem = arena_strdup(&v->arena, m.problem,
						 strlen(m.problem));
		if (!m.value.text || (m.kind == DVER_MOMENT_PROBLEM &&
				      !m.problem) ||
		    !mem_grow(&v->states, &v->states_cap, v->nstates + 1,
			      sizeof(m)))
			return err_nomem(err);
		*slot = (uint32_t)v->nstates;
		v->states[v->nstates++] = m;
	}
	*out = *slot;
	return 0;
}

static const struct dver_named_value *value_in(const struct flat *f,
					       const char *name)
{
	size_t lo = 0, hi = f->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(f->v[f->sorted[mid]].name, name);

		if (c == 0)
			return &f->v[f->sorted[mid]];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int read_item(struct value_history *v, const struct item *item,
		     uint32_t *state, struct dver_err *err)
{
	struct view view = { .rep = &v->rep };
	struct dver_moment m = { .kind = DVER_MOMENT_VALUE,
				 .value = { .text = "" } };
	const struct dver_named_value *found;
	const struct flat *f;
	int r;

	report_trim(&v->rep);
	r = view_read(&view, item, &f, err);
	if (r < 0)
		return r;
	found = f->problem ? NULL : value_in(f, v->name);
	*state = HISTORY_NOTHING;
	/* A remote that is not there is no sign that the file is not. */
	if (f->problem && (item->where != ITEM_NOWHERE ||
			   f->code != DVER_ENOTFOUND)) {
		m.kind = DVER_MOMENT_PROBLEM;
		m.problem = f->problem;
	} else if (found) {
		m.value = found->value;
	} else {
		return 0;
	}
	return add_state(v, m, f->code, state, err);
}

static int state_of(struct history *h, uint32_t version, uint32_t *state,
		    struct dver_err *err)
{
	struct value_history *v = (struct value_history *)h;
	struct value_version *x = &v->versions[version];
	int r = 0;

	if (!x->read && x->item.path)
		r = read_item(v, &x->item, &x->state, err);
	x->read = r == 0;
	*state = x->state;
	return r;
}

int value_history_fetch(struct value_history *v, struct dver_err *err)
{
	AUTO_FREE struct transfer_root *roots =
		mem_array(v->nversions + 1, sizeof(*roots));
	struct dver_err why;
	size_t n = 0;
	int r = 0;

	if (!roots)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < v->nversions; i++) {
		const struct item *x = &v->versions[i].item;
		struct transfer_root *root = &roots[n];

		if (!x->path || x->where != ITEM_STORE)
			continue;
		r = report_store(&v->rep, err);
		root->kind = ROOT_FILE;
		root->label = x->path;
		memcpy(root->id.id, x->id, sizeof(root->id.id));
		if (r == 0)
			r = store_has(v->rep.store, &root->id, err);
		n += r == 0;
		r = MIN(r, 0);
	}
	if (r < 0)
		return r;
	/* What cannot be had is told in its place. */
	if (n > 1)
		r = exchange_fetch(v->h.repo, roots, n, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	return n > 1 ? store_refresh(v->rep.store, err) : 0;
}

int value_history_here(struct value_history *v, uint32_t *state,
		       struct dver_err *err)
{
	AUTO_VIEW struct view view = { .rep = NULL };
	int r = view_begin(&view, &v->rep, NULL, err);

	if (r == 0)
		r = view_add_path(&view, v->path, &all_keys, true, err);
	*state = HISTORY_NOTHING;
	if (r == 0 && view.n && view.v[0].code == DVER_EMISSING)
		return 0;
	if (r == 0 && view.n)
		r = read_item(v, &view.v[0], state, err);
	return r < 0 ? r : 1;
}
