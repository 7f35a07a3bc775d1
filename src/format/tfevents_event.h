/*
 * tfevents_event - inside of tfevents: the scalars of one Event message.
 */
#ifndef FORMAT_TFEVENTS_EVENT_H
#define FORMAT_TFEVENTS_EVENT_H

#include "base/buf.h"
#include "format/tfevents.h"

#define TFEVENTS_TAG_MAX 65536	/* bytes */

enum { TFEVENTS_NO_EVENT = 2 };

/*
 * Tell fn of each.  0, or what fn returned; TFEVENTS_NO_EVENT, without a
 * message, for what is none.  `tag` is scratch.
 */
int tfevents_event(const void *bytes, size_t len, struct buf *tag,
		   tfevents_fn fn, void *data, struct dver_err *err);

#endif
