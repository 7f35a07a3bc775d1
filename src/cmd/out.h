/*
 * out - numbers and paths for people, colours where they are wanted.
 */
#ifndef CMD_OUT_H
#define CMD_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_SIZE 16

/* "1.2 GB", "17 B": powers of 1000, as disks and networks count. */
const char *out_size(char text[OUT_SIZE], uint64_t bytes);
/* A path, quoted as git does when it has odd bytes. */
void out_path(FILE *to, const char *path);
/* Text of others (names of people, subjects): no control characters. */
void out_text(FILE *to, const char *text);
/* "s" unless n is 1. */
const char *out_s(uint64_t n);

/*
 * Columns of the terminal that stdout is, else what COLUMNS says; 0: nobody
 * says how wide lines may be.
 */
unsigned out_width(void);
/* Does the locale write UTF-8? */
bool out_utf8(void);

enum out_colour { OUT_RED, OUT_GREEN, OUT_YELLOW, OUT_BOLD };
/* Start or end a colour on stdout, if it is a terminal and not NO_COLOR. */
void out_colour(enum out_colour c);
void out_plain(void);

#endif
