/*
 * move - tracked data gets another name: dver mv.
 *
 * A move of a whole output to a name of its own only renames.  Everything
 * else takes an entry out of one tree and puts it into another, which needs
 * none of the data.  What the disk has beyond its pointer moves along and
 * stays a difference.
 */
#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "dver/workspace.h"
#include "repo/git.h"
#include "store/walk.h"
#include "workspace/graft.h"
#include "workspace/keep.h"
#include "workspace/sizes.h"
#include "workspace/tracking.h"
#include "workspace/undo_log.h"

/* One end of a move: an output, perhaps new, and the path in it. */
struct end {
	char *path;			/* owned; of the moved thing */
	struct output *output;		/* NULL: it will be a new output */
	const char *sub;		/* in path; "" is the output itself */
};

struct moving {
	struct session *ss;
	struct scanner *s;
	struct end from, to;
	struct scanned what;		/* as the pointer has it */
	struct scanned from_left, to_made;	/* the outputs afterwards */
	struct buf from_text, to_text;	/* their pointers */
	char *to_pointer;		/* owned */
	bool on_disk;
	struct tracking tracking;
};

static void moving_release(struct moving *m)
{
	free(m->from.path);
	free(m->to.path);
	free(m->to_pointer);
	buf_release(&m->from_text);
	buf_release(&m->to_text);
	tracking_release(&m->tracking);
}

static int find_end(struct moving *m, struct end *e, struct dver_err *err)
{
	e->output = outputs_holding(&m->ss->outputs, e->path);
	e->sub = "";
	if (!e->output)
		return 0;
	if (e->output->problem)
		return err_set(err, DVER_EFORMAT, "%s", e->output->problem);
	e->sub = e->path + strlen(e->output->path);
	e->sub += *e->sub == '/';
	return output_check_own(e->output, err);
}

/* The version on the disk is the pointer's, and what moves was fetched. */
static int check_record(const struct moving *m, const struct end *e,
			bool moves, struct dver_err *err)
{
	const struct output *o = e->output;
	const struct recorded *r = record_find(&m->ss->record, o->path);

	if (!r || !r->kind)
		return 0;
	if (!pointer_is_recorded(&o->pointer, r) || r->unfinished)
		return err_set(err, DVER_ECONFLICT, "the data of '%s' is not "
			       "of the version that its pointer has: dver "
			       "checkout or dver add first", o->path);
	if (moves && recorded_lacks(r) && recorded_here(r, e->sub) != 1)
		return err_set(err, DVER_EMISSING, "'%s' is only partly here: "
			       "dver pull %s first", e->path, e->path);
	return 0;
}

static int find_source(struct moving *m, struct dver_err *err)
{
	const struct output *o = m->from.output;
	struct walk_found f;
	int r;

	m->what = scanned_of_pointer(&o->pointer);
	if (!*m->from.sub)
		return 0;
	if (o->pointer.kind != ROOT_TREE)
		return err_set(err, DVER_ENOTFOUND, "'%s' is a file: there is "
			       "no '%s' in it", o->path, m->from.sub);
	r = walk_find(m->s->store, m->s->main_io, &o->pointer.id, m->from.sub,
		      &f, err);
	if (r == 0)
		return err_set(err, DVER_ENOTFOUND, "there is no '%s' in '%s': "
			       "what was not added yet is moved with mv",
			       m->from.sub, o->path);
	m->what = (struct scanned){ .kind = f.kind, .id = f.id,
				    .bytes = f.bytes, .files = f.files };
	return MIN(r, 0);
}

/* Is anything at the path in the tracked folder?  1, 0, < 0. */
static int is_taken(struct moving *m, const struct end *e,
		    struct dver_err *err)
{
	struct walk_found f;

	return walk_find(m->s->store, m->s->main_io, &e->output->pointer.id,
			 e->sub, &f, err);
}

