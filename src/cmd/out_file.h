/*
 * out_file - a file that a command writes piece by piece: it is there as a
 * whole, or as it was before.
 */
#ifndef CMD_OUT_FILE_H
#define CMD_OUT_FILE_H

#include <stddef.h>

struct afile;
struct dver_err;

struct out_file {
	struct afile *af;	/* owned */
	struct dver_err *err;
};
int out_file_open(struct out_file *f, const char *path, struct dver_err *err);
/* A piece, for who takes a function to write with; `file` is the out_file. */
int out_file_write(void *file, const char *text, size_t len);
/* `r` is how the writing went, or opening: < 0 is returned, and no file. */
int out_file_close(struct out_file *f, int r);

#endif
