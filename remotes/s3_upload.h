/*
 * s3_upload - a multipart upload while it goes on; s3_multipart.c's and
 * s3_resume.c's own.
 */
#ifndef REMOTES_S3_UPLOAD_H
#define REMOTES_S3_UPLOAD_H

#include "remotes/s3.h"

#define S3_ETAG_BYTES 128

struct s3_part {
	uint64_t off, len;
	char etag[S3_ETAG_BYTES];	/* "": not stored yet */
	uint64_t there;		/* bytes of one that the server has */
};

struct s3_upload {
	struct s3 *s;
	const char *path;
	char *key;		/* owned, whole */
	char *id;		/* owned */
	char *id_query;		/* owned: "uploadId=..." */
	struct s3_part *v;		/* owned */
	size_t n;
	bool known;		/* goes on where another one stopped */
};

int s3_upload_set_id(struct s3_upload *u, const char *id,
		     struct dver_err *err);
/* The transport counts one request for all of it; the others here. */
void s3_upload_count(struct s3_upload *u);

/*
 * Is there one of our key that was cut off?  Then it is taken (u->known).
 * Whoever cannot tell (no right to, no such request) starts anew.
 */
int s3_resume_find(struct s3_upload *u, struct dver_err *err);
/* Which parts it has. */
int s3_resume_parts(struct s3_upload *u, struct dver_err *err);
/* Is the part that is there what `rq` would send?  1, 0, < 0. */
int s3_resume_has(const struct s3_part *p, const struct s3_rq *rq,
		  struct dver_err *err);

#endif
