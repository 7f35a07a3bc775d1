#include "transfer/object_src.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/chunker.h"
#include "store/loose.h"

void object_src_release(struct object_src *o)
{
	if (o->staged)
		(void)os_unlink(o->path);
	free(o->path);
	buf_release(&o->data);
	o->path = NULL;
	o->staged = false;
}

static int to_nowhere(void *data, const void *bytes, size_t len,
		      struct dver_err *err)
{
	(void)data;
	(void)bytes;
	(void)len;
	(void)err;
	return 0;
}

static int to_file(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	const int *fd = data;

	return os_write_all(*fd, bytes, len) < 0
	       ? err_sys(err, "cannot write what is to be sent") : 0;
}

static int take_loose(struct object_src *o, struct store *s,
		      struct store_io *io, const struct oid *id,
		      const char *path, const struct cancel *cancel,
		      struct dver_err *err)
{
	o->path = strdup(path);
	if (!o->path)
		return err_nomem(err);
	if (os_stat(path, &o->before, true) < 0)
		return err_sys(err, "cannot read '%s'", path);
	return store_stream(s, io, id, to_nowhere, NULL, cancel, err);
}

static int stage_it(struct object_src *o, struct store *s, struct store_io *io,
		    const struct oid *id, const char *stage,
		    const struct cancel *cancel, struct dver_err *err)
{
	AUTO_CLOSE int fd = -1;
	char name[RAND_NAME_HEX];
	int r = rand_name(name, err);

	if (r < 0)
		return r;
	o->path = str_printf("%s/object-%s", stage, name);
	if (!o->path)
		return err_nomem(err);
	fd = os_open(o->path, O_WRONLY | O_CREAT | O_EXCL, 0444);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", o->path);
	o->staged = true;
	return store_stream(s, io, id, to_file, &fd, cancel, err);
}

int object_src_load(struct object_src *o, struct store *s,
		    struct store_io *io, const struct oid *id,
		    const char *stage, const struct cancel *cancel,
		    struct dver_err *err)
{
	const char *root = store_local_root(s);
	AUTO_BUF struct buf path = BUF_PATH;
	char hex[OID_HEX + 1];
	int r;

	*o = (struct object_src){ .data = BUF_INIT(CHUNK_MAX) };
	r = store_length(s, io, id, &o->size, err);
	if (r == 0)
		return err_set(err, DVER_EMISSING, "object %s is not in '%s'",
			       oid_hex(hex, id), store_transport(s)->url);
	if (r < 0)
		return r;
	if (o->size <= CHUNK_MAX)
		return store_read(s, io, id, CHUNK_MAX, &o->data, err);
	r = root ? loose_has(root, id, err) : 0;
	if (r == 0)
		return stage_it(o, s, io, id, stage, cancel, err);
	if (r < 0)
		return r;
	loose_path(&path, root, id);
	return take_loose(o, s, io, id, path.data, cancel, err);
}

struct transport_src object_src_of(const struct object_src *o)
{
	return (struct transport_src){
		.data = o->path ? NULL : o->data.data,
		.len = (size_t)o->size, .path = o->path,
		.consume = o->staged };
}

int object_src_check(const struct object_src *o, struct dver_err *err)
{
	struct os_stat now;

	if (o->staged || !o->path)
		return 0;
	if (os_stat(o->path, &now, true) == 0 && now.size == o->before.size &&
	    now.mtime_ns == o->before.mtime_ns && now.ino == o->before.ino)
		return 0;
	return err_set(err, DVER_ECORRUPT, "'%s' changed while it was sent",
		       o->path);
}