static int check_new_output(struct moving *m, struct dver_err *err)
{
	struct dver_repo *repo = m->ss->repo;
	const char *path = m->to.path;
	struct output *first;
	int r;

	if (m->what.kind == TREE_SYMLINK)
		return err_set(err, DVER_EINVAL, "'%s' is a symlink, which "
			       "cannot be an output", m->from.path);
	if (outputs_below(&m->ss->outputs, path, &first))
		return err_set(err, DVER_EEXISTS, "'%s' holds outputs", path);
	if (strlen(path_base(path)) + strlen(POINTER_SUFFIX) > TREE_NAME_MAX)
		return err_set(err, DVER_EINVAL, "the name '%s' is too long: "
			       "its pointer would have over 255 bytes", path);
	r = repo->git ? git_tracks(repo->git, path, err) : 0;
	return r > 0 ? err_set(err, DVER_EEXISTS, "git tracks '%s'", path) : r;
}

static int check_target(struct moving *m, struct dver_err *err)
{
	AUTO_FREE char *dir = path_dir(m->to.path);
	struct os_stat st;
	int r;

	if (!dir)
		return err_nomem(err);
	if (path_inside(m->to.path, m->from.path))
		return err_set(err, DVER_EINVAL, "'%s' cannot be moved into "
			       "itself", m->from.path);
	if (m->to.output && m->to.output->pointer.kind != ROOT_TREE)
		return err_set(err, DVER_EEXISTS, "'%s' is tracked",
			       m->to.output->path);
	if (os_statat(m->s->root_fd, m->to.path, &st, true) == 0)
		return err_set(err, DVER_EEXISTS, "'%s' exists", m->to.path);
	if (!m->to.output)
		return check_new_output(m, err);
	r = check_record(m, &m->to, false, err);
	if (r == 0)
		r = is_taken(m, &m->to, err);
	return r > 0 ? err_set(err, DVER_EEXISTS, "'%s' is tracked",
			       m->to.path) : r;
}

static bool same_output(const struct moving *m)
{
	return m->from.output == m->to.output;
}

static bool whole_to_new(const struct moving *m)
{
	return !*m->from.sub && !m->to.output;
}

/* What both outputs are afterwards. */
static int compute(struct moving *m, struct dver_err *err)
{
	const struct scanned nothing = { .kind = 0 };
	struct oid base;
	int r = 0;

	if (*m->from.sub)
		r = graft_part(m->s, &m->from.output->pointer.id, m->from.sub,
			       &nothing, &m->from_left, err);
	m->to_made = m->what;
	if (r == 0 && m->to.output) {
		base = same_output(m) ? m->from_left.id
				      : m->to.output->pointer.id;
		r = graft_part(m->s, &base, m->to.sub, &m->what, &m->to_made,
			       err);
	}
	if (r == 0 && same_output(m))
		m->from_left = m->to_made;
	if (r == 0 && m->from_left.kind)
		r = tracking_text(&m->from_text, m->from.output->path,
				  &m->from_left, err);
	return r < 0 ? r : tracking_text(&m->to_text, m->to.output
					 ? m->to.output->path : m->to.path,
					 &m->to_made, err);
}

static int keep_trees(struct moving *m, struct dver_err *err)
{
	AUTO_KEEP struct keep keep = { .s = m->s };
	int r = 0;

	if (m->from_left.kind == TREE_DIR)
		r = keep_tree(&keep, &m->from_left.id, err);
	if (r == 0 && m->to.output)
		r = keep_tree(&keep, &m->to_made.id, err);
	return r < 0 ? r : keep_commit(&keep, err);
}

static int keep_undo(struct moving *m, struct dver_err *err)
{
	AUTO_UNDO struct undo u = UNDO_INIT;
	const struct end *f = &m->from;
	const char *to = m->to.output ? m->to.output->path : m->to.path;
	int r = undo_add_output(&u, m->ss, f->output->path, err);

	if (r == 0)
		r = undo_add_pointer(&u, m->ss->repo, f->output->pointer_path,
				     m->from_left.kind ? m->from_text.data
						       : NULL, err);
	if (r == 0 && !same_output(m))
		r = undo_add_output(&u, m->ss, to, err);
	if (r == 0 && !same_output(m))
		r = undo_add_pointer(&u, m->ss->repo, m->to_pointer,
				     m->to_text.data, err);
	if (r == 0 && m->on_disk)
		r = undo_add_move(&u, f->path, m->to.path, err);
	return r < 0 ? r : undo_write(&u, m->ss->repo, "mv", err);
}

