#include "transfer/remote.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/rand.h"

/* What tells two stores apart besides the URL. */
static const char *const places[] = { "endpointurl", "account_name", "user",
				      "port", "layout" };

int remote_folder(char **out, const struct transport_config *cfg,
		  const char *cache, struct dver_err *err)
{
	AUTO_BUF struct buf name = BUF_BIG;
	uint8_t sum[HASH_SIZE];
	char hex[2 * HASH_SIZE + 1];
	int r;

	buf_addstr(&name, cfg->url);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *value = transport_setting_str(cfg, places[i]);

		if (value)
			buf_addf(&name, "\n%s=%s", places[i], value);
	}
	r = buf_check(&name, err);
	if (r == 0)
		r = hash_bytes(sum, name.data, name.len, err);
	if (r < 0)
		return r;
	hex_encode(hex, sum, sizeof(sum));
	*out = str_printf("%s/remotes/%.32s", cache, hex);
	return *out ? 0 : err_nomem(err);
}

int remote_open(struct store **out, const struct transport_config *cfg,
		const char *cache, struct dver_err *err)
{
	struct store_opts opts = {
		.create = (cfg->flags & TRANSPORT_CREATE) != 0,
		.nosync = (cfg->flags & TRANSPORT_NOSYNC) != 0,
		.mode_mask = cfg->mode_mask,
	};
	const char *layout = transport_setting_str(cfg, "layout");
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *index = NULL;
	struct transport *t = NULL;
	int r = cache ? remote_folder(&folder, cfg, cache, err) : 0;

	if (r < 0)
		return r;
	index = folder ? str_printf("%s/index", folder) : NULL;
	if (folder && !index)
		return err_nomem(err);
	opts.index_cache = index;
	opts.plain = layout && streq(layout, "plain");
	r = transport_open(&t, cfg, err);
	return r < 0 ? r : store_open(out, &t, &opts, err);
}
