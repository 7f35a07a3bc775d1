#include "report/history.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "repo/git.h"

static int note_range(struct history *h, const char *range,
		      struct dver_err *err)
{
	AUTO_STRVEC struct strvec commits = STRVEC_INIT;
	int r = git_range(h->repo->git, range, &commits, err);

	for (size_t i = 0; r == 0 && i < commits.n; i++) {
		uint8_t id[GIT_ID_SIZE];

		git_unhex(id, commits.v[i]);
		if (!keymap_put(&h->range, id, NULL))
			r = err_nomem(err);
	}
	return r;
}

int history_begin(struct history *h, struct dver_repo *repo, const char *rev,
		  struct dver_err *err)
{
	int r;

	h->repo = repo;
	keymap_init(&h->memo, GIT_ID_SIZE, sizeof(uint32_t));
	keymap_init(&h->keys, HASH_SIZE, sizeof(uint32_t));
	keymap_init(&h->range, GIT_ID_SIZE, 0);
	if (!repo->git)
		return err_set(err, DVER_EINVAL, "this workspace is not in "
			       "git: it has no history");
	r = git_tip(repo->git, rev, h->tip, err);
	h->born = r > 0;
	if (r >= 0)
		r = git_trail_open(&h->trail, repo->git, err);
	h->ranged = r == 0 && rev && strstr(rev, "..");
	return h->ranged ? note_range(h, rev, err) : r;
}

void history_end(struct history *h)
{
	git_trail_free(h->trail);
	keymap_release(&h->memo);
	keymap_release(&h->keys);
	keymap_release(&h->range);
	free(h->line);
}

bool history_in_range(const struct history *h, const uint8_t id[GIT_ID_SIZE])
{
	return !h->ranged || keymap_get(&h->range, id);
}

static int key_of(uint8_t key[HASH_SIZE], const struct git_place *at,
		  struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;

	for (size_t i = 0; i < at->n; i++) {
		buf_addc(&b, (int)at->entries[i].kind);
		buf_add(&b, at->entries[i].id, GIT_ID_SIZE);
	}
	return buf_ok(&b) ? hash_bytes(key, b.data, b.len, err)
			  : err_nomem(err);
}

/* The version of the places. */
static int version_of(struct history *h, const uint8_t id[GIT_ID_SIZE],
		      const struct git_place *at, uint32_t *out,
		      struct dver_err *err)
{
	uint8_t key[HASH_SIZE];
	uint32_t *known;
	int r;

	if (h->memo.n && at->version == h->last_places) {
		*out = h->last;
		return 0;
	}
	r = key_of(key, at, err);
	known = r == 0 ? keymap_get(&h->keys, key) : NULL;
	if (known) {
		*out = *known;
	} else if (r == 0) {
		r = h->open(h, id, at, out, err);
		known = r == 0 ? keymap_put(&h->keys, key, NULL) : NULL;
		if (known)
			*known = *out;
		else if (r == 0)
			r = err_nomem(err);
	}
	h->last_places = at->version;
	h->last = *out;
	return r;
}

static int look(struct history *h, const uint8_t id[GIT_ID_SIZE],
		struct git_place *at, uint32_t *version, struct dver_err *err)
{
	uint32_t *slot;
	int r = cancel_check(&h->repo->cancel, err);

	if (r == 0)
		r = git_trail_at(h->trail, id, at, err);
	if (r == 0)
		r = version_of(h, id, at, version, err);
	if (r < 0)
		return r;
	slot = keymap_put(&h->memo, id, NULL);
	if (!slot)
		return err_nomem(err);
	*slot = *version;
	return 0;
}

int history_line(struct history *h, struct dver_err *err)
{
	struct git_place at = { .nparents = 1 };
	uint8_t id[GIT_ID_SIZE];

	if (!h->born)
		return 0;
	memcpy(id, h->tip, sizeof(id));
	while (at.nparents && history_in_range(h, id)) {
		struct history_step *s;
		int r;

		if (!mem_grow(&h->line, &h->line_cap, h->nline + 1,
			      sizeof(*s)))
			return err_nomem(err);
		s = &h->line[h->nline++];
		memcpy(s->id, id, sizeof(id));
		r = look(h, id, &at, &s->version, err);
		if (r < 0)
			return r;
		s->time = at.time;
		if (at.nparents)
			memcpy(id, at.parents[0], sizeof(id));
	}
	return 0;
}

