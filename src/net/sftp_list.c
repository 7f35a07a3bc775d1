/*
 * sftp_list - a stack of folders that are still to be read, and a few that are
 * being read.  What a folder has is kept until its end was seen.
 */
#include "net/sftp_list.h"

#include <sys/stat.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "net/sftp_ops_internal.h"

#define FOLDERS 24	/* read at a time */
#define READS 8		/* in flight for each, at most */
#define DEPTH_MAX 100	/* a server could make up folders for ever */

/* A folder that is being read. */
struct folder {
	char *path;		/* owned; NULL: this place is free */
	struct sftp_handle h;
	bool open, ended;
	unsigned flying, reads;	/* reads: how many there may be */
	struct sftp_req *rq[READS]; /* borrowed; the idle ones first */
	struct buf found;	/* struct found, name, NUL; again */
};

/* An entry, as `found` has it. */
struct found {
	uint32_t mode;
	bool unsure;		/* the server did not say all */
	uint64_t size;
	int64_t mtime;
};

struct sftp_list {
	struct sftp_list_opts o;
	struct strvec todo;
	struct folder v[FOLDERS];
	char *where;		/* owned */
	int stopped;
};

int sftp_list_new(struct sftp_list **out, const struct sftp_list_opts *opts,
		  struct dver_err *err)
{
	struct sftp_list *l = calloc(1, sizeof(*l));

	if (!l)
		return err_nomem(err);
	l->o = *opts;
	for (int i = 0; i < FOLDERS; i++)
		buf_init(&l->v[i].found, SIZE_MAX / 4);
	if (!strvec_push(&l->todo, opts->under)) {
		sftp_list_free(l);
		return err_nomem(err);
	}
	*out = l;
	return 0;
}

void sftp_list_free(struct sftp_list *l)
{
	if (!l)
		return;
	for (int i = 0; i < FOLDERS; i++) {
		free(l->v[i].path);
		buf_release(&l->v[i].found);
	}
	strvec_release(&l->todo);
	free(l->where);
	free(l);
}

const char *sftp_list_where(const struct sftp_list *l)
{
	return l->where ? l->where : "";
}

/* The folder as the server knows it. */
static int full(const struct sftp_list *l, const char *path, struct buf *out,
		struct dver_err *err)
{
	buf_setstr(out, l->o.top);
	if (*path)
		buf_addpath(out, path);
	return buf_check(out, err);
}

static void forget(struct folder *f)
{
	free(TAKE(f->path));
	buf_clear(&f->found);
}

/* The requests of folder i: READS of w->v. */
static void start_folder(struct sftp_list *l, struct sftp_work *w, int i,
			 char *path)
{
	struct folder *f = &l->v[i];

	f->path = path;
	f->open = f->ended = false;
	f->flying = 0;
	f->reads = 2;
	for (int k = 0; k < READS; k++)
		f->rq[k] = &w->v[i * READS + k];
	buf_clear(&f->found);
}

static int send_for(struct sftp_work *w, struct folder *f,
		    enum sftp_type want, struct dver_err *err)
{
	int r = sftp_work_send(w, f->rq[f->flying], want, NULL, 0, err);

	if (r == 0)
		f->flying++;
	return r;
}

