/*
 * report_images - images that differ, in the report.
 */
#ifndef CMD_REPORT_IMAGES_H
#define CMD_REPORT_IMAGES_H

#include "dver/report.h"
#include "format/json.h"

/* One of them, as an object of a list that is open. */
void report_image_json(struct json *j, const struct dver_report_image *x);

#endif
