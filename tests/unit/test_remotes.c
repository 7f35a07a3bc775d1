/*
 * Remotes of the configuration: their URLs, what a driver gets of them, and
 * who is asked for passwords.
 */
#include "tests/harness.h"

#include "base/proc.h"
#include "dver/remote.h"
#include "base/near.h"
#include "repo/remote_url.h"
#include "repo/remotes.h"

static void urls_are_made_clean(void **state)
{
	static const struct {
		const char *url, *clean, *user, *password;
	} v[] = {
		{ "S3://Bucket/a//b/", "s3://Bucket/a//b", NULL, NULL },
		{ "s3://b", "s3://b", NULL, NULL },
		{ "s3://b/with?mark#and %", "s3://b/with?mark#and %", NULL,
		  NULL },
		{ "ssh://me@host:22/x/", "ssh://host:22/x", "me", NULL },
		{ "ssh://me:s%40c:r@Host/~/x", "ssh://Host/~/x", "me",
		  "s@c:r" },
		{ "me@host:x/y", "ssh://host/~/x/y", "me", NULL },
		{ "host:/x%y", "ssh://host/x%25y", NULL, NULL },
		{ "[::1]:x", "ssh://[::1]/~/x", NULL, NULL },
		{ "./a:b", "./a:b", NULL, NULL },
		{ "a/b:c", "a/b:c", NULL, NULL },
		{ "file:///x", "file:///x", NULL, NULL },
		{ "HTTPS://Example.ORG:443/A b/\xc3\xa4%20/",
		  "https://example.org/A%20b/%C3%A4%20", NULL, NULL },
		{ "http://u:p@H:80", "http://h", "u", "p" },
		{ "http://h:443/x", "http://h:443/x", NULL, NULL },
		{ "webdavs://u%40d@h:443/~u/x", "webdavs://h/~u/x", "u@d",
		  NULL },
		{ "azure://c/x/", "azure://c/x", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		AUTO_REMOTE_URL struct remote_url u = { .scheme = 0 };
		struct dver_err err = { 0 };

		if (remote_url_parse(&u, v[i].url, &err) < 0)
			fail_msg("%s: %s", v[i].url, err.msg);
		assert_string_equal(u.url, v[i].clean);
		assert_int_equal(!u.user, !v[i].user);
		if (v[i].user)
			assert_string_equal(u.user, v[i].user);
		assert_int_equal(!u.password, !v[i].password);
		if (v[i].password)
			assert_string_equal(u.password, v[i].password);
	}
}

static void odd_urls_are_refused(void **state)
{
	static const char *const v[] = {
		"", "ssh://", "ssh:///x", "s3://", "s3:///x", "ssh://-x/y",
		"s3://me:secret@b/x", "gs://b/x", "ssh://a\nb/x", "://x",
		"ssh://me:secret@/x", "http://h/x?sig=secret", "http://h/x#y",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		struct dver_err err = { 0 };
		struct remote_url u;

		assert_true(remote_url_parse(&u, v[i], &err) < 0);
		assert_null(strstr(err.msg, "secret"));
		assert_null(u.url);
	}
}

static void passwords_are_seen_and_hidden(void **state)
{
	AUTO_FREE char *shown = remote_url_redact("ssh://me:a@b:c@host/x@y:z");
	AUTO_FREE char *plain = remote_url_redact("ssh://me@host/x:y@z");
	AUTO_FREE char *query = remote_url_redact("https://h/x?sig=s&y");

	(void)state;
	assert_string_equal(shown, "ssh://me:***@host/x@y:z");
	assert_string_equal(plain, "ssh://me@host/x:y@z");
	assert_string_equal(query, "https://h/x?***");
	assert_true(remote_url_has_password("https://u:p@h"));
	assert_false(remote_url_has_password("https://u@h:80/a:b@c"));
	assert_false(remote_url_has_password("u:p@h"));
}

static void near_names_are_found(void **state)
{
	static const char *const names[] = { "endpointurl", "region",
					     "profile", "read_timeout",
					     "timeout" };
	static const struct { const char *typed, *first; size_t n; } v[] = {
		{ "endpoint", "endpointurl", 1 }, { "regoin", "region", 1 },
		{ "Profile", "profile", 1 }, { "time-out", "timeout", 1 },
		{ "timeout", "timeout", 2 }, { "xyzzy", NULL, 0 },
		{ "", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		struct near near;

		near_init(&near, v[i].typed);
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			near_look(&near, names[k]);
		assert_int_equal(near.n, v[i].n);
		if (v[i].first)
			assert_string_equal(near.v[0], v[i].first);
	}
}

/* A workspace without git whose committed and own settings are these. */
static struct dver_repo *repo_with(const char *committed, const char *own)
{
	struct dver_err err = { 0 };
	struct dver_repo *repo = NULL;

	assert_true(dver_repo_init(NULL, DVER_INIT_NO_GIT, &err) >= 0);
	spit(".dver/config", committed);
	spit(".dver/config.local", own);
	assert_int_equal(dver_repo_open(&repo, NULL, NULL, &err), 0);
	return repo;
}

static void a_driver_gets_plain_values(void **state)
{
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	AUTO_FREE char *here = realpath(".", NULL);
	AUTO_FREE char *ca = str_printf("%s/.dver/ca.pem", here);
	struct dver_repo *repo = repo_with(
		"[remote \"o\"]\nurl = s3://b/x/\nmax-rate = 2k\njobs = 3\n"
		"ssl-verify = ca.pem\nuse-ssl = ON\nread-only = yes\n"
		"region = weak\n", "[remote \"o\"]\nregion = strong\n");
	struct dver_err err = { 0 };

	(void)state;
	if (config_remote(repo, NULL, &r, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(r.cfg.url, "s3://b/x");
	assert_true(r.cfg.url_committed);
	assert_int_equal(r.cfg.jobs, 3);
	assert_true(r.cfg.flags & TRANSPORT_READONLY);
	assert_string_equal(transport_setting_str(&r.cfg, "max_rate"), "2048");
	assert_string_equal(transport_setting_str(&r.cfg, "use_ssl"), "true");
	assert_string_equal(transport_setting_str(&r.cfg, "ssl_verify"), ca);
	assert_string_equal(transport_setting_str(&r.cfg, "region"), "strong");
	assert_false(transport_setting(&r.cfg, "region")->committed);
	assert_true(transport_setting(&r.cfg, "use_ssl")->committed);
	assert_null(transport_setting(&r.cfg, "url"));
	remote_release(&r);
	dver_repo_free(repo);
	unlink(".dver/config.local");
	repo = repo_with("[remote \"o\"]\nurl = ssh://me@host/x\n", "");
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_string_equal(r.cfg.url, "ssh://host/x");
	assert_string_equal(transport_setting_str(&r.cfg, "user"), "me");
	assert_int_equal(r.cfg.jobs, 16);
	dver_repo_free(repo);
}

/* A helper that notes what it is told, in the home of the person. */
static void set_helper(const char *answer)
{
	AUTO_FREE char *here = realpath(".", NULL);
	AUTO_FREE char *config = str_printf("[credential]\n\thelper = "
					    "%s/helper\n", here);
	AUTO_FREE char *global = str_printf("%s/gitconfig", here);
	AUTO_FREE char *script = str_printf(
		"#!/bin/sh\necho \"$1\" >>%s/asked\ncat >>%s/asked\n"
		"[ \"$1\" = get ] && printf '%s'\nexit 0\n", here, here,
		answer);

	spit("helper", script);
	assert_int_equal(chmod("helper", 0755), 0);
	spit("gitconfig", config);
	assert_int_equal(setenv("GIT_CONFIG_GLOBAL", global, 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
	unsetenv("GIT_ASKPASS");
	unsetenv("SSH_ASKPASS");
}

static int asked;

static int answer(void *data, const char *prompt, bool secret, char **out,
		  struct dver_err *err)
{
	(void)data;
	(void)err;
	asked++;
	assert_int_equal(secret, strstr(prompt, "Password") != NULL);
	*out = strdup(secret ? "typed" : "me");
	return 0;
}

static void a_helper_knows_passwords(void **state)
{
	struct dver_repo *repo = repo_with("[remote \"o\"]\nurl = "
					   "ssh://host/x\n", "");
	struct transport_login l = { "https", "h:8080", "p/q", NULL, NULL,
				     false };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	struct dver_err err = { 0 };

	(void)state;
	asked = 0;
	set_helper("username=U\\npassword=P x\\n");
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 1);
	assert_string_equal(l.user, "U");
	assert_string_equal(l.password, "P x");
	assert_true(l.from_helper);
	assert_non_null(strstr(slurp("asked"), "get\nprotocol=https\n"
			       "host=h:8080\n"));
	r.cfg.login_done(r.cfg.ask_data, &l, true);
	assert_non_null(strstr(slurp("asked"), "store\n"));
	assert_non_null(strstr(slurp("asked"), "password=P x\n"));
	/* Known by now: the helper is not asked again. */
	spit("asked", "");
	transport_login_release(&l);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 1);
	assert_string_equal(l.password, "P x");
	assert_string_equal(slurp("asked"), "");
	r.cfg.login_done(r.cfg.ask_data, &l, false);
	assert_non_null(strstr(slurp("asked"), "erase\n"));
	transport_login_release(&l);
	dver_repo_free(repo);
}

/* Settings of the repository at hand name no program to run. */
static void a_helper_of_the_repository_is_not_run(void **state)
{
	struct dver_repo *repo = repo_with("[remote \"o\"]\nurl = "
					   "ssh://host/x\n", "");
	struct transport_login l = { "https", "h", NULL, NULL, NULL, false };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	const char *const init[] = { "git", "init", "-q", ".", NULL };
	struct dver_err err = { 0 };

	(void)state;
	asked = 0;
	set_helper("username=EVIL\\npassword=EVIL\\n");
	assert_int_equal(proc_run(init, NULL, NULL, 0, NULL, &err), 0);
	assert_int_equal(rename("gitconfig", ".git/config"), 0);
	spit("gitconfig", "");
	assert_int_equal(setenv("GIT_DIR", ".git", 1), 0);
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 0);
	assert_null(l.password);
	/* Then the person is asked, if there is one; once. */
	dver_repo_set_ask(repo, answer, NULL);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 1);
	assert_string_equal(l.user, "me");
	assert_string_equal(l.password, "typed");
	assert_int_equal(asked, 2);
	transport_login_release(&l);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 1);
	assert_int_equal(asked, 2);
	assert_int_equal(access("asked", F_OK), -1);
	transport_login_release(&l);
	unsetenv("GIT_DIR");
	dver_repo_free(repo);
}

/* A line break in a host would ask for another host's password. */
static void a_helper_is_asked_one_thing(void **state)
{
	struct dver_repo *repo = repo_with("[remote \"o\"]\nurl = "
					   "ssh://host/x\n", "");
	struct transport_login l = { "https", "h\nhost=bank", NULL, NULL,
				     NULL, false };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	struct dver_err err = { 0 };

	(void)state;
	set_helper("username=U\\npassword=P\\n");
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 0);
	assert_int_equal(access("asked", F_OK), -1);
	dver_repo_free(repo);
}

