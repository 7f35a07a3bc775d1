/*
 * set - labelled images of one size, as a file.
 *
 * A file is lines of text, then bytes: "set IMAGES PIXELS CLASSES MEAN
 * DEVIATION", the name of each class, a label for each image, the pixels of
 * each image.  A pixel is 0 to 255.  MEAN and DEVIATION are those of all
 * pixels of the training images, taken as 0 to 1: what reads a pixel subtracts
 * the one and divides by the other, in training and in use.
 */
#ifndef SET_H
#define SET_H

#include <stdint.h>
#include <stdio.h>

enum { MAX_CLASSES = 16, MAX_NAME = 32, MAX_PIXELS = 1 << 20 };

/* What a model has to know of the images that it was made from. */
struct kind {
	unsigned size;		/* pixels of an image */
	unsigned classes;
	char names[MAX_CLASSES][MAX_NAME];
	float mean, deviation;
};

struct set {
	struct kind kind;
	unsigned n;
	uint8_t *labels;	/* owned; n */
	uint8_t *pixels;	/* owned; n * kind.size */
};

/* "DIR/NAME"; free it. */
char *path_of(const char *dir, const char *name);

/* The file NAME of DIR.  Both die, and say which file it was. */
void set_read(struct set *out, const char *dir, const char *name);
void set_write(const struct set *set, const char *dir, const char *name);
void set_release(struct set *set);

/* The header of a file, behind its first word and a number. */
void kind_write(const struct kind *kind, FILE *f);
void kind_read(struct kind *out, FILE *f, const char *path);
/* Flushed, closed, and nothing was lost. */
void close_written(FILE *f, const char *path);

#endif
