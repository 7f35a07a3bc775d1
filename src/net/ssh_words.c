/*
 * ssh_words - ssh has one exit status for all that goes wrong, 255; what it
 * was stands in its words, which are the same in all languages and have hardly
 * changed in twenty years.  What is not known is passed on as it is.
 */
#include "net/ssh_words.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "net/sftp_packet.h"

#define LINE 200	/* of ssh's words in a message */

void ssh_said_add(struct ssh_said *s, const void *data, size_t len)
{
	const char *p = data;

	if (len > sizeof(s->text)) {
		p += len - sizeof(s->text);
		len = sizeof(s->text);
	}
	if (s->len + len > sizeof(s->text)) {
		size_t drop = s->len + len - sizeof(s->text);

		memmove(s->text, s->text + drop, s->len - drop);
		s->len -= drop;
	}
	memcpy(s->text + s->len, p, len);
	s->len += len;
}

int ssh_said_read(struct ssh_said *s, int fd)
{
	char data[1024];
	ssize_t n = os_read(fd, data, sizeof(data));

	if (n > 0)
		ssh_said_add(s, data, (size_t)n);
	return n > 0;
}

void ssh_said_rest(struct ssh_said *s, int fd, int ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	/* Not for ever: a master that stays may keep the other end. */
	for (; fd >= 0 && ms > 0; ms -= 10) {
		int n = poll(&p, 1, 10);

		if ((n < 0 && errno != EINTR) ||
		    (n > 0 && !ssh_said_read(s, fd)))
			return;
	}
}

static const struct meaning {
	const char *words;	/* of ssh */
	int code;
	bool again;
	const char *what;	/* %s: the peer */
	const char *advice;
	const char *better;	/* the line with this says more */
} meanings[] = {
	{ "REMOTE HOST IDENTIFICATION HAS CHANGED", DVER_EAUTH, false,
	  "the host key of '%s' has changed",
	  "somebody may be listening in; if it was meant to change, "
	  "ssh-keygen -R takes the old one away", "Offending " },
	{ "Host key verification failed", DVER_EAUTH, false,
	  "the host key of '%s' is not known here",
	  "log in once with ssh and compare its fingerprint", "key is known" },
	{ "subsystem request failed", DVER_EREMOTE, false,
	  "'%s' offers no SFTP",
	  "its sshd_config needs a line 'Subsystem sftp internal-sftp'",
	  NULL },
	{ "Too many authentication failures", DVER_EAUTH, false,
	  "'%s' refuses the login",
	  "the agent offers too many keys: set the remote's keyfile", NULL },
	{ "Permission denied (", DVER_EAUTH, false,
	  "'%s' refuses the login",
	  "check the user, that the server knows the key or password, and "
	  "whether the key has a passphrase", NULL },
	{ "Could not resolve hostname", DVER_ENET, false,
	  "there is no host '%s'", "check the name and the network", NULL },
	{ "onnection refused", DVER_ENET, true, "cannot reach '%s'",
	  "check host and port, and that its ssh server runs", NULL },
	{ "timed out", DVER_ENET, true, "cannot reach '%s'",
	  "check host, port and network", NULL },
	{ "o route to host", DVER_ENET, true, "cannot reach '%s'",
	  "check the network", NULL },
	{ "etwork is unreachable", DVER_ENET, true, "cannot reach '%s'",
	  "check the network", NULL },
	{ "not responding", DVER_ENET, true, "'%s' does not answer any more",
	  "check the network", NULL },
	{ "onnection closed", DVER_ENET, true, "'%s' hung up",
	  "it may be overloaded, or refuse this user or address", NULL },
	{ "closed by remote host", DVER_ENET, true, "'%s' hung up",
	  "it may be overloaded, or refuse this user or address", NULL },
	{ "onnection reset", DVER_ENET, true, "'%s' hung up",
	  "it may be overloaded, or refuse this user or address", NULL },
	{ "roken pipe", DVER_ENET, true, "'%s' hung up",
	  "check the network", NULL },
};

/* A line that has `words`, from `at` on; NULL: there is none. */
static const char *find_line(const struct ssh_said *s, const char *words,
			     size_t *len)
{
	const char *at = memmem(s->text, s->len, words, strlen(words));
	const char *end = s->text + s->len;
	const char *stop;

	if (!at)
		return NULL;
	while (at > s->text && at[-1] != '\n')
		at--;
	stop = memchr(at, '\n', (size_t)(end - at));
	*len = (size_t)((stop ? stop : end) - at);
	return at;
}

/* The last line that says something. */
static const char *last_line(const struct ssh_said *s, size_t *len)
{
	const char *end = s->text + s->len;
	const char *at;

	while (end > s->text && (unsigned char)end[-1] <= ' ')
		end--;
	at = end;
	while (at > s->text && at[-1] != '\n')
		at--;
	*len = (size_t)(end - at);
	return at;
}

static int not_known(struct dver_err *err, const struct ssh_said *s,
		     const char *peer, int status, bool *again)
{
	char words[LINE];
	size_t len;
	const char *line = last_line(s, &len);

	sftp_clean(words, sizeof(words), line, len);
	if (status == 127)
		return err_set(err, DVER_ECHILD, "cannot run ssh for '%s'%s%s: "
			       "check GIT_SSH_COMMAND and git's "
			       "core.sshCommand", peer, len ? ": " : "",
			       words);
	*again = len == 0;
	if (len == 0)
		return err_set(err, DVER_ENET, "the connection to '%s' was "
			       "lost", peer);
	return err_set(err, DVER_EREMOTE, "cannot speak to '%s': ssh says "
		       "'%s'", peer, words);
}

int ssh_explain(struct dver_err *err, const struct ssh_said *s,
		const char *peer, int status, bool *again)
{
	char words[LINE], what[LINE];
	bool unused;
	size_t len;

	if (!again)
		again = &unused;
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *m = &meanings[i];
		const char *line = find_line(s, m->words, &len);
		const char *more = line && m->better
				   ? find_line(s, m->better, &len) : NULL;
		const char *mark = strchr(m->what, '%');

		if (!line)
			continue;
		if (!more)
			line = find_line(s, m->words, &len);
		sftp_clean(words, sizeof(words), more ? more : line, len);
		(void)snprintf(what, sizeof(what), "%.*s%.100s%s",
			       (int)(mark - m->what), m->what, peer, mark + 2);
		*again = m->again;
		return err_set(err, m->code, "%s (ssh says '%s'): %s", what,
			       words, m->advice);
	}
	return not_known(err, s, peer, status, again);
}
