#include "report/history_stage.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/path.h"
#include "report/stage_parts.h"

const char *const stage_part_kinds[PARTS] = {
	[PART_COMMAND] = "command", [PART_INPUT] = "input",
	[PART_PARAMETER] = "parameter", [PART_OUTPUT] = "output",
	[PART_OPTION] = "option",
};

static int open_version(struct history *h, const uint8_t id[GIT_ID_SIZE],
			const struct git_place *at, uint32_t *version,
			struct dver_err *err);

/* States are found as versions are opened. */
static int state_of(struct history *h, uint32_t version, uint32_t *state,
		    struct dver_err *err)
{
	(void)h;
	(void)err;
	*state = version;
	return 0;
}

/* The first of all is that nothing is there. */
static int add_nothing(struct stage_history *s, struct dver_err *err)
{
	if (!mem_grow(&s->definitions, &s->definitions_cap, 1,
		      sizeof(*s->definitions)) ||
	    !mem_grow(&s->records, &s->records_cap, 1, sizeof(*s->records)) ||
	    !mem_grow(&s->states, &s->states_cap, 1, sizeof(*s->states)))
		return err_nomem(err);
	s->definitions[s->ndefinitions++] =
		(struct stage_definition){ .problem = NULL };
	s->records[s->nrecords++] = (struct stage_record){ .problem = NULL };
	s->states[s->nstates++] = (struct stage_state){ 0, 0 };
	return 0;
}

int stage_history_open(struct stage_history *s, struct dver_repo *repo,
		       const char *file, const char *name, const char *rev,
		       struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(file);
	int r;

	s->h.open = open_version;
	s->h.state = state_of;
	s->file = file;
	s->name = name;
	keymap_init(&s->known_definitions, HASH_SIZE, sizeof(uint32_t));
	keymap_init(&s->known_records, HASH_SIZE, sizeof(uint32_t));
	keymap_init(&s->known_states, HASH_SIZE, sizeof(uint32_t));
	r = history_begin(&s->h, repo, rev, err);
	s->lock = dir ? path_join(dir, LOCKFILE_NAME) : NULL;
	if (r == 0 && !s->lock)
		r = err_nomem(err);
	if (r == 0)
		r = add_nothing(s, err);
	if (r == 0)
		r = git_trail_watch(s->h.trail, file, err);
	return r < 0 ? r : git_trail_watch(s->h.trail, s->lock, err);
}

static void definition_release(struct stage_definition *d)
{
	for (size_t k = 0; k < PARTS; k++)
		strvec_release(&d->parts[k]);
	free(d->problem);
}

static void record_release(struct stage_record *x)
{
	locked_stage_release(&x->stage);
	free(x->problem);
}

void stage_history_close(struct stage_history *s)
{
	for (size_t i = 0; i < s->ndefinitions; i++)
		definition_release(&s->definitions[i]);
	for (size_t i = 0; i < s->nrecords; i++)
		record_release(&s->records[i]);
	free(s->definitions);
	free(s->records);
	free(s->states);
	free(s->lock);
	keymap_release(&s->known_definitions);
	keymap_release(&s->known_records);
	keymap_release(&s->known_states);
	history_end(&s->h);
}

/* The number of what has this text; *added: the next of `n`, not yet there. */
static int intern(struct keymap *known, const struct buf *text, size_t n,
		  uint32_t *out, bool *added, struct dver_err *err)
{
	uint8_t key[HASH_SIZE];
	uint32_t *slot;
	int r = buf_check(text, err);

	if (r == 0)
		r = hash_bytes(key, text->data, text->len, err);
	if (r < 0)
		return r;
	slot = keymap_put(known, key, added);
	if (!slot || n >= UINT32_MAX)
		return err_nomem(err);
	if (*added)
		*slot = (uint32_t)n;
	*out = *slot;
	return 0;
}

/* Where one version is read from: a commit, or the workspace. */
struct reading {
	struct stage_history *s;
	struct git_snapshot *snap;	/* NULL: the workspace */
	struct strvec reads;		/* files that were asked for */
};

