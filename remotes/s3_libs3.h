/*
 * s3_libs3 - one request through libs3, again with growing pauses where it
 * says that it may help; s3_v2.c's own.
 */
#ifndef REMOTES_S3_LIBS3_H
#define REMOTES_S3_LIBS3_H

#include <libs3.h>

#include "remotes/s3.h"

/* The library is there, and loaded. */
bool libs3_ready(void);

struct v2 {
	struct transport t;
	struct s3 *s;		/* owned: settings and credentials */
	char *host;		/* owned, with the port */
};

/* One request: what goes in, and what came of it. */
struct libs3_request {
	struct v2 *v;
	struct s3_rq rq;	/* for messages */
	const char *verb;	/* of the log */
	char *out;
	size_t out_len, got;
	bool too_long;
	const char *data;	/* of a put; NULL: fd */
	int fd;
	uint64_t len, at;
	int64_t length;		/* of a head */
	transport_list_fn fn;
	void *fn_data;
	int fn_result;
	bool more;
	char *marker;		/* owned */
	S3Status status;
	char message[256];
	struct dver_err *err;
};

enum libs3_verb { LIBS3_GET, LIBS3_HEAD, LIBS3_PUT, LIBS3_DELETE, LIBS3_LIST };
/* 0: it answered, q->status says what. */
int libs3_run(struct libs3_request *q, enum libs3_verb verb,
	      struct dver_err *err);
/* r, or when that is 0 what q->status means. */
int libs3_done(struct libs3_request *q, int r, struct dver_err *err);

#endif
