#include <inttypes.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "dver/cache.h"
#include "format/json.h"

#define NAMED 10	/* files that are told by name */

struct args {
	bool dry_run, force, not_pushed, all_commits, no_undo;
	const char *forget;
};

static const struct opt opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(dry_run), NULL,
	  "only say what would be freed" },
	{ 'f', "force", OPT_FLAG, AT(force), NULL, "do not ask" },
	{ 0, "all-commits", OPT_FLAG, AT(all_commits), NULL,
	  "keep what any commit has" },
	{ 0, "not-pushed", OPT_FLAG, AT(not_pushed), NULL,
	  "free data of old commits that no remote has, too" },
	{ 0, "no-undo", OPT_FLAG, AT(no_undo), NULL,
	  "free what only dver undo could bring back, too" },
	{ 0, "forget", OPT_STR, AT(forget), "PATH",
	  "count a workspace that is gone no longer" },
	OPTS_END
};

struct telling {
	const struct cmd_ctx *ctx;
	const struct args *args;
	struct json j;
	uint64_t named;
};

static int on_kept(void *data, const struct dver_gc_kept *k)
{
	struct telling *t = data;
	char size[OUT_SIZE];

	if (t->ctx->json) {
		json_object(&t->j, NULL);
		json_string(&t->j, "path", k->path);
		json_string(&t->j, "commit", k->commit);
		json_number(&t->j, "size", k->size);
		json_end_object(&t->j);
		return 0;
	}
	if (t->ctx->quiet || t->named++ >= NAMED)
		return 0;
	if (t->named == 1)
		(void)puts("in no remote, kept:");
	(void)printf("  %.10s ", k->commit);
	out_path(stdout, k->path);
	(void)printf("  %s\n", out_size(size, k->size));
	return 0;
}

static void tell_kept(const struct telling *t, const struct dver_gc_stats *s)
{
	char size[OUT_SIZE];

	if (s->kept_files == 0)
		return;
	if (s->kept_files > NAMED)
		(void)printf("  and %" PRIu64 " more\n",
			     s->kept_files - NAMED);
	(void)printf("%" PRIu64 " %s, %s, of earlier commits kept: dver push "
		     "--all-commits, or --not-pushed frees them\n",
		     s->kept_files, s->kept_files == 1 ? "file" : "files",
		     out_size(size, s->kept_bytes));
	(void)t;
}

static bool is_nothing(const struct dver_gc_stats *s)
{
	return s->objects == 0 && s->bytes == 0 && s->runs == 0;
}

static void tell(const struct telling *t, const struct dver_gc_stats *s,
		 bool would)
{
	const char *verb = would ? "would free" : "freed";
	char size[OUT_SIZE];

	tell_kept(t, s);
	if (is_nothing(s)) {
		(void)puts("nothing to free");
		return;
	}
	if (s->runs)
		(void)printf("%s %" PRIu64 " %s of the run cache: some of what "
			     "%s made %s\n", verb, s->runs,
			     s->runs == 1 ? "run" : "runs",
			     s->runs == 1 ? "it" : "they",
			     would ? "is not here, or would go"
				   : "is not here");
	if (s->objects == 0 && s->bytes == 0)
		return;
	(void)printf("%s %s: %" PRIu64 " %s (%" PRIu64 " %s looked at)\n",
		     verb, out_size(size, s->bytes), s->objects,
		     s->objects == 1 ? "object" : "objects", s->workspaces,
		     s->workspaces == 1 ? "workspace" : "workspaces");
}

/* On a terminal only. */
static int ask(void *data, const struct dver_gc_stats *would)
{
	const struct telling *t = data;
	char line[16] = "";

	if (is_nothing(would))
		return 0;
	tell(t, would, true);
	(void)fputs("free it? [y/N] ", stdout);
	(void)fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 0;
	return line[0] == 'y' || line[0] == 'Y';
}

static void end_json(struct telling *t, const struct dver_gc_stats *s)
{
	json_end_array(&t->j);
	json_number(&t->j, "workspaces", s->workspaces);
	json_number(&t->j, "objects", s->objects);
	json_number(&t->j, "bytes", s->bytes);
	json_number(&t->j, "packs_deleted", s->packs_deleted);
	json_number(&t->j, "packs_rewritten", s->packs_rewritten);
	json_number(&t->j, "waiting", s->waiting);
	json_number(&t->j, "kept_files", s->kept_files);
	json_number(&t->j, "kept_bytes", s->kept_bytes);
	json_number(&t->j, "runs", s->runs);
	json_bool(&t->j, "dry_run", t->args->dry_run);
	json_end_object(&t->j);
	json_end(&t->j);
}

static int collect(struct cmd_ctx *ctx, const struct args *a, bool asks,
		   struct dver_err *err)
{
	struct telling t = { .ctx = ctx, .args = a };
	struct dver_gc_opts o = {
		.dry_run = a->dry_run, .all_commits = a->all_commits,
		.not_pushed = a->not_pushed, .no_undo = a->no_undo,
		.confirm = asks ? ask : NULL, .kept = on_kept, .data = &t,
	};
	struct dver_gc_stats s;
	int r;

	if (ctx->json) {
		json_begin(&t.j, stdout);
		json_object(&t.j, NULL);
		json_array(&t.j, "kept");
	}
	r = dver_gc(ctx->repo, &o, &s, err);
	if (r < 0)
		return r;
	if (ctx->json)
		end_json(&t, &s);
	else if (!ctx->quiet && (!asks || is_nothing(&s)))
		tell(&t, &s, a->dry_run);
	return 0;
}

static int gc(struct cmd_ctx *ctx, const void *data, char **words, int n,
	      struct dver_err *err)
{
	const struct args *a = data;
	bool asks = !a->force && !a->dry_run && isatty(STDIN_FILENO) &&
		    isatty(STDOUT_FILENO) && !ctx->json;

	(void)words;
	if (n)
		return cmd_usage(err, "gc takes no paths");
	if (a->all_commits && a->not_pushed)
		return cmd_usage(err, "--all-commits keeps what --not-pushed "
				 "frees: choose one");
	if (a->forget)
		return dver_gc_forget(ctx->repo, a->forget, err);
	if (!asks && !a->force && !a->dry_run)
		return cmd_usage(err, "gc deletes data: say -f, or --dry-run "
				 "to see what");
	return collect(ctx, a, asks, err);
}

const struct cmd cmd_gc = {
	"gc", "care", "free what nothing points at", opts,
	sizeof(struct args), gc, CMD_NEEDS_REPO | CMD_PROGRESS
};
