/*
 * judge - is a path that somebody named passed over, and why?
 */
#ifndef WORKSPACE_JUDGE_H
#define WORKSPACE_JUDGE_H

#include "repo/dverignore.h"
#include "workspace/session.h"

struct judge {
	const struct session *ss;	/* borrowed */
	struct rules_set *set;		/* owned */
	int root_fd;			/* owned */
	struct store_io *io;		/* owned; made when it is needed */
};
#define JUDGE_INIT { NULL, NULL, -1, NULL }

struct verdict {
	const struct rule *rule;	/* that decided; NULL: none matches */
	bool ignored;			/* by this rule */
	bool tracked;			/* an output, in one, or above one;
					   of what is not ignored: false */
};

int judge_open(struct judge *j, const struct session *ss,
	       struct dver_err *err);
void judge_close(struct judge *j);
#define AUTO_JUDGE __attribute__((cleanup(judge_close)))
/*
 * A clean path below the root.  That an output lies in an ignored folder, or
 * is ignored itself, says nothing about what is in it.  Rules that were read
 * stay until the end.
 */
int judge_path(struct judge *j, const char *path, bool folder,
	       struct verdict *out, struct dver_err *err);
/* Has one of the trees that know the output the path `sub`?  1, 0, < 0. */
int judge_tracks(struct judge *j, const char *output, const char *sub,
		 struct dver_err *err);

#endif
