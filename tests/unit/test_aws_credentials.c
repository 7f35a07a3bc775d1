/*
 * aws_credentials: every source of keys, against tests/server/aws.py, which
 * checks signatures and tokens as AWS's services do.
 */
#include "tests/harness.h"

#include <pthread.h>

#include "base/buf.h"
#include "net/aws_credentials.h"
#include "tests/unit/stand_in.h"

static struct stand_in server;

/* Every variable that AWS's tools look at. */
static const char *const names[] = {
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
	"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION",
	"AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
	"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_CA_BUNDLE",
	"AWS_ENDPOINT_URL_SSO_OIDC",
	"AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	"AWS_EC2_METADATA_SERVICE_ENDPOINT",
	"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
	"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_METADATA_SERVICE_TIMEOUT",
	"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
};

static int enter(void **state)
{
	char cwd[200], home[300];
	int r = harness_enter(state);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unsetenv(names[i]);
	(void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	(void)setenv("AWS_ENDPOINT_URL_STS", server.base, 1);
	(void)setenv("AWS_ENDPOINT_URL_SSO", server.base, 1);
	if (r < 0 || !getcwd(cwd, sizeof(cwd)))
		return -1;
	(void)setenv("HOME", cwd, 1);
	(void)snprintf(home, sizeof(home), "%s/.aws", cwd);
	return mkdir(home, 0700);
}
#define E(f) cmocka_unit_test_setup_teardown(f, enter, harness_leave)

static void set(const char *what)
{
	stand_in_set(&server, what);
}

static bool counted(const char *json)
{
	return stand_in_says(&server, "/count", json);
}

/* What the settings say; the rest is in the environment and in files. */
struct asked {
	struct aws_files files;
	struct aws_credentials_opts opts;
	struct dver_err err;
};

static int get(struct asked *a, struct aws_keys *out)
{
	AUTO_AWS_PROFILES struct aws_profiles *p = NULL;
	struct aws_credentials *c = NULL;
	int r = aws_profiles_new(&p, &a->files, &a->err);

	a->opts.profiles = p;
	if (r == 0)
		r = aws_credentials_new(&c, &a->opts, &a->err);
	if (r == 0)
		r = aws_credentials_get(c, out, &a->err);
	aws_credentials_free(c);
	return r;
}

static void finds(struct asked *a, const char *id, const char *source)
{
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	int r = get(a, &k);

	if (r < 0)
		print_error("# %s\n", a->err.msg);
	assert_int_equal(r, 0);
	assert_string_equal(k.id, id);
	assert_string_equal(k.source, source);
}

static void fails(struct asked *a, int code, const char *words)
{
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	int r = get(a, &k);

	if (r != code || !strstr(a->err.msg, words))
		print_error("# %d: %s\n", r, r < 0 ? a->err.msg : k.id);
	assert_int_equal(r, code);
	assert_non_null(strstr(a->err.msg, words));
}

static void settings_come_before_environment_before_profile(void **state)
{
	struct asked a = { 0 };

	(void)state;
	fails(&a, DVER_EAUTH, "there are no credentials");
	spit(".aws/credentials", "[default]\naws_access_key_id = FILE\n"
				 "aws_secret_access_key = x\n"
				 "[other]\naws_access_key_id = OTHER\n"
				 "aws_secret_access_key = x\n"
				 "[half]\naws_access_key_id = HALF\n");
	finds(&a, "FILE", "the profile");
	(void)setenv("AWS_PROFILE", "other", 1);
	finds(&a, "OTHER", "the profile");
	(void)setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
	fails(&a, DVER_EAUTH, "not AWS_SECRET_ACCESS_KEY");
	(void)setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	finds(&a, "ENV", "the environment");
	/* A profile in the settings is meant: the environment is not. */
	a.files.profile = "default";
	finds(&a, "FILE", "the profile");
	a.files.profile = "half";
	fails(&a, DVER_EAUTH, "but not 'aws_secret_access_key'");
	a.files.profile = "none";
	fails(&a, DVER_ENOTFOUND, "there is no profile 'none'");
	a.files.profile = NULL;
	a.opts.id = "SET";
	fails(&a, DVER_EAUTH, "'access_key_id' is set but not");
	a.opts.secret = "s";
	finds(&a, "SET", "the settings");
}

static void files_can_lie_elsewhere(void **state)
{
	struct asked a = { 0 };

	(void)state;
	spit("c", "[profile p]\nregion = eu-west-3\ns3 =\n"
		  "  addressing_style = virtual\nservices = s\n"
		  "[services s]\ns3 =\n  endpoint_url = http://s3.example\n");
	spit("k", "[p]\naws_access_key_id = K\naws_secret_access_key = s\n");
	(void)setenv("AWS_CONFIG_FILE", "c", 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "k", 1);
	(void)setenv("AWS_PROFILE", "p", 1);
	finds(&a, "K", "the profile");
	a.files.credentials = "missing";
	fails(&a, DVER_ENOTFOUND, "cannot open 'missing'");
	spit("bad", "[p\n");
	a.files.credentials = "bad";
	fails(&a, DVER_EFORMAT, "bad:1: ']' is missing");
}

static void regions_and_endpoints(void **state)
{
	AUTO_AWS_PROFILES struct aws_profiles *p = NULL;
	struct aws_files f = { .config = "c", .profile = "p" };

	(void)state;
	spit("c", "[profile p]\nregion = eu-west-3\ns3 =\n"
		  "  addressing_style = virtual\nservices = s\nca_bundle = ca\n"
		  "[profile q]\nendpoint_url = http://q.example\n"
		  "[services s]\ns3 =\n  endpoint_url = http://s3.example\n");
	assert_int_equal(aws_profiles_new(&p, &f, NULL), 0);
	assert_string_equal(aws_region(p), "eu-west-3");
	assert_string_equal(aws_endpoint(p, "s3"), "http://s3.example");
	assert_string_equal(aws_endpoint(p, "sts"), server.base);
	assert_string_equal(aws_ca_bundle(p), "ca");
	assert_string_equal(aws_profile_sub(p, "p", "s3", "addressing_style"),
			    "virtual");
	(void)setenv("AWS_DEFAULT_REGION", "r2", 1);
	assert_string_equal(aws_region(p), "r2");
	(void)setenv("AWS_REGION", "r1", 1);
	assert_string_equal(aws_region(p), "r1");
	(void)setenv("AWS_ENDPOINT_URL", "http://all", 1);
	assert_string_equal(aws_endpoint(p, "s3"), "http://all");
	(void)setenv("AWS_ENDPOINT_URL_S3", "http://one", 1);
	assert_string_equal(aws_endpoint(p, "s3"), "http://one");
	(void)setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_null(aws_endpoint(p, "s3"));
}

static void credential_process_runs_without_a_shell(void **state)
{
	struct asked a = { 0 };
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;

	(void)state;
	spit("give keys", "#!/bin/sh\n[ \"$1\" = 'a  b$(touch x)' ] || exit 3\n"
	     "echo '{\"Version\": 1, \"AccessKeyId\": \"P\", "
	     "\"SecretAccessKey\": \"s\", \"SessionToken\": \"t\", "
	     "\"Expiration\": \"2099-01-02T03:04:05+01:00\"}'\n");
	assert_int_equal(chmod("give keys", 0700), 0);
	spit(".aws/config", "[default]\ncredential_process = \"./give keys\" "
			    "'a  b$(touch x)'\n");
	assert_int_equal(get(&a, &k), 0);
	assert_string_equal(k.id, "P");
	assert_string_equal(k.token, "t");
	assert_int_equal(k.expires, 4071002645);
	assert_int_equal(access("x", F_OK), -1);
	spit(".aws/config", "[default]\ncredential_process = './give keys' no"
			    "\n");
	fails(&a, DVER_ECHILD, "'./give keys' exits with 3");
	spit(".aws/config", "[default]\ncredential_process = 'x\n");
	fails(&a, DVER_EINVAL, "a quote is not closed");
	spit(".aws/config", "[default]\ncredential_process = echo {}\n");
	fails(&a, DVER_EFORMAT, "not of 'Version' 1");
	spit(".aws/config", "[default]\ncredential_process = /no/such\n");
	fails(&a, DVER_ECHILD, "there is no such program");
}

static void a_committed_file_runs_no_command(void **state)
{
	struct asked a = { .files = { .config = "c",
				      .config_committed = true } };

	(void)state;
	spit("c", "[default]\ncredential_process = touch x\n");
	fails(&a, DVER_EAUTH, "a committed setting names its file 'c'");
	assert_int_equal(access("x", F_OK), -1);
	/* Nor is a file read on its word and sent away. */
	spit("c", "[default]\nrole_arn = arn:role/x\n"
		  "web_identity_token_file = /etc/passwd\n");
	fails(&a, DVER_EAUTH, "a committed setting names its file 'c'");
	spit("c", "[default]\nendpoint_url = http://evil.example\n");
	(void)unsetenv("AWS_ENDPOINT_URL_STS");
	a.files.config_committed = true;
	fails(&a, DVER_EAUTH, "there are no credentials");
}

static int answer_code(void *data, const char *prompt, char **answer,
		       struct dver_err *err)
{
	(void)err;
	assert_non_null(strstr(prompt, "arn:mfa"));
	*answer = strdup(data);
	return 0;
}

static void roles_are_assumed_over_profiles(void **state)
{
	struct asked a = { 0 };
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	char right[] = "123456", wrong[] = "000000";

	(void)state;
	spit(".aws/credentials", "[base]\naws_access_key_id = BASEKEY\n"
				 "aws_secret_access_key = basesecret\n"
				 "[bad]\naws_access_key_id = BASEKEY\n"
				 "aws_secret_access_key = wrong\n");
	spit(".aws/config",
	     "[default]\nrole_arn = arn:aws:iam::1:role/x\n"
	     "source_profile = base\nexternal_id = a b&c\n"
	     "duration_seconds = 900\nregion = eu-west-1\n"
	     "[profile far]\nrole_arn = arn:role/far\nsource_profile = d2\n"
	     "[profile d2]\nrole_arn = arn:role/near\nsource_profile = base\n"
	     "[profile loop]\nrole_arn = arn:role/l\nsource_profile = loop2\n"
	     "[profile loop2]\nrole_arn = arn:role/l\nsource_profile = loop\n"
	     "[profile denied]\nrole_arn = arn:role/no\nsource_profile = base\n"
	     "[profile wrong]\nrole_arn = arn:role/x\nsource_profile = bad\n"
	     "[profile lost]\nrole_arn = arn:role/x\nsource_profile = gone\n"
	     "[profile alone]\nrole_arn = arn:role/x\n"
	     "[profile env]\nrole_arn = arn:role/x\n"
	     "credential_source = Environment\n"
	     "[profile mfa]\nrole_arn = arn:role/mfa\nsource_profile = base\n"
	     "mfa_serial = arn:mfa\n");
	assert_int_equal(get(&a, &k), 0);
	assert_string_equal(k.id, "GIVENKEY");
	assert_true(str_starts(k.token, "token-"));
	assert_in_range(k.expires, time(NULL) + 3000, time(NULL) + 3700);
	assert_true(counted("\"external\": \"a b&c\""));
	assert_true(counted("\"duration\": \"900\""));
	a.files.profile = "far";
	finds(&a, "GIVENKEY", "an assumed role");
	a.files.profile = "loop";
	fails(&a, DVER_EINVAL, "without an end");
	a.files.profile = "denied";
	fails(&a, DVER_EAUTH, "AccessDenied: not authorized to perform: "
			      "sts:AssumeRole");
	a.files.profile = "wrong";
	fails(&a, DVER_EAUTH, "SignatureDoesNotMatch: no <way>");
	a.files.profile = "lost";
	fails(&a, DVER_ENOTFOUND, "'gone', the 'source_profile' of 'lost'");
	a.files.profile = "alone";
	fails(&a, DVER_EINVAL, "neither 'source_profile'");
	a.files.profile = "env";
	fails(&a, DVER_EAUTH, "'Environment', which has none");
	(void)setenv("AWS_ACCESS_KEY_ID", "BASEKEY", 1);
	(void)setenv("AWS_SECRET_ACCESS_KEY", "basesecret", 1);
	finds(&a, "GIVENKEY", "an assumed role");
	a.files.profile = "mfa";
	fails(&a, DVER_EAUTH, "nobody is here to be asked");
	a.opts.ask = answer_code;
	a.opts.ask_data = wrong;
	fails(&a, DVER_EAUTH, "MultiFactorAuthentication failed");
	a.opts.ask_data = right;
	finds(&a, "GIVENKEY", "an assumed role");
}

static void a_service_that_says_nonsense(void **state)
{
	struct asked a = { 0 };

	(void)state;
	spit(".aws/config", "[default]\nrole_arn = r\nsource_profile = b\n"
			    "[profile b]\naws_access_key_id = BASEKEY\n"
			    "aws_secret_access_key = basesecret\n");
	set("status=404");
	fails(&a, DVER_EREMOTE, "the answer is 404");
	/* Trouble that passes is waited for. */
	set("status=503");
	finds(&a, "GIVENKEY", "an assumed role");
	(void)setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1", 1);
	fails(&a, DVER_ENET, "cannot assume role 'r'");
	(void)unsetenv("AWS_ENDPOINT_URL_STS");
	(void)setenv("AWS_REGION", "evil.example/x", 1);
	fails(&a, DVER_EINVAL, "'evil.example/x' is no region");
}

static void web_identities(void **state)
{
	struct asked a = { 0 };

	(void)state;
	spit("token", "the+token/==\n");
	(void)setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "token", 1);
	fails(&a, DVER_EAUTH, "but not AWS_ROLE_ARN");
	(void)setenv("AWS_ROLE_ARN", "arn:role/web", 1);
	finds(&a, "GIVENKEY", "an assumed role");
	spit("token", "another");
	fails(&a, DVER_EAUTH, "InvalidIdentityToken: Couldn't verify");
	(void)unsetenv("AWS_WEB_IDENTITY_TOKEN_FILE");
	spit("token", "the+token/==");
	spit(".aws/config", "[default]\nrole_arn = arn:role/web\n"
			    "web_identity_token_file = token\n");
	finds(&a, "GIVENKEY", "an assumed role");
	(void)unlink("token");
	fails(&a, DVER_ENOTFOUND, "cannot open 'token'");
}

