/*
 * unknown - what to say of a command that there is not.
 */
#ifndef CMD_UNKNOWN_H
#define CMD_UNKNOWN_H

/* Tell it on stderr, with what may have been meant; the exit code. */
int unknown_command(const char *word);

#endif
