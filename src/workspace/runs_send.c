/*
 * runs_send - what stages made when they ran before, to a remote.
 *
 * Sent are runs of stages of this workspace, as its lock files know them: the
 * local store may have those of other projects.  What they made goes first,
 * then a bundle of the entries.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "repo/outputs.h"
#include "repo/runfile.h"
#include "transfer/bundle.h"
#include "workspace/exchange_internal.h"
#include "workspace/stage_data.h"

/* A run that is about to be sent. */
struct sent_run {
	struct bundle_entry e;
	char *text;			/* owned */
	struct locked_stage run;
	bool lacks;			/* what it made is damaged here */
};

struct sending {
	struct exchange *x;
	struct dver_exchange_stats *stats;
	struct keymap there;		/* values that the remote has */
	struct keymap shapes;		/* of stages -> bool: may be sent */
	struct keymap stored;		/* ids of outputs that are here */
	struct sent_run **v;		/* owned */
	size_t n, cap;
	size_t bytes;
};

static void sent_free(struct sent_run *s)
{
	if (!s)
		return;
	locked_stage_release(&s->run);
	free(s->text);
	free(s);
}

static void forget_runs(struct sending *s)
{
	for (size_t i = 0; i < s->n; i++)
		sent_free(s->v[i]);
	s->n = s->bytes = 0;
}

/* Paths of what a stage reads and makes: these tell whose run it is. */
static int shape_of(uint8_t out[HASH_SIZE], const struct locked_stage *s,
		    struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	int r;

	for (size_t i = 0; i < s->ndeps; i++)
		buf_add(&b, s->deps[i].p.out, strlen(s->deps[i].p.out) + 1);
	buf_addc(&b, '\0');
	for (size_t i = 0; i < s->nouts; i++)
		buf_add(&b, s->outs[i].p.out, strlen(s->outs[i].p.out) + 1);
	r = buf_check(&b, err);
	return r < 0 ? r : hash_bytes(out, b.data, b.len, err);
}

static bool may_send(const struct locked_stage *s)
{
	for (size_t i = 0; i < s->nouts; i++)
		if (s->outs[i].no_push)
			return false;
	return true;
}

static int add_shapes(struct sending *s, const char *lock_path,
		      struct dver_err *err)
{
	AUTO_FREE char *path = path_join(s->x->repo->root, lock_path);
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = 0;

	if (!path)
		return err_nomem(err);
	/* One that cannot be read is told by everything else. */
	if (os_slurp(&text, &len, path, LOCKFILE_MAX, NULL) < 0 ||
	    lockfile_parse(&l, lock_path, lock_path, text, len, NULL) < 0)
		return 0;
	for (size_t i = 0; r == 0 && i < l.n; i++) {
		uint8_t shape[HASH_SIZE];
		bool *may;

		r = shape_of(shape, &l.v[i], err);
		if (r < 0)
			break;
		may = keymap_put(&s->shapes, shape, NULL);
		if (!may)
			return err_nomem(err);
		*may = may_send(&l.v[i]);
	}
	return r;
}

static int find_shapes(struct sending *s, struct dver_err *err)
{
	AUTO_OUTPUTS struct outputs o = OUTPUTS_INIT;
	AUTO_STRVEC struct strvec files = STRVEC_INIT;
	int r = outputs_load(&o, s->x->repo, NULL, err);

	/* One whose stages have no output in the store is not in there. */
	if (r == 0 && !strvec_push(&files, LOCKFILE_NAME))
		r = err_nomem(err);
	for (size_t i = 0; r == 0 && i < o.n; i++)
		if (o.v[i].stage && !strvec_push(&files, o.v[i].pointer_path))
			r = err_nomem(err);
	strvec_sort(&files);
	strvec_uniq(&files);
	for (size_t i = 0; r == 0 && i < files.n; i++)
		r = add_shapes(s, files.v[i], err);
	return r;
}

static int on_there(void *data, const struct bundle_entry *e,
		    struct dver_err *err)
{
	struct sending *s = data;

	return keymap_put(&s->there, e->value.id, NULL) ? 0 : err_nomem(err);
}

static void send_bad(void *data, const char *why)
{
	exchange_bad_bundle(((struct sending *)data)->x, why);
}

/* Is all that it made in the local store?  1, 0, < 0. */
static int all_stored(struct sending *s, const struct locked_stage *run,
		      struct dver_err *err)
{
	int r = 1;

	for (size_t i = 0; r > 0 && i < run->nouts; i++) {
		const struct pointer *p = &run->outs[i].p;

		if (keymap_get(&s->stored, p->id.id))
			continue;
		r = stage_data_stored(s->x->repo, p, err);
		if (r > 0 && !keymap_put(&s->stored, p->id.id, NULL))
			r = err_nomem(err);
	}
	return r;
}

/* Is it ours to send?  1, 0, < 0. */
static int is_wanted(struct sending *s, const struct locked_stage *run,
		     struct dver_err *err)
{
	uint8_t shape[HASH_SIZE];
	const bool *may;
	int r = shape_of(shape, run, err);

	if (r < 0)
		return r;
	may = keymap_get(&s->shapes, shape);
	return may && *may && may_send(run) ? all_stored(s, run, err) : 0;
}

