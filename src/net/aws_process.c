/*
 * aws_process - credential_process: a command that prints keys as JSON.  Its
 * words are cut as a shell would cut them, but no shell runs.
 */
#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"
#include "format/json_read.h"
#include "net/aws_sources.h"

#define OUTPUT_BYTES (1u << 20)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One word from *s on, which is not blank: 1, 0 when a quote is not closed. */
static int word(const char **s, struct buf *out)
{
	const char *p = *s;
	char quote = '\0';

	for (; *p && (quote || !is_blank(*p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'') {
			quote = quote ? '\0' : *p;
			continue;
		}
		if (*p == '\\' && quote != '\'' && p[1] &&
		    (!quote || p[1] == '"' || p[1] == '\\'))
			p++;
		buf_addc(out, *p);
	}
	*s = p;
	return quote == '\0';
}

static int cut(struct strvec *argv, const char *command, struct dver_err *err)
{
	while (*(command += strspn(command, " \t\r\n"))) {
		AUTO_BUF struct buf b = BUF_INIT(65536);

		if (!word(&command, &b))
			return err_set(err, DVER_EINVAL, "a quote is not "
				       "closed");
		if (!buf_ok(&b) || !strvec_push(argv, b.data))
			return err_nomem(err);
	}
	return argv->n ? 0 : err_set(err, DVER_EINVAL, "it names no command");
}

static int take_output(const char *profile, const struct buf *b,
		       struct aws_keys *out, struct dver_err *err)
{
	AUTO_VALUE_DOC struct value_doc doc = { ARENA_INIT, NULL };
	const struct value *version;
	uint64_t v;
	int r = json_parse(&doc, "its output", b->data, b->len, err);

	if (r < 0)
		return r;
	version = value_get(doc.root, "Version");
	if (!version || !value_u64(version, &v) || v != 1)
		return err_set(err, DVER_EFORMAT, "its output is not of "
			       "'Version' 1");
	(void)profile;
	return aws_keys_from_json(out, "its output", doc.root,
				  "credential_process", err);
}

static int run(const char *profile, const char *command, struct aws_keys *out,
	       struct dver_err *err)
{
	AUTO_STRVEC struct strvec argv = STRVEC_INIT;
	AUTO_BUF struct buf b = BUF_INIT(OUTPUT_BYTES);
	int r = cut(&argv, command, err);

	if (r == 0)
		r = proc_run((const char *const *)argv.v, NULL, NULL, 0, &b,
			     err);
	if (r > 0)
		r = err_set(err, DVER_ECHILD, "'%s' exits with %d", argv.v[0],
			    r);
	if (r == 0)
		r = take_output(profile, &b, out, err);
	explicit_bzero(b.data, b.len);
	return r;
}

int aws_from_process(const struct aws_world *w, const char *profile,
		     struct aws_keys *out, struct dver_err *err)
{
	const char *command;
	int r = aws_profile_trusted(w->profiles, profile, "credential_process",
				    &command, err);

	if (r <= 0)
		return r;
	r = run(profile, command, out, err);
	if (r < 0)
		(void)err_wrap(err, "'credential_process' of profile '%s'",
			       profile);
	return r < 0 ? r : 1;
}
