/*
 * remote - open the store of a remote, and where this machine keeps what it
 * knows of it.
 */
#ifndef TRANSFER_REMOTE_H
#define TRANSFER_REMOTE_H

#include "store/store.h"
#include "store/transport_config.h"

/*
 * `cfg` outlives the store.  `cache` is the local store's folder: the remote's
 * indexes and the list of complete roots are kept in remotes/<hash of what
 * names the remote>/ there.  With TRANSPORT_CREATE the `store` key is made,
 * and the folder where it is one.  With `cache` NULL nothing is kept, and what
 * was kept is not believed.  DVER_ENOTFOUND: no store there.
 */
int remote_open(struct store **out, const struct transport_config *cfg,
		const char *cache, struct dver_err *err);
/* The folder of what is known of a remote; owned by the caller. */
int remote_folder(char **out, const struct transport_config *cfg,
		  const char *cache, struct dver_err *err);

#endif
