#include "cmd/out_file.h"

#include "base/afile.h"

int out_file_open(struct out_file *f, const char *path, struct dver_err *err)
{
	*f = (struct out_file){ .err = err };
	return afile_open(&f->af, path, 0666, AFILE_NOSYNC, err);
}

int out_file_write(void *file, const char *text, size_t len)
{
	struct out_file *f = file;

	return afile_write(f->af, text, len, f->err);
}

int out_file_close(struct out_file *f, int r)
{
	if (r == 0)
		return afile_commit(&f->af, f->err);
	afile_discard(f->af);
	return r;
}
