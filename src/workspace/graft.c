#include "workspace/graft.h"

#include "base/err.h"
#include "base/mem.h"
#include "workspace/tree_io.h"

struct absent {
	struct scanner *s;
	const struct recorded *e;
	struct buf path;
};

static int merge(struct absent *a, const struct oid *base,
		 const struct oid *disk, struct scanned *out,
		 struct dver_err *err);

/* One name that the base has; `d` is what the disk has of it, or NULL. */
static int merge_name(struct absent *a, struct made *m,
		      const struct tree_entry *b, const struct tree_entry *d,
		      struct dver_err *err)
{
	size_t back = a->path.len;
	struct scanned below;
	int r = 0;
	int here;

	if (back)
		buf_addc(&a->path, '/');
	buf_add(&a->path, b->name, b->name_len);
	here = recorded_here(a->e, a->path.data);
	if (d && (here == 1 || !dir_id(b) || !dir_id(d) ||
		  oid_eq(&b->id, &d->id))) {
		r = tree_add(&m->tw, d, err);
	} else if (!d && (here == 0 || (here == 2 && !dir_id(b)))) {
		r = tree_add(&m->tw, b, err);
	} else if (d || here == 2) {
		r = merge(a, dir_id(b), dir_id(d), &below, err);
		if (r == 0 && (d || below.files))
			r = made_add(m, b, &below, err);
	}
	buf_truncate(&a->path, back);
	return r;
}

static int merge(struct absent *a, const struct oid *base,
		 const struct oid *disk, struct scanned *out,
		 struct dver_err *err)
{
	AUTO_SIDE struct side b = SIDE_INIT;
	AUTO_SIDE struct side d = SIDE_INIT;
	AUTO_MADE struct made m;
	int r = side_open(&b, a->s, base, err);

	made_begin(&m);
	if (r == 0)
		r = side_open(&d, a->s, disk, err);
	while (r == 0 && (b.more || d.more)) {
		int c = !b.more ? 1 : !d.more ? -1
			: tree_name_cmp(b.e.name, b.e.name_len, d.e.name,
					d.e.name_len);

		if (c > 0)
			r = tree_add(&m.tw, &d.e, err);
		else
			r = merge_name(a, &m, &b.e, c == 0 ? &d.e : NULL, err);
		if (r == 0 && c <= 0)
			r = side_next(&b, err);
		if (r == 0 && c >= 0)
			r = side_next(&d, err);
	}
	if (r == 0)
		r = made_end(&m, a->s, out, err);
	return r;
}

int graft_absent(struct scanner *s, const struct recorded *e, const char *sub,
		 const struct oid *base, const struct scanned *disk,
		 struct scanned *out, struct dver_err *err)
{
	struct absent a = { s, e, BUF_PATH };
	uint64_t fresh = disk->new_bytes;
	struct oid id = disk->id;
	int r;

	if (disk->kind && disk->kind != TREE_DIR) {
		*out = *disk;
		return 0;
	}
	buf_setstr(&a.path, sub);
	r = merge(&a, base, disk->kind ? &id : NULL, out, err);
	out->new_bytes = fresh;
	buf_release(&a.path);
	return r;
}

static int replace(struct scanner *s, const struct oid *base, const char *sub,
		   const struct scanned *part, struct scanned *out,
		   struct dver_err *err);

/* What the name at the start of `sub` becomes; kind 0: nothing. */
static int new_entry(struct scanner *s, const struct tree_entry *old,
		     const char *sub, size_t len, const struct scanned *part,
		     struct scanned *out, struct dver_err *err)
{
	if (sub[len] == '\0') {
		*out = *part;
		return 0;
	}
	return replace(s, dir_id(old), sub + len + 1, part, out, err);
}

static int replace(struct scanner *s, const struct oid *base, const char *sub,
		   const struct scanned *part, struct scanned *out,
		   struct dver_err *err)
{
	AUTO_SIDE struct side b = SIDE_INIT;
	struct tree_entry name = { .name = sub,
				   .name_len = strcspn(sub, "/") };
	struct scanned mine;
	bool done = false;
	AUTO_MADE struct made m;
	int r = side_open(&b, s, base, err);

	made_begin(&m);
	while (r == 0 && (b.more || !done)) {
		int c = !b.more ? 1 : done ? -1
			: tree_name_cmp(b.e.name, b.e.name_len, name.name,
					name.name_len);

		if (c >= 0) {
			done = true;
			if (c > 0 && !part->kind)
				r = err_set(err, DVER_ENOTFOUND,
					    "there is no '%s'", sub);
			else
				r = new_entry(s, c == 0 ? &b.e : NULL, sub,
					      name.name_len, part, &mine, err);
			if (r == 0 && mine.kind)
				r = made_add(&m, &name, &mine, err);
		} else {
			r = tree_add(&m.tw, &b.e, err);
		}
		if (r == 0 && c <= 0)
			r = side_next(&b, err);
	}
	if (r == 0)
		r = made_end(&m, s, out, err);
	return r;
}

int graft_part(struct scanner *s, const struct oid *base, const char *sub,
	       const struct scanned *part, struct scanned *out,
	       struct dver_err *err)
{
	uint64_t fresh = part->new_bytes;
	int r = replace(s, base, sub, part, out, err);

	out->new_bytes = fresh;
	return r;
}
