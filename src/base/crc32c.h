/*
 * crc32c - the cyclic redundancy check of Castagnoli's polynomial, as iSCSI
 * has it (RFC 3720, section 12.1 and its vectors in appendix B.4).
 *
 * Against damage by chance, never against people.  Thread-safe.
 */
#ifndef BASE_CRC32C_H
#define BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Of the bytes after those that `crc` is of; 0 is of none. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
