#include "cmd/cmd.h"
#include "dver/plots.h"
#include "format/json.h"

struct args { bool unused; };

static const struct opt opts[] = { OPTS_END };

static int version(struct cmd_ctx *ctx, const void *data, char **words, int n,
		   struct dver_err *err)
{
	struct json j;

	(void)data;
	(void)words;
	if (n)
		return cmd_usage(err, "version takes nothing");
	if (!ctx->json) {
		(void)printf("dver %s\n", dver_version());
		return 0;
	}
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_string(&j, "version", dver_version());
	json_string(&j, "vega", dver_plots_vega());
	json_end_object(&j);
	json_end(&j);
	return 0;
}

const struct cmd cmd_version = {
	"version", "care", "show the version", opts, sizeof(struct args),
	version, 0
};
