/*
 * writer_loose - files lie finished in the stage folder until the commit;
 * nothing is visible before its bytes are on the disk.
 */
#include "store/writer_loose.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "store/loose.h"

#define SYNC_EACH 4	/* up to so many files: fsync; beyond: syncfs */

int loose_set_add(struct loose_set *l, const struct oid *id, const char *tmp,
		  uint64_t size, mode_t mode, struct dver_err *err)
{
	struct loose_file f = { .id = *id, .tmp = strdup(tmp), .size = size,
				.mode = mode };

	if (!f.tmp || !mem_grow(&l->v, &l->cap, l->n + 1, sizeof(f))) {
		free(f.tmp);
		return err_nomem(err);
	}
	l->v[l->n++] = f;
	return 0;
}

int loose_set_note(struct loose_set *l, const struct oid *loose,
		   const struct fact *f, struct dver_err *err)
{
	struct fact *note;

	if (!mem_grow(&l->notes, &l->notes_cap, l->nnotes + 1,
		      sizeof(*l->notes)) ||
	    !mem_grow(&l->names, &l->names_cap, l->nnames + 1,
		      sizeof(*l->names)))
		return err_nomem(err);
	note = &l->notes[l->nnotes++];
	*note = *f;
	note->place = PLACE_LOOSE;
	note->kind = FACT_CHUNK;
	note->stored = f->length;
	note->pack_size = 0;
	memcpy(note->pack, loose->id, sizeof(note->pack));
	if (l->nnames == 0 || !oid_eq(&l->names[l->nnames - 1], loose))
		l->names[l->nnames++] = *loose;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	return oid_cmp(a, b);
}

void loose_set_names(struct loose_set *l, struct index_content *c)
{
	size_t kept = 0;

	if (l->nnames)
		qsort(l->names, l->nnames, sizeof(*l->names), by_id);
	for (size_t i = 0; i < l->nnames; i++)
		if (kept == 0 || !oid_eq(&l->names[kept - 1], &l->names[i]))
			l->names[kept++] = l->names[i];
	l->nnames = kept;
	c->loose = l->names;
	c->nloose = kept;
}

static int sync_files(const struct loose_set *l, struct dver_err *err)
{
	AUTO_CLOSE int any = -1;

	for (size_t i = 0; i < l->n && l->n <= SYNC_EACH; i++) {
		AUTO_CLOSE int fd = os_open(l->v[i].tmp,
					    O_RDONLY | O_NOFOLLOW, 0);

		if (fd < 0 || os_fsync(fd) < 0)
			return err_sys(err, "cannot sync '%s'", l->v[i].tmp);
	}
	if (l->n <= SYNC_EACH)
		return 0;
	any = os_open(l->v[0].tmp, O_RDONLY | O_NOFOLLOW, 0);
	if (any < 0 || os_syncfs(any) < 0)
		return err_sys(err, "cannot sync the file system of '%s'",
			       l->v[0].tmp);
	return 0;
}

static int publish_one(struct loose_file *f, const char *path,
		       struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(path);

	if (!dir)
		return err_nomem(err);
	if (os_rename(f->tmp, path) < 0 &&
	    (errno != ENOENT || os_mkdirs(dir, 0777) < 0 ||
	     os_rename(f->tmp, path) < 0))
		return err_sys(err, "cannot rename to '%s'", path);
	/* Renaming one of two links of a file onto the other does nothing. */
	(void)os_unlink(f->tmp);
	free(TAKE(f->tmp));
	return 0;
}

/* The folders loose/00 to loose/ff that got files, and loose/ itself. */
static int sync_folders(const bool touched[256], const char *root,
			struct dver_err *err)
{
	AUTO_BUF struct buf dir = BUF_PATH;

	for (unsigned i = 0; i < 257; i++) {
		if (i < 256 && !touched[i])
			continue;
		buf_setstr(&dir, root);
		buf_addstr(&dir, "/loose");
		if (i < 256)
			buf_addf(&dir, "/%02x", i);
		if (os_sync_dir(dir.data) < 0)
			return err_sys(err, "cannot sync '%s'", dir.data);
	}
	return 0;
}

int loose_set_publish(struct loose_set *l, const char *root, bool nosync,
		      struct writer_stats *st, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	bool touched[256] = { false };
	int r = nosync ? 0 : sync_files(l, err);

	for (size_t i = 0; r == 0 && i < l->n; i++) {
		struct loose_file *f = &l->v[i];

		loose_path(&path, root, &f->id);
		r = buf_check(&path, err);
		if (r == 0)
			r = publish_one(f, path.data, err);
		touched[f->id.id[0]] = true;
		st->loose++;
		st->stored += f->size;
	}
	return r < 0 || nosync ? r : sync_folders(touched, root, err);
}

void loose_set_release(struct loose_set *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].tmp && l->v[i].mode)
			(void)os_chmod(l->v[i].tmp, l->v[i].mode);
		if (l->v[i].tmp)
			(void)os_unlink(l->v[i].tmp);
		free(l->v[i].tmp);
	}
	free(l->v);
	free(l->notes);
	free(l->names);
	*l = (struct loose_set){ .v = NULL };
}
