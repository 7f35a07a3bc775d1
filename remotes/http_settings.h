/*
 * http_settings - what all remotes that are spoken to by HTTP are set up with.
 */
#ifndef REMOTES_HTTP_SETTINGS_H
#define REMOTES_HTTP_SETTINGS_H

#include "net/http.h"
#include "store/transport_config.h"

/*
 * `timeout`, `connect_timeout`, `read_timeout`, `max_rate`, `proxy`,
 * `ssl_verify` (true, false, or a file or folder of certificates) and the
 * remote's jobs and cancel, into *o; what is not set stays as it is there.
 */
int http_settings(struct http_opts *o, const struct transport_config *cfg,
		  struct dver_err *err);
/* Seconds into *out, which is also what holds if `key` is not set. */
int http_setting_seconds(long *out, const struct transport_config *cfg,
			 const char *key, struct dver_err *err);
/*
 * Is the reply what was asked for, from `off` on?  DVER_EREMOTE: another part.
 * `what` is for the message.
 */
int http_check_range(const struct http_reply *reply, uint64_t off,
		     const char *what, struct dver_err *err);

#endif
