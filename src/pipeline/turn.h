/*
 * turn - one dver at a time runs a stage, and the next knows whether the last
 * one finished.
 */
#ifndef PIPELINE_TURN_H
#define PIPELINE_TURN_H

#include "pipeline/stage.h"
#include "repo/repo.h"

struct lock;

struct turn {
	struct lock *lock;	/* owned; NULL: not ours */
	char *begun;		/* owned; there while outputs are unfinished */
};

/* 1: ours, 0: another dver has it, < 0. */
int turn_take(struct turn *t, struct dver_repo *repo, const struct stage *s,
	      struct dver_err *err);
/* Did the last run not end well?  Its outputs are worth nothing. */
bool turn_unfinished(const struct turn *t);
int turn_begin(const struct turn *t, struct dver_err *err);
void turn_end(const struct turn *t);
/* What is recorded is as it should be: a run that broke off is forgotten. */
void turn_settle(struct dver_repo *repo, const struct stage *s);
/* For the commands: they have the turn with us, and longer if we die. */
int turn_fd(const struct turn *t);
void turn_release(struct turn *t);

#endif
