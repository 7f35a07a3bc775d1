#include "net/ssh_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"
#include "net/ssh_words.h"

/* With one of these in it git gives a command to the shell. */
#define SHELL_SYNTAX "|&;<>()$`\\\"'\n*?[#~=%"

struct choice {
	char *command;	/* owned; NULL: `program` */
	char *program;	/* owned */
	char *variant;	/* owned; NULL: by the program's name */
};

static void choice_release(struct choice *c)
{
	free(c->command);
	free(c->program);
	free(c->variant);
}
#define AUTO_CHOICE __attribute__((cleanup(choice_release)))

/* What git's configuration says, where there is a git. */
static void ask_git(struct buf *out)
{
	static const char *const argv[] = {
		"git", "config", "-z", "--get-regexp",
		"^(core\\.sshcommand|ssh\\.variant)$", NULL
	};
	struct proc p;
	char data[512];
	ssize_t n;

	if (proc_start(&p, argv, NULL, NULL) < 0)
		return;
	(void)shutdown(p.io, SHUT_WR);
	while ((n = os_read(p.io, data, sizeof(data))) > 0)
		buf_add(out, data, (size_t)n);
	if (proc_end(&p, 5000) != 0)
		buf_clear(out);
}

/* "key\nvalue" of one entry; the last one of a key counts. */
static void take_entry(struct choice *c, const char *entry)
{
	const char *value = strchr(entry, '\n');
	char **where = str_starts(entry, "core.") ? &c->command
						  : &c->variant;

	if (!value || !value[1])
		return;
	free(*where);
	*where = strdup(value + 1);
}

static bool push_words(struct strvec *v, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, " \t");

		if (n && !strvec_pushn(v, s, n))
			return false;
		s += n + (s[n] != '\0');
	}
	return true;
}

static bool push_shell(struct strvec *v, const char *command)
{
	AUTO_FREE char *script = str_printf("%s \"$@\"", command);

	return script && strvec_push(v, "sh") && strvec_push(v, "-c") &&
	       strvec_push(v, script) && strvec_push(v, command);
}

/* The program's name: the first word of the command that is no assignment. */
static void name_of(const struct choice *c, char *out, size_t size)
{
	const char *s = c->command ? c->command : c->program;
	size_t n = c->command ? strcspn(s, " \t") : strlen(s);

	while (c->command && memchr(s, '=', n) && s[n]) {
		s += n + strspn(s + n, " \t");
		n = strcspn(s, " \t");
	}
	(void)snprintf(out, size, "%.*s", (int)MIN(n, size - 1), s);
}

/* Is it "ssh" by its name, so that its kind is no question? */
static bool is_plain_ssh(const struct choice *c)
{
	char name[256];

	name_of(c, name, sizeof(name));
	return streq(path_base(name), "ssh");
}

static void choose(struct choice *c)
{
	AUTO_BUF struct buf b = BUF_PATH;
	const char *command = getenv("GIT_SSH_COMMAND");
	const char *program = getenv("GIT_SSH");
	const char *variant = getenv("GIT_SSH_VARIANT");

	c->command = command ? strdup(command) : NULL;
	c->variant = variant ? strdup(variant) : NULL;
	if (!c->command || (!c->variant && !is_plain_ssh(c)))
		ask_git(&b);
	for (const char *p = b.data; p < b.data + b.len; p += strlen(p) + 1)
		if (!(str_starts(p, "core.") ? command : variant))
			take_entry(c, p);
	if (!c->command || !*c->command) {
		free(TAKE(c->command));
		c->program = strdup(program && *program ? program : "ssh");
	}
}

static enum ssh_kind kind_of(const struct choice *c)
{
	char name[256];
	const char *base = c->variant;

	if (!base || streq(base, "auto")) {
		name_of(c, name, sizeof(name));
		base = path_base(name);
	}
	if (strncasecmp(base, "plink", 5) == 0 ||
	    strncasecmp(base, "putty", 5) == 0 ||
	    strncasecmp(base, "tortoiseplink", 13) == 0)
		return SSH_PLINK;
	return streq(base, "simple") ? SSH_SIMPLE : SSH_OPEN;
}

