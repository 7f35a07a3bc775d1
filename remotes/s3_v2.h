/*
 * s3_v2 - signature version 2, for stores that speak nothing newer, through
 * libs3 (Debian's 2.0).
 *
 * The library is loaded when the first such remote is opened, so that nobody
 * else pays for it and what links with it.  It can do less than the driver for
 * version 4: no session tokens, no multipart, no headers of one's own, and it
 * does not verify certificates, so https is refused unless ssl_verify is off.
 */
#ifndef REMOTES_S3_V2_H
#define REMOTES_S3_V2_H

#include "remotes/s3.h"

/* Adopts *s, which is configured, also when it fails. */
int s3_v2_open(struct transport **out, struct s3 **s, bool insecure,
	       struct dver_err *err);

#endif