/* The record of both outputs. */
static int update_record(struct moving *m, struct dver_err *err)
{
	struct record *rec = &m->ss->record;
	const char *from = m->from.output->path;
	struct recorded *e = record_find(rec, from);
	bool was_here = e && e->kind;
	int r = 0;

	if (whole_to_new(m)) {
		AUTO_RECORD struct record old = RECORD_INIT;

		if (!was_here)
			return 0;
		r = record_copy(&old, e, from, err);
		record_remove(rec, from);
		return r < 0 ? r : record_copy(rec, &old.v[0], m->to.path,
					       err);
	}
	if (!*m->from.sub)
		record_remove(rec, from);
	else if (was_here)
		recorded_set(e, &m->from_left);
	e = m->to.output ? record_find(rec, m->to.output->path)
	    : m->on_disk ? record_put(rec, m->to.path) : NULL;
	if (!m->to.output && m->on_disk && !e)
		return err_nomem(err);
	if (!e || (m->to.output && !e->kind))
		return 0;
	recorded_set(e, &m->to_made);
	if (m->on_disk && recorded_lacks(e))
		r = recorded_add_here(e, m->to.sub, err);
	else if (!m->on_disk && m->to.output)
		r = recorded_add_lack(e, m->to.sub, err);
	return r;
}

/* The stat index of a folder goes with it: nothing is read again. */
static void move_index(struct moving *m)
{
	AUTO_BUF struct buf from = BUF_PATH;
	AUTO_BUF struct buf to = BUF_PATH;

	if (whole_to_new(m) &&
	    scan_index_path(m->s, &from, m->from.path, NULL) == 0 &&
	    scan_index_path(m->s, &to, m->to.path, NULL) == 0)
		(void)os_rename(from.data, to.data);
}

static int rename_data(struct moving *m, struct dver_err *err)
{
	AUTO_FREE char *fdir = path_dir(m->from.path);
	AUTO_FREE char *tdir = path_dir(m->to.path);
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;

	if (!fdir || !tdir)
		return err_nomem(err);
	from = os_open_beneath(m->s->root_fd, fdir, O_RDONLY | O_DIRECTORY);
	to = os_open_beneath(m->s->root_fd, tdir, O_RDONLY | O_DIRECTORY);
	if (from < 0 || to < 0)
		return err_sys(err, "cannot open folder '%s'",
			       from < 0 ? fdir : tdir);
	if (os_rename_new(from, path_base(m->from.path), to,
			  path_base(m->to.path)) < 0)
		return err_sys(err, "cannot move '%s' to '%s'", m->from.path,
			       m->to.path);
	move_index(m);
	return 0;
}

static int put_pointers(struct moving *m, struct dver_err *err)
{
	int r = tracking_put(&m->tracking, m->to_pointer, m->to_text.data,
			     err);

	if (r == 0 && !same_output(m))
		r = tracking_put(&m->tracking, m->from.output->pointer_path,
				 m->from_left.kind ? m->from_text.data : NULL,
				 err);
	if (r == 0)
		r = update_record(m, err);
	if (r == 0)
		r = session_save(m->ss, err);
	if (r == 0 && !*m->from.sub)
		r = tracking_ignore(&m->tracking, m->from.path, false, err);
	if (r == 0 && !m->to.output)
		r = tracking_ignore(&m->tracking, m->to.path, true, err);
	return r < 0 ? r : tracking_stage(&m->tracking, err);
}

