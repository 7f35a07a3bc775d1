#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "base/err.h"
#include "dver/workspace.h"
#include "format/json.h"

#define PATHS 20	/* shown of an output, without --all */

struct args { bool all, md, exit_code; };

static const struct opt opts[] = {
	{ 'a', "all", OPT_FLAG, AT(all), NULL, "every path, not only 20" },
	{ 0, "exit-code", OPT_FLAG, AT(exit_code), NULL,
	  "exit 1 when there are differences" },
	{ 0, "md", OPT_FLAG, AT(md), NULL, "a Markdown table" },
	{ 0, "[A [B]] [-- PATH]", OPT_REST, 0, "@targets @revs",
	  "revisions: HEAD and the disk if none" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	const struct args *a;
	struct json j;
	uint64_t all;
	/* of the output that is being told: */
	char output[1024];
	uint64_t n, kinds[128];
	int64_t bytes;
};

static const char kinds[] = "AMDRT";

static void end_output(struct telling *t)
{
	char size[OUT_SIZE];
	uint64_t bytes = (uint64_t)(t->bytes < 0 ? -t->bytes : t->bytes);

	if (t->n == 0 || t->ctx->json || t->a->md)
		return;
	if (t->n > PATHS && !t->a->all)
		(void)printf("  ... and %llu more (--all)\n",
			     (unsigned long long)(t->n - PATHS));
	out_path(stdout, t->output);
	(void)printf(":");
	for (const char *k = kinds; *k; k++)
		if (t->kinds[(int)*k])
			(void)printf(" %llu %s",
				     (unsigned long long)t->kinds[(int)*k],
				     *k == 'A' ? "added" : *k == 'M'
				     ? "modified" : *k == 'D' ? "deleted"
				     : *k == 'R' ? "renamed" : "retyped");
	(void)printf(", %c%s\n", t->bytes < 0 ? '-' : '+',
		     out_size(size, bytes));
}

static void as_json(struct json *j, const struct dver_diff_entry *e)
{
	char status[2] = { e->status, '\0' };

	json_object(j, NULL);
	json_string(j, "status", status);
	json_string(j, "output", e->output);
	json_string(j, "path", e->path);
	if (e->from)
		json_string(j, "from", e->from);
	json_bool(j, "directory", e->directory);
	json_number(j, "old_size", e->old_size);
	json_number(j, "new_size", e->new_size);
	json_end_object(j);
}

static void as_line(const struct dver_diff_entry *e, bool md)
{
	char a[OUT_SIZE], b[OUT_SIZE];

	(void)printf(md ? "| %c | `" : "  %c  ", e->status);
	if (e->from) {
		out_path(stdout, e->from);
		(void)printf(" -> ");
	}
	out_path(stdout, e->path);
	if (e->directory)
		(void)putchar('/');
	out_size(a, e->old_size);
	out_size(b, e->new_size);
	if (md)
		(void)printf("` | %s | %s |\n", e->status == 'A' ? "" : a,
			     e->status == 'D' ? "" : b);
	else if (e->status == 'M' || e->status == 'T')
		(void)printf("  %s -> %s\n", a, b);
	else
		(void)printf("  %s\n", e->status == 'D' ? a : b);
}

static int tell(void *data, const struct dver_diff_entry *e)
{
	struct telling *t = data;

	if (strcmp(t->output, e->output) != 0) {
		end_output(t);
		t->n = 0;
		t->bytes = 0;
		memset(t->kinds, 0, sizeof(t->kinds));
		(void)snprintf(t->output, sizeof(t->output), "%s", e->output);
	}
	t->all++;
	t->n++;
	t->kinds[(int)e->status & 127]++;
	t->bytes += (int64_t)e->new_size - (int64_t)e->old_size;
	if (t->ctx->json)
		as_json(&t->j, e);
	else if (!t->ctx->quiet && (t->a->all || t->a->md || t->n <= PATHS))
		as_line(e, t->a->md);
	return 0;
}

static int diff(struct cmd_ctx *ctx, const void *data, char **words, int n,
		struct dver_err *err)
{
	const struct args *a = data;
	struct telling t = { .ctx = ctx, .a = a };
	const char *rev[2] = { NULL, NULL };
	int used = cmd_revisions(ctx, words, n, 2, rev);
	char *dots = rev[0] ? strstr(words[0], "..") : NULL;
	int r;

	if (dots && !rev[1]) {
		*dots = '\0';
		rev[1] = dots[2] == '.' ? dots + 3 : dots + 2;
	}
	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "changes");
	} else if (a->md) {
		(void)printf("| | path | old size | new size |\n"
			     "| --- | --- | --- | --- |\n");
	}
	r = dver_diff(ctx->repo, rev[0], rev[1],
		      (const char *const *)(words + used), (size_t)(n - used),
		      tell, &t, err);
	if (r < 0)
		return r;
	end_output(&t);
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return a->exit_code && t.all ? CMD_DIFFERS : 0;
}

const struct cmd cmd_diff = {
	"diff", "data", "show which files differ between versions", opts,
	sizeof(struct args), diff, CMD_NEEDS_REPO | CMD_PROGRESS
};
