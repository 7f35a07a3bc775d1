/*
 * prepare - one file of many: IMAGES/CLASS/NUMBER.pgm become two sets.
 *
 * Images stand in the order of their numbers, whatever their class: an image
 * that goes to another class changes one label, and no more of the file.
 */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "die.h"
#include "set.h"
#include "verbs.h"

struct image {
	unsigned number;
	unsigned label;
};

struct images {
	struct image *v;	/* owned */
	size_t n, room;
};

static int is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int by_number(const void *left, const void *right)
{
	const struct image *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

/* The classes of images are the folders, in the order of their names. */
static void find_classes(struct kind *kind, const char *dir)
{
	struct dirent **v = NULL;
	int n = scandir(dir, &v, is_visible, alphasort);

	if (n < 0)
		die("cannot read '%s': %s", dir, strerror(errno));
	if (n < 2 || n > MAX_CLASSES)
		die("'%s' has %d classes, not 2 to %d", dir, n, MAX_CLASSES);
	for (int i = 0; i < n; i++) {
		const char *name = v[i]->d_name;
		size_t len = strlen(name);

		/* Names go into headers, JSON and CSV as they are. */
		if (len >= MAX_NAME ||
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") !=
			    len)
			die("'%s' is no good name of a class", name);
		memcpy(kind->names[i], name, len + 1);
		free(v[i]);
	}
	free(v);
	kind->classes = (unsigned)n;
}

static void find_images(struct images *images, const char *all,
			const char *class, unsigned label)
{
	char *dir = path_of(all, class);
	DIR *d = opendir(dir);
	const struct dirent *e;

	if (!d)
		die("cannot read '%s': %s", dir, strerror(errno));
	for (e = readdir(d); e; e = readdir(d)) {
		unsigned number;
		int end = 0;

		if (!is_visible(e))
			continue;
		if (sscanf(e->d_name, "%5u.pgm%n", &number, &end) != 1 ||
		    end != 9 || e->d_name[end])
			die("'%s/%s' is not called NNNNN.pgm", dir, e->d_name);
		if (images->n == images->room) {
			images->room = images->room * 2 + 1024;
			images->v = reallocarray(images->v, images->room,
						 sizeof(*images->v));
			if (!images->v)
				die("not enough memory");
		}
		images->v[images->n++] = (struct image){ number, label };
	}
	closedir(d);
	free(dir);
}

/* Read the pixels; the first image says how many there are. */
static void read_pgm(uint8_t **out, unsigned *size, const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned w, h, max;

	if (!f)
		die("cannot open '%s': %s", path, strerror(errno));
	if (fscanf(f, "P5 %4u %4u %3u", &w, &h, &max) != 3 || max != 255 ||
	    w * h == 0 || w * h > MAX_PIXELS || getc(f) == EOF)
		die("'%s' is no PGM image of bytes", path);
	if (*size == 0) {
		*size = w * h;
		*out = need(*size, 1);
	}
	if (w * h != *size)
		die("'%s' is %u by %u, not like the others", path, w, h);
	if (fread(*out, 1, *size, f) != *size)
		die("'%s' ends too early", path);
	fclose(f);
}

static void append(struct set *set, size_t room, const uint8_t *pixels,
		   unsigned label)
{
	const size_t size = set->kind.size;

	if (!set->labels) {
		set->labels = need(room, 1);
		set->pixels = need(room, size);
	}
	set->labels[set->n] = (uint8_t)label;
	memcpy(set->pixels + size * set->n, pixels, size);
	set->n++;
}

static void read_images(struct set *train, struct set *test,
			const struct images *images, const char *dir,
			unsigned first_test)
{
	uint8_t *pixels = NULL;
	unsigned size = 0;

	for (size_t i = 0; i < images->n; i++) {
		const struct image *image = &images->v[i];
		struct set *set = image->number < first_test ? train : test;
		char name[MAX_NAME + 16], *path;

		snprintf(name, sizeof(name), "%s/%05u.pgm",
			 train->kind.names[image->label], image->number);
		path = path_of(dir, name);
		read_pgm(&pixels, &size, path);
		free(path);
		train->kind.size = test->kind.size = size;
		append(set, images->n, pixels, image->label);
	}
	free(pixels);
	if (train->n == 0 || test->n == 0)
		die("'%s' has %u images to train with, %u to test with", dir,
		    train->n, test->n);
}

/* Counts of whole numbers: the same whatever the order. */
static void measure(struct kind *kind, const struct set *train)
{
	const size_t n = (size_t)train->n * kind->size;
	uint64_t sum = 0, squares = 0;
	double mean;

	for (size_t i = 0; i < n; i++) {
		unsigned v = train->pixels[i];

		sum += v;
		squares += v * v;
	}
	mean = (double)sum / (double)n;
	kind->mean = (float)(mean / 255);
	kind->deviation = (float)(sqrt((double)squares / (double)n -
				       mean * mean) / 255);
	if (!(kind->deviation > 0))
		die("all pixels are the same");
}

void verb_prepare(int argc, char **argv)
{
	struct images images = { 0 };
	struct set train = { 0 }, test = { 0 };
	char *end = NULL;
	unsigned long first_test;

	if (argc != 4)
		die("prepare needs the images, an output, a number");
	first_test = strtoul(argv[3], &end, 10);
	if (*end || end == argv[3] || first_test > 99999)
		die("'%s' is no number of an image", argv[3]);
	find_classes(&train.kind, argv[1]);
	for (unsigned c = 0; c < train.kind.classes; c++)
		find_images(&images, argv[1], train.kind.names[c], c);
	if (images.n > 1)
		qsort(images.v, images.n, sizeof(*images.v), by_number);
	test.kind = train.kind;
	read_images(&train, &test, &images, argv[1], (unsigned)first_test);
	measure(&train.kind, &train);
	test.kind = train.kind;

	if (mkdir(argv[2], 0777) < 0 && errno != EEXIST)
		die("cannot create '%s': %s", argv[2], strerror(errno));
	set_write(&train, argv[2], "train.bin");
	set_write(&test, argv[2], "test.bin");
	printf("%u images to train with, %u to test with, %u classes; "
	       "mean %.4f, deviation %.4f\n", train.n, test.n,
	       train.kind.classes, (double)train.kind.mean,
	       (double)train.kind.deviation);
	set_release(&train);
	set_release(&test);
	free(images.v);
}
