#include "set.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

char *path_of(const char *dir, const char *name)
{
	const size_t size = strlen(dir) + strlen(name) + 2;
	char *path = need(size, 1);

	snprintf(path, size, "%s/%s", dir, name);
	return path;
}

void close_written(FILE *f, const char *path)
{
	int bad = ferror(f);

	if (fclose(f) != 0 || bad)
		die("cannot write '%s': %s", path, strerror(errno));
}

void kind_write(const struct kind *kind, FILE *f)
{
	fprintf(f, " %u %u %.9g %.9g\n", kind->size, kind->classes,
		(double)kind->mean, (double)kind->deviation);
	for (unsigned c = 0; c < kind->classes; c++)
		fprintf(f, "%s\n", kind->names[c]);
}

void kind_read(struct kind *out, FILE *f, const char *path)
{
	*out = (struct kind){ 0 };
	if (fscanf(f, "%u %u %f %f", &out->size, &out->classes, &out->mean,
		   &out->deviation) != 4 ||
	    out->size < 1 || out->size > MAX_PIXELS || out->classes < 2 ||
	    out->classes > MAX_CLASSES || !(out->deviation > 0) ||
	    !isfinite(out->mean))
		die("'%s' has a bad header", path);
	for (unsigned c = 0; c < out->classes; c++)
		if (fscanf(f, "%31s", out->names[c]) != 1)
			die("'%s' lacks the name of a class", path);
	if (getc(f) != '\n')
		die("'%s' has a bad header", path);
}

void set_write(const struct set *set, const char *dir, const char *name)
{
	char *path = path_of(dir, name);
	FILE *f = fopen(path, "wb");

	if (!f)
		die("cannot create '%s': %s", path, strerror(errno));
	fprintf(f, "set %u", set->n);
	kind_write(&set->kind, f);
	fwrite(set->labels, 1, set->n, f);
	fwrite(set->pixels, set->kind.size, set->n, f);
	close_written(f, path);
	free(path);
}

void set_read(struct set *out, const char *dir, const char *name)
{
	char *path = path_of(dir, name);
	FILE *f = fopen(path, "rb");

	if (!f)
		die("cannot open '%s': %s", path, strerror(errno));
	*out = (struct set){ 0 };
	if (fscanf(f, "set %u", &out->n) != 1 || out->n < 1)
		die("'%s' is no set of images", path);
	kind_read(&out->kind, f, path);
	out->labels = need(out->n, 1);
	out->pixels = need(out->n, out->kind.size);
	if (fread(out->labels, 1, out->n, f) != out->n ||
	    fread(out->pixels, out->kind.size, out->n, f) != out->n)
		die("'%s' ends too early", path);
	fclose(f);
	for (unsigned i = 0; i < out->n; i++)
		if (out->labels[i] >= out->kind.classes)
			die("'%s' has a label of no class", path);
	free(path);
}

void set_release(struct set *set)
{
	free(set->labels);
	free(set->pixels);
	*set = (struct set){ 0 };
}
