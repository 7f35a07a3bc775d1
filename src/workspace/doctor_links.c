/*
 * doctor_links - how files can get from the cache into the workspace, tried
 * for each way, against what cache.type asks for.
 */
#include "workspace/doctor.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "repo/config.h"
#include "store/link.h"

/* What cache.looseAbove is where nobody set it. */
#define SHARED_ABOVE (128u << 10)
#define COPIED_ABOVE (8u << 20)

struct tried {
	bool works[LINK_TYPES];
};

/* Where a folder is not there yet, what it will lie in. */
static char *nearest(const char *path)
{
	char *at = strdup(path);

	while (at && access(at, F_OK) < 0 && !streq(at, "/")) {
		char *slash = strrchr(at, '/');

		if (!slash)
			break;
		slash[slash == at] = '\0';
	}
	return at;
}

static int try_all(struct doctor *d, struct tried *t, struct dver_err *err)
{
	AUTO_PROBE struct probe from = { .tmp = NULL };
	AUTO_PROBE struct probe to = { .tmp = NULL };
	AUTO_FREE char *near = d->cache && !d->has_cache ? nearest(d->cache)
							 : NULL;
	const char *cache = near ? near : d->has_cache ? d->cache : d->here;
	int r = probe_open(&from, cache, d->has_cache, err);

	if (r == 0)
		r = d->meta ? probe_open(&to, d->meta, true, err)
			    : probe_open(&to, d->here, false, err);
	for (int i = 0; r >= 0 && i < LINK_TYPES; i++) {
		r = link_works((enum link_type)i, from.path, to.path, err);
		t->works[i] = r > 0;
	}
	return MIN(r, 0);
}

static void names_of(struct buf *out, const struct tried *t)
{
	static const enum link_type links[] = { LINK_REFLINK, LINK_HARDLINK,
						LINK_SYMLINK };

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (t->works[links[i]])
			buf_addf(out, "%s%s", out->len ? ", " : "",
				 link_name(links[i]));
	if (!out->len)
		buf_addstr(out, "none");
}

/* The first type of the order that works; a copy always does. */
static enum link_type first_of(const struct link_order *o,
			       const struct tried *t)
{
	for (int i = 0; i < o->n; i++)
		if (o->type[i] == LINK_COPY || t->works[o->type[i]])
			return o->type[i];
	return LINK_COPY;
}

static void advise(struct doctor *d, const struct tried *t)
{
	if (t->works[LINK_REFLINK])
		doctor_do(d, "dver config --local cache.type reflink,copy");
	else if (t->works[LINK_HARDLINK])
		doctor_do(d, "dver config --local cache.type hardlink,copy "
			  "saves the copies; linked files are read-only (dver "
			  "unprotect)");
	else if (t->works[LINK_SYMLINK])
		doctor_do(d, "dver config --local cache.type symlink,copy "
			  "saves the copies; linked files are read-only (dver "
			  "unprotect)");
}

static void tell_order(struct doctor *d, const struct tried *t,
		       const struct link_order *o, const char *type)
{
	enum link_type used = first_of(o, t);
	AUTO_BUF struct buf names = BUF_INIT(200);
	AUTO_FREE char *set = NULL;
	bool asked = dver_config_get(d->repo, DVER_CONFIG_ANY, "cache.type",
				     &set, NULL) > 0;

	names_of(&names, t);
	if (used == o->type[0]) {
		doctor_say(d, DVER_VERDICT_OK, "cache.type is %s: %s works "
			   "(of links: %s)", type, link_name(used),
			   names.data);
		return;
	}
	doctor_say(d, asked ? DVER_VERDICT_WARNING : DVER_VERDICT_NOTE,
		   "cache.type is %s, but %s does not work from the cache to "
		   "the workspace: large files %s%s (links that work: %s)",
		   type, link_name(o->type[0]), used == LINK_COPY
		   ? "are copied, and take their space twice"
		   : "become links of the next kind", used == LINK_COPY &&
		   d->fs_work.network ? " on a network" : "", names.data);
	if (used == LINK_COPY)
		advise(d, t);
}

/* The bound that separates packed from loose files fits the kind of link. */
static void tell_bound(struct doctor *d, enum link_type used)
{
	uint64_t above = config_size(d->repo, "cache.looseAbove");
	char size[DOCTOR_SIZE];

	if (!config_str(d->repo, "cache.looseAbove"))
		return;
	if (used == LINK_COPY && above < COPIED_ABOVE / 8) {
		doctor_say(d, DVER_VERDICT_NOTE, "cache.looseAbove is %s, but "
			   "files are copied here: small files are faster in "
			   "packs", doctor_size(size, above));
		doctor_do(d, "dver config --unset cache.looseAbove");
	} else if (used != LINK_COPY && above > SHARED_ABOVE * 8) {
		doctor_say(d, DVER_VERDICT_NOTE, "cache.looseAbove is %s, "
			   "though %ss work: files up to that size are copied",
			   doctor_size(size, above), link_name(used));
		doctor_do(d, "dver config --unset cache.looseAbove");
	}
}

void doctor_links(struct doctor *d)
{
	AUTO_BUF struct buf names = BUF_INIT(200);
	struct tried t = { { false } };
	struct link_order order;
	struct dver_err err;
	const char *type;

	if (try_all(d, &t, &err) < 0) {
		/* That one may not write was told where it matters. */
		if (d->root && d->can_write && access(d->meta, W_OK) == 0)
			doctor_say(d, DVER_VERDICT_WARNING, "links cannot be "
				   "tried: %s", err.msg);
		return;
	}
	type = d->repo ? config_str(d->repo, "cache.type") : NULL;
	/* A setting that makes no sense was told by its own check. */
	if (!type || link_order_parse(&order, type, &err) < 0) {
		names_of(&names, &t);
		doctor_say(d, DVER_VERDICT_OK, "links that work here: %s",
			   names.data);
		return;
	}
	tell_order(d, &t, &order, type);
	tell_bound(d, first_of(&order, &t));
}