static int each(void *data, discover_fn load, void *load_data,
		struct dver_err *err)
{
	const struct reading *x = data;
	AUTO_STRVEC struct strvec outs = STRVEC_INIT;

	return load(load_data, x->s->file, &outs, err);
}

static int read_text(void *data, const char *path, size_t max, char **text,
		     size_t *len, struct dver_err *err)
{
	struct reading *x = data;
	struct source disk = source_workspace(x->s->h.repo);
	struct git_entry e;
	int r;

	if (!x->snap)
		return disk.read(disk.data, path, max, text, len, err);
	if (!strvec_push(&x->reads, path))
		return err_nomem(err);
	r = git_snapshot_find(x->snap, path, &e, err);
	if (r < 0 || e.kind == GIT_ENTRY_NONE)
		return r;
	if (e.kind != GIT_ENTRY_FILE)
		return err_set(err, DVER_EFORMAT, "'%s' is no regular file",
			       path);
	r = git_blob_text(x->s->h.repo->git, e.id, path, max, text, len, err);
	return r < 0 ? r : 1;
}

static int add_options(struct strvec *out, const struct stage *st,
		       const char *file, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(file);
	AUTO_FREE char *text = str_printf("runs in %s", *st->dir ? st->dir
								 : ".");
	bool ok = dir && text;

	if (ok && !streq(streq(dir, ".") ? "" : dir, st->dir))
		ok = strvec_push(out, text);
	if (ok && st->frozen)
		ok = strvec_push(out, "frozen");
	if (ok && st->always_changed)
		ok = strvec_push(out, "always changed");
	return ok ? 0 : err_nomem(err);
}

/* What its file says of it, the order of commands alone as it stands. */
static int list_parts(struct stage_definition *d, const struct stage *st,
		      const char *file, struct dver_err *err)
{
	static const stage_list_fn lists[] = {
		[PART_COMMAND] = stage_commands, [PART_INPUT] = stage_inputs,
		[PART_PARAMETER] = stage_parameters,
		[PART_OUTPUT] = stage_outputs,
	};
	int r = 0;

	for (size_t k = 0; r == 0 && k < ARRAY_SIZE(lists); k++) {
		r = lists[k](&d->parts[k], st, err);
		if (k != PART_COMMAND)
			strvec_sort(&d->parts[k]);
	}
	return r < 0 ? r : add_options(&d->parts[PART_OPTION], st, file, err);
}

/* *found: dver.yaml has the stage, or cannot be read. */
static int read_definition(struct reading *x, struct stage_definition *d,
			   bool *found, struct dver_err *err)
{
	struct source src = { each, read_text, x, x->s->h.repo };
	AUTO_PIPELINE struct pipeline *p = NULL;
	AUTO_FREE char *text = NULL;
	struct dver_err why;
	size_t len;
	int r = read_text(x, x->s->file, PIPELINE_FILE_MAX, &text, &len, &why);

	*found = r != 0;
	if (r > 0)
		r = pipeline_load_from(&p, &src, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0) {
		d->problem = strdup(why.msg);
		return d->problem ? 0 : err_nomem(err);
	}
	*found = false;
	for (size_t i = 0; r == 0 && p && i < p->n; i++)
		if (streq(p->v[i].name, x->s->name)) {
			*found = true;
			r = list_parts(d, &p->v[i], x->s->file, err);
		}
	return r;
}

static int add_definition(struct reading *x, uint32_t *out,
			  struct dver_err *err)
{
	struct stage_history *s = x->s;
	struct stage_definition d = { .problem = NULL };
	AUTO_BUF struct buf key = BUF_BIG;
	bool found = false, added = false;
	int r = read_definition(x, &d, &found, err);

