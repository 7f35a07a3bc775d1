/*
 * exchange_open - a remote and the local store, ready for transfer/.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/path.h"
#include "repo/config.h"
#include "transfer/remote.h"
#include "workspace/exchange_internal.h"

#define LOOSE_ABOVE (8u << 20)

void exchange_close(struct exchange *x)
{
	store_close(x->remote);
	remote_release(&x->at);
	free(x->folder);
}

static int on_missing(void *data, const struct transfer_root *root,
		      const char *path, const struct oid *id, uint64_t size)
{
	struct exchange *x = data;
	AUTO_FREE char *full = path_join(root->label, path);
	char hex[OID_HEX + 1];

	if (!full)
		return DVER_ENOMEM;
	return x->opts->missing(x->opts->data, &(struct dver_missing){
		.output = root->label, .path = full, .id = oid_hex(hex, id),
		.size = size, .commit = root->tag });
}

static uint64_t loose_above(struct dver_repo *repo)
{
	return config_str(repo, "cache.looseAbove")
		       ? config_size(repo, "cache.looseAbove") : LOOSE_ABOVE;
}

int exchange_open(struct exchange *x, struct dver_repo *repo,
		  const struct dver_exchange_opts *opts, bool create,
		  struct dver_err *err)
{
	int r;

	*x = (struct exchange){ .repo = repo, .opts = opts };
	r = config_remote(repo, opts->remote, &x->at, err);
	if (r == 0)
		r = repo_store(repo, &x->local, err);
	if (r == 0)
		r = remote_folder(&x->folder, &x->at.cfg, repo->cache, err);
	if (r < 0)
		return r;
	x->at.cfg.flags |= create ? TRANSPORT_CREATE : 0u;
	r = remote_open(&x->remote, &x->at.cfg, repo->cache, err);
	x->to = (struct transfer_opts){
		.jobs = repo->jobs, .requests = x->at.cfg.jobs,
		.dry_run = opts->dry_run,
		.folder = x->folder, .loose_above = loose_above(repo),
		.slice = config_size(repo, "transfer.slice"),
		.cancel = &repo->cancel, .files = &repo->files,
		.files_total = &repo->files_total, .bytes = &repo->bytes,
		.bytes_total = &repo->bytes_total, .data = x,
		.missing = opts->missing ? on_missing : NULL,
	};
	return r < 0 ? err_wrap(err, "remote '%s'", x->at.name) : 0;
}
