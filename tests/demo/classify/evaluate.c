/* evaluate - how a model does on images that it was not trained with. */
#include <errno.h>
#include <string.h>

#include "die.h"
#include "set.h"
#include "softmax.h"
#include "verbs.h"

struct result {
	double loss;		/* sum */
	unsigned right;
	unsigned of[MAX_CLASSES];	/* images of a class */
	unsigned found[MAX_CLASSES];	/* that were told to be of it */
};

/* A line an image: what it is, and what it was taken for. */
static void look(struct result *out, const struct softmax *m,
		 const struct set *set, const char *confusion)
{
	FILE *f = fopen(confusion, "w");

	if (!f)
		die("cannot create '%s': %s", confusion, strerror(errno));
	fprintf(f, "actual,predicted\n");
	*out = (struct result){ 0 };
	for (unsigned i = 0; i < set->n; i++) {
		const unsigned label = set->labels[i];
		float likely[MAX_CLASSES];
		unsigned told = softmax_classify(m, set->pixels +
						 (size_t)i * m->kind.size,
						 likely);

		out->loss += softmax_loss(likely, label);
		out->of[label]++;
		if (told == label) {
			out->right++;
			out->found[label]++;
		}
		fprintf(f, "%s,%s\n", m->kind.names[label],
			m->kind.names[told]);
	}
	close_written(f, confusion);
}

static void write_metrics(const struct result *r, const struct kind *kind,
			  unsigned n, const char *path)
{
	FILE *f = fopen(path, "w");
	const char *comma = "";

	if (!f)
		die("cannot create '%s': %s", path, strerror(errno));
	fprintf(f, "{\n  \"accuracy\": %.4f,\n  \"loss\": %.4f,\n"
		"  \"images\": %u,\n  \"recall\": {", (double)r->right / n,
		r->loss / n, n);
	for (unsigned c = 0; c < kind->classes; c++) {
		if (r->of[c] == 0)
			continue;
		fprintf(f, "%s\n    \"%s\": %.3f", comma, kind->names[c],
			(double)r->found[c] / r->of[c]);
		comma = ",";
	}
	fprintf(f, "\n  }\n}\n");
	close_written(f, path);
}

void verb_evaluate(int argc, char **argv)
{
	struct softmax m;
	struct set set;
	struct result r;

	if (argc != 5)
		die("evaluate needs prepared data, a model, two outputs");
	set_read(&set, argv[1], "test.bin");
	softmax_read(&m, argv[2]);
	if (m.kind.size != set.kind.size ||
	    m.kind.classes != set.kind.classes)
		die("'%s' was made from other images", argv[2]);
	look(&r, &m, &set, argv[4]);
	write_metrics(&r, &m.kind, set.n, argv[3]);
	printf("accuracy %.2f%% on %u images, loss %.4f\n",
	       100.0 * r.right / set.n, set.n, r.loss / set.n);
	softmax_release(&m);
	set_release(&set);
}
