/*
 * cmd_log - the history of data, or of one value or stage.
 */
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/log.h"
#include "dver/history.h"

struct args {
	long max;
	const char *metric, *param, *stage;
};

static const struct opt opts[] = {
	{ 'n', "max-count", OPT_POSINT, AT(max), "N", "at most N commits" },
	{ 0, "metric", OPT_STR, AT(metric), "NAME", "of this metric" },
	{ 0, "param", OPT_STR, AT(param), "NAME", "of this parameter" },
	{ 0, "stage", OPT_STR, AT(stage), "NAME", "of this stage" },
	{ 0, "[REV] [--] [PATH]", OPT_REST, 0, "@targets @revs @values @stages",
	  "what changed these, a metric, parameter or stage" },
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

	t->n++;
	if (t->ctx->json) {
		entry_json(&t->j, e);
		return 0;
	}
	if (t->n > 1)
		(void)putchar('\n');
	log_commit(&(struct dver_commit){
		.id = e->commit, .author = e->author, .mail = e->mail,
		.subject = e->subject, .time = e->time });
	(void)putchar('\n');
	for (size_t i = 0; i < e->n; i++)
		change_line(&e->changes[i]);
	return 0;
}

/* `told`: how many commits there are. */
static int data_log(const struct cmd_ctx *ctx, const struct dver_log_opts *o,
		    char **words, int n, uint64_t *told, struct dver_err *err)
{
	struct telling t = { .ctx = ctx };
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "commits");
	}
	r = dver_log(ctx->repo, (const char *const *)words, (size_t)n, o,
		     tell, &t, err);
	*told = t.n;
	if (r < 0)
		return r;
	if (ctx->json) {
		json_end_array(&t.j);
		json_end_object(&t.j);
		json_end(&t.j);
	}
	return 0;
}

#define NO_WORD \
	"'%s' is no revision, metric, parameter or stage, and was never " \
	"tracked data"
#define CHOICES 20	/* that are told */

/* What a word can mean. */
struct choices {
	struct dver_meaning v[CHOICES];	/* strings owned */
	size_t n, all;
	bool data, failed;
};

static void choices_release(struct choices *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free((char *)(uintptr_t)c->v[i].path);
		free((char *)(uintptr_t)c->v[i].name);
		free((char *)(uintptr_t)c->v[i].word);
	}
}

static int on_meaning(void *data, const struct dver_meaning *m)
{
	struct choices *c = data;
	struct dver_meaning *x = &c->v[c->n];

	if (m->kind == DVER_MEANS_DATA) {
		c->data = true;
		return 0;
	}
	c->all++;
	if (c->n == CHOICES)
		return 0;
	*x = (struct dver_meaning){
		.kind = m->kind, .path = m->path ? strdup(m->path) : NULL,
		.name = strdup(m->name), .word = strdup(m->word) };
	c->n++;
	c->failed |= (m->path && !x->path) || !x->name || !x->word;
	return c->failed ? DVER_ENOMEM : 0;
}

static const char *option_of(enum dver_meaning_kind kind)
{
	return kind == DVER_MEANS_METRIC ? "--metric"
	       : kind == DVER_MEANS_PARAM ? "--param" : "--stage";
}

/* Some of these are called the same, or the word names a whole file. */
static int ambiguous(const struct choices *c, const char *word,
		     struct dver_err *err)
{
	(void)fprintf(stderr, "dver: '");
	out_text(stderr, word);
	(void)fprintf(stderr, "' may be one of these:\n");
	for (size_t i = 0; i < c->n; i++) {
		(void)fprintf(stderr, "  dver log %s ",
			      option_of(c->v[i].kind));
		out_text(stderr, c->v[i].word);
		(void)fputc('\n', stderr);
	}
	if (c->all > c->n)
		(void)fprintf(stderr, "  and %zu more\n", c->all - c->n);
	return err_set(err, DVER_EINVAL, "'%s' is ambiguous: say which", word);
}

