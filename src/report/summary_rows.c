/*
 * summary_rows - small files of both sides: from the disk, the local store or
 * else the default remote, each of them alone.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "pipeline/source.h"
#include "report/summary.h"
#include "store/store.h"
#include "workspace/session.h"

struct reading {
	struct summary *s;
	struct store *store;
	struct store_io *io;
	struct lock *lock;
	struct reading_remote rr;
};

static int reading_open(struct reading *x, struct summary *s,
			struct dver_err *err)
{
	int r = session_lock_reader(s->repo, &x->lock, err);

	x->s = s;
	if (r == 0)
		r = repo_store(s->repo, &x->store, err);
	if (r == 0)
		reading_begin(&x->rr, s->repo, x->store);
	return r < 0 ? r : store_io_new(&x->io, err);
}

static int read_stored(struct reading *x, const struct summary_file *f,
		       bool old, struct buf *out, struct dver_err *err)
{
	int r = store_read(x->store, x->io, old ? &f->old : &f->now,
			   SUMMARY_FILE_MAX, out, err);

	reading_failed(x->s->repo, x->store, r);
	if (r == DVER_EMISSING)
		return err_set(err, r, "%s is not in the local store, nor in "
			       "a remote that could be asked: dver fetch%s "
			       "brings it", old ? "what it was before" : "it",
			       old ? " --all-commits" : "");
	return r;
}

static int read_now(struct reading *x, const struct summary_file *f,
		    struct buf *out, struct dver_err *err)
{
	struct source disk = source_workspace(x->s->repo);
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	int r;

	if (*x->s->commit)
		return read_stored(x, f, false, out, err);
	r = disk.read(disk.data, f->path, SUMMARY_FILE_MAX, &text, &len, err);
	if (r == 0)
		return err_set(err, DVER_ENOTFOUND, "it is not on the disk");
	if (r < 0)
		return r;
	buf_add(out, text, len);
	return buf_check(out, err);
}

static bool is_text(const struct buf *b)
{
	return !memchr(b->data, '\0', b->len) && utf8_valid(b->data, b->len);
}

static int compare_file(struct reading *x, const struct summary_file *f,
			struct dver_report_rows *out, struct dver_err *err)
{
	AUTO_BUF struct buf old = BUF_BIG;
	AUTO_BUF struct buf now = BUF_BIG;
	int r = read_stored(x, f, true, &old, err);

	if (r == 0)
		r = read_now(x, f, &now, err);
	if (r == 0 && (!is_text(&old) || !is_text(&now)))
		r = err_set(err, DVER_EFORMAT, "it is no text in UTF-8");
	return r < 0 ? r : summary_compare_rows(out, old.data, old.len,
						now.data, now.len, err);
}

static int tell_file(struct reading *x, const struct summary_file *f,
		     struct dver_err *err)
{
	const struct dver_report_calls *calls = x->s->calls;
	struct dver_report_rows rows = { .path = f->path };
	struct dver_err why = { .code = 0 };
	int r;

	(void)summary_is_text(f->path, &rows.table);
	r = compare_file(x, f, &rows, &why);
	if (r == DVER_ENOMEM || r == DVER_ECANCEL) {
		*err = why;
	} else {
		rows.problem = r < 0 ? why.msg : NULL;
		rows.code = r;
		r = calls->rows(calls->data, &rows);
	}
	summary_rows_release(&rows);
	return r;
}

int summary_rows(struct summary *s, struct dver_err *err)
{
	struct reading x = { .s = NULL };
	int r = s->nfiles ? reading_open(&x, s, err) : 0;

	for (size_t i = 0; r == 0 && i < s->nfiles; i++) {
		r = cancel_check(&s->repo->cancel, err);
		if (r == 0)
			r = tell_file(&x, &s->files[i], err);
	}
	if (x.store)
		reading_end(&x.rr, x.store);
	store_io_free(x.io);
	lock_release(x.lock);
	if (r == 0 && s->more_files && s->calls->problem) {
		AUTO_FREE char *text = str_printf(
			"rows of %llu more small files",
			(unsigned long long)s->more_files);

		r = text ? s->calls->problem(s->calls->data, text)
			 : err_nomem(err);
	}
	return r;
}
