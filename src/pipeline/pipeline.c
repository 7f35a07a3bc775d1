/*
 * pipeline - the files' stages in one array, and the names that lead to them.
 */
#include "pipeline/pipeline.h"

#include "base/err.h"
#include "base/path.h"
#include "pipeline/file_read.h"
#include "pipeline/source.h"
#include "repo/config.h"

/* A stage, or the stages of a group or a file, which stand side by side. */
struct pipeline_name {
	const char *text;	/* "sub/dver.yaml:train", "sub/dver.yaml" */
	size_t first, n;
};

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	/* Before they are gathered, stages are their files'. */
	for (size_t i = 0; !p->v && i < p->nfiles; i++)
		free(p->files[i].v);
	for (size_t i = 0; i < p->ndocs; i++)
		value_doc_release(&p->docs[i]);
	free(p->docs);
	free(p->files);
	free(p->names);
	free(p->v);
	for (size_t i = 0; i < p->nvars; i++)
		strvec_release(&p->vars[i].keys);
	free(p->vars);
	arena_release(&p->arena);
	free(p);
}

struct loading {
	struct pipeline *p;
	struct source src;
	struct file_reader reader;
	/* A file that is not as it stands on the disk; NULL: none. */
	const char *edited, *edited_text;
	size_t edited_len;
};

/* What the file says, or is to say. */
static int text_of(const struct loading *l, const char *path, char **text,
		   size_t *len, struct dver_err *err)
{
	if (!l->edited || !streq(path, l->edited)) {
		int r = l->src.read(l->src.data, path, PIPELINE_FILE_MAX,
				    text, len, err);

		return r ? MIN(r, 0)
			 : err_set(err, DVER_ENOTFOUND, "cannot read '%s': it "
				   "is gone", path);
	}
	*text = str_ndup(l->edited_text, l->edited_len);
	*len = l->edited_len;
	return *text ? 0 : err_nomem(err);
}

static int load(void *data, const char *path, struct strvec *outs,
		struct dver_err *err)
{
	struct loading *l = data;
	struct pipeline *p = l->p;
	AUTO_FREE char *text = NULL;
	struct pipeline_file *f;
	size_t len = 0;
	int r = text_of(l, path, &text, &len, err);

	if (r < 0)
		return r;
	if (!mem_grow(&p->files, &p->files_cap, p->nfiles + 1, sizeof(*f)))
		return err_nomem(err);
	f = &p->files[p->nfiles++];
	r = file_read(f, &l->reader, path, text, len, err);
	for (size_t i = 0; r == 0 && i < f->n; i++)
		for (size_t j = 0; r == 0 && j < f->v[i].nouts; j++)
			if (!strvec_push(outs, f->v[i].outs[j].path))
				r = err_nomem(err);
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct pipeline_file *x = a;
	const struct pipeline_file *y = b;

	return strcmp(x->path, y->path);
}

/* The stages of all files go into one array. */
static int gather(struct pipeline *p, struct dver_err *err)
{
	struct stage *all;
	size_t n = 0;

	for (size_t i = 0; i < p->nfiles; i++)
		n += p->files[i].n;
	all = mem_array(n + 1, sizeof(*all));
	if (!all)
		return err_nomem(err);
	if (p->nfiles)
		qsort(p->files, p->nfiles, sizeof(*p->files), by_path);
	for (size_t i = 0; i < p->nfiles; i++) {
		struct pipeline_file *f = &p->files[i];

		if (f->n)
			memcpy(all + p->n, f->v, f->n * sizeof(*all));
		free(f->v);
		f->v = all + p->n;
		p->n += f->n;
	}
	p->v = all;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	const struct pipeline_name *x = a;
	const struct pipeline_name *y = b;

	return strcmp(x->text, y->text);
}

/* Whole addresses, so that names of different files do not clash. */
static int add_name(struct pipeline *p, const char *file, const char *name,
		    size_t first, size_t n, struct dver_err *err)
{
	AUTO_FREE char *text = name ? str_printf("%s:%s", file, name)
				    : strdup(file);
	struct pipeline_name *x = &p->names[p->nnames++];

	*x = (struct pipeline_name){ .first = first, .n = n };
	x->text = text ? arena_strdup(&p->arena, text, strlen(text)) : NULL;
	return x->text ? 0 : err_nomem(err);
}

static int name_all(struct pipeline *p, struct dver_err *err)
{
	int r = 0;

	p->names = mem_array(2 * p->n + p->nfiles + 1, sizeof(*p->names));
	if (!p->names)
		return err_nomem(err);
	for (size_t i = 0; r == 0 && i < p->nfiles; i++)
		r = add_name(p, p->files[i].path, NULL,
			     (size_t)(p->files[i].v - p->v), p->files[i].n,
			     err);
	for (size_t i = 0, end; r == 0 && i < p->n; i = end) {
		const struct stage *s = &p->v[i];

		/* The pointer tells groups apart: each has one name. */
		end = i + 1;
		while (s->group && end < p->n && p->v[end].group == s->group)
			end++;
		if (s->group)
			r = add_name(p, s->file, s->group, i, end - i, err);
		for (size_t j = i; r == 0 && j < end; j++)
			r = add_name(p, s->file, p->v[j].name, j, 1, err);
	}
	if (r == 0)
		qsort(p->names, p->nnames, sizeof(*p->names), by_text);
	return r;
}

