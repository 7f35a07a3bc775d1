/*
 * glob - one pattern of gitignore(5) against one path, as git reads it.
 *
 * Bytes, whatever the locale says.  "*", "?" and "[...]" do not match a slash;
 * "**" between slashes, or at an end, stands for any number of folders.  A
 * pattern that is malformed ("[a", a backslash at the end) matches nothing.
 * The time is at most the length of the one times that of the other.
 */
#ifndef FORMAT_GLOB_H
#define FORMAT_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes at the start of the pattern stand for themselves. */
size_t glob_literal(const char *pattern);
bool glob_match(const char *pattern, const char *path);

#endif
