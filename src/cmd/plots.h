/*
 * plots - what `plots show` and `plots diff` write.
 */
#ifndef CMD_PLOTS_H
#define CMD_PLOTS_H

#include "cmd/cmd.h"
#include "cmd/rev_args.h"
#include "dver/plots.h"

struct plots_args {
	struct rev_args at;
	bool text, ascii, no_header;
	struct opt_list y;
	const char *x, *template_name, *title, *x_label, *y_label;
	const char *smooth;
	const char *out, *svg, *html;
};

/* Charts on the standard output, as wide as the terminal. */
int plots_text(const struct cmd_ctx *ctx, const struct plots_args *a,
	       const struct dver_plots *p, struct dver_err *err);
/* -o, --svg and --html: files, whose names are told. */
int plots_files(const struct cmd_ctx *ctx, const struct plots_args *a,
		const struct dver_plots *p, struct dver_err *err);
/* "templates [NAME]" */
int plots_templates(const struct cmd_ctx *ctx, char **words, int n,
		    struct dver_err *err);
/* One object on the standard output. */
int plots_json(const struct dver_plots *p, struct dver_err *err);

#endif
