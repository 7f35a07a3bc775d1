#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "dver/ignore.h"
#include "format/json.h"

struct args { bool non_matching, no_index, from_stdin, nul; };

static const struct opt opts[] = {
	{ 'n', "non-matching", OPT_FLAG, AT(non_matching), NULL,
	  "with -v, --json: also what no pattern matches" },
	{ 0, "no-index", OPT_FLAG, AT(no_index), NULL,
	  "say what the patterns say, also of tracked paths" },
	{ 0, "stdin", OPT_FLAG, AT(from_stdin), NULL,
	  "read paths from the standard input, a line each" },
	{ 'z', NULL, OPT_FLAG, AT(nul), NULL,
	  "end paths, read or written, with NUL" },
	{ 0, "PATH", OPT_REST, 0, "@files", "files and folders" },
	OPTS_END
};

struct checking {
	const struct cmd_ctx *ctx;
	const struct args *a;
	struct dver_ignore *ig;
	struct json j;
	bool any;		/* some path is ignored */
};

static void as_json(struct json *j, const char *path,
		    const struct dver_ignored *x, bool ignored)
{
	json_object(j, NULL);
	json_string(j, "path", path);
	json_bool(j, "ignored", ignored);
	json_bool(j, "tracked", x->tracked);
	if (x->file) {
		json_string(j, "file", x->file);
		json_number(j, "line", x->line);
		json_string(j, "pattern", x->pattern);
	} else {
		json_null(j, "file");
		json_null(j, "line");
		json_null(j, "pattern");
	}
	json_end_object(j);
}

/* As git prints it: file:line:pattern<TAB>path. */
static void as_line(const struct checking *c, const char *path,
		    const struct dver_ignored *x)
{
	bool verbose = c->ctx->verbose;

	if (c->a->nul) {
		if (verbose && x->file)
			(void)printf("%s%c%u%c%s%c", x->file, 0, x->line, 0,
				     x->pattern, 0);
		else if (verbose)
			(void)printf("%c%c%c", 0, 0, 0);
		(void)printf("%s%c", path, 0);
		return;
	}
	if (verbose && x->file) {
		out_path(stdout, x->file);
		(void)printf(":%u:%s\t", x->line, x->pattern);
	} else if (verbose) {
		(void)printf("::\t");
	}
	out_path(stdout, path);
	(void)putchar('\n');
}

static int check(struct checking *c, const char *path, struct dver_err *err)
{
	bool details = c->ctx->json || c->ctx->verbose;
	struct dver_ignored x;
	bool ignored, shown;
	int r = dver_ignore_check(c->ig, path, &x, err);

	if (r < 0)
		return r;
	ignored = x.ignored || (x.tracked && c->a->no_index);
	/* As git: a "!" pattern is told of, what is tracked is not. */
	shown = details && (!x.tracked || c->a->no_index || c->ctx->json)
			? x.file != NULL : ignored;
	c->any |= c->ctx->json ? ignored : shown;
	if (!shown && !c->a->non_matching)
		return 0;
	if (!shown)
		x.file = NULL;
	if (c->ctx->json)
		as_json(&c->j, path, &x, ignored);
	else if (!c->ctx->quiet)
		as_line(c, path, &x);
	return 0;
}

static int check_stdin(struct checking *c, struct dver_err *err)
{
	AUTO_FREE char *line = NULL;
	int end = c->a->nul ? '\0' : '\n';
	size_t cap = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = getdelim(&line, &cap, end, stdin)) > 0) {
		if (line[n - 1] == end)
			line[n - 1] = '\0';
		r = check(c, line, err);
		/* Who asks one by one waits for each answer. */
		(void)fflush(stdout);
	}
	if (r == 0 && ferror(stdin))
		r = err_sys(err, "cannot read the standard input");
	return r;
}

static int check_all(struct checking *c, char **words, int n,
		     struct dver_err *err)
{
	int r = dver_ignore_open(&c->ig, c->ctx->repo, err);

	if (r == 0 && c->a->from_stdin)
		return check_stdin(c, err);
	for (int i = 0; r == 0 && i < n; i++)
		r = check(c, words[i], err);
	return r;
}

static int check_ignore(struct cmd_ctx *ctx, const void *data, char **words,
			int n, struct dver_err *err)
{
	const struct args *a = data;
	struct checking c = { .ctx = ctx, .a = a };
	int r;

	if (a->from_stdin ? n > 0 : n == 0)
		return cmd_usage(err, "name paths, or use --stdin");
	if (a->non_matching && !ctx->verbose && !ctx->json)
		return cmd_usage(err, "--non-matching goes with -v or --json");
	if (a->nul && !a->from_stdin)
		return cmd_usage(err, "-z goes with --stdin");
	if (ctx->json) {
		json_begin(&c.j, stdout);
		json_object(&c.j, NULL);
		json_array(&c.j, "paths");
	}
	r = check_all(&c, words, n, err);
	dver_ignore_free(c.ig);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&c.j);
		json_end_object(&c.j);
		json_end(&c.j);
	}
	return !c.any;
}

const struct cmd cmd_check_ignore = {
	"check-ignore", "care", "tell which patterns ignore a path", opts,
	sizeof(struct args), check_ignore, CMD_NEEDS_REPO
};
