#include "repo/hook_text.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"

#define FIRST "#!/bin/sh\n# dver hook 1 "
#define DIR_LINE "# workspace: "
#define SUM_BYTES 8
#define SUM_HEX 16

static int sum(char out[SUM_HEX + 1], const char *data, size_t len,
	       struct dver_err *err)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t h[HASH_SIZE];
	int r = hash_bytes(h, data, len, err);

	for (size_t i = 0; i < SUM_BYTES; i++) {
		out[2 * i] = digit[h[i] >> 4];
		out[2 * i + 1] = digit[h[i] & 15];
	}
	out[SUM_HEX] = '\0';
	return r;
}

static int take_dirs(const char *text, struct strvec *dirs,
		     struct dver_err *err)
{
	while (str_starts(text, DIR_LINE)) {
		size_t len;

		text += strlen(DIR_LINE);
		len = strcspn(text, "\n");
		if (!strvec_pushn(dirs, text, len))
			return err_nomem(err);
		text += len;
		text += *text == '\n';
	}
	return 0;
}

enum hook_kind hook_judge(const char *text, size_t len, struct strvec *dirs,
			  struct dver_err *err)
{
	size_t head = strlen(FIRST) + SUM_HEX + 1;
	char hex[SUM_HEX + 1];

	if (!str_starts(text, FIRST))
		return strstr(text, "\n# dver hook 1 ") ? HOOK_EDITED
							: HOOK_FOREIGN;
	if (len < head || sum(hex, text + head, len - head, err) < 0 ||
	    memcmp(hex, text + strlen(FIRST), SUM_HEX) != 0)
		return HOOK_EDITED;
	return take_dirs(text + head, dirs, err) < 0 ? HOOK_EDITED
						     : HOOK_OURS;
}

static void quote(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_addstr(out, "'\\''");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

/*
 * The hook that was there first; pre-push reads its input twice.  One that
 * could not stop git anyway does not stop us either: its code comes last.
 */
static void add_chain(struct buf *b, const char *name, bool input, bool block)
{
	if (input)
		buf_addstr(b, "input=$(cat; echo .)\ninput=${input%.}\n");
	buf_addf(b, "before=${0%%/*}/%s.before-dver\n", name);
	buf_addf(b, "code=0\nif [ -x \"$before\" ]; then\n"
		 "\t%s\"$before\" \"$@\" || %s\nfi\n",
		 input ? "printf %s \"$input\" | " : "",
		 block ? "exit" : "code=$?");
}

static void add_missing(struct buf *b, const char *name, bool block)
{
	buf_addstr(b, "if ! command -v dver >/dev/null 2>&1; then\n");
	if (!block)
		buf_addf(b, "\techo \"dver: warning: no dver in PATH: the %s "
			 "hook left the data as it is\" >&2\n"
			 "\texit $code\n", name);
	else
		buf_addf(b, "\techo \"dver: error: no dver in PATH: the %s "
			 "hook cannot see to the data\" >&2\n"
			 "\techo \"hint: git %s --no-verify goes without it\" "
			 ">&2\n\texit 1\n", name, name + strlen("pre-"));
	buf_addstr(b, "fi\n");
}

static void add_call(struct buf *b, const char *name, const char *dir,
		     bool input, bool block)
{
	buf_addf(b, "%sdver hook ", input ? "printf %s \"$input\" | " : "");
	if (!streq(dir, ".")) {
		buf_addstr(b, "--at ");
		quote(b, dir);
		buf_addc(b, ' ');
	}
	buf_addf(b, "%s -- \"$@\" || %s\n", name, block ? "exit" : ":");
}

static int add_dirs(struct buf *b, const struct strvec *dirs,
		    struct dver_err *err)
{
	for (size_t i = 0; i < dirs->n; i++) {
		for (const char *p = dirs->v[i]; *p; p++)
			if ((unsigned char)*p < ' ')
				return err_set(err, DVER_EUNSUPPORTED,
					       "a hook cannot name the folder "
					       "of this workspace: it has a "
					       "control character");
		buf_addf(b, DIR_LINE "%s\n", dirs->v[i]);
	}
	return 0;
}

int hook_text(struct buf *out, const char *name, const struct strvec *dirs,
	      struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(1u << 20);
	bool input = streq(name, "pre-push") || streq(name, "post-rewrite");
	bool block = str_starts(name, "pre-");
	char hex[SUM_HEX + 1];
	int r = add_dirs(&b, dirs, err);

	if (r < 0)
		return r;
	buf_addf(&b, "# dver install wrote this and mends it; dver install "
		 "--remove takes it away.\n");
	add_chain(&b, name, input, block);
	add_missing(&b, name, block);
	for (size_t i = 0; i < dirs->n; i++)
		add_call(&b, name, dirs->v[i], input, block);
	buf_addstr(&b, "exit $code\n");
	r = buf_check(&b, err);
	if (r == 0)
		r = sum(hex, b.data, b.len, err);
	if (r < 0)
		return r;
	buf_clear(out);
	buf_addf(out, FIRST "%s\n", hex);
	buf_add(out, b.data, b.len);
	return buf_check(out, err);
}
