/*
 * stage_scan - paths that are no outputs yet, scanned with a given scanner.
 */
#ifndef WORKSPACE_STAGE_SCAN_H
#define WORKSPACE_STAGE_SCAN_H

#include "workspace/scan.h"

/*
 * As stage_data_look(); where the scanner stores, what was found is stored
 * and published in the end.
 */
int stage_data_scan(struct scanner *s, const char *const *paths, size_t n,
		    struct scanned *out, struct dver_err *err);

#endif
