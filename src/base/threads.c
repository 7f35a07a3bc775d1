/*
 * threads - how many CPUs this process may really use: the least of its
 * affinity mask, its cgroup's quota (v2, then v1) and what Slurm gave it.
 */
#include "base/pool.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/os.h"

static long parse_positive(const char *text)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	return errno == 0 && end != text && v > 0 ? v : 0;
}

static long read_number(const char *path)
{
	AUTO_FREE char *text = NULL;
	size_t len;

	if (os_slurp(&text, &len, path, 4096, NULL) < 0)
		return 0;
	return parse_positive(text);
}

static long quota_cpus(long quota, long period)
{
	if (quota <= 0 || period <= 0)
		return 0;
	return MAX((quota + period - 1) / period, 1L);
}

/* "max 100000" or "150000 100000". */
static long cgroup_v2(void)
{
	AUTO_FREE char *text = NULL;
	const char *space;
	size_t len;

	if (os_slurp(&text, &len, "/sys/fs/cgroup/cpu.max", 4096, NULL) < 0)
		return 0;
	space = strchr(text, ' ');
	return space ? quota_cpus(parse_positive(text),
				  parse_positive(space + 1)) : 0;
}

static long cgroup_v1(void)
{
	return quota_cpus(read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
			  read_number("/sys/fs/cgroup/cpu/"
				      "cpu.cfs_period_us"));
}

static void at_most(long *n, long limit)
{
	if (limit > 0 && limit < *n)
		*n = limit;
}

int pool_default_threads(void)
{
	const char *slurm = getenv("SLURM_CPUS_PER_TASK");
	cpu_set_t set;
	long n = 1;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	at_most(&n, cgroup_v2());
	at_most(&n, cgroup_v1());
	at_most(&n, slurm ? parse_positive(slurm) : 0);
	return (int)MAX(n, 1L);
}