static void sso_logins_are_used(void **state)
{
	/* Named by the SHA-1 of "my-session". */
	static const char by_session[] =
		".aws/sso/cache/9e28173066ce536e277c5fb355efd9c64f398167.json";
	struct asked a = { 0 };

	(void)state;
	spit(".aws/config",
	     "[default]\nsso_session = my-session\n"
	     "sso_account_id = 123456789012\nsso_role_name = a role\n"
	     "[sso-session my-session]\nsso_region = eu-west-1\n"
	     "sso_start_url = https://x.awsapps.com/start\n"
	     "[profile half]\nsso_account_id = 1\n");
	fails(&a, DVER_EAUTH, "run 'aws sso login --profile default'");
	assert_int_equal(mkdir(".aws/sso", 0700), 0);
	assert_int_equal(mkdir(".aws/sso/cache", 0700), 0);
	spit(by_session, "{\"accessToken\": \"sso token\", \"expiresAt\": "
			 "\"2099-01-01T00:00:00Z\"}");
	finds(&a, "GIVENKEY", "SSO");
	spit(by_session, "{\"accessToken\": \"old\", \"expiresAt\": "
			 "\"2099-01-01T00:00:00Z\"}");
	fails(&a, DVER_EAUTH, "the login by SSO is over");
	spit(by_session, "{\"accessToken\": \"old\", \"expiresAt\": "
			 "\"2019-01-01T00:00:00UTC\"}");
	fails(&a, DVER_EAUTH, "the login by SSO has expired");
	spit(by_session, "{}");
	fails(&a, DVER_EAUTH, "makes no sense");
	a.files.profile = "half";
	fails(&a, DVER_EAUTH, "'sso_role_name' is missing");
}

