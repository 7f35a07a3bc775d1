#include "store/journal.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "store/pack.h"

#define AGE_MAX (14 * 24 * 3600) /* seconds; half of a collector's age */
#define NOTE_MAX (PACK_MAX)
#define NAME_MAX_ (RAND_NAME_HEX + 16)

int journal_footer(struct buf *out, const char *path, uint64_t size,
		   struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(path, O_RDONLY | O_NOFOLLOW, 0);
	uint8_t trailer[PACK_TRAILER];
	uint64_t len;
	int r;

	if (fd < 0 || os_pread_full(fd, trailer, sizeof(trailer),
				    size - sizeof(trailer)) !=
		      (ssize_t)sizeof(trailer))
		return err_sys(err, "cannot read '%s'", path);
	r = pack_footer_length(&len, trailer, size, err);
	if (r < 0)
		return r;
	if (!buf_reserve(out, (size_t)len))
		return err_nomem(err);
	if (os_pread_full(fd, out->data, (size_t)len, size - len) !=
	    (ssize_t)len)
		return err_sys(err, "cannot read '%s'", path);
	out->len = (size_t)len;
	return 0;
}

static void note_name(char out[NAME_MAX_], const struct fact *f)
{
	char hex[RAND_NAME_HEX];

	hex_encode(hex, f->pack, sizeof(f->pack));
	(void)snprintf(out, NAME_MAX_, "%s-%c-%u", hex,
		       f->place == PLACE_META ? 'm' : 'p', f->pack_size);
}

/* The reverse; false: not the name of a note. */
static bool parse_name(struct fact *f, const char *name)
{
	char again[NAME_MAX_];

	*f = (struct fact){ .place = PLACE_PACK };
	if (hex_decode(f->pack, sizeof(f->pack), name) < 0 ||
	    sscanf(name + 2 * RAND_NAME, "-%*1[mp]-%u", &f->pack_size) != 1)
		return false;
	if (name[2 * RAND_NAME + 1] == 'm')
		f->place = PLACE_META;
	note_name(again, f);
	return streq(again, name);
}

int journal_note(const char *folder, const char *tmp, const struct fact *f,
		 const struct buf *footer, struct dver_err *err)
{
	AUTO_FREE char *path = NULL;
	char name[NAME_MAX_];

	note_name(name, f);
	path = path_join(folder, name);
	if (!path)
		return err_nomem(err);
	if (os_mkdirs(folder, 0777) < 0)
		return err_sys(err, "cannot make folder '%s'", folder);
	return afile_replace_via(tmp, path, footer->data, footer->len, 0666,
				 AFILE_NOSYNC, err);
}

void journal_forget(const char *folder, const struct fact *f)
{
	AUTO_FREE char *path = NULL;
	char name[NAME_MAX_];

	note_name(name, f);
	path = path_join(folder, name);
	if (path)
		(void)os_unlink(path);
}

/* 1 and the facts of a good note, 0: it is none, < 0. */
static int read_note(const char *path, const struct fact *f,
		     struct fact **facts, size_t *n, struct dver_err *err)
{
	AUTO_FREE char *data = NULL;
	struct os_stat st;
	size_t len, cap = 0;
	int r;

	if (os_stat(path, &st, true) < 0 ||
	    st.mtime_ns / 1000000000 < time(NULL) - AGE_MAX ||
	    os_slurp(&data, &len, path, NOTE_MAX, NULL) < 0)
		return 0;
	r = pack_footer_parse(facts, n, &cap, f->pack, f->place, f->pack_size,
			      data, len, err);
	if (r == DVER_ENOMEM)
		return r;
	return r == 0 && *n > 0;
}

static int each_note(const char *folder, const char *name,
		     int (*fn)(void *data, struct fact **facts, size_t n,
			       struct dver_err *err),
		     void *data, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(folder, name);
	struct fact *facts = NULL;
	struct fact f;
	size_t n = 0;
	int r = 0;

	if (!path)
		return err_nomem(err);
	if (parse_name(&f, name))
		r = read_note(path, &f, &facts, &n, err);
	if (r == 0)
		(void)os_unlink(path);
	if (r > 0)
		r = fn(data, &facts, n, err);
	free(facts);
	return MIN(r, 0);
}

int journal_each(const char *folder,
		 int (*fn)(void *data, struct fact **facts, size_t n,
			   struct dver_err *err),
		 void *data, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, AT_FDCWD, folder, err);

	if (r == DVER_ENOTFOUND)
		return 0;
	if (r < 0)
		return r;
	while ((r = dir_next(d, &e, err)) > 0) {
		r = each_note(folder, e.name, fn, data, err);
		if (r < 0)
			return r;
	}
	return r;
}