/* What else a word could have meant that was taken for `as`. */
static void also(const struct cmd_ctx *ctx, const struct choices *c,
		 const char *word, const char *as)
{
	if (ctx->quiet || !c->n)
		return;
	(void)fflush(stdout);
	(void)fprintf(stderr, "dver: '");
	out_text(stderr, word);
	(void)fprintf(stderr, "' was taken for %s; also: dver log %s ", as,
		      option_of(c->v[0].kind));
	out_text(stderr, c->v[0].word);
	(void)fputc('\n', stderr);
}

static int show_one(const struct cmd_ctx *ctx, const struct choices *c,
		    const char *word, const struct dver_log_opts *o,
		    struct dver_err *err)
{
	struct dver_timeline_opts to = { .rev = o->rev, .max = o->max };

	if (c->all > 1)
		return ambiguous(c, word, err);
	return c->v[0].kind == DVER_MEANS_STAGE
	       ? log_stage(ctx, &c->v[0], &to, err)
	       : log_value(ctx, &c->v[0], &to, err);
}

static int find(const struct cmd_ctx *ctx, struct choices *c,
		const char *word, unsigned kinds, const char *rev,
		struct dver_err *err)
{
	int r = dver_meanings(ctx->repo, word, kinds, rev, on_meaning, c, err);

	return c->failed ? err_nomem(err) : r;
}

/* An option says what it is. */
static int named(const struct cmd_ctx *ctx, const char *word, unsigned kind,
		 const struct dver_log_opts *o, struct dver_err *err)
{
	struct choices c = { .n = 0 };
	int r = find(ctx, &c, word, kind, o->rev, err);

	if (r == 0 && !c.n)
		r = err_set(err, DVER_ENOTFOUND, "there is no %s '%s'%s%s",
			    kind == DVER_MEANS_METRIC ? "metric"
			    : kind == DVER_MEANS_PARAM ? "parameter" : "stage",
			    word, o->rev ? " at " : ", nor was there one",
			    o->rev ? o->rev : "");
	else if (r == 0)
		r = show_one(ctx, &c, word, o, err);
	choices_release(&c);
	return r;
}

/* Who has a branch called as a metric is told that it is taken for that. */
static int was_revision(const struct cmd_ctx *ctx, const char *rev,
			struct dver_err *err)
{
	struct choices c = { .n = 0 };
	int r = 0;

	if (!ctx->quiet && !ctx->json && !strpbrk(rev, "~^@{:"))
		r = find(ctx, &c, rev, DVER_MEANS_METRIC | DVER_MEANS_PARAM |
			 DVER_MEANS_STAGE | DVER_MEANS_NOW, NULL, err);
	if (r == 0)
		also(ctx, &c, rev, "a revision");
	choices_release(&c);
	return r;
}

static int one_entry(void *data, const struct dver_log_entry *e)
{
	(void)e;
	*(bool *)data = true;
	return 1;
}

/* Was it tracked data before the end of what is asked for, or is it now? */
static int was_data(const struct cmd_ctx *ctx, const char *word,
		    const char *rev, bool *was, struct dver_err *err)
{
	struct choices c = { .n = 0 };
	const char *dots = rev ? strstr(rev, "..") : NULL;
	struct dver_log_opts o = { .rev = rev, .max = 1 };
	int r = find(ctx, &c, word, DVER_MEANS_DATA | DVER_MEANS_NOW, NULL,
		     err);

	*was = c.data;
	choices_release(&c);
	if (dots)
		o.rev = dots[2] == '.' ? dots + 3 : dots + 2;
	if (o.rev && !*o.rev)
		o.rev = NULL;
	if (r == 0 && !*was)
		r = dver_log(ctx->repo, &word, 1, &o, one_entry, was, err);
	return MIN(r, 0);
}

