/*
 * index_layout - offsets in an index file, for those that write and read it.
 */
#ifndef STORE_INDEX_LAYOUT_H
#define STORE_INDEX_LAYOUT_H

#include "base/le.h"
#include "store/index.h"

#define INDEX_MAGIC "dveridx1"
#define PAGE_END 64u		/* zeros and sum after a page's facts */
#define ROOT_SIZE 41u		/* u8 kind, id, u64 time */
#define SECTION_HEAD 12u	/* u32 type, u64 length */

enum section_type {
	SECTION_ROOTS = 1,
	SECTION_REPLACES = 2,
	SECTION_LOOSE = 3
};

/* The first 8 bytes of an id, as a number that sorts as ids do. */
static inline uint64_t oid_prefix(const struct oid *id)
{
	return __builtin_bswap64(le64_get(id->id));
}

static inline uint64_t index_pages(uint64_t facts)
{
	return (facts + INDEX_PAGE_FACTS - 1) / INDEX_PAGE_FACTS;
}

/* Where page i starts. */
static inline uint64_t index_page_offset(uint64_t pages, uint64_t i)
{
	return INDEX_HEAD + pages * 8 + HASH_SIZE + i * INDEX_PAGE;
}

static inline uint64_t index_tail_offset(uint64_t facts)
{
	uint64_t pages = index_pages(facts);

	return index_page_offset(pages, 0) + facts * FACT_SIZE +
	       pages * PAGE_END;
}

#endif
