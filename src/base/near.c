#include "base/near.h"

#include <ctype.h>

#include "base/mem.h"

#define LEN_MAX 48

void near_init(struct near *near, const char *typed)
{
	*near = (struct near){ .typed = typed };
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b) ||
	       (a == '_' && b == '-') || (a == '-' && b == '_');
}

/*
 * Letters to change, add, leave out or swap with their neighbour (optimal
 * string alignment, by rows).
 */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][LEN_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		last[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t c = last[j - 1] + !same(a[i - 1], b[j - 1]);

			c = MIN(c, MIN(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				c = MIN(c, before[j - 2] + 1);
			row[j] = c;
		}
		before = last;
		last = row;
		row = oldest;
	}
	return last[nb];
}

static size_t cost_of(const char *typed, const char *name)
{
	size_t nt = strlen(typed), nn = strlen(name);
	size_t limit = nt / 3;

	if (nt > LEN_MAX || nn > LEN_MAX)
		return 0;
	/* A part of it was typed: "secret_key", "endpoint". */
	if (nt > 3 && strstr(name, typed))
		return 1 + (nn - nt) / 4;
	if (nn > 3 && strstr(typed, name))
		return 2;
	nt = distance(typed, nt, name, nn);
	return nt <= MAX(limit, 1u) ? nt + 1 : 0;
}

void near_look(struct near *near, const char *name)
{
	size_t cost = cost_of(near->typed, name);
	size_t at = near->n;

	if (cost == 0)
		return;
	while (at > 0 && near->cost[at - 1] > cost)
		at--;
	if (at == NEAR_MAX)
		return;
	near->n = MIN(near->n + 1, NEAR_MAX);
	for (size_t i = near->n - 1; i > at; i--) {
		near->v[i] = near->v[i - 1];
		near->cost[i] = near->cost[i - 1];
	}
	near->v[at] = name;
	near->cost[at] = cost;
}
