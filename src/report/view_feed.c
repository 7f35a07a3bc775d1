/*
 * view_feed - a file of a revision piece by piece, however long it is.
 */
#include <errno.h>

#include "base/err.h"
#include "base/os.h"
#include "report/view.h"

#define PIECE (128u << 10)

static int too_large(const struct item *item, size_t max,
		     struct dver_err *err)
{
	return err_set(err, DVER_EFORMAT, "'%s' is larger than %zu MiB",
		       item->path, max >> 20);
}

static int feed_disk(struct view *s, const struct item *item, size_t max,
		     view_sink sink, void *data, struct dver_err *err)
{
	AUTO_FREE char *piece = malloc(PIECE);
	AUTO_CLOSE int fd = -1;
	size_t all = 0;
	int r = piece ? view_open_disk(s, item->path, &fd, err)
		      : err_nomem(err);

	while (r == 0) {
		ssize_t n = os_read(fd, piece, PIECE);

		if (n < 0)
			return err_sys(err, "cannot read '%s'", item->path);
		if (n == 0)
			break;
		all += (size_t)n;
		if (all > max)
			return too_large(item, max, err);
		r = cancel_check(&s->rep->repo->cancel, err);
		if (r == 0)
			r = sink(data, piece, (size_t)n, err);
	}
	return r;
}

static int feed_git(struct view *s, const struct item *item, size_t max,
		    view_sink sink, void *data, struct dver_err *err)
{
	AUTO_FREE char *text = NULL;
	size_t len = 0;
	int r = git_blob_text(s->rep->repo->git, item->id, item->path, max,
			      &text, &len, err);

	return r < 0 ? r : sink(data, text, len, err);
}

struct counting {
	const struct item *item;
	size_t left, max;
	view_sink sink;
	void *data;
};

static int counted(void *data, const void *bytes, size_t len,
		   struct dver_err *err)
{
	struct counting *c = data;

	if (len > c->left)
		return too_large(c->item, c->max, err);
	c->left -= len;
	return c->sink(c->data, bytes, len, err);
}

static int feed_store(struct view *s, const struct item *item, size_t max,
		      view_sink sink, void *data, struct dver_err *err)
{
	struct counting c = { item, max, max, sink, data };
	struct report *rep = s->rep;
	struct oid id;
	int r = report_store(rep, err);

	memcpy(id.id, item->id, sizeof(id.id));
	if (r == 0)
		r = store_stream(rep->store, rep->io, &id, counted, &c,
				 &rep->repo->cancel, err);
	reading_failed(rep->repo, rep->store, r);
	if (r == DVER_EMISSING)
		return err_set(err, r, "'%s' is not in the local store, nor "
			       "in a remote that could be asked: dver fetch "
			       "brings it", item->path);
	return r;
}

int view_feed(struct view *s, const struct item *item, size_t max,
	      view_sink sink, void *data, struct dver_err *err)
{
	switch (item->where) {
	case ITEM_DISK:
		return feed_disk(s, item, max, sink, data, err);
	case ITEM_GIT:
		return feed_git(s, item, max, sink, data, err);
	case ITEM_STORE:
		return feed_store(s, item, max, sink, data, err);
	case ITEM_NOWHERE:
		break;
	}
	return err_set(err, item->code, "%s", item->problem);
}
