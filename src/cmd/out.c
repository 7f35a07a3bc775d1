#include "cmd/out.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/utf8.h"

const char *out_size(char text[OUT_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
					     "PB", "EB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 999.5 && u < 6) {
		v /= 1000;
		u++;
	}
	if (u == 0)
		(void)snprintf(text, OUT_SIZE, "%u B", (unsigned)bytes);
	else
		(void)snprintf(text, OUT_SIZE, v < 9.95 ? "%.1f %s" : "%.0f %s",
			       v, units[u]);
	return text;
}

void out_path(FILE *to, const char *path)
{
	AUTO_BUF struct buf b = BUF_INIT(1u << 20);

	path_quote(&b, path);
	(void)fputs(b.data, to);
}

void out_text(FILE *to, const char *text)
{
	while (*text) {
		size_t n = utf8_step(text);

		if (utf8_unseen(text, n))
			(void)putc('?', to);
		else
			(void)fwrite(text, 1, n, to);
		text += n;
	}
}

const char *out_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static bool wanted(void)
{
	const char *no = getenv("NO_COLOR");

	return !(no && *no) && isatty(STDOUT_FILENO);
}

void out_colour(enum out_colour c)
{
	static const char *const codes[] = { "31", "32", "33", "1" };

	if (wanted())
		(void)printf("\033[%sm", codes[c]);
}

void out_plain(void)
{
	if (wanted())
		(void)fputs("\033[0m", stdout);
}

unsigned out_width(void)
{
	const char *columns = getenv("COLUMNS");
	unsigned long n = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize w;

	if (isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		return w.ws_col;
	return n < 10000 ? (unsigned)n : 0;
}

/* The first of these that is set says so. */
bool out_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "utf-8") || strcasestr(v, "utf8");
	}
	return false;
}
