/*
 * softmax - multinomial logistic regression: for each class a weighted sum of
 * the pixels, of which the softmax is how likely the class is (Bishop, Pattern
 * Recognition and Machine Learning, 4.3.4).
 */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include "set.h"

struct softmax {
	struct kind kind;
	/* Owned: (size + 1) * MAX_CLASSES, the last row for a pixel of 1.
	 * Rows are as long as can be: loops of a fixed length are fast. */
	float *weights;
	float value[256];	/* of a pixel, normalised */
};

/* Weights of zero.  Free with softmax_release(). */
void softmax_init(struct softmax *m, const struct kind *kind);
void softmax_release(struct softmax *m);

/* Both die, and say which file it was. */
void softmax_read(struct softmax *out, const char *path);
void softmax_write(const struct softmax *m, const char *path);

/* How likely each class is; returns the likeliest. */
unsigned softmax_classify(const struct softmax *m, const uint8_t *pixels,
			  float likely[MAX_CLASSES]);
/* What is lost when `label` was this likely: -log, and finite. */
double softmax_loss(const float likely[MAX_CLASSES], unsigned label);

/* Add to `slope`, of the size of the weights, what this image adds to it. */
void softmax_slope(const struct softmax *m, const uint8_t *pixels,
		   unsigned label, const float likely[MAX_CLASSES],
		   float *slope);
/* Weights go down the slope by `rate`, decay by `decay`; slope becomes zero. */
void softmax_step(struct softmax *m, float *slope, float rate, float decay);

static inline size_t softmax_weights(const struct softmax *m)
{
	return ((size_t)m->kind.size + 1) * MAX_CLASSES;
}

#endif
