#include "workspace/copy_runs.h"

#include "base/err.h"
#include "base/mem.h"
#include "repo/runfile.h"
#include "repo/remotes.h"
#include "transfer/bundle.h"
#include "transfer/remote.h"

struct copying {
	struct dver_repo *repo;
	struct store *to;
	const char *to_folder;
	bool dry_run;
	struct keymap there;		/* values that `to` has */
	struct bundle_entry *v;		/* owned; on their way */
	size_t n, cap, bytes;
	struct strvec texts;		/* of them */
	uint64_t *copied, bad;
};

static void copying_release(struct copying *c)
{
	free(c->v);
	strvec_release(&c->texts);
	keymap_release(&c->there);
}

static int on_there(void *data, const struct bundle_entry *e,
		    struct dver_err *err)
{
	struct copying *c = data;

	return keymap_put(&c->there, e->value.id, NULL) ? 0 : err_nomem(err);
}

static void on_bad(void *data, const char *why)
{
	struct copying *c = data;

	repo_note(c->repo, DVER_NOTE_WARNING, "%s: the runs in it are left "
		  "out", why);
}

static int put(struct copying *c, struct dver_err *err)
{
	int r = c->n && !c->dry_run
		? bundles_put(c->to, c->to_folder, c->v, c->n, err) : 0;

	if (r < 0)
		return r;
	*c->copied += c->n;
	strvec_clear(&c->texts);
	c->n = c->bytes = 0;
	return 0;
}

/* Does it belong where it says?  Anyone may have written it. */
static int is_run(const struct bundle_entry *e, struct dver_err *err)
{
	AUTO_LOCKED_STAGE struct locked_stage run = { .name = NULL };
	struct run_id id = { e->key, e->value };
	struct dver_err why;
	int r = runfile_parse(&run, "run", &id, e->text, e->len, &why);

	if (r == DVER_EFORMAT || r == DVER_ECORRUPT)
		return 0;
	return r < 0 ? err_set(err, r, "%s", why.msg) : 1;
}

static int on_entry(void *data, const struct bundle_entry *e,
		    struct dver_err *err)
{
	struct copying *c = data;
	AUTO_FREE char *text = NULL;
	int r = cancel_check(&c->repo->cancel, err);

	if (r < 0 || keymap_get(&c->there, e->value.id))
		return r;
	r = is_run(e, err);
	c->bad += r == 0;
	if (r <= 0)
		return r;
	text = str_ndup(e->text, e->len);
	if (!text || !mem_grow(&c->v, &c->cap, c->n + 1, sizeof(*c->v)) ||
	    !keymap_put(&c->there, e->value.id, NULL) ||
	    !strvec_take(&c->texts, &text))
		return err_nomem(err);
	c->v[c->n] = *e;
	c->v[c->n].text = c->texts.v[c->n];
	c->n++;
	c->bytes += e->len;
	return c->bytes < BUNDLE_TEXT_MAX / 2 ? 0 : put(c, err);
}

int copy_runs(struct dver_repo *repo, struct store *from,
	      const struct remote *from_at, struct store *to,
	      const struct remote *to_at, bool dry_run, uint64_t *n,
	      struct dver_err *err)
{
	__attribute__((cleanup(copying_release)))
	struct copying c = { .repo = repo, .to = to, .dry_run = dry_run,
			     .texts = STRVEC_INIT, .copied = n };
	AUTO_FREE char *from_folder = NULL;
	AUTO_FREE char *to_folder = NULL;
	int r = remote_folder(&from_folder, &from_at->cfg, repo->cache, err);

	keymap_init(&c.there, HASH_SIZE, 0);
	if (r == 0)
		r = remote_folder(&to_folder, &to_at->cfg, repo->cache, err);
	c.to_folder = to_folder;
	if (r == 0)
		r = bundles_each(to, to_folder, on_there, on_bad, &c, err);
	if (r == 0)
		r = bundles_each(from, from_folder, on_entry, on_bad, &c, err);
	if (r == 0)
		r = put(&c, err);
	if (r == 0 && c.bad)
		repo_note(repo, DVER_NOTE_WARNING, "%llu run%s of remote '%s' "
			  "left out: what is there does not belong where it "
			  "lies", (unsigned long long)c.bad,
			  c.bad > 1 ? "s are" : " is", from_at->name);
	return r;
}
