/*
 * journal - packs that lie in a remote, and in no index yet.
 *
 * A pack that was put is noted in a folder of this machine until the index
 * that names it is published.  A push that was killed leaves its notes; the
 * next one to that remote names the packs in its own index instead of sending
 * them again.  A note is a file <name>-<place>-<size> with the pack's footer,
 * which has a checksum.  It is a hint: lost or damaged, it costs an upload.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/buf.h"
#include "store/facts.h"

/* The footer of a finished pack file, into *out. */
int journal_footer(struct buf *out, const char *path, uint64_t size,
		   struct dver_err *err);
/*
 * Note the pack that `f` lies in.  `tmp` is a folder on the same disk for the
 * unfinished file.
 */
int journal_note(const char *folder, const char *tmp, const struct fact *f,
		 const struct buf *footer, struct dver_err *err);
void journal_forget(const char *folder, const struct fact *f);
/*
 * Each noted pack with its facts, which fn() may take.  Notes that are
 * damaged or older than two weeks are removed instead.  No folder: none.
 */
int journal_each(const char *folder,
		 int (*fn)(void *data, struct fact **facts, size_t n,
			   struct dver_err *err),
		 void *data, struct dver_err *err);

#endif