/* Nor is a password given away where a committed file stops the checks. */
static void a_helper_is_not_asked_for_weak_tls(void **state)
{
	struct dver_repo *repo = repo_with("[remote \"o\"]\nurl = s3://b/x\n"
					   "ssl-verify = false\n", "");
	struct transport_login l = { "https", "h", NULL, NULL, NULL, false };
	AUTO_REMOTE struct remote r = REMOTE_INIT;
	struct dver_err err = { 0 };

	(void)state;
	set_helper("username=U\\npassword=P\\n");
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 0);
	dver_repo_free(repo);
	remote_release(&r);
	repo = repo_with("[remote \"o\"]\nurl = s3://b/x\n",
			 "[remote \"o\"]\nssl-verify = false\n");
	assert_int_equal(config_remote(repo, "o", &r, &err), 0);
	assert_int_equal(r.cfg.login(r.cfg.ask_data, &l, &err), 1);
	transport_login_release(&l);
	dver_repo_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(urls_are_made_clean),
		T(odd_urls_are_refused),
		T(passwords_are_seen_and_hidden),
		T(near_names_are_found),
		T(a_driver_gets_plain_values),
		T(a_helper_knows_passwords),
		T(a_helper_of_the_repository_is_not_run),
		T(a_helper_is_asked_one_thing),
		T(a_helper_is_not_asked_for_weak_tls),
	};

	return RUN(tests);
}
