#include "pipeline/runs.h"

#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/os.h"
#include "workspace/stage_data.h"

#define RUN_MAX (16u << 20)
#define NAME "run"

bool runs_allowed(const struct stage *s, const struct locked_stage *now)
{
	if (s->always_changed || !now->nouts || (!now->ndeps && !now->nparams))
		return false;
	for (size_t i = 0; i < s->nouts; i++)
		if (s->outs[i].persist ||
		    (!s->outs[i].cache && s->outs[i].kind == STAGE_OUT))
			return false;
	/* When it ran: what was made is known. */
	for (size_t i = 0; i < now->nouts; i++)
		if (now->outs[i].keep && now->outs[i].p.kind &&
		    (now->outs[i].p.kind != ROOT_FILE ||
		     now->outs[i].p.size > STAGE_KEEP_MAX))
			return false;
	return true;
}

/* With its length before it, no text can pass for two. */
static void put_text(struct buf *b, const char *tag, const char *s)
{
	buf_addf(b, "%s %zu ", tag, strlen(s));
	buf_addstr(b, s);
	buf_addc(b, '\n');
}

static int key_of(struct oid *key, const struct locked_stage *s,
		  struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	char hex[OID_HEX + 1];
	int r;

	for (size_t i = 0; i < s->cmds.n; i++)
		put_text(&b, "cmd", s->cmds.v[i]);
	for (size_t i = 0; i < s->ndeps; i++) {
		put_text(&b, "dep", s->deps[i].p.out);
		put_text(&b, s->deps[i].p.kind == ROOT_TREE ? "tree" : "file",
			 oid_hex(hex, &s->deps[i].p.id));
	}
	for (size_t i = 0; i < s->nparams; i++) {
		put_text(&b, "file", s->params[i].file);
		put_text(&b, "key", s->params[i].key);
		put_text(&b, "value", s->params[i].text);
	}
	for (size_t i = 0; i < s->nouts; i++)
		put_text(&b, "out", s->outs[i].p.out);
	r = buf_check(&b, err);
	return r < 0 ? r : hash_bytes(key->id, b.data, b.len, err);
}

static char *folder(const struct dver_repo *repo, const struct oid *key)
{
	char hex[OID_HEX + 1];

	oid_hex(hex, key);
	return str_printf("%s/runs/%.2s/%s", repo->cache, hex, hex);
}

int runs_put(struct dver_repo *repo, const struct locked_stage *done,
	     struct dver_err *err)
{
	struct locked_stage one = *done;	/* borrows all of it */
	struct lockfile l = { &one, 1, 1 };
	AUTO_BUF struct buf text = BUF_INIT(RUN_MAX);
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *path = NULL;
	char name[] = NAME, hex[OID_HEX + 1];
	struct oid key, value;
	int r = key_of(&key, done, err);

	one.name = name;
	if (r == 0)
		r = lockfile_format(&text, LOCKFILE_NAME, &l, err);
	if (r == 0)
		r = hash_bytes(value.id, text.data, text.len, err);
	if (r < 0)
		return r;
	dir = folder(repo, &key);
	path = dir ? str_printf("%s/%s", dir, oid_hex(hex, &value)) : NULL;
	if (!path)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	return afile_replace(path, text.data, text.len, 0666, AFILE_NOSYNC,
			     err);
}

/* A run that can be had: 1 and *out, 0. */
static int try_run(struct dver_repo *repo, const char *path,
		   struct locked_stage *out, struct dver_err *err)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = 1;

	/* A cache: what is damaged is not there. */
	if (os_slurp(&text, &len, path, RUN_MAX, NULL) < 0 ||
	    lockfile_parse(&l, LOCKFILE_NAME, path, text, len, NULL) < 0 ||
	    l.n != 1)
		return 0;
	for (size_t i = 0; r > 0 && i < l.v[0].nouts; i++)
		r = stage_data_stored(repo, &l.v[0].outs[i].p, err);
	if (r > 0) {
		*out = l.v[0];
		l.v[0] = (struct locked_stage){ .name = NULL };
	}
	return r;
}

static int newest(char **out, const char *dir, int64_t before,
		  int64_t *when, struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, AT_FDCWD, dir, NULL);

	*out = NULL;
	if (r < 0)
		return 0;
	while ((r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *path = str_printf("%s/%s", dir, e.name);
		struct os_stat st;

		if (!path)
			return err_nomem(err);
		if (os_stat(path, &st, true) < 0 || st.mtime_ns >= before ||
		    (*out && st.mtime_ns <= *when))
			continue;
		free(*out);
		*out = TAKE(path);
		*when = st.mtime_ns;
	}
	return r;
}

int runs_find(struct dver_repo *repo, const struct locked_stage *now,
	      struct locked_stage *out, struct dver_err *err)
{
	AUTO_FREE char *dir = NULL;
	int64_t before = INT64_MAX, when = 0;
	struct oid key;
	int r = key_of(&key, now, err);

	dir = r == 0 ? folder(repo, &key) : NULL;
	if (!dir)
		return r < 0 ? r : err_nomem(err);
	while (r == 0) {
		AUTO_FREE char *path = NULL;

		r = newest(&path, dir, before, &when, err);
		if (r < 0 || !path)
			return r;
		r = try_run(repo, path, out, err);
		before = when;
	}
	return r;
}
