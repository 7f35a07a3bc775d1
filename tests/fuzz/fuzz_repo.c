/*
 * Pointers, lock files and merges of them, YAML, git's index, stat index
 * blocks, the workspace record, rules of .dverignore: bytes that others may
 * have written.  The first byte chooses.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "format/yaml.h"
#include "repo/dverignore.h"
#include "repo/git_index.h"
#include "repo/lockfile_merge.h"
#include "repo/pointer.h"
#include "workspace/record.h"
#include "workspace/statidx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int count(void *data, const struct index_entry *e)
{
	if (strlen(e->name) != e->len)
		abort();
	*(size_t *)data += e->len + e->skip_worktree;
	return 0;
}

/* What was read must be written and read the same. */
static void pointers(const uint8_t *data, size_t len)
{
	AUTO_POINTER struct pointer p = { .out = NULL };
	AUTO_POINTER struct pointer again = { .out = NULL };
	AUTO_BUF struct buf b = BUF_BIG;

	if (pointer_parse(&p, "p", data, len, NULL) < 0)
		return;
	if (pointer_format(&b, &p, NULL) < 0 ||
	    pointer_parse(&again, "p", b.data, b.len, NULL) < 0 ||
	    !pointer_same(&p, &again) || !streq(p.out, again.out))
		abort();
}

/* The second writing is the first: whatever was read has one text. */
static void lock_files(const uint8_t *data, size_t len)
{
	AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
	AUTO_LOCKFILE struct lockfile again = LOCKFILE_INIT;
	AUTO_BUF struct buf a = BUF_BIG;
	AUTO_BUF struct buf b = BUF_BIG;
	static const char path[] = "sub/dver.lock";

	if (lockfile_parse(&l, path, path, data, len, NULL) < 0 ||
	    lockfile_format(&a, path, &l, NULL) < 0)
		return;
	if (lockfile_parse(&again, path, path, a.data, a.len, NULL) < 0 ||
	    lockfile_format(&b, path, &again, NULL) < 0 ||
	    !streq(a.data, b.data))
		abort();
}

static int take_side(void *data, const struct lock_clash *c,
		     enum dver_side *side, struct dver_err *err)
{
	(void)err;
	if (!c->why || (c->stage && !c->ours && !c->theirs))
		abort();
	*side = *(const enum dver_side *)data;
	return 0;
}

static int merge(const struct lock_text t[3], enum dver_side side,
		 struct buf *out, enum lock_merged *how)
{
	struct lockfile_merge m = { .path = "sub/dver.lock",
				    .clash = take_side, .data = &side };

	return lockfile_merge(&m, t[0], t[1], t[2], out, how, NULL);
}

/*
 * Three texts with a NUL between them.  What is marked must be, as either side
 * has it, the merge in which that side is taken; what is merged can be read.
 */
static void merges(const uint8_t *data, size_t len)
{
	const char *p = (const char *)data, *end = p + len;
	AUTO_BUF struct buf marked = BUF_BIG;
	struct lock_text t[3];
	enum lock_merged how;

	for (int i = 0; i < 3; i++) {
		const char *nul = i < 2 ? memchr(p, 0, (size_t)(end - p))
					: NULL;

		t[i] = (struct lock_text){ p, (size_t)((nul ? nul : end) - p) };
		p = nul ? nul + 1 : end;
	}
	if (merge(t, DVER_NEITHER, &marked, &how) < 0 || how > LOCK_MARKED)
		return;
	for (int side = DVER_OURS; side <= DVER_THEIRS; side++) {
		AUTO_LOCKFILE struct lockfile l = LOCKFILE_INIT;
		struct lock_text all = { marked.data, marked.len };
		AUTO_BUF struct buf view = BUF_BIG;
		AUTO_BUF struct buf out = BUF_BIG;

		if (merge(t, (enum dver_side)side, &out, &how) < 0 ||
		    how != LOCK_MERGED ||
		    !lockfile_side(&view, all, (enum dver_side)side) ||
		    lockfile_parse(&l, "sub/dver.lock", "x", out.data, out.len,
				   NULL) < 0)
			abort();
		if (!streq(view.data, out.data) &&
		    !streq(view.data, "schema: 1\nstages:\n"))
			abort();
	}
}

static const char *spit(const uint8_t *data, size_t len)
{
	static char path[64];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/dev/shm/dver-fuzz-%d",
		       (int)getpid());
	f = fopen(path, "we");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
		abort();
	return path;
}

static void stat_index(const uint8_t *data, size_t len)
{
	AUTO_STATIDX struct statidx *x = NULL;
	AUTO_FREE struct statidx_entry *v = NULL;
	AUTO_BUF struct buf bytes = BUF_BIG;
	size_t n, cap = 0;

	if (statidx_open(&x, spit(data, len), NULL) > 0)
		(void)statidx_block(x, statidx_root(x), &bytes, &v, &n, &cap,
				    NULL);
}

static void records(const uint8_t *data, size_t len)
{
	AUTO_RECORD struct record r = RECORD_INIT;

	(void)record_load(&r, spit(data, len), NULL);
}

/* A file of rules, a NUL, and a name that is judged by them. */
static void rules(const uint8_t *data, size_t len)
{
	AUTO_RULES_AT struct rules_at at = RULES_AT_INIT;
	char *text = str_ndup((const char *)data, len);
	size_t used = text ? MIN(strlen(text) + 1, len) : 0;
	AUTO_FREE char *name = str_ndup((const char *)data + used,
					MIN(len - used, 255));
	const struct rule *found;
	struct rules *r = NULL;

	if (!text || !name || rules_parse(&r, "d", &text, NULL) < 0)
		abort();
	if (rules_enter(&at, r, "d/e", NULL) < 0)
		abort();
	found = rules_match(&at, name, strlen(name), len & 1);
	if (found && (found->line == 0 || found->of != r))
		abort();
	rules_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct value_doc doc = { .root = NULL };
	size_t sum = 0;

	if (len == 0)
		return 0;
	switch (data[0] % 8) {
	case 0:
		pointers(data + 1, len - 1);
		break;
	case 1:
		(void)git_index_parse(data + 1, len - 1, count, &sum);
		break;
	case 2:
		if (yaml_parse(&doc, "y", data + 1, len - 1, NULL) == 0)
			value_doc_release(&doc);
		break;
	case 3:
		stat_index(data + 1, len - 1);
		break;
	case 6:
		lock_files(data + 1, len - 1);
		break;
	case 7:
		merges(data + 1, len - 1);
		break;
	case 4:
		records(data + 1, len - 1);
		break;
	case 5:
		rules(data + 1, len - 1);
		break;
	}
	return 0;
}