int ssh_command_program(struct strvec *argv, enum ssh_kind *kind,
			struct dver_err *err)
{
	AUTO_CHOICE struct choice c = { 0 };
	bool ok;

	choose(&c);
	if (!c.command && !c.program)
		return err_nomem(err);
	*kind = kind_of(&c);
	if (!c.command)
		ok = strvec_push(argv, c.program);
	else if (c.command[strcspn(c.command, SHELL_SYNTAX)])
		ok = push_shell(argv, c.command);
	else
		ok = push_words(argv, c.command);
	if (!ok)
		return err_nomem(err);
	if (argv->n > 0)
		return 0;
	return err_set(err, DVER_EINVAL, "git's settings name an empty ssh "
		       "command");
}

/* Arguments up to NULL; sticky. */
static void push(bool *ok, struct strvec *v, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, v);
	while ((s = va_arg(ap, const char *)))
		*ok = *ok && strvec_push(v, s);
	va_end(ap);
}

__attribute__((format(printf, 3, 4)))
static void push_option(bool *ok, struct strvec *v, const char *fmt, ...)
{
	AUTO_BUF struct buf b = BUF_PATH;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	*ok = *ok && buf_ok(&b);
	push(ok, v, "-o", b.data, NULL);
}

/* OpenSSH's: what ssh_config says of forwarding and commands is not for us. */
static void push_openssh(bool *ok, struct strvec *v, const struct ssh_login *l)
{
	static const char *const always[] = {
		"ForwardX11=no", "ForwardAgent=no", "PermitLocalCommand=no",
		"ClearAllForwardings=yes", "RemoteCommand=none",
		"RequestTTY=no",
	};
	const int alive = MAX(l->timeout / 4, 1);

	for (size_t i = 0; i < ARRAY_SIZE(always); i++)
		push(ok, v, "-o", always[i], NULL);
	push_option(ok, v, "ConnectTimeout=%d", l->connect);
	push_option(ok, v, "ServerAliveInterval=%d", alive);
	push(ok, v, "-o", "ServerAliveCountMax=4", NULL);
	if (l->batch)
		push(ok, v, "-o", "BatchMode=yes", NULL);
	if (l->ask_once)
		push(ok, v, "-o", "NumberOfPasswordPrompts=1", NULL);
	if (l->no_agent)
		push(ok, v, "-o", "IdentityAgent=none", NULL);
	if (l->gss_auth)
		push(ok, v, "-o", "GSSAPIAuthentication=yes", NULL);
	if (l->keyfile)
		push(ok, v, "-i", l->keyfile, "-o", "IdentitiesOnly=yes",
		     NULL);
}

static int lacks(const char *what, struct dver_err *err)
{
	return err_set(err, DVER_EUNSUPPORTED, "git's settings name an ssh "
		       "that has no option for %s", what);
}

int ssh_command_login(struct strvec *argv, enum ssh_kind kind,
		      const struct ssh_login *l, struct dver_err *err)
{
	AUTO_FREE char *where = l->user ? str_printf("%s@%s", l->user, l->host)
					: strdup(l->host);
	char port[16];
	bool ok = where != NULL;

	(void)snprintf(port, sizeof(port), "%u", l->port);
	if (kind == SSH_SIMPLE && l->port)
		return lacks("a port", err);
	if (kind == SSH_SIMPLE && l->keyfile)
		return lacks("a key file", err);
	if (kind != SSH_OPEN && l->gss_auth)
		return lacks("GSS-API", err);
	if (kind == SSH_OPEN)
		push_openssh(&ok, argv, l);
	if (kind == SSH_PLINK) {
		push(&ok, argv, "-batch", NULL);
		if (l->no_agent)
			push(&ok, argv, "-noagent", NULL);
		if (l->keyfile)
			push(&ok, argv, "-i", l->keyfile, NULL);
	}
	if (l->port)
		push(&ok, argv, kind == SSH_PLINK ? "-P" : "-p", port, NULL);
	push(&ok, argv, "-s", where, "sftp", NULL);
	return ok ? 0 : err_nomem(err);
}
