#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/draw.h"
#include "cmd/say.h"
#include "dver/pipeline.h"
#include "format/json.h"

struct args {
	bool dot, mermaid, md, full, outs;
};

static const struct opt opts[] = {
	{ 0, "dot", OPT_FLAG, AT(dot), NULL, "for Graphviz" },
	{ 0, "mermaid", OPT_FLAG, AT(mermaid), NULL, "for Mermaid" },
	{ 0, "md", OPT_FLAG, AT(md), NULL, "for Mermaid in Markdown" },
	{ 0, "full", OPT_FLAG, AT(full), NULL,
	  "all that hangs together with the targets" },
	{ 'o', "outs", OPT_FLAG, AT(outs), NULL,
	  "outputs instead of stages" },
	{ 0, "TARGET", OPT_REST, 0, "@stages @targets",
	  "stages or their outputs; everything if none" },
	OPTS_END
};

/* The graph, as it was told; all owned. */
struct dag {
	struct draw_node *v;
	enum dver_dag_kind *kinds;
	size_t n, cap, kinds_cap;
};

static void release(struct dag *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free((char *)(uintptr_t)d->v[i].name);
		free((size_t *)(uintptr_t)d->v[i].needs);
	}
	free(d->v);
	free(d->kinds);
}

static int keep(void *data, const struct dver_dag_node *node)
{
	struct dag *d = data;
	AUTO_FREE char *name = strdup(node->name);
	AUTO_FREE size_t *needs = mem_array(node->nneeds + 1, sizeof(*needs));

	if (!name || !needs ||
	    !mem_grow(&d->v, &d->cap, d->n + 1, sizeof(*d->v)) ||
	    !mem_grow(&d->kinds, &d->kinds_cap, d->n + 1, sizeof(*d->kinds)))
		return DVER_ENOMEM;
	if (node->nneeds)
		memcpy(needs, node->needs, node->nneeds * sizeof(*needs));
	d->kinds[d->n] = node->kind;
	d->v[d->n++] = (struct draw_node){
		.name = TAKE(name), .needs = TAKE(needs),
		.nneeds = node->nneeds,
		.mark = node->kind == DVER_DAG_DATA ? 'o' : '*' };
	return 0;
}

/* In double quotes; a quote is `escape`. */
static void quoted(const char *text, const char *escape)
{
	(void)putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"')
			(void)fputs(escape, stdout);
		else if (c == '\\' && *escape == '\\')
			(void)fputs("\\\\", stdout);
		else
			(void)putchar(c < 0x20 || c == 0x7f ? '?' : c);
	}
	(void)putchar('"');
}

static void dot(const struct dag *d)
{
	(void)puts("strict digraph {");
	for (size_t i = 0; i < d->n; i++) {
		quoted(d->v[i].name, "\\\"");
		(void)puts(d->kinds[i] == DVER_DAG_DATA ? " [shape=box];"
							: ";");
	}
	for (size_t i = 0; i < d->n; i++) {
		for (size_t j = 0; j < d->v[i].nneeds; j++) {
			quoted(d->v[d->v[i].needs[j]].name, "\\\"");
			(void)fputs(" -> ", stdout);
			quoted(d->v[i].name, "\\\"");
			(void)puts(";");
		}
	}
	(void)puts("}");
}

static void mermaid(const struct dag *d)
{
	(void)puts("flowchart TD");
	for (size_t i = 0; i < d->n; i++) {
		(void)printf("\tnode%zu[", i + 1);
		quoted(d->v[i].name, "#quot;");
		(void)puts("]");
	}
	for (size_t i = 0; i < d->n; i++)
		for (size_t j = 0; j < d->v[i].nneeds; j++)
			(void)printf("\tnode%zu-->node%zu\n",
				     d->v[i].needs[j] + 1, i + 1);
}

static void json(const struct dag *d)
{
	static const char *const kinds[] = { [DVER_DAG_STAGE] = "stage",
					     [DVER_DAG_DATA] = "data",
					     [DVER_DAG_OUT] = "output" };
	struct json j;

	json_begin(&j, stdout);
	json_object(&j, NULL);
	json_array(&j, "nodes");
	for (size_t i = 0; i < d->n; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", d->v[i].name);
		json_string(&j, "kind", kinds[d->kinds[i]]);
		json_array(&j, "needs");
		for (size_t k = 0; k < d->v[i].nneeds; k++)
			json_string(&j, NULL, d->v[d->v[i].needs[k]].name);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_end(&j);
}

static int show(const struct cmd_ctx *ctx, const struct args *a,
		const struct dag *d, struct dver_err *err)
{
	if (ctx->json) {
		json(d);
	} else if (a->dot) {
		dot(d);
	} else if (a->mermaid) {
		mermaid(d);
	} else if (a->md) {
		(void)puts("```mermaid");
		mermaid(d);
		(void)puts("```");
	} else if (d->n == 0 && !ctx->quiet) {
		say("there are no stages: 'dver help stage' tells how to make "
		    "one");
	} else if (draw(stdout, d->v, d->n) < 0) {
		return err_nomem(err);
	}
	return 0;
}

static int dag(struct cmd_ctx *ctx, const void *data, char **words, int n,
	       struct dver_err *err)
{
	const struct args *a = data;
	struct dag d = { .v = NULL };
	unsigned flags = (a->outs ? DVER_DAG_OUTS : 0u) |
			 (a->full ? DVER_DAG_FULL : 0u);
	int r;

	if (a->dot + a->mermaid + a->md + ctx->json > 1)
		return cmd_usage(err, "--dot, --mermaid, --md and --json: one "
				 "at a time");
	r = dver_dag(ctx->repo, (const char *const *)words, (size_t)n, flags,
		     keep, &d, err);
	/* Of all that it returns only this comes from keep(). */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	if (r == 0)
		r = show(ctx, a, &d, err);
	release(&d);
	return r;
}

const struct cmd cmd_dag = {
	"dag", "pipelines", "draw which stages need which", opts,
	sizeof(struct args), dag, CMD_NEEDS_REPO
};
