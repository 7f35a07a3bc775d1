/*
 * scan_files - outputs that are single files: one stat index for all of them,
 * a job a file.  Names in this index are whole paths.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "workspace/scan_entry.h"

struct filescan {
	struct scanner *s;
	char *index_path;		/* owned */
	struct statidx *x;		/* owned */
	struct buf bytes;
	struct statidx_entry *old;	/* owned; sorted */
	size_t nold, cap;
	struct statidx_entry *v;	/* owned; of this run */
	size_t n;
	_Atomic bool changed;
};

struct file_job {
	struct pool_job job;
	struct filescan *f;
	const char *path;
	struct statidx_entry *e;
	struct scanned *result;
};

static int by_name(const void *a, const void *b)
{
	const struct statidx_entry *x = a;
	const struct statidx_entry *y = b;

	return tree_name_cmp(x->name, x->name_len, y->name, y->name_len);
}

static int file_run(struct pool_job *job, int worker, struct dver_err *err)
{
	struct file_job *j = (struct file_job *)job;
	struct scanner *s = j->f->s;
	uint64_t before = s->writer ? writer_bytes(s->writer) : 0;
	const struct statidx_entry *old =
		j->f->nold ? bsearch(j->e, j->f->old, j->f->nold,
				     sizeof(*j->e), by_name) : NULL;
	int kind = scan_kind(s, j->path, err);
	int r;

	if (kind <= 0)
		return kind;
	r = scan_entry(s, worker, s->root_fd, j->path, "", j->e, old, err);
	if (r < 0)
		return r;
	if (r > 0)
		atomic_store(&j->f->changed, true);
	*j->result = (struct scanned){ .kind = j->e->kind, .id = j->e->id,
				       .bytes = j->e->f.size, .files = 1 };
	if (s->writer)
		j->result->new_bytes = MIN(writer_bytes(s->writer) - before,
					   j->e->f.size);
	return 0;
}

static void file_release(struct pool_job *job)
{
	free(job);
}

void scan_files_free(struct filescan *f)
{
	if (!f)
		return;
	statidx_close(f->x);
	buf_release(&f->bytes);
	free(f->index_path);
	free(f->old);
	free(f->v);
	free(f);
}

static int load(struct filescan *f, struct dver_err *err)
{
	int r = statidx_open(&f->x, f->index_path, err);

	if (r > 0)
		r = statidx_block(f->x, statidx_root(f->x), &f->bytes,
				  &f->old, &f->nold, &f->cap, err);
	if (r > 0 && statidx_stamp(f->x) != f->s->stamp)
		for (size_t i = 0; i < f->nold; i++)
			f->old[i].flags &= (uint8_t)~STAT_STORED;
	return r < 0 ? r : 0;
}

static int run_all(struct filescan *f, const char *const *paths,
		   struct scanned *results, struct dver_err *err)
{
	int r = 0;
	int w;

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		struct file_job *j = calloc(1, sizeof(*j));

		if (!j) {
			r = err_nomem(err);
			break;
		}
		j->job.run = file_run;
		j->job.release = file_release;
		j->f = f;
		j->path = paths[i];
		j->e = &f->v[i];
		j->e->name = paths[i];
		j->e->name_len = (uint16_t)strlen(paths[i]);
		j->result = &results[i];
		r = pool_submit(f->s->pool, &j->job, err);
	}
	w = pool_wait(f->s->pool, r < 0 ? NULL : err);
	return r < 0 ? r : w;
}

int scan_files(struct filescan **out, struct scanner *s,
	       const char *const *paths, size_t n, struct scanned *results,
	       struct dver_err *err)
{
	struct filescan *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return err_nomem(err);
	f->s = s;
	buf_init(&f->bytes, SIZE_MAX / 4);
	f->n = n;
	f->v = mem_array(n + 1, sizeof(*f->v));
	f->index_path = str_printf("%s/files", s->index_dir);
	r = f->v && f->index_path ? load(f, err) : err_nomem(err);
	if (r == 0)
		r = run_all(f, paths, results, err);
	if (r < 0) {
		scan_files_free(f);
		return r;
	}
	*out = f;
	return 0;
}

/* New entries win over old ones; what was not scanned this time stays. */
static size_t merge(struct filescan *f, struct statidx_entry *all)
{
	size_t n = 0, i = 0, j = 0;

	while (i < f->nold || j < f->n) {
		int c = i == f->nold ? 1 : j == f->n ? -1
			: by_name(&f->old[i], &f->v[j]);

		if (c < 0)
			all[n++] = f->old[i];
		else if (f->v[j].kind)
			all[n++] = f->v[j];
		i += c <= 0;
		j += c >= 0;
	}
	return n;
}

void scan_files_save(struct filescan *f)
{
	AUTO_FREE struct statidx_entry *all = NULL;
	AUTO_STATIDX_OUT struct statidx_out *o = NULL;
	struct statidx_entry root = { .kind = TREE_DIR };
	size_t n;

	if (!f || !atomic_load(&f->changed))
		return;
	all = mem_array(f->nold + f->n + 1, sizeof(*all));
	if (!all)
		return;
	qsort(f->v, f->n, sizeof(*f->v), by_name);
	n = merge(f, all);
	if (statidx_out_new(&o, f->index_path, NULL, NULL) == 0 &&
	    statidx_out_block(o, all, n, &root, NULL) == 0)
		(void)statidx_out_commit(&o, &root, f->s->stamp, root.d.len,
					 NULL);
}

int scan_kind(struct scanner *s, const char *path, struct dver_err *err)
{
	struct oid id;
	char target[1024];
	struct os_stat st;
	ssize_t len;

	if (os_statat(s->root_fd, path, &st, true) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return err_sys(err, "cannot stat '%s'", path);
	}
	if (S_ISDIR(st.mode))
		return TREE_DIR;
	if (S_ISREG(st.mode))
		return TREE_FILE;
	if (S_ISLNK(st.mode)) {
		len = readlinkat(s->root_fd, path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		if (link_is_loose(s->repo->cache, target, &id))
			return TREE_FILE;
	}
	return err_set(err, DVER_EINVAL, "'%s' is a %s: only files and "
		       "folders can be outputs", path,
		       S_ISLNK(st.mode) ? "symlink" :
		       S_ISFIFO(st.mode) ? "FIFO" :
		       S_ISSOCK(st.mode) ? "socket" : "device");
}
