/*
 * exchange_internal - what the files behind workspace/exchange.h share.
 */
#ifndef WORKSPACE_EXCHANGE_INTERNAL_H
#define WORKSPACE_EXCHANGE_INTERNAL_H

#include "dver/exchange.h"
#include "repo/remotes.h"
#include "workspace/exchange.h"

struct exchange {
	struct dver_repo *repo;
	const struct dver_exchange_opts *opts;
	struct store *local, *remote;	/* remote owned */
	struct remote at;		/* owned */
	char *folder;			/* owned */
	struct transfer_opts to;
};

/*
 * `create`: a push makes a remote that is not there yet.  To be closed also
 * after a failure.
 */
int exchange_open(struct exchange *x, struct dver_repo *repo,
		  const struct dver_exchange_opts *opts, bool create,
		  struct dver_err *err);
void exchange_close(struct exchange *x);

/*
 * The run cache: send what runs of this workspace's stages made and the remote
 * lacks, or take all entries that it has.  What was moved is added to *stats.
 */
int exchange_send_runs(struct exchange *x, struct dver_exchange_stats *stats,
		       struct dver_err *err);
int exchange_take_runs(struct exchange *x, struct dver_exchange_stats *stats,
		       struct dver_err *err);
/* Tell of a bundle that is damaged. */
void exchange_bad_bundle(struct exchange *x, const char *why);
/* Add what was asked of `t` since these counts of it. */
void exchange_count_wire(struct dver_exchange_stats *stats,
			 const struct transport *t, uint64_t requests,
			 uint64_t wire);

#endif