/* Open folders while there are any and places for them. */
static int open_more(struct sftp_list *l, struct sftp_work *w,
		     struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;

	for (int i = 0; i < FOLDERS && l->todo.n > 0; i++) {
		int r;

		if (l->v[i].path)
			continue;
		start_folder(l, w, i, l->todo.v[--l->todo.n]);
		l->todo.v[l->todo.n] = NULL;
		r = full(l, l->v[i].path, &path, err);
		if (r < 0)
			return r;
		sftp_begin(&w->packet, SFTP_OPENDIR, 0);
		sftp_add_str(&w->packet, path.data);
		r = send_for(w, &l->v[i], SFTP_HANDLE, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_more(struct sftp_work *w, struct folder *f,
		     struct dver_err *err)
{
	int r = 0;

	while (r == 0 && f->open && !f->ended && f->flying < f->reads) {
		sftp_begin(&w->packet, SFTP_READDIR, 0);
		sftp_add_handle(&w->packet, &f->h);
		r = send_for(w, f, SFTP_NAME, err);
	}
	return r;
}

static int note_names(struct folder *f, const struct sftp_req *rq,
		      struct dver_err *err)
{
	struct sftp_names names;
	struct sftp_name n;
	int r = buf_check(&rq->body, err);

	if (r < 0)
		return r;
	r = sftp_names_init(&names, rq->body.data, rq->body.len);
	while (r == 0 && (r = sftp_names_next(&names, &n)) > 0) {
		struct found e = {
			.mode = n.attrs.mode, .size = n.attrs.size,
			.mtime = n.attrs.mtime,
			.unsure = (n.attrs.has & (SFTP_HAS_MODE |
						  SFTP_HAS_SIZE)) !=
				  (SFTP_HAS_MODE | SFTP_HAS_SIZE),
		};

		r = 0;
		if ((n.len == 1 && n.name[0] == '.') ||
		    (n.len == 2 && memcmp(n.name, "..", 2) == 0))
			continue;
		if (!path_is_component(n.name, n.len) ||
		    memchr(n.name, '\0', n.len)) {
			r = -1;
			break;
		}
		buf_add(&f->found, &e, sizeof(e));
		buf_add(&f->found, n.name, n.len);
		buf_addc(&f->found, '\0');
	}
	if (r < 0)
		return err_set(err, DVER_EREMOTE, "the server lists names in "
			       "'%s' that no file can have", f->path);
	return buf_check(&f->found, err);
}

/* The attributes of those that the server listed without. */
static int make_sure(struct sftp_list *l, struct sftp_conn *c,
		     struct folder *f, struct dver_err *err)
{
	char *p = f->found.data, *end = p + f->found.len;
	int r = 0;

	while (r >= 0 && p < end) {
		const char *name = p + sizeof(struct found);
		AUTO_BUF struct buf path = BUF_PATH;
		struct sftp_fail fail;
		struct sftp_attrs a;
		struct found e;

		memcpy(&e, p, sizeof(e));
		if (e.unsure) {
			r = full(l, f->path, &path, err);
			buf_addpath(&path, name);
			if (r == 0)
				r = sftp_lstat(c, path.data, &a, &fail, err);
			/* Neither file nor folder: not told. */
			e = r == 0 ? (struct found){ a.mode, false, a.size,
						     a.mtime }
				   : (struct found){ 0 };
			memcpy(p, &e, sizeof(e));
		}
		p += sizeof(e) + strlen(name) + 1;
	}
	return MIN(r, 0);
}

static int tell_one(struct sftp_list *l, const char *path,
		    const struct found *e, struct dver_err *err)
{
	struct sftp_listed f = { path, e->size, e->mtime };

	if (S_ISREG(e->mode))
		l->stopped = l->o.file(l->o.data, &f, err);
	else if (S_ISDIR(e->mode) && l->o.enters(l->o.data, path) &&
		 !strvec_push(&l->todo, path))
		return err_nomem(err);
	return 0;
}

static bool is_deep(const char *path)
{
	int n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n > DEPTH_MAX;
}

/* The folder was read to its end: tell what is in it. */
static int tell(struct sftp_list *l, const struct folder *f,
		struct dver_err *err)
{
	const char *p = f->found.data, *end = p + f->found.len;
	int r = 0;

	if (is_deep(f->path))
		return err_set(err, DVER_EREMOTE, "folders lie too deep in "
			       "each other: '%.200s'", f->path);
	while (r == 0 && p < end && !l->stopped) {
		const char *name = p + sizeof(struct found);
		AUTO_FREE char *path = path_join(f->path, name);
		struct found e;

		memcpy(&e, p, sizeof(e));
		p = name + strlen(name) + 1;
		r = path ? tell_one(l, path, &e, err) : err_nomem(err);
	}
	return r;
}

/* The folder whose request this is; it is not in flight any more. */
static struct folder *land(struct sftp_list *l, const struct sftp_work *w,
			   struct sftp_req *rq)
{
	struct folder *f = &l->v[(rq - w->v) / READS];
	unsigned k = 0;

	while (f->rq[k] != rq)
		k++;
	f->flying--;
	f->rq[k] = f->rq[f->flying];
	f->rq[f->flying] = rq;
	return f;
}

static int got_status(struct sftp_list *l, struct sftp_work *w,
		      struct folder *f, struct sftp_req *rq,
		      struct sftp_fail *fail, struct dver_err *err)
{
	int r = sftp_judge(w->c, rq, fail, err);

	if (r < 0)
		return r;
	if (fail->status == SFTP_EOF || f->ended ||
	    (!f->open && sftp_is_absent(fail))) {
		f->ended = true;
		return 0;
	}
	free(l->where);
	l->where = strdup(f->path);
	return 1;
}

static int got_answer(struct sftp_list *l, struct sftp_work *w,
		      struct folder *f, struct sftp_req *rq,
		      struct sftp_fail *fail, struct dver_err *err)
{
	size_t before = f->found.len;
	int r;

	if (rq->type == SFTP_HANDLE) {
		r = sftp_take_handle(rq, &f->h, err);
		f->open = r == 0;
		return r;
	}
	if (rq->type != SFTP_NAME)
		return got_status(l, w, f, rq, fail, err);
	r = note_names(f, rq, err);
	/* A long one: ask ahead.  Nothing new is an end, too. */
	if (f->reads < READS)
		f->reads++;
	if (rq->body.len <= 4 && f->found.len == before)
		f->ended = true;
	return r;
}

/* An answer came: take it, ask on, and tell the folder when it is whole. */
static int take_step(struct sftp_list *l, struct sftp_work *w,
		     struct sftp_fail *fail, struct dver_err *err)
{
	struct sftp_req *rq = sftp_next(w->b);
	struct folder *f = land(l, w, rq);
	int r = got_answer(l, w, f, rq, fail, err);

	if (r == 0)
		r = read_more(w, f, err);
	if (r != 0 || !f->ended || f->flying > 0)
		return r;
	if (f->open)
		sftp_post_close(w, &f->h);
	f->open = false;
	r = make_sure(l, w->c, f, err);
	if (r < 0)
		return r;
	r = tell(l, f, err);
	forget(f);
	return r;
}

/* What was being read is to be read again. */
static int put_back(struct sftp_list *l, struct sftp_work *w, int r,
		    struct dver_err *err)
{
	for (int i = 0; i < FOLDERS; i++) {
		struct folder *f = &l->v[i];

		if (!f->path)
			continue;
		if (f->open)
			sftp_post_close(w, &f->h);
		if (!strvec_take(&l->todo, &f->path) && r >= 0)
			r = err_nomem(err);
		forget(f);
	}
	return r;
}

int sftp_list_run(struct sftp_list *l, struct sftp_conn *c, int *stopped,
		  struct sftp_fail *fail, struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	int r = sftp_work_init(&w, c, (size_t)FOLDERS * READS, err);

	if (r == 0)
		r = open_more(l, &w, err);
	while (r == 0 && !l->stopped && sftp_flying(w.b)) {
		r = take_step(l, &w, fail, err);
		if (r == 0)
			r = cancel_check(l->o.cancel, err);
		if (r == 0)
			r = open_more(l, &w, err);
	}
	*stopped = l->stopped;
	return put_back(l, &w, r, err);
}
