/*
 * doctor_try - a folder to try things in, and git to ask.
 */
#include "workspace/doctor.h"

#include <errno.h>
#include <poll.h>

#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/rand.h"

#define GIT_OUTPUT_MAX (256u << 20)
#define GIT_SAID_MAX 65536
#define END_MS 60000		/* it has closed all that it was given */
#define STEP_MS 100		/* between looks at whether to stop */

void probe_close(struct probe *p)
{
	if (p->path && !p->tmp)
		(void)dir_remove_all(AT_FDCWD, p->path, NULL);
	tmpdir_free(p->tmp);
	if (p->made)
		(void)os_unlinkat(AT_FDCWD, p->made, AT_REMOVEDIR);
	free(p->path);
	free(p->made);
	*p = (struct probe){ .tmp = NULL };
}

static int open_swept(struct probe *p, const char *dir, struct dver_err *err)
{
	int r;

	p->made = str_printf("%s/tmp", dir);
	if (!p->made)
		return err_nomem(err);
	if (access(p->made, F_OK) == 0)
		free(TAKE(p->made));
	r = tmpdir_new(&p->tmp, dir, err);
	if (r < 0)
		return r;
	p->path = strdup(tmpdir_path(p->tmp));
	return p->path ? 0 : err_nomem(err);
}

int probe_open(struct probe *p, const char *dir, bool sweeps,
	       struct dver_err *err)
{
	char name[RAND_NAME_HEX];
	int r;

	*p = (struct probe){ .tmp = NULL };
	if (sweeps && open_swept(p, dir, err) == 0)
		return 0;
	/* Not there, or locks do not work. */
	probe_close(p);
	r = rand_name(name, err);
	if (r < 0)
		return r;
	p->path = str_printf("%s/.dver-probe-%.8s", dir, name);
	if (!p->path)
		return err_nomem(err);
	if (os_mkdir(p->path, 0700) == 0)
		return 0;
	r = err_sys(err, "cannot try anything in '%s'", dir);
	free(TAKE(p->path));
	return r;
}

/* False at the end. */
static bool take(int fd, struct buf *out)
{
	char data[1024];
	ssize_t n = os_read(fd, data, sizeof(data));

	if (n > 0)
		buf_add(out, data, (size_t)n);
	return n > 0;
}

static void drain(struct doctor *d, const struct proc *p, struct buf *out,
		  struct buf *said)
{
	struct pollfd v[2] = { { p->io, POLLIN, 0 }, { p->err, POLLIN, 0 } };

	while ((v[0].fd >= 0 || v[1].fd >= 0) && !doctor_stopped(d)) {
		if (poll(v, 2, STEP_MS) < 0 && errno != EINTR)
			return;
		if (v[0].fd >= 0 && v[0].revents && !take(v[0].fd, out))
			v[0].fd = -1;
		if (v[1].fd >= 0 && v[1].revents && !take(v[1].fd, said))
			v[1].fd = -1;
	}
}

static void first_line(struct buf *b)
{
	buf_truncate(b, strcspn(b->data, "\n"));
}

int doctor_git(struct doctor *d, const char *const *args, struct buf *out,
	       struct buf *said)
{
	const char *argv[24] = { "git", "-C", d->root ? d->root : d->here };
	const char *const env[] = { "GIT_OPTIONAL_LOCKS=0",
				    "GIT_TERMINAL_PROMPT=0", NULL };
	AUTO_BUF struct buf all = BUF_INIT(GIT_OUTPUT_MAX);
	AUTO_BUF struct buf complaint = BUF_INIT(GIT_SAID_MAX);
	struct proc p = PROC_INIT;
	struct dver_err err;
	size_t n = 3;
	int r;

	while (*args && n + 1 < ARRAY_SIZE(argv))
		argv[n++] = *args++;
	r = proc_start(&p, argv, env, &err);
	if (r < 0) {
		if (said)
			buf_setstr(said, err.msg);
		return r;
	}
	drain(d, &p, &all, &complaint);
	r = proc_end(&p, END_MS);
	first_line(&complaint);
	if (said)
		buf_setstr(said, complaint.data);
	if (out) {
		buf_clear(out);
		buf_add(out, all.data, all.len);
	}
	return buf_ok(&all) ? r : DVER_ENOMEM;
}
