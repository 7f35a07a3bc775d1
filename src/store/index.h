/*
 * index - an immutable file of facts, sorted by id, for one ranged look-up.
 *
 * Layout (dver-store(5)), little-endian:
 *
 *   head	"dveridx1", u32 flags (0), u32 pages, u64 count of facts,
 *		u64 offset of the tail, u64 length of the tail, zeros to 64
 *   fan-out	u64 for each page: the first 8 bytes (read as a big-endian
 *		number) of its first id; then SHA-256 of head and fan-out
 *   pages	1023 facts of 64 bytes, then 32 bytes of zeros and the SHA-256
 *		of the 65504 bytes before it: 65536 together.  The last page
 *		holds what is left, followed by the same 64 bytes
 *   tail	sections (u32 type, u64 length, bytes), then their SHA-256
 *
 * Sections: 1 roots (u8 kind, id[32], u64 time in seconds), 2 names of the
 * indexes that this one replaces (u16 length, bytes), 3 full ids of loose
 * objects that PLACE_LOOSE facts name, sorted, 4 erased (id[32], u64 time,
 * u16 length, reason).
 * Unknown sections are kept by a merge and else ignored.
 *
 * Name: "<level>-<lo>-<hi>-<bytes>-<random>": level decimal, lo and hi the
 * first 8 hex digits of the first and last id (00000000 and ffffffff when it
 * has no facts), bytes decimal, random 32 hex digits.
 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "base/buf.h"
#include "base/vec.h"
#include "store/facts.h"

#define INDEX_PAGE 65536u
#define INDEX_PAGE_FACTS 1023u
#define INDEX_HEAD 64u
#define INDEX_MAX_BYTES (64u << 20)	/* split by id range beyond this */
#define INDEX_NAME_MAX 128

enum root_kind { ROOT_FILE = 1, ROOT_TREE = 2 };

struct index_root {
	enum root_kind kind;
	struct oid id;
	uint64_t time;		/* 0: this index's own Last-Modified */
};

struct index_name {
	unsigned level;
	uint32_t lo, hi;
	uint64_t bytes;
	char random[RAND_NAME_HEX];
};
int index_name_parse(struct index_name *out, const char *name); /* 0 or -1 */
void index_name_format(char out[INDEX_NAME_MAX], const struct index_name *n);

/*
 * Write one index file into `dir`; facts are sorted and made unique first.
 * `*name` gets its name, `dir/name` is the file, not synced.
 */
struct index_content {
	struct fact *facts;		/* sorted in place */
	size_t nfacts;
	const struct index_root *roots;
	size_t nroots;
	const struct strvec *replaces;	/* may be NULL */
	const struct oid *loose;	/* sorted; may be NULL */
	size_t nloose;
	const void *other;		/* sections kept from a merge, raw */
	size_t other_len;
};
int index_write(char name[INDEX_NAME_MAX], const char *dir, unsigned level,
		const struct index_content *c, struct dver_err *err);

/*
 * Reading.  An index_file reads ranges through `read_at`, so that it lies in
 * a local file or on a remote; pages are checked when first used and then
 * kept (whole file in memory or mapped when `map` is given).
 * Thread-safe once opened when `map` is given, else one thread.
 */
struct index_file;
typedef int (*index_read_fn)(void *data, uint64_t off, void *out, size_t len,
			     struct dver_err *err);
/* `name` is for messages and sizes.  `map`: the whole file (borrowed). */
int index_open(struct index_file **out, const char *name, uint64_t size,
	       const void *map, index_read_fn read_at, void *data,
	       struct dver_err *err);
void index_close(struct index_file *f);
/*
 * All facts of `id`: up to `max` of them into out.  Returns how many (0: not
 * there) or < 0.
 */
int index_find(struct index_file *f, const struct oid *id, struct fact *out,
	       int max, struct dver_err *err);
uint64_t index_count(const struct index_file *f);
const char *index_file_name(const struct index_file *f);
/* The i-th fact in id order. */
int index_at(struct index_file *f, uint64_t i, struct fact *out,
	     struct dver_err *err);
/* The tail, parsed; owned by the caller. */
struct index_tail {
	struct index_root *roots;
	size_t nroots;
	struct strvec replaces;
	struct oid *loose;
	size_t nloose;
	struct buf other;		/* unknown and erased sections, raw */
};
int index_tail(struct index_file *f, struct index_tail *out,
	       struct dver_err *err);
void index_tail_release(struct index_tail *t);
/* The full id of the loose object that a PLACE_LOOSE fact names. */
const struct oid *index_loose_id(const struct index_tail *t,
				 const struct fact *f);
/* Verify every page; for fsck. */
int index_verify(struct index_file *f, struct dver_err *err);

/*
 * Merge: the union of all facts and roots of `in`, as one or (past
 * INDEX_MAX_BYTES) several files in `dir`; names are appended to `out`.
 * born[i] is when in[i] appeared, by the server: a root that says no time of
 * its own gets it, so that it grows no younger (NULL: they stay without).  Of
 * two equal roots the younger one is kept.  keep() may drop facts of packs that
 * are gone; NULL keeps all.  Streams: no more than a page of each input in
 * memory beyond the maps.
 */
int index_merge(struct strvec *out, const char *dir, unsigned level,
		struct index_file *const *in, const int64_t *born, size_t n,
		bool (*keep)(void *data, const struct fact *f), void *data,
		struct dver_err *err);

#endif
