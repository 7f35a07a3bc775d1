/* ssh: URLs, command lines, questions and complaints. */
#include "tests/harness.h"

#include "base/buf.h"
#include "base/vec.h"
#include "net/ssh_askpass.h"
#include "net/ssh_command.h"
#include "net/ssh_url.h"
#include "net/ssh_words.h"

static void expect_url(const char *url, const char *user, const char *host,
		       unsigned port, const char *path)
{
	AUTO_SSH_URL struct ssh_url u = { 0 };
	struct dver_err err = { 0 };

	assert_int_equal(ssh_url_parse(&u, url, &err), 0);
	if (user)
		assert_string_equal(u.user, user);
	else
		assert_null(u.user);
	assert_string_equal(u.host, host);
	assert_int_equal(u.port, port);
	assert_string_equal(u.path, path);
}

static void urls_are_taken_apart(void **state)
{
	(void)state;
	expect_url("ssh://host/srv/data", NULL, "host", 0, "/srv/data");
	expect_url("sftp://alice@host:2222/srv/", "alice", "host", 2222,
		   "/srv");
	expect_url("ssh://host/", NULL, "host", 0, "/");
	expect_url("ssh://host/~/data", NULL, "host", 0, "data");
	expect_url("ssh://host/~", NULL, "host", 0, ".");
	expect_url("ssh://[fe80::1%25eth0]:22/x", NULL, "fe80::1%eth0", 22,
		   "/x");
	expect_url("ssh://a%40b@host/with%20blank/100%", "a@b", "host", 0,
		   "/with blank/100%");
	expect_url("ssh://CORP%5Calice@host/x", "CORP\\alice", "host", 0,
		   "/x");
	expect_url("host:data/x", NULL, "host", 0, "data/x");
	expect_url("alice@host:/srv/x:y", "alice", "host", 0, "/srv/x:y");
	expect_url("[::1]:x", NULL, "::1", 0, "x");
	expect_url("bob@[::1]:x", "bob", "::1", 0, "x");
	expect_url("host:~/x", NULL, "host", 0, "x");
	expect_url("ssh://b\xc3\xa0r/x", NULL, "b\xc3\xa0r", 0, "/x");
}

static void urls_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = {
		"ssh://-oProxyCommand=id/x", "ssh://host", "ssh:///x",
		"ssh://-lroot@host/x", "ssh://a;b@host/x", "ssh://$(id)/x",
		"ssh://host`id`/x", "ssh://a b/x", "ssh://host:0x16/x",
		"ssh://host:70000/x", "ssh://host/a\nb", "ssh://host/%0a",
		"ssh://ho%0ast/x", "ssh://host%3b/x", "ssh://user:secret@h/x",
		"ssh://host/~bob/x", "-host:x", "host:-x", "ssh://[::1/x",
		"ssh://a\\@host/x", "ssh://%2doption/x", "ssh://@host;x/y",
		"ssh://h\xc2\x9b/x", "host:", "ssh://a\"b@host/x", "me@[h:",
	};
	struct dver_err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ssh_url u = { 0 };
		int r = ssh_url_parse(&u, bad[i], &err);

		if (r != DVER_EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_null(u.host);
		assert_null(strstr(err.msg, "secret"));
		assert_null(strchr(err.msg, '\n'));
	}
}

static void the_short_form_is_no_path(void **state)
{
	(void)state;
	assert_true(ssh_url_is_short("host:path"));
	assert_true(ssh_url_is_short("a@host:/path"));
	assert_true(ssh_url_is_short("[::1]:path"));
	assert_false(ssh_url_is_short("./a:b"));
	assert_false(ssh_url_is_short("/a:b"));
	assert_false(ssh_url_is_short("dir/a:b"));
	assert_false(ssh_url_is_short("path"));
	assert_false(ssh_url_is_short("s3://bucket/x"));
	assert_false(ssh_url_is_short(":x"));
}

