/*
 * askpass - what ssh runs to ask us something: dver, by another name.  The
 * dver that started ssh has the answer (base/askpass.h).
 */
#include "base/askpass.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmd/askpass.h"

/* "Touch the key": it stands there until ssh ends us. */
static int show(const char *text)
{
	int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC);

	if (tty >= 0)
		(void)dprintf(tty, "\r\n%s\r\n", text);
	return pause();
}

int cmd_askpass(int argc, char **argv)
{
	const char *kind = getenv("SSH_ASKPASS_PROMPT");
	AUTO_BUF struct buf answer = BUF_INIT(ASKPASS_MAX);
	int r;

	if (kind && strcmp(kind, "none") == 0)
		return show(argc > 1 ? argv[1] : "");
	/* Yes or no by exit code: nobody allowed anything. */
	if (kind && strcmp(kind, "confirm") == 0)
		return 1;
	r = askpass_ask(argv[0], argc > 1 ? argv[1] : "", &answer);
	if (r == 0)
		(void)printf("%s\n", answer.data);
	explicit_bzero(answer.data, answer.len);
	return r != 0 || fflush(stdout) != 0;
}
