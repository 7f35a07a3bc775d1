/*
 * train - stochastic gradient descent in small batches.
 *
 * One thread, and random numbers from a seed: the same words make the same
 * bytes.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "set.h"
#include "softmax.h"
#include "verbs.h"

struct plan {
	unsigned epochs, batch;
	float lr, l2;
	uint64_t seed;
};

/* SplitMix64, of Steele, Lea and Flood (2014). */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void shuffle(unsigned *order, unsigned n, uint64_t *state)
{
	for (unsigned i = n; i > 1; i--) {
		unsigned j = (unsigned)(draw(state) % i), t = order[j];

		order[j] = order[i - 1];
		order[i - 1] = t;
	}
}

static double number(const char *name, const char *text, double max)
{
	char *end = NULL;
	double x = strtod(text, &end);

	if (end == text || *end || !(x >= 0) || x > max)
		die("--%s is 0 to %g, not '%s'", name, max, text);
	return x;
}

static unsigned count(const char *name, const char *text)
{
	double x = number(name, text, 1e6);

	if (x < 1 || x != floor(x))
		die("--%s is a whole number from 1 on, not '%s'", name, text);
	return (unsigned)x;
}

static void parse(struct plan *plan, int argc, char **argv)
{
	static const struct option options[] = {
		{ "epochs", required_argument, NULL, 'e' },
		{ "lr", required_argument, NULL, 'r' },
		{ "batch", required_argument, NULL, 'b' },
		{ "l2", required_argument, NULL, 'l' },
		{ "seed", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*plan = (struct plan){ .epochs = 1, .batch = 1, .lr = 0.01F };
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'e': plan->epochs = count("epochs", optarg); break;
		case 'b': plan->batch = count("batch", optarg); break;
		case 'r': plan->lr = (float)number("lr", optarg, 1e3); break;
		case 'l': plan->l2 = (float)number("l2", optarg, 1); break;
		case 's': plan->seed = count("seed", optarg); break;
		default: exit(1);
		}
	}
	if (argc - optind != 3)
		die("train needs prepared data, a model, a curve");
}

struct learnt {
	double loss;		/* sum */
	unsigned right;
};

static struct learnt epoch(struct softmax *m, const struct set *set,
			   const unsigned *order, const struct plan *plan,
			   float *slope)
{
	struct learnt all = { 0 };
	unsigned done = 0;

	for (unsigned i = 0; i < set->n; i++) {
		const unsigned at = order[i], label = set->labels[at];
		const uint8_t *pixels = set->pixels +
					(size_t)at * m->kind.size;
		float likely[MAX_CLASSES];

		all.right += softmax_classify(m, pixels, likely) == label;
		all.loss += softmax_loss(likely, label);
		softmax_slope(m, pixels, label, likely, slope);
		if (++done == plan->batch || i + 1 == set->n) {
			softmax_step(m, slope, plan->lr / (float)done,
				     plan->lr * plan->l2);
			done = 0;
		}
	}
	return all;
}

void verb_train(int argc, char **argv)
{
	struct plan plan;
	struct set set;
	struct softmax m;
	unsigned *order;
	float *slope;
	FILE *curve;

	parse(&plan, argc, argv);
	argv += optind;
	set_read(&set, argv[0], "train.bin");
	softmax_init(&m, &set.kind);
	slope = need(softmax_weights(&m), sizeof(*slope));
	order = need(set.n, sizeof(*order));
	for (unsigned i = 0; i < set.n; i++)
		order[i] = i;
	curve = fopen(argv[2], "w");
	if (!curve)
		die("cannot create '%s': %s", argv[2], strerror(errno));

	fprintf(curve, "epoch,loss,accuracy\n");
	for (unsigned e = 1; e <= plan.epochs; e++) {
		struct learnt all;
		double loss, right;

		shuffle(order, set.n, &plan.seed);
		all = epoch(&m, &set, order, &plan, slope);
		loss = all.loss / set.n;
		right = (double)all.right / set.n;
		printf("epoch %u: loss %.4f, accuracy %.2f%%\n", e, loss,
		       right * 100);
		fflush(stdout);
		fprintf(curve, "%u,%.6f,%.6f\n", e, loss, right);
	}
	close_written(curve, argv[2]);
	softmax_write(&m, argv[1]);
	free(order);
	free(slope);
	softmax_release(&m);
	set_release(&set);
}
