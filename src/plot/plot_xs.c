#include "plot/plot_xs.h"

#include <fcntl.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"

#define PIECE 65536	/* rows that are held in memory */

struct plot_xs {
	double *v;		/* owned, PIECE of them */
	size_t n, next;		/* that are in v, that were taken */
	uint64_t all, taken;	/* taken: up to the end of v */
	int fd;			/* -1: all are in v */
};

int plot_xs_new(struct plot_xs **out, struct dver_err *err)
{
	AUTO_PLOT_XS struct plot_xs *xs = calloc(1, sizeof(*xs));

	if (!xs)
		return err_nomem(err);
	xs->fd = -1;
	xs->v = mem_array(PIECE, sizeof(*xs->v));
	if (!xs->v)
		return err_nomem(err);
	*out = TAKE(xs);
	return 0;
}

void plot_xs_free(struct plot_xs *xs)
{
	if (!xs)
		return;
	if (xs->fd >= 0)
		(void)close(xs->fd);
	free(xs->v);
	free(xs);
}

uint64_t plot_xs_count(const struct plot_xs *xs)
{
	return xs->all;
}

/* Write what is in v. */
static int spill(struct plot_xs *xs, struct dver_err *err)
{
	const char *dir = getenv("TMPDIR");

	if (!dir || !*dir)
		dir = "/tmp";
	if (xs->fd < 0)
		xs->fd = os_open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (xs->fd < 0)
		return err_sys(err, "cannot make a temporary file in '%s'",
			       dir);
	if (os_write_all(xs->fd, xs->v, xs->n * sizeof(*xs->v)) < 0)
		return err_sys(err, "cannot write a temporary file in '%s'",
			       dir);
	xs->n = 0;
	return 0;
}

int plot_xs_add(struct plot_xs *xs, double x, struct dver_err *err)
{
	int r = xs->n == PIECE ? spill(xs, err) : 0;

	if (r < 0)
		return r;
	xs->v[xs->n++] = x;
	xs->all++;
	return 0;
}

int plot_xs_rewind(struct plot_xs *xs, struct dver_err *err)
{
	int r = xs->fd >= 0 && xs->taken == 0 ? spill(xs, err) : 0;

	xs->next = 0;
	xs->taken = xs->fd < 0 ? xs->all : 0;
	if (xs->fd >= 0)
		xs->n = 0;
	return r;
}

/* The next ones out of the file. */
static int fill(struct plot_xs *xs, struct dver_err *err)
{
	size_t want = (size_t)MIN(xs->all - xs->taken, (uint64_t)PIECE);
	size_t bytes = want * sizeof(*xs->v);
	ssize_t n = os_pread_full(xs->fd, xs->v, bytes,
				  xs->taken * sizeof(*xs->v));

	if (n < 0)
		return err_sys(err, "cannot read a temporary file");
	if ((size_t)n < bytes)
		return err_set(err, DVER_EIO, "a temporary file is shorter "
			       "than it was written");
	xs->n = want;
	xs->next = 0;
	xs->taken += want;
	return 0;
}

int plot_xs_next(struct plot_xs *xs, double *x, struct dver_err *err)
{
	int r = 0;

	if (xs->next == xs->n && xs->taken < xs->all)
		r = fill(xs, err);
	if (r < 0 || xs->next == xs->n)
		return r;
	*x = xs->v[xs->next++];
	return 1;
}
