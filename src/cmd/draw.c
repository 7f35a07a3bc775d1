/*
 * draw - lanes: a column a node that has still to come and is needed by one
 * that came.
 *
 * After a node its lane goes on to one of those that need it; the others get
 * lanes of their own, or the node joins theirs.  So no two lanes lead to one
 * node.
 */
#include "cmd/draw.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd/out.h"

#define LANES (DRAW_WIDTH / 2)
#define FREE ((size_t)-1)

struct drawing {
	FILE *to;		/* NULL: only see whether it is too wide */
	const struct draw_node *v;
	size_t n;
	size_t *user_at, *user;	/* who needs node i, in order */
	size_t lane[LANES];	/* the node that it leads to; FREE */
	char row[LANES * 2];	/* between two nodes */
};

static bool index_users(struct drawing *d)
{
	size_t edges = 0;
	size_t *fill;

	for (size_t i = 0; i < d->n; i++)
		edges += d->v[i].nneeds;
	d->user_at = mem_array(d->n + 2, sizeof(*d->user_at));
	d->user = mem_array(edges + 1, sizeof(*d->user));
	if (!d->user_at || !d->user)
		return false;
	/* Starts stand one place up: filling makes ends of them. */
	fill = d->user_at + 1;
	for (size_t i = 0; i < d->n; i++)
		for (size_t j = 0; j < d->v[i].nneeds; j++)
			fill[d->v[i].needs[j] + 1]++;
	for (size_t i = 1; i <= d->n; i++)
		fill[i] += fill[i - 1];
	for (size_t i = 0; i < d->n; i++)
		for (size_t j = 0; j < d->v[i].nneeds; j++)
			d->user[fill[d->v[i].needs[j]]++] = i;
	return true;
}

/* The lane that leads to a node; LANES: none. */
static size_t lane_of(const struct drawing *d, size_t node)
{
	size_t i = 0;

	while (i < LANES && d->lane[i] != node)
		i++;
	return i;
}

static void put_row(struct drawing *d)
{
	size_t len = sizeof(d->row);

	while (len && d->row[len - 1] == ' ')
		len--;
	if (d->to && len)
		(void)fprintf(d->to, "%.*s\n", (int)len, d->row);
}

static void put_node(struct drawing *d, size_t at,
		     const struct draw_node *node)
{
	size_t last = at;

	if (!d->to)
		return;
	for (size_t i = at + 1; i < LANES; i++)
		if (d->lane[i] != FREE)
			last = i;
	for (size_t i = 0; i <= last; i++)
		(void)fprintf(d->to, "%c ", i == at ? node->mark
			      : d->lane[i] != FREE ? '|' : ' ');
	out_text(d->to, node->name);
	(void)fputc('\n', d->to);
}

/* A line between two columns, over what is there. */
static void connect(struct drawing *d, size_t from, size_t to)
{
	size_t lo = 2 * MIN(from, to), hi = 2 * MAX(from, to);

	for (size_t i = lo + 1; i < hi; i++)
		if (d->row[i] == ' ')
			d->row[i] = '-';
}

/* The lane `from` ends in `at`. */
static bool bend(struct drawing *d, size_t at, size_t from)
{
	d->lane[at] = d->lane[from];
	d->lane[from] = FREE;
	d->row[2 * at] = '+';
	d->row[2 * from] = '\'';
	connect(d, at, from);
	put_row(d);
	return true;
}

/* What happens to the lanes below a node; false: they are too many. */
static bool branch(struct drawing *d, size_t node, size_t at)
{
	size_t first = d->user_at[node], end = d->user_at[node + 1];
	size_t taken = LANES;
	bool goes_on = false, turns = false;

	for (size_t i = 0; i < LANES; i++) {
		d->row[2 * i] = d->lane[i] == FREE || i == at ? ' ' : '|';
		d->row[2 * i + 1] = ' ';
	}
	d->lane[at] = FREE;
	for (size_t i = first; i < end && !goes_on; i++) {
		if (lane_of(d, d->user[i]) < LANES)
			continue;
		d->lane[at] = d->user[i];
		goes_on = true;
	}
	/* With one way to go, and that one taken, the left lane stays. */
	if (!goes_on && end - first == 1)
		taken = lane_of(d, d->user[first]);
	if (taken > at && taken < LANES)
		return bend(d, at, taken);
	for (size_t i = first; i < end; i++) {
		size_t to = lane_of(d, d->user[i]);
		bool joins = to < LANES;

		if (to == at)
			continue;
		if (!joins)
			to = lane_of(d, FREE);
		if (to == LANES)
			return false;
		d->row[2 * to] = joins ? '+' : '.';
		d->lane[to] = d->user[i];
		connect(d, at, to);
		turns = true;
	}
	d->row[2 * at] = goes_on ? turns ? '+' : '|' : turns ? '\'' : ' ';
	if (turns)
		put_row(d);
	return true;
}

/* Once through all nodes; false: too wide. */
static bool run(struct drawing *d)
{
	for (size_t i = 0; i < LANES; i++)
		d->lane[i] = FREE;
	for (size_t i = 0; i < d->n; i++) {
		size_t at = lane_of(d, i);

		if (at == LANES)
			at = lane_of(d, FREE);
		if (at == LANES)
			return false;
		d->lane[at] = i;
		put_node(d, at, &d->v[i]);
		if (!branch(d, i, at))
			return false;
	}
	return true;
}

static void list(FILE *to, const struct draw_node *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		out_text(to, v[i].name);
		for (size_t j = 0; j < v[i].nneeds; j++) {
			(void)fputs(j ? ", " : " <- ", to);
			out_text(to, v[v[i].needs[j]].name);
		}
		(void)fputc('\n', to);
	}
}

int draw(FILE *to, const struct draw_node *v, size_t n)
{
	struct drawing d = { .v = v, .n = n };
	bool ok = index_users(&d);

	if (ok && run(&d)) {
		d.to = to;
		(void)run(&d);
	} else if (ok) {
		list(to, v, n);
	}
	free(d.user_at);
	free(d.user);
	return ok ? 0 : -1;
}
