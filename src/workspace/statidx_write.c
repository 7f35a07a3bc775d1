/*
 * statidx_write - blocks are appended at offsets that are handed out one by
 * one; only the trailer of the finished file gives them a meaning.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "workspace/statidx_format.h"

struct statidx_out {
	char *path;		/* owned */
	char *tmp;		/* owned */
	struct statidx *old;	/* borrowed; NULL: start empty */
	pthread_mutex_t mutex;
	int fd;			/* < 0 until the first block */
	_Atomic uint64_t end;
};

void statidx_entry_put(struct buf *out, const struct statidx_entry *e)
{
	buf_add_le16(out, e->name_len);
	buf_addc(out, e->kind);
	buf_addc(out, e->flags);
	buf_add_le32(out, e->mode);
	buf_add(out, e->id.id, HASH_SIZE);
	buf_add_le64(out, e->d.off);
	buf_add_le64(out, e->d.len);
	buf_add_le64(out, e->d.bytes);
	buf_add_le64(out, e->d.files);
	buf_add(out, e->name, e->name_len);
}

void statidx_out_discard(struct statidx_out *o)
{
	if (!o)
		return;
	if (o->fd >= 0) {
		(void)os_unlink(o->tmp);
		(void)os_close(o->fd);
	}
	pthread_mutex_destroy(&o->mutex);
	free(o->tmp);
	free(o->path);
	free(o);
}

int statidx_out_new(struct statidx_out **out, const char *path,
		    struct statidx *old, struct dver_err *err)
{
	AUTO_STATIDX_OUT struct statidx_out *o = NULL;
	struct statidx_out *made = calloc(1, sizeof(*made));
	char name[RAND_NAME_HEX];
	int r;

	if (!made)
		return err_nomem(err);
	pthread_mutex_init(&made->mutex, NULL);
	made->fd = -1;
	o = made;
	r = rand_name(name, err);
	if (r < 0)
		return r;
	o->old = old;
	o->path = strdup(path);
	o->tmp = str_printf("%s.%.8s.tmp", path, name);
	if (!o->path || !o->tmp)
		return err_nomem(err);
	*out = TAKE(o);
	return 0;
}

/* The file, begun as a copy of the old one.  The mutex is held. */
static int begin(struct statidx_out *o, struct dver_err *err)
{
	uint64_t len = STATIDX_MAGIC_LEN;

	if (o->fd >= 0)
		return 0;
	o->fd = os_open(o->tmp, O_RDWR | O_CREAT | O_EXCL, 0666);
	if (o->fd < 0)
		return err_sys(err, "cannot create '%s'", o->tmp);
	if ((o->old ? statidx_copy_to(o->old, o->fd, &len)
		    : os_pwrite_all(o->fd, STATIDX_MAGIC, len, 0)) < 0)
		return err_sys(err, "cannot write '%s'", o->tmp);
	atomic_store(&o->end, len);
	return 0;
}

int statidx_out_block(struct statidx_out *o, const struct statidx_entry *v,
		      size_t n, struct statidx_entry *d, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	int r;

	pthread_mutex_lock(&o->mutex);
	r = begin(o, err);
	pthread_mutex_unlock(&o->mutex);
	if (r < 0)
		return r;
	(void)buf_reserve(&b, n * (STATIDX_FIXED + 16) + 64);
	buf_add_le32(&b, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		statidx_entry_put(&b, &v[i]);
	r = buf_check(&b, err);
	if (r == 0)
		r = hash_bytes(sum, b.data, b.len, err);
	buf_add(&b, sum, STATIDX_SUM);
	if (r == 0)
		r = buf_check(&b, err);
	if (r < 0)
		return r;
	d->d.len = b.len;
	d->d.off = atomic_fetch_add(&o->end, b.len);
	if (os_pwrite_all(o->fd, b.data, b.len, d->d.off) < 0)
		return err_sys(err, "cannot write '%s'", o->tmp);
	return 0;
}

int statidx_out_commit(struct statidx_out **op,
		       const struct statidx_entry *root, uint64_t stamp,
		       uint64_t live, struct dver_err *err)
{
	AUTO_STATIDX_OUT struct statidx_out *o = TAKE(*op);
	AUTO_BUF struct buf t = BUF_INIT(STATIDX_TRAILER);
	struct statidx_entry named = *root;
	uint8_t sum[HASH_SIZE];
	int r;

	named.name = ".";
	named.name_len = 1;
	statidx_entry_put(&t, &named);
	buf_add_le64(&t, stamp);
	buf_add_le64(&t, live);
	r = hash_bytes(sum, t.data, t.len, err);
	buf_add(&t, sum, HASH_SIZE);
	if (r == 0)
		r = buf_check(&t, err);
	if (r == 0)
		r = begin(o, err);
	if (r < 0)
		return r;
	if (os_pwrite_all(o->fd, t.data, t.len, atomic_load(&o->end)) < 0)
		return err_sys(err, "cannot write '%s'", o->tmp);
	if (os_rename(o->tmp, o->path) < 0)
		return err_sys(err, "cannot rename to '%s'", o->path);
	(void)os_close(o->fd);
	o->fd = -1;
	return 0;
}