static int plan(struct moving *m, struct dver_err *err)
{
	struct os_stat st;
	int r = find_end(m, &m->from, err);

	if (r == 0)
		r = find_end(m, &m->to, err);
	if (r < 0)
		return r;
	if (!m->from.output)
		return err_set(err, DVER_ENOTFOUND, "'%s' is not tracked: "
			       "name an output or a path in one",
			       m->from.path);
	m->on_disk = os_statat(m->s->root_fd, m->from.path, &st, true) == 0;
	if (!whole_to_new(m))
		r = check_record(m, &m->from, m->on_disk, err);
	if (r == 0)
		r = find_source(m, err);
	if (r == 0)
		r = check_target(m, err);
	m->to_pointer = m->to.output ? strdup(m->to.output->pointer_path)
			: str_printf("%s%s", m->to.path, POINTER_SUFFIX);
	if (r == 0 && !m->to_pointer)
		r = err_nomem(err);
	return r < 0 ? r : compute(m, err);
}

static int run(struct moving *m, struct dver_err *err)
{
	int r = plan(m, err);

	if (r == 0)
		r = keep_trees(m, err);
	if (r == 0)
		r = keep_undo(m, err);
	if (r == 0 && m->on_disk)
		r = rename_data(m, err);
	return r < 0 ? r : put_pointers(m, err);
}

/* The new path: `to` itself, or below it when it is a folder. */
static int target_path(struct dver_repo *repo, const char *from,
		       const char *to, char **out, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	size_t len = strlen(to);
	bool into = len && to[len - 1] == '/';
	struct os_stat st;
	int r = repo_path(repo, &path, to, err);

	if (r < 0)
		return r;
	if (os_stat(to, &st, false) == 0)
		into = S_ISDIR(st.mode);
	else if (into)
		return err_set(err, DVER_ENOTFOUND, "there is no folder '%s'",
			       to);
	if (into)
		buf_addpath(&path, path_base(from));
	*out = buf_detach(&path);
	return *out ? path_check_workspace(*out, err) : err_nomem(err);
}

static int report(struct moving *m, dver_change_fn fn, void *data)
{
	return fn ? fn(data, &(struct dver_change){
		.path = m->to.path, .pointer = m->to_pointer,
		.from = m->from.path,
		.directory = m->what.kind == TREE_DIR, .moved = true,
		.files = m->what.files, .bytes = m->what.bytes,
	}) : 0;
}

static int move_one(struct dver_repo *repo, const char *from, const char *to,
		    dver_change_fn fn, void *data, struct dver_err *err)
{
	const char *const typed[] = { from, to };
	AUTO_SESSION struct session ss = { .repo = NULL };
	AUTO_SCANNER struct scanner *s = NULL;
	AUTO_BUF struct buf path = BUF_PATH;
	struct moving m = { .ss = &ss, .from_text = BUF_INIT(POINTER_MAX),
			    .to_text = BUF_INIT(POINTER_MAX),
			    .tracking = { .repo = repo } };
	struct reading_remote rr;
	int r = session_open(&ss, repo, SESSION_WRITE, typed, 2, err);

	if (r == 0)
		r = repo_target(repo, &path, from, err);
	if (r == 0)
		r = scanner_open(&s, repo, false, err);
	if (r == 0)
		r = sizes_fill(&ss.outputs, s->store, s->main_io, err);
	if (r < 0)
		return r;
	m.s = s;
	s->keep_trees = true;
	m.from.path = buf_detach(&path);
	r = m.from.path ? target_path(repo, m.from.path, to, &m.to.path, err)
			: err_nomem(err);
	reading_begin(&rr, repo, s->store);
	if (r == 0)
		r = run(&m, err);
	reading_end(&rr, s->store);
	if (r == 0)
		r = report(&m, fn, data);
	moving_release(&m);
	return r;
}

int dver_move(struct dver_repo *repo, const char *const *from, size_t n,
	      const char *to, dver_change_fn fn, void *data,
	      struct dver_err *err)
{
	struct os_stat st;
	int r = 0;

	if (n > 1 && (os_stat(to, &st, false) < 0 || !S_ISDIR(st.mode)))
		return err_set(err, DVER_ENOTFOUND, "'%s' is no folder, and "
			       "several paths are to be moved", to);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = move_one(repo, from[i], to, fn, data, err);
	return r;
}
