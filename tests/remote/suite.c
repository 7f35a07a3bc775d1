/*
 * suite - the driver: options, one test after the other, TAP.
 *
 *	suite [-dr] [-l LABEL] [-j JOBS] [-v] [-o KEY=VALUE]... [-t TEST]... URL
 *
 * -d: the server does not list names that begin with a dot.  -r: while it
 * replaces a value, it sends what is neither.
 * `memory:` is the transport that has no URL.  -o is a setting of the remote
 * as it would stand in config.local.
 */
#include "tests/remote/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/log.h"

#define SETTINGS_MAX 32

static struct transport_setting settings[SETTINGS_MAX];

int suite_open(struct suite *s, struct transport **out,
	       const struct cancel *cancel, struct dver_err *err)
{
	struct transport_config cfg = s->cfg;

	cfg.cancel = cancel;
	if (s->memory)
		return transport_mem_open(out, err);
	return transport_open(out, &cfg, err);
}

bool suite_fails(struct suite *s, const char *file, int line,
		 const char *what)
{
	(void)snprintf(s->why, sizeof(s->why), "%s:%d: %s%s%s", file, line,
		       what, s->err.code ? "\n#   " : "",
		       s->err.code ? s->err.msg : "");
	return false;
}

static bool asked(const struct strvec *only, const char *name)
{
	return only->n == 0 || strvec_has(only, name);
}

static bool run_one(struct suite *s, const struct suite_test *test)
{
	AUTO_FREE char *prefix = str_printf("%s/", test->name);
	char dir[] = "/tmp/dver-suite.XXXXXX";
	bool ok;

	if (!prefix || !mkdtemp(dir) || chdir(dir) < 0)
		return suite_fails(s, __FILE__, __LINE__, "no folder");
	s->prefix = prefix;
	s->err = (struct dver_err){ 0 };
	ok = test->run(s);
	if (chdir("/") < 0 || dir_remove_all(AT_FDCWD, dir, NULL) < 0)
		return suite_fails(s, __FILE__, __LINE__, "litter");
	return ok;
}

static int run_all(struct suite *s, const char *label,
		   const struct strvec *only)
{
	const struct suite_test *const tables[] = {
		suite_values, suite_lists_tests, suite_names, suite_together,
		suite_stops };
	int n = 0, bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct suite_test *t = tables[i]; t->name; t++) {
			double start = suite_clock();
			bool ok;

			if (!asked(only, t->name) || (t->shared && s->memory))
				continue;
			ok = run_one(s, t);
			bad += !ok;
			(void)printf("%sok %d - %s: %s (%.1f s)\n",
				     ok ? "" : "not ", ++n, label, t->title,
				     suite_clock() - start);
			if (!ok)
				(void)printf("# %s\n", s->why);
			(void)fflush(stdout);
		}
	}
	(void)printf("1..%d\n", n);
	return bad ? 1 : 0;
}

static void add_setting(struct suite *s, char *text)
{
	char *value = strchr(text, '=');

	if (!value || s->cfg.n == SETTINGS_MAX) {
		(void)fprintf(stderr, "suite: no setting: %s\n", text);
		exit(2);
	}
	*value++ = '\0';
	settings[s->cfg.n++] = (struct transport_setting){
		.key = text, .value = value, .file = "the test" };
}

static void say(void *data, int level, const char *line)
{
	(void)data;
	(void)level;
	(void)fprintf(stderr, "# %s\n", line);
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: suite [-dr] [-l LABEL] [-j JOBS] [-v] "
		      "[-o KEY=VALUE]... [-t TEST]... URL\n");
	return 2;
}

int main(int argc, char **argv)
{
	AUTO_STRVEC struct strvec only = STRVEC_INIT;
	struct suite s = { .argv = argv, .argc = argc };
	const char *label = NULL;
	int opt, r;

	s.cfg = (struct transport_config){ .name = "suite", .v = settings,
					   .flags = TRANSPORT_CREATE,
					   .jobs = 16 };
	while ((opt = getopt(argc, argv, "+dl:j:o:rt:v")) != -1) {
		if (opt == 'd')
			s.no_dots = true;
		else if (opt == 'r')
			s.torn = true;
		else if (opt == 'l')
			label = optarg;
		else if (opt == 'j')
			s.cfg.jobs = (int)strtol(optarg, NULL, 10);
		else if (opt == 'o')
			add_setting(&s, strdup(optarg));
		else if (opt == 't')
			(void)strvec_push(&only, optarg);
		else if (opt == 'v')
			log_set(say, NULL, 2);
		else
			return usage();
	}
	if (optind >= argc)
		return usage();
	s.cfg.url = argv[optind];
	s.memory = streq(s.cfg.url, "memory:");
	r = suite_open(&s, &s.t, &s.cancel, &s.err);
	if (r == 0 && argc - optind == 5 && streq(argv[optind + 1], "--put")) {
		r = suite_put_child(&s, argv + optind + 2);
		transport_close(s.t);
		return r;
	}
	if (r < 0) {
		(void)printf("Bail out! %s\n", s.err.msg);
		return 1;
	}
	r = run_all(&s, label ? label : s.cfg.url, &only);
	transport_close(s.t);
	for (size_t i = 0; i < s.cfg.n; i++)
		free((void *)(uintptr_t)settings[i].key);
	return r;
}
