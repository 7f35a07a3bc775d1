/*
 * path - lexical work on names; nothing here looks at the file system but
 * path_absolute(), which asks for the current folder.
 */
#include "base/path.h"

#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return str_ndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *path_join(const char *dir, const char *name)
{
	if (!*dir || streq(dir, "."))
		return strdup(name);
	if (!*name)
		return strdup(dir);
	return str_printf("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

static bool is_dotdot(const char *p, size_t len)
{
	return len == 2 && p[0] == '.' && p[1] == '.';
}

/* Take back the last component; false if there is none to take back. */
static bool climb(struct buf *out, size_t start)
{
	size_t at = out->len;

	while (at > start && out->data[at - 1] != '/')
		at--;
	if (at == out->len || is_dotdot(out->data + at, out->len - at))
		return false;
	buf_truncate(out, at > start && at > 1 ? at - 1 : at);
	return true;
}

int path_clean(struct buf *out, const char *path, struct dver_err *err)
{
	bool absolute = path[0] == '/';
	size_t start = absolute ? 1 : 0;

	buf_clear(out);
	if (absolute)
		buf_addc(out, '/');
	while (*path) {
		size_t len = strcspn(path, "/");

		if (is_dotdot(path, len)) {
			if (!climb(out, start) && !absolute)
				buf_addpath(out, "..");
		} else if (len > 0 && !(len == 1 && *path == '.')) {
			if (out->len > start)
				buf_addc(out, '/');
			buf_add(out, path, len);
		}
		path += len;
		path += *path == '/';
	}
	if (out->len == 0)
		buf_addc(out, '.');
	return buf_check(out, err);
}

int path_absolute(struct buf *out, const char *path, struct dver_err *err)
{
	AUTO_FREE char *cwd = NULL;
	AUTO_FREE char *whole = NULL;

	if (path[0] == '/')
		return path_clean(out, path, err);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return err_sys(err, "cannot tell the current folder");
	whole = path_join(cwd, path);
	return whole ? path_clean(out, whole, err) : err_nomem(err);
}

/* How many bytes of both are the same whole components. */
static size_t common_prefix(const char *a, const char *b)
{
	size_t same = 0;
	size_t i = 0;

	while (a[i] && a[i] == b[i]) {
		i++;
		if (a[i - 1] == '/')
			same = i;
	}
	if ((!a[i] || a[i] == '/') && (!b[i] || b[i] == '/'))
		same = i;
	return same;
}

int path_relative(struct buf *out, const char *from, const char *to,
		  struct dver_err *err)
{
	size_t same = common_prefix(from, to);
	const char *up = from + same;

	buf_clear(out);
	while (*up == '/')
		up++;
	while (*up) {
		buf_addpath(out, "..");
		up += strcspn(up, "/");
		up += *up == '/';
	}
	to += same;
	while (*to == '/')
		to++;
	if (*to)
		buf_addpath(out, to);
	if (out->len == 0)
		buf_addc(out, '.');
	return buf_check(out, err);
}

bool path_inside(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 0)
		return true;
	if (strncmp(path, dir, len) != 0)
		return false;
	return !path[len] || path[len] == '/' || dir[len - 1] == '/';
}

bool path_is_component(const char *name, size_t len)
{
	if (len == 0 || len > 255 || is_dotdot(name, len))
		return false;
	if (len == 1 && name[0] == '.')
		return false;
	return !memchr(name, '/', len) && !memchr(name, '\0', len);
}

static bool is_metadata(const char *p, size_t len)
{
	return (len == 4 && strncasecmp(p, ".git", 4) == 0) ||
	       (len == 5 && strncasecmp(p, ".dver", 5) == 0);
}

int path_check_workspace(const char *path, struct dver_err *err)
{
	const char *p = path;

	if (!*p || *p == '/')
		return err_set(err, DVER_EINVAL,
			       "'%s' is not a path inside the workspace",
			       path);
	while (*p) {
		size_t len = strcspn(p, "/");

		if (!path_is_component(p, len))
			return err_set(err, DVER_EINVAL,
				       "'%s' has a part that is empty, '.', "
				       "'..' or too long", path);
		if (is_metadata(p, len))
			return err_set(err, DVER_EINVAL,
				       "'%s' goes through '%.*s', which data "
				       "may not touch", path, (int)len, p);
		p += len;
		if (*p == '/' && !*++p)
			return err_set(err, DVER_EINVAL,
				       "'%s' ends in a slash", path);
	}
	return 0;
}

void path_quote(struct buf *out, const char *path)
{
	for (size_t n; *path; path += n) {
		n = utf8_step(path);
		if (*path == '\n')
			buf_addstr(out, "\\n");
		else if (*path == '\t')
			buf_addstr(out, "\\t");
		else if (*path == '\\' || *path == '"')
			buf_addf(out, "\\%c", *path);
		else if (!utf8_unseen(path, n))
			buf_add(out, path, n);
		else
			for (size_t i = 0; i < n; i++)
				buf_addf(out, "\\%03o",
					 (unsigned char)path[i]);
	}
}
