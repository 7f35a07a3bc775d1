/*
 * exchange - what push, fetch, check and status share: a remote that is open,
 * and which data of which commits is meant.
 */
#ifndef WORKSPACE_EXCHANGE_H
#define WORKSPACE_EXCHANGE_H

#include "transfer/transfer.h"
#include "workspace/session.h"

/*
 * Prove what the remote `name` (NULL: the default one) of `repo` holds of the
 * roots, by its listings and indexes: `missing` hears of each file that it
 * lacks.  Trees are read from `local`.
 */
int exchange_prove(struct dver_repo *repo, const char *name,
		   struct store *local, const struct transfer_root *roots,
		   size_t n, int (*missing)(void *data,
					    const struct transfer_root *root,
					    const char *path,
					    const struct oid *id,
					    uint64_t size),
		   void *data, struct dver_err *err);

/*
 * Bring what the default remote has of the roots into the local store.
 * DVER_EMISSING: not all of it; all else was brought.
 */
int exchange_fetch(struct dver_repo *repo, const struct transfer_root *roots,
		   size_t n, struct dver_err *err);

/* A remote as status looks at it. */
struct remote_view;
/* `name` NULL: the default one.  A remote that nobody pushed to is empty. */
int remote_view_open(struct remote_view **out, struct dver_repo *repo,
		     struct scanner *s, const char *name,
		     struct dver_err *err);
void remote_view_free(struct remote_view *v);
/* What a push of this object would send. */
int remote_view_lacks(struct remote_view *v, enum root_kind kind,
		      const struct oid *id, uint64_t size, uint64_t *files,
		      uint64_t *bytes, struct dver_err *err);

#endif