/* A login that is over, but may be renewed. */
static void sso_logins_are_renewed(void **state)
{
	static const char by_url[] =
		".aws/sso/cache/3947de8b16688092197fa616c34e01335f21d256.json";
	static const char over[] =
		"{\"startUrl\": \"https://x.awsapps.com/start\", "
		"\"accessToken\": \"old\", "
		"\"expiresAt\": \"2019-01-01T00:00:00Z\", "
		"\"clientId\": \"client\", "
		"\"clientSecret\": \"client secret\", "
		"\"registrationExpiresAt\": \"2099-01-01T00:00:00Z\", "
		"\"refreshToken\": \"again\"}";
	struct asked a = { 0 };
	struct stat st;

	(void)state;
	(void)setenv("AWS_ENDPOINT_URL_SSO_OIDC", server.base, 1);
	spit(".aws/config",
	     "[default]\nsso_start_url = https://x.awsapps.com/start\n"
	     "sso_region = eu-west-1\nsso_account_id = 123456789012\n"
	     "sso_role_name = a role\n");
	assert_int_equal(mkdir(".aws/sso", 0700), 0);
	assert_int_equal(mkdir(".aws/sso/cache", 0700), 0);
	spit(by_url, over);
	finds(&a, "GIVENKEY", "SSO");
	assert_non_null(strstr(slurp(by_url), "once more"));
	assert_non_null(strstr(slurp(by_url), "awsapps"));
	assert_non_null(strstr(slurp(by_url), "sso token"));
	assert_int_equal(stat(by_url, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* It is good now: nobody asks for another one. */
	finds(&a, "GIVENKEY", "SSO");
	assert_true(counted("\"renew\": 1"));
	spit(by_url, over);
	set("status=401");
	fails(&a, DVER_EAUTH, "the login by SSO has expired");
	assert_string_equal(slurp(by_url), over);
}

static void containers_and_whom_they_may_name(void **state)
{
	struct asked a = { 0 };
	AUTO_FREE char *url = str_printf("%s/container", server.base);

	(void)state;
	(void)setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	fails(&a, DVER_EAUTH, "the answer is 401");
	(void)setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container token",
		     1);
	finds(&a, "GIVENKEY", "the container");
	spit("t", "container token\n");
	(void)setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "old", 1);
	(void)setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "t", 1);
	finds(&a, "GIVENKEY", "the container");
	set("status=500");
	finds(&a, "GIVENKEY", "the container");
	(void)setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI",
		     "http://192.0.2.1/x", 1);
	fails(&a, DVER_EAUTH, "neither https nor this machine");
	(void)setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI",
		     "http://127.0.0.1.evil.example/x", 1);
	fails(&a, DVER_EAUTH, "neither https nor this machine");
}

