#include "net/ssh.h"

#include <sys/socket.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/os.h"

#define PATIENCE 300	/* seconds for a person at a terminal to answer ssh */

/* ssh asks at the terminal, if there is one: that may take its time. */
static int login_limit(const struct ssh_target *t)
{
	AUTO_CLOSE int tty = os_open("/dev/tty", O_RDWR | O_NOCTTY, 0);
	int limit = 2 * t->login.connect;

	return tty < 0 ? limit : MAX(limit, PATIENCE);
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

static int make_argv(struct strvec *argv, struct ssh_target *t,
		     struct dver_err *err)
{
	enum ssh_kind kind = SSH_OPEN;
	bool secrets = ssh_secrets_any(&t->secrets);
	size_t program;
	int r = ssh_command_program(argv, &kind, err);

	program = argv->n;
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

int ssh_open(struct sftp_conn **out, struct ssh_target *t, bool extra,
	     bool *again, struct dver_err *err)
{
	AUTO_SSH_ASKPASS struct ssh_askpass *a = NULL;
	AUTO_STRVEC struct strvec argv = STRVEC_INIT;
	AUTO_FREE char *peer = NULL;
	struct proc p = PROC_INIT;
	struct sftp_conn_opts opts = { .ask_fd = -1, .stall = t->login.timeout,
				       .cancel = t->cancel,
				       .pace = t->pace };
	bool secrets = ssh_secrets_any(&t->secrets);
	int r;

	*again = false;
	t->login.ask_once = secrets;
	t->login.batch = extra && !secrets;
	r = make_argv(&argv, t, err);
	if (r == 0 && secrets)
		r = ssh_askpass_new(&a, &t->secrets, err);
	if (r == 0)
		r = start(&p, &argv, a, err);
	if (r < 0)
		return r;
	peer = t->login.user ? str_printf("%s@%s", t->login.user,
					  t->login.host)
			     : strdup(t->login.host);
	log_at(1, "ssh: log in to %s", t->login.host);
	opts.peer = peer;
	opts.login = extra ? 2 * t->login.connect : login_limit(t);
	if (a) {
		opts.ask_fd = ssh_askpass_fd(a);
		opts.asked = ssh_askpass_serve;
		opts.data = a;
	}
	r = peer ? sftp_conn_open(out, &p, &opts, again, err)
		 : err_nomem(err);
	(void)proc_end(&p, 2000);
	return r;
}
