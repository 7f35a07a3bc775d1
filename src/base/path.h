/*
 * path - file names as bytes: join, split, normalise, judge.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct dver_err;

/* "a/b/c" -> "c"; never NULL. */
const char *path_base(const char *path);
/* Cut the last component: "a/b" -> "a", "a" -> ".", "/a" -> "/".  Owned. */
char *path_dir(const char *path);
/* dir + "/" + name, owned; name if dir is "" or ".", dir if name is "". */
char *path_join(const char *dir, const char *name);
/*
 * Lexically clean an absolute or relative path: no "//", ".", inner "..".
 * A relative path that would climb above its start keeps the leading "..".
 */
int path_clean(struct buf *out, const char *path, struct dver_err *err);
/* Absolute and clean; no symlink is resolved. */
int path_absolute(struct buf *out, const char *path, struct dver_err *err);
/* The path of clean absolute `to` as seen from clean absolute dir `from`. */
int path_relative(struct buf *out, const char *from, const char *to,
		  struct dver_err *err);
/* Is `path` equal to `dir` or below it?  Both clean; "" is the root. */
bool path_inside(const char *path, const char *dir);
/* Is this one safe component: not empty, ".", "..", no '/', <= 255 bytes? */
bool path_is_component(const char *name, size_t len);
/*
 * Is `path` relative, clean, without "..", and without a component that
 * equals ".git" or ".dver" (whatever the case)?  Else err names it.
 */
int path_check_workspace(const char *path, struct dver_err *err);
/* Append `path` quoted for a message, as git does for odd bytes. */
void path_quote(struct buf *out, const char *path);

#endif
