/*
 * report_json - dver_report() as one JSON object, written as it is told.
 */
#ifndef CMD_REPORT_JSON_H
#define CMD_REPORT_JSON_H

#include "base/vec.h"
#include "dver/report.h"
#include "format/json.h"

struct report_json {
	struct json j;
	uint64_t images;	/* that differ, told or not */
	unsigned list;		/* the one that is open */
	struct strvec problems;	/* for the last list; released by the caller */
};

void report_json_begin(struct report_json *r);
struct dver_report_calls report_json_calls(struct report_json *r);
void report_json_end(struct report_json *r);

#endif
