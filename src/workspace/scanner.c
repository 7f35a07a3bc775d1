/*
 * scanner - threads, scratch and clocks that all scans of a command share.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/statfs.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/le.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config.h"
#include "repo/dverignore.h"
#include "workspace/scan.h"
#include "workspace/stamps.h"

#define GRAIN_NS 20000000		/* over a timer tick of any kernel */
#define COARSE_NS 2000000000		/* file systems without nanoseconds */
#define QUEUE 256
#define LOOSE_SHARED (128u << 10)	/* where links share bytes */
#define LOOSE_COPIED (8u << 20)
#define FUSE_MAGIC 0x65735546

void scanner_free(struct scanner *s)
{
	if (!s)
		return;
	pool_free(s->pool);
	writer_abort(s->writer);
	tmpdir_free(s->stage);
	for (int i = 0; s->io && i < s->repo->jobs; i++)
		store_io_free(s->io[i]);
	store_io_free(s->main_io);
	free(s->io);
	keymap_release(&s->wrote);
	rules_set_free(s->set);
	free(s->rules_dir);
	free(s->index_dir);
	if (s->root_fd >= 0)
		(void)os_close(s->root_fd);
	free(s);
}

void scanner_sweep(struct dver_repo *repo)
{
	AUTO_FREE char *path = str_printf("%s/index", repo->meta);
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;

	if (!path || dir_open(&d, AT_FDCWD, path, NULL) < 0)
		return;
	while (dir_next(d, &e, NULL) > 0)
		if (str_ends(e.name, ".tmp") || str_starts(e.name, "clock-"))
			(void)os_unlinkat(dir_fd(d), e.name, 0);
}

/* What time it is for the file system of the metadata folder. */
static void read_clock(struct scanner *s)
{
	struct stamps st;

	if (!stamps_read(s->index_dir, &st))
		return;
	s->clock_ns = st.now_ns;
	s->grain_ns = st.fine ? GRAIN_NS : COARSE_NS;
}

/*
 * A number that changes when objects may have gone from the store: another
 * folder, another `store` file in it, another list of condemned packs.
 */
static int stamp_of(struct scanner *s, struct dver_err *err)
{
	const struct strvec *gc = store_gc_names(s->store);
	AUTO_BUF struct buf b = BUF_BIG;
	AUTO_FREE char *path = str_printf("%s/store", s->repo->cache);
	uint8_t sum[HASH_SIZE];
	struct os_stat st;
	int r;

	if (!path)
		return err_nomem(err);
	if (os_stat(path, &st, true) < 0)
		return err_sys(err, "cannot stat '%s'", path);
	buf_addf(&b, "%s %llu %lld", path, (unsigned long long)st.ino,
		 (long long)st.mtime_ns);
	for (size_t i = 0; i < gc->n; i++)
		buf_addf(&b, " %s", gc->v[i]);
	r = buf_check(&b, err);
	if (r == 0)
		r = hash_bytes(sum, b.data, b.len, err);
	s->stamp = le64_get(sum);
	return r;
}

static int read_settings(struct scanner *s, struct dver_err *err)
{
	const char *type = config_str(s->repo, "cache.type");
	const char *clashes = config_str(s->repo, "core.clashes");
	const char *winnames = config_str(s->repo, "core.windowsNames");
	const char *above = config_str(s->repo, "cache.looseAbove");
	int r = link_order_parse(&s->order, type ? type : "reflink,copy",
				 err);

	if (r < 0)
		return err_wrap(err, "cache.type");
	s->allow_clashes = clashes && streq(clashes, "allow");
	s->allow_winnames = winnames && streq(winnames, "allow");
	if (above) {
		s->loose_above = config_size(s->repo, "cache.looseAbove");
		return 0;
	}
	/* In scratch, so that nothing is left should we be killed. */
	r = s->writer ? link_shares(&s->order, tmpdir_path(s->stage),
				    s->repo->tmp ? s->repo->tmp
						 : s->repo->meta, err) : 0;
	s->loose_above = r > 0 ? LOOSE_SHARED : LOOSE_COPIED;
	return r < 0 ? r : 0;
}