/* Why a word that is no data was written: an error. */
static int no_data(const struct cmd_ctx *ctx, char **words, const char *word,
		   struct dver_err *err)
{
	struct choices c = { .n = 0 };
	int r;

	if (ctx->dashes >= 0)
		return err_set(err, DVER_ENOTFOUND, "'%s' was never tracked "
			       "data", word);
	if (word != words[0] && dver_is_revision(ctx->repo, word))
		return err_set(err, DVER_EINVAL, "'%s' is a revision: these "
			       "come first: dver log %s %s", word, word,
			       words[0]);
	r = find(ctx, &c, word, DVER_MEANS_METRIC | DVER_MEANS_PARAM |
		 DVER_MEANS_STAGE | DVER_MEANS_NOW, NULL, err);
	if (r == 0 && c.n)
		r = err_set(err, DVER_EINVAL, "the history of '%s' is shown "
			    "by itself: dver log %s", word, word);
	else if (r == 0)
		r = err_set(err, DVER_ENOTFOUND, NO_WORD, word);
	choices_release(&c);
	return r;
}

/* Are all of them data, or were? */
static int check_data(const struct cmd_ctx *ctx, char **words, int n,
		      const char *rev, struct dver_err *err)
{
	const char *bad = NULL;
	int r = 0;

	for (int i = 0; r == 0 && i < n; i++) {
		bool was = access(words[i], F_OK) == 0;

		if (!was)
			r = was_data(ctx, words[i], rev, &was, err);
		if (was || r < 0)
			continue;
		/* A revision in the wrong place says most. */
		if (!bad || dver_is_revision(ctx->repo, words[i]))
			bad = words[i];
	}
	return r == 0 && bad ? no_data(ctx, words, bad, err) : r;
}

/* One word without "--": data if it is data now, else what it names. */
static int guess(const struct cmd_ctx *ctx, char **words,
		 const struct dver_log_opts *o, struct dver_err *err)
{
	struct choices c = { .n = 0 };
	uint64_t told;
	int r = find(ctx, &c, words[0], 0, o->rev, err);

	if (r == 0 && c.n && !c.data) {
		r = show_one(ctx, &c, words[0], o, err);
	} else if (r == 0) {
		if (!c.data)
			r = check_data(ctx, words, 1, o->rev, err);
		if (r == 0)
			r = data_log(ctx, o, words, 1, &told, err);
		if (r == 0)
			also(ctx, &c, words[0], "tracked data");
	}
	choices_release(&c);
	return r;
}

static int show_log(struct cmd_ctx *ctx, const void *data, char **words, int n,
		    struct dver_err *err)
{
	const struct args *a = data;
	struct dver_log_opts o = { .max = (uint64_t)a->max };
	const char *word = a->metric ? a->metric
			   : a->param ? a->param : a->stage;
	int used = cmd_revisions(ctx, words, n, 1, &o.rev);
	uint64_t told;
	int r;

	if (!!a->metric + !!a->param + !!a->stage > 1 || (word && used < n))
		return cmd_usage(err, "one thing at a time: a metric, a "
				 "parameter, a stage, or paths");
	if (word)
		return named(ctx, word, a->metric ? DVER_MEANS_METRIC
			     : a->param ? DVER_MEANS_PARAM : DVER_MEANS_STAGE,
			     &o, err);
	if (ctx->dashes < 0 && n - used == 1)
		return guess(ctx, words + used, &o, err);
	r = check_data(ctx, words + used, n - used, o.rev, err);
	if (r == 0)
		r = data_log(ctx, &o, words + used, n - used, &told, err);
	return r == 0 && used && used == n && ctx->dashes < 0
	       ? was_revision(ctx, o.rev, err) : r;
}

const struct cmd cmd_log = {
	"log", "data", "show who changed data, a metric or a stage when", opts,
	sizeof(struct args), show_log, CMD_NEEDS_REPO
};
