/*
 * undo - the last command is taken back: what moved moves back, what lay on
 * the disk lies there again, pointers and record say what they said.
 *
 * The log entry goes last, so a run that was killed is finished by the next:
 * each step sees when it was done already.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "workspace/bring.h"
#include "workspace/exchange.h"
#include "workspace/tracking.h"
#include "workspace/undo_log.h"

struct undoing {
	struct session *ss;
	struct scanner *s;
	struct undo u;
	bool force;
	struct bring_item *items;	/* owned; one a disk */
	struct strvec *lacks;		/* owned; what was not made */
	struct tracking tracking;
};

static bool same_text(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

/* A pointer that holds neither what it got nor what it had was moved. */
static int check_pointer(struct undoing *x, const struct undo_pointer *p,
			 struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(x->ss->repo->root, p->path);
	AUTO_FREE char *now = NULL;
	size_t len;
	int r;

	if (!disk)
		return err_nomem(err);
	r = os_slurp(&now, &len, disk, POINTER_MAX, err);
	if (r == DVER_ENOTFOUND)
		r = 0;
	if (r < 0 || x->force || same_text(now, p->is) ||
	    same_text(now, p->was))
		return r;
	return err_set(err, DVER_ECONFLICT, "'%s' was changed since '%s': "
		       "--force puts it back all the same", p->path,
		       x->u.command.data);
}

static int check(struct undoing *x, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->u.npointers; i++)
		r = check_pointer(x, &x->u.pointers[i], err);
	for (size_t i = 0; r == 0 && i < x->u.nmoves; i++)
		r = undo_check_move(x->s, &x->u.moves[i], err);
	return r;
}

/* Files that could not be made are not here from now on. */
static int note_lacks(struct bring *b, size_t i, struct dver_err *err)
{
	struct undoing *x = b->data;
	const struct strvec *missing = b->v[i].missing;

	for (size_t j = 0; j < missing->n; j++)
		if (!strvec_push(&x->lacks[i], missing->v[j]))
			return err_nomem(err);
	return 0;
}

/* What was dropped lies in a remote; where that is silent it stays gone. */
static void fetch_dropped(struct undoing *x)
{
	AUTO_FREE struct transfer_root *v = mem_array(x->u.ndisks + 1,
						      sizeof(*v));
	size_t n = 0;

	if (!v || !str_starts(x->u.command.data, "drop"))
		return;
	for (size_t i = 0; i < x->u.ndisks; i++) {
		const struct undo_disk *d = &x->u.disks[i];

		if (d->at.kind)
			v[n++] = (struct transfer_root){
				.kind = d->at.kind == TREE_DIR ? ROOT_TREE
							       : ROOT_FILE,
				.id = d->at.id, .size = d->at.bytes,
				.label = d->path };
	}
	if (n)
		(void)exchange_fetch(x->ss->repo, v, n, NULL);
}

/* What was on the disk, as far as its bytes were ever stored. */
static int bring_back(struct undoing *x, struct dver_err *err)
{
	struct bring b = { .ss = x->ss, .s = x->s, .force = x->force,
			   .gentle = true, .n = x->u.ndisks,
			   .done = note_lacks, .data = x };
	int r;

	if (x->u.ndisks == 0)
		return 0;
	b.v = x->items = mem_array(b.n, sizeof(*b.v));
	x->lacks = mem_array(b.n, sizeof(*x->lacks));
	if (!b.v || !x->lacks)
		return err_nomem(err);
	fetch_dropped(x);
	for (size_t i = 0; i < b.n; i++) {
		b.v[i].path = x->u.disks[i].path;
		b.v[i].want = x->u.disks[i].at;
	}
	r = bring_run(&b, err);
	bring_release(&b);
	return r;
}

static int restore_record(struct undoing *x, struct dver_err *err)
{
	struct record *now = &x->ss->record;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->u.outputs.n; i++) {
		const char *path = x->u.outputs.v[i];
		const struct recorded *e = record_find(&x->u.record, path);

		if (e)
			r = record_copy(now, e, path, err);
		else
			record_remove(now, path);
	}
	for (size_t i = 0; r == 0 && x->lacks && i < x->u.ndisks; i++) {
		struct recorded *e = record_find(now, x->u.disks[i].path);

		for (size_t j = 0; e && e->kind == ROOT_TREE && r == 0 &&
				   j < x->lacks[i].n; j++)
			r = recorded_add_lack(e, x->lacks[i].v[j], err);
	}
	return r < 0 ? r : session_save(x->ss, err);
}

/* The output whose pointer that is. */
static char *output_of(const struct undo_pointer *p)
{
	AUTO_POINTER struct pointer ptr = { .out = NULL };
	const char *text = p->was ? p->was : p->is;
	AUTO_FREE char *dir = path_dir(p->path);

	if (!text || !dir ||
	    pointer_parse(&ptr, p->path, text, strlen(text), NULL) < 0)
		return NULL;
	return path_join(dir, ptr.out);
}

