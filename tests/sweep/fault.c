/*
 * fault - preloaded into dver: its n-th system call, or allocation, fails.
 *
 *	FAULT_KIND	call, memory; absent: nothing fails
 *	FAULT_NTH	which one, over all threads; once
 *	FAULT_ERROR	the errno of a call; -1: the process is killed before it
 *	FAULT_REPORT	a file for how many there were, and the one that failed
 *
 * Only dver itself: what it runs is left alone.  What stdio writes does not
 * come by here.  Of allocations those count that dver's code asks for, or libc
 * for it: libgit2 and OpenSSL crash on some of their own.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static enum { NOTHING, CALLS, MEMORY } kind;
static int nth, error;
static atomic_int count;
static const char *_Atomic struck;
static const void *_Atomic by;

/* Where the code of dver and of libc is. */
static struct { uintptr_t from, to; } code[2];

static int note_code(struct dl_phdr_info *i, size_t size, void *data)
{
	int at = !*i->dlpi_name ? 0 : strstr(i->dlpi_name, "/libc.so") ? 1 : -1;

	(void)size;
	(void)data;
	for (int k = 0; at >= 0 && k < i->dlpi_phnum; k++) {
		const ElfW(Phdr) *p = &i->dlpi_phdr[k];

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		code[at].from = i->dlpi_addr + p->p_vaddr;
		code[at].to = code[at].from + p->p_memsz;
	}
	return 0;
}

