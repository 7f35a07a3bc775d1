/*
 * artifacts - the artifacts of all dver.yaml files, with what tags of git say
 * of each.
 */
#include "dver/artifacts.h"

#include "base/buf.h"
#include "base/err.h"
#include "pipeline/artifact_tags.h"
#include "pipeline/pipeline.h"
#include "pipeline/reader.h"

/* What belongs to one artifact, for the time of its call. */
struct one {
	struct arena arena;
	struct dver_artifact a;
	struct dver_artifact_version *versions;	/* owned */
	struct dver_artifact_stage *stages;	/* owned */
	struct strvec labels;		/* the arena's */
	struct buf meta;
};

static void one_release(struct one *o)
{
	free(o->versions);
	free(o->stages);
	buf_release(&o->meta);
	arena_release(&o->arena);
}
#define AUTO_ONE __attribute__((cleanup(one_release)))

static bool same_thing(const struct artifact_tag *a,
		       const struct artifact_tag *b)
{
	return a->kind == b->kind && streq(a->what, b->what) &&
	       (a->kind != ARTIFACT_STAGE || streq(a->commit, b->commit));
}

/* Is it there, and was not taken back? */
static bool is_standing(const struct artifact_tag *v, size_t n, size_t i)
{
	if (v[i].cancels)
		return false;
	for (size_t k = 0; k < n; k++)
		if (v[k].cancels && same_thing(&v[k], &v[i]) &&
		    v[k].number >= v[i].number)
			return false;
	return true;
}

static bool is_deprecated(const struct artifact_tag *v, size_t n)
{
	const struct artifact_tag *last = NULL;

	for (size_t i = 0; i < n; i++)
		if ((v[i].kind == ARTIFACT_DEPRECATED ||
		     v[i].kind == ARTIFACT_CREATED) &&
		    (!last || v[i].number > last->number ||
		     (v[i].number == last->number &&
		      v[i].kind == ARTIFACT_DEPRECATED)))
			last = &v[i];
	return last && last->kind == ARTIFACT_DEPRECATED;
}

static int newest_first(const void *a, const void *b)
{
	const struct dver_artifact_version *x = a, *y = b;
	int d = artifact_version_compare(y->version, x->version);

	return d ? d : strcmp(x->tag, y->tag);
}

static const char *version_at(const struct one *o, const char *commit)
{
	for (size_t i = 0; i < o->a.nversions; i++)
		if (streq(o->versions[i].commit, commit))
			return o->versions[i].version;
	return NULL;
}

/* Of what came more than once ("#1", "#2") the last that stands is meant. */
static bool is_last(const struct artifact_tag *v, const bool *stands, size_t n,
		    size_t i)
{
	for (size_t k = 0; stands[i] && k < n; k++)
		if (stands[k] && v[k].kind == v[i].kind &&
		    (v[k].number > v[i].number ||
		     (v[k].number == v[i].number && k > i)) &&
		    streq(v[k].what, v[i].what))
			return false;
	return stands[i];
}

static int add_tags(struct one *o, const struct artifact_tag *v, size_t n,
		    struct dver_err *err)
{
	AUTO_FREE bool *stands = mem_array(n + 1, sizeof(*stands));

	o->versions = mem_array(n + 1, sizeof(*o->versions));
	o->stages = mem_array(n + 1, sizeof(*o->stages));
	if (!o->versions || !o->stages || !stands)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		stands[i] = is_standing(v, n, i);
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == ARTIFACT_VERSION && is_last(v, stands, n, i))
			o->versions[o->a.nversions++] =
				(struct dver_artifact_version){
					v[i].what, v[i].tag, v[i].commit };
	if (o->a.nversions)
		qsort(o->versions, o->a.nversions, sizeof(*o->versions),
		      newest_first);
	/* Tags are sorted, so stages are. */
	for (size_t i = 0; i < n; i++)
		if (v[i].kind == ARTIFACT_STAGE && is_last(v, stands, n, i))
			o->stages[o->a.nstages++] =
				(struct dver_artifact_stage){
					v[i].what, v[i].tag, v[i].commit,
					version_at(o, v[i].commit) };
	o->a.versions = o->versions;
	o->a.stages = o->stages;
	o->a.deprecated = is_deprecated(v, n);
	return 0;
}