/* The edited file may be a new one. */
static int load_edited(struct loading *l, struct dver_err *err)
{
	AUTO_STRVEC struct strvec outs = STRVEC_INIT;

	for (size_t i = 0; i < l->p->nfiles; i++)
		if (streq(l->p->files[i].path, l->edited))
			return 0;
	return load(l, l->edited, &outs, err);
}

/* Which files of variables were there. */
static int keep_vars(struct pipeline *p, struct vars *vars,
		     struct dver_err *err)
{
	p->vars = mem_array(vars->n + 1, sizeof(*p->vars));
	if (!p->vars)
		return err_nomem(err);
	for (size_t i = 0; i < vars->n; i++) {
		struct vars_file *f = &vars->v[i];

		if (f->missing)
			continue;
		p->vars[p->nvars++] = (struct pipeline_vars){
			.path = f->path, .whole = f->whole, .keys = f->keys };
		f->keys = (struct strvec)STRVEC_INIT;
	}
	return 0;
}

/* How a mapping in a command becomes options. */
static int take_settings(struct templates *t, struct dver_repo *repo,
			 struct dver_err *err)
{
	int r = repo ? config_check(repo, err) : 0;

	if (r < 0 || !repo)
		return r;
	t->no_option = streq(config_str(repo, "parsing.bool"),
			     "boolean_optional");
	t->append = streq(config_str(repo, "parsing.list"), "append");
	return 0;
}

static int load_all(struct pipeline **out, struct loading *l,
		    struct dver_err *err)
{
	AUTO_PIPELINE struct pipeline *p = calloc(1, sizeof(*p));
	struct file_reader *fr = &l->reader;
	int r;

	*out = NULL;
	if (!p)
		return err_nomem(err);
	l->p = p;
	*fr = (struct file_reader){ .vars = { .p = p, .src = &l->src },
				    .templates = TEMPLATES_INIT,
				    .room = PIPELINE_STAGES_MAX };
	r = take_settings(&fr->templates, l->src.repo, err);
	if (r == 0)
		r = l->src.each(l->src.data, load, l, err);
	if (r == 0 && l->edited)
		r = load_edited(l, err);
	if (r == 0)
		r = keep_vars(p, &fr->vars, err);
	vars_release(&fr->vars);
	if (r == 0)
		r = gather(p, err);
	if (r == 0)
		r = name_all(p, err);
	if (r == 0)
		*out = TAKE(p);
	return r;
}

int pipeline_load(struct pipeline **out, struct dver_repo *repo,
		  struct dver_err *err)
{
	struct loading l = { .src = source_workspace(repo) };

	return load_all(out, &l, err);
}

int pipeline_load_known(struct pipeline **out, struct dver_repo *repo,
			struct dver_err *err)
{
	struct loading l = { .src = source_known(repo) };

	return load_all(out, &l, err);
}

int pipeline_load_from(struct pipeline **out, const struct source *src,
		       struct dver_err *err)
{
	struct loading l = { .src = *src };

	return load_all(out, &l, err);
}

int pipeline_load_with(struct pipeline **out, struct dver_repo *repo,
		       const char *path, const char *text, size_t len,
		       struct dver_err *err)
{
	struct loading l = { .src = source_workspace(repo), .edited = path,
			     .edited_text = text, .edited_len = len };

	return load_all(out, &l, err);
}

static const struct stage *find_text(const struct pipeline *p,
				     const char *text, size_t *n)
{
	struct pipeline_name key = { .text = text };
	const struct pipeline_name *x;

	x = bsearch(&key, p->names, p->nnames, sizeof(key), by_text);
	if (!x || !x->n)
		return NULL;
	*n = x->n;
	return &p->v[x->first];
}

/* `path` may be that of the file or of its folder. */
static const struct stage *find_in(const struct pipeline *p, const char *dir,
				   const char *path, const char *name,
				   size_t *n)
{
	AUTO_FREE char *whole = path_join(dir, path);
	AUTO_BUF struct buf clean = BUF_PATH;
	const struct stage *s;

	if (!whole || path_clean(&clean, whole, NULL) < 0)
		return NULL;
	if (streq(clean.data, "."))
		buf_clear(&clean);
	if (!streq(path_base(clean.data), PIPELINE_FILE))
		buf_addpath(&clean, PIPELINE_FILE);
	if (name)
		buf_addf(&clean, ":%s", name);
	s = buf_ok(&clean) ? find_text(p, clean.data, n) : NULL;
	return s;
}

const struct stage *pipeline_find(const struct pipeline *p, const char *dir,
				  const char *name, size_t *n)
{
	const struct stage *s;

	*n = 0;
	s = find_in(p, dir, "", name, n);
	if (!s && *dir)
		s = find_in(p, "", "", name, n);
	/* Items may have colons in their names, paths too. */
	for (const char *c = strchr(name, ':'); !s && c; c = strchr(c, ':')) {
		AUTO_FREE char *path = str_ndup(name, (size_t)(c - name));

		s = path ? find_in(p, dir, path, ++c, n) : NULL;
		if (!path)
			break;
	}
	if (!s && streq(path_base(name), PIPELINE_FILE))
		s = find_in(p, dir, name, NULL, n);
	return s;
}
