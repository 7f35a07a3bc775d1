/*
 * draw - a graph as lines of text: a node a line, what it needs above it.
 *
 *	o data
 *	* prepare
 *	+-.
 *	* | train
 *	| * plot
 *	+-'
 *	* report
 */
#ifndef CMD_DRAW_H
#define CMD_DRAW_H

#include <stddef.h>
#include <stdio.h>

struct draw_node {
	const char *name;
	char mark;		/* 'o', '*' */
	const size_t *needs;	/* nodes before this one */
	size_t nneeds;
};

/*
 * A graph that would be wider than DRAW_WIDTH columns is told as a list:
 * "name <- what it needs".  < 0: out of memory.
 */
#define DRAW_WIDTH 60
int draw(FILE *to, const struct draw_node *v, size_t n);

#endif
