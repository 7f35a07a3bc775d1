#include "transfer/remote.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"
#include "store/transport_config.h"

int remote_folder(char **out, const char *url, const char *cache,
		  struct dver_err *err)
{
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];
	int r = hash_bytes(sum, url, strlen(url), err);

	if (r < 0)
		return r;
	hex_encode(hex, sum, sizeof(sum));
	*out = str_printf("%s/remotes/%.32s", cache, hex);
	return *out ? 0 : err_nomem(err);
}

int remote_open(struct store **out, const char *url, const char *cache,
		bool create, bool nosync, mode_t mode_mask,
		struct dver_err *err)
{
	struct transport_config cfg = {
		.name = "", .url = url, .mode_mask = mode_mask,
		.flags = (create ? TRANSPORT_CREATE : 0u) |
			 (nosync ? TRANSPORT_NOSYNC : 0u),
	};
	struct store_opts opts = { .create = create, .nosync = nosync,
				   .mode_mask = mode_mask };
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *index = NULL;
	struct transport *t = NULL;
	int r = remote_folder(&folder, url, cache, err);

	if (r < 0)
		return r;
	index = str_printf("%s/index", folder);
	if (!index)
		return err_nomem(err);
	opts.index_cache = index;
	r = transport_open(&t, &cfg, err);
	return r < 0 ? r : store_open(out, &t, &opts, err);
}
