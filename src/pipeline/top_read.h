/*
 * top_read - check what a file has beside stages: which files have parameters,
 * metrics and plots, which data has a name.
 *
 * They are checked, templates resolved, and kept as values: the report reads
 * them.
 */
#ifndef PIPELINE_TOP_READ_H
#define PIPELINE_TOP_READ_H

#include "pipeline/reader.h"

int top_params(const struct reader *rd, const struct value *v,
	       struct dver_err *err);
int top_metrics(const struct reader *rd, const struct value *v,
		struct dver_err *err);
int top_plots(const struct reader *rd, const struct value *v,
	      struct dver_err *err);
int top_artifacts(const struct reader *rd, const struct value *v,
		  struct dver_err *err);
int top_datasets(const struct reader *rd, const struct value *v,
		 struct dver_err *err);

#endif