static int number(const char *name)
{
	const char *s = getenv(name);

	return s ? (int)strtol(s, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *k = getenv("FAULT_KIND");

	if (!k || strcmp(program_invocation_short_name, "dver") != 0)
		return;
	nth = number("FAULT_NTH");
	error = number("FAULT_ERROR");
	(void)dl_iterate_phdr(note_code, NULL);
	kind = strcmp(k, "memory") == 0 ? MEMORY : CALLS;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = kind ? getenv("FAULT_REPORT") : NULL;
	uintptr_t at;
	FILE *f;

	kind = NOTHING;
	f = path ? fopen(path, "w") : NULL;
	if (!f)
		return;
	at = (uintptr_t)by;
	(void)fprintf(f, "%d %s%s\n", (int)count, struck ? struck : "none",
		      at >= code[0].from && at < code[0].to
		      ? "" : " of a library");
	(void)fclose(f);
}

/* Is this the one?  Then errno is set. */
static bool strikes(int of, const char *name, const void *caller)
{
	if (kind != (unsigned)of ||
	    atomic_fetch_add(&count, 1) + 1 != nth)
		return false;
	struck = name;
	by = caller;
	if (of == CALLS && error < 0)
		(void)kill(getpid(), SIGKILL);
	errno = of == MEMORY ? ENOMEM : error;
	return true;
}

static bool lacks(const void *caller, const char *name)
{
	uintptr_t at = (uintptr_t)caller;

	for (int i = 0; kind == MEMORY && i < 2; i++)
		if (at >= code[i].from && at < code[i].to)
			return strikes(MEMORY, name, caller);
	return false;
}
#define CALLER __builtin_return_address(0)
#define LACKS(name) lacks(CALLER, name)

void *malloc(size_t n)
{
	return LACKS("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return LACKS("calloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return LACKS("realloc") ? NULL : __libc_realloc(p, n);
}

char *strndup(const char *s, size_t max)
{
	size_t n = strnlen(s, max);
	char *copy = LACKS("strndup") ? NULL : __libc_malloc(n + 1);

	if (copy)
		((char *)memcpy(copy, s, n))[n] = '\0';
	return copy;
}

char *strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = LACKS("strdup") ? NULL : __libc_malloc(n);

	return copy ? memcpy(copy, s, n) : NULL;
}

/* The real one of this name. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define CALL(type, name, params, args) \
type name params \
{ \
	static __typeof__(&name) real; \
 \
	if (!real) \
		real = REAL(name); \
	return strikes(CALLS, #name, CALLER) ? (type)-1 : real args; \
}

CALL(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n))
CALL(ssize_t, pread64, (int fd, void *p, size_t n, off64_t at),
     (fd, p, n, at))
CALL(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
CALL(ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t at),
     (fd, p, n, at))
CALL(ssize_t, readlink, (const char *restrict path, char *restrict p,
			 size_t n), (path, p, n))
CALL(ssize_t, readlinkat, (int dir, const char *restrict path,
			   char *restrict p, size_t n), (dir, path, p, n))
CALL(ssize_t, copy_file_range, (int in, off64_t *at, int out, off64_t *to,
				size_t n, unsigned flags),
     (in, at, out, to, n, flags))
CALL(off64_t, lseek64, (int fd, off64_t at, int how), (fd, at, how))
CALL(int, ftruncate64, (int fd, off64_t n), (fd, n))
CALL(int, rename, (const char *a, const char *b), (a, b))
CALL(int, renameat, (int d, const char *a, int e, const char *b),
     (d, a, e, b))
CALL(int, renameat2, (int d, const char *a, int e, const char *b,
		      unsigned flags), (d, a, e, b, flags))
CALL(int, link, (const char *a, const char *b), (a, b))
CALL(int, linkat, (int d, const char *a, int e, const char *b, int flags),
     (d, a, e, b, flags))
CALL(int, symlinkat, (const char *a, int d, const char *b), (a, d, b))
CALL(int, unlink, (const char *a), (a))
CALL(int, unlinkat, (int d, const char *a, int flags), (d, a, flags))
CALL(int, mkdir, (const char *a, mode_t mode), (a, mode))
CALL(int, mkdirat, (int d, const char *a, mode_t mode), (d, a, mode))
CALL(int, fsync, (int fd), (fd))
CALL(int, fdatasync, (int fd), (fd))
CALL(int, syncfs, (int fd), (fd))
CALL(int, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, chmod, (const char *a, mode_t mode), (a, mode))
CALL(int, stat64, (const char *restrict a, struct stat64 *restrict st),
     (a, st))
CALL(int, lstat64, (const char *restrict a, struct stat64 *restrict st),
     (a, st))
CALL(int, fstat64, (int fd, struct stat64 *st), (fd, st))
CALL(int, statx, (int d, const char *restrict a, int flags, unsigned mask,
		  struct statx *restrict st), (d, a, flags, mask, st))
CALL(int, access, (const char *a, int mode), (a, mode))
CALL(int, faccessat, (int d, const char *a, int mode, int flags),
     (d, a, mode, flags))
CALL(int, utimensat, (int d, const char *a, const struct timespec t[2],
		      int flags), (d, a, t, flags))
CALL(int, pipe2, (int ends[2], int flags), (ends, flags))
CALL(int, poll, (struct pollfd *v, nfds_t n, int ms), (v, n, ms))
CALL(pid_t, wait4, (pid_t pid, int *status, int flags, struct rusage *use),
     (pid, status, flags, use))
CALL(void *, mmap64, (void *at, size_t n, int prot, int flags, int fd,
		      off64_t off), (at, n, prot, flags, fd, off))

/* Those that take a mode or an argument, perhaps. */
#define VARYING(name, params, type, after, args) \
int name params \
{ \
	static __typeof__(&name) real; \
	va_list ap; \
	type last; \
 \
	va_start(ap, after); \
	last = va_arg(ap, type); \
	va_end(ap); \
	if (!real) \
		real = REAL(name); \
	return strikes(CALLS, #name, CALLER) ? -1 : real args; \
}

VARYING(open64, (const char *a, int flags, ...), mode_t, flags,
	(a, flags, last))
VARYING(openat64, (int d, const char *a, int flags, ...), mode_t, flags,
	(d, a, flags, last))
VARYING(fcntl64, (int fd, int op, ...), void *, op, (fd, op, last))
VARYING(ioctl, (int fd, unsigned long op, ...), void *, op, (fd, op, last))

long syscall(long what, ...)
{
	static __typeof__(&syscall) real;
	va_list ap;
	long v[6];

	va_start(ap, what);
	for (int i = 0; i < 6; i++)
		v[i] = va_arg(ap, long);
	va_end(ap);
	if (!real)
		real = REAL(syscall);
	if (strikes(CALLS, what == SYS_pidfd_open ? "pidfd_open" : "syscall",
		    CALLER))
		return -1;
	return real(what, v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* These return what is wrong. */
int posix_spawn(pid_t *restrict pid, const char *restrict path,
		const posix_spawn_file_actions_t *restrict actions,
		const posix_spawnattr_t *restrict attr,
		char *const argv[restrict], char *const env[restrict])
{
	static __typeof__(&posix_spawn) real;

	if (!real)
		real = REAL(posix_spawn);
	return strikes(CALLS, "posix_spawn", CALLER)
	       ? error : real(pid, path, actions, attr, argv, env);
}

int pthread_create(pthread_t *restrict t, const pthread_attr_t *restrict attr,
		   void *(*fn)(void *), void *restrict arg)
{
	static __typeof__(&pthread_create) real;

	if (!real)
		real = REAL(pthread_create);
	return strikes(CALLS, "pthread_create", CALLER) ? EAGAIN
						: real(t, attr, fn, arg);
}
