/*
 * undo_move - what was moved moves back.
 *
 * Where it was, a program may have put its ignored files meanwhile: they are
 * no reason to refuse, so they are taken into the folder that comes back.
 */
#include <errno.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "workspace/undo_log.h"

static int in_the_way(const struct undo_move *m, struct dver_err *err)
{
	return err_set(err, DVER_ECONFLICT, "'%s' exists again: it stands in "
		       "the way of '%s', which moves back", m->from, m->to);
}

int undo_check_move(struct scanner *s, const struct undo_move *m,
		    struct dver_err *err)
{
	struct os_stat from, to;
	struct scanned found;
	struct scan *sc = NULL;
	bool only_ignored;
	int r;

	if (os_statat(s->root_fd, m->from, &from, true) < 0 ||
	    os_statat(s->root_fd, m->to, &to, true) < 0)
		return 0;
	if (!S_ISDIR(from.mode) || !S_ISDIR(to.mode))
		return in_the_way(m, err);
	r = scan_directory(&sc, s, m->from, NULL, &found, err);
	only_ignored = r == 0 && scan_only_ignored(sc);
	scan_free(sc);
	return r < 0 || only_ignored ? r : in_the_way(m, err);
}

static int list(int dir, struct strvec *out, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, dir, ".", err);

	while (r == 0 && (r = dir_next(d, &e, err)) > 0)
		r = strvec_push(out, e.name) ? 0 : err_nomem(err);
	return r;
}

/* Everything in the folder `from` goes to `to`, where nothing is replaced. */
static int take_along(int from, int to, const char *path, struct dver_err *err)
{
	AUTO_STRVEC struct strvec names = STRVEC_INIT;
	int r = list(from, &names, err);

	for (size_t i = 0; r == 0 && i < names.n; i++) {
		AUTO_FREE char *below = path_join(path, names.v[i]);
		AUTO_CLOSE int a = -1;
		AUTO_CLOSE int b = -1;

		if (!below)
			return err_nomem(err);
		if (os_rename_new(from, names.v[i], to, names.v[i]) == 0)
			continue;
		if (errno != EEXIST)
			return err_sys(err, "cannot move '%s'", below);
		a = os_open_beneath(from, names.v[i], O_RDONLY | O_DIRECTORY);
		b = os_open_beneath(to, names.v[i], O_RDONLY | O_DIRECTORY);
		if (a < 0 || b < 0)
			return err_set(err, DVER_ECONFLICT, "'%s' exists "
				       "again: move it away", below);
		r = take_along(a, b, below, err);
		if (r == 0 && os_unlinkat(from, names.v[i], AT_REMOVEDIR) < 0)
			r = err_sys(err, "cannot remove '%s'", below);
	}
	return r;
}

/* The ignored files at `from`, once checked, if there are any. */
static int clear_place(int root, int parent, const struct undo_move *m,
		       struct dver_err *err)
{
	const char *name = path_base(m->from);
	AUTO_CLOSE int from = os_open_beneath(parent, name,
					      O_RDONLY | O_DIRECTORY);
	AUTO_CLOSE int to = os_open_beneath(root, m->to,
					    O_RDONLY | O_DIRECTORY);
	int r;

	if (from < 0 || to < 0)
		return 0;
	r = take_along(from, to, m->from, err);
	if (r == 0 && os_unlinkat(parent, name, AT_REMOVEDIR) < 0)
		r = err_sys(err, "cannot remove folder '%s'", m->from);
	return r;
}

int undo_move_back(struct scanner *s, const struct undo_move *m,
		   struct dver_err *err)
{
	AUTO_FREE char *fdir = path_dir(m->from);
	AUTO_FREE char *tdir = path_dir(m->to);
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;
	int r;

	if (!fdir || !tdir)
		return err_nomem(err);
	if (!*m->to)
		return 0;
	to = os_open_beneath(s->root_fd, tdir, O_RDONLY | O_DIRECTORY);
	if (to < 0)
		return 0;	/* gone, by somebody's hand */
	(void)os_mkdirs_beneath(s->root_fd, fdir, 0777);
	from = os_open_beneath(s->root_fd, fdir, O_RDONLY | O_DIRECTORY);
	if (from < 0)
		return err_sys(err, "cannot open folder '%s'", fdir);
	r = clear_place(s->root_fd, from, m, err);
	if (r == 0 && os_rename_new(to, path_base(m->to), from,
				    path_base(m->from)) < 0 &&
	    errno != ENOENT)
		r = err_sys(err, "cannot move '%s' back to '%s'", m->to,
			    m->from);
	return r;
}
