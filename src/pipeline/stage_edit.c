#include "pipeline/stage_edit.h"

#include "base/err.h"
#include "base/path.h"
#include "pipeline/pipeline.h"
#include "workspace/tracking.h"

int stage_file_read(struct dver_repo *repo, struct buf *text,
		    const char *file, struct dver_err *err)
{
	AUTO_FREE char *path = path_join(repo->root, file);
	AUTO_FREE char *data = NULL;
	size_t len;
	int r;

	buf_clear(text);
	if (!path)
		return err_nomem(err);
	r = os_slurp(&data, &len, path, PIPELINE_FILE_MAX, err);
	if (r == DVER_ENOTFOUND)
		return 0;
	if (r < 0)
		return r;
	buf_add(text, data, len);
	r = buf_check(text, err);
	return r < 0 ? r : 1;
}

int stage_file_write(struct dver_repo *repo, const struct buf *text,
		     const char *file, struct dver_err *err)
{
	AUTO_TRACKING struct tracking t = { .repo = repo };
	int r = tracking_put(&t, file, text->data, err);

	return r < 0 ? r : tracking_stage(&t, err);
}