/* Outputs come by their paths: those of one folder one after another. */
int scanner_rules(struct scanner *s, const char *path,
		  const struct rules **out, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);
	int r;

	if (!dir)
		return err_nomem(err);
	if (streq(dir, "."))
		dir[0] = '\0';
	if (!s->rules_dir || !streq(s->rules_dir, dir)) {
		free(TAKE(s->rules_dir));
		r = rules_read_down(s->set, &s->rules, s->root_fd, dir, err);
		if (r < 0)
			return r;
		s->rules_dir = TAKE(dir);
	}
	*out = s->rules;
	return 0;
}

static int start_workers(struct scanner *s, struct dver_err *err)
{
	int jobs = s->repo->jobs;
	int r;

	s->io = mem_array((size_t)jobs, sizeof(*s->io));
	r = s->io ? pool_new(&s->pool, jobs, QUEUE, err) : err_nomem(err);
	for (int i = 0; r == 0 && i < jobs; i++)
		r = store_io_new(&s->io[i], err);
	return r < 0 ? r : store_io_new(&s->main_io, err);
}

/* The store of another user, who did not mean it to be shared. */
static int not_ours(const struct scanner *s, struct dver_err *err)
{
	struct os_stat st = { .uid = 0 };

	(void)os_stat(s->repo->cache, &st, true);
	return err_set(err, DVER_EIO, "the local store '%s' belongs to user %u "
		       "and you may not write to it: its owner can share it "
		       "(dver config cache.shared group), or dver cache dir "
		       "names another", s->repo->cache, (unsigned)st.uid);
}

static int start_writer(struct scanner *s, struct dver_err *err)
{
	struct writer_opts opts = { .workers = s->repo->jobs, .reuse = true };
	int r;

	if (access(s->repo->cache, W_OK) < 0 &&
	    (errno == EACCES || errno == EROFS))
		return not_ours(s, err);
	r = tmpdir_new(&s->stage, s->repo->cache, err);
	if (r < 0)
		return r;
	opts.stage = tmpdir_path(s->stage);
	return writer_open(&s->writer, s->store, &opts, err);
}

int scanner_open(struct scanner **out, struct dver_repo *repo,
		 bool store_files, struct dver_err *err)
{
	AUTO_SCANNER struct scanner *s = calloc(1, sizeof(*s));
	struct statfs fs;
	int r;

	if (!s)
		return err_nomem(err);
	s->repo = repo;
	s->root_fd = -1;
	s->grain_ns = GRAIN_NS;
	keymap_init(&s->wrote, sizeof(struct wrote_key), sizeof(struct oid));
	s->index_dir = str_printf("%s/index", repo->meta);
	if (!s->index_dir)
		return err_nomem(err);
	(void)os_mkdirs(s->index_dir, 0777);
	s->root_fd = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	if (s->root_fd < 0)
		return err_sys(err, "cannot open '%s'", repo->root);
	s->use_inode = fstatfs(s->root_fd, &fs) < 0 ||
		       fs.f_type != FUSE_MAGIC;
	r = repo_store(repo, &s->store, err);
	if (r == 0)
		r = rules_set_new(&s->set, repo->cache, err);
	if (r == 0)
		r = store_refresh(s->store, err);
	if (r == 0)
		r = store_load_indexes(s->store, err);
	if (r == 0)
		r = stamp_of(s, err);
	if (r == 0)
		r = start_workers(s, err);
	if (r == 0 && store_files)
		r = start_writer(s, err);
	if (r == 0)
		r = read_settings(s, err);
	if (r < 0)
		return r;
	read_clock(s);
	*out = TAKE(s);
	return 0;
}

int scanner_commit(struct scanner *s, struct writer_stats *st,
		   struct dver_err *err)
{
	int r = writer_commit(&s->writer, st, err);

	/* What was stored is to be found from now on. */
	if (r == 0 && (st->objects || st->loose))
		r = store_refresh(s->store, err);
	if (r == 0)
		r = store_load_indexes(s->store, err);
	return r;
}
