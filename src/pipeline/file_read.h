/*
 * file_read - one dver.yaml as stages.
 */
#ifndef PIPELINE_FILE_READ_H
#define PIPELINE_FILE_READ_H

#include "pipeline/pipeline.h"
#include "pipeline/template.h"
#include "pipeline/vars.h"

/* What all files of a pipeline are read with. */
struct file_reader {
	struct vars vars;
	struct templates templates;
	size_t room;		/* how many stages there may still be */
};

/*
 * Read the text of the file `path` (relative to the root) into *out, whose
 * memory is that of fr->vars.p.
 */
int file_read(struct pipeline_file *out, struct file_reader *fr,
	      const char *path, const char *text, size_t len,
	      struct dver_err *err);

/* A file that is being read. */
struct file_reading {
	struct file_reader *fr;
	struct reader rd;
	struct pipeline_file *file;
	size_t cap;
	struct scope scope;	/* of the file */
	struct vars_seen seen;
	bool has_params;	/* params.yaml is in the scope */
};
/* Resolve templates with these variables, and with those of the file. */
int file_resolve(struct file_reading *f, const struct scope *sc,
		 const struct value *v, bool command,
		 const struct value **out, struct dver_err *err);
/* Have params.yaml in the scope of the file. */
int file_params(struct file_reading *f, struct dver_err *err);
/* What stands at a name below "stages" (entry.c). */
int file_entry(struct file_reading *f, const struct value *name,
	       const struct value *map, struct dver_err *err);

#endif