	*out = 0;
	buf_addstr(&key, d.problem ? d.problem : "");
	for (size_t k = 0; k < PARTS; k++)
		for (size_t i = 0; i < d.parts[k].n; i++) {
			buf_addc(&key, '\0');
			buf_addc(&key, (int)('0' + k));
			buf_addstr(&key, d.parts[k].v[i]);
		}
	if (r == 0 && found)
		r = intern(&s->known_definitions, &key, s->ndefinitions, out,
			   &added, err);
	if (r == 0 && added &&
	    !mem_grow(&s->definitions, &s->definitions_cap,
		      s->ndefinitions + 1, sizeof(d)))
		r = err_nomem(err);
	if (r == 0 && added)
		s->definitions[s->ndefinitions++] = d;
	else
		definition_release(&d);
	return r;
}

static int read_record(struct reading *x, struct stage_record *out,
		       struct buf *key, bool *found, struct dver_err *err)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	const struct stage_history *s = x->s;
	const struct locked_stage *st;
	AUTO_FREE char *text = NULL;
	struct dver_err why;
	size_t len = 0;
	int r = read_text(x, s->lock, LOCKFILE_MAX, &text, &len, &why);

	*found = r != 0;
	if (r > 0)
		r = lockfile_parse(&l, s->lock, s->lock, text, len, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL)
		return err_set(err, r, "%s", why.msg);
	if (r < 0) {
		out->problem = strdup(why.msg);
		buf_addstr(key, why.msg);
		return out->problem ? 0 : err_nomem(err);
	}
	st = lockfile_find(&l, s->name);
	*found = st != NULL;
	r = st ? locked_stage_put(key, s->lock, st, err) : 0;
	return r == 0 && st ? locked_stage_copy(&out->stage, st, err) : r;
}

static int add_record(struct reading *x, uint32_t *out, struct dver_err *err)
{
	struct stage_history *s = x->s;
	struct stage_record rec = { .problem = NULL };
	AUTO_BUF struct buf key = BUF_BIG;
	bool found = false, added = false;
	int r = read_record(x, &rec, &key, &found, err);

	*out = 0;
	if (r == 0 && found)
		r = intern(&s->known_records, &key, s->nrecords, out, &added,
			   err);
	if (r == 0 && added && !mem_grow(&s->records, &s->records_cap,
					 s->nrecords + 1, sizeof(rec)))
		r = err_nomem(err);
	if (r == 0 && added)
		s->records[s->nrecords++] = rec;
	else
		record_release(&rec);
	return r;
}

static int add_state(struct reading *x, uint32_t *out, struct dver_err *err)
{
	struct stage_history *s = x->s;
	struct stage_state st = { 0, 0 };
	AUTO_BUF struct buf key = BUF_BIG;
	bool added = false;
	int r = add_definition(x, &st.definition, err);

	if (r == 0)
		r = add_record(x, &st.record, err);
	*out = HISTORY_NOTHING;
	if (r < 0 || (!st.definition && !st.record))
		return r;
	buf_add_le32(&key, st.definition);
	buf_add_le32(&key, st.record);
	r = intern(&s->known_states, &key, s->nstates, out, &added, err);
	if (r < 0 || !added)
		return r;
	if (!mem_grow(&s->states, &s->states_cap, s->nstates + 1, sizeof(st)))
		return err_nomem(err);
	s->states[s->nstates++] = st;
	return 0;
}

/* What a definition is read from counts from now on, too. */
static int open_version(struct history *h, const uint8_t id[GIT_ID_SIZE],
			const struct git_place *at, uint32_t *version,
			struct dver_err *err)
{
	struct reading x = { .s = (struct stage_history *)h };
	char hex[GIT_HEX];
	int r;

	(void)at;
	git_hex(hex, id);
	r = git_snapshot_open(&x.snap, h->repo->git, hex, err);
	if (r == 0)
		r = add_state(&x, version, err);
	for (size_t i = 0; r == 0 && i < x.reads.n; i++)
		r = git_trail_watch(h->trail, x.reads.v[i], err);
	strvec_release(&x.reads);
	git_snapshot_free(x.snap);
	return r;
}

int stage_history_here(struct stage_history *s, uint32_t *state,
		       struct dver_err *err)
{
	struct reading x = { .s = s };
	int r = add_state(&x, state, err);

	strvec_release(&x.reads);
	return r;
}
