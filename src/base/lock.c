/*
 * lock - fcntl(2) F_OFD_SETLK, polled with growing pauses so that a waiting
 * process can be cancelled and can time out.
 */
#include "base/lock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/cancel.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

#define HOLDER_MAX 512
#define PAUSE_MAX_MS 50

struct lock {
	int fd;
	bool exclusive;
};

bool lock_is_at(const struct lock *l, const char *path)
{
	struct os_stat mine, there;

	return os_fstat(l->fd, &mine) == 0 &&
	       os_stat(path, &there, true) == 0 && mine.ino == there.ino &&
	       mine.dev == there.dev;
}

int lock_fd(const struct lock *l)
{
	return l->fd;
}

void lock_release(struct lock *l)
{
	struct flock fl = { .l_type = F_UNLCK, .l_whence = SEEK_SET };

	if (!l)
		return;
	if (l->exclusive)
		(void)os_ftruncate(l->fd, 0);
	(void)fcntl(l->fd, F_OFD_SETLK, &fl);
	(void)os_close(l->fd);
	free(l);
}

static int try_lock(int fd, enum lock_mode mode)
{
	struct flock fl = { 0 };

	fl.l_type = mode == LOCK_SHARED ? F_RDLCK : F_WRLCK;
	fl.l_whence = SEEK_SET;
	return fcntl(fd, F_OFD_SETLK, &fl);
}

/* This machine and its start; false: they cannot be told. */
static bool read_here(char host[128], char boot[64])
{
	AUTO_FREE char *text = NULL;
	size_t len;

	host[127] = '\0';
	if (os_slurp(&text, &len, "/proc/sys/kernel/random/boot_id", 128,
		     NULL) < 0 || gethostname(host, 127) < 0)
		return false;
	(void)snprintf(boot, 64, "%.*s", (int)strcspn(text, "\n"), text);
	return true;
}

/* "host bootid pid": for people, never for a decision. */
static void write_holder(int fd)
{
	char host[128], boot[64];
	char line[HOLDER_MAX];
	int n;

	if (!read_here(host, boot))
		return;
	n = snprintf(line, sizeof(line), "%s %s %ld\n", host, boot,
		     (long)getpid());
	if (n > 0 && os_ftruncate(fd, 0) == 0)
		(void)os_pwrite_all(fd, line, (size_t)n, 0);
}

/* Who holds it, as the lock file says. */
static void parse_holder(int fd, struct lock_holder *h)
{
	char here[128], now[64], boot[64];
	char line[HOLDER_MAX];
	ssize_t n = os_pread_full(fd, line, sizeof(line) - 1, 0);

	line[n > 0 ? n : 0] = '\0';
	*h = (struct lock_holder){ .pid = 0 };
	h->known = sscanf(line, "%127s %63s %ld", h->host, boot, &h->pid) == 3;
	h->here = h->known && read_here(here, now) &&
		  strcmp(here, h->host) == 0 && strcmp(now, boot) == 0;
}

static void read_holder(int fd, char out[HOLDER_MAX])
{
	struct lock_holder h;

	parse_holder(fd, &h);
	if (h.known)
		(void)snprintf(out, HOLDER_MAX, "process %ld on %s", h.pid,
			       h.host);
	else
		(void)snprintf(out, HOLDER_MAX, "another process");
}

int lock_look(const char *path, struct lock_holder *out,
	      struct dver_err *err)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	AUTO_CLOSE int fd = os_open(path, O_RDONLY, 0);

	*out = (struct lock_holder){ .known = false };
	if (fd < 0)
		return errno == ENOENT
		       ? 0 : err_sys(err, "cannot open lock '%s'", path);
	if (fcntl(fd, F_OFD_GETLK, &fl) < 0)
		return err_sys(err, "cannot look at lock '%s'", path);
	if (fl.l_type == F_UNLCK)
		return 0;
	if (fl.l_type == F_WRLCK)
		parse_holder(fd, out);
	else
		out->shared = true;
	return 1;
}

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&t, NULL);
}

struct waiting {
	const char *path;
	long deadline;
	void (*on_wait)(void *, const char *);
	void *data;
	const struct cancel *cancel;
};

static int wait_for(int fd, enum lock_mode mode, struct waiting *w,
		    struct dver_err *err)
{
	char holder[HOLDER_MAX];
	long ms = 1;

	while (try_lock(fd, mode) < 0) {
		int r = cancel_check(w->cancel, err);

		if (r < 0)
			return r;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return err_sys(err, "cannot lock '%s'", w->path);
		read_holder(fd, holder);
		if (now_ms() >= w->deadline)
			return err_set(err, DVER_ELOCKED,
				       "'%s' is locked by %s", w->path,
				       holder);
		if (w->on_wait) {
			char line[HOLDER_MAX + 32];

			(void)snprintf(line, sizeof(line),
				       "waiting for %s", holder);
			w->on_wait(w->data, line);
			w->on_wait = NULL;
		}
		pause_ms(ms);
		ms = MIN(ms * 2, (long)PAUSE_MAX_MS);
	}
	return 0;
}

int lock_take(struct lock **out, const char *path, enum lock_mode mode,
	      int timeout_ms, void (*on_wait)(void *, const char *),
	      void *data, const struct cancel *cancel, struct dver_err *err)
{
	struct waiting w = { path, now_ms() + timeout_ms, on_wait, data,
			     cancel };
	AUTO_LOCK struct lock *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return err_nomem(err);
	l->fd = os_open(path, O_RDWR | O_CREAT, 0666);
	if (l->fd < 0)
		return err_sys(err, "cannot open lock '%s'", path);
	r = wait_for(l->fd, mode, &w, err);
	if (r < 0)
		return r;
	l->exclusive = mode == LOCK_EXCLUSIVE;
	if (l->exclusive)
		write_holder(l->fd);
	*out = TAKE(l);
	return 0;
}
