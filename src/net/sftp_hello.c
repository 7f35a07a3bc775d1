/*
 * sftp_hello - the greeting, while ssh still logs in: it may ask for a
 * password, complain, or give up; and what comes first may be no SFTP, but
 * something that the server's shell prints for people.
 */
#include "net/sftp_conn_internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/os.h"

#define TICK 250		/* ms */
#define MORE_TEXT 300		/* ms to wait for the rest of a text */
#define TEXT_MAX 120
#define ENDING 2000		/* ms for ssh to end after it hung up */

struct hello {
	struct proc *p;
	const struct sftp_conn_opts *opts;
	struct ssh_said said;
	bool err_open;
	uint8_t head[4];
	size_t len;		/* of the body; known when the head is in */
	struct buf body;
	size_t got;		/* of head and body together */
	int64_t until;
};

static int say_init(struct hello *h, struct dver_err *err)
{
	static const uint8_t init[9] = { 0, 0, 0, 5, SFTP_INIT, 0, 0, 0, 3 };
	size_t done = 0;

	while (done < sizeof(init)) {
		ssize_t n = send(h->p->io, init + done, sizeof(init) - done,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		/* It is dead: what it said is read below. */
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (n < 0)
			return err_sys(err, "cannot write to ssh");
		done += (size_t)n;
	}
	return 0;
}

/* Not SFTP: take some more of it, to show. */
static int show_text(struct hello *h, struct dver_err *err)
{
	struct pollfd p = { h->p->io, POLLIN, 0 };
	char text[TEXT_MAX + 1], shown[TEXT_MAX + 1];
	size_t n = MIN(h->got, sizeof(h->head));

	memcpy(text, h->head, n);
	while (n < TEXT_MAX && poll(&p, 1, MORE_TEXT) > 0) {
		ssize_t k = os_read(h->p->io, text + n, TEXT_MAX - n);

		if (k <= 0)
			break;
		n += (size_t)k;
	}
	/* Behind it comes SFTP itself, which starts with a zero. */
	sftp_clean(shown, sizeof(shown), text, strnlen(text, n));
	return err_set(err, DVER_EREMOTE, "'%s' says '%s' instead of SFTP: its "
		       "shell prints something at login, look into .bashrc "
		       "and the like there", h->opts->peer, shown);
}

/* ssh is gone: its words and its exit status tell why. */
static int gave_up(struct hello *h, bool *again, struct dver_err *err)
{
	int status;

	if (h->err_open)
		ssh_said_rest(&h->said, h->p->err, ENDING);
	status = proc_end(h->p, ENDING);
	if (h->got > 0 && h->got <= sizeof(h->head)) {
		char shown[8];

		sftp_clean(shown, sizeof(shown), h->head, h->got);
		return err_set(err, DVER_EREMOTE, "'%s' says '%s' instead of "
			       "SFTP, and hangs up", h->opts->peer, shown);
	}
	return ssh_explain(err, &h->said, h->opts->peer, status, again);
}

/* 1: all of it is there; 0: go on. */
static int read_some(struct hello *h, bool *again, struct dver_err *err)
{
	uint8_t data[1024];
	bool in_head = h->got < sizeof(h->head);
	size_t want = in_head ? sizeof(h->head) - h->got
			      : sizeof(h->head) + h->len - h->got;
	ssize_t n = os_read(h->p->io, data, MIN(want, sizeof(data)));

	if (n <= 0)
		return gave_up(h, again, err);
	if (in_head)
		memcpy(h->head + h->got, data, (size_t)n);
	else
		buf_add(&h->body, data, (size_t)n);
	h->got += (size_t)n;
	if (h->got < sizeof(h->head))
		return 0;
	if (in_head && sftp_length(h->head, &h->len) < 0)
		return show_text(h, err);
	return h->got == sizeof(h->head) + h->len;
}

static int is_over(struct hello *h, struct dver_err *err)
{
	int r = cancel_check(h->opts->cancel, err);

	if (r < 0 || sftp_now() < h->until)
		return r;
	return err_set(err, DVER_ENET, "'%s' has not let us in for %d seconds",
		       h->opts->peer, h->opts->login);
}

static void start_clock(struct hello *h)
{
	h->until = sftp_now() + (int64_t)h->opts->login * 1000;
}

/* Until the greeting is whole: 0. */
static int listen_to(struct hello *h, bool *again, struct dver_err *err)
{
	int r = 0;

	while (r == 0) {
		struct pollfd p[3] = {
			{ h->p->io, POLLIN, 0 },
			{ h->err_open ? h->p->err : -1, POLLIN, 0 },
			{ h->opts->ask_fd, POLLIN, 0 },
		};

		if (poll(p, 3, TICK) < 0 && errno != EINTR)
			return err_sys(err, "cannot poll ssh");
		if (p[1].revents)
			h->err_open = ssh_said_read(&h->said, h->p->err);
		if (p[2].revents) {
			r = h->opts->asked(h->opts->data, err);
			/* A person's time is not the server's. */
			start_clock(h);
		}
		if (r == 0 && p[0].revents)
			r = read_some(h, again, err);
		if (r == 0)
			r = is_over(h, err);
	}
	return MIN(r, 0);
}

int sftp_hello(struct proc *p, const struct sftp_conn_opts *opts,
	       unsigned *extensions, bool *again, struct dver_err *err)
{
	struct hello h = {
		.p = p, .opts = opts, .err_open = p->err >= 0,
		.body = BUF_INIT(SFTP_PACKET_MAX),
	};
	int r = say_init(&h, err);

	*again = false;
	start_clock(&h);
	if (r == 0)
		r = listen_to(&h, again, err);
	if (r == 0)
		r = buf_check(&h.body, err);
	if (r == 0 && h.body.data[0] != (char)SFTP_VERSION)
		r = err_set(err, DVER_EREMOTE, "'%s' answers with what is no "
			    "SFTP", opts->peer);
	if (r == 0)
		r = sftp_version(h.body.data + 1, h.body.len - 1, extensions,
				 err);
	buf_release(&h.body);
	return r;
}
