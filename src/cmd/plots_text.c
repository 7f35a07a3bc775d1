/*
 * plots_text - charts on a terminal.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/plots.h"

#define LINES_MAX 20
#define LINES_MIN 8

static int to_stdout(void *data, const char *text, size_t len)
{
	(void)data;
	(void)fwrite(text, 1, len, stdout);
	return 0;
}

static void measure(struct dver_plots_text *o)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;

	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col) {
		o->width = w.ws_col;
		/* The prompt and the line above it stay. */
		if (w.ws_row > 2)
			o->height = MIN(MAX(w.ws_row - 2u, LINES_MIN + 0u),
					LINES_MAX + 0u);
	} else if (columns) {
		unsigned long n = strtoul(columns, NULL, 10);

		o->width = n > 0 && n < 10000 ? (unsigned)n : 0;
	}
}

int plots_text(const struct cmd_ctx *ctx, const struct plots_args *a,
	       const struct dver_plots *p, struct dver_err *err)
{
	const char *no = getenv("NO_COLOR");
	struct dver_plots_text o = {
		.ascii = a->ascii || !out_utf8(),
		.colour = isatty(STDOUT_FILENO) && !(no && *no) };
	bool any = false;
	int r = 0;

	(void)ctx;
	measure(&o);
	for (size_t i = 0; r == 0 && i < dver_plots_count(p); i++) {
		const struct dver_plot *x = dver_plots_get(p, i);

		/* What has nothing but problems is told at the end. */
		if (!x->nseries && !x->nimages && x->nproblems)
			continue;
		if (any)
			(void)putchar('\n');
		any = true;
		r = dver_plots_draw_text(p, i, &o, to_stdout, NULL, err);
	}
	return r;
}
