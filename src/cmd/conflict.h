/*
 * conflict - what a merge could not decide, for people and in JSON.
 */
#ifndef CMD_CONFLICT_H
#define CMD_CONFLICT_H

#include <stdio.h>

#include "dver/merge.h"
#include "format/json.h"

/* "stage fit: changed on both sides: output model", and the line's end. */
void conflict_print(FILE *to, const struct dver_merge_conflict *c);
/* Members of an object that is open. */
void conflict_json(struct json *j, const struct dver_merge_conflict *c);

#endif