static const char *text_of(const struct value *map, const char *key)
{
	const struct value *v = value_get(map, key);

	return v && v->type == VALUE_SCALAR && !reader_null(v) ? v->text : NULL;
}

/* What the file says; it was checked when it was read. */
static int add_file(struct one *o, const struct pipeline_file *f,
		    const struct value *v, struct dver_err *err)
{
	struct reader rd = { &o->arena, f->path, f->dir };
	const struct value *labels = value_get(v, "labels");
	const struct value *meta = value_get(v, "meta");
	int r = reader_path(&rd, value_get(v, "path"), "path", &o->a.path,
			    err);

	o->a.file = f->path;
	o->a.type = text_of(v, "type");
	o->a.desc = text_of(v, "desc");
	if (r == 0 && labels && !reader_null(labels))
		r = reader_strings(&rd, labels, "labels", &o->labels, err);
	o->a.labels = (const char *const *)o->labels.v;
	o->a.nlabels = o->labels.n;
	if (r == 0 && meta && !reader_null(meta)) {
		value_text(&o->meta, meta);
		r = buf_check(&o->meta, err);
		o->a.meta = o->meta.data;
	}
	return r;
}

struct telling {
	struct artifact_tags tags;
	const char *const *names;
	size_t n;
	bool *met;		/* a flag a name; owned */
	int (*fn)(void *data, const struct dver_artifact *a);
	void *data;
};

static void telling_release(struct telling *t)
{
	artifact_tags_release(&t->tags);
	free(t->met);
}

static bool is_wanted(struct telling *t, const char *name, const char *full)
{
	bool wanted = t->n == 0;

	for (size_t i = 0; i < t->n; i++)
		if (streq(t->names[i], name) || streq(t->names[i], full))
			wanted = t->met[i] = true;
	return wanted;
}

static int tell(struct telling *t, const struct pipeline_file *f,
		const char *name, const struct value *v, struct dver_err *err)
{
	const char *dir = f->dir, *sep = *dir ? ":" : "";
	AUTO_FREE char *full = str_printf("%s%s%s", dir, sep, name);
	AUTO_FREE char *tag = str_printf("%s%s%s", dir, *dir ? "=" : "", name);
	AUTO_ONE struct one o = { .labels = STRVEC_INIT, .meta = BUF_BIG };
	const struct artifact_tag *tags;
	size_t n;
	int r;

	if (!full || !tag)
		return err_nomem(err);
	if (!is_wanted(t, name, full))
		return 0;
	o.a.name = full;
	tags = artifact_tags_of(&t->tags, tag, &n);
	r = add_file(&o, f, v, err);
	if (r == 0)
		r = add_tags(&o, tags, n, err);
	return r < 0 ? r : t->fn(t->data, &o.a);
}

int dver_artifacts_each(struct dver_repo *repo, const char *const *names,
			size_t n, int (*fn)(void *data,
					    const struct dver_artifact *a),
			void *data, struct dver_err *err)
{
	__attribute__((cleanup(telling_release)))
	struct telling t = { .names = names, .n = n, .fn = fn, .data = data };
	AUTO_PIPELINE struct pipeline *p = NULL;
	int r = pipeline_load(&p, repo, err);

	t.met = mem_array(n + 1, sizeof(*t.met));
	if (r == 0 && !t.met)
		r = err_nomem(err);
	if (r == 0 && repo->git)
		r = artifact_tags_read(&t.tags, repo->git, err);
	for (size_t i = 0; r == 0 && i < p->nfiles; i++) {
		const struct pipeline_file *f = &p->files[i];

		for (size_t k = 0; r == 0 && f->artifacts &&
				   k < f->artifacts->n; k++)
			r = tell(&t, f, value_key(f->artifacts, k)->text,
				 value_at(f->artifacts, k), err);
	}
	for (size_t i = 0; r == 0 && i < n; i++)
		if (!t.met[i])
			r = err_set(err, DVER_ENOTFOUND, "no dver.yaml has an "
				    "artifact '%s'", names[i]);
	return r;
}
