/*
 * ask - questions to the person at the terminal.
 */
#ifndef CMD_ASK_H
#define CMD_ASK_H

#include <stdbool.h>

struct dver_err;
struct progress;

/* A dver_ask_fn; `data` is a struct progress ** to hold meanwhile, or NULL. */
int ask_terminal(void *data, const char *prompt, bool secret, char **answer,
		 struct dver_err *err);
/*
 * The secret for the setting `key`: one line of standard input, or, when that
 * is a terminal, asked for there.  `value` is what the command line has: NULL
 * or "-", for all else is DVER_EINVAL.  Owned by the caller: ask_wipe().
 */
int ask_option(const char *key, const char *value, char **answer,
	       struct dver_err *err);
void ask_wipe(char *secret);	/* NULL is fine */

#endif
