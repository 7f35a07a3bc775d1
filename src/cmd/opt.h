/*
 * opt - option tables: one table drives the parser, -h and the list that
 * completions and man pages are checked against.
 */
#ifndef CMD_OPT_H
#define CMD_OPT_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;

enum opt_type { OPT_END, OPT_FLAG, OPT_STR, OPT_POSINT, OPT_REST };

struct opt {
	char letter;		/* 0: none */
	const char *name;	/* long name; of OPT_REST what -h calls it */
	enum opt_type type;
	size_t at;		/* in the struct: bool, const char *, long */
	const char *arg;	/* what -h calls its argument */
	const char *help;
};

/*
 * Parse argv[0..argc) into `args`, a zeroed struct.  What is no option comes
 * to the front of argv; *rest is how many.  Everything after "--" is none.
 * DVER_EINVAL names the option that is wrong.
 */
int opt_parse(const struct opt *opts, const struct opt *more, void *args,
	      void *more_args, int argc, char **argv, int *rest,
	      struct dver_err *err);
/* Was "--" among them, and how many words stood before it?  -1: no. */
int opt_dashes(void);

#endif