/* The words of a dver.yaml that followed a move, if nobody edited it since. */
static int restore_words(struct undoing *x, const struct undo_file *f,
			 struct dver_err *err)
{
	AUTO_FREE char *disk = path_join(x->ss->repo->root, f->path);
	AUTO_FREE char *now = NULL;
	size_t len;
	int r;

	if (!disk)
		return err_nomem(err);
	r = os_slurp(&now, &len, disk, SIZE_MAX / 4, err);
	if (r < 0 && r != DVER_ENOTFOUND)
		return r;
	if (same_text(now, f->before))
		return 0;
	if (same_text(now, f->after))
		return tracking_put(&x->tracking, f->path, f->before, err);
	repo_note(x->ss->repo, DVER_NOTE_WARNING, "'%s' was changed since: the "
		  "words that '%s' changed in it stay", f->path,
		  x->u.command.data);
	return 0;
}

static int restore_pointers(struct undoing *x, struct dver_err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->u.npointers; i++)
		r = tracking_put(&x->tracking, x->u.pointers[i].path,
				 x->u.pointers[i].was, err);
	if (r == 0)
		r = restore_record(x, err);
	for (size_t i = 0; r == 0 && i < x->u.npointers; i++) {
		const struct undo_pointer *p = &x->u.pointers[i];
		AUTO_FREE char *path = output_of(p);

		if (path)
			r = tracking_ignore(&x->tracking, path, p->was != NULL,
					    err);
	}
	for (size_t i = x->u.nfiles; r == 0 && i-- > 0;)
		r = restore_words(x, &x->u.files[i], err);
	return r < 0 ? r : tracking_stage(&x->tracking, err);
}

/* Bytes that nobody ever stored cannot come back: that is no failure. */
static int run(struct undoing *x, struct dver_err *err)
{
	struct dver_err why = { 0 };
	int r = check(x, err);
	int missing = 0;

	for (size_t i = x->u.nmoves; r == 0 && i-- > 0;)
		r = undo_move_back(x->s, &x->u.moves[i], err);
	if (r == 0)
		missing = bring_back(x, &why);
	if (missing < 0 && missing != DVER_EMISSING)
		return err_set(err, missing, "%s", why.msg);
	if (r == 0)
		r = restore_pointers(x, err);
	if (r == 0 && missing)
		repo_note(x->ss->repo, DVER_NOTE_WARNING, "%s: dver pull "
			  "brings what a remote has", why.msg);
	return r;
}

/* The latest entry that can be read. */
static int load_last(struct undoing *x, struct dver_err *err)
{
	AUTO_FREE uint64_t *numbers = NULL;
	size_t n;
	int r = undo_numbers(x->ss->repo, &numbers, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = undo_load(&x->u, x->ss->repo, numbers[i], err);
		if (r == 0)
			undo_forget(x->ss->repo, numbers[i]);
	}
	if (r == 0)
		r = err_set(err, DVER_ENOTFOUND, "there is nothing to undo");
	return MIN(r, 0);
}

static int tell(const struct undo *u,
		int (*fn)(void *data, const struct dver_undo_entry *e),
		void *data)
{
	return fn ? fn(data, &(struct dver_undo_entry){
		.number = u->seq, .time = u->time,
		.command = u->command.data }) : 0;
}

int dver_undo(struct dver_repo *repo, bool force,
	      int (*fn)(void *data, const struct dver_undo_entry *e),
	      void *data, struct dver_err *err)
{
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	struct undoing x = { .ss = &ss, .u = UNDO_INIT, .force = force,
			     .tracking = { .repo = repo } };
	int r = session_open(&ss, repo, SESSION_WRITE, NULL, 0, err);

	if (r == 0)
		r = load_last(&x, err);
	if (r == 0)
		r = scanner_open(&s, repo, force, err);
	x.s = s;
	if (r == 0)
		r = run(&x, err);
	if (r == 0) {
		undo_forget(repo, x.u.seq);
		r = tell(&x.u, fn, data);
	}
	for (size_t i = 0; x.lacks && i < x.u.ndisks; i++)
		strvec_release(&x.lacks[i]);
	free(x.lacks);
	free(x.items);
	tracking_release(&x.tracking);
	undo_release(&x.u);
	return r;
}

int dver_undo_each(struct dver_repo *repo,
		   int (*fn)(void *data, const struct dver_undo_entry *e),
		   void *data, struct dver_err *err)
{
	AUTO_FREE uint64_t *numbers = NULL;
	size_t n;
	int r = undo_numbers(repo, &numbers, &n, err);

	for (size_t i = 0; r == 0 && i < n && i < UNDO_KEPT; i++) {
		AUTO_UNDO struct undo u = UNDO_INIT;

		r = undo_load(&u, repo, numbers[i], err);
		if (r > 0)
			r = tell(&u, fn, data);
	}
	return r;
}
