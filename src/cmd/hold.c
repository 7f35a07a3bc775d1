#include "cmd/hold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/os.h"

#define PIECE 65536

static int open_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = os_open(dir && *dir ? dir : "/tmp", O_RDWR | O_TMPFILE, 0600);

	return fd >= 0 ? fd : memfd_create("dver-json", MFD_CLOEXEC);
}

void hold_begin(struct hold *h)
{
	*h = (struct hold){ -1, -1 };
	(void)fflush(stdout);
	h->saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	h->file = h->saved < 0 ? -1 : open_file();
	if (h->file >= 0 && dup2(h->file, STDOUT_FILENO) >= 0)
		return;
	if (h->saved >= 0)
		(void)os_close(h->saved);
	if (h->file >= 0)
		(void)os_close(h->file);
	*h = (struct hold){ -1, -1 };
}

/* The end of the outermost level, then the last newline. */
static bool is_whole(int fd)
{
	struct os_stat st;
	char end[2];

	return os_fstat(fd, &st) == 0 && st.size >= sizeof(end) &&
	       os_pread_full(fd, end, sizeof(end), st.size - sizeof(end)) ==
	       (ssize_t)sizeof(end) && memcmp(end, "}\n", 2) == 0;
}

static bool pass_on(int from, int to)
{
	char *data = malloc(PIECE);
	uint64_t off = 0;
	ssize_t n = -1;

	while (data && (n = os_pread_full(from, data, PIECE, off)) > 0) {
		if (os_write_all(to, data, (size_t)n) < 0) {
			n = -1;
			break;
		}
		off += (uint64_t)n;
	}
	free(data);
	return n == 0;
}

bool hold_end(struct hold *h, bool failed)
{
	bool ok = true;
	int code;

	if (h->file < 0)
		return true;
	(void)fflush(stdout);
	if (!ferror(stdout) && (!failed || is_whole(h->file)))
		ok = pass_on(h->file, h->saved);
	code = errno;
	(void)dup2(h->saved, STDOUT_FILENO);
	(void)os_close(h->saved);
	(void)os_close(h->file);
	*h = (struct hold){ -1, -1 };
	errno = code;
	return ok;
}
