/*
 * bundle - runs of stages as a remote keeps them: many in one file.
 *
 *	runs/<level>-<random>
 *
 * A push puts one file (more if there is much) with the runs that the remote
 * did not know; nothing is ever overwritten.  Sixteen of a level are put
 * together as one of the next, so that few requests bring all of them; then
 * they are deleted: what they had is there once more, and a reader that finds
 * one gone lists again.  One that is damaged stays as it is, by itself, until
 * somebody deletes it.  It is a cache: an entry lost is a stage run again.
 *
 * What an entry is and where it belongs is the business of repo/runfile.h: to
 * this room it is text with two ids.
 */
#ifndef TRANSFER_BUNDLE_H
#define TRANSFER_BUNDLE_H

#include "base/buf.h"
#include "store/oid.h"

struct store;

#define BUNDLE_PREFIX "runs/"
#define BUNDLE_ENTRY_MAX (1u << 20)	/* a longer text is not sent */
#define BUNDLE_TEXT_MAX (16u << 20)	/* of all entries of one bundle */

struct bundle_entry {
	struct oid key, value;	/* value: SHA-256 of the text */
	const char *text;	/* borrowed */
	size_t len;
};

struct bundle {
	struct bundle_entry *v;	/* owned */
	size_t n;
	char *text;		/* owned; all texts */
};
#define BUNDLE_INIT { NULL, 0, NULL }
void bundle_release(struct bundle *b);
#define AUTO_BUNDLE __attribute__((cleanup(bundle_release)))

/* All of them in one; together at most BUNDLE_TEXT_MAX long. */
int bundle_format(struct buf *out, const struct bundle_entry *v, size_t n,
		  struct dver_err *err);
/* DVER_ECORRUPT names what is wrong with `name`. */
int bundle_parse(struct bundle *out, const char *name, const void *data,
		 size_t len, struct dver_err *err);

/*
 * Tell of each entry that the remote has, some twice.  Bundles that were read
 * before lie in `folder` (remote_folder()).  `bad` hears of a bundle that is
 * damaged, which is left out.
 */
typedef int (*bundle_fn)(void *data, const struct bundle_entry *e,
			 struct dver_err *err);
int bundles_each(struct store *remote, const char *folder, bundle_fn fn,
		 void (*bad)(void *data, const char *why), void *data,
		 struct dver_err *err);
/* Each value of each bundle that lies in the store `cache`, of any remote. */
int bundles_known(const char *cache,
		  int (*fn)(void *data, const struct oid *value,
			    struct dver_err *err),
		  void *data, struct dver_err *err);
/*
 * Put entries, durably, then put bundles together where there are many.  What
 * the runs made is there already.
 */
int bundles_put(struct store *remote, const char *folder,
		const struct bundle_entry *v, size_t n, struct dver_err *err);

#endif
