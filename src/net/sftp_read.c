/*
 * sftp_read - a range of a file, with as many blocks in flight as the line
 * takes: few at first, one more for each that came in full.
 *
 * The file's size is asked for beside the first blocks, so that the end of a
 * short file costs no round trip of its own.
 */
#include "base/mem.h"
#include "net/sftp_ops_internal.h"

#define START 4		/* blocks in flight at first */

struct reading {
	struct sftp_work *w;
	struct sftp_handle h;
	uint8_t *out;
	uint64_t off;		/* of out[0] in the file */
	uint64_t end;		/* of what is wanted; lowered at the file's
				   end; both count from off */
	uint64_t next;		/* what was not asked for yet */
	uint64_t size;		/* of the file, UINT64_MAX: not known */
	size_t block;
	unsigned window;
	struct sftp_req *idle;	/* w->v that are not in flight */
	bool failed;
	struct sftp_fail *fail;
};

static void be_idle(struct reading *rd, struct sftp_req *rq)
{
	rq->next = rd->idle;
	rd->idle = rq;
}

static int ask_block(struct reading *rd, struct sftp_req *rq, uint64_t at,
		     size_t len, struct dver_err *err)
{
	struct sftp_work *w = rd->w;
	int r = sftp_conn_pace_down(w->c, len, err);

	if (r < 0)
		return r;
	rq->off = at;
	rq->out = rd->out + at;
	rq->out_len = len;
	sftp_begin(&w->packet, SFTP_READ, 0);
	sftp_add_handle(&w->packet, &rd->h);
	sftp_add_u64(&w->packet, rd->off + at);
	sftp_add_u32(&w->packet, (uint32_t)len);
	return sftp_work_send(w, rq, SFTP_DATA, NULL, 0, err);
}

static int ask_more(struct reading *rd, struct dver_err *err)
{
	while (rd->next < rd->end && rd->idle && !rd->failed &&
	       sftp_flying(rd->w->b) < rd->window) {
		struct sftp_req *rq = rd->idle;
		size_t len = (size_t)MIN(rd->end - rd->next,
					 (uint64_t)rd->block);
		int r;

		rd->idle = rq->next;
		r = ask_block(rd, rq, rd->next, len, err);
		if (r < 0)
			return r;
		rd->next += len;
	}
	return 0;
}

/* Data came; less than was asked for is the file's end, or just less. */
static int got_data(struct reading *rd, struct sftp_req *rq,
		    struct dver_err *err)
{
	uint64_t at = rq->off + rq->got;

	if (rq->got == 0)
		return err_set(err, DVER_EREMOTE, "the server sent no data "
			       "and no end of file");
	if (rq->got == rq->out_len) {
		if (rd->window < rd->w->n)
			rd->window++;
		be_idle(rd, rq);
		return 0;
	}
	if (rd->off + at == rd->size) {
		rd->end = MIN(rd->end, at);
		be_idle(rd, rq);
		return 0;
	}
	return ask_block(rd, rq, at, rq->out_len - rq->got, err);
}

static int got_attrs(struct reading *rd, const struct sftp_req *rq,
		     struct dver_err *err)
{
	struct sftp_attrs a;
	int r = sftp_take_attrs(rq, &a, err);

	if (r < 0 || !(a.has & SFTP_HAS_SIZE))
		return r;
	rd->size = a.size;
	/* There is no use in asking for more; but 0 may be a device's. */
	if (a.size > 0 && a.size < rd->off + rd->end)
		rd->end = a.size > rd->off ? a.size - rd->off : 0;
	return 0;
}

static int got_answer(struct reading *rd, struct sftp_req *rq,
		      struct dver_err *err)
{
	int r;

	if (rq->type == SFTP_DATA)
		return got_data(rd, rq, err);
	be_idle(rd, rq);
	if (rq->type == SFTP_ATTRS)
		return got_attrs(rd, rq, err);
	if (rq->type == SFTP_STATUS && rq->want == SFTP_ATTRS)
		return 0;
	if (rq->type == SFTP_STATUS && rq->status == SFTP_EOF) {
		rd->end = MIN(rd->end, rq->off);
		return 0;
	}
	r = sftp_judge(rd->w->c, rq, rd->fail, err);
	rd->failed = rd->failed || r > 0;
	return MIN(r, 0);
}

static int ask_attrs(struct reading *rd, struct dver_err *err)
{
	struct sftp_req *rq = rd->idle;

	rd->idle = rq->next;
	sftp_begin(&rd->w->packet, SFTP_FSTAT, 0);
	sftp_add_handle(&rd->w->packet, &rd->h);
	return sftp_work_send(rd->w, rq, SFTP_ATTRS, NULL, 0, err);
}

static int read_blocks(struct reading *rd, struct dver_err *err)
{
	int r = ask_attrs(rd, err);

	if (r == 0)
		r = ask_more(rd, err);
	while (r == 0 && sftp_flying(rd->w->b)) {
		r = got_answer(rd, sftp_next_of(rd->w->b, rd->window / 4),
			       err);
		if (r == 0)
			r = ask_more(rd, err);
	}
	return r < 0 ? r : rd->failed;
}

int sftp_read(struct sftp_conn *c, const char *path, uint64_t off, void *out,
	      size_t len, size_t *got, struct sftp_fail *fail,
	      struct dver_err *err)
{
	AUTO_SFTP_WORK struct sftp_work w;
	size_t block = sftp_conn_block(c);
	size_t most = MIN((size_t)SFTP_WINDOW_REQUESTS, SFTP_WINDOW / block);
	struct reading rd = {
		.w = &w, .out = out, .off = off, .end = len, .window = START,
		.size = UINT64_MAX, .block = block, .fail = fail,
	};
	int r = sftp_work_init(&w, c, MIN(most, len / block + 1) + 1, err);

	if (r < 0)
		return r;
	/* An offset that no file has: nothing there, and no overflow. */
	rd.end = MIN(rd.end, INT64_MAX - MIN(off, (uint64_t)INT64_MAX));
	sftp_begin(&w.packet, SFTP_OPEN, 0);
	sftp_add_str(&w.packet, path);
	sftp_add_u32(&w.packet, SFTP_OPEN_READ);
	sftp_add_mode(&w.packet, 0);
	r = sftp_ask(&w, SFTP_HANDLE, fail, err);
	if (r == 0)
		r = sftp_take_handle(&w.v[0], &rd.h, err);
	if (r != 0)
		return r;
	for (size_t i = 0; i < w.n; i++)
		be_idle(&rd, &w.v[i]);
	r = read_blocks(&rd, err);
	sftp_post_close(&w, &rd.h);
	*got = r == 0 ? (size_t)rd.end : 0;
	return r;
}
