#include "repo/runfile.h"

#include "base/afile.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

#define NAME "run"

/* With its length before it, no text can pass for two. */
static void put_text(struct buf *b, const char *tag, const char *s)
{
	buf_addf(b, "%s %zu ", tag, strlen(s));
	buf_addstr(b, s);
	buf_addc(b, '\n');
}

int runfile_key(struct oid *key, const struct locked_stage *s,
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

int runfile_format(struct buf *out, struct run_id *id,
		   const struct locked_stage *done, struct dver_err *err)
{
	struct locked_stage one = *done;	/* borrows all of it */
	char name[] = NAME;
	int r = runfile_key(&id->key, done, err);

	one.name = name;
	buf_clear(out);
	lockfile_put_head(out, true);
	if (r == 0)
		r = locked_stage_put(out, LOCKFILE_NAME, &one, err);
	return r < 0 ? r : hash_bytes(id->value.id, out->data, out->len, err);
}

static int check_place(const struct locked_stage *s, const char *name,
		       const struct run_id *id, const void *text, size_t len,
		       struct dver_err *err)
{
	struct run_id is;
	int r = runfile_key(&is.key, s, err);

	if (r == 0)
		r = hash_bytes(is.value.id, text, len, err);
	if (r < 0)
		return r;
	return oid_eq(&is.key, &id->key) && oid_eq(&is.value, &id->value)
	       ? 0 : err_set(err, DVER_ECORRUPT, "%s: it is not what its name "
			     "says", name);
}

int runfile_parse(struct locked_stage *out, const char *name,
		  const struct run_id *id, const void *text, size_t len,
		  struct dver_err *err)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	int r;

	if (len > RUNFILE_MAX)
		return err_set(err, DVER_EFORMAT, "%s: too long", name);
	r = lockfile_parse(&l, LOCKFILE_NAME, name, text, len, err);
	if (r == 0 && (l.n != 1 || !streq(l.v[0].name, NAME) ||
		       !l.v[0].nouts || !l.v[0].cmds.n))
		r = err_set(err, DVER_EFORMAT, "%s: this is not one run of a "
			    "stage", name);
	if (r == 0)
		r = check_place(&l.v[0], name, id, text, len, err);
	if (r < 0)
		return r;
	*out = l.v[0];
	l.v[0] = (struct locked_stage){ .name = NULL };
	return 0;
}

char *runfile_folder(const char *cache, const struct oid *key)
{
	char hex[OID_HEX + 1];

	oid_hex(hex, key);
	return str_printf("%s/runs/%.2s/%s", cache, hex, hex);
}

char *runfile_path(const char *cache, const struct run_id *id)
{
	AUTO_FREE char *dir = runfile_folder(cache, &id->key);
	char hex[OID_HEX + 1];

	return dir ? str_printf("%s/%s", dir, oid_hex(hex, &id->value)) : NULL;
}

int runfile_write(const char *cache, const struct run_id *id, const void *text,
		  size_t len, struct dver_err *err)
{
	AUTO_FREE char *dir = runfile_folder(cache, &id->key);
	AUTO_FREE char *path = runfile_path(cache, id);

	if (!dir || !path)
		return err_nomem(err);
	if (os_mkdirs(dir, 0777) < 0)
		return err_sys(err, "cannot make '%s'", dir);
	return afile_replace(path, text, len, 0666, AFILE_NOSYNC, err);
}

int runfile_read(struct locked_stage *out, char **text, size_t *len,
		 const char *cache, const struct run_id *id,
		 struct dver_err *err)
{
	AUTO_FREE char *path = runfile_path(cache, id);
	AUTO_FREE char *read = NULL;
	int r;

	if (!path)
		return err_nomem(err);
	/* A cache: what is damaged is not there. */
	if (os_slurp(&read, len, path, RUNFILE_MAX, NULL) < 0)
		return 0;
	r = runfile_parse(out, path, id, read, *len, NULL);
	if (r < 0)
		return r == DVER_ENOMEM ? err_nomem(err) : 0;
	*text = TAKE(read);
	return 1;
}

struct each {
	int (*fn)(void *data, const struct run_id *id, struct dver_err *err);
	void *data;
	bool tidy;		/* no fn: files that are none are removed */
	struct run_id id;
};

/* A file in the folder of a key. */
static int each_file(struct each *x, const struct dir *d, const char *name,
		     struct dver_err *err)
{
	bool is = strlen(name) == OID_HEX && oid_parse(&x->id.value, name) == 0;

	if (!x->tidy)
		return is ? x->fn(x->data, &x->id, err) : 0;
	if (!is && os_unlinkat(dir_fd(d), name, 0) < 0)
		return err_sys(err, "cannot remove '%s' from the run cache",
			       name);
	return 0;
}

/* Of one folder of files, or at other depths of folders of such. */
static int each_in(struct each *x, const char *path, int depth,
		   struct dver_err *err)
{
	AUTO_DIR struct dir *d = NULL;
	struct dir_entry e;
	int r = dir_open(&d, AT_FDCWD, path, NULL);

	if (r < 0)
		return 0;
	while ((r = dir_next(d, &e, err)) > 0) {
		AUTO_FREE char *below = NULL;

		if (depth == 1 && (strlen(e.name) != OID_HEX ||
				   oid_parse(&x->id.key, e.name) < 0))
			continue;
		below = str_printf("%s/%s", path, e.name);
		if (!below)
			r = err_nomem(err);
		else if (depth == 2)
			r = each_file(x, d, e.name, err);
		else
			r = each_in(x, below, depth + 1, err);
		if (r < 0)
			return r;
	}
	return r;
}

int runfile_each(const char *cache,
		 int (*fn)(void *data, const struct run_id *id,
			   struct dver_err *err),
		 void *data, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/runs", cache);
	struct each x = { .fn = fn, .data = data };

	return path ? each_in(&x, path, 0, err) : err_nomem(err);
}

int runfile_tidy(const char *cache, struct dver_err *err)
{
	AUTO_FREE char *path = str_printf("%s/runs", cache);
	struct each x = { .tidy = true };

	return path ? each_in(&x, path, 0, err) : err_nomem(err);
}
