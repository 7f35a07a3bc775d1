/*
 * askpass - a question handed from one process of ours to another, and its
 * answer back, over a socket in a folder that nobody else can enter.
 */
#ifndef BASE_ASKPASS_H
#define BASE_ASKPASS_H

#include "base/buf.h"

struct dver_err;

#define ASKPASS_NAME "dver-askpass"	/* of the program, and of the link */
#define ASKPASS_SOCKET "socket"		/* beside it */
#define ASKPASS_MAX 4096		/* bytes of a question or an answer */

/* The side that knows: a socket that listens at `path`; -1 and err. */
int askpass_listen(const char *path, struct dver_err *err);
/*
 * Take a question from the listening socket; its answer goes to *fd with
 * askpass_answer().  1; 0: nobody of ours was there after all.
 */
int askpass_take(int listening, struct buf *question, int *fd,
		 struct dver_err *err);
/* Answer and close; NULL: there is none. */
void askpass_answer(int fd, const char *answer);

/*
 * The side that asks: `self` is the path that it was run by.  0 and *answer,
 * or 1: there is none.
 */
int askpass_ask(const char *self, const char *question, struct buf *answer);

#endif
