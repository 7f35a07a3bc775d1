/*
 * classify - tell images of a few classes apart; the program of the demo's
 * pipeline.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "verbs.h"

static const struct verb {
	const char *name, *args;
	void (*run)(int argc, char **argv);
} verbs[] = {
	{ "prepare", "IMAGES OUT FIRST-TEST-NUMBER", verb_prepare },
	{ "train", "PREPARED MODEL CURVE.csv --epochs N --lr X --batch N "
	  "--l2 X --seed N", verb_train },
	{ "evaluate", "PREPARED MODEL METRICS.json CONFUSION.csv",
	  verb_evaluate },
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

void die(const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("classify: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	putc('\n', stderr);
	exit(1);
}

void *need(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		die("not enough memory");
	return p;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < VERBS; i++) {
		if (argc < 2 || strcmp(argv[1], verbs[i].name) != 0)
			continue;
		verbs[i].run(argc - 1, argv + 1);
		if (fflush(stdout) != 0)
			die("cannot write to standard output");
		return 0;
	}
	for (int i = 0; i < VERBS; i++)
		fprintf(stderr, "usage: classify %s %s\n", verbs[i].name,
			verbs[i].args);
	return 2;
}
