#include "net/ssh_askpass.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/askpass.h"
#include "base/dir.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "base/proc.h"

#define PROGRAM "dver"

struct ssh_askpass {
	struct ssh_secrets *s;
	bool quiet;
	char *dir;		/* owned; NULL: not made */
	char *env[4];		/* owned */
	int fd;
};

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
}

bool ssh_secrets_any(const struct ssh_secrets *s)
{
	return s->known[SSH_PASSWORD] || s->known[SSH_PASSPHRASE] ||
	       s->ask_for[SSH_PASSWORD] || s->ask_for[SSH_PASSPHRASE];
}

void ssh_secrets_release(struct ssh_secrets *s)
{
	for (size_t i = 0; i < s->answers.n; i++)
		wipe(s->answers.v[i]);
	strvec_release(&s->answers);
	strvec_release(&s->prompts);
	strvec_release(&s->logins);
}

void ssh_askpass_free(struct ssh_askpass *a)
{
	if (!a)
		return;
	if (a->fd >= 0)
		(void)os_close(a->fd);
	if (a->dir)
		(void)dir_remove_all(AT_FDCWD, a->dir, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(a->env); i++)
		free(a->env[i]);
	free(a->dir);
	free(a);
}

const char *const *ssh_askpass_env(const struct ssh_askpass *a)
{
	return (const char *const *)a->env;
}

int ssh_askpass_fd(const struct ssh_askpass *a)
{
	return a->fd;
}

/* This program, when it is dver, or the one in PATH. */
static char *find_program(void)
{
	AUTO_FREE char *path = NULL;
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	/* A new one may have been installed meanwhile. */
	if (streq(path_base(self), PROGRAM) && access(self, X_OK) == 0)
		return strdup(self);
	if (str_starts(path_base(self), PROGRAM " (deleted)"))
		return str_printf("/proc/%ld/exe", (long)getpid());
	return proc_find(PROGRAM, &path) ? TAKE(path) : NULL;
}

/* A folder of ours, with the link in it. */
static int make_dir(struct ssh_askpass *a, struct dver_err *err)
{
	const char *tmp = getenv("TMPDIR");
	AUTO_FREE char *program = find_program();
	AUTO_FREE char *link = NULL;
	char *dir = str_printf("%s/dver.XXXXXX",
			       tmp && *tmp == '/' ? tmp : "/tmp");

	if (!dir)
		return err_nomem(err);
	if (!mkdtemp(dir)) {
		(void)err_sys(err, "cannot make folder '%s'", dir);
		free(dir);
		return DVER_EIO;
	}
	a->dir = dir;
	if (!program)
		return err_set(err, DVER_EUNSUPPORTED, "a password for ssh is "
			       "given by the program 'dver', which is not in "
			       "PATH");
	link = path_join(dir, ASKPASS_NAME);
	if (!link)
		return err_nomem(err);
	if (symlink(program, link) < 0)
		return err_sys(err, "cannot make '%s'", link);
	return 0;
}

int ssh_askpass_new(struct ssh_askpass **out, struct ssh_secrets *s,
		    bool quiet, struct dver_err *err)
{
	AUTO_SSH_ASKPASS struct ssh_askpass *a = calloc(1, sizeof(*a));
	AUTO_FREE char *path = NULL;
	int r;

	if (!a)
		return err_nomem(err);
	a->s = s;
	a->quiet = quiet;
	a->fd = -1;
	r = make_dir(a, err);
	if (r < 0)
		return r;
	path = path_join(a->dir, ASKPASS_SOCKET);
	a->env[0] = str_printf("SSH_ASKPASS=%s/" ASKPASS_NAME, a->dir);
	a->env[1] = strdup("SSH_ASKPASS_REQUIRE=force");
	if (!path || !a->env[0] || !a->env[1])
		return err_nomem(err);
	a->fd = askpass_listen(path, err);
	if (a->fd < 0)
		return DVER_EIO;
	*out = TAKE(a);
	return 0;
}

enum ssh_secret ssh_askpass_wants(const char *prompt,
				  const struct strvec *logins)
{
	for (size_t i = 0; i < logins->n; i++) {
		const char *login = logins->v[i];
		size_t len = strlen(login);

		/* "user@host's password: " */
		if (strncmp(prompt, login, len) == 0 &&
		    streq(prompt + len, "'s password: "))
			return SSH_PASSWORD;
		/* "(user@host) Password: " is the server's question. */
		if (prompt[0] == '(' &&
		    strncmp(prompt + 1, login, len) == 0 &&
		    str_starts(prompt + 1 + len, ") ") &&
		    strcasestr(prompt + 1 + len, "password"))
			return SSH_PASSWORD;
	}
	return str_starts(prompt, "Enter passphrase for ") ? SSH_PASSPHRASE
							   : SSH_NO_SECRET;
}

static const char *said_before(const struct ssh_secrets *s,
			       const char *prompt)
{
	for (size_t i = 0; i < s->prompts.n; i++)
		if (streq(s->prompts.v[i], prompt))
			return s->answers.v[i];
	return NULL;
}

/* A host's key is confirmed in plain sight. */
static int ask_person(struct ssh_secrets *s, const char *prompt,
		      const char **answer, struct dver_err *err)
{
	bool plain = strstr(prompt, "(yes/no") != NULL;
	char *said = NULL;
	int r = plain ? s->confirm(s->data, prompt, &said, err)
		      : s->ask(s->data, prompt, &said, err);

	if (r < 0)
		return r;
	if (!strvec_push(&s->prompts, prompt) ||
	    !strvec_take(&s->answers, &said)) {
		wipe(said);
		free(said);
		return err_nomem(err);
	}
	*answer = s->answers.v[s->answers.n - 1];
	return 0;
}

static int find_answer(struct ssh_askpass *a, const char *prompt,
		       const char **answer, struct dver_err *err)
{
	enum ssh_secret which = ssh_askpass_wants(prompt, &a->s->logins);
	bool wanted;
	int r = 0;

	*answer = which == SSH_NO_SECRET ? NULL : a->s->known[which];
	if (!*answer)
		*answer = said_before(a->s, prompt);
	if (*answer || a->quiet)
		return 0;
	wanted = which != SSH_NO_SECRET && a->s->ask_for[which];
	if (a->s->ask && a->s->confirm)
		r = ask_person(a->s, prompt, answer, err);
	else if (wanted)
		r = err_set(err, DVER_EAUTH, "ssh asks '%.200s', and nobody is "
			    "there to answer", prompt);
	/* Nobody was there; ssh says what comes of that. */
	return r == DVER_EAUTH && !wanted ? 0 : r;
}

int ssh_askpass_serve(void *askpass, struct dver_err *err)
{
	struct ssh_askpass *a = askpass;
	AUTO_BUF struct buf prompt = BUF_INIT(ASKPASS_MAX);
	const char *answer = NULL;
	int fd;
	int r = askpass_take(a->fd, &prompt, &fd, err);

	if (r <= 0)
		return r;
	r = find_answer(a, prompt.data, &answer, err);
	askpass_answer(fd, answer);
	return r;
}