static void instances(void **state)
{
	struct asked a = { 0 };

	(void)state;
	(void)setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.base, 1);
	fails(&a, DVER_EAUTH, "there are no credentials");	/* disabled */
	(void)unsetenv("AWS_EC2_METADATA_DISABLED");
	finds(&a, "GIVENKEY", "the instance");
	set("no_role=1");
	fails(&a, DVER_EAUTH, "there are no credentials");
	set("no_role=0&no_imds=1");
	fails(&a, DVER_EAUTH, "there are no credentials");
	set("no_imds=0");
	(void)setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1",
		     1);
	fails(&a, DVER_EAUTH, "there are no credentials");
}

struct user {
	pthread_t thread;
	struct aws_credentials *c;
	int bad;
};

static void *use_keys(void *data)
{
	struct user *u = data;

	for (int i = 0; i < 50; i++) {
		AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;

		u->bad += aws_credentials_get(u->c, &k, NULL) < 0 ||
			  !streq(k.secret, "givensecret");
	}
	return NULL;
}

static void keys_are_got_anew_before_they_end(void **state)
{
	AUTO_AWS_PROFILES struct aws_profiles *p = NULL;
	AUTO_AWS_KEYS struct aws_keys k = AWS_KEYS_INIT;
	AUTO_AWS_KEYS struct aws_keys next = AWS_KEYS_INIT;
	struct aws_files files = { 0 };
	struct aws_credentials_opts opts = { 0 };
	static struct user users[8];
	struct dver_err err;

	(void)state;
	(void)unsetenv("AWS_EC2_METADATA_DISABLED");
	(void)setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.base, 1);
	assert_int_equal(aws_profiles_new(&p, &files, NULL), 0);
	opts.profiles = p;
	assert_int_equal(aws_credentials_new(&users[0].c, &opts, NULL), 0);
	/* Good for two minutes: used, but others are wanted. */
	set("seconds=120");
	assert_int_equal(aws_credentials_get(users[0].c, &k, NULL), 0);
	set("no_imds=1");
	assert_int_equal(aws_credentials_get(users[0].c, &next, NULL), 0);
	assert_string_equal(next.token, k.token);
	set("no_imds=0&seconds=3600");
	assert_int_equal(aws_credentials_get(users[0].c, &next, NULL), 0);
	assert_string_not_equal(next.token, k.token);
	/* Now they are kept, whoever asks. */
	assert_int_equal(aws_credentials_get(users[0].c, &k, NULL), 0);
	assert_string_equal(next.token, k.token);
	/* Until a server says that they are over. */
	assert_true(aws_credentials_expired(users[0].c, &k));
	set("seconds=1");
	for (int i = 0; i < 8; i++) {
		users[i].c = users[0].c;
		users[i].bad = 0;
		assert_int_equal(pthread_create(&users[i].thread, NULL,
						use_keys, &users[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(users[i].thread, NULL), 0);
		assert_int_equal(users[i].bad, 0);
	}
	/* Nothing left and nobody answers. */
	set("no_imds=1&seconds=3600");
	assert_int_equal(aws_credentials_get(users[0].c, &k, &err),
			 DVER_EAUTH);
	set("no_imds=0");
	assert_int_equal(aws_credentials_get(users[0].c, &k, NULL), 0);
	aws_credentials_free(users[0].c);
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-25T10:00:00Z", 1795600800 },
		{ "2026-11-25T10:00:00.123Z", 1795600800 },
		{ "2026-11-25T11:00:00+01:00", 1795600800 },
		{ "2026-11-25T04:30:00-0530", 1795600800 },
		{ "2026-11-25T10:00:00UTC", 1795600800 },
	};
	static const char *const bad[] = {
		"", "2026-11-25", "2026-13-25T10:00:00Z",
		"2026-11-25T10:00:00", "2026-11-25T10:00:00Zx", "tomorrow",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(aws_time(cases[i].text, &t), 0);
		assert_int_equal(t, cases[i].want);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(aws_time(bad[i], &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E(settings_come_before_environment_before_profile),
		E(files_can_lie_elsewhere),
		E(regions_and_endpoints),
		E(credential_process_runs_without_a_shell),
		E(a_committed_file_runs_no_command),
		E(roles_are_assumed_over_profiles),
		E(a_service_that_says_nonsense),
		E(web_identities),
		E(sso_logins_are_used),
		E(sso_logins_are_renewed),
		E(containers_and_whom_they_may_name),
		E(instances),
		E(keys_are_got_anew_before_they_end),
		E(times),
	};
	int r = stand_in_start(&server, "tests/server/aws.py");

	if (r == 0)
		r = RUN(tests);
	stand_in_stop(&server);
	return r;
}
