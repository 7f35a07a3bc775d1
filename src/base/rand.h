/*
 * rand - 128 random bits for names that are used once: getrandom(2).
 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

struct dver_err;

#define RAND_NAME 16		/* bytes */
#define RAND_NAME_HEX 33	/* their hex digits and a NUL */

int rand_bytes(void *out, size_t len, struct dver_err *err);
int rand_name(char out[RAND_NAME_HEX], struct dver_err *err);

/* Lower-case hex. */
void hex_encode(char *out, const uint8_t *data, size_t len); /* adds NUL */
/* 0, or -1 if `hex` is not exactly 2 * len lower-case hex digits first. */
int hex_decode(uint8_t *out, size_t len, const char *hex);

#endif
