#include "cmd/stage_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "dver/pipeline.h"
#include "format/json.h"

#define TEXT_MAX 72	/* columns of what a stage is about */
#define NAME_MAX_PAD 40

/* Names and texts of a list, told when all are known. */
struct listing {
	const struct cmd_ctx *ctx;
	bool names_only;
	struct json j;
	char **names, **texts;	/* owned, and what is in them */
	size_t n, names_cap, texts_cap;
};

static void add_paths(struct buf *b, const struct dver_stage *s, bool metrics)
{
	bool any = false;

	for (size_t i = 0; i < s->nouts; i++) {
		if ((s->outs[i].kind != DVER_OUT) != metrics)
			continue;
		if (!any && b->len)
			buf_addstr(b, "; ");
		buf_addf(b, "%s%s", any ? ", " : metrics ? "reports "
							 : "makes ",
			 s->outs[i].path);
		any = true;
	}
}

/* The first line of what a person says of it, or what it does. */
static char *about(const struct dver_stage *s)
{
	AUTO_BUF struct buf b = BUF_BIG;

	if (s->desc && *s->desc)
		buf_add(&b, s->desc, strcspn(s->desc, "\n"));
	else
		add_paths(&b, s, false);
	if (!s->desc || !*s->desc)
		add_paths(&b, s, true);
	for (size_t i = 0; b.len == 0 && i < 1 && i < s->ndeps; i++)
		buf_addf(&b, "reads %s%s", s->deps[i],
			 s->ndeps > 1 ? ", ..." : "");
	if (b.len == 0)
		buf_addstr(&b, "reads and makes nothing");
	if (b.len > TEXT_MAX) {
		size_t cut = TEXT_MAX - 3;

		/* Not inside a character of UTF-8. */
		while (cut && ((unsigned char)b.data[cut] & 0xc0) == 0x80)
			cut--;
		buf_truncate(&b, cut);
		buf_addstr(&b, "...");
	}
	if (s->frozen)
		buf_addstr(&b, " (frozen)");
	return buf_detach(&b);
}

static void strings(struct json *j, const char *key, const char *const *v,
		    size_t n)
{
	json_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_string(j, NULL, v[i]);
	json_end_array(j);
}

static void put_out(struct json *j, const struct dver_stage_out *o)
{
	static const char *const kinds[] = { [DVER_OUT] = "out",
					     [DVER_METRIC] = "metric",
					     [DVER_PLOT] = "plot" };

	json_object(j, NULL);
	json_string(j, "path", o->path);
	json_string(j, "kind", kinds[o->kind]);
	json_bool(j, "cache", o->cache);
	json_bool(j, "persist", o->persist);
	json_bool(j, "push", o->push);
	json_string(j, "remote", o->remote);
	json_string(j, "desc", o->desc);
	json_string(j, "type", o->type);
	json_end_object(j);
}

static void put_json(struct json *j, const struct dver_stage *s)
{
	json_object(j, NULL);
	json_string(j, "stage", s->address);
	json_string(j, "name", s->name);
	json_string(j, "file", s->file);
	json_string(j, "group", s->group);
	json_string(j, "dir", s->dir);
	json_string(j, "desc", s->desc);
	strings(j, "cmd", s->cmds, s->ncmds);
	strings(j, "deps", s->deps, s->ndeps);
	json_array(j, "params");
	for (size_t i = 0; i < s->nparams; i++) {
		json_object(j, NULL);
		json_string(j, "file", s->params[i].file);
		strings(j, "keys", s->params[i].keys, s->params[i].nkeys);
		json_end_object(j);
	}
	json_end_array(j);
	json_array(j, "outs");
	for (size_t i = 0; i < s->nouts; i++)
		put_out(j, &s->outs[i]);
	json_end_array(j);
	json_bool(j, "frozen", s->frozen);
	json_bool(j, "always_changed", s->always_changed);
	json_end_object(j);
}

static int tell(void *data, const struct dver_stage *s)
{
	struct listing *l = data;
	AUTO_FREE char *name = NULL;
	AUTO_FREE char *text = NULL;

	if (l->ctx->json) {
		put_json(&l->j, s);
		return 0;
	}
	if (l->names_only) {
		out_text(stdout, s->address);
		(void)putchar('\n');
		return 0;
	}
	name = strdup(s->address);
	text = about(s);
	if (!name || !text ||
	    !mem_grow(&l->names, &l->names_cap, l->n + 1, sizeof(char *)) ||
	    !mem_grow(&l->texts, &l->texts_cap, l->n + 1, sizeof(char *)))
		return DVER_ENOMEM;
	l->names[l->n] = TAKE(name);
	l->texts[l->n++] = TAKE(text);
	return 0;
}

static void put_table(struct listing *l)
{
	size_t width = 0;

	for (size_t i = 0; i < l->n; i++)
		width = MAX(width, strlen(l->names[i]));
	width = MIN(width, (size_t)NAME_MAX_PAD);
	for (size_t i = 0; i < l->n; i++) {
		size_t len = strlen(l->names[i]);

		out_text(stdout, l->names[i]);
		(void)printf("%*s", (int)(len < width ? width - len : 0) + 2,
			     "");
		out_text(stdout, l->texts[i]);
		(void)putchar('\n');
		free(l->names[i]);
		free(l->texts[i]);
	}
	free(l->names);
	free(l->texts);
}

int stage_list(struct cmd_ctx *ctx, char **targets, int n, bool all,
	       bool names_only, struct dver_err *err)
{
	struct listing l = { .ctx = ctx, .names_only = names_only };
	int r;

	if (ctx->json) {
		json_begin(&l.j, stdout);
		json_object(&l.j, NULL);
		json_array(&l.j, "stages");
	}
	r = dver_stages_each(ctx->repo, (const char *const *)targets,
			     (size_t)n, all ? DVER_STAGES_ALL : 0u, tell, &l,
			     err);
	/* Of all that it returns only this comes from tell(). */
	if (r == DVER_ENOMEM)
		(void)err_nomem(err);
	put_table(&l);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&l.j);
		json_end_object(&l.j);
		json_end(&l.j);
	}
	return 0;
}
