#include <string.h>

#include "cmd/cmd.h"
#include "dver/cache.h"
#include "dver/config.h"
#include "format/json.h"

struct args { bool local, global; };

static const struct opt opts[] = {
	{ 0, "local", OPT_FLAG, AT(local), NULL,
	  "dir: write .dver/config.local" },
	{ 0, "global", OPT_FLAG, AT(global), NULL,
	  "dir: write your own settings" },
	{ 0, "[dir [PATH]]", OPT_REST, 0, "dir @dirs",
	  "show or set where the local store is" },
	OPTS_END
};

static void as_json(const struct dver_cache_info *i)
{
	struct json j;

	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_string(&j, "path", i->path);
	json_number(&j, "bytes", i->bytes);
	json_number(&j, "objects", i->objects);
	json_number(&j, "packs", i->packs);
	json_number(&j, "pack_bytes", i->pack_bytes);
	json_number(&j, "loose", i->loose);
	json_number(&j, "loose_bytes", i->loose_bytes);
	json_number(&j, "indexes", i->indexes);
	json_number(&j, "workspaces", i->workspaces);
	json_string(&j, "links", i->links);
	json_end_object(&j);
	json_end(&j);
}

static int show(struct cmd_ctx *ctx, bool only_dir, struct dver_err *err)
{
	struct dver_cache_info i;
	char size[OUT_SIZE];
	int r = dver_cache_info(ctx->repo, &i, err);

	if (r < 0)
		return r;
	if (ctx->json) {
		as_json(&i);
	} else if (only_dir) {
		(void)puts(i.path);
	} else {
		(void)printf("path        %s\n", i.path);
		(void)printf("size        %s\n", out_size(size, i.bytes));
		(void)printf("packs       %llu, %s, %llu entries\n",
			     (unsigned long long)i.packs,
			     out_size(size, i.pack_bytes),
			     (unsigned long long)i.objects);
		(void)printf("large files %llu, %s\n",
			     (unsigned long long)i.loose,
			     out_size(size, i.loose_bytes));
		(void)printf("indexes     %llu\n",
			     (unsigned long long)i.indexes);
		(void)printf("workspaces  %llu\n",
			     (unsigned long long)i.workspaces);
		(void)printf("links       %s\n", i.links);
	}
	return 0;
}

static int cache(struct cmd_ctx *ctx, const void *data, char **words, int n,
		 struct dver_err *err)
{
	const struct args *a = data;
	enum dver_config_level level = a->local ? DVER_CONFIG_LOCAL
				       : a->global ? DVER_CONFIG_GLOBAL
						   : DVER_CONFIG_REPO;

	if (n == 0)
		return show(ctx, false, err);
	if (n > 2 || strcmp(words[0], "dir") != 0)
		return cmd_usage(err, "use: cache, or cache dir [PATH]");
	if (n == 1)
		return show(ctx, true, err);
	return dver_config_set(ctx->repo, level, "cache.dir", words[1], err);
}

const struct cmd cmd_cache = {
	"cache", "care", "show the local store, or set where it is", opts,
	sizeof(struct args), cache, CMD_NEEDS_REPO
};
