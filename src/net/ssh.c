#include "net/ssh.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"

#define PATIENCE 300	/* seconds for a person at a terminal to answer ssh */

static bool has_terminal(void)
{
	AUTO_CLOSE int tty = os_open("/dev/tty", O_RDWR | O_NOCTTY, 0);

	return tty >= 0;
}

/*
 * Does ssh ask us?  When there is something that it has to be told; and when
 * a person is at the terminal, where our progress would write over its
 * question.  Whoever has set up other windows for that keeps them.
 */
static bool asks_us(const struct ssh_target *t, enum ssh_kind kind)
{
	const struct ssh_secrets *s = &t->secrets;

	if (ssh_secrets_any(s))
		return true;
	return kind == SSH_OPEN && s->ask && s->confirm && has_terminal() &&
	       !getenv("SSH_ASKPASS_REQUIRE");
}

/* "user alice" of what ssh -G prints; owned, NULL: not there. */
static char *setting(const struct buf *b, const char *key)
{
	size_t len = strlen(key);
	const char *p = b->data;

	while (*p) {
		size_t line = strcspn(p, "\n");

		if (line > len && strncmp(p, key, len) == 0 && p[len] == ' ')
			return str_ndup(p + len + 1, line - len - 1);
		p += line + (p[line] == '\n');
	}
	return NULL;
}

static bool note_login(struct strvec *v, const char *user, const char *host)
{
	AUTO_FREE char *login = user && host ? str_printf("%s@%s", user, host)
					     : NULL;

	return !login || strvec_take(v, &login);
}

/*
 * How ssh names this login when it asks for the password: by what its
 * configuration makes of user and host (ssh -G tells), not by what we said.
 */
static int find_logins(struct ssh_target *t, const struct strvec *argv,
		       size_t program, struct dver_err *err)
{
	AUTO_STRVEC struct strvec ask = STRVEC_INIT;
	AUTO_BUF struct buf out = BUF_INIT(1u << 20);
	AUTO_FREE char *user = NULL, *host = NULL, *alias = NULL;
	struct proc p;
	char data[1024];
	ssize_t n;
	bool ok = true;
	int r;

	for (size_t i = 0; i < argv->n; i++) {
		if (i == program)
			ok = ok && strvec_push(&ask, "-G");
		ok = ok && strvec_push(&ask, argv->v[i]);
	}
	if (!ok)
		return err_nomem(err);
	r = proc_start(&p, (const char *const *)ask.v, NULL, err);
	if (r < 0)
		return r;
	(void)shutdown(p.io, SHUT_WR);
	while ((n = os_read(p.io, data, sizeof(data))) > 0)
		buf_add(&out, data, (size_t)n);
	(void)proc_end(&p, 2000);
	user = setting(&out, "user");
	host = setting(&out, "hostname");
	alias = setting(&out, "hostkeyalias");
	if (!note_login(&t->secrets.logins, user, host) ||
	    !note_login(&t->secrets.logins, user, alias))
		return err_nomem(err);
	return 0;
}

static int make_argv(struct strvec *argv, struct ssh_target *t, bool extra,
		     bool *asks, struct dver_err *err)
{
	enum ssh_kind kind = SSH_OPEN;
	bool secrets = ssh_secrets_any(&t->secrets);
	size_t program;
	int r = ssh_command_program(argv, &kind, err);

	program = argv->n;
	*asks = asks_us(t, kind);
	t->login.ask_once = *asks;
	t->login.batch = extra && !*asks;
	if (r == 0)
		r = ssh_command_login(argv, kind, &t->login, err);
	if (r == 0 && secrets && kind != SSH_OPEN)
		r = err_set(err, DVER_EUNSUPPORTED, "only OpenSSH's ssh can be "
			    "given a password: git's settings name another "
			    "one");
	if (r == 0 && secrets && t->secrets.logins.n == 0)
		r = find_logins(t, argv, program, err);
	return r;
}

static int start(struct proc *p, const struct strvec *argv,
		 const struct ssh_askpass *a, struct dver_err *err)
{
	int r = proc_start(p, (const char *const *)argv->v,
			   a ? ssh_askpass_env(a) : NULL, err);

	if (r == DVER_ECHILD)
		(void)err_set(err, r, "cannot run '%s': install OpenSSH's "
			      "client, or set git's core.sshCommand",
			      argv->v[0]);
	return r;
}

static int speak(struct sftp_conn **out, struct ssh_target *t, struct proc *p,
		 struct ssh_askpass *a, bool *again, struct dver_err *err)
{
	AUTO_FREE char *peer = t->login.user
			       ? str_printf("%s@%s", t->login.user,
					    t->login.host)
			       : strdup(t->login.host);
	struct sftp_conn_opts opts = {
		.peer = peer, .stall = t->login.timeout,
		.login = 2 * t->login.connect, .cancel = t->cancel,
		.pace = t->pace, .ask_fd = -1,
	};

	if (!peer)
		return err_nomem(err);
	if (a) {
		opts.ask_fd = ssh_askpass_fd(a);
		opts.asked = ssh_askpass_serve;
		opts.data = a;
	} else if (!t->login.batch && has_terminal()) {
		/* ssh may ask there: that takes its time. */
		opts.login = MAX(opts.login, PATIENCE);
	}
	return sftp_conn_open(out, p, &opts, again, err);
}

int ssh_open(struct sftp_conn **out, struct ssh_target *t, bool extra,
	     bool *again, struct dver_err *err)
{
	AUTO_SSH_ASKPASS struct ssh_askpass *a = NULL;
	AUTO_STRVEC struct strvec argv = STRVEC_INIT;
	struct proc p = PROC_INIT;
	bool asks;
	int r = make_argv(&argv, t, extra, &asks, err);

	*again = false;
	if (r < 0)
		return r;
	if (asks)
		r = ssh_askpass_new(&a, &t->secrets, extra, err);
	/* In a program without a dver ssh asks by itself. */
	if (r < 0 && !a && asks && !ssh_secrets_any(&t->secrets))
		r = 0;
	if (r == 0)
		r = start(&p, &argv, a, err);
	if (r < 0)
		return r;
	log_at(1, "ssh: log in to %s", t->login.host);
	r = speak(out, t, &p, a, again, err);
	(void)proc_end(&p, 2000);
	return r;
}
