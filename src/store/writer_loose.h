/*
 * writer_loose - the loose files and notes that a writer will publish.
 */
#ifndef STORE_WRITER_LOOSE_H
#define STORE_WRITER_LOOSE_H

#include "store/writer.h"

struct loose_file {
	struct oid id;
	char *tmp;		/* owned; NULL once published */
	uint64_t size;
	mode_t mode;		/* to give back on abort; 0: none */
};

struct loose_set {
	struct loose_file *v;
	size_t n, cap;
	struct fact *notes;	/* PLACE_LOOSE */
	size_t nnotes, notes_cap;
	struct oid *names;	/* full ids that the notes mean, unsorted */
	size_t nnames, names_cap;
};

int loose_set_add(struct loose_set *l, const struct oid *id, const char *tmp,
		  uint64_t size, mode_t mode, struct dver_err *err);
int loose_set_note(struct loose_set *l, const struct oid *loose,
		   const struct fact *f, struct dver_err *err);
/* Sort the names and hand them (borrowed) to an index. */
void loose_set_names(struct loose_set *l, struct index_content *c);
/*
 * Make all of them durable objects: one syncfs for many, fsync for a few,
 * then renames, then their folders.
 */
int loose_set_publish(struct loose_set *l, const char *root, bool nosync,
		      struct writer_stats *st, struct dver_err *err);
void loose_set_release(struct loose_set *l);	/* unlinks what is left */

#endif
