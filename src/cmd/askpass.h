/*
 * cmd/askpass.h - dver as the program that ssh asks for secrets.
 */
#ifndef CMD_ASKPASS_H
#define CMD_ASKPASS_H

/* Print the answer to argv[1]; returns the exit code. */
int cmd_askpass(int argc, char **argv);

#endif
