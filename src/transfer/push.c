/*
 * push - frames go as they are from local packs to packs of the remote.
 *
 * The walk hands out what may be lacking; what is one chunk goes in batches
 * (push_send.c), what is cut in pieces (push_large.c), and full packs are
 * uploaded meanwhile.  Then index and roots are published.  When a pack that
 * was relied on is condemned meanwhile, all of it starts again.
 */
#include <errno.h>
#include <time.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/heads.h"
#include "store/local.h"
#include "store/tidy.h"
#include "transfer/push_internal.h"

#define TRIES 4
#define QUEUE 8

/* The recipes of files that were cut, into the local store. */
static int commit_notes(struct push *p, struct dver_err *err)
{
	struct writer_stats st;
	int r;

	if (!p->notes)
		return 0;
	r = writer_commit(&p->notes, &st, err);
	if (r == 0)
		r = store_refresh(p->local, err);
	return r < 0 ? r : store_load_indexes(p->local, err);
}

static int open_writer(struct push *p, struct dver_err *err)
{
	struct writer_opts wo = { .workers = p->opts->jobs + 1,
				  .uploads = p->opts->requests,
				  .journal = p->journal, .stage = p->stage,
				  .reuse = true };
	int r = writer_open(&p->w, p->remote, &wo, err);

	return r < 0 ? r : writer_rely(p->w, &p->relied, err);
}

/*
 * Publish what was sent so far, without roots: a push that is cut off has it
 * behind it, and no more than a slice is ever staged.
 */
static int end_slice(struct push *p, struct dver_err *err)
{
	struct writer_stats st;
	int r = pool_wait(p->pool, err);

	if (r == 0)
		r = commit_notes(p, err);
	if (r == 0)
		r = writer_commit_slice(&p->w, &st, &p->relied, err);
	if (r == 0)
		r = store_refresh(p->remote, err);
	if (r == 0)
		r = store_load_indexes(p->remote, err);
	return r < 0 ? r : open_writer(p, err);
}

int push_slice(struct push *p, struct dver_err *err)
{
	return writer_bytes(p->w) < p->opts->slice ? 0 : end_slice(p, err);
}

/* Large objects go their own way; what is left of the batch is a job. */
static int on_batch(void *data, struct batch *b, struct dver_err *err)
{
	struct push *p = data;
	size_t kept = 0;
	int r = 0;

	if (store_is_plain(p->remote))
		return push_plain_batch(p, b, err);
	for (size_t i = 0; !p->opts->dry_run && r >= 0 && i < b->n; i++) {
		struct want w = b->v[i];

		b->v[i].path = NULL;
		r = push_large(p, &w, err);
		if (r > 0)
			continue;
		b->v[kept++] = w;
	}
	if (!p->opts->dry_run)
		b->n = r < 0 ? b->n : kept;
	if (r < 0) {
		batch_free(b);
		return r;
	}
	r = p->opts->dry_run ? 0 : push_slice(p, err);
	if (r == 0)
		return push_batch(p, b, err);
	batch_free(b);
	return r;
}

/* Walk all roots that are not known to be complete. */
static int walk_all(struct push *p, struct transfer_opts *quiet,
		    struct dver_err *err)
{
	struct plan plan = { .trees = p->local, .sizes = p->local,
			     .io = p->io[p->opts->jobs],
			     .complete = &p->complete, .opts = quiet,
			     .give = on_batch, .data = p };
	int r = 0, w;

	plan_init(&plan);
	for (size_t i = 0; r == 0 && i < p->n; i++)
		r = plan_root(&plan, &p->roots[i], err);
	if (r == 0)
		r = plan_flush(&plan, err);
	w = pool_wait(p->pool, r < 0 ? NULL : err);
	r = r < 0 ? r : w;
	w = push_plain_wait(p, r < 0 ? NULL : err);
	plan_release(&plan);
	return r < 0 ? r : w;
}

static int add_roots(struct push *p, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->n; i++) {
		const struct transfer_root *root = &p->roots[i];

		if (strvec_has(&p->lacking, root->label) ||
		    complete_recorded(&p->complete, &root->id))
			continue;
		r = writer_add_root(p->w, root->kind, &root->id, err);
	}
	return r;
}

static int note_root(struct push *p, const struct transfer_root *root,
		     struct dver_err *err)
{
	int64_t recorded = complete_recorded(&p->complete, &root->id);

	return complete_add(&p->complete, root->label, &root->id,
			    recorded ? recorded : p->began, err);
}

/*
 * Remember what is complete now; a failure here costs a walk next time.  What
 * was condemned since gc/ was looked at may be what this push relied on.
 */
static void remember(struct push *p)
{
	struct dver_err err;

	if (store_refresh(p->remote, &err) < 0 ||
	    !complete_same_gc(&p->gc, store_gc_names(p->remote)))
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!strvec_has(&p->lacking, p->roots[i].label) &&
		    note_root(p, &p->roots[i], &err) < 0)
			return;
	(void)complete_save(&p->complete, p->opts->folder,
			    store_local_root(p->local), p->remote, &err);
}

/* For readers that cannot list; where nobody can, without it nothing is. */
static int tell_heads(struct push *p, struct dver_err *err)
{
	int r = heads_write(p->remote, err);

	if (r == 0 || store_transport(p->remote)->lists_by_heads)
		return r;
	log_at(1, "push: %s", err->msg);
	return 0;
}

