#include "report/report.h"

#include "base/err.h"
#include "report/plan.h"
#include "report/tracked.h"

#define BYTES_MAX (256u << 20)	/* of what was parsed */

static void forget(struct report *rep)
{
	size_t pos = 0;
	void *value;

	while (keymap_next(&rep->flats, &pos, &value))
		flat_free(*(struct flat **)value);
	keymap_clear(&rep->flats);
	rep->bytes = 0;
}

void report_trim(struct report *rep)
{
	if (rep->bytes > BYTES_MAX)
		forget(rep);
}

void report_release(struct report *rep)
{
	size_t pos = 0;
	void *value;

	forget(rep);
	while (keymap_next(&rep->locks, &pos, &value))
		tracked_free(*(struct tracked **)value);
	for (size_t i = 0; i < rep->nplans; i++)
		plan_free(rep->plans[i]);
	keymap_release(&rep->flats);
	keymap_release(&rep->locks);
	keymap_release(&rep->without);
	strvec_release(&rep->targets);
	if (rep->store)
		reading_end(&rep->rr, rep->store);
	store_io_free(rep->io);
	lock_release(rep->lock);
}

int report_open(struct report *rep, struct dver_repo *repo,
		enum dver_values what, unsigned flags,
		const char *const *targets, size_t n, struct dver_err *err)
{
	*rep = (struct report){ .repo = repo, .what = what,
				.deps = flags & DVER_VALUES_DEPS,
				.is_name = flat_is_name };
	keymap_init(&rep->without, 20, 0);
	keymap_init(&rep->flats, REPORT_KEY, sizeof(struct flat *));
	keymap_init(&rep->locks, REPORT_KEY, sizeof(struct tracked *));
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf path = BUF_PATH;
		int r = repo_target(repo, &path, targets[i], err);

		if (r < 0)
			return r;
		if (!strvec_push(&rep->targets, path.data))
			return err_nomem(err);
	}
	return 0;
}

int report_key(uint8_t key[REPORT_KEY], const uint8_t *id, size_t len,
	       const void *name, size_t name_len, struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_BIG;

	buf_add_varint(&b, len);
	buf_add(&b, id, len);
	buf_add(&b, name, name_len);
	return buf_ok(&b) ? hash_bytes(key, b.data, b.len, err)
			  : err_nomem(err);
}

int report_store(struct report *rep, struct dver_err *err)
{
	struct store *s;
	int r;

	if (rep->store)
		return 0;
	r = rep->lock ? 0 : session_lock_reader(rep->repo, &rep->lock, err);
	if (r == 0 && !rep->io)
		r = store_io_new(&rep->io, err);
	if (r == 0)
		r = repo_store(rep->repo, &s, err);
	if (r < 0)
		return r;
	rep->store = s;
	reading_begin(&rep->rr, rep->repo, s);
	return 0;
}
