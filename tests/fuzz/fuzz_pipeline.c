/*
 * A dver.yaml that others may have written, with a params.yaml beside it:
 * what comes out of it keeps the promises of stage.h.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/path.h"
#include "pipeline/file_read.h"
#include "pipeline/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The only file beside it. */
static int read_params(void *data, const char *path, size_t max, char **text,
		       size_t *len, struct dver_err *err)
{
	static const char params[] = "s: text\nn: 1\nl: [a, b]\nt: true\n"
				     "m: {a: 1, b: {c: [x, y z]}}\n";

	(void)data;
	(void)max;
	if (strcmp(path, "params.yaml") != 0)
		return 0;
	*text = strdup(params);
	*len = sizeof(params) - 1;
	return *text ? 1 : err_nomem(err);
}

static void check_path(const char *path)
{
	if (path_check_workspace(path, NULL) < 0)
		abort();
}

static void check_stage(const struct stage *s)
{
	if (!s->name || !*s->name || !s->address)
		abort();
	if (*s->dir)
		check_path(s->dir);
	for (size_t i = 0; i < s->cmds.n; i++)
		if (!s->cmds.v[i])
			abort();
	for (size_t i = 0; i < s->ndeps; i++)
		check_path(s->deps[i].path);
	for (size_t i = 0; i < s->nouts; i++)
		check_path(s->outs[i].path);
	for (size_t i = 0; i < s->nparams; i++) {
		check_path(s->params[i].file);
		if (s->params[i].whole != (s->params[i].keys.n == 0))
			abort();
	}
}

/* Every stage once, after all that it needs. */
static void check_graph(const struct pipeline *p)
{
	AUTO_GRAPH struct graph *g = NULL;
	AUTO_FREE unsigned char *seen = calloc(p->n + 1, 1);

	if (!seen || graph_new(&g, p, NULL) < 0)
		return;
	for (size_t i = 0; i < p->n; i++) {
		size_t s = g->order[i];

		if (s >= p->n || seen[s]++)
			abort();
		for (size_t k = g->need_at[s]; k < g->need_at[s + 1]; k++)
			if (!seen[g->need[k]])
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	const struct source src = { .read = read_params };
	struct file_reader fr = { .vars = { .p = p, .src = &src },
				  .templates = TEMPLATES_INIT, .room = 1000 };
	struct pipeline_file f = { .path = NULL };
	struct dver_err err;
	int r;

	if (!p)
		abort();
	fr.templates.nodes_left = 100000;
	fr.templates.bytes_left = 1u << 20;
	r = file_read(&f, &fr, "dver.yaml", (const char *)data, len, &err);
	if (r < 0 && (err.code != r || !*err.msg))
		abort();
	vars_release(&fr.vars);
	p->v = f.v;
	p->n = f.n;
	for (size_t i = 0; r == 0 && i < p->n; i++)
		check_stage(&p->v[i]);
	if (r == 0)
		check_graph(p);
	pipeline_free(p);
	return 0;
}