/* Of a run that was sent once; told by what is missing. */
static int on_lacking(void *data, const struct transfer_root *root,
		      const char *path, const struct oid *id, uint64_t size)
{
	/* Roots are const to those who move them; the tag is ours. */
	struct sent_run *run = *(struct sent_run *const *)root->tag;

	(void)data;
	(void)path;
	(void)id;
	(void)size;
	run->lacks = true;
	return 0;
}

struct run_roots {
	struct transfer_root *v;	/* owned */
	size_t n, cap;
	struct strvec labels;
};

static int add_roots(struct run_roots *r, struct sent_run *const *run,
		     struct dver_err *err)
{
	for (size_t i = 0; i < (*run)->run.nouts; i++) {
		const struct pointer *p = &(*run)->run.outs[i].p;
		char *label = str_printf("run:%s", p->out);

		if (!label || !strvec_take(&r->labels, &label) ||
		    !mem_grow(&r->v, &r->cap, r->n + 1, sizeof(*r->v))) {
			free(label);
			return err_nomem(err);
		}
		r->v[r->n++] = (struct transfer_root){
			.kind = p->kind, .id = p->id, .size = p->size,
			.label = r->labels.v[r->labels.n - 1], .tag = run };
	}
	return 0;
}

static void count(struct dver_exchange_stats *to,
		  const struct transfer_stats *st)
{
	to->files += st->files;
	to->bytes += st->bytes;
	to->objects += st->objects;
}

/* What the runs made. */
static int send_outputs(struct sending *s, struct dver_err *err)
{
	struct transfer_opts to = s->x->to;
	struct transfer_stats st = { 0 };
	struct run_roots roots = { .v = NULL };
	int r = 0;

	to.missing = on_lacking;
	for (size_t i = 0; r == 0 && i < s->n; i++)
		r = add_roots(&roots, &s->v[i], err);
	if (r == 0)
		r = transfer_push(s->x->local, s->x->remote, roots.v, roots.n,
				  &to, &st, err);
	count(s->stats, &st);
	free(roots.v);
	strvec_release(&roots.labels);
	return r == DVER_EMISSING ? 0 : r;
}

static int send_runs(struct sending *s, struct dver_err *err)
{
	AUTO_FREE struct bundle_entry *v = mem_array(s->n + 1, sizeof(*v));
	size_t n = 0, lacking = 0;
	int r = v ? 0 : err_nomem(err);

	if (r == 0 && s->n)
		r = send_outputs(s, err);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		if (s->v[i]->lacks)
			lacking++;
		else
			v[n++] = s->v[i]->e;
	}
	if (lacking)
		repo_note(s->x->repo, DVER_NOTE_WARNING, "%zu run%s left out: "
			  "what %s made is damaged here: run dver fsck",
			  lacking, lacking > 1 ? "s" : "",
			  lacking > 1 ? "they" : "it");
	if (r == 0 && n && !s->x->opts->dry_run)
		r = bundles_put(s->x->remote, s->x->folder, v, n, err);
	if (r == 0)
		s->stats->runs += n;
	forget_runs(s);
	return r;
}

static int on_local(void *data, const struct run_id *id, struct dver_err *err)
{
	struct sending *s = data;
	struct sent_run *run;
	size_t len;
	int r = cancel_check(&s->x->repo->cancel, err);

	if (r < 0 || keymap_get(&s->there, id->value.id))
		return r;
	run = calloc(1, sizeof(*run));
	if (!run)
		return err_nomem(err);
	r = runfile_read(&run->run, &run->text, &len, s->x->repo->cache, id,
			 err);
	if (r > 0)
		r = is_wanted(s, &run->run, err);
	if (r > 0 && !mem_grow(&s->v, &s->cap, s->n + 1,
			       sizeof(struct sent_run *)))
		r = err_nomem(err);
	if (r <= 0) {
		sent_free(run);
		return r;
	}
	run->e = (struct bundle_entry){ id->key, id->value, run->text, len };
	s->v[s->n++] = run;
	s->bytes += len;
	return s->bytes < BUNDLE_TEXT_MAX / 2 ? 0 : send_runs(s, err);
}

int exchange_send_runs(struct exchange *x, struct dver_exchange_stats *stats,
		       struct dver_err *err)
{
	struct transport *t = store_transport(x->remote);
	uint64_t requests = t->requests, wire = t->bytes_in + t->bytes_out;
	struct sending s = { .x = x, .stats = stats };
	int r;

	keymap_init(&s.there, HASH_SIZE, 0);
	keymap_init(&s.shapes, HASH_SIZE, sizeof(bool));
	keymap_init(&s.stored, HASH_SIZE, 0);
	r = find_shapes(&s, err);
	if (r == 0)
		r = bundles_each(x->remote, x->folder, on_there, send_bad, &s,
				 err);
	if (r == 0)
		r = runfile_each(x->repo->cache, on_local, &s, err);
	if (r == 0 && s.n)
		r = send_runs(&s, err);
	exchange_count_wire(stats, t, requests, wire);
	forget_runs(&s);
	free(s.v);
	keymap_release(&s.there);
	keymap_release(&s.shapes);
	keymap_release(&s.stored);
	return r;
}
