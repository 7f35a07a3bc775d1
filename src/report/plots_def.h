/*
 * plots_def - which plots the dver.yaml files of a revision declare.
 */
#ifndef REPORT_PLOTS_DEF_H
#define REPORT_PLOTS_DEF_H

#include "base/mem.h"
#include "base/vec.h"
#include "report/plan.h"

/* Columns of a file, or of the files of a folder. */
struct plots_source {
	const char *path;
	const char *x;		/* NULL: not said */
	const char *x_path;	/* the file that x is in; NULL: this one */
	const char *const *y;
	size_t ny;
	bool split;		/* one of several of the same file */
};
struct plots_def {
	const char *id;
	const char *file;	/* that declares it; NULL: nobody does */
	const char *template_name, *title, *x_label, *y_label; /* or NULL */
	bool no_header;
	bool named;		/* one chart by this id, else one a file */
	struct plots_source *v;
	size_t n;
	const char *problem;	/* it cannot be drawn: why; or NULL */
	bool done;		/* for who reads them: it was read */
};
/* Strings are borrowed from the plan, or in the arena. */
struct plots_defs {
	struct arena arena;
	struct plots_def *v;	/* owned */
	size_t n, cap;
};

/* Is a template named by its path, not by what it is called? */
bool plots_template_path(const char *name);

/* Released by the caller, also after an error. */
int plots_defs_read(struct plots_defs *d, const struct plan *plan,
		    struct dver_err *err);
/* One of a file or folder that nobody declares. */
struct plots_def *plots_defs_add_file(struct plots_defs *d, const char *path,
				      struct dver_err *err);
void plots_defs_release(struct plots_defs *d);
#define AUTO_PLOTS_DEFS __attribute__((cleanup(plots_defs_release)))

#endif
