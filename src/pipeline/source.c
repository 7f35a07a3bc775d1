#include "pipeline/source.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "pipeline/pipeline.h"

static int each(void *data, discover_fn load, void *load_data,
		struct dver_err *err)
{
	return discover_files(data, PIPELINE_FILE, false, load, load_data,
			      err);
}

static int each_known(void *data, discover_fn load, void *load_data,
		      struct dver_err *err)
{
	return discover_files(data, PIPELINE_FILE, true, load, load_data, err);
}

static int read_file(void *data, const char *path, size_t max, char **text,
		     size_t *len, struct dver_err *err)
{
	struct dver_repo *repo = data;
	AUTO_CLOSE int root = os_open(repo->root, O_RDONLY | O_DIRECTORY, 0);
	AUTO_CLOSE int fd = root < 0 ? -1
				     : os_open_beneath(root, path,
						       O_RDONLY | O_NONBLOCK);
	AUTO_FREE char *got = NULL;
	struct os_stat st;
	ssize_t n;

	if (fd < 0 && root >= 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if ((fd < 0 && errno != ELOOP) || (fd >= 0 && os_fstat(fd, &st) < 0))
		return err_sys(err, "cannot open '%s'", path);
	if (fd < 0 || !S_ISREG(st.mode))
		return err_set(err, DVER_EFORMAT, "'%s' is no regular file",
			       path);
	if (st.size > max)
		return err_set(err, DVER_EFORMAT, "'%s' is too large: %llu "
			       "bytes", path, (unsigned long long)st.size);
	got = malloc((size_t)st.size + 1);
	if (!got)
		return err_nomem(err);
	n = os_read_full(fd, got, (size_t)st.size);
	if (n < 0)
		return err_sys(err, "cannot read '%s'", path);
	got[n] = '\0';
	*len = (size_t)n;
	*text = TAKE(got);
	return 1;
}

struct source source_workspace(struct dver_repo *repo)
{
	return (struct source){ each, read_file, repo, repo };
}

struct source source_known(struct dver_repo *repo)
{
	return (struct source){ each_known, read_file, repo, repo };
}
