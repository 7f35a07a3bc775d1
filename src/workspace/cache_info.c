/*
 * cache_info - what lies in the local store, counted from one listing.
 */
#include "base/err.h"
#include "base/mem.h"
#include "dver/cache.h"
#include "repo/config.h"

static int count(void *data, const struct transport_key *k,
		 struct dver_err *err)
{
	struct dver_cache_info *i = data;

	(void)err;
	i->bytes += k->size;
	if (str_starts(k->key, "packs/") || str_starts(k->key, "meta/")) {
		i->packs++;
		i->pack_bytes += k->size;
	} else if (str_starts(k->key, "loose/")) {
		i->loose++;
		i->loose_bytes += k->size;
	} else if (str_starts(k->key, "index/")) {
		i->indexes++;
	} else if (str_starts(k->key, "repos/")) {
		i->workspaces++;
	}
	return 0;
}

int dver_cache_info(struct dver_repo *repo, struct dver_cache_info *out,
		    struct dver_err *err)
{
	struct store *s;
	int r = repo_store(repo, &s, err);

	*out = (struct dver_cache_info){ .path = repo->cache };
	if (r == 0)
		r = transport_list(store_transport(s), "", count, out, err);
	if (r == 0)
		r = store_load_indexes(s, err);
	if (r < 0)
		return r;
	out->links = config_str(repo, "cache.type");
	out->objects = store_count(s);
	return 0;
}