/* Nothing to do: all is there, and recorded there not long ago. */
static bool all_complete(const struct push *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!complete_recorded(&p->complete, &p->roots[i].id))
			return false;
	return true;
}

static int copy_names(struct strvec *to, const struct strvec *from,
		      struct dver_err *err)
{
	strvec_clear(to);
	for (size_t i = 0; i < from->n; i++)
		if (!strvec_push(to, from->v[i]))
			return err_nomem(err);
	return 0;
}

/*
 * The packs of what was known to be complete were not looked at, so nobody
 * can tell whether one of them was condemned meanwhile.
 */
static int check_gc(struct push *p, struct dver_err *err)
{
	const struct strvec *now = store_gc_names(p->remote);

	if (p->complete.n && !complete_same_gc(&p->gc, now))
		return err_set(err, DVER_ECONFLICT, "'%s' was collected while "
			       "this went on: run the command again",
			       store_transport(p->remote)->url);
	return copy_names(&p->gc, now, err);
}

static int publish(struct push *p, struct dver_err *err)
{
	struct writer_stats st;
	int r;

	if (store_is_plain(p->remote)) {
		r = push_plain_publish(p, err);
		if (r == 0)
			remember(p);
		return r;
	}
	r = add_roots(p, err);
	if (r == 0)
		r = writer_commit(&p->w, &st, err);
	if (r == 0)
		r = check_gc(p, err);
	if (r < 0)
		return r;
	/* This only makes later pushes cheaper. */
	(void)tidy_after_commit(p->remote, p->stage, NULL);
	r = tell_heads(p, err);
	if (r == 0)
		remember(p);
	return r;
}

static int attempt(struct push *p, const char *stage, struct dver_err *err)
{
	int r = store_refresh(p->remote, err);

	p->stage = stage;
	p->began = (int64_t)time(NULL);
	keymap_clear(&p->relied);
	complete_release(&p->complete);
	strvec_clear(&p->lacking);
	if (r == 0)
		r = copy_names(&p->gc, store_gc_names(p->remote), err);
	if (r == 0)
		r = complete_load(&p->complete, p->opts->folder, p->remote,
				  err);
	if (r < 0 || all_complete(p))
		return r;
	r = store_load_indexes(p->remote, err);
	if (r == 0 && !store_is_plain(p->remote))
		r = open_writer(p, err);
	if (r == 0)
		r = walk_all(p, &(struct transfer_opts){
			.cancel = p->opts->cancel,
			.slice = p->opts->slice,
			.files_total = p->opts->files_total,
			.bytes_total = p->opts->bytes_total },
			err);
	if (r == 0)
		r = commit_notes(p, err);
	if (r == 0 && !p->opts->dry_run)
		r = publish(p, err);
	writer_abort(TAKE(p->notes));
	writer_abort(TAKE(p->w));
	return r;
}

static int start(struct push *p, struct dver_err *err)
{
	int jobs = p->opts->jobs;
	int r;

	p->io = mem_array((size_t)jobs + 1, sizeof(*p->io));
	p->journal = str_printf("%s/journal", p->opts->folder);
	if (!p->journal)
		return err_nomem(err);
	r = p->io ? pool_new(&p->pool, jobs, QUEUE, err) : err_nomem(err);
	for (int i = 0; r == 0 && i <= jobs; i++)
		r = store_io_new(&p->io[i], err);
	if (r == 0)
		r = store_refresh(p->local, err);
	return r < 0 ? r : store_load_indexes(p->local, err);
}

static void push_release(struct push *p)
{
	pool_free(p->pool);
	pool_free(p->puts);
	free(p->journal);
	for (int i = 0; p->io && i <= p->opts->jobs; i++)
		store_io_free(p->io[i]);
	free(p->io);
	complete_release(&p->complete);
	strvec_release(&p->lacking);
	strvec_release(&p->gc);
	keymap_release(&p->relied);
	pthread_mutex_destroy(&p->mutex);
}

int transfer_push(struct store *local, struct store *remote,
		  const struct transfer_root *roots, size_t n,
		  const struct transfer_opts *opts,
		  struct transfer_stats *stats, struct dver_err *err)
{
	struct push p = { .local = local, .remote = remote, .roots = roots,
			  .n = n, .opts = opts, .stats = stats };
	struct transport *t = store_transport(remote);
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	uint64_t requests = t->requests;
	uint64_t wire = t->bytes_in + t->bytes_out;
	int r;

	*stats = (struct transfer_stats){ 0 };
	pthread_mutex_init(&p.mutex, NULL);
	keymap_init(&p.relied, RAND_NAME, 0);
	r = start(&p, err);
	if (r == 0)
		r = tmpdir_new(&tmp, store_local_root(local), err);
	for (int i = 0; r == 0 && i < TRIES; i++) {
		*stats = (struct transfer_stats){ 0 };
		r = attempt(&p, tmpdir_path(tmp), err);
		if (r != DVER_ECONFLICT || i + 1 == TRIES)
			break;
		r = 0;
	}
	stats->requests = t->requests - requests;
	stats->wire = t->bytes_in + t->bytes_out - wire;
	if (r == 0 && stats->missing)
		r = err_set(err, DVER_EMISSING, "%llu objects are neither in "
			    "the local store nor in the remote: %s",
			    (unsigned long long)stats->missing, p.why.msg);
	push_release(&p);
	return r;
}
