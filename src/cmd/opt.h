/*
 * opt - option tables: one table drives the parser, -h and the list that
 * completions and man pages are checked against.
 */
#ifndef CMD_OPT_H
#define CMD_OPT_H

#include <stdbool.h>
#include <stddef.h>

struct dver_err;

enum opt_type { OPT_END, OPT_FLAG, OPT_COUNT, OPT_STR, OPT_LIST, OPT_POSINT,
		OPT_REST };

/* What an option that may be given several times was given. */
struct opt_list {
	const char *v[256];
	size_t n;
};

struct opt {
	char letter;		/* 0: none */
	const char *name;	/* long name; of OPT_REST what -h calls it */
	enum opt_type type;
	size_t at;		/* in the struct: bool, unsigned char, const
				   char *, struct opt_list, long */
	const char *arg;	/* what -h calls its argument; of OPT_REST
				   what completions offer (complete.h) */
	const char *help;
};

/* What is no option. */
struct opt_words {
	int n;		/* words, at the front of argv */
	int dashes;	/* how many stood before "--"; -1: there was none */
	/*
	 * Set by the caller, or NULL: when this is the first word, the second
	 * ends the options, as if "--" stood before it.
	 */
	const char *tail;
};

/*
 * Parse argv[0..argc) into `args`, a zeroed struct, by `opts`, and what these
 * do not know into `more_args` by `more`.  Everything after "--" is a word.
 * DVER_EINVAL names the option that is wrong.
 */
int opt_parse(const struct opt *opts, const struct opt *more, void *args,
	      void *more_args, int argc, char **argv, struct opt_words *words,
	      struct dver_err *err);

#endif