/* argv as one line. */
static const char *command(const struct ssh_login *l)
{
	static char line[4096];
	AUTO_STRVEC struct strvec v = STRVEC_INIT;
	enum ssh_kind kind;
	struct dver_err err = { 0 };

	line[0] = '\0';
	if (ssh_command_program(&v, &kind, &err) < 0 ||
	    ssh_command_login(&v, kind, l, &err) < 0) {
		(void)snprintf(line, sizeof(line), "%s", err.msg);
		return line;
	}
	for (size_t i = 0; i < v.n; i++) {
		size_t n = strlen(line);

		(void)snprintf(line + n, sizeof(line) - n, "%s|", v.v[i]);
	}
	return line;
}

static void no_settings(void)
{
	assert_int_equal(unsetenv("GIT_SSH"), 0);
	assert_int_equal(unsetenv("GIT_SSH_COMMAND"), 0);
	assert_int_equal(unsetenv("GIT_SSH_VARIANT"), 0);
	assert_int_equal(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_GLOBAL", "gitconfig", 1), 0);
}

static void ssh_gets_what_the_options_say(void **state)
{
	struct ssh_login l = { .host = "host", .connect = 30,
			       .timeout = 60 };
	const char *line;

	(void)state;
	no_settings();
	line = command(&l);
	assert_ptr_equal(strstr(line, "ssh|-o|"), line);
	assert_non_null(strstr(line, "|ClearAllForwardings=yes|"));
	assert_non_null(strstr(line, "|ConnectTimeout=30|"));
	assert_non_null(strstr(line, "|ServerAliveInterval=15|"));
	assert_true(strcmp(strstr(line, "|-s|"), "|-s|host|sftp|") == 0);
	assert_null(strstr(line, "BatchMode"));
	assert_null(strstr(line, "Identit"));
	l = (struct ssh_login){ .host = "h", .user = "me", .port = 22,
				.keyfile = "/k y", .no_agent = true,
				.gss_auth = true, .batch = true,
				.timeout = 1 };
	line = command(&l);
	assert_non_null(strstr(line, "|-i|/k y|-o|IdentitiesOnly=yes|"));
	assert_non_null(strstr(line, "|IdentityAgent=none|"));
	assert_non_null(strstr(line, "|GSSAPIAuthentication=yes|"));
	assert_non_null(strstr(line, "|BatchMode=yes|"));
	assert_non_null(strstr(line, "|ServerAliveInterval=1|"));
	assert_non_null(strstr(line, "|-p|22|-s|me@h|sftp|"));
}

static void the_users_own_ssh_is_run(void **state)
{
	const struct ssh_login l = { .host = "h", .port = 5, .timeout = 60 };

	(void)state;
	no_settings();
	spit("gitconfig", "[core]\n\tsshCommand = ssh -F my/config\n");
	assert_non_null(strstr(command(&l), "ssh|-F|my/config|-o|"));
	assert_int_equal(setenv("GIT_SSH", "/opt/my ssh", 1), 0);
	assert_non_null(strstr(command(&l), "ssh|-F|my/config|-o|"));
	assert_int_equal(setenv("GIT_SSH_COMMAND", "ssh -v -v", 1), 0);
	assert_non_null(strstr(command(&l), "ssh|-v|-v|-o|"));
	/* Shell syntax is a shell's to read. */
	assert_int_equal(setenv("GIT_SSH_COMMAND", "ssh -i \"$HOME/k\"", 1),
			 0);
	assert_non_null(strstr(command(&l), "sh|-c|ssh -i \"$HOME/k\" "
			       "\"$@\"|ssh -i \"$HOME/k\"|-o|"));
	no_settings();
	spit("gitconfig", "");
	assert_int_equal(setenv("GIT_SSH", "/opt/my ssh", 1), 0);
	assert_non_null(strstr(command(&l), "/opt/my ssh|-o|"));
	assert_int_equal(setenv("GIT_SSH", "/opt/plink", 1), 0);
	assert_string_equal(command(&l),
			    "/opt/plink|-batch|-P|5|-s|h|sftp|");
	assert_int_equal(setenv("GIT_SSH_VARIANT", "simple", 1), 0);
	assert_non_null(strstr(command(&l), "no option for a port"));
	no_settings();
}

static void secrets_answer_their_own_questions(void **state)
{
	AUTO_STRVEC struct strvec me = STRVEC_INIT;

	(void)state;
	assert_true(strvec_push(&me, "alice@10.0.0.1"));
	assert_int_equal(ssh_askpass_wants("alice@10.0.0.1's password: ", &me),
			 SSH_PASSWORD);
	assert_int_equal(ssh_askpass_wants("(alice@10.0.0.1) Password: ", &me),
			 SSH_PASSWORD);
	assert_int_equal(ssh_askpass_wants("Enter passphrase for key '/k': ",
					   &me), SSH_PASSPHRASE);
	/* A jump host, and questions that a server words. */
	assert_int_equal(ssh_askpass_wants("alice@jump's password: ", &me),
			 SSH_NO_SECRET);
	assert_int_equal(ssh_askpass_wants("(alice@jump) "
					   "alice@10.0.0.1's password: ", &me),
			 SSH_NO_SECRET);
	assert_int_equal(ssh_askpass_wants("(alice@jump) Enter passphrase "
					   "for key '/k': ", &me),
			 SSH_NO_SECRET);
	assert_int_equal(ssh_askpass_wants("alice@10.0.0.1's password: and "
					   "more", &me), SSH_NO_SECRET);
	assert_int_equal(ssh_askpass_wants("(alice@10.0.0.1) One-time code: ",
					   &me), SSH_NO_SECRET);
	assert_int_equal(ssh_askpass_wants("Are you sure you want to continue "
					   "connecting (yes/no)? ", &me),
			 SSH_NO_SECRET);
}

static void complaints_are_understood(void **state)
{
	static const struct {
		const char *said;
		int code;
		bool again;
		const char *want;
	} v[] = {
		{ "ssh: Could not resolve hostname x: Name or service not "
		  "known\r\n", DVER_ENET, false, "there is no host 'me@x'" },
		{ "debug1: foo\nssh: connect to host x port 22: Connection "
		  "refused\r\n", DVER_ENET, true, "port 22" },
		{ "me@x: Permission denied (publickey,password).\r\n",
		  DVER_EAUTH, false, "Permission denied (publickey" },
		{ "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n"
		  "Offending RSA key in /h/known_hosts:3\n"
		  "Host key verification failed.\n", DVER_EAUTH, false,
		  "known_hosts:3" },
		{ "No ED25519 host key is known for x and you have requested "
		  "strict checking.\nHost key verification failed.\n",
		  DVER_EAUTH, false, "No ED25519 host key is known" },
		{ "subsystem request failed on channel 0\n", DVER_EREMOTE,
		  false, "internal-sftp" },
		{ "Connection closed by 1.2.3.4 port 22\n", DVER_ENET, true,
		  "hung up" },
		{ "something\nnew \x1b[31mand odd\n\n", DVER_EREMOTE, false,
		  "'new  [31mand odd'" },
		{ "", DVER_ENET, true, "was lost" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		struct ssh_said s = { .len = 0 };
		struct dver_err err;
		bool again;

		ssh_said_add(&s, v[i].said, strlen(v[i].said));
		assert_int_equal(ssh_explain(&err, &s, "me@x", 255, &again),
				 v[i].code);
		assert_int_equal(again, v[i].again);
		if (!strstr(err.msg, v[i].want))
			fail_msg("no '%s' in '%s'", v[i].want, err.msg);
	}
}

static void the_last_words_are_kept(void **state)
{
	struct ssh_said s = { .len = 0 };
	char chunk[700];

	(void)state;
	for (int i = 0; i < 10; i++) {
		memset(chunk, 'a' + i, sizeof(chunk));
		ssh_said_add(&s, chunk, sizeof(chunk));
	}
	assert_int_equal(s.len, sizeof(s.text));
	assert_int_equal(s.text[s.len - 1], 'j');
	assert_int_equal(s.text[s.len - 700], 'j');
	assert_int_equal(s.text[s.len - 701], 'i');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(urls_are_taken_apart),
		T(urls_that_make_no_sense_are_refused),
		T(the_short_form_is_no_path),
		T(ssh_gets_what_the_options_say),
		T(the_users_own_ssh_is_run),
		T(secrets_answer_their_own_questions),
		T(complaints_are_understood),
		T(the_last_words_are_kept),
	};

	return RUN(tests);
}
