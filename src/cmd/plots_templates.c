/*
 * plots_templates - `plots templates`: their names, or the text of one.
 */
#include "base/err.h"
#include "cmd/plots.h"
#include "format/json.h"

static int put_name(void *data, const char *name, bool own)
{
	(void)own;
	out_text(data, name);
	(void)fputc('\n', data);
	return 0;
}

static int put_json(void *data, const char *name, bool own)
{
	struct json *j = data;

	json_object(j, NULL);
	json_string(j, "name", name);
	json_bool(j, "own", own);
	json_end_object(j);
	return 0;
}

static int put_text(void *data, const char *text, size_t len)
{
	(void)fwrite(text, 1, len, data);
	return 0;
}

int plots_templates(const struct cmd_ctx *ctx, char **words, int n,
		    struct dver_err *err)
{
	struct json j;
	int r;

	if (n > 1)
		return cmd_usage(err, "'plots templates' takes one NAME");
	if (n == 1)
		return dver_plots_template(ctx->repo, words[0], put_text,
					   stdout, err);
	if (!ctx->json)
		return dver_plots_templates(ctx->repo, put_name, stdout, err);
	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_array(&j, "templates");
	r = dver_plots_templates(ctx->repo, put_json, &j, err);
	json_end_array(&j);
	json_end_object(&j);
	json_end(&j);
	return r;
}
