/*
 * lockfile_text - a lock file's text, and what it says to those who look for
 * outputs.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "format/yaml.h"
#include "repo/lockfile.h"
#include "repo/pointer_text.h"

struct writing {
	struct buf *out;
	const char *dir;	/* absolute, as if the root were "/" */
	bool failed;
};

static void put_path(struct writing *w, const char *path)
{
	AUTO_BUF struct buf rel = BUF_PATH;
	AUTO_FREE char *full = str_printf("/%s", path);

	if (full && path_relative(&rel, w->dir, full, NULL) == 0)
		text_put_name(w->out, rel.data);
	else
		w->failed = true;
}

static void put_string(struct writing *w, const char *s)
{
	yaml_put_string(w->out, s, strlen(s));
}

static void put_entries(struct writing *w, const char *key,
			const struct locked *v, size_t n)
{
	if (n)
		buf_addf(w->out, "    %s:\n", key);
	for (size_t i = 0; i < n; i++) {
		buf_addstr(w->out, "    - path: ");
		put_path(w, v[i].p.out);
		buf_addc(w->out, '\n');
		text_put_keys(w->out, "      ", &v[i].p);
		if (v[i].no_cache)
			buf_addstr(w->out, "      cache: false\n");
		if (v[i].no_push)
			buf_addstr(w->out, "      push: false\n");
	}
}

static void put_params(struct writing *w, const struct locked_stage *s)
{
	if (s->nparams)
		buf_addstr(w->out, "    params:\n");
	for (size_t i = 0; i < s->nparams; i++) {
		const struct locked_param *p = &s->params[i];

		if (i == 0 || !streq(p->file, s->params[i - 1].file)) {
			buf_addstr(w->out, "      ");
			put_path(w, p->file);
			buf_addstr(w->out, ":\n");
		}
		buf_addstr(w->out, "        ");
		put_string(w, p->key);
		buf_addf(w->out, ": %s\n", p->text);
	}
}

static void put_stage(struct writing *w, const struct locked_stage *s)
{
	buf_addstr(w->out, "  ");
	put_string(w, s->name);
	buf_addstr(w->out, ":\n");
	if (s->cmds.n)
		buf_addstr(w->out, "    cmd:");
	for (size_t i = 0; i < s->cmds.n; i++) {
		buf_addstr(w->out, s->cmd_list ? "\n    - " : " ");
		put_string(w, s->cmds.v[i]);
	}
	if (s->cmds.n)
		buf_addc(w->out, '\n');
	put_entries(w, "deps", s->deps, s->ndeps);
	put_params(w, s);
	put_entries(w, "outs", s->outs, s->nouts);
	if (!s->cmds.n && !s->ndeps && !s->nparams && !s->nouts)
		buf_addstr(w->out, "    deps: []\n");
}

void lockfile_put_head(struct buf *out, bool stages)
{
	buf_addstr(out, stages ? "schema: 1\nstages:\n" : "schema: 1\n");
}

/* The folder of the file at `path`, as put_path() wants it; owned. */
static char *dir_for(const char *path)
{
	AUTO_FREE char *full = str_printf("/%s", path);

	return full ? path_dir(full) : NULL;
}

int locked_stage_put(struct buf *out, const char *path,
		     const struct locked_stage *s, struct dver_err *err)
{
	AUTO_FREE char *dir = dir_for(path);
	struct writing w = { out, dir, false };

	if (!dir)
		return err_nomem(err);
	put_stage(&w, s);
	return w.failed ? err_nomem(err) : buf_check(out, err);
}

/* A text that cannot be kept is made again. */
static void put_again(struct writing *w, struct locked_stage *s)
{
	size_t from = w->out->len;

	if (s->text) {
		buf_addstr(w->out, s->text);
		return;
	}
	put_stage(w, s);
	if (!w->failed && buf_check(w->out, NULL) == 0)
		s->text = strdup(w->out->data + from);
}

int lockfile_format(struct buf *out, const char *path, struct lockfile *l,
		    struct dver_err *err)
{
	AUTO_FREE char *dir = dir_for(path);
	struct writing w = { out, dir, false };

	if (!dir)
		return err_nomem(err);
	buf_clear(out);
	lockfile_put_head(out, l->n > 0);
	for (size_t i = 0; i < l->n; i++)
		put_again(&w, &l->v[i]);
	return w.failed ? err_nomem(err) : buf_check(out, err);
}

static int each_locked(const char *path, const char *name, const void *text,
		       size_t len, pointed_fn fn, void *data,
		       struct dver_err *err)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	int r = lockfile_parse(&l, path, name, text, len, err);

	for (size_t i = 0; r == 0 && i < l.n; i++) {
		const struct locked_stage *s = &l.v[i];

		for (size_t j = 0; r == 0 && j < s->nouts; j++) {
			const struct locked *o = &s->outs[j];

			if (!o->no_cache)
				r = fn(data, &(struct pointed){
					o->p.out, s->name, o->no_push,
					&o->p }, err);
		}
	}
	return r;
}

int pointers_each(const char *path, const char *name, const void *text,
		  size_t len, pointed_fn fn, void *data, struct dver_err *err)
{
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_FREE char *dir = path_dir(path);
	AUTO_FREE char *out = NULL;
	int r;

	if (!dir)
		return err_nomem(err);
	if (lockfile_is_name(path))
		return each_locked(path, name, text, len, fn, data, err);
	r = pointer_parse(&p, name, text, len, err);
	if (r < 0)
		return r;
	out = path_join(dir, p.out);
	if (!out)
		return err_nomem(err);
	return fn(data, &(struct pointed){ out, NULL, false, &p }, err);
}
