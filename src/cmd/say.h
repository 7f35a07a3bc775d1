/*
 * say - lines for people on stderr: errors, warnings, hints, talk.
 *
 * What a message holds of others (the name of a file, the answer of a server)
 * must not act on the terminal: line breaks, other control characters and
 * those that turn the order of text round are written as git writes them in
 * names (\n, \t, \033).  What has to stand on a line of its own is told by a
 * call of its own.  A line is cut after some 4,000 bytes.
 */
#ifndef CMD_SAY_H
#define CMD_SAY_H

struct buf;

/* "dver: ..." */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "dver: error: ..." */
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "dver: warning: ..." */
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "hint: ..." */
void say_hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Append `text`, escaped; characters in `keep` stay as they are. */
void say_escape(struct buf *out, const char *text, const char *keep);

#endif
