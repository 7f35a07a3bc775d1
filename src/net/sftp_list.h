/*
 * sftp_list - all files below a folder, many folders at a time.
 *
 * A READDIR brings names with their attributes, so there is no stat for each;
 * and several are in flight for each folder.  When the connection dies, the
 * listing goes on with another one: a folder is told only once it was read to
 * its end.  One thread.
 */
#ifndef NET_SFTP_LIST_H
#define NET_SFTP_LIST_H

#include "net/sftp_ops.h"

struct sftp_list;

struct sftp_listed {
	const char *path;	/* relative to the top, borrowed */
	uint64_t size;
	int64_t mtime;
};

struct sftp_list_opts {
	const char *top;	/* the folder on the server */
	const char *under;	/* start there, relative; "": at the top */
	/* May anything below this folder be wanted? */
	bool (*enters)(void *data, const char *path);
	/* A plain file; non-zero stops, and is what sftp_list_run() returns.
	   Symlinks and special files are not told. */
	int (*file)(void *data, const struct sftp_listed *f,
		    struct dver_err *err);
	void *data;
	const struct cancel *cancel;
};

/* Borrows what the options point to. */
int sftp_list_new(struct sftp_list **out, const struct sftp_list_opts *opts,
		  struct dver_err *err);
void sftp_list_free(struct sftp_list *l);	/* NULL is fine */
static inline void sftp_list_freep(struct sftp_list **l)
{
	sftp_list_free(*l);
}
#define AUTO_SFTP_LIST __attribute__((cleanup(sftp_list_freep)))
/*
 * Go on until the end.  As sftp_ops.h has it; after DVER_ENET it can be called
 * again.  What file() returned is *stopped (0: it never stopped), with this
 * returning 0.  A folder that is gone, also the first, is empty.  When this
 * returns 1, sftp_list_where() is the folder that could not be read.
 */
int sftp_list_run(struct sftp_list *l, struct sftp_conn *c, int *stopped,
		  struct sftp_fail *fail, struct dver_err *err);
const char *sftp_list_where(const struct sftp_list *l);

#endif
