/*
 * loose - paths of whole files, and the check that they are what they say.
 */
#include "store/loose.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

#define BLOCK (256u << 10)

void loose_path(struct buf *out, const char *root, const struct oid *id)
{
	char hex[OID_HEX + 1];

	oid_hex(hex, id);
	buf_setstr(out, root);
	buf_addpath(out, "loose");
	buf_addf(out, "/%.2s/%s", hex, hex + 2);
}

int loose_has(const char *root, const struct oid *id, struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	struct os_stat st;
	int r;

	loose_path(&path, root, id);
	r = buf_check(&path, err);
	if (r < 0)
		return r;
	if (os_stat(path.data, &st, true) == 0)
		return S_ISREG(st.mode);
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_sys(err, "cannot look at '%s'", path.data);
}

int loose_open(int *fd, uint64_t *size, const char *root, const struct oid *id,
	       struct dver_err *err)
{
	AUTO_BUF struct buf path = BUF_PATH;
	AUTO_CLOSE int opened = -1;
	struct os_stat st;
	int r;

	loose_path(&path, root, id);
	r = buf_check(&path, err);
	if (r < 0)
		return r;
	opened = os_open(path.data, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (opened < 0 || os_fstat(opened, &st) < 0)
		return err_sys(err, "cannot open '%s'", path.data);
	if (!S_ISREG(st.mode))
		return err_set(err, DVER_ECORRUPT, "'%s' is no regular file",
			       path.data);
	*size = st.size;
	*fd = opened;
	opened = -1;
	return 0;
}

int loose_verify(const char *root, const struct oid *id,
		 const struct cancel *cancel, struct dver_err *err)
{
	AUTO_FREE char *block = malloc(BLOCK);
	AUTO_HASH struct hash *h = NULL;
	AUTO_CLOSE int fd = -1;
	char hex[OID_HEX + 1];
	struct oid real;
	uint64_t size;
	ssize_t n = 1;
	int r = block ? hash_new(&h, err) : err_nomem(err);

	if (r == 0)
		r = loose_open(&fd, &size, root, id, err);
	if (r == 0)
		r = hash_init(h, err);
	while (r == 0 && n > 0) {
		n = os_read_full(fd, block, BLOCK);
		if (n < 0)
			return err_sys(err, "cannot read object %s",
				       oid_hex(hex, id));
		r = hash_update(h, block, (size_t)n, err);
		if (r == 0)
			r = cancel_check(cancel, err);
	}
	if (r == 0)
		r = hash_final(h, real.id, err);
	if (r == 0 && !oid_eq(&real, id))
		r = err_set(err, DVER_ECORRUPT, "object %s in '%s' is damaged",
			    oid_hex(hex, id), root);
	return r;
}
