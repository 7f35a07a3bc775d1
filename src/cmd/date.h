/*
 * date - a time as people write it.
 */
#ifndef CMD_DATE_H
#define CMD_DATE_H

#include <stdbool.h>
#include <stdint.h>

struct dver_err;

/*
 * "2026-03-01", "2026-03-01 14:30", "2026-03-01T14:30:05Z", "3 days ago",
 * "2w", "@1700000000": seconds since 1970, local time where no "Z" says
 * otherwise.  A date alone is its first second, with `end` its last.
 * DVER_EINVAL: it is none of these.
 */
int date_parse(int64_t *out, const char *text, bool end, struct dver_err *err);

#endif
