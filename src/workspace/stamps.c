#include "workspace/stamps.h"

#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/os.h"
#include "base/rand.h"

#define STEPS 8		/* a pause of ours may hide some */

static int open_file(const char *dir, char **path)
{
	char name[RAND_NAME_HEX];

	if (rand_name(name, NULL) < 0)
		return -1;
	*path = str_printf("%s/clock-%s", dir, name);
	return *path ? os_open(*path, O_RDWR | O_CREAT | O_EXCL, 0600) : -1;
}

bool stamps_read(const char *dir, struct stamps *out)
{
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = open_file(dir, &path);
	struct os_stat st;
	bool ok;

	if (fd < 0)
		return false;
	ok = os_fstat(fd, &st) == 0;
	(void)os_unlink(path);
	if (!ok)
		return false;
	out->now_ns = st.mtime_ns;
	out->fine = st.mtime_ns % 1000000000 != 0;
	return true;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t smallest_step(int fd, int limit_ms)
{
	int64_t end = now_ms() + limit_ms;
	int64_t last = 0, least = 0;
	struct os_stat st;
	int steps = 0;

	while (steps < STEPS && now_ms() < end) {
		if (os_pwrite_all(fd, "", 1, 0) < 0 || os_fstat(fd, &st) < 0)
			return -1;
		if (last && st.ctime_ns > last) {
			if (!least || st.ctime_ns - last < least)
				least = st.ctime_ns - last;
			steps++;
		}
		last = st.ctime_ns;
	}
	return least;
}

int64_t stamps_step(const char *dir, int limit_ms)
{
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int fd = open_file(dir, &path);
	int64_t step;

	if (fd < 0)
		return -1;
	step = smallest_step(fd, limit_ms);
	(void)os_unlink(path);
	return step;
}
