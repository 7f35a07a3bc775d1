/*
 * sftp_ops_internal - what the files behind sftp_ops.h share.
 */
#ifndef NET_SFTP_OPS_INTERNAL_H
#define NET_SFTP_OPS_INTERNAL_H

#include "base/err.h"
#include "net/sftp_ops.h"

/* In flight for one file: enough for a fast line to far away. */
#define SFTP_WINDOW (8u << 20)
#define SFTP_WINDOW_REQUESTS 128u

struct sftp_handle {
	uint8_t v[SFTP_HANDLE_MAX];
	size_t len;
};

/* A few requests of one caller, and what is needed to send them. */
struct sftp_work {
	struct sftp_conn *c;
	struct sftp_batch *b;
	struct buf packet;
	struct sftp_req *v;	/* n of them */
	size_t n;
};
int sftp_work_init(struct sftp_work *w, struct sftp_conn *c, size_t n,
		   struct dver_err *err);
void sftp_work_release(struct sftp_work *w);
#define AUTO_SFTP_WORK __attribute__((cleanup(sftp_work_release)))
/* Send w->packet, after it was ended here. */
int sftp_work_send(struct sftp_work *w, struct sftp_req *rq,
		   enum sftp_type want, const void *tail, size_t len,
		   struct dver_err *err);
/* What the answer is worth: 0 (also SFTP_OK), 1 and *fail, < 0. */
int sftp_judge(struct sftp_conn *c, const struct sftp_req *rq,
	       struct sftp_fail *fail, struct dver_err *err);
/* Send w->packet as the only request, wait, judge. */
int sftp_ask(struct sftp_work *w, enum sftp_type want,
	     struct sftp_fail *fail, struct dver_err *err);
/* The handle of a HANDLE reply. */
int sftp_take_handle(const struct sftp_req *rq, struct sftp_handle *h,
		     struct dver_err *err);
void sftp_add_handle(struct buf *b, const struct sftp_handle *h);
void sftp_post_close(struct sftp_work *w, const struct sftp_handle *h);
int sftp_take_attrs(const struct sftp_req *rq, struct sftp_attrs *out,
		    struct dver_err *err);

#endif
