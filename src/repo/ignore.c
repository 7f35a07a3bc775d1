/*
 * ignore - one line for each output, in the .gitignore beside it.
 */
#include "repo/ignore.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"

#define IGNORE_MAX (64u << 20)

/* "/name" as gitignore(5) reads it literally. */
static int make_line(struct buf *out, const char *path, struct dver_err *err)
{
	const char *name = path_base(path);
	size_t len = strlen(name);

	buf_addc(out, '/');
	for (size_t i = 0; i < len; i++) {
		if (strchr("*?[]\\", name[i]) ||
		    (name[i] == ' ' && i + 1 == len))
			buf_addc(out, '\\');
		buf_addc(out, name[i] == '\n' ? '?' : name[i]);
	}
	return buf_check(out, err);
}

static char *file_path(const struct dver_repo *repo, const char *path)
{
	AUTO_FREE char *dir = path_dir(path);
	AUTO_FREE char *full = dir ? path_join(repo->root, dir) : NULL;

	return full ? path_join(full, ".gitignore") : NULL;
}

/* The start of the line in text, or NULL. */
static const char *find_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n == len && memcmp(text, line, len) == 0)
			return text;
		text += n;
		text += *text == '\n';
	}
	return NULL;
}

/*
 * Where the line belongs among those at the end that start with a slash: in
 * order, so that two branches that each add one rarely meet.
 */
static const char *place_of(const char *text, const char *line)
{
	const char *at = NULL;

	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "\n");
		size_t len = strlen(line);
		int c = memcmp(p, line, MIN(n, len));

		if (*p != '/')
			at = NULL;
		else if (!at && (c > 0 || (c == 0 && n > len)))
			at = p;
		p += n;
		p += *p == '\n';
	}
	return at ? at : text + strlen(text);
}

static int load(char **text, const char *file, struct dver_err *err)
{
	struct os_stat st;
	size_t len;

	if (os_stat(file, &st, true) < 0) {
		if (errno != ENOENT)
			return err_sys(err, "cannot stat '%s'", file);
		*text = strdup("");
		return *text ? 0 : err_nomem(err);
	}
	if (S_ISLNK(st.mode))
		return err_set(err, DVER_EINVAL, "'%s' is a symlink, which git "
			       "does not read: replace it by a file", file);
	return os_slurp(text, &len, file, IGNORE_MAX, err);
}

int ignore_add(struct dver_repo *repo, const char *path, struct dver_err *err)
{
	AUTO_FREE char *file = file_path(repo, path);
	AUTO_FREE char *text = NULL;
	AUTO_BUF struct buf line = BUF_PATH;
	AUTO_BUF struct buf out = BUF_INIT(IGNORE_MAX);
	const char *at;
	int r = file ? make_line(&line, path, err) : err_nomem(err);

	if (r == 0)
		r = load(&text, file, err);
	if (r < 0 || find_line(text, line.data))
		return r;
	at = place_of(text, line.data);
	buf_add(&out, text, (size_t)(at - text));
	if (out.len && out.data[out.len - 1] != '\n')
		buf_addc(&out, '\n');
	buf_addf(&out, "%s\n%s", line.data, at);
	r = buf_check(&out, err);
	if (r == 0)
		r = repo_replace(repo, file, out.data, out.len, err);
	return r < 0 ? r : 1;
}

int ignore_remove(struct dver_repo *repo, const char *path,
		  struct dver_err *err)
{
	AUTO_FREE char *file = file_path(repo, path);
	AUTO_FREE char *text = NULL;
	AUTO_BUF struct buf line = BUF_PATH;
	AUTO_BUF struct buf out = BUF_INIT(IGNORE_MAX);
	const char *at;
	int r = file ? make_line(&line, path, err) : err_nomem(err);

	if (r == 0)
		r = load(&text, file, err);
	at = r == 0 ? find_line(text, line.data) : NULL;
	if (!at)
		return r;
	buf_add(&out, text, (size_t)(at - text));
	at += strcspn(at, "\n");
	buf_addstr(&out, *at ? at + 1 : at);
	r = buf_check(&out, err);
	if (r == 0 && out.len == 0)
		r = os_unlink(file) < 0
			    ? err_sys(err, "cannot remove '%s'", file) : 0;
	else if (r == 0)
		r = repo_replace(repo, file, out.data, out.len, err);
	return r < 0 ? r : 1;
}
