/*
 * dir - read the names of a directory, fast.
 *
 * getdents64 with a large buffer; names come in the order of the file
 * system, without "." and "..".  One thread per struct dir.
 */
#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <stdint.h>

struct dver_err;
struct dir;

struct dir_entry {
	const char *name;	/* borrowed until the next dir_next() */
	uint64_t ino;
	uint8_t type;		/* DT_*; DT_UNKNOWN on some file systems */
};

/* Open `name` below `at` (AT_FDCWD for a path); never follows a symlink. */
int dir_open(struct dir **out, int at, const char *name, struct dver_err *err);
/* Read an open directory; `fd` is taken, also after a failure. */
int dir_take(struct dir **out, int fd, const char *name,
	     struct dver_err *err);
int dir_fd(const struct dir *d);	/* borrowed */
/* 1 and an entry, 0 at the end, < 0. */
int dir_next(struct dir *d, struct dir_entry *e, struct dver_err *err);
void dir_close(struct dir *d);
static inline void dir_closep(struct dir **d) { dir_close(*d); }
#define AUTO_DIR __attribute__((cleanup(dir_closep)))

/* Remove a directory and all below it; no symlink is followed. */
int dir_remove_all(int at, const char *name, struct dver_err *err);

#endif
