/*
 * verbs - what `classify` does.  Each takes the words of the command line with
 * the verb's own name first, as main() does, and dies when something is wrong.
 */
#ifndef VERBS_H
#define VERBS_H

/* prepare IMAGES OUT TEST: sets train.bin and test.bin from PGM files. */
void verb_prepare(int argc, char **argv);
/* train PREPARED MODEL CURVE OPTIONS: a model, and its loss as it learns. */
void verb_train(int argc, char **argv);
/* evaluate PREPARED MODEL METRICS CONFUSION: how good it is. */
void verb_evaluate(int argc, char **argv);

#endif
