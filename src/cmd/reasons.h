/*
 * reasons - why a stage runs, for people and programs.
 */
#ifndef CMD_REASONS_H
#define CMD_REASONS_H

#include "dver/repro.h"
#include "format/json.h"

/* The first few, on stdout: "input data changed; params.yaml:lr: 1 -> 2". */
void reasons_line(const struct dver_reason *v, size_t n);
/* All, as the array "reasons". */
void reasons_json(struct json *j, const struct dver_reason *v, size_t n);

#endif
