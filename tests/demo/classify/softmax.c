#include "softmax.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

void softmax_init(struct softmax *m, const struct kind *kind)
{
	m->kind = *kind;
	m->weights = need(softmax_weights(m), sizeof(float));
	for (unsigned v = 0; v < 256; v++)
		m->value[v] = ((float)v / 255 - kind->mean) / kind->deviation;
}

void softmax_release(struct softmax *m)
{
	free(m->weights);
	m->weights = NULL;
}

void softmax_write(const struct softmax *m, const char *path)
{
	FILE *f = fopen(path, "wb");

	if (!f)
		die("cannot create '%s': %s", path, strerror(errno));
	fprintf(f, "softmax");
	kind_write(&m->kind, f);
	fwrite(m->weights, sizeof(float), softmax_weights(m), f);
	close_written(f, path);
}

void softmax_read(struct softmax *out, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct kind kind;
	char word[8];

	if (!f)
		die("cannot open '%s': %s", path, strerror(errno));
	if (fscanf(f, "%7s", word) != 1 || strcmp(word, "softmax") != 0)
		die("'%s' is no model", path);
	kind_read(&kind, f, path);
	softmax_init(out, &kind);
	if (fread(out->weights, sizeof(float), softmax_weights(out), f) !=
	    softmax_weights(out))
		die("'%s' ends too early", path);
	fclose(f);
}

unsigned softmax_classify(const struct softmax *m, const uint8_t *pixels,
			  float likely[MAX_CLASSES])
{
	const unsigned classes = m->kind.classes, size = m->kind.size;
	const float *w = m->weights;
	float z[MAX_CLASSES], sum = 0;
	unsigned best = 0;

	memcpy(z, w + (size_t)size * MAX_CLASSES, sizeof(z));
	for (unsigned i = 0; i < size; i++, w += MAX_CLASSES) {
		float x = m->value[pixels[i]];

		for (int c = 0; c < MAX_CLASSES; c++)
			z[c] += x * w[c];
	}
	for (unsigned c = 1; c < classes; c++)
		if (z[c] > z[best])
			best = c;
	for (unsigned c = 0; c < MAX_CLASSES; c++) {
		/* Against the largest one, so that none overflows. */
		likely[c] = c < classes ? expf(z[c] - z[best]) : 0;
		sum += likely[c];
	}
	for (unsigned c = 0; c < classes; c++)
		likely[c] /= sum;
	return best;
}

double softmax_loss(const float likely[MAX_CLASSES], unsigned label)
{
	return -log(fmax((double)likely[label], 1e-30));
}

void softmax_slope(const struct softmax *m, const uint8_t *pixels,
		   unsigned label, const float likely[MAX_CLASSES],
		   float *slope)
{
	float d[MAX_CLASSES];

	memcpy(d, likely, sizeof(d));
	d[label] -= 1;
	for (unsigned i = 0; i < m->kind.size; i++, slope += MAX_CLASSES) {
		float x = m->value[pixels[i]];

		for (int c = 0; c < MAX_CLASSES; c++)
			slope[c] += x * d[c];
	}
	for (int c = 0; c < MAX_CLASSES; c++)
		slope[c] += d[c];
}

void softmax_step(struct softmax *m, float *slope, float rate, float decay)
{
	const size_t n = softmax_weights(m);

	for (size_t i = 0; i < n; i++) {
		m->weights[i] -= rate * slope[i] + decay * m->weights[i];
		slope[i] = 0;
	}
}
