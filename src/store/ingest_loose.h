/*
 * ingest_loose - a large file becomes an object of its own.
 */
#ifndef STORE_INGEST_LOOSE_H
#define STORE_INGEST_LOOSE_H

#include "store/ingest.h"

/*
 * As ingest_file(), for a file that is open as `fd`: cloned, or hard-linked
 * where the order says so and nobody can be writing it, else copied.
 * 1: it changed meanwhile.
 */
int ingest_loose(struct writer *w, struct store_io *io, int dir, int fd,
		 const char *name, const struct ingest_opts *opts,
		 struct oid *id, struct os_stat *st, bool *linked, int *fresh,
		 struct dver_err *err);

#endif
