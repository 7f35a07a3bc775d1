/*
 * remote - open the store at a URL, and where this machine keeps what it
 * knows of it.
 */
#ifndef TRANSFER_REMOTE_H
#define TRANSFER_REMOTE_H

#include "store/store.h"

/*
 * A path or file:// URL.  `cache` is the local store's folder: the remote's
 * indexes and the list of complete roots are kept in remotes/<hash of the
 * URL>/ there.  With `create` the folder and its `store` key are made.
 * DVER_ENOTFOUND: no store there; DVER_EUNSUPPORTED: another scheme.
 */
int remote_open(struct store **out, const char *url, const char *cache,
		bool create, bool nosync, mode_t mode_mask,
		struct dver_err *err);
/* The folder of what is known of a remote; owned by the caller. */
int remote_folder(char **out, const char *url, const char *cache,
		  struct dver_err *err);

#endif
