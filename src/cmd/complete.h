/*
 * complete - what a shell offers for a word that is being typed.
 *
 * One place for all shells: their scripts hand over the words and show what
 * comes back.  It is found from the option tables, whose OPT_REST says in
 * `arg` what a command takes:
 *
 *	word word	these, as the first word and nothing else
 *	@targets	tracked paths, at any revision that stands before
 *	@revpaths	the same, also as REV:PATH
 *	@files @dirs	of the disk; the shell knows them best
 *	@revs		revisions and ranges, before any "--"
 *	@remotes	their names; after the first word if there are words
 *	@keys		settings, as the first word
 *	@options	of remotes, after "modify NAME"
 *	@values		names of metrics and parameters, before any "--"
 *	@stages		of pipelines; after the first word if there are words
 *	@artifacts	that dver.yaml files name
 *	@templates	of plots, behind the verb "templates" and alone
 *	@commands	of dver
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/cmd.h"
#include "dver/metrics.h"

/*
 * Write to stdout for the last of `words` (what was typed after "dver", at
 * least one, perhaps ""): "files" or "dirs" when the shell is to add these,
 * else "words"; then a candidate a line, perhaps with a tab and what it is.
 * What cannot be found out is left out.
 */
void complete(char **words, int n);

/* complete_words.c: candidates that start as `typed`, after `head`. */
struct offer {
	const char *head;	/* of the word, which stays: "--remote=" */
	const char *typed;	/* the rest of it */
	struct dver_repo *repo;	/* owned; opened when it is first asked */
	bool tried;
};
void offer_word(const struct offer *o, const char *word, const char *what);
void offer_commands(struct offer *o);
void offer_remotes(struct offer *o);
void offer_remote_options(struct offer *o, const char *end);
void offer_stages(struct offer *o);
/* Of the workspace: a name that several files have once. */
void offer_values(struct offer *o, enum dver_values what);
void offer_artifacts(struct offer *o);
void offer_keys(struct offer *o);
void offer_templates(struct offer *o);
/* With `end` (":" or "") after each. */
void offer_revs(struct offer *o, const char *end);
/* Of revision `rev` (NULL: the disk, but for what is on it). */
void offer_targets(struct offer *o, const char *rev);
void offer_release(struct offer *o);

#endif
