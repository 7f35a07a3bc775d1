#include <time.h>

#include "cmd/cmd.h"
#include "dver/history.h"
#include "format/json.h"

struct args { long max; };

static const struct opt opts[] = {
	{ 'n', "max-count", OPT_POSINT, AT(max), "N", "at most N commits" },
	{ 0, "[REV] [--] [PATH]", OPT_REST, 0, "@targets @revs",
	  "of a revision or range, what changed these" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	struct json j;
	uint64_t n;
};

static void change_json(struct json *j, const struct dver_log_change *c)
{
	const char status[2] = { c->status, '\0' };

	json_object(j, NULL);
	json_string(j, "status", status);
	json_string(j, "path", c->path);
	json_bool(j, "directory", c->directory);
	json_number(j, "old_size", c->old_size);
	json_number(j, "new_size", c->new_size);
	json_number(j, "old_files", c->old_files);
	json_number(j, "new_files", c->new_files);
	json_end_object(j);
}

static void entry_json(struct json *j, const struct dver_log_entry *e)
{
	json_object(j, NULL);
	json_string(j, "commit", e->commit);
	json_string(j, "author", e->author);
	json_string(j, "mail", e->mail);
	json_number(j, "time", (uint64_t)(e->time > 0 ? e->time : 0));
	json_string(j, "subject", e->subject);
	json_array(j, "changes");
	for (size_t i = 0; i < e->n; i++)
		change_json(j, &e->changes[i]);
	json_end_array(j);
	json_end_object(j);
}

/* "+3 files", "-1 file": how many more or less there are. */
static void difference(uint64_t from, uint64_t to)
{
	uint64_t n = to > from ? to - from : from - to;

	if (n)
		(void)printf(", %c%llu file%s", to > from ? '+' : '-',
			     (unsigned long long)n, out_s(n));
}

static void change_line(const struct dver_log_change *c)
{
	static const char marks[] = { 'A', '+', 'M', '~', 'D', '-', '?', '?' };
	char a[OUT_SIZE], b[OUT_SIZE], mark = ' ';

	for (size_t i = 0; i < sizeof(marks); i += 2)
		if (marks[i] == c->status)
			mark = marks[i + 1];
	(void)printf("    %c ", mark);
	out_path(stdout, c->path);
	out_size(a, c->old_size);
	out_size(b, c->new_size);
	if (c->status == 'M')
		(void)printf("  %s -> %s", a, b);
	else if (c->status != '?')
		(void)printf("  %s", c->status == 'A' ? b : a);
	if (c->directory)
		difference(c->old_files, c->new_files);
	(void)putchar('\n');
}

static int tell(void *data, const struct dver_log_entry *e)
{
	struct telling *t = data;
	time_t when = (time_t)e->time;
	char date[32] = "";
	struct tm tm;

	if (t->ctx->json) {
		entry_json(&t->j, e);
		return 0;
	}
	if (t->n++)
		(void)putchar('\n');
	if (localtime_r(&when, &tm))
		(void)strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	out_colour(OUT_YELLOW);
	(void)printf("%.10s", e->commit);
	out_plain();
	(void)printf("  %s  ", date);
	out_text(stdout, e->author);
	(void)fputs("  ", stdout);
	out_text(stdout, e->subject);
	(void)putchar('\n');
	for (size_t i = 0; i < e->n; i++)
		change_line(&e->changes[i]);
	return 0;
}

static int show_log(struct cmd_ctx *ctx, const void *data, char **words, int n,
		    struct dver_err *err)
{
	const struct args *a = data;
	struct dver_log_opts o = { .max = (uint64_t)a->max };
	struct telling t = { .ctx = ctx };
	int used = cmd_revisions(ctx, words, n, 1, &o.rev);
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "commits");
	}
	r = dver_log(ctx->repo, (const char *const *)words + used,
		     (size_t)(n - used), &o, tell, &t, err);
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

const struct cmd cmd_log = {
	"log", "data", "show who changed which data when", opts,
	sizeof(struct args), show_log, CMD_NEEDS_REPO
};
