/*
 * data - two datasets with a history: files are edited, come, go and come back,
 * whole folders stay; a file of over 1 MiB is edited in a few versions.
 */
#include <stdio.h>

#include "store/chunker.h"
#include "store/local.h"
#include "store/recipe.h"
#include "store/tree.h"
#include "store/writer.h"
#include "tests/simulate/sim.h"

#define DIRS 3
#define FILES 4
#define LARGE 1200000
#define VERSIONS 14	/* of each dataset */

/* What a dataset is like: a number for each file says its content. */
struct model {
	uint32_t file[DIRS][FILES];	/* 0: not there */
	uint32_t large;			/* 0: not there */
};

struct maker {
	struct writer *w;
	struct store_io *io;
	struct rng rng;
	uint32_t used;		/* contents so far */
};

static void content(struct buf *out, uint32_t number)
{
	struct rng r = { number * 0x9e3779b97f4a7c15u + 7 };
	uint32_t len = 100 + rng_below(&r, 900);

	buf_clear(out);
	for (uint32_t i = 0; i < len; i++)
		buf_addc(out, (int)('a' + rng_below(&r, 4)));
}

static int add(struct tree_writer *tw, enum tree_kind kind, const char *name,
	       const struct oid *id, uint64_t bytes, uint64_t files,
	       struct dver_err *err)
{
	struct tree_entry e = { .kind = kind, .name = name,
				.name_len = strlen(name), .id = *id,
				.bytes = bytes, .files = files };

	return tree_add(tw, &e, err);
}

static int make_dir(struct maker *m, const uint32_t file[FILES],
		    struct oid *id, struct tree_writer *sums,
		    struct dver_err *err)
{
	AUTO_BUF struct buf tree = BUF_BIG;
	AUTO_BUF struct buf text = BUF_BIG;
	int r = 0;

	tree_writer_init(sums, &tree);
	for (int i = 0; r >= 0 && i < FILES; i++) {
		char name[8];
		struct oid one;

		if (!file[i])
			continue;
		(void)snprintf(name, sizeof(name), "f%d", i);
		content(&text, file[i]);
		r = hash_bytes(one.id, text.data, text.len, err);
		if (r == 0)
			r = writer_put(m->w, 0, m->io, PLACE_PACK, &one,
				       text.data, text.len, err);
		if (r >= 0)
			r = add(sums, TREE_FILE, name, &one, text.len, 1, err);
	}
	return r < 0 ? r : writer_put_tree(m->w, 0, m->io, id, tree.data,
					   tree.len, err);
}

/* Its start is the same in all versions. */
static int make_large(struct maker *m, uint32_t number, struct oid *id,
		      struct dver_err *err)
{
	AUTO_FREE uint8_t *all = malloc(LARGE);
	AUTO_BUF struct buf entries = BUF_BIG;
	struct recipe_writer rw;
	struct rng r = { 99 };
	int ret = all ? 0 : err_nomem(err);

	for (size_t i = 0; ret == 0 && i < LARGE; i++) {
		if (i == LARGE - 200000)
			r.x += number;
		all[i] = (uint8_t)(i % 4 ? 'x' : 'a' + rng_below(&r, 4));
	}
	if (ret == 0)
		ret = hash_bytes(id->id, all, LARGE, err);
	recipe_writer_init(&rw);
	for (size_t off = 0; ret >= 0 && off < LARGE;) {
		size_t n = chunker_cut(all + off, LARGE - off);
		struct oid one;

		ret = hash_bytes(one.id, all + off, n, err);
		if (ret == 0)
			ret = writer_put(m->w, 0, m->io, PLACE_PACK, &one,
					 all + off, n, err);
		recipe_add(&rw, &entries, &one, (uint32_t)n);
		off += n;
	}
	recipe_finish(&rw, &entries);
	return ret < 0 ? ret : writer_put_recipe(m->w, 0, m->io, id, LARGE,
						 entries.data, entries.len,
						 err);
}

static int make_version(struct maker *m, const struct model *x,
			struct version *v, struct dver_err *err)
{
	AUTO_BUF struct buf tree = BUF_BIG;
	struct tree_writer tw;
	struct oid id;
	int r = 0;

	tree_writer_init(&tw, &tree);
	for (int i = 0; r >= 0 && i < DIRS; i++) {
		struct tree_writer sums;
		char name[8];

		(void)snprintf(name, sizeof(name), "d%d", i);
		r = make_dir(m, x->file[i], &id, &sums, err);
		if (r >= 0)
			r = add(&tw, TREE_DIR, name, &id, sums.bytes,
				sums.files, err);
	}
	if (r >= 0 && x->large)
		r = make_large(m, x->large, &id, err);
	if (r >= 0 && x->large)
		r = add(&tw, TREE_FILE, "large", &id, LARGE, 1, err);
	v->size = tw.bytes;
	return r < 0 ? r : writer_put_tree(m->w, 0, m->io, &v->id, tree.data,
					   tree.len, err);
}

/* Mostly new content, sometimes that of before. */
static void edit(struct maker *m, struct model *x, int version)
{
	int n = 1 + (int)rng_below(&m->rng, 3);

	while (n-- > 0) {
		uint32_t *f = &x->file[rng_below(&m->rng, DIRS)]
				      [rng_below(&m->rng, FILES)];
		uint32_t what = rng_below(&m->rng, 10);

		*f = what == 0 ? 0
		   : what < 4 ? 1 + rng_below(&m->rng, m->used) : ++m->used;
	}
	if (version % 6 == 3)
		x->large = 1 + rng_below(&m->rng, 3);
	else if (version % 6 == 0)
		x->large = 0;
}

static int make_all(struct maker *m, struct data *d, struct dver_err *err)
{
	static const char *const labels[] = { "one", "two" };
	int r = 0;

	for (int set = 0; r >= 0 && set < 2; set++) {
		struct model x = { .large = 0 };

		for (int i = 0; i < DIRS * FILES; i++)
			x.file[i / FILES][i % FILES] = ++m->used;
		for (int i = 0; r >= 0 && i < VERSIONS; i++) {
			/* the two take turns in d->v */
			struct version *v = &d->v[2 * i + set];

			v->label = labels[set];
			r = make_version(m, &x, v, err);
			edit(m, &x, i);
			d->n++;
		}
	}
	return r;
}

int data_make(struct data *d, const char *root, struct dver_err *err)
{
	AUTO_STORE struct store *s = NULL;
	AUTO_STORE_IO struct store_io *io = NULL;
	AUTO_TMPDIR struct tmpdir *tmp = NULL;
	struct maker m = { .rng = { 4242 } };
	struct writer_opts wo = { .workers = 1, .reuse = true };
	struct writer_stats st;
	int r;

	d->root = strdup(root);
	r = d->root ? local_open(&s, root, true, true, 0, err) : DVER_ENOMEM;
	if (r == 0)
		r = store_io_new(&io, err);
	if (r == 0)
		r = tmpdir_new(&tmp, root, err);
	if (r < 0)
		return r;
	wo.stage = tmpdir_path(tmp);
	r = writer_open(&m.w, s, &wo, err);
	m.io = io;
	if (r == 0)
		r = make_all(&m, d, err);
	return r < 0 ? r : writer_commit(&m.w, &st, err);
}

int data_source(struct store **out, const struct data *d,
		struct dver_err *err)
{
	int r = local_open(out, d->root, false, true, 0, err);

	return r < 0 ? r : store_load_indexes(*out, err);
}
