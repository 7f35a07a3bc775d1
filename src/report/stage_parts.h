/*
 * stage_parts - what the file of a stage says of it, as texts a person reads:
 * one of each command, input, parameter and output.
 */
#ifndef REPORT_STAGE_PARTS_H
#define REPORT_STAGE_PARTS_H

#include "pipeline/stage.h"

struct dver_err;

/* Appended to `out`, in the file's order. */
typedef int (*stage_list_fn)(struct strvec *out, const struct stage *s,
			     struct dver_err *err);
int stage_commands(struct strvec *out, const struct stage *s,
		   struct dver_err *err);
int stage_inputs(struct strvec *out, const struct stage *s,
		 struct dver_err *err);
int stage_parameters(struct strvec *out, const struct stage *s,
		     struct dver_err *err);
int stage_outputs(struct strvec *out, const struct stage *s,
		  struct dver_err *err);

#endif
