/*
 * embed - a file as bytes of the library.
 *
 *	EMBED(words, "src/room/words.txt");
 *
 * declares words[] and words_end[] in this one .c file; nothing else of them
 * is seen anywhere.  The Makefile has a line for each such file, so that it
 * is built again when the words change.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>
#include <stdint.h>

/* Names get "embed_" before them: they stand beside all others of C. */
#define EMBED(name, path) \
	__asm__(".pushsection .rodata\n" \
		".global embed_" #name "\n.hidden embed_" #name "\n" \
		"embed_" #name ":\n.incbin \"" path "\"\n" \
		".global embed_" #name "_end\n" \
		".hidden embed_" #name "_end\n" \
		"embed_" #name "_end:\n.byte 0\n.popsection\n"); \
	extern const char embed_##name[]; \
	extern const char embed_##name##_end[]

/* How many bytes; a NUL follows them. */
#define EMBED_LEN(name) \
	((size_t)((uintptr_t)embed_##name##_end - (uintptr_t)embed_##name))

#endif