int history_state(struct history *h, const uint8_t id[GIT_ID_SIZE],
		  uint32_t *state, struct dver_err *err)
{
	const uint32_t *known = keymap_get(&h->memo, id);
	struct git_place at;
	uint32_t version = known ? *known : 0;
	int r = known ? 0 : look(h, id, &at, &version, err);

	return r < 0 ? r : h->state(h, version, state, err);
}

void history_way_release(struct history_way *w)
{
	free(w->v);
	*w = (struct history_way){ .v = NULL };
}

/* Where a way is: a commit and what counts of its state. */
struct walking {
	struct history *h;
	uint32_t (*face)(const struct history *h, uint32_t state);
	uint8_t id[GIT_ID_SIZE];
	uint32_t state;
	uint8_t (*parents)[GIT_ID_SIZE];	/* of it; owned */
	size_t n, cap;
	bool cut;
};

static uint32_t face_of(const struct walking *w, uint32_t state)
{
	return w->face ? w->face(w->h, state) : state;
}

/* The trail is used for other commits before we are through with these. */
static int copy_parents(struct walking *w, struct dver_err *err)
{
	struct git_place at;
	int r = git_trail_at(w->h->trail, w->id, &at, err);

	if (r < 0)
		return r;
	if (!mem_grow(&w->parents, &w->cap, at.nparents + 1, GIT_ID_SIZE))
		return err_nomem(err);
	if (at.nparents)
		memcpy(w->parents, at.parents, at.nparents * GIT_ID_SIZE);
	w->n = at.nparents;
	w->cut = at.cut;
	return 0;
}

/* The parent that has the same, else the first; *old is what that has. */
static int choose(struct walking *w, size_t *at, uint32_t *old,
		  struct dver_err *err)
{
	uint32_t first = HISTORY_NOTHING;

	for (size_t i = 0; i < w->n; i++) {
		int r = history_state(w->h, w->parents[i], old, err);

		if (r < 0)
			return r;
		if (i == 0)
			first = *old;
		*at = i;
		if (face_of(w, *old) == face_of(w, w->state))
			return 0;
	}
	*at = 0;
	*old = first;
	return 0;
}

static int add_turn(struct history_way *out, const struct walking *w,
		    uint32_t old, struct dver_err *err)
{
	struct history_turn t = { .first = w->n == 0, .old = old,
				  .now = w->state, .ago = out->ago };

	memcpy(t.id, w->id, sizeof(t.id));
	if (w->n)
		memcpy(t.parent, w->parents[0], sizeof(t.parent));
	if (!mem_grow(&out->v, &out->cap, out->n + 1, sizeof(t)))
		return err_nomem(err);
	out->v[out->n++] = t;
	return 0;
}

/* One commit further back: 1, 0: the way ends here, < 0. */
static int step(struct history_way *out, struct walking *w, bool one,
		struct dver_err *err)
{
	uint32_t old = HISTORY_NOTHING;
	size_t at = 0;
	int r = cancel_check(&w->h->repo->cancel, err);

	memcpy(out->oldest, w->id, sizeof(out->oldest));
	if (r == 0)
		r = copy_parents(w, err);
	if (r == 0)
		r = choose(w, &at, &old, err);
	if (r < 0)
		return r;
	out->cut = w->cut && face_of(w, w->state) != HISTORY_NOTHING;
	if (w->cut)
		return 0;
	if (face_of(w, old) != face_of(w, w->state)) {
		r = add_turn(out, w, old, err);
		if (r < 0 || one || !history_in_range(w->h, w->id))
			return MIN(r, 0);
	}
	if (!w->n)
		return 0;
	memcpy(w->id, w->parents[at], sizeof(w->id));
	w->state = old;
	out->ago++;
	return 1;
}

int history_follow(struct history_way *out, struct history *h,
		   const uint8_t id[GIT_ID_SIZE],
		   uint32_t (*face)(const struct history *h, uint32_t state),
		   bool one, struct dver_err *err)
{
	struct walking w = { .h = h, .face = face };
	int r = history_state(h, id, &w.state, err);

	*out = (struct history_way){ .v = NULL };
	memcpy(w.id, id, sizeof(w.id));
	if (r == 0)
		do
			r = step(out, &w, one, err);
		while (r > 0);
	free(w.parents);
	return r;
}

size_t history_told(const struct history_way *w, const struct history *h,
		    uint64_t max, uint64_t *more)
{
	size_t n = 0;

	while (n < w->n && history_in_range(h, w->v[n].id))
		n++;
	*more = max && n > max ? n - max : 0;
	return n - (size_t)*more;
}
