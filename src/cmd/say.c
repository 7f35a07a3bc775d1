#include "cmd/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cmd/out.h"

#define LINE_LEN 4096
#define ESCAPED 16	/* a character of four bytes, each as \nnn */

void say_escape(struct buf *out, const char *text, const char *keep)
{
	for (size_t n; *text; text += n) {
		n = utf8_step(text);
		if (strchr(keep, *text) || !utf8_unseen(text, n))
			buf_add(out, text, n);
		else if (*text == '\n')
			buf_addstr(out, "\\n");
		else if (*text == '\t')
			buf_addstr(out, "\\t");
		else
			for (size_t i = 0; i < n; i++)
				buf_addf(out, "\\%03o", (unsigned char)text[i]);
	}
}

__attribute__((format(printf, 2, 0)))
static void put(const char *before, const char *fmt, va_list ap)
{
	AUTO_BUF struct buf b = BUF_INIT(LINE_LEN * ESCAPED);
	char line[LINE_LEN - 512];	/* frames stay small */

	(void)vsnprintf(line, sizeof(line), fmt, ap);
	say_escape(&b, line, "");
	/* In one piece: other processes write to the same terminal. */
	if (buf_ok(&b)) {
		(void)fprintf(stderr, "%s%s\n", before, b.data);
		return;
	}
	/* No memory: what is wrong matters more than how it looks. */
	(void)fputs(before, stderr);
	out_text(stderr, line);
	(void)fputc('\n', stderr);
}

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("dver: ", fmt, ap);
	va_end(ap);
}

void say_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("dver: error: ", fmt, ap);
	va_end(ap);
}

void say_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("dver: warning: ", fmt, ap);
	va_end(ap);
}

void say_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("hint: ", fmt, ap);
	va_end(ap);
}
