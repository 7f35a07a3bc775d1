#include "cmd/changes.h"

void changes_begin(struct changes *c, const struct cmd_ctx *ctx)
{
	*c = (struct changes){ .ctx = ctx };
	if (!ctx->json)
		return;
	json_begin(&c->j, stdout);
	json_object(&c->j, NULL);
	json_array(&c->j, "outputs");
}

static void as_json(struct json *j, const struct dver_change *x)
{
	json_object(j, NULL);
	json_string(j, "path", x->path);
	json_string(j, "pointer", x->pointer);
	json_bool(j, "directory", x->directory);
	json_bool(j, "moved", x->moved);
	json_number(j, "added", x->added);
	json_number(j, "modified", x->modified);
	json_number(j, "deleted", x->deleted);
	json_number(j, "files", x->files);
	json_number(j, "bytes", x->bytes);
	json_number(j, "new_bytes", x->new_bytes);
	json_end_object(j);
}

static void as_line(const struct dver_change *x)
{
	char size[OUT_SIZE];

	out_path(stdout, x->path);
	(void)putchar(':');
	if (x->added)
		(void)printf(" +%llu", (unsigned long long)x->added);
	if (x->modified)
		(void)printf(" ~%llu", (unsigned long long)x->modified);
	if (x->deleted)
		(void)printf(" -%llu", (unsigned long long)x->deleted);
	if (!x->added && !x->modified && !x->deleted)
		(void)printf(" unchanged");
	if (x->new_bytes)
		(void)printf(", %s new", out_size(size, x->new_bytes));
	(void)putchar('\n');
}

int changes_add(void *data, const struct dver_change *x)
{
	struct changes *c = data;
	bool touched = x->moved || x->added || x->modified || x->deleted;

	c->outputs++;
	c->moved += x->moved;
	c->touched += touched;
	c->differing += x->differs;
	if (c->ctx->json)
		as_json(&c->j, x);
	else if (!c->ctx->quiet && (touched || c->ctx->verbose))
		as_line(x);
	return 0;
}

void changes_close(struct changes *c)
{
	if (c->ctx->json)
		json_end_array(&c->j);
}

void changes_end(struct changes *c)
{
	if (!c->ctx->json)
		return;
	json_end_object(&c->j);
	json_end(&c->j);
}
